/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-address-table-private.h"

static GcoapUdpKey
key_of (guint16 port)
{
  GcoapUdpKey key = { .address = IN6ADDR_LOOPBACK_INIT, .port = g_htons (port) };

  return key;
}

static GcoapUdpPeer *
take (GcoapUdpAddressTable *table,
      guint16               port,
      guint                 max_peers)
{
  GcoapUdpKey key = key_of (port);

  return gcoap_udp_address_table_take (table, &key, max_peers);
}

static GcoapUdpPeer *
peek (GcoapUdpAddressTable *table,
      guint16               port)
{
  GcoapUdpKey key = key_of (port);

  return gcoap_udp_address_table_peek (table, &key);
}

static void
test_found_not_made (void)
{
  GcoapUdpAddressTable table;
  GcoapUdpAddress *first;

  gcoap_udp_address_table_init (&table);
  g_assert_null (peek (&table, 1));
  first = take (&table, 1, 10)->address;
  take (&table, 2, 10);
  g_assert_true (take (&table, 1, 10)->address == first);
  g_assert_true (peek (&table, 1)->address == first);
  g_assert_cmpuint (gcoap_udp_address_table_get_size (&table), ==, 2);
  gcoap_udp_address_table_clear (&table);
}

/* The limit: the least recently used goes, whoever holds it keeps it. */
static void
test_limit (void)
{
  GcoapUdpAddressTable table;
  g_autoptr (GcoapUdpAddress) held = NULL;
  g_autofree char *hostinfo = NULL;

  gcoap_udp_address_table_init (&table);
  take (&table, 1, 3);
  held = g_object_ref (take (&table, 2, 3)->address);
  take (&table, 3, 3);
  take (&table, 1, 3);
  take (&table, 4, 3);
  g_assert_cmpuint (gcoap_udp_address_table_get_size (&table), ==, 3);
  g_assert_nonnull (peek (&table, 1));
  g_assert_null (peek (&table, 2));
  g_assert_nonnull (peek (&table, 3));
  g_assert_nonnull (peek (&table, 4));

  hostinfo = gcoap_endpoint_address_dup_hostinfo (GCOAP_ENDPOINT_ADDRESS (held));
  g_assert_cmpstr (hostinfo, ==, "[::1]:2");
  g_assert_true (gcoap_endpoint_address_equal (GCOAP_ENDPOINT_ADDRESS (held),
                                               GCOAP_ENDPOINT_ADDRESS (take (&table, 2, 3)->address)));

  /* A limit that was lowered is kept from the next new peer on. */
  take (&table, 9, 1);
  g_assert_cmpuint (gcoap_udp_address_table_get_size (&table), ==, 1);
  g_assert_nonnull (peek (&table, 9));
  gcoap_udp_address_table_clear (&table);
}

/* The order of use holds together over many turns. */
static void
test_order (void)
{
  GcoapUdpAddressTable table;
  GcoapUdpPeer *peer;
  guint n = 0;

  gcoap_udp_address_table_init (&table);
  for (guint i = 0; i < 5000; i++)
    take (&table, 1 + i * 7919 % 300, 100);
  g_assert_cmpuint (gcoap_udp_address_table_get_size (&table), ==, 100);
  for (peer = table.newest; peer != NULL; peer = peer->older)
    {
      g_assert_true (peer->older == NULL ? table.oldest == peer : peer->older->newer == peer);
      n++;
    }
  g_assert_cmpuint (n, ==, 100);
  g_assert_cmpuint (g_ntohs (table.newest->address->key.port), ==, 1 + 4999 * 7919 % 300);
  gcoap_udp_address_table_clear (&table);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-address-table/found-not-made", test_found_not_made);
  g_test_add_func ("/udp-address-table/limit", test_limit);
  g_test_add_func ("/udp-address-table/order", test_order);
  return g_test_run ();
}
