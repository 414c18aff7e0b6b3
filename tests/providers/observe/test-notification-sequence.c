/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-sequence-private.h"

#include "providers/observe/gcoap-notification-order-private.h"

static void
test_follows_clock (void)
{
  GcoapNotificationSequence sequence = { 0 };

  g_assert_cmpuint (gcoap_notification_sequence_next (&sequence, G_USEC_PER_SEC), ==, 1000);
  /* RFC 7641 §4.4: not more than 2^23 in 256 s. */
  g_assert_cmpuint (gcoap_notification_sequence_next (&sequence, 257 * G_USEC_PER_SEC), ==, 257000);
  /* 24 bits. */
  g_assert_cmpuint (gcoap_notification_sequence_next (&sequence, G_GINT64_CONSTANT (16778) * G_USEC_PER_SEC), ==,
                    16778000 - (1 << 24));
}

static void
test_increases (void)
{
  GcoapNotificationSequence sequence = { 0 };

  g_assert_cmpuint (gcoap_notification_sequence_next (&sequence, 0), ==, 1);
  g_assert_cmpuint (gcoap_notification_sequence_next (&sequence, 0), ==, 2);
  /* Even when the clock is behind. */
  sequence.last = G_GINT64_CONSTANT (0x1ffffff);
  g_assert_cmpuint (gcoap_notification_sequence_next (&sequence, 5), ==, 0);
  g_assert_cmpuint (gcoap_notification_sequence_next (&sequence, 5), ==, 1);
}

/* Over years, whatever the distance, the client takes each for the fresher. */
static void
test_agrees_with_order (void)
{
  GcoapNotificationSequence sequence = { 0 };
  GcoapNotificationOrder order = { 0 };
  gint64 now = 0;

  for (guint i = 0; i < 100000; i++)
    {
      now += g_test_rand_int_range (0, i % 3 == 0 ? 10 : G_MAXINT32);
      g_assert_true (gcoap_notification_order_accept (&order,
                                                      gcoap_notification_sequence_next (&sequence, now),
                                                      now));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/notification-sequence/follows-clock", test_follows_clock);
  g_test_add_func ("/notification-sequence/increases", test_increases);
  g_test_add_func ("/notification-sequence/agrees-with-order", test_agrees_with_order);
  return g_test_run ();
}
