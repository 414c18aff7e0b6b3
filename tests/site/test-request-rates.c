/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-request-rates-private.h"

#include "helpers/named-address.h"

static void
test_one_peer (void)
{
  g_autoptr (GcoapEndpointAddress) peer = test_named_address_new ("peer", 0);
  g_autoptr (GcoapEndpointAddress) other = test_named_address_new ("other", 0);
  GcoapRequestRates *rates = gcoap_request_rates_new ();
  gint64 now = 1000 * G_USEC_PER_SEC;

  /* Twelve per minute: one per five seconds, three at once. */
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (gcoap_request_rates_take (rates, peer, 12, now), ==, 0);
  g_assert_cmpuint (gcoap_request_rates_take (rates, peer, 12, now), ==, 5);
  g_assert_cmpuint (gcoap_request_rates_take (rates, other, 12, now), ==, 0);
  now += 4 * G_USEC_PER_SEC;
  g_assert_cmpuint (gcoap_request_rates_take (rates, peer, 12, now), ==, 1);
  now += G_USEC_PER_SEC;
  g_assert_cmpuint (gcoap_request_rates_take (rates, peer, 12, now), ==, 0);
  g_assert_cmpuint (gcoap_request_rates_take (rates, peer, 12, now), ==, 5);
  gcoap_request_rates_free (rates);
}

/* However slow: one can be asked for, and then waited for. */
static void
test_slow (void)
{
  g_autoptr (GcoapEndpointAddress) peer = test_named_address_new ("peer", 0);
  GcoapRequestRates *rates = gcoap_request_rates_new ();

  g_assert_cmpuint (gcoap_request_rates_take (rates, peer, 1, 0), ==, 0);
  g_assert_cmpuint (gcoap_request_rates_take (rates, peer, 1, 0), ==, 60);
  g_assert_cmpuint (gcoap_request_rates_take (rates, peer, 1, 60 * G_USEC_PER_SEC), ==, 0);
  gcoap_request_rates_free (rates);
}

static void
test_bounded (void)
{
  GcoapRequestRates *rates = gcoap_request_rates_new ();
  guint n_served = 0;

  for (guint i = 0; i < 2 * GCOAP_REQUEST_RATES_MAX_PEERS; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);
      g_autoptr (GcoapEndpointAddress) peer = test_named_address_new (name, 0);

      if (gcoap_request_rates_take (rates, peer, 12, 0) == 0)
        n_served++;
    }
  g_assert_cmpuint (gcoap_request_rates_get_n_peers (rates), ==, GCOAP_REQUEST_RATES_MAX_PEERS);
  g_assert_cmpuint (n_served, ==, GCOAP_REQUEST_RATES_MAX_PEERS + 3);

  /* Later those that have been quiet make room. */
  {
    g_autoptr (GcoapEndpointAddress) late = test_named_address_new ("late", 0);

    g_assert_cmpuint (gcoap_request_rates_take (rates, late, 12, 60 * G_USEC_PER_SEC), ==, 0);
  }
  g_assert_cmpuint (gcoap_request_rates_get_n_peers (rates), ==, 1);
  gcoap_request_rates_free (rates);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request-rates/one-peer", test_one_peer);
  g_test_add_func ("/request-rates/slow", test_slow);
  g_test_add_func ("/request-rates/bounded", test_bounded);
  return g_test_run ();
}
