/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-address-private.h"

static GcoapEndpointAddress *
new_address (const char *ip,
             guint16     port)
{
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new_from_string (ip, port);
  g_autoptr (GcoapUdpAddress) udp = gcoap_udp_address_new (G_INET_SOCKET_ADDRESS (socket_address));

  return GCOAP_ENDPOINT_ADDRESS (gcoap_stream_address_new ("coap+tcp", FALSE, &udp->key, NULL));
}

static void
test_identity (void)
{
  g_autoptr (GcoapEndpointAddress) one = new_address ("192.0.2.1", 5683);
  g_autoptr (GcoapEndpointAddress) other = new_address ("192.0.2.1", 5683);
  g_autoptr (GcoapEndpointAddress) local = new_address ("::1", 61616);
  g_autofree char *base = gcoap_endpoint_address_dup_uri_base (one);
  g_autofree char *local_base = gcoap_endpoint_address_dup_uri_base (local);
  g_autoptr (GInetSocketAddress) socket_address =
    gcoap_stream_address_dup_socket_address (GCOAP_STREAM_ADDRESS (local));

  g_assert_cmpstr (base, ==, "coap+tcp://192.0.2.1");
  g_assert_cmpstr (local_base, ==, "coap+tcp://[::1]:61616");
  g_assert_cmpuint (g_inet_socket_address_get_port (socket_address), ==, 61616);
  /* Two connections are two addresses. */
  g_assert_false (gcoap_endpoint_address_equal (one, other));
  g_assert_true (gcoap_endpoint_address_equal (one, one));
  g_assert_true (gcoap_endpoint_address_is_reliable (one));
  g_assert_false (gcoap_endpoint_address_is_secure (one));
  g_assert_false (gcoap_endpoint_address_is_multicast (one));
  g_assert_true (gcoap_endpoint_address_is_public (one));
  g_assert_false (gcoap_endpoint_address_is_public (local));
  g_assert_true (gcoap_endpoint_address_get_blockwise_key (one) == one);
  g_assert_false (gcoap_stream_address_is_connected (GCOAP_STREAM_ADDRESS (one)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-address/identity", test_identity);
  return g_test_run ();
}
