/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-replay-window-private.h"

static void
test_unknown (void)
{
  GcoapReplayWindow window;

  gcoap_replay_window_init (&window, 32);
  g_assert_false (gcoap_replay_window_is_new (&window, 0));
  g_assert_false (gcoap_replay_window_accept (&window, 1000));
}

static void
test_once (void)
{
  GcoapReplayWindow window;

  gcoap_replay_window_init (&window, 32);
  gcoap_replay_window_reset (&window);
  for (guint64 number = 0; number < 200; number++)
    {
      g_assert_true (gcoap_replay_window_is_new (&window, number));
      g_assert_true (gcoap_replay_window_accept (&window, number));
      g_assert_false (gcoap_replay_window_is_new (&window, number));
      g_assert_false (gcoap_replay_window_accept (&window, number));
    }
}

/* What came late is taken while it is in the window. */
static void
test_order (void)
{
  GcoapReplayWindow window;

  gcoap_replay_window_init (&window, 32);
  gcoap_replay_window_reset (&window);
  g_assert_true (gcoap_replay_window_accept (&window, 100));
  g_assert_false (gcoap_replay_window_is_new (&window, 68));
  g_assert_true (gcoap_replay_window_accept (&window, 69));
  g_assert_true (gcoap_replay_window_accept (&window, 99));
  g_assert_false (gcoap_replay_window_accept (&window, 69));
  g_assert_true (gcoap_replay_window_accept (&window, 101));
  g_assert_false (gcoap_replay_window_is_new (&window, 69));
  g_assert_true (gcoap_replay_window_is_new (&window, 70));
  g_assert_false (gcoap_replay_window_is_new (&window, 99));
}

static void
test_above (void)
{
  GcoapReplayWindow window;

  gcoap_replay_window_init (&window, 32);
  gcoap_replay_window_start_above (&window, 500);
  g_assert_false (gcoap_replay_window_is_new (&window, 499));
  g_assert_false (gcoap_replay_window_is_new (&window, 500));
  g_assert_true (gcoap_replay_window_accept (&window, 501));
}

/* Against the definition: a set of all numbers that were seen. */
static void
test_random (void)
{
  static const guint sizes[] = { 1, 7, 32, 64, GCOAP_REPLAY_WINDOW_MAX };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree gboolean *seen = g_new0 (gboolean, 20000);
      GcoapReplayWindow window;
      gint64 highest = -1;

      gcoap_replay_window_init (&window, sizes[i]);
      gcoap_replay_window_reset (&window);
      for (guint step = 0; step < 5000; step++)
        {
          gint64 from = MAX (0, highest - (gint64) sizes[i] - 3);
          gint64 number = MIN (19999, g_test_rand_int_range ((gint32) from, (gint32) highest + 5));
          gboolean is_new = !seen[number] && number > highest - (gint64) sizes[i];

          /* Until the window is full, it starts at zero. */
          g_assert_cmpint (gcoap_replay_window_accept (&window, (guint64) number), ==, is_new);
          if (is_new)
            seen[number] = TRUE;
          highest = MAX (highest, is_new ? number : highest);
        }
    }
}

/* The last number there is (RFC 8613 §7.2.1). */
static void
test_last (void)
{
  guint64 last = (G_GUINT64_CONSTANT (1) << 40) - 1;
  GcoapReplayWindow window;

  gcoap_replay_window_init (&window, 32);
  gcoap_replay_window_reset (&window);
  g_assert_true (gcoap_replay_window_accept (&window, last));
  g_assert_false (gcoap_replay_window_accept (&window, last));
  g_assert_true (gcoap_replay_window_accept (&window, last - 31));
  g_assert_false (gcoap_replay_window_accept (&window, last - 32));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replay-window/unknown", test_unknown);
  g_test_add_func ("/replay-window/once", test_once);
  g_test_add_func ("/replay-window/order", test_order);
  g_test_add_func ("/replay-window/above", test_above);
  g_test_add_func ("/replay-window/random", test_random);
  g_test_add_func ("/replay-window/last", test_last);
  return g_test_run ();
}
