/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-socket-transport-private.h"

#include <glib/gstdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/gcoap-error.h"
#include "helpers/contract-message-interface.h"
#include "helpers/message-recorder.h"
#include "helpers/raw-socket.h"

typedef struct
{
  GcoapRuntime          *runtime;
  GcoapSocketTransport  *client;
  GcoapMessageInterface *interface;
  TestMessageRecorder   *manager;
  char                  *folder;
  char                  *uri;       /* of a path in it */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  with_paths)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autofree char *path = NULL;
  g_autofree char *host = NULL;

  fixture->runtime = gcoap_runtime_new (clock);
  fixture->client = with_paths != NULL ? gcoap_socket_transport_new_path_client (fixture->runtime)
                                       : gcoap_socket_transport_new_client (fixture->runtime);
  fixture->interface = GCOAP_MESSAGE_INTERFACE (fixture->client);
  fixture->manager = test_message_recorder_new (fixture->interface);
  fixture->folder = g_dir_make_tmp ("gcoap-test-XXXXXX", NULL);
  path = g_build_filename (fixture->folder, "x.sock", NULL);
  host = g_uri_escape_string (path, NULL, FALSE);
  fixture->uri = g_strconcat ("coap://", host, NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  with_paths G_GNUC_UNUSED)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->client));
  g_clear_object (&fixture->manager);
  g_clear_object (&fixture->runtime);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->uri);
}

static guint64
count (Fixture      *fixture,
       GcoapCounter  counter)
{
  return fixture->runtime->statistics->counters[counter];
}

static GcoapEndpointAddress *
resolve_port (Fixture *fixture,
              guint16  port)
{
  g_autofree char *uri = g_strdup_printf ("coap://127.0.0.1:%u", port);
  g_autoptr (GError) error = NULL;
  GcoapEndpointAddress *address = test_resolve (fixture->interface, uri, &error);

  g_assert_no_error (error);
  return address;
}

static GcoapSocketTransport *
new_path_server (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  GcoapSocketTransport *server = gcoap_socket_transport_new_server (fixture->runtime, fixture->uri, &error);

  g_assert_no_error (error);
  return server;
}

static void
answer_cb (TestMessageRecorder *recorder G_GNUC_UNUSED,
           const GcoapPdu      *pdu,
           gpointer             data)
{
  test_send_ack (data, pdu);
}

/* A closed port is known at once; another peer is not affected. */
static void
test_unreachable (Fixture       *fixture,
                  gconstpointer  with_paths G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) dead_address = NULL;
  g_autoptr (GcoapEndpointAddress) live_address = NULL;
  const TestRecord *record;
  TestRawSocket dead;
  TestRawSocket live;

  test_raw_socket_open (&live, "127.0.0.1");
  test_raw_socket_open (&dead, "127.0.0.1");
  test_raw_socket_close (&dead);
  dead_address = resolve_port (fixture, dead.port);
  live_address = resolve_port (fixture, live.port);
  for (guint i = 0; i < 10; i++)
    {
      /* From the second on, a refusal waits in the socket. */
      test_send_get (fixture->interface, dead_address, 100 + i);
      test_send_get (fixture->interface, live_address, 200 + i);
      g_bytes_unref (test_raw_socket_receive (&live, NULL));
    }
  test_message_recorder_wait (fixture->manager, TEST_RECORD_ERROR, 1);
  record = test_message_recorder_get (fixture->manager, TEST_RECORD_ERROR, 0);
  g_assert_cmpint (record->message_id, ==, -1);
  g_assert_true (record->address == dead_address);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  g_assert_nonnull (g_strstr_len (record->error->message, -1, "nothing listens"));
  for (guint i = 0; i < fixture->manager->records->len; i++)
    g_assert_true (test_message_recorder_get (fixture->manager, TEST_RECORD_ERROR, i)->address == dead_address);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_SEND_ERRORS), ==, 0);
  test_raw_socket_close (&live);
}

/* One socket for each peer, up to the limit; then the oldest goes. */
static void
test_socket_limit (Fixture       *fixture,
                   gconstpointer  with_paths G_GNUC_UNUSED)
{
  g_autoptr (GHashTable) senders = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  TestRawSocket peers[4];

  g_object_set (fixture->client, "max-sockets", 3, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autoptr (GcoapEndpointAddress) address = NULL;
      char *from;

      test_raw_socket_open (&peers[i], "127.0.0.1");
      address = resolve_port (fixture, peers[i].port);
      test_send_get (fixture->interface, address, i);
      test_send_get (fixture->interface, address, i);
      g_bytes_unref (test_raw_socket_receive (&peers[i], &from));
      g_hash_table_add (senders, from);
    }
  g_assert_cmpuint (g_hash_table_size (senders), ==, 4);
  g_assert_cmpuint (gcoap_socket_links_get_size (&fixture->client->links), ==, 3);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_LIMIT_HITS), ==, 1);
  gcoap_socket_transport_set_max_sockets (fixture->client, 1);
  g_assert_cmpuint (gcoap_socket_links_get_size (&fixture->client->links), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    test_raw_socket_close (&peers[i]);
}

static void
test_idle (Fixture       *fixture,
           gconstpointer  with_paths G_GNUC_UNUSED)
{
  static const guint8 empty[] = { 0x70, 0, 0, 1 };
  GcoapClock *clock = gcoap_runtime_get_clock (fixture->runtime);
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autofree char *from = NULL;
  TestRawSocket peer;

  test_raw_socket_open (&peer, "127.0.0.1");
  address = resolve_port (fixture, peer.port);
  gcoap_socket_transport_set_idle_timeout (fixture->client, 1000);
  test_send_get (fixture->interface, address, 1);
  g_bytes_unref (test_raw_socket_receive (&peer, &from));
  gcoap_clock_advance (clock, 999 * G_TIME_SPAN_MILLISECOND);
  /* What comes counts as use. */
  test_raw_socket_send (&peer, "127.0.0.1", g_ascii_strtoull (strrchr (from, ':') + 1, NULL, 10), empty, sizeof empty);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 1);
  gcoap_clock_advance (clock, 999 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (gcoap_socket_links_get_size (&fixture->client->links), ==, 1);
  gcoap_clock_advance (clock, G_TIME_SPAN_MILLISECOND);
  g_assert_cmpuint (gcoap_socket_links_get_size (&fixture->client->links), ==, 0);

  /* And it may be for ever. */
  gcoap_socket_transport_set_idle_timeout (fixture->client, 0);
  test_send_get (fixture->interface, address, 2);
  gcoap_clock_advance (clock, 7 * G_TIME_SPAN_DAY);
  g_assert_cmpuint (gcoap_socket_links_get_size (&fixture->client->links), ==, 1);
  test_raw_socket_close (&peer);
}

/* Other senders cannot reach a connected socket. */
static void
test_strangers (Fixture       *fixture,
                gconstpointer  with_paths G_GNUC_UNUSED)
{
  static const guint8 empty[] = { 0x70, 0, 0, 1 };
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autofree char *from = NULL;
  TestRawSocket stranger;
  TestRawSocket peer;
  guint16 port;

  test_raw_socket_open (&peer, "127.0.0.1");
  test_raw_socket_open (&stranger, "127.0.0.1");
  address = resolve_port (fixture, peer.port);
  test_send_get (fixture->interface, address, 1);
  g_bytes_unref (test_raw_socket_receive (&peer, &from));
  port = g_ascii_strtoull (strrchr (from, ':') + 1, NULL, 10);
  test_raw_socket_send (&stranger, "127.0.0.1", port, empty, sizeof empty);
  test_raw_socket_send (&peer, "127.0.0.1", port, empty, sizeof empty);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 1);
  g_assert_true (test_message_recorder_get (fixture->manager, TEST_RECORD_PDU, 0)->address == address);
  test_raw_socket_close (&peer);
  test_raw_socket_close (&stranger);
}

/* More senders than may be remembered. */
static void
test_peer_limit (Fixture       *fixture,
                 gconstpointer  with_paths G_GNUC_UNUSED)
{
  static const guint8 empty[] = { 0x70, 0, 0, 1 };
  g_autoptr (GcoapSocketTransport) server = gcoap_socket_transport_new_server (fixture->runtime, "coap://[::]:0", NULL);
  g_autoptr (TestMessageRecorder) manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (server));

  g_object_set (fixture->runtime->limits, "max-peers", 3, NULL);
  for (guint i = 0; i < 10; i++)
    {
      TestRawSocket peer;

      test_raw_socket_open (&peer, "127.0.0.1");
      test_raw_socket_send (&peer, "127.0.0.1", test_port_of_uri (server->uri), empty, sizeof empty);
      test_raw_socket_close (&peer);
    }
  test_message_recorder_wait (manager, TEST_RECORD_PDU, 10);
  g_assert_cmpuint (gcoap_udp_address_table_get_size (&server->peers), ==, 3);
}

static void
test_path (Fixture       *fixture,
           gconstpointer  with_paths G_GNUC_UNUSED)
{
  g_autoptr (GcoapSocketTransport) server = new_path_server (fixture);
  g_autoptr (TestMessageRecorder) manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (server));
  g_autoptr (GcoapEndpointAddress) address = test_resolve (fixture->interface, fixture->uri, NULL);
  const TestRecord *record;

  manager->func = answer_cb;
  manager->data = server;
  for (guint i = 0; i < 3; i++)
    {
      test_send_get (fixture->interface, address, i);
      test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, i + 1);
      record = test_message_recorder_get (fixture->manager, TEST_RECORD_PDU, i);
      g_assert_true (record->address == address);
      g_assert_cmpint (record->message_id, ==, i);
    }
  record = test_message_recorder_get (manager, TEST_RECORD_PDU, 0);
  g_assert_cmpstr (gcoap_local_get_hostinfo (record->local), ==, fixture->uri + strlen ("coap://"));
  g_assert_true (gcoap_endpoint_address_equal (record->address,
                                               test_message_recorder_get (manager, TEST_RECORD_PDU, 2)->address));
}

/* A server that is started anew is found again; one that is gone is told. */
static void
test_path_restart (Fixture       *fixture,
                   gconstpointer  with_paths G_GNUC_UNUSED)
{
  GcoapSocketTransport *server = new_path_server (fixture);
  g_autoptr (GcoapEndpointAddress) address = test_resolve (fixture->interface, fixture->uri, NULL);
  g_autoptr (TestMessageRecorder) manager = NULL;
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { .address = address };

  test_send_get (fixture->interface, address, 1);
  g_assert_finalize_object (server);
  g_assert_false (gcoap_message_interface_send (fixture->interface, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  g_assert_nonnull (g_strstr_len (error->message, -1, "no such socket"));
  g_assert_cmpuint (gcoap_socket_links_get_size (&fixture->client->links), ==, 0);

  server = new_path_server (fixture);
  test_send_get (fixture->interface, address, 2);
  g_object_unref (server);
  server = new_path_server (fixture);
  manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (server));
  test_send_get (fixture->interface, address, 3);
  test_message_recorder_wait (manager, TEST_RECORD_PDU, 1);
  g_assert_cmpint (test_message_recorder_get (manager, TEST_RECORD_PDU, 0)->message_id, ==, 3);
  g_object_unref (server);
}

/* What has no name cannot be answered, and is not looked at. */
static void
test_path_nameless (Fixture       *fixture,
                    gconstpointer  with_paths G_GNUC_UNUSED)
{
  static const guint8 ping[] = { 0x40, 0, 0, 1 };
  g_autoptr (GcoapSocketTransport) server = new_path_server (fixture);
  g_autoptr (TestMessageRecorder) manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (server));
  g_autoptr (GcoapEndpointAddress) address = test_resolve (fixture->interface, fixture->uri, NULL);
  struct sockaddr_un native;
  socklen_t length = gcoap_unix_address_to_native (GCOAP_UNIX_ADDRESS (address), &native);
  int fd = socket (AF_UNIX, SOCK_DGRAM, 0);

  g_assert_cmpint (sendto (fd, ping, sizeof ping, 0, (struct sockaddr *) &native, length), ==, sizeof ping);
  close (fd);
  test_send_get (fixture->interface, address, 7);
  test_message_recorder_wait (manager, TEST_RECORD_PDU, 1);
  g_assert_cmpuint (manager->records->len, ==, 1);
  g_assert_cmpint (test_message_recorder_get (manager, TEST_RECORD_PDU, 0)->message_id, ==, 7);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_MALFORMED), ==, 1);
}

/* A peer that does not read: what does not fit is lost, and nobody waits. */
static void
test_path_full (Fixture       *fixture,
                gconstpointer  with_paths G_GNUC_UNUSED)
{
  g_autoptr (GcoapSocketTransport) server = new_path_server (fixture);
  g_autoptr (GcoapEndpointAddress) address = test_resolve (fixture->interface, fixture->uri, NULL);

  for (guint i = 0; i < 100000 && count (fixture, GCOAP_COUNTER_SEND_ERRORS) == 0; i++)
    test_send_get (fixture->interface, address, i);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_SEND_ERRORS), ==, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 0);
}

static GcoapMessageInterface *
new_server (GcoapRuntime  *runtime,
            const char    *uri,
            char         **real_uri,
            GError       **error)
{
  GcoapSocketTransport *transport = gcoap_socket_transport_new_server (runtime, uri, error);

  *real_uri = gcoap_socket_transport_dup_uri (transport);
  return GCOAP_MESSAGE_INTERFACE (transport);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, paths, func) g_test_add ("/socket-transport-io/" name, Fixture, paths, set_up, func, tear_down)
  ADD ("unreachable", NULL, test_unreachable);
  ADD ("socket-limit", NULL, test_socket_limit);
  ADD ("idle", NULL, test_idle);
  ADD ("strangers", NULL, test_strangers);
  ADD ("peer-limit", NULL, test_peer_limit);
  ADD ("path", "yes", test_path);
  ADD ("path/restart", "yes", test_path_restart);
  ADD ("path/nameless", "yes", test_path_nameless);
  ADD ("path/full", "yes", test_path_full);
  test_contract_message_interface_add ("/socket-transport-io/bound", new_server, "coap://127.0.0.1:0");
  test_contract_message_interface_add ("/socket-transport-io/bound-v6", new_server, "coap://[::1]:0");
  return g_test_run ();
}
