/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-address-private.h"

#include <net/if.h>

static GcoapUdpAddress *
address_of (const char *text,
            guint16     port,
            guint32     scope_id)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  g_autoptr (GSocketAddress) socket_address = NULL;

  socket_address = g_object_new (G_TYPE_INET_SOCKET_ADDRESS, "address", address,
                                 "port", (guint) port, "scope-id", (guint) scope_id, NULL);
  return gcoap_udp_address_new (G_INET_SOCKET_ADDRESS (socket_address));
}

static void
assert_hostinfo (const char *text,
                 guint16     port,
                 guint32     scope_id,
                 const char *expected)
{
  g_autoptr (GcoapUdpAddress) address = address_of (text, port, scope_id);
  g_autofree char *hostinfo = gcoap_endpoint_address_dup_hostinfo (GCOAP_ENDPOINT_ADDRESS (address));

  g_assert_cmpstr (hostinfo, ==, expected);
}

static void
test_hostinfo (void)
{
  assert_hostinfo ("192.0.2.1", 5683, 0, "192.0.2.1");
  assert_hostinfo ("192.0.2.1", 61616, 0, "192.0.2.1:61616");
  assert_hostinfo ("::ffff:192.0.2.1", 5683, 0, "192.0.2.1");
  assert_hostinfo ("2001:db8::1", 5683, 0, "[2001:db8::1]");
  assert_hostinfo ("2001:db8::1", 5684, 0, "[2001:db8::1]:5684");
  assert_hostinfo ("fe80::1", 5683, if_nametoindex ("lo"), "[fe80::1%lo]");
  assert_hostinfo ("fe80::1", 1, 4000000, "[fe80::1%4000000]:1");
  assert_hostinfo ("ff02::fd", 5683, if_nametoindex ("lo"), "[ff02::fd%lo]");
  /* A zone says nothing about a global address. */
  assert_hostinfo ("2001:db8::1", 5683, if_nametoindex ("lo"), "[2001:db8::1]");
}

static void
test_identity (void)
{
  g_autoptr (GcoapUdpAddress) first = address_of ("192.0.2.1", 5683, 0);
  g_autoptr (GcoapUdpAddress) mapped = address_of ("::ffff:192.0.2.1", 5683, 0);
  g_autoptr (GcoapUdpAddress) other_port = address_of ("192.0.2.1", 5684, 0);
  g_autoptr (GcoapUdpAddress) zone_1 = address_of ("fe80::1", 5683, 1);
  g_autoptr (GcoapUdpAddress) zone_2 = address_of ("fe80::1", 5683, 2);

  g_assert_true (gcoap_endpoint_address_equal (GCOAP_ENDPOINT_ADDRESS (first), GCOAP_ENDPOINT_ADDRESS (mapped)));
  g_assert_cmpuint (gcoap_endpoint_address_hash (GCOAP_ENDPOINT_ADDRESS (first)), ==,
                    gcoap_endpoint_address_hash (GCOAP_ENDPOINT_ADDRESS (mapped)));
  g_assert_false (gcoap_endpoint_address_equal (GCOAP_ENDPOINT_ADDRESS (first), GCOAP_ENDPOINT_ADDRESS (other_port)));
  g_assert_false (gcoap_endpoint_address_equal (GCOAP_ENDPOINT_ADDRESS (zone_1), GCOAP_ENDPOINT_ADDRESS (zone_2)));
  g_assert_cmpstr (gcoap_endpoint_address_get_scheme (GCOAP_ENDPOINT_ADDRESS (first)), ==, "coap");
  g_assert_false (gcoap_endpoint_address_is_reliable (GCOAP_ENDPOINT_ADDRESS (first)));
  g_assert_false (gcoap_endpoint_address_is_secure (GCOAP_ENDPOINT_ADDRESS (first)));
  g_assert_cmpuint (sizeof (GcoapUdpAddress), <=, 48);
}

/* Similar keys must not fall together: a table of them is as good as a
 * random one. */
static void
test_hash_spreads (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);
  GcoapUdpKey key = { .address = IN6ADDR_LOOPBACK_INIT };

  for (guint port = 0; port < 65536; port++)
    {
      key.port = port;
      g_hash_table_add (seen, GUINT_TO_POINTER (gcoap_udp_key_hash (&key) & 0xffff));
    }
  /* 65536 balls in 65536 bins fill 63 % of them. */
  g_assert_cmpuint (g_hash_table_size (seen), >, 65536 * 60 / 100);
}

static void
test_multicast (void)
{
  static const struct { const char *text; gboolean expected; } cases[] = {
    { "224.0.1.187", TRUE }, { "239.255.0.1", TRUE }, { "240.0.0.1", FALSE }, { "223.255.255.255", FALSE },
    { "255.255.255.255", TRUE }, { "ff02::fd", TRUE }, { "ff05::fd", TRUE }, { "fe80::1", FALSE },
    { "::ffff:224.0.1.187", TRUE }, { "::ffff:127.0.0.1", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapUdpAddress) address = address_of (cases[i].text, 5683, 0);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (gcoap_endpoint_address_is_multicast (GCOAP_ENDPOINT_ADDRESS (address)), ==, cases[i].expected);
    }
}

static void
test_public (void)
{
  static const struct { const char *text; gboolean expected; } cases[] = {
    { "127.0.0.1", FALSE }, { "127.255.0.9", FALSE }, { "126.255.255.255", TRUE }, { "128.0.0.1", TRUE },
    { "10.0.0.1", FALSE }, { "11.0.0.1", TRUE }, { "172.15.255.255", TRUE }, { "172.16.0.1", FALSE },
    { "172.31.255.255", FALSE }, { "172.32.0.1", TRUE }, { "192.167.0.1", TRUE }, { "192.168.0.1", FALSE },
    { "192.169.0.1", TRUE }, { "169.254.1.1", FALSE }, { "169.253.1.1", TRUE }, { "100.64.0.1", TRUE },
    { "192.0.2.1", TRUE }, { "::ffff:10.0.0.1", FALSE }, { "::1", FALSE }, { "::2", TRUE },
    { "fe80::1", FALSE }, { "febf::1", FALSE }, { "fec0::1", TRUE }, { "fc00::1", FALSE },
    { "fdff::1", FALSE }, { "fbff::1", TRUE }, { "2001:db8::1", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapUdpAddress) address = address_of (cases[i].text, 5683, 0);

      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (gcoap_endpoint_address_is_public (GCOAP_ENDPOINT_ADDRESS (address)), ==, cases[i].expected);
    }
}

static void
test_socket_address (void)
{
  g_autoptr (GcoapUdpAddress) mapped = address_of ("::ffff:192.0.2.1", 61616, 0);
  g_autoptr (GcoapUdpAddress) local = address_of ("fe80::1", 5683, 7);
  g_autoptr (GInetSocketAddress) v4 = gcoap_udp_address_dup_socket_address (mapped);
  g_autoptr (GInetSocketAddress) v6 = gcoap_udp_address_dup_socket_address (local);
  g_autofree char *text = g_inet_address_to_string (g_inet_socket_address_get_address (v4));

  g_assert_cmpstr (text, ==, "192.0.2.1");
  g_assert_cmpuint (g_inet_socket_address_get_port (v4), ==, 61616);
  g_assert_cmpuint (g_inet_socket_address_get_scope_id (v6), ==, 7);
}

/* A socket address of another family, or cut short, is no key. */
static void
test_foreign_sockaddr (void)
{
  GcoapUdpSockaddr sockaddr = { .any = { .sa_family = AF_UNIX } };
  GcoapUdpKey key;

  g_assert_false (gcoap_udp_key_from_sockaddr (&key, &sockaddr.any, sizeof sockaddr));
  sockaddr.any.sa_family = AF_INET6;
  g_assert_false (gcoap_udp_key_from_sockaddr (&key, &sockaddr.any, sizeof (struct sockaddr_in)));
  sockaddr.in6.sin6_addr = in6addr_loopback;
  g_assert_true (gcoap_udp_key_from_sockaddr (&key, &sockaddr.any, sizeof sockaddr.in6));
  g_assert_cmpuint (gcoap_udp_key_to_sockaddr (&key, AF_INET, &sockaddr), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-address/hostinfo", test_hostinfo);
  g_test_add_func ("/udp-address/identity", test_identity);
  g_test_add_func ("/udp-address/hash-spreads", test_hash_spreads);
  g_test_add_func ("/udp-address/multicast", test_multicast);
  g_test_add_func ("/udp-address/public", test_public);
  g_test_add_func ("/udp-address/socket-address", test_socket_address);
  g_test_add_func ("/udp-address/foreign-sockaddr", test_foreign_sockaddr);
  return g_test_run ();
}
