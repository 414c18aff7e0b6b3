/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-transport-private.h"

#include <errno.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-recorder.h"
#include "helpers/raw-socket.h"

typedef struct
{
  GcoapRuntime          *runtime;
  GcoapUdpTransport     *transport;
  GcoapMessageInterface *interface;
  TestMessageRecorder   *manager;
  guint16                port;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  uri)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GError) error = NULL;
  g_autofree char *real = NULL;

  fixture->runtime = gcoap_runtime_new (clock);
  fixture->transport = gcoap_udp_transport_new_server (fixture->runtime, uri, &error);
  g_assert_no_error (error);
  fixture->interface = GCOAP_MESSAGE_INTERFACE (fixture->transport);
  fixture->manager = test_message_recorder_new (fixture->interface);
  real = gcoap_udp_transport_dup_uri (fixture->transport);
  fixture->port = test_port_of_uri (real);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  uri G_GNUC_UNUSED)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->transport));
  g_clear_object (&fixture->manager);
  g_clear_object (&fixture->runtime);
}

static guint64
count (Fixture      *fixture,
       GcoapCounter  counter)
{
  return fixture->runtime->statistics->counters[counter];
}

static GcoapEndpointAddress *
resolve (Fixture    *fixture,
         const char *host,
         guint16     port)
{
  g_autofree char *uri = g_strdup_printf ("coap://%s:%u", host, port);
  g_autoptr (GError) error = NULL;
  GcoapEndpointAddress *address = test_resolve (fixture->interface, uri, &error);

  g_assert_no_error (error);
  return address;
}

static const guint8 get_test[] = { 0x41, 0x01, 0x12, 0x34, 't', 0xb4, 't', 'e', 's', 't' };

/* Both ways, byte for byte. */
static void
test_datagrams (Fixture       *fixture,
                gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GBytes) bytes = NULL;
  const TestRecord *record;
  g_autofree char *hostinfo = NULL;
  g_autofree char *expected = NULL;
  TestRawSocket peer;

  test_raw_socket_open (&peer, "127.0.0.1");
  address = resolve (fixture, "127.0.0.1", peer.port);
  test_send_get (fixture->interface, address, 0x1234);
  /* Outside the main loop a datagram leaves at once. */
  g_assert_true (test_raw_socket_is_readable (&peer));
  bytes = test_raw_socket_receive (&peer, NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), get_test, sizeof get_test);

  test_raw_socket_send (&peer, "127.0.0.1", fixture->port, get_test, sizeof get_test);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 1);
  record = test_message_recorder_get (fixture->manager, TEST_RECORD_PDU, 0);
  g_assert_cmpint (record->message_id, ==, 0x1234);
  g_assert_cmpint (record->type, ==, GCOAP_MESSAGE_TYPE_CON);
  g_assert_true (record->address == address);
  expected = g_strdup_printf ("127.0.0.1:%u", fixture->port);
  g_assert_cmpstr (gcoap_local_get_hostinfo (record->local), ==, expected);
  g_assert_false (gcoap_local_is_group (record->local));
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_SENT), ==, 1);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_RECEIVED), ==, 1);
  test_raw_socket_close (&peer);
}

static void
answer_cb (TestMessageRecorder *recorder G_GNUC_UNUSED,
           const GcoapPdu      *pdu,
           gpointer             data)
{
  test_send_ack (data, pdu);
}

/* An answer leaves from the address that was asked, whichever the kernel would
 * have taken; RFC 7252 §5.3.2 makes the client insist on it. */
static void
test_source_kept (Fixture       *fixture,
                  gconstpointer  uri G_GNUC_UNUSED)
{
  static const struct { const char *peer; const char *asked; const char *prefix; } cases[] = {
    { "127.0.0.1", "127.0.0.1", "127.0.0.1:" },
    { "127.0.0.1", "127.0.0.2", "127.0.0.2:" },
    { "127.0.0.1", "127.0.0.1", "127.0.0.1:" },
    { "127.0.0.3", "127.0.0.2", "127.0.0.2:" },
    { "::1", "::1", "[::1]:" },
  };

  fixture->manager->func = answer_cb;
  fixture->manager->data = fixture->transport;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autofree char *from = NULL;
      g_autofree char *expected = g_strdup_printf ("%s%u", cases[i].prefix, fixture->port);
      TestRawSocket peer;

      test_raw_socket_open (&peer, cases[i].peer);
      test_raw_socket_send (&peer, cases[i].asked, fixture->port, get_test, sizeof get_test);
      bytes = test_raw_socket_receive (&peer, &from);
      g_assert_cmpstr (from, ==, expected);
      g_assert_cmpuint (((const guint8 *) g_bytes_get_data (bytes, NULL))[0], ==, 0x61);
      test_raw_socket_close (&peer);
    }
}

/* The kernel is asked once a minute which source it would take. */
static void
test_source_remembered (Fixture       *fixture,
                        gconstpointer  uri G_GNUC_UNUSED)
{
  static const struct { guint second; guint until; } cases[] = { { 0, 60 }, { 59, 60 }, { 60, 120 } };
  GcoapClock *clock = gcoap_runtime_get_clock (fixture->runtime);
  TestRawSocket socket;

  fixture->manager->func = answer_cb;
  fixture->manager->data = fixture->transport;
  test_raw_socket_open (&socket, "127.0.0.1");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) bytes = NULL;

      gcoap_clock_advance (clock, cases[i].second * G_USEC_PER_SEC - gcoap_clock_get_now (clock));
      test_raw_socket_send (&socket, "127.0.0.1", fixture->port, get_test, sizeof get_test);
      bytes = test_raw_socket_receive (&socket, NULL);
      g_assert_cmpuint (fixture->transport->peers.newest->source_until, ==, cases[i].until);
    }
  test_raw_socket_close (&socket);
}

/* A closed port is known at once, with the message that was sent there. */
static void
test_unreachable (Fixture       *fixture,
                  gconstpointer  uri G_GNUC_UNUSED)
{
  static const char *const peers[] = { "127.0.0.1", "::1" };
  static const char *const hosts[] = { "127.0.0.1", "[::1]" };

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      g_autoptr (GcoapEndpointAddress) address = NULL;
      g_autofree char *prefix = NULL;
      const TestRecord *record;
      TestRawSocket dead;

      test_raw_socket_open (&dead, peers[i]);
      test_raw_socket_close (&dead);
      address = resolve (fixture, hosts[i], dead.port);
      test_send_get (fixture->interface, address, 0x4321 + i);
      test_message_recorder_wait (fixture->manager, TEST_RECORD_ERROR, i + 1);
      record = test_message_recorder_get (fixture->manager, TEST_RECORD_ERROR, i);
      g_assert_cmpint (record->message_id, ==, 0x4321 + i);
      g_assert_true (record->address == address);
      g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
      prefix = g_strdup_printf ("coap://%s:%u cannot be reached: nothing listens", hosts[i], dead.port);
      g_assert_true (g_str_has_prefix (record->error->message, prefix));
    }
}

/* The trap: an error that waits in the socket must not fail the next datagram,
 * which goes to somebody else. */
static void
test_pending_error (Fixture       *fixture,
                    gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) dead_address = NULL;
  g_autoptr (GcoapEndpointAddress) live_address = NULL;
  TestRawSocket dead;
  TestRawSocket live;

  test_raw_socket_open (&live, "127.0.0.1");
  test_raw_socket_open (&dead, "127.0.0.1");
  test_raw_socket_close (&dead);
  dead_address = resolve (fixture, "127.0.0.1", dead.port);
  live_address = resolve (fixture, "127.0.0.1", live.port);

  for (guint i = 0; i < 10; i++)
    {
      test_send_get (fixture->interface, dead_address, 100 + i);
      test_send_get (fixture->interface, live_address, 200 + i);
      g_assert_true (test_raw_socket_is_readable (&live));
      g_bytes_unref (test_raw_socket_receive (&live, NULL));
    }
  test_message_recorder_wait (fixture->manager, TEST_RECORD_ERROR, 10);
  for (guint i = 0; i < 10; i++)
    {
      const TestRecord *record = test_message_recorder_get (fixture->manager, TEST_RECORD_ERROR, i);

      g_assert_cmpint (record->message_id, ==, 100 + i);
      g_assert_true (record->address == dead_address);
    }
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_SEND_ERRORS), ==, 0);
  test_raw_socket_close (&live);
}

/* The same while receiving: what a live peer sent still arrives. */
static void
test_pending_error_receiving (Fixture       *fixture,
                              gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) dead_address = NULL;
  TestRawSocket dead;
  TestRawSocket live;

  test_raw_socket_open (&live, "127.0.0.1");
  test_raw_socket_open (&dead, "127.0.0.1");
  test_raw_socket_close (&dead);
  dead_address = resolve (fixture, "127.0.0.1", dead.port);
  test_send_get (fixture->interface, dead_address, 1);
  test_raw_socket_send (&live, "127.0.0.1", fixture->port, get_test, sizeof get_test);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 1);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_ERROR, 1);
  test_raw_socket_close (&live);
}

/* An error about an acknowledgement is nobody's: its message ID is the peer's,
 * and must not hit a message of ours that bears the same. */
static void
test_error_about_ack (Fixture       *fixture,
                      gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  GcoapPdu request = { .message_id = 7 };
  TestRawSocket dead;

  test_raw_socket_open (&dead, "127.0.0.1");
  test_raw_socket_close (&dead);
  address = resolve (fixture, "127.0.0.1", dead.port);
  request.address = address;
  test_send_ack (fixture->interface, &request);
  test_send_get (fixture->interface, address, 8);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_ERROR, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 1);
  g_assert_cmpint (test_message_recorder_get (fixture->manager, TEST_RECORD_ERROR, 0)->message_id, ==, 8);
}

/* What fails at once is told at once. */
static void
test_no_route (Fixture       *fixture,
               gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = resolve (fixture, "255.255.255.255", 5683);
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { .address = address };

  /* Broadcast is not allowed on the socket. */
  g_assert_false (gcoap_message_interface_send (fixture->interface, &pdu, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == GCOAP_ERROR);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_SEND_ERRORS), ==, 1);
}

static void
test_truncation (Fixture       *fixture,
                 gconstpointer  uri G_GNUC_UNUSED)
{
  guint8 bytes[101] = { 0x50, 0x01, 0, 1, 0xff };
  const TestRecord *record;
  TestRawSocket peer;

  g_object_set (fixture->runtime->limits, "max-datagram-size", 100, NULL);
  test_raw_socket_open (&peer, "127.0.0.1");
  test_raw_socket_send (&peer, "127.0.0.1", fixture->port, bytes, 101);
  bytes[3] = 2;
  test_raw_socket_send (&peer, "127.0.0.1", fixture->port, bytes, 100);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 2);
  g_assert_cmpint (test_message_recorder_get (fixture->manager, TEST_RECORD_PDU, 0)->message_id, ==, 2);
  record = test_message_recorder_get (fixture->manager, TEST_RECORD_MALFORMED, 0);
  g_assert_cmpint (record->message_id, ==, 1);
  g_assert_cmpint (gcoap_message_get_code (record->message), ==, GCOAP_CODE_GET);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (record->error->message, "101 bytes"));
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_LIMIT_HITS), ==, 1);
  test_raw_socket_close (&peer);
}

static void
test_malformed (Fixture       *fixture,
                gconstpointer  uri G_GNUC_UNUSED)
{
  const guint8 bad_option[] = { 0x40, 0x01, 0xab, 0xcd, 0xf0 };
  const guint8 bad_version[] = { 0x00, 0x01, 0xab, 0xcd };
  const TestRecord *record;
  TestRawSocket peer;

  test_raw_socket_open (&peer, "::1");
  test_raw_socket_send (&peer, "::1", fixture->port, "", 0);
  test_raw_socket_send (&peer, "::1", fixture->port, bad_version, sizeof bad_version);
  test_raw_socket_send (&peer, "::1", fixture->port, bad_option, 3);
  test_raw_socket_send (&peer, "::1", fixture->port, bad_option, sizeof bad_option);
  test_message_recorder_wait (fixture->manager, TEST_RECORD_MALFORMED, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 1);
  record = test_message_recorder_get (fixture->manager, TEST_RECORD_MALFORMED, 0);
  g_assert_cmpint (record->type, ==, GCOAP_MESSAGE_TYPE_CON);
  g_assert_cmpint (record->message_id, ==, 0xabcd);
  g_assert_nonnull (record->local);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_MALFORMED), ==, 3);
  test_raw_socket_close (&peer);
}

/* More peers than may be remembered. */
static void
test_peer_limit (Fixture       *fixture,
                 gconstpointer  uri G_GNUC_UNUSED)
{
  g_object_set (fixture->runtime->limits, "max-peers", 3, NULL);
  for (guint i = 0; i < 10; i++)
    {
      TestRawSocket peer;

      test_raw_socket_open (&peer, "127.0.0.1");
      test_raw_socket_send (&peer, "127.0.0.1", fixture->port, get_test, sizeof get_test);
      test_raw_socket_close (&peer);
    }
  test_message_recorder_wait (fixture->manager, TEST_RECORD_PDU, 10);
  g_assert_cmpuint (gcoap_udp_address_table_get_size (&fixture->transport->peers), ==, 3);
}

static gboolean has_room;

static int
send_if_room (int             fd,
              struct mmsghdr *headers,
              unsigned int    n,
              int             flags)
{
  if (has_room)
    return sendmmsg (fd, headers, n, flags);
  errno = EAGAIN;
  return -1;
}

/* A network that takes nothing: datagrams wait, in bounded number, and leave
 * in order when there is room again. */
static void
test_queue_limit (Fixture       *fixture,
                  gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { 0 };
  TestRawSocket peer;

  test_raw_socket_open (&peer, "127.0.0.1");
  pdu.address = address = resolve (fixture, "127.0.0.1", peer.port);
  g_object_set (fixture->transport, "max-waiting", 5, NULL);
  fixture->transport->sender.sendmmsg = send_if_room;
  has_room = FALSE;
  for (guint i = 0; i < 5; i++)
    test_send_get (fixture->interface, address, i);
  g_assert_false (gcoap_message_interface_send (fixture->interface, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_LIMIT_HITS), ==, 1);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_SENT), ==, 0);

  has_room = TRUE;
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GBytes) bytes = test_raw_socket_receive (&peer, NULL);

      g_assert_cmpuint (((const guint8 *) g_bytes_get_data (bytes, NULL))[3], ==, i);
    }
  g_assert_false (fixture->transport->asks_for_room);
  g_assert_cmpuint (count (fixture, GCOAP_COUNTER_DATAGRAMS_SENT), ==, 5);
  test_raw_socket_close (&peer);
}

static void
test_long_messages (Fixture       *fixture,
                    gconstpointer  uri G_GNUC_UNUSED)
{
  g_autofree guint8 *payload = g_malloc0 (65507);
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  TestRawSocket peer;

  test_raw_socket_open (&peer, "127.0.0.1");
  address = resolve (fixture, "127.0.0.1", peer.port);
  for (gsize length = 2000; length <= 65502; length += 63502)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PUT);
      g_autoptr (GBytes) bytes = NULL;
      GcoapPdu pdu = { .address = address, .message = message };

      gcoap_message_set_payload_data (message, payload, length);
      g_assert_true (gcoap_message_interface_send (fixture->interface, &pdu, &error));
      g_assert_no_error (error);
      bytes = test_raw_socket_receive (&peer, NULL);
      g_assert_cmpuint (g_bytes_get_size (bytes), ==, length + 5);

      gcoap_message_set_payload_data (message, payload, 65503);
      g_assert_false (gcoap_message_interface_send (fixture->interface, &pdu, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
      g_clear_error (&error);
    }
  test_raw_socket_close (&peer);
}

static guint n_send_calls;

static int
count_sends (int             fd,
             struct mmsghdr *headers,
             unsigned int    n,
             int             flags)
{
  n_send_calls++;
  return sendmmsg (fd, headers, n, flags);
}

static gboolean
burst_cb (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < 10; i++)
    test_send_get (fixture->interface, (GcoapEndpointAddress *) fixture->transport->peers.newest->address, i);
  g_assert_cmpuint (n_send_calls, ==, 0);
  return G_SOURCE_REMOVE;
}

/* What one callback of the main loop sends goes in one system call. */
static void
test_bursts (Fixture       *fixture,
             gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  TestRawSocket peer;

  test_raw_socket_open (&peer, "127.0.0.1");
  address = resolve (fixture, "127.0.0.1", peer.port);
  fixture->transport->sender.sendmmsg = count_sends;
  n_send_calls = 0;
  g_idle_add (burst_cb, fixture);
  for (guint i = 0; i < 10; i++)
    g_bytes_unref (test_raw_socket_receive (&peer, NULL));
  g_assert_cmpuint (n_send_calls, ==, 1);
  test_raw_socket_close (&peer);
}

static void
nest_cb (TestMessageRecorder *recorder,
         const GcoapPdu      *pdu,
         gpointer             data)
{
  Fixture *fixture = data;

  recorder->func = answer_cb;
  recorder->data = fixture->transport;
  test_send_ack (fixture->interface, pdu);
  test_message_recorder_wait (recorder, TEST_RECORD_PDU, 40);
}

/* A callback that runs a main loop of its own: the datagrams behind it are
 * handled there, each once, and answers do leave. */
static void
test_nesting (Fixture       *fixture,
              gconstpointer  uri G_GNUC_UNUSED)
{
  guint8 bytes[sizeof get_test];
  TestRawSocket peer;
  guint seen[40] = { 0 };

  memcpy (bytes, get_test, sizeof bytes);
  fixture->manager->func = nest_cb;
  fixture->manager->data = fixture;
  test_raw_socket_open (&peer, "127.0.0.1");
  for (guint i = 0; i < 40; i++)
    {
      bytes[3] = i;
      test_raw_socket_send (&peer, "127.0.0.1", fixture->port, bytes, sizeof bytes);
    }
  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (GBytes) answer = test_raw_socket_receive (&peer, NULL);

      seen[((const guint8 *) g_bytes_get_data (answer, NULL))[3]]++;
    }
  for (guint i = 0; i < 40; i++)
    g_assert_cmpuint (seen[i], ==, 1);
  g_assert_cmpuint (fixture->manager->records->len, ==, 40);
  test_raw_socket_close (&peer);
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
               gconstpointer  uri G_GNUC_UNUSED)
{
  TestRawSocket peer;
  guint other;

  test_raw_socket_open (&peer, "127.0.0.1");
  for (guint i = 0; i < 300; i++)
    test_raw_socket_send (&peer, "127.0.0.1", fixture->port, get_test, 5);
  other = g_timeout_add (0, other_cb, fixture->manager);
  g_assert_cmpuint (other, !=, 0);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (fixture->manager->records->len, >, 32);
  g_assert_cmpuint (fixture->manager->records->len, <=, 8 * 32);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_raw_socket_close (&peer);
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
                    gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  TestRawSocket peer;

  test_raw_socket_open (&peer, "127.0.0.1");
  address = resolve (fixture, "127.0.0.1", peer.port);
  watch (fixture, send_another);
  test_send_get (fixture->interface, address, 1);
  for (guint8 id = 1; id <= 2; id++)
    {
      g_autoptr (GBytes) bytes = test_raw_socket_receive (&peer, NULL);
      gsize length;
      const guint8 *data = g_bytes_get_data (bytes, &length);

      g_assert_cmpuint (length, ==, sizeof get_test);
      g_assert_cmpuint (data[3], ==, id);
    }
  test_raw_socket_close (&peer);
}

static void
test_watcher_shuts_down (Fixture       *fixture,
                         gconstpointer  uri G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GBytes) bytes = NULL;
  TestRawSocket peer;

  test_raw_socket_open (&peer, "127.0.0.1");
  address = resolve (fixture, "127.0.0.1", peer.port);
  watch (fixture, shut_down);
  test_send_get (fixture->interface, address, 1);
  bytes = test_raw_socket_receive (&peer, NULL);
  g_assert_cmpuint (g_bytes_get_size (bytes), ==, sizeof get_test);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  test_raw_socket_close (&peer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, uri, func) g_test_add (name, Fixture, uri, set_up, func, tear_down)
  ADD ("/udp-transport-io/datagrams", "coap://[::]:0", test_datagrams);
  ADD ("/udp-transport-io/datagrams/bound", "coap://127.0.0.1:0", test_datagrams);
  ADD ("/udp-transport-io/source-kept", "coap://[::]:0", test_source_kept);
  ADD ("/udp-transport-io/source-remembered", "coap://[::]:0", test_source_remembered);
  ADD ("/udp-transport-io/unreachable", "coap://[::]:0", test_unreachable);
  ADD ("/udp-transport-io/pending-error", "coap://[::]:0", test_pending_error);
  ADD ("/udp-transport-io/pending-error/receiving", "coap://[::]:0", test_pending_error_receiving);
  ADD ("/udp-transport-io/error-about-ack", "coap://[::]:0", test_error_about_ack);
  ADD ("/udp-transport-io/no-route", "coap://[::]:0", test_no_route);
  ADD ("/udp-transport-io/truncation", "coap://[::]:0", test_truncation);
  ADD ("/udp-transport-io/malformed", "coap://[::]:0", test_malformed);
  ADD ("/udp-transport-io/peer-limit", "coap://[::]:0", test_peer_limit);
  ADD ("/udp-transport-io/queue-limit", "coap://[::]:0", test_queue_limit);
  ADD ("/udp-transport-io/long-messages", "coap://[::]:0", test_long_messages);
  ADD ("/udp-transport-io/bursts", "coap://[::]:0", test_bursts);
  ADD ("/udp-transport-io/nesting", "coap://[::]:0", test_nesting);
  ADD ("/udp-transport-io/watcher-sends", "coap://[::]:0", test_watcher_sends);
  ADD ("/udp-transport-io/watcher-shuts-down", "coap://[::]:0", test_watcher_shuts_down);
  ADD ("/udp-transport-io/fairness", "coap://127.0.0.1:0", test_fairness);
  return g_test_run ();
}
