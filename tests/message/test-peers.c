/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-peers-private.h"

#include "helpers/named-address.h"

#define LIFETIME 1000

static GcoapPeer *
take_by_name (GcoapPeers *peers,
              const char *name,
              guint       max_peers,
              gint64      now)
{
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new (name, TEST_ADDRESS_PLAIN);

  return gcoap_peers_take (peers, address, max_peers, now);
}

static void
use_id (GcoapPeer *peer,
        gint64     now)
{
  guint16 message_id;
  gint64 retry_at;

  g_assert_true (gcoap_message_ids_take (&peer->ids, now, LIFETIME, &message_id, &retry_at));
}

static void
test_found_again (void)
{
  GcoapPeers peers;
  GcoapPeer *a;
  GcoapPeer *b;

  gcoap_peers_init (&peers);
  a = take_by_name (&peers, "a", 10, 0);
  b = take_by_name (&peers, "b", 10, 0);
  g_assert_true (a != b);
  g_assert_true (take_by_name (&peers, "a", 10, 0) == a);
  g_assert_cmpuint (a->n_users, ==, 2);
  gcoap_peers_release (&peers, a);
  gcoap_peers_release (&peers, a);
  gcoap_peers_release (&peers, b);
  g_assert_true (take_by_name (&peers, "a", 10, 0) == a);
  gcoap_peers_release (&peers, a);
  gcoap_peers_clear (&peers);
}

/* A record stays as long as its numbers are in use, and not longer. */
static void
test_expiry (void)
{
  GcoapPeers peers;
  GcoapPeer *a;
  GcoapPeer *b;

  gcoap_peers_init (&peers);
  a = take_by_name (&peers, "a", 10, 0);
  use_id (a, 0);
  b = take_by_name (&peers, "b", 10, 500);
  use_id (b, 500);
  g_assert_cmpint (gcoap_peers_get_next_expiry (&peers), ==, G_MAXINT64);
  gcoap_peers_release (&peers, a);
  g_assert_cmpint (gcoap_peers_get_next_expiry (&peers), ==, LIFETIME);
  gcoap_peers_expire (&peers, LIFETIME - 1);
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 2);
  gcoap_peers_expire (&peers, LIFETIME);
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 1);

  /* In use, it stays. */
  gcoap_peers_expire (&peers, 5000);
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 1);
  gcoap_peers_release (&peers, b);
  gcoap_peers_expire (&peers, 5000);
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 0);
  gcoap_peers_clear (&peers);
}

/* What went unanswered keeps a record, but neither those behind it nor those
 * for whom there would be no room. */
static void
test_debtors (void)
{
  GcoapPeers peers;
  GcoapPeer *a;
  GcoapPeer *b;

  gcoap_peers_init (&peers);
  a = take_by_name (&peers, "a", 2, 0);
  use_id (a, 0);
  gcoap_probing_note_sent (&a->unanswered, 10, 1, 0);
  b = take_by_name (&peers, "b", 2, 0);
  use_id (b, 0);
  gcoap_peers_release (&peers, a);
  gcoap_peers_release (&peers, b);
  gcoap_peers_expire (&peers, LIFETIME);
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 1);
  g_assert_cmpint (gcoap_peers_get_next_expiry (&peers), ==, 10 * G_USEC_PER_SEC);
  g_assert_true (take_by_name (&peers, "a", 2, LIFETIME) == a);
  g_assert_cmpuint (a->unanswered.n_sent, ==, 1);
  gcoap_peers_release (&peers, a);
  gcoap_peers_expire (&peers, LIFETIME);
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 1);

  /* Two others take all the room. */
  g_assert_nonnull (take_by_name (&peers, "c", 2, LIFETIME));
  g_assert_nonnull (take_by_name (&peers, "d", 2, LIFETIME));
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 2);
  g_assert_cmpint (gcoap_peers_get_next_expiry (&peers), ==, G_MAXINT64);
  gcoap_peers_release (&peers, take_by_name (&peers, "c", 2, LIFETIME));
  gcoap_peers_clear (&peers);

  gcoap_peers_init (&peers);
  a = take_by_name (&peers, "a", 2, 0);
  gcoap_probing_note_sent (&a->given_up, 10, 1, 0);
  gcoap_peers_release (&peers, a);
  gcoap_peers_expire (&peers, 10 * G_USEC_PER_SEC - 1);
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 1);
  gcoap_peers_expire (&peers, 10 * G_USEC_PER_SEC);
  g_assert_cmpuint (gcoap_peers_get_size (&peers), ==, 0);
  gcoap_peers_clear (&peers);
}

static void
test_bounded (void)
{
  GcoapPeers peers;
  GcoapPeer *a;
  GcoapPeer *b;

  gcoap_peers_init (&peers);
  a = take_by_name (&peers, "a", 2, 0);
  b = take_by_name (&peers, "b", 2, 0);
  use_id (a, 0);
  use_id (b, 0);
  gcoap_peers_release (&peers, a);
  gcoap_peers_release (&peers, b);

  g_assert_null (take_by_name (&peers, "c", 2, LIFETIME - 1));
  g_assert_true (take_by_name (&peers, "b", 2, LIFETIME - 1) == b);
  gcoap_peers_release (&peers, b);
  /* Those that have expired make room. */
  a = take_by_name (&peers, "c", 2, LIFETIME);
  g_assert_nonnull (a);
  gcoap_peers_release (&peers, a);
  gcoap_peers_clear (&peers);
}

static void
test_forget (void)
{
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  GcoapPeers peers;
  GcoapPeer *a;

  gcoap_peers_init (&peers);
  a = gcoap_peers_take (&peers, address, 2, 0);
  use_id (a, 0);
  gcoap_peers_forget (&peers, address);
  g_assert_true (gcoap_peers_find (&peers, address) == a);
  gcoap_peers_release (&peers, a);
  gcoap_peers_forget (&peers, address);
  g_assert_null (gcoap_peers_find (&peers, address));
  gcoap_peers_clear (&peers);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/peers/found-again", test_found_again);
  g_test_add_func ("/peers/expiry", test_expiry);
  g_test_add_func ("/peers/bounded", test_bounded);
  g_test_add_func ("/peers/debtors", test_debtors);
  g_test_add_func ("/peers/forget", test_forget);
  return g_test_run ();
}
