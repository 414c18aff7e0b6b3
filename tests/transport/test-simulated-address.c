/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-simulated-address-private.h"

static void
test_identity (void)
{
  int link = 0;
  int other_link = 0;
  g_autoptr (GcoapSimulatedAddress) first = gcoap_simulated_address_new (&link, "server", FALSE);
  g_autoptr (GcoapSimulatedAddress) same = gcoap_simulated_address_new (&link, "server", FALSE);
  g_autoptr (GcoapSimulatedAddress) other = gcoap_simulated_address_new (&link, "server:61616", FALSE);
  g_autoptr (GcoapSimulatedAddress) elsewhere = gcoap_simulated_address_new (&other_link, "server", FALSE);
  GcoapEndpointAddress *address = GCOAP_ENDPOINT_ADDRESS (first);

  g_assert_true (gcoap_endpoint_address_equal (address, GCOAP_ENDPOINT_ADDRESS (same)));
  g_assert_cmpuint (gcoap_endpoint_address_hash (address), ==,
                    gcoap_endpoint_address_hash (GCOAP_ENDPOINT_ADDRESS (same)));
  g_assert_false (gcoap_endpoint_address_equal (address, GCOAP_ENDPOINT_ADDRESS (other)));
  g_assert_false (gcoap_endpoint_address_equal (address, GCOAP_ENDPOINT_ADDRESS (elsewhere)));
}

static void
test_values (void)
{
  g_autoptr (GcoapSimulatedAddress) endpoint = gcoap_simulated_address_new (NULL, "[2001:db8::1]:61616", FALSE);
  g_autoptr (GcoapSimulatedAddress) group = gcoap_simulated_address_new (NULL, "all.example", TRUE);
  g_autofree char *base = gcoap_endpoint_address_dup_uri_base (GCOAP_ENDPOINT_ADDRESS (endpoint));

  g_assert_cmpstr (base, ==, "coap://[2001:db8::1]:61616");
  g_assert_false (gcoap_endpoint_address_is_multicast (GCOAP_ENDPOINT_ADDRESS (endpoint)));
  g_assert_true (gcoap_endpoint_address_is_multicast (GCOAP_ENDPOINT_ADDRESS (group)));
  g_assert_false (gcoap_endpoint_address_is_reliable (GCOAP_ENDPOINT_ADDRESS (endpoint)));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simulated-address/identity", test_identity);
  g_test_add_func ("/simulated-address/values", test_values);
  return g_test_run ();
}
