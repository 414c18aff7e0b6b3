/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-transport-private.h"

#include <errno.h>

#include "base/gcoap-error.h"
#include "helpers/contract-message-interface.h"
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

static GcoapMessageInterface *
new_server (GcoapRuntime  *runtime,
            const char    *uri,
            char         **real_uri,
            GError       **error)
{
  GcoapUdpTransport *transport = gcoap_udp_transport_new_server (runtime, uri, error);

  *real_uri = gcoap_udp_transport_dup_uri (transport);
  return GCOAP_MESSAGE_INTERFACE (transport);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, uri, func) g_test_add (name, Fixture, uri, set_up, func, tear_down)
  ADD ("/udp-transport-io/source-kept", "coap://[::]:0", test_source_kept);
  ADD ("/udp-transport-io/source-remembered", "coap://[::]:0", test_source_remembered);
  ADD ("/udp-transport-io/unreachable", "coap://[::]:0", test_unreachable);
  ADD ("/udp-transport-io/pending-error", "coap://[::]:0", test_pending_error);
  ADD ("/udp-transport-io/pending-error/receiving", "coap://[::]:0", test_pending_error_receiving);
  ADD ("/udp-transport-io/error-about-ack", "coap://[::]:0", test_error_about_ack);
  ADD ("/udp-transport-io/peer-limit", "coap://[::]:0", test_peer_limit);
  ADD ("/udp-transport-io/queue-limit", "coap://[::]:0", test_queue_limit);
  ADD ("/udp-transport-io/bursts", "coap://[::]:0", test_bursts);
  test_contract_message_interface_add ("/udp-transport-io", new_server, "coap://[::]:0");
  test_contract_message_interface_add ("/udp-transport-io/bound", new_server, "coap://127.0.0.1:0");
  test_contract_message_interface_add ("/udp-transport-io/bound-v6", new_server, "coap://[::1]:0");
  return g_test_run ();
}
