/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/gcoap-transport-tuning.h"

/* RFC 7252 §4.8.2, Table 3. */
static void
test_defaults (void)
{
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();

  g_assert_cmpint (gcoap_transport_tuning_get_reliability (tuning), ==, GCOAP_RELIABILITY_DEFAULT);
  g_assert_cmpuint (gcoap_transport_tuning_get_ack_timeout (tuning), ==, 2000);
  g_assert_cmpfloat (gcoap_transport_tuning_get_ack_random_factor (tuning), ==, 1.5);
  g_assert_cmpuint (gcoap_transport_tuning_get_max_retransmit (tuning), ==, 4);
  g_assert_cmpuint (gcoap_transport_tuning_get_nstart (tuning), ==, 1);
  g_assert_cmpuint (gcoap_transport_tuning_get_leisure (tuning), ==, 5000);
  g_assert_cmpuint (gcoap_transport_tuning_get_empty_ack_delay (tuning), ==, 100);
  g_assert_cmpuint (gcoap_transport_tuning_get_max_latency (tuning), ==, 100000);
  g_assert_cmpuint (gcoap_transport_tuning_get_probing_rate (tuning), ==, 1);
  g_assert_cmpuint (gcoap_transport_tuning_get_max_transmit_span (tuning), ==, 45000);
  g_assert_cmpuint (gcoap_transport_tuning_get_max_transmit_wait (tuning), ==, 93000);
  g_assert_cmpuint (gcoap_transport_tuning_get_exchange_lifetime (tuning), ==, 247000);
  g_assert_cmpuint (gcoap_transport_tuning_get_non_lifetime (tuning), ==, 145000);
}

static void
test_change (void)
{
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  g_autoptr (GcoapTransportTuning) copy = NULL;

  gcoap_transport_tuning_set_reliability (tuning, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  gcoap_transport_tuning_set_ack_timeout (tuning, 1000);
  gcoap_transport_tuning_set_ack_random_factor (tuning, 2.0);
  gcoap_transport_tuning_set_max_retransmit (tuning, 2);
  gcoap_transport_tuning_set_nstart (tuning, 3);
  gcoap_transport_tuning_set_leisure (tuning, 0);
  gcoap_transport_tuning_set_empty_ack_delay (tuning, 50);
  gcoap_transport_tuning_set_max_latency (tuning, 1000);
  gcoap_transport_tuning_set_probing_rate (tuning, 100);
  gcoap_transport_tuning_lock (tuning);

  copy = gcoap_transport_tuning_copy (tuning);
  gcoap_transport_tuning_set_nstart (copy, 4);
  g_assert_cmpuint (gcoap_transport_tuning_get_probing_rate (copy), ==, 100);
  g_assert_cmpuint (gcoap_transport_tuning_get_nstart (tuning), ==, 3);
  g_assert_cmpuint (gcoap_transport_tuning_get_nstart (copy), ==, 4);
  g_assert_cmpint (gcoap_transport_tuning_get_reliability (copy), ==,
                   GCOAP_RELIABILITY_NON_CONFIRMABLE);
  g_assert_cmpuint (gcoap_transport_tuning_get_max_transmit_span (copy), ==, 6000);
  g_assert_cmpuint (gcoap_transport_tuning_get_max_transmit_wait (copy), ==, 14000);
  g_assert_cmpuint (gcoap_transport_tuning_get_exchange_lifetime (copy), ==, 9000);
  g_assert_cmpuint (gcoap_transport_tuning_get_non_lifetime (copy), ==, 7000);
}

/* The longest times that can be set do not wrap around. */
static void
test_extremes (void)
{
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();

  gcoap_transport_tuning_set_ack_timeout (tuning, 3600000);
  gcoap_transport_tuning_set_ack_random_factor (tuning, 10.0);
  gcoap_transport_tuning_set_max_retransmit (tuning, 20);
  g_assert_cmpuint (gcoap_transport_tuning_get_max_transmit_wait (tuning), ==, G_MAXUINT);
  g_assert_cmpuint (gcoap_transport_tuning_get_exchange_lifetime (tuning), ==, G_MAXUINT);
}

static void
test_refused (void)
{
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();

  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*milliseconds*");
  gcoap_transport_tuning_set_ack_timeout (tuning, 0);
  g_test_assert_expected_messages ();
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*factor*");
  gcoap_transport_tuning_set_ack_random_factor (tuning, 0.5);
  g_test_assert_expected_messages ();
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*count*");
  gcoap_transport_tuning_set_max_retransmit (tuning, 21);
  g_test_assert_expected_messages ();
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*count*");
  gcoap_transport_tuning_set_nstart (tuning, 0);
  g_test_assert_expected_messages ();
  gcoap_transport_tuning_lock (tuning);
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*locked*");
  gcoap_transport_tuning_set_nstart (tuning, 2);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (gcoap_transport_tuning_get_nstart (tuning), ==, 1);
  g_assert_cmpuint (gcoap_transport_tuning_get_ack_timeout (tuning), ==, 2000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transport-tuning/defaults", test_defaults);
  g_test_add_func ("/transport-tuning/change", test_change);
  g_test_add_func ("/transport-tuning/extremes", test_extremes);
  g_test_add_func ("/transport-tuning/refused", test_refused);
  return g_test_run ();
}
