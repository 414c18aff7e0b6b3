/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-socket-link-private.h"

#include <errno.h>

#include "base/gcoap-error.h"

static GcoapSocketLink *
listen_at (const char *host)
{
  g_autoptr (GSocketAddress) native = g_inet_socket_address_new_from_string (host, 0);
  g_autoptr (GcoapUdpAddress) address = gcoap_udp_address_new (G_INET_SOCKET_ADDRESS (native));
  g_autoptr (GError) error = NULL;
  GcoapSocketLink *link = gcoap_socket_link_listen (&address->key, &error);

  g_assert_no_error (error);
  return link;
}

static GcoapEndpointAddress *
address_of (GcoapSocketLink *link)
{
  g_autoptr (GSocketAddress) own = g_socket_get_local_address (link->socket, NULL);

  return GCOAP_ENDPOINT_ADDRESS (gcoap_udp_address_new (G_INET_SOCKET_ADDRESS (own)));
}

static gssize
receive (GcoapSocketLink *link,
         GcoapSocketName *name,
         socklen_t       *length)
{
  guint8 buffer[16];

  g_assert_true (g_socket_condition_timed_wait (link->socket, G_IO_IN, 10 * G_USEC_PER_SEC, NULL, NULL));
  return gcoap_socket_link_receive (link, buffer, sizeof buffer, name, length);
}

static void
test_connected (void)
{
  static const char *const hosts[] = { "127.0.0.1", "::1" };

  for (guint i = 0; i < G_N_ELEMENTS (hosts); i++)
    {
      GcoapSocketLink *server = listen_at (hosts[i]);
      g_autoptr (GcoapEndpointAddress) address = address_of (server);
      g_autoptr (GcoapEndpointAddress) sender = NULL;
      GcoapSocketLink *client = gcoap_socket_link_open (address, NULL);
      g_autofree char *uri = gcoap_socket_link_dup_uri (server);
      g_autofree char *expected = gcoap_endpoint_address_dup_uri_base (address);
      GcoapSocketName name;
      socklen_t length;
      GcoapUdpKey key;

      g_assert_cmpstr (uri, ==, expected);
      g_assert_true (client->is_connected && !server->is_connected && !server->is_wildcard);
      g_assert_cmpint (gcoap_socket_link_receive (client, (guint8 *) &key, sizeof key, &name, &length), ==, -EAGAIN);
      g_assert_cmpint (gcoap_socket_link_send (client, address, (const guint8 *) "abc", 3), ==, 0);
      g_assert_cmpint (receive (server, &name, &length), ==, 3);
      g_assert_true (gcoap_udp_key_from_sockaddr (&key, &name.any, length));
      sender = GCOAP_ENDPOINT_ADDRESS (gcoap_udp_address_new_for_key (&key));
      g_assert_cmpint (gcoap_socket_link_send (server, sender, (const guint8 *) "", 0), ==, 0);
      g_assert_cmpint (receive (client, &name, &length), ==, 0);

      /* Nobody is left: the peer's refusal comes as an error. */
      gcoap_socket_link_unref (server);
      g_assert_cmpint (gcoap_socket_link_send (client, address, (const guint8 *) "abc", 3), ==, 0);
      g_assert_cmpint (receive (client, &name, &length), ==, -ECONNREFUSED);
      gcoap_socket_link_close (client);
      g_assert_null (client->socket);
      gcoap_socket_link_unref (client);
    }
}

/* What goes to a group is answered by others. */
static void
test_group (void)
{
  g_autoptr (GSocketAddress) native = g_inet_socket_address_new_from_string ("224.0.1.187", 5683);
  g_autoptr (GcoapUdpAddress) address = gcoap_udp_address_new (G_INET_SOCKET_ADDRESS (native));
  GcoapSocketLink *link = gcoap_socket_link_open (GCOAP_ENDPOINT_ADDRESS (address), NULL);

  g_assert_false (link->is_connected);
  gcoap_socket_link_unref (link);
}

static void
test_wildcard (void)
{
  GcoapSocketLink *link = listen_at ("::");

  g_assert_true (link->is_wildcard);
  g_assert_null (gcoap_local_get_hostinfo (link->local));
  gcoap_socket_link_unref (link);
}

static GSocket *
create_without_ipv6 (GSocketFamily   family,
                     GError        **error)
{
  if (family == G_SOCKET_FAMILY_IPV4)
    return g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no such family");
  return NULL;
}

static void
test_without_ipv6 (void)
{
  GSocket *(*original) (GSocketFamily, GError **) = gcoap_socket_link_create;
  g_autoptr (GSocketAddress) native = g_inet_socket_address_new_from_string ("::1", 5683);
  g_autoptr (GcoapUdpAddress) address = gcoap_udp_address_new (G_INET_SOCKET_ADDRESS (native));
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  GcoapSocketLink *link;

  gcoap_socket_link_create = create_without_ipv6;
  link = listen_at ("::");
  uri = gcoap_socket_link_dup_uri (link);
  g_assert_true (g_str_has_prefix (uri, "coap://0.0.0.0:"));
  gcoap_socket_link_unref (link);
  g_assert_null (gcoap_socket_link_listen (&address->key, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (gcoap_socket_link_open (GCOAP_ENDPOINT_ADDRESS (address), &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  gcoap_socket_link_create = original;
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socket-link/connected", test_connected);
  g_test_add_func ("/socket-link/group", test_group);
  g_test_add_func ("/socket-link/wildcard", test_wildcard);
  g_test_add_func ("/socket-link/without-ipv6", test_without_ipv6);
  return g_test_run ();
}
