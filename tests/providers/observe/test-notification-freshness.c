/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-freshness-private.h"

#define SECOND ((gint64) G_USEC_PER_SEC)

static void
test_max_age (void)
{
  GcoapNotificationFreshness freshness = { .n_failures = 3 };

  gcoap_notification_freshness_note_notification (&freshness, 100 * SECOND, 60, 0);
  g_assert_cmpint (freshness.stale_at, ==, 160 * SECOND);
  g_assert_cmpint (freshness.renew_at, ==, 165 * SECOND);
  g_assert_cmpuint (freshness.n_failures, ==, 0);
  gcoap_notification_freshness_note_notification (&freshness, 100 * SECOND, 0, 1);
  g_assert_cmpint (freshness.renew_at, ==, 115 * SECOND);
  /* The longest there is does not run over. */
  gcoap_notification_freshness_note_notification (&freshness, 100 * SECOND, G_MAXUINT32, 0.5);
  g_assert_cmpint (freshness.stale_at, ==, 100 * SECOND + G_MAXUINT32 * SECOND);
}

static void
test_back_off (void)
{
  GcoapNotificationFreshness freshness = { 0 };
  gint64 before = 0;

  for (guint i = 1; i < 20; i++)
    {
      g_assert_true (gcoap_notification_freshness_note_failure (&freshness, 0, 20, 0, 0));
      g_assert_cmpint (freshness.renew_at, >=, before);
      g_assert_cmpint (freshness.renew_at, ==, MIN (G_GINT64_CONSTANT (8) << (i - 1), 600) * SECOND);
      before = freshness.renew_at;
    }
  g_assert_false (gcoap_notification_freshness_note_failure (&freshness, 0, 20, 0, 0));
}

static void
test_min_wait (void)
{
  GcoapNotificationFreshness freshness = { 0 };

  g_assert_true (gcoap_notification_freshness_note_failure (&freshness, SECOND, 5, 1000, 0));
  g_assert_cmpint (freshness.renew_at, ==, 1001 * SECOND);
  g_assert_true (gcoap_notification_freshness_note_failure (&freshness, SECOND, 5, 1, 1));
  g_assert_cmpint (freshness.renew_at, ==, 25 * SECOND);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notification-freshness/max-age", test_max_age);
  g_test_add_func ("/notification-freshness/back-off", test_back_off);
  g_test_add_func ("/notification-freshness/min-wait", test_min_wait);
  return g_test_run ();
}
