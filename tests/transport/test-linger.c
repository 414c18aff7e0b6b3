/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-linger-private.h"

#define WINDOW 20

/* A datagram now and then never costs a window. */
static void
test_idle (void)
{
  GcoapLinger linger = { 0 };

  for (gint64 now = 1000000; now < 100000000; now += 1000000)
    {
      g_assert_false (gcoap_linger_begin (&linger, now, WINDOW));
      gcoap_linger_end (&linger, now + 10, FALSE, FALSE);
    }
}

/* It begins when datagrams follow each other closely, goes on while it pays,
 * and stops after three failures. */
static void
test_pays (void)
{
  GcoapLinger linger = { 0 };
  gint64 now = 1000;
  guint n = 0;

  g_assert_false (gcoap_linger_begin (&linger, now, WINDOW));
  gcoap_linger_end (&linger, now += 5, FALSE, FALSE);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (gcoap_linger_begin (&linger, now += 15, WINDOW));
      gcoap_linger_end (&linger, now += 5, TRUE, TRUE);
    }
  for (; gcoap_linger_begin (&linger, now += 1000000, WINDOW); n++)
    gcoap_linger_end (&linger, now += WINDOW, TRUE, FALSE);
  g_assert_cmpuint (n, ==, 3);
}

/* A peer that is always a little too late costs a window ever more seldom. */
static void
test_backs_off (void)
{
  GcoapLinger linger = { 0 };
  gint64 now = 1000;
  guint n_failures = 0;

  gcoap_linger_begin (&linger, now, WINDOW);
  gcoap_linger_end (&linger, now, FALSE, FALSE);
  for (guint i = 0; i < 1000; i++)
    {
      gboolean lingers = gcoap_linger_begin (&linger, now += 90, WINDOW);

      n_failures += lingers;
      gcoap_linger_end (&linger, now, lingers, FALSE);
    }
  g_assert_cmpuint (n_failures, >, 0);
  g_assert_cmpuint (n_failures, <, 30);

  /* Once it pays again, it is tried again at once. */
  while (!gcoap_linger_begin (&linger, now += 90, WINDOW))
    gcoap_linger_end (&linger, now, FALSE, FALSE);
  gcoap_linger_end (&linger, now, TRUE, TRUE);
  g_assert_true (gcoap_linger_begin (&linger, now += 15, WINDOW));
}

static void
test_off (void)
{
  GcoapLinger linger = { .last_end = 1000, .credit = 3 };

  g_assert_false (gcoap_linger_begin (&linger, 1000, 0));
}

/* Without a window a turn goes on only while more is known to be there. */
static void
test_turn_without_window (void)
{
  GcoapLinger linger = { .credit = 3 };
  GcoapLingerTurn turn;

  gcoap_linger_turn_begin (&turn, &linger, 0);
  g_assert_true (gcoap_linger_turn_goes_on (&turn, TRUE, TRUE));
  g_assert_false (gcoap_linger_turn_goes_on (&turn, TRUE, FALSE));
  g_assert_false (gcoap_linger_turn_goes_on (&turn, FALSE, FALSE));
  gcoap_linger_turn_end (&turn);
  g_assert_cmpint (linger.last_end, ==, 0);
}

/* With one it waits after something was found, not before. */
static void
test_turn_lingers (void)
{
  GcoapLinger linger = { .credit = 2 };
  GcoapLingerTurn turn;

  gcoap_linger_turn_begin (&turn, &linger, G_USEC_PER_SEC * 60);
  g_assert_false (gcoap_linger_turn_goes_on (&turn, FALSE, FALSE));
  g_assert_true (gcoap_linger_turn_goes_on (&turn, TRUE, FALSE));
  g_assert_true (gcoap_linger_turn_goes_on (&turn, FALSE, FALSE));
  g_assert_true (gcoap_linger_turn_goes_on (&turn, TRUE, FALSE));
  gcoap_linger_turn_end (&turn);
  g_assert_cmpuint (linger.credit, ==, 3);

  gcoap_linger_turn_begin (&turn, &linger, 1);
  g_assert_true (gcoap_linger_turn_goes_on (&turn, TRUE, FALSE));
  while (gcoap_linger_turn_goes_on (&turn, FALSE, FALSE))
    ;
  gcoap_linger_turn_end (&turn);
  g_assert_cmpuint (linger.credit, ==, 2);
}

/* A turn within a turn must not make credit out of nothing. */
static void
test_turns_nest (void)
{
  GcoapLinger linger = { .credit = 1 };
  GcoapLingerTurn outer, inner;

  gcoap_linger_turn_begin (&outer, &linger, WINDOW);
  gcoap_linger_turn_begin (&inner, &linger, WINDOW);
  gcoap_linger_turn_end (&inner);
  gcoap_linger_turn_end (&outer);
  g_assert_cmpuint (linger.credit, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/linger/idle", test_idle);
  g_test_add_func ("/linger/pays", test_pays);
  g_test_add_func ("/linger/backs-off", test_backs_off);
  g_test_add_func ("/linger/off", test_off);
  g_test_add_func ("/linger/turn-without-window", test_turn_without_window);
  g_test_add_func ("/linger/turn-lingers", test_turn_lingers);
  g_test_add_func ("/linger/turns-nest", test_turns_nest);

  return g_test_run ();
}
