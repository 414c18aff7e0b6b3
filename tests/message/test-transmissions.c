/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-transmissions-private.h"

#include "helpers/named-address.h"

#define SECONDS(n) ((gint64) ((n) * G_USEC_PER_SEC))

static void
test_find (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) b = test_named_address_new ("b", TEST_ADDRESS_PLAIN);
  GcoapTransmissions transmissions;
  GcoapSentMessage first = { .address = a };
  GcoapSentMessage second = { .address = b };
  GcoapSentMessage third = { .address = a };

  gcoap_transmissions_init (&transmissions);
  g_assert_true (gcoap_transmissions_list (&transmissions, &first, 7));
  g_assert_true (gcoap_transmissions_list (&transmissions, &second, 7));
  g_assert_false (gcoap_transmissions_list (&transmissions, &third, 7));
  g_assert_true (gcoap_transmissions_find (&transmissions, a, 7) == &first);
  g_assert_true (gcoap_transmissions_find (&transmissions, b, 7) == &second);
  g_assert_null (gcoap_transmissions_find (&transmissions, a, 8));

  /* With a new number it is not found under the old one. */
  g_assert_true (gcoap_transmissions_list (&transmissions, &first, 8));
  g_assert_null (gcoap_transmissions_find (&transmissions, a, 7));
  g_assert_true (gcoap_transmissions_find (&transmissions, a, 8) == &first);

  gcoap_transmissions_remove (&transmissions, &first);
  g_assert_null (gcoap_transmissions_find (&transmissions, a, 8));
  gcoap_transmissions_clear (&transmissions);
}

/* RFC 7252 §4.2, with the values of Table 2: 2, 4, 8, 16 seconds and 32 more. */
static void
test_back_off (void)
{
  const double due[] = { 2, 6, 14, 30 };
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  GcoapTransmissions transmissions;
  GcoapSentMessage sent = { .address = a };

  gcoap_transmissions_init (&transmissions);
  gcoap_transmissions_start (&transmissions, &sent, tuning, 0.0, 0);
  for (guint i = 0; i < G_N_ELEMENTS (due); i++)
    {
      gint64 now = SECONDS (due[i]);

      g_assert_cmpint (gcoap_transmissions_get_next_expiry (&transmissions), ==, now);
      g_assert_null (gcoap_transmissions_pop_due (&transmissions, now - 1));
      g_assert_true (gcoap_transmissions_pop_due (&transmissions, now) == &sent);
      g_assert_cmpint (gcoap_transmissions_back_off (&transmissions, &sent, now), ==,
                       GCOAP_TIMEOUT_RETRANSMIT);
    }
  g_assert_true (gcoap_transmissions_pop_due (&transmissions, SECONDS (62)) == &sent);
  g_assert_cmpint (gcoap_transmissions_back_off (&transmissions, &sent, SECONDS (62)), ==,
                   GCOAP_TIMEOUT_GIVE_UP);
  gcoap_transmissions_clear (&transmissions);
}

static void
test_random_factor (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  GcoapTransmissions transmissions;
  GcoapSentMessage sent = { .address = a };

  gcoap_transmissions_init (&transmissions);
  gcoap_transmissions_start (&transmissions, &sent, tuning, 1.0, 100);
  g_assert_cmpint (gcoap_transmissions_get_next_expiry (&transmissions), ==, 100 + SECONDS (3));
  gcoap_transmissions_start (&transmissions, &sent, tuning, 0.5, 100);
  g_assert_cmpint (gcoap_transmissions_get_next_expiry (&transmissions), ==, 100 + SECONDS (2.5));
  gcoap_transmissions_clear (&transmissions);
}

/* RFC 7252 §4.2: to be late does not add up, and messages are ACK_TIMEOUT
 * apart. */
static void
test_late (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  GcoapTransmissions transmissions;
  GcoapSentMessage sent = { .address = a };

  gcoap_transmissions_init (&transmissions);
  gcoap_transmissions_start (&transmissions, &sent, tuning, 0.0, 0);
  g_assert_true (gcoap_transmissions_pop_due (&transmissions, SECONDS (2.5)) == &sent);
  g_assert_cmpint (gcoap_transmissions_back_off (&transmissions, &sent, SECONDS (2.5)), ==,
                   GCOAP_TIMEOUT_RETRANSMIT);
  g_assert_cmpint (gcoap_transmissions_get_next_expiry (&transmissions), ==, SECONDS (6));

  g_assert_true (gcoap_transmissions_pop_due (&transmissions, SECONDS (13)) == &sent);
  g_assert_cmpint (gcoap_transmissions_back_off (&transmissions, &sent, SECONDS (13)), ==,
                   GCOAP_TIMEOUT_RETRANSMIT);
  g_assert_cmpint (gcoap_transmissions_get_next_expiry (&transmissions), ==, SECONDS (15));
  gcoap_transmissions_clear (&transmissions);
}

/* RFC 7252 §4.2: no retransmission after MAX_TRANSMIT_SPAN, 45 s. */
static void
test_asleep (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  GcoapTransmissions transmissions;
  GcoapSentMessage sent = { .address = a };

  gcoap_transmissions_init (&transmissions);
  gcoap_transmissions_start (&transmissions, &sent, tuning, 0.0, 0);
  g_assert_true (gcoap_transmissions_pop_due (&transmissions, SECONDS (50)) == &sent);
  g_assert_cmpint (gcoap_transmissions_back_off (&transmissions, &sent, SECONDS (50)), ==,
                   GCOAP_TIMEOUT_WAIT);
  g_assert_cmpint (gcoap_transmissions_get_next_expiry (&transmissions), ==, SECONDS (93));
  g_assert_true (gcoap_transmissions_pop_due (&transmissions, SECONDS (93)) == &sent);
  g_assert_cmpint (gcoap_transmissions_back_off (&transmissions, &sent, SECONDS (93)), ==,
                   GCOAP_TIMEOUT_GIVE_UP);

  gcoap_transmissions_start (&transmissions, &sent, tuning, 0.0, 0);
  g_assert_true (gcoap_transmissions_pop_due (&transmissions, SECONDS (500)) == &sent);
  g_assert_cmpint (gcoap_transmissions_back_off (&transmissions, &sent, SECONDS (500)), ==,
                   GCOAP_TIMEOUT_GIVE_UP);
  gcoap_transmissions_clear (&transmissions);
}

static void
test_no_retransmission (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  GcoapTransmissions transmissions;
  GcoapSentMessage sent = { .address = a };

  gcoap_transport_tuning_set_max_retransmit (tuning, 0);
  gcoap_transmissions_init (&transmissions);
  gcoap_transmissions_start (&transmissions, &sent, tuning, 0.0, 0);
  g_assert_true (gcoap_transmissions_pop_due (&transmissions, SECONDS (2)) == &sent);
  g_assert_cmpint (gcoap_transmissions_back_off (&transmissions, &sent, SECONDS (2)), ==,
                   GCOAP_TIMEOUT_GIVE_UP);
  gcoap_transmissions_clear (&transmissions);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transmissions/find", test_find);
  g_test_add_func ("/transmissions/back-off", test_back_off);
  g_test_add_func ("/transmissions/random-factor", test_random_factor);
  g_test_add_func ("/transmissions/late", test_late);
  g_test_add_func ("/transmissions/asleep", test_asleep);
  g_test_add_func ("/transmissions/no-retransmission", test_no_retransmission);
  return g_test_run ();
}
