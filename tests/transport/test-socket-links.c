/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-socket-links-private.h"

static GcoapSocketLink *
open_link (const char *host)
{
  g_autoptr (GSocketAddress) native = g_inet_socket_address_new_from_string (host, 5683);
  g_autoptr (GcoapUdpAddress) address = gcoap_udp_address_new (G_INET_SOCKET_ADDRESS (native));
  g_autoptr (GError) error = NULL;
  GcoapSocketLink *link = gcoap_socket_link_open (GCOAP_ENDPOINT_ADDRESS (address), &error);

  g_assert_no_error (error);
  return link;
}

static void
test_order (void)
{
  GcoapSocketLink *links[3];
  GcoapSocketLinks table;

  gcoap_socket_links_init (&table);
  g_assert_null (gcoap_socket_links_get_oldest (&table));
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *host = g_strdup_printf ("127.0.0.%u", i + 1);

      links[i] = open_link (host);
      gcoap_socket_links_add (&table, links[i], i);
    }
  g_assert_cmpuint (gcoap_socket_links_get_size (&table), ==, 3);
  g_assert_true (gcoap_socket_links_get_oldest (&table) == links[0]);
  gcoap_socket_links_touch (&table, links[0], 10);
  gcoap_socket_links_touch (&table, links[0], 11);
  g_assert_true (gcoap_socket_links_get_oldest (&table) == links[1]);
  g_assert_cmpint (links[0]->used, ==, 11);
  gcoap_socket_links_remove (&table, links[1]);
  g_assert_true (gcoap_socket_links_get_oldest (&table) == links[2]);
  g_assert_cmpuint (gcoap_socket_links_get_size (&table), ==, 2);
  gcoap_socket_links_clear (&table);
}

/* An answer to a member of a group leaves by the group's socket. */
static void
test_find (void)
{
  GcoapSocketLink *peer = open_link ("127.0.0.1");
  GcoapSocketLink *other = open_link ("127.0.0.2");
  GcoapSocketLink *group = open_link ("224.0.1.187");
  GcoapSocketLinks table;

  gcoap_socket_links_init (&table);
  gcoap_socket_links_add (&table, peer, 0);
  gcoap_socket_links_add (&table, group, 0);
  g_assert_true (gcoap_socket_links_find (&table, peer->peer, NULL) == peer);
  g_assert_true (gcoap_socket_links_find (&table, peer->peer, peer->local) == peer);
  g_assert_true (gcoap_socket_links_find (&table, peer->peer, other->local) == peer);
  g_assert_true (gcoap_socket_links_find (&table, peer->peer, group->local) == group);
  g_assert_true (gcoap_socket_links_find (&table, other->peer, group->local) == group);
  g_assert_true (gcoap_socket_links_find (&table, group->peer, NULL) == group);
  g_assert_null (gcoap_socket_links_find (&table, other->peer, NULL));
  g_assert_null (gcoap_socket_links_find (&table, other->peer, peer->local));
  gcoap_socket_links_clear (&table);
  gcoap_socket_link_unref (other);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socket-links/order", test_order);
  g_test_add_func ("/socket-links/find", test_find);
  return g_test_run ();
}
