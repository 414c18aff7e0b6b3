/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-probing-private.h"

#define SECOND G_GINT64_CONSTANT (1000000)
#define BURST 4

static guint
send_many (GcoapProbing *probing,
           guint         rate,
           gint64        now)
{
  guint n = 0;

  while (n < 1000 && gcoap_probing_may_send (probing, BURST, now))
    {
      gcoap_probing_note_sent (probing, 10, rate, now);
      n++;
    }
  return n;
}

static void
test_burst (void)
{
  GcoapProbing probing;

  gcoap_probing_init (&probing);
  g_assert_cmpuint (send_many (&probing, 1, 5 * SECOND), ==, BURST);
  g_assert_cmpint (probing.paid_at, ==, 45 * SECOND);
  g_assert_cmpuint (send_many (&probing, 1, 45 * SECOND - 1), ==, 0);
  /* All is paid off, and a silence begins anew. */
  g_assert_cmpuint (send_many (&probing, 1, 45 * SECOND), ==, BURST);
}

/* However it is sent, the average is no more than the rate. */
static void
test_average (void)
{
  GcoapProbing probing;
  guint n = 0;

  gcoap_probing_init (&probing);
  for (gint64 now = 0; now < 10000 * SECOND; now += SECOND)
    n += send_many (&probing, 2, now);
  g_assert_cmpuint (n * 10, <=, 2 * 10000 + BURST * 10);
  g_assert_cmpuint (n * 10, >=, 2 * 9900);
}

/* Who sends slowly never waits. */
static void
test_slow (void)
{
  GcoapProbing probing;

  gcoap_probing_init (&probing);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (gcoap_probing_may_send (&probing, 1, i * 10 * SECOND));
      gcoap_probing_note_sent (&probing, 10, 1, i * 10 * SECOND);
      g_assert_cmpuint (probing.n_sent, ==, 1);
    }
}

static void
test_heard (void)
{
  GcoapProbing probing;

  gcoap_probing_init (&probing);
  send_many (&probing, 1, 0);
  g_assert_false (gcoap_probing_may_send (&probing, BURST, 1));
  gcoap_probing_note_heard (&probing);
  g_assert_cmpuint (send_many (&probing, 1, 1), ==, BURST);
}

static void
test_no_limit (void)
{
  GcoapProbing probing;

  gcoap_probing_init (&probing);
  g_assert_cmpuint (send_many (&probing, 0, 0), ==, 1000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/probing/burst", test_burst);
  g_test_add_func ("/probing/average", test_average);
  g_test_add_func ("/probing/slow", test_slow);
  g_test_add_func ("/probing/heard", test_heard);
  g_test_add_func ("/probing/no-limit", test_no_limit);
  return g_test_run ();
}
