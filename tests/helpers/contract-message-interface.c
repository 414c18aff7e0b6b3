/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/contract-message-interface.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-recorder.h"
#include "helpers/network-peer.h"
#include "interfaces/gcoap-runtime-private.h"

typedef struct
{
  TestTransportFunc  func;
  const char        *uri;
} Case;

typedef struct
{
  GcoapRuntime          *runtime;
  GcoapMessageInterface *interface;
  TestMessageRecorder   *manager;
  const char            *host;      /* of peers that can reach it */
  char                  *real_uri;
  guint16                port;
  gboolean               is_secure;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  const Case *test = data;
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GError) error = NULL;

  fixture->runtime = gcoap_runtime_new (clock);
  fixture->interface = test->func (fixture->runtime, test->uri, &fixture->real_uri, &error);
  g_assert_no_error (error);
  fixture->manager = test_message_recorder_new (fixture->interface);
  fixture->port = test_port_of_uri (fixture->real_uri);
  fixture->is_secure = g_str_has_prefix (test->uri, "coaps:");
  fixture->host = strstr (test->uri, "[::1]") != NULL ? "::1" : "127.0.0.1";
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->interface));
  g_clear_object (&fixture->manager);
  g_clear_object (&fixture->runtime);
  g_clear_pointer (&fixture->real_uri, g_free);
}

static guint64
count (Fixture      *fixture,
       GcoapCounter  counter)
{
  return fixture->runtime->statistics->counters[counter];
}

static void
open_peer (Fixture         *fixture,
           TestNetworkPeer *peer)
{
  test_network_peer_open (peer, fixture->runtime, fixture->host, fixture->port, fixture->is_secure);
}

static const guint8 get_test[] = { 0x41, 0x01, 0x12, 0x34, 't', 0xb4, 't', 'e', 's', 't' };

/* Both ways, byte for byte. */
static void
test_datagrams (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const TestRecord *record;
  g_autofree char *hostinfo = NULL;
  g_autofree char *expected = NULL;
  guint64 sent, received;
  TestNetworkPeer peer;

  open_peer (fixture, &peer);
  address = test_network_peer_dup_address (&peer, fixture->interface);
  sent = count (fixture, GCOAP_COUNTER_DATAGRAMS_SENT);
  received = count (fixture, GCOAP_COUNTER_DATAGRAMS_RECEIVED);
  test_send_get (fixture->interface, address, 0x1234);
  /* Outside the main loop a datagram leaves at once. */
  g_assert_true (test_raw_socket_is_readable (&peer.socket));
  bytes = test_network_peer_receive (&peer);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), get_test, sizeof get_test);

  test_network_peer_send (&peer, get_test, sizeof get_test);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 1);
  record = test_message_recorder_get (fixture->manager, TEST_RECORD_PDU, 0);
  g_assert_cmpint (record->message_id, ==, 0x1234);
  g_assert_cmpint (record->type, ==, GCOAP_MESSAGE_TYPE_CON);
  g_assert_true (record->address == address);
  expected = g_strdup_printf (strchr (fixture->host, ':') != NULL ? "[%s]:%u" : "%s:%u", fixture->host, fixture->port);
  g_assert_cmpstr (gcoap_local_get_hostinfo (record->local), ==, expected);
  g_assert_false (gcoap_local_is_group (record->local));
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_SENT), ==, sent + 1);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_RECEIVED), ==, received + 1);
  test_network_peer_close (&peer);
}

/* What fails at once is told at once. */
static void
test_no_route (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { 0 };

  if (fixture->is_secure || strchr (fixture->host, ':') != NULL)
    {
      g_test_skip ("neither IPv6 nor DTLS has broadcast");
      return;
    }
  /* Broadcast is not allowed on the socket. */
  pdu.address = address = test_resolve (fixture->interface, "coap://255.255.255.255", NULL);
  g_assert_false (gcoap_message_interface_send (fixture->interface, &pdu, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == GCOAP_ERROR);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_SEND_ERRORS), ==, 1);
}

static void
test_truncation (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  guint8 bytes[101] = { 0x50, 0x01, 0, 1, 0xff };
  const TestRecord *record;
  TestNetworkPeer peer;

  g_object_set (fixture->runtime->limits, "max-datagram-size", 100, NULL);
  open_peer (fixture, &peer);
  test_network_peer_send (&peer, bytes, 101);
  bytes[3] = 2;
  test_network_peer_send (&peer, bytes, 100);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 2);
  g_assert_cmpint (test_message_recorder_get (fixture->manager, TEST_RECORD_PDU, 0)->message_id, ==, 2);
  record = test_message_recorder_get (fixture->manager, TEST_RECORD_MALFORMED, 0);
  g_assert_cmpint (record->message_id, ==, 1);
  g_assert_cmpint (gcoap_message_get_code (record->message), ==, GCOAP_CODE_GET);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (record->error->message, "101 bytes"));
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_LIMIT_HITS), ==, 1);
  test_network_peer_close (&peer);
}

static void
test_malformed (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  const guint8 bad_option[] = { 0x40, 0x01, 0xab, 0xcd, 0xf0 };
  const guint8 bad_version[] = { 0x00, 0x01, 0xab, 0xcd };
  const TestRecord *record;
  TestNetworkPeer peer;

  open_peer (fixture, &peer);
  if (!fixture->is_secure)
    test_network_peer_send (&peer, "", 0);
  test_network_peer_send (&peer, bad_version, sizeof bad_version);
  test_network_peer_send (&peer, bad_option, 3);
  test_network_peer_send (&peer, bad_option, sizeof bad_option);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_MALFORMED, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 1);
  record = test_message_recorder_get (fixture->manager, TEST_RECORD_MALFORMED, 0);
  g_assert_cmpint (record->type, ==, GCOAP_MESSAGE_TYPE_CON);
  g_assert_cmpint (record->message_id, ==, 0xabcd);
  g_assert_nonnull (record->local);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_MALFORMED), ==, fixture->is_secure ? 2 : 3);
  test_network_peer_close (&peer);
}

static void
test_long_messages (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  g_autofree guint8 *payload = g_malloc0 (65507);
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  TestNetworkPeer peer;

  if (fixture->is_secure)
    {
      g_test_skip ("a record takes what fits into a datagram: test-dtls-demultiplexer.c");
      return;
    }
  open_peer (fixture, &peer);
  address = test_network_peer_dup_address (&peer, fixture->interface);
  for (gsize length = 2000; length <= 65502; length += 63502)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PUT);
      g_autoptr (GBytes) bytes = NULL;
      GcoapPdu pdu = { .address = address, .message = message };

      gcoap_message_set_payload_data (message, payload, length);
      g_assert_true (gcoap_message_interface_send (fixture->interface, &pdu, &error));
      g_assert_no_error (error);
      bytes = test_network_peer_receive (&peer);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, length + 5);

      gcoap_message_set_payload_data (message, payload, 65503);
      g_assert_false (gcoap_message_interface_send (fixture->interface, &pdu, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
      g_clear_error (&error);
    }
  test_network_peer_close (&peer);
}

static void
answer_cb (TestMessageRecorder *recorder G_GNUC_UNUSED,
           const GcoapPdu      *pdu,
           gpointer             data)
{
  test_send_ack (data, pdu);
}

static void
nest_cb (TestMessageRecorder *recorder,
         const GcoapPdu      *pdu,
         gpointer             data)
{
  Fixture *fixture = data;

  recorder->func = answer_cb;
  recorder->data = fixture->interface;
  test_send_ack (fixture->interface, pdu);
  test_message_recorder_wait (recorder, TEST_RECORD_PDU, 40);
}

/* A callback that runs a main loop of its own: the datagrams behind it are
 * handled there, each once, and answers do leave. */
static void
test_nesting (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  guint8 bytes[sizeof get_test];
  TestNetworkPeer peer;
  guint seen[40] = { 0 };

  memcpy (bytes, get_test, sizeof bytes);
  fixture->manager->func = nest_cb;
  fixture->manager->data = fixture;
  open_peer (fixture, &peer);
  for (guint i = 0; i < 40; i++)
    {
      bytes[3] = i;
      test_network_peer_send (&peer, bytes, sizeof bytes);
    }
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GBytes) answer = test_network_peer_receive (&peer);

      seen[((const guint8 *) g_bytes_get_data (answer, NULL))[3]]++;
    }
  for (guint i = 0; i < 40; i++)
    g_assert_cmpuint (seen[i], ==, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 40);
  test_network_peer_close (&peer);
}

/* A flood leaves other sources their turn. */
static gboolean
other_cb (gpointer data)
{
  TestMessageRecorder *manager = data;

  g_assert_cmpuint (manager->records->len, <=, 8 * 32);
  return G_SOURCE_REMOVE;
}

static void
test_fairness (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  TestNetworkPeer peer;
  guint other;

  open_peer (fixture, &peer);
  for (guint i = 0; i < 300; i++)
    test_network_peer_send (&peer, get_test, 5);
  other = g_timeout_add (0, other_cb, fixture->manager);
  g_assert_cmpuint (other, !=, 0);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->manager->records->len, >, 32);
  g_assert_cmpuint (fixture->manager->records->len, <=, 8 * 32);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_network_peer_close (&peer);
}

/* Who watches what is sent, and does something about it. */
typedef struct
{
  GcoapTrace  parent_instance;
  void      (*func) (Fixture *fixture, const GcoapPdu *pdu);
  Fixture    *fixture;
} Watcher;

typedef GcoapTraceClass WatcherClass;

static GType watcher_get_type (void);
G_DEFINE_TYPE (Watcher, watcher, GCOAP_TYPE_TRACE)

static void
watcher_message (GcoapTrace     *trace,
                 gboolean        sent,
                 const GcoapPdu *pdu)
{
  Watcher *self = (Watcher *) trace;
  void (*func) (Fixture *fixture, const GcoapPdu *pdu) = g_steal_pointer (&self->func);

  if (func != NULL && sent)
    func (self->fixture, pdu);
}

static void
watcher_class_init (WatcherClass *klass)
{
  klass->message = watcher_message;
}

static void
watcher_init (Watcher *self G_GNUC_UNUSED)
{
}

static void
watch (Fixture *fixture,
       void   (*func) (Fixture *fixture, const GcoapPdu *pdu))
{
  g_autoptr (GcoapTrace) trace = g_object_new (watcher_get_type (), NULL);

  ((Watcher *) trace)->func = func;
  ((Watcher *) trace)->fixture = fixture;
  gcoap_runtime_set_trace (fixture->runtime, trace);
}

static void
send_another (Fixture        *fixture,
              const GcoapPdu *pdu)
{
  test_send_get (fixture->interface, pdu->address, 2);
}

static void
shut_down (Fixture        *fixture,
           const GcoapPdu *pdu G_GNUC_UNUSED)
{
  gcoap_message_interface_shutdown_async (fixture->interface, NULL, NULL, NULL);
}

static void
test_watcher_sends (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  TestNetworkPeer peer;

  open_peer (fixture, &peer);
  address = test_network_peer_dup_address (&peer, fixture->interface);
  watch (fixture, send_another);
  test_send_get (fixture->interface, address, 1);
  for (guint8 id = 1; id <= 2; id++)
    {
      g_autoptr (GBytes) bytes = test_network_peer_receive (&peer);
      gsize length;
      const guint8 *received = g_bytes_get_data (bytes, &length);

      g_assert_cmpuint (length, ==, sizeof get_test);
      g_assert_cmpuint (received[3], ==, id);
    }
  test_network_peer_close (&peer);
}

static void
test_watcher_shuts_down (Fixture       *fixture,
                         gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TestNetworkPeer peer;

  open_peer (fixture, &peer);
  address = test_network_peer_dup_address (&peer, fixture->interface);
  watch (fixture, shut_down);
  test_send_get (fixture->interface, address, 1);
  bytes = test_network_peer_receive (&peer);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, sizeof get_test);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_network_peer_close (&peer);
}

/* Shutting down */

static void
shut_down_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_message_interface_shutdown_finish (GCOAP_MESSAGE_INTERFACE (object), result, &error));
  g_assert_no_error (error);
  (*(guint *) data)++;
}

static void
test_shutdown (Fixture       *fixture,
               gconstpointer  data)
{
  const Case *test = data;
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GcoapMessageInterface) successor = NULL;
  g_autofree char *uri = NULL;
  GcoapPdu pdu = { 0 };
  g_autoptr (GError) error = NULL;
  TestNetworkPeer peer;
  guint n = 0;

  open_peer (fixture, &peer);
  pdu.address = address = test_network_peer_dup_address (&peer, fixture->interface);
  test_network_peer_send (&peer, get_test, sizeof get_test);
  test_send_get (fixture->interface, address, 1);
  gcoap_message_interface_shutdown_async (fixture->interface, NULL, shut_down_cb, &n);
  gcoap_message_interface_shutdown_async (fixture->interface, NULL, shut_down_cb, &n);
  while (n < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->manager->records->len, ==, 0);
  g_assert_false (gcoap_message_interface_send (fixture->interface, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);

  /* The port is free again. */
  successor = test->func (fixture->runtime, fixture->real_uri, &uri, &error);
  g_assert_no_error (error);
  g_assert_nonnull (successor);
  test_network_peer_close (&peer);
}

static void
shut_down_inside_cb (TestMessageRecorder *recorder G_GNUC_UNUSED,
                     const GcoapPdu      *pdu G_GNUC_UNUSED,
                     gpointer             data)
{
  gcoap_message_interface_shutdown_async (data, NULL, NULL, NULL);
}

/* Shut down from a callback: what else has arrived is not reported. */
static void
test_shutdown_inside (Fixture       *fixture,
                      gconstpointer  data G_GNUC_UNUSED)
{
  TestNetworkPeer peer;

  open_peer (fixture, &peer);
  fixture->manager->func = shut_down_inside_cb;
  fixture->manager->data = fixture->interface;
  for (guint i = 0; i < 5; i++)
    test_network_peer_send (&peer, get_test, sizeof get_test);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->manager->records->len, ==, 1);
  test_network_peer_close (&peer);
}

void
test_contract_message_interface_add (const char        *path,
                                     TestTransportFunc  func,
                                     const char        *uri)
{
  static const struct
  {
    const char *name;
    void      (*run) (Fixture *fixture, gconstpointer data);
  } tests[] = {
    { "datagrams", test_datagrams },
    { "no-route", test_no_route },
    { "truncation", test_truncation },
    { "malformed", test_malformed },
    { "long-messages", test_long_messages },
    { "nesting", test_nesting },
    { "watcher-sends", test_watcher_sends },
    { "watcher-shuts-down", test_watcher_shuts_down },
    { "fairness", test_fairness },
    { "shutdown", test_shutdown },
    { "shutdown-inside", test_shutdown_inside },
  };
  /* GTest has no free function for the data of a fixture. */
  static Case cases[8];
  static guint n_cases;
  Case *test;

  g_assert_cmpuint (n_cases, <, G_N_ELEMENTS (cases));
  test = &cases[n_cases++];
  test->func = func;
  test->uri = uri;
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s/%s", path, tests[i].name);

      g_test_add (name, Fixture, test, set_up, tests[i].run, tear_down);
    }
}
