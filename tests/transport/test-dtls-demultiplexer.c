/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Handshakes in memory, with what goes wrong and what is done on purpose. */
#include "transport/gcoap-dtls-demultiplexer-private.h"

#include <malloc.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/dtls-network.h"

typedef struct
{
  TestDtlsNetwork *network;
  GcoapCredential *alice;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->network = test_dtls_network_new ("secret");
  fixture->alice = test_dtls_psk ("alice-id", "secret");
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  test_dtls_network_free (fixture->network);
  g_object_unref (fixture->alice);
}

static GcoapDtlsAssociation *
connect_client (Fixture *fixture,
                guint16  port)
{
  GcoapDtlsAssociation *client = test_dtls_network_add_client (fixture->network, fixture->alice, port, NULL);

  test_dtls_network_run (fixture->network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_OPEN);
  return client;
}

static void
say (Fixture              *fixture,
     GcoapDtlsAssociation *client,
     const char           *text)
{
  g_autoptr (GError) error = NULL;

  g_string_truncate (fixture->network->answered, 0);
  gcoap_dtls_association_send (client, (const guint8 *) text, strlen (text), &error);
  g_assert_no_error (error);
  test_dtls_network_run (fixture->network);
  g_assert_cmpstr (fixture->network->answered->str, ==, text);
}

static void
test_handshake (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *client = connect_client (fixture, 1000);
  GcoapEndpointAddress *address;

  g_assert_cmpuint (fixture->network->n_opened, ==, 1);
  g_assert_cmpuint (fixture->network->n_replies, ==, 1);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&fixture->network->server), ==, 0);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_sessions (&fixture->network->server), ==, 1);
  address = GCOAP_ENDPOINT_ADDRESS (fixture->network->opened->address);
  g_assert_true (gcoap_endpoint_address_is_secure (address));
  g_assert_cmpstr (gcoap_endpoint_address_get_scheme (address), ==, "coaps");
  g_assert_true (g_strv_contains (gcoap_endpoint_address_get_claims (address), "name:alice"));
  g_assert_cmpuint (gcoap_tls_session_get_room (client->session), >, 1152);
  say (fixture, client, "hello");
  say (fixture, client, "again");
}

static void
test_too_large (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *client = connect_client (fixture, 1000);
  gsize room = gcoap_tls_session_get_room (client->session);
  g_autofree guint8 *message = g_malloc0 (room + 1);
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_dtls_association_send (client, message, room, &error));
  g_assert_no_error (error);
  g_assert_false (gcoap_dtls_association_send (client, message, room + 1, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
}

static void
test_wrong_key (Fixture       *fixture,
                gconstpointer  identity)
{
  g_autoptr (GcoapCredential) wrong = test_dtls_psk (identity, "not the secret");
  GcoapDtlsAssociation *client = test_dtls_network_add_client (fixture->network, wrong, 1000, NULL);

  g_autofree char *logged = g_strdup_printf ("The DTLS handshake with ?::1?:1000, identity “%s”, failed: *",
                                             (const char *) identity);

  test_dtls_network_run (fixture->network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_HANDSHAKING);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&fixture->network->server), ==, 1);
  /* The server's log alone is told, with what the client said it was. */
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_MESSAGE, logged);
  gcoap_clock_advance (fixture->network->clock, 30 * G_USEC_PER_SEC);
  test_dtls_network_run (fixture->network);
  g_test_assert_expected_messages ();
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_ENDED);
  g_assert_error (fixture->network->client_error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (fixture->network->client_error->message, "a wrong key or identity is one cause"));
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&fixture->network->server), ==, 0);
  g_assert_cmpuint (fixture->network->n_opened, ==, 0);
}

/* What a first hello is, from the queue of a client that was just begun. */
static GBytes *
take_hello (Fixture *fixture)
{
  GcoapDtlsAssociation *client = test_dtls_network_add_client (fixture->network, fixture->alice, 999, NULL);
  TestDtlsDatagram *datagram = g_queue_peek_head (&fixture->network->queue);

  g_assert_cmpint (client->state, ==, GCOAP_DTLS_HANDSHAKING);
  return g_bytes_ref (datagram->bytes);
}

static void
test_flood (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GBytes) hello = take_hello (fixture);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (hello, &length);
  gsize before;

  test_dtls_network_forge (fixture->network, 1, bytes, length);
  before = mallinfo2 ().uordblks;
  for (guint i = 0; i < 100000; i++)
    test_dtls_network_forge (fixture->network, (guint16) (2000 + i % 60000), bytes, length);
  g_assert_cmpuint (fixture->network->n_replies, ==, 100001);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&fixture->network->server), ==, 0);
  g_assert_cmpuint (mallinfo2 ().uordblks, <=, before + 1024);
}

static void
test_spoofed (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *client = connect_client (fixture, 1000);
  g_autoptr (GBytes) hello = take_hello (fixture);
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (hello, &length);

  test_dtls_network_run (fixture->network);
  for (guint i = 0; i < 2000; i++)
    {
      guint8 forged[64] = { (guint8) (20 + i % 4), 254, 253 };

      forged[4] = (guint8) (i / 4 % 2);
      forged[12] = sizeof forged - 13;
      for (guint k = 5; k < 11; k++)
        forged[k] = (guint8) g_rand_int (random);
      for (guint k = 13; k < sizeof forged; k++)
        forged[k] = i % 3 == 0 ? 2 : (guint8) g_rand_int (random);
      test_dtls_network_forge (fixture->network, 1000, forged, sizeof forged);
      if (i % 10 == 0)
        test_dtls_network_forge (fixture->network, 1000, bytes, length);
      if (i % 100 == 0)
        say (fixture, client, "still here");
    }
  say (fixture, client, "and now");
  g_assert_cmpuint (fixture->network->n_ended, ==, 0);
}

static void
test_client_came_back (Fixture       *fixture,
                       gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *old = connect_client (fixture, 1000);
  GcoapEndpointAddress *address;
  GcoapDtlsAssociation *client;

  say (fixture, old, "old");
  address = g_object_ref (GCOAP_ENDPOINT_ADDRESS (fixture->network->opened->address));
  client = connect_client (fixture, 1000);
  g_assert_cmpuint (fixture->network->n_ended, ==, 1);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_sessions (&fixture->network->server), ==, 1);
  g_assert_false (gcoap_dtls_address_is_connected (GCOAP_DTLS_ADDRESS (address)));
  g_assert_false (gcoap_endpoint_address_equal (address, GCOAP_ENDPOINT_ADDRESS (fixture->network->opened->address)));
  say (fixture, client, "new");
  g_object_unref (address);
}

static void
test_resumption (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *first = connect_client (fixture, 1000);
  g_autoptr (GBytes) resumption = gcoap_tls_session_dup_resumption (first->session);
  GcoapDtlsAssociation *second;

  g_assert_nonnull (resumption);
  second = test_dtls_network_add_client (fixture->network, fixture->alice, 1001, resumption);
  test_dtls_network_run (fixture->network);
  g_assert_cmpint (second->state, ==, GCOAP_DTLS_OPEN);
  g_assert_true (gcoap_tls_session_is_resumed (second->session));
  g_assert_true (g_strv_contains (gcoap_endpoint_address_get_claims (GCOAP_ENDPOINT_ADDRESS (fixture->network->opened->address)),
                                  "name:alice"));
  say (fixture, second, "resumed");
}

static void
test_removed_client (Fixture       *fixture,
                     gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *client = connect_client (fixture, 1000);
  g_autoptr (GBytes) resumption = gcoap_tls_session_dup_resumption (client->session);
  GcoapDtlsAssociation *again;

  g_assert_true (gcoap_credential_store_remove_client (fixture->network->server_store, "alice"));
  g_assert_cmpuint (fixture->network->n_ended, ==, 1);
  test_dtls_network_run (fixture->network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_ENDED);
  again = test_dtls_network_add_client (fixture->network, fixture->alice, 1001, resumption);
  test_dtls_network_run (fixture->network);
  g_assert_cmpint (again->state, !=, GCOAP_DTLS_OPEN);
  g_assert_cmpuint (fixture->network->n_opened, ==, 1);
}

static void
test_max_handshakes (Fixture       *fixture,
                     gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCredential) wrong = test_dtls_psk ("alice-id", "not the secret");

  /* One host may have so many, and others get theirs. */
  fixture->network->server.max_handshakes = 12;
  fixture->network->server.max_handshakes_per_host = 3;
  for (guint i = 0; i < 10; i++)
    test_dtls_network_add_client (fixture->network, wrong, (guint16) (1000 + i), NULL);
  test_dtls_network_run (fixture->network);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&fixture->network->server), ==, 3);
  g_assert_cmpuint (fixture->network->runtime->statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 7);

  /* All have so many. */
  for (guint host = 2; host < 8; host++)
    for (guint i = 0; i < 3; i++)
      test_dtls_network_add_client_at (fixture->network, wrong, (guint8) host, (guint16) (1000 + i), NULL);
  test_dtls_network_run (fixture->network);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&fixture->network->server), ==, 12);
  g_assert_cmpuint (fixture->network->runtime->statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 7 + 9);

  /* When they have timed out, there is room again. */
  test_dtls_network_pass (fixture->network, 60);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&fixture->network->server), ==, 0);
  connect_client (fixture, 2000);
}

/* Bytes of all lengths and kinds, in the name of somebody who has a session. */
static void
test_garbage (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *client = connect_client (fixture, 1000);
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autofree guint8 *bytes = g_malloc (65507);

  for (gsize i = 0; i < 65507; i++)
    bytes[i] = (guint8) g_rand_int (random);
  for (guint i = 0; i < 2000; i++)
    {
      gsize length = (gsize) g_rand_int_range (random, 0, i % 50 == 0 ? 65508 : 200);
      gsize start = (gsize) g_rand_int_range (random, 0, (int) (65508 - length));

      test_dtls_network_forge (fixture->network, 1000, bytes + start, length);
      test_dtls_network_forge (fixture->network, 1001, bytes + start, length);
    }
  /* Lengths that say more than there is, and less. */
  for (guint i = 0; i < 4 * 256; i++)
    {
      guint8 record[200] = { (guint8) (20 + i % 4), 254, 253, 0, 1 };

      record[11] = (guint8) (i / 4);
      record[12] = (guint8) (i / 2);
      test_dtls_network_forge (fixture->network, 1000, record, i % sizeof record);
      test_dtls_network_forge (fixture->network, 1001, record, sizeof record);
    }
  say (fixture, client, "unmoved");
  g_assert_cmpuint (fixture->network->n_opened, ==, 1);
  g_assert_cmpuint (fixture->network->n_ended, ==, 0);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&fixture->network->server), ==, 0);
}

static void
test_max_sessions (Fixture       *fixture,
                   gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *first, *second;

  fixture->network->server.max_sessions = 2;
  first = connect_client (fixture, 1000);
  second = connect_client (fixture, 1001);
  say (fixture, first, "not the oldest");
  connect_client (fixture, 1002);
  test_dtls_network_run (fixture->network);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_sessions (&fixture->network->server), ==, 2);
  g_assert_cmpint (first->state, ==, GCOAP_DTLS_OPEN);
  g_assert_cmpint (second->state, ==, GCOAP_DTLS_ENDED);
}

static void
test_idle (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  GcoapDtlsAssociation *client;

  fixture->network->server.times.idle_timeout = 60 * 1000;
  client = connect_client (fixture, 1000);
  gcoap_clock_advance (fixture->network->clock, 50 * G_USEC_PER_SEC);
  say (fixture, client, "busy");
  gcoap_clock_advance (fixture->network->clock, 50 * G_USEC_PER_SEC);
  g_assert_cmpuint (fixture->network->n_ended, ==, 0);
  gcoap_clock_advance (fixture->network->clock, 11 * G_USEC_PER_SEC);
  g_assert_cmpuint (fixture->network->n_ended, ==, 1);
  test_dtls_network_run (fixture->network);
  g_assert_cmpint (client->state, ==, GCOAP_DTLS_ENDED);
}

static void
test_cookie_rotation (Fixture       *fixture,
                      gconstpointer  data G_GNUC_UNUSED)
{
  connect_client (fixture, 1000);
  for (guint i = 1; i < 4; i++)
    {
      gcoap_clock_advance (fixture->network->clock, 301 * (gint64) G_USEC_PER_SEC);
      connect_client (fixture, (guint16) (1000 + i));
    }
}

/* A hello with the cookie of a server, which another has to take. */
static GBytes *
answer_hello (Fixture *fixture,
              guint16  port)
{
  TestDtlsNetwork *network = fixture->network;
  TestDtlsDatagram *datagram;

  test_dtls_network_add_client (network, fixture->alice, port, NULL);
  datagram = g_queue_pop_head (&network->queue);
  test_dtls_network_forge (network, port, g_bytes_get_data (datagram->bytes, NULL), g_bytes_get_size (datagram->bytes));
  test_dtls_datagram_free (datagram);
  g_assert_cmpuint (network->n_replies, ==, 1);
  datagram = g_queue_pop_head (&network->queue);
  gcoap_dtls_association_receive (datagram->client, g_bytes_get_data (datagram->bytes, NULL),
                                  g_bytes_get_size (datagram->bytes));
  test_dtls_datagram_free (datagram);
  datagram = g_queue_peek_head (&network->queue);
  g_assert_true (datagram->to_server);
  g_assert_cmpuint (gcoap_dtls_demultiplexer_get_n_handshakes (&network->server), ==, 0);
  return g_bytes_ref (datagram->bytes);
}

typedef struct
{
  gint64  later;   /* seconds after the cookie was made */
  GBytes *hello;
  guint   n_handshakes;
} Neighbour;

/* The stack of another thread. */
static gpointer
neighbour_thread (gpointer data)
{
  Neighbour *neighbour = data;
  GMainContext *context = g_main_context_new ();
  TestDtlsNetwork *network;

  g_main_context_push_thread_default (context);
  network = test_dtls_network_new ("secret");
  gcoap_clock_advance (network->clock, neighbour->later * G_USEC_PER_SEC);
  test_dtls_network_forge (network, 1000, g_bytes_get_data (neighbour->hello, NULL),
                           g_bytes_get_size (neighbour->hello));
  neighbour->n_handshakes = gcoap_dtls_demultiplexer_get_n_handshakes (&network->server);
  test_dtls_network_free (network);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  return NULL;
}

/* Two stacks that listen on one port, each in a thread of its own: the kernel may
 * give the two hellos of a client to either. The cookie is good for the period
 * it was made in and the one after that. */
static void
test_shared_cookies (Fixture       *fixture,
                     gconstpointer  data G_GNUC_UNUSED)
{
  static const struct
  {
    gint64 later;
    guint  n_handshakes;
  } cases[] = { { 0, 1 }, { 301, 1 }, { 601, 0 } };
  g_autoptr (GBytes) hello = answer_hello (fixture, 1000);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Neighbour neighbour = { cases[i].later, hello, 99 };

      g_thread_join (g_thread_new ("neighbour", neighbour_thread, &neighbour));
      g_assert_cmpuint (neighbour.n_handshakes, ==, cases[i].n_handshakes);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/transport/dtls-demultiplexer/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("handshake", test_handshake);
  ADD ("too-large", test_too_large);
  ADD ("flood", test_flood);
  ADD ("spoofed", test_spoofed);
  ADD ("client-came-back", test_client_came_back);
  ADD ("resumption", test_resumption);
  ADD ("removed-client", test_removed_client);
  ADD ("max-handshakes", test_max_handshakes);
  ADD ("max-sessions", test_max_sessions);
  ADD ("idle", test_idle);
  ADD ("cookie-rotation", test_cookie_rotation);
  ADD ("shared-cookies", test_shared_cookies);
  ADD ("garbage", test_garbage);
  g_test_add ("/transport/dtls-demultiplexer/wrong-key", Fixture, "alice-id", set_up, test_wrong_key, tear_down);
  g_test_add ("/transport/dtls-demultiplexer/wrong-identity", Fixture, "mallory", set_up, test_wrong_key, tear_down);
  return g_test_run ();
}
