/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-pace-private.h"

#define SECOND ((gint64) G_USEC_PER_SEC)
#define HOUR (3600 * SECOND)

static void
test_outstanding (void)
{
  GcoapNotificationPace pace = { 0 };

  g_assert_cmpint (gcoap_notification_pace_get_next (&pace, 1), ==, 0);
  gcoap_notification_pace_note_confirmable (&pace);
  g_assert_cmpint (gcoap_notification_pace_get_next (&pace, 1), ==, G_MAXINT64);
  g_assert_cmpint (gcoap_notification_pace_get_next (&pace, 2), ==, 0);
  gcoap_notification_pace_note_outcome (&pace, 5 * SECOND, -1);
  g_assert_cmpint (gcoap_notification_pace_get_next (&pace, 1), ==, 0);
  /* What was not acknowledged says nothing about the time. */
  g_assert_cmpint (pace.round_trip, ==, 0);
}

static void
test_interval (void)
{
  GcoapNotificationPace pace = { 0 };

  gcoap_notification_pace_note_non_confirmable (&pace, 10 * SECOND, 3 * SECOND);
  g_assert_cmpint (gcoap_notification_pace_get_next (&pace, 1), ==, 13 * SECOND);

  /* With a known round-trip time it is that. */
  gcoap_notification_pace_note_confirmable (&pace);
  gcoap_notification_pace_note_outcome (&pace, 21 * SECOND, 20 * SECOND);
  g_assert_cmpint (pace.round_trip, ==, SECOND);
  gcoap_notification_pace_note_non_confirmable (&pace, 30 * SECOND, 3 * SECOND);
  g_assert_cmpint (gcoap_notification_pace_get_next (&pace, 1), ==, 31 * SECOND);

  /* But never longer than what was asked for, nor next to nothing. */
  pace.round_trip = 60 * SECOND;
  gcoap_notification_pace_note_non_confirmable (&pace, 40 * SECOND, 3 * SECOND);
  g_assert_cmpint (gcoap_notification_pace_get_next (&pace, 1), ==, 43 * SECOND);
  pace.round_trip = 1;
  gcoap_notification_pace_note_non_confirmable (&pace, 50 * SECOND, 3 * SECOND);
  g_assert_cmpint (gcoap_notification_pace_get_next (&pace, 1), ==, 50 * SECOND + 10000);
}

static void
test_round_trip (void)
{
  GcoapNotificationPace pace = { 0 };

  gcoap_notification_pace_note_confirmable (&pace);
  gcoap_notification_pace_note_outcome (&pace, 800, 0);
  gcoap_notification_pace_note_confirmable (&pace);
  gcoap_notification_pace_note_outcome (&pace, 2600, 1000);
  g_assert_cmpint (pace.round_trip, ==, (7 * 800 + 1600) / 8);
}

static void
test_proof (void)
{
  GcoapNotificationProof proof = { 0 };

  for (guint i = 0; i < 3; i++)
    {
      g_assert_false (gcoap_notification_proof_is_due (&proof, SECOND, 3));
      gcoap_notification_proof_note_sent (&proof, SECOND, FALSE);
    }
  g_assert_true (gcoap_notification_proof_is_due (&proof, SECOND, 3));
  gcoap_notification_proof_note_sent (&proof, SECOND, TRUE);
  g_assert_false (gcoap_notification_proof_is_due (&proof, SECOND, 3));
  /* RFC 7641 §4.5: at least every 24 hours. */
  g_assert_false (gcoap_notification_proof_is_due (&proof, 22 * HOUR, 3));
  g_assert_true (gcoap_notification_proof_is_due (&proof, 23 * HOUR + SECOND, 3));
  g_assert_true (gcoap_notification_proof_is_due (&proof, SECOND, 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notification-pace/outstanding", test_outstanding);
  g_test_add_func ("/notification-pace/interval", test_interval);
  g_test_add_func ("/notification-pace/round-trip", test_round_trip);
  g_test_add_func ("/notification-pace/proof", test_proof);
  return g_test_run ();
}
