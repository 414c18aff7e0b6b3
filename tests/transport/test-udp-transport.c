/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-transport-private.h"

#include <errno.h>
#include <unistd.h>

#include "base/gcoap-error.h"
#include "helpers/message-recorder.h"
#include "helpers/raw-socket.h"

static GcoapRuntime *
new_runtime (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);

  return gcoap_runtime_new (clock);
}

static void
assert_listens (const char *uri,
                const char *prefix)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapUdpTransport) transport = gcoap_udp_transport_new_server (runtime, uri, &error);
  g_autofree char *real = NULL;

  g_test_message ("%s", uri);
  g_assert_no_error (error);
  real = gcoap_udp_transport_dup_uri (transport);
  g_assert_true (g_str_has_prefix (real, prefix));
  g_assert_cmpuint (test_port_of_uri (real), !=, 0);
}

static void
assert_refused (const char *uri,
                GcoapError  code)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", uri);
  g_assert_null (gcoap_udp_transport_new_server (runtime, uri, &error));
  g_assert_error (error, GCOAP_ERROR, (int) code);
}

static void
test_listening (void)
{
  assert_listens ("coap://[::]:0", "coap://[::]:");
  assert_listens ("coap://127.0.0.1:0", "coap://127.0.0.1:");
  assert_listens ("coap://0.0.0.0:0/", "coap://0.0.0.0:");
  assert_listens ("coap://[::1]:0", "coap://[::1]:");
  assert_refused ("coap://localhost:0", GCOAP_ERROR_UNSUPPORTED);
  assert_refused ("coaps://[::]", GCOAP_ERROR_UNSUPPORTED);
  assert_refused ("coap://[2001:db8::1]:0", GCOAP_ERROR_INVALID_ARGUMENT);
  assert_refused ("coap://[fe80::1]:0", GCOAP_ERROR_INVALID_URI);
  assert_refused ("coap://", GCOAP_ERROR_INVALID_URI);
  assert_refused (":0", GCOAP_ERROR_INVALID_URI);
  assert_refused ("coap://:0", GCOAP_ERROR_INVALID_URI);
  assert_refused ("127.0.0.1", GCOAP_ERROR_INVALID_URI);
}

static void
test_in_use (void)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GcoapUdpTransport) first = gcoap_udp_transport_new_server (runtime, "coap://127.0.0.1:0", NULL);
  g_autofree char *uri = gcoap_udp_transport_dup_uri (first);

  assert_refused (uri, GCOAP_ERROR_ADDRESS_IN_USE);
}

static void
test_from_fd (void)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GcoapUdpTransport) transport = NULL;
  g_autoptr (GcoapUdpTransport) other = NULL;
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;
  TestRawSocket socket;
  int pipe_fds[2];

  test_raw_socket_open (&socket, "127.0.0.1");
  transport = gcoap_udp_transport_new_from_fd (runtime, socket.fd, &error);
  g_assert_no_error (error);
  uri = gcoap_udp_transport_dup_uri (transport);
  g_assert_cmpuint (test_port_of_uri (uri), ==, socket.port);

  g_assert_cmpint (pipe (pipe_fds), ==, 0);
  other = gcoap_udp_transport_new_from_fd (runtime, pipe_fds[0], &error);
  g_assert_null (other);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  /* It stayed with the caller. */
  g_assert_cmpint (close (pipe_fds[0]), ==, 0);
  close (pipe_fds[1]);
}

static void
test_resolving (void)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GcoapUdpTransport) transport = gcoap_udp_transport_new_client (runtime, NULL);
  GcoapMessageInterface *interface = GCOAP_MESSAGE_INTERFACE (transport);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) first = test_resolve (interface, "coap://127.0.0.1:5683/x", &error);
  g_autoptr (GcoapEndpointAddress) second = test_resolve (interface, "coap://[::ffff:127.0.0.1]", &error);
  g_autoptr (GcoapEndpointAddress) third = test_resolve (interface, "coap://[::1]", &error);

  g_assert_no_error (error);
  g_assert_true (first == second);
  g_assert_false (gcoap_endpoint_address_equal (first, third));
  g_assert_true (gcoap_message_interface_recognizes (interface, first));
  g_assert_cmpuint (gcoap_message_interface_get_room (interface, first), ==, 1152);
  g_assert_cmpstr (gcoap_message_interface_get_scheme (interface), ==, "coap");
}

static int
create_without_ipv6 (int family,
                     int type,
                     int protocol)
{
  if (family == AF_INET6)
    {
      errno = EAFNOSUPPORT;
      return -1;
    }
  return socket (family, type, protocol);
}

/* On a machine without IPv6: everything works over IPv4, and IPv6 addresses are
 * refused by name. */
static void
test_without_ipv6 (void)
{
  int (*original) (int, int, int) = gcoap_udp_socket_create;
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GcoapUdpTransport) client = NULL;
  g_autoptr (GcoapUdpTransport) server = NULL;
  g_autoptr (TestMessageRecorder) client_manager = NULL;
  g_autoptr (TestMessageRecorder) server_manager = NULL;
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GcoapEndpointAddress) v6 = NULL;
  g_autoptr (GcoapUdpAddress) foreign = NULL;
  g_autoptr (GSocketAddress) native = g_inet_socket_address_new_from_string ("::1", 5683);
  GcoapPdu pdu = { 0 };
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;
  const TestRecord *record;

  gcoap_udp_socket_create = create_without_ipv6;
  client = gcoap_udp_transport_new_client (runtime, &error);
  g_assert_no_error (error);
  server = gcoap_udp_transport_new_server (runtime, "coap://[::]:0", &error);
  g_assert_no_error (error);
  gcoap_udp_socket_create = original;

  uri = gcoap_udp_transport_dup_uri (server);
  g_assert_true (g_str_has_prefix (uri, "coap://0.0.0.0:"));
  client_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (client));
  server_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (server));
  address = test_resolve (GCOAP_MESSAGE_INTERFACE (client), uri, &error);
  g_assert_no_error (error);
  test_send_get (GCOAP_MESSAGE_INTERFACE (client), address, 1);
  test_message_recorder_wait (server_manager, TEST_RECORD_PDU, 1);
  record = test_message_recorder_get (server_manager, TEST_RECORD_PDU, 0);
  g_assert_true (g_str_has_prefix (gcoap_local_get_hostinfo (record->local), "127.0.0.1:"));

  v6 = test_resolve (GCOAP_MESSAGE_INTERFACE (client), "coap://[::1]", &error);
  g_assert_null (v6);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  foreign = gcoap_udp_address_new (G_INET_SOCKET_ADDRESS (native));
  pdu.address = GCOAP_ENDPOINT_ADDRESS (foreign);
  g_assert_false (gcoap_message_interface_send (GCOAP_MESSAGE_INTERFACE (client), &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
}

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
test_shutdown (void)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  GcoapUdpTransport *transport = gcoap_udp_transport_new_server (runtime, "coap://127.0.0.1:0", NULL);
  GcoapMessageInterface *interface = GCOAP_MESSAGE_INTERFACE (transport);
  g_autoptr (TestMessageRecorder) manager = test_message_recorder_new (interface);
  g_autofree char *uri = gcoap_udp_transport_dup_uri (transport);
  g_autoptr (GcoapEndpointAddress) address = test_resolve (interface, uri, NULL);
  g_autoptr (GcoapUdpTransport) successor = NULL;
  GcoapPdu pdu = { .address = address };
  g_autoptr (GError) error = NULL;
  guint n = 0;

  test_send_get (interface, address, 1);
  gcoap_message_interface_shutdown_async (interface, NULL, shut_down_cb, &n);
  gcoap_message_interface_shutdown_async (interface, NULL, shut_down_cb, &n);
  while (n < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (manager->records->len, ==, 0);
  g_assert_false (gcoap_message_interface_send (interface, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_false (gcoap_udp_transport_join_groups (transport, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);

  /* The port is free again. */
  successor = gcoap_udp_transport_new_server (runtime, uri, &error);
  g_assert_no_error (error);
  g_assert_finalize_object (transport);
}

static void
notified_cb (GObject    *object G_GNUC_UNUSED,
             GParamSpec *pspec G_GNUC_UNUSED,
             gpointer    data)
{
  (*(guint *) data)++;
}

static void
test_properties (void)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GcoapUdpTransport) transport = gcoap_udp_transport_new_client (runtime, NULL);
  guint n_notified = 0;
  guint busy_poll;
  guint max_waiting;

  g_object_get (transport, "busy-poll", &busy_poll, "max-waiting", &max_waiting, NULL);
  g_assert_cmpuint (busy_poll, ==, 20);
  g_assert_cmpuint (max_waiting, ==, 256);
  g_signal_connect (transport, "notify", G_CALLBACK (notified_cb), &n_notified);
  g_object_set (transport, "busy-poll", 20, "max-waiting", 256, NULL);
  g_assert_cmpuint (n_notified, ==, 0);
  g_object_set (transport, "busy-poll", 0, "max-waiting", 7, NULL);
  g_assert_cmpuint (n_notified, ==, 2);
  g_assert_cmpuint (gcoap_udp_transport_get_busy_poll (transport), ==, 0);
  g_assert_cmpuint (gcoap_udp_transport_get_max_waiting (transport), ==, 7);
}

/* What is known of a path bounds the room, until it is too old. */
static void
test_room (void)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GcoapUdpTransport) transport = gcoap_udp_transport_new_client (runtime, NULL);
  GcoapMessageInterface *interface = GCOAP_MESSAGE_INTERFACE (transport);
  g_autoptr (GcoapEndpointAddress) v4 = test_resolve (interface, "coap://127.0.0.1", NULL);
  g_autoptr (GcoapEndpointAddress) v6 = test_resolve (interface, "coap://[::1]", NULL);
  GcoapUdpPeer *peer4 = gcoap_udp_address_table_peek (&transport->peers, &GCOAP_UDP_ADDRESS (v4)->key);
  GcoapUdpPeer *peer6 = gcoap_udp_address_table_peek (&transport->peers, &GCOAP_UDP_ADDRESS (v6)->key);

  peer4->mtu = peer6->mtu = 1000;
  peer4->mtu_until = peer6->mtu_until = 600;
  g_assert_cmpuint (gcoap_message_interface_get_room (interface, v4), ==, 972);
  g_assert_cmpuint (gcoap_message_interface_get_room (interface, v6), ==, 952);
  peer4->mtu = 10;
  peer6->mtu = 60000;
  g_assert_cmpuint (gcoap_message_interface_get_room (interface, v4), ==, 40);
  g_assert_cmpuint (gcoap_message_interface_get_room (interface, v6), ==, 1152);
  gcoap_clock_advance (gcoap_runtime_get_clock (runtime), 601 * G_USEC_PER_SEC);
  g_assert_cmpuint (gcoap_message_interface_get_room (interface, v4), ==, 1152);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-transport/listening", test_listening);
  g_test_add_func ("/udp-transport/in-use", test_in_use);
  g_test_add_func ("/udp-transport/from-fd", test_from_fd);
  g_test_add_func ("/udp-transport/resolving", test_resolving);
  g_test_add_func ("/udp-transport/without-ipv6", test_without_ipv6);
  g_test_add_func ("/udp-transport/shutdown", test_shutdown);
  g_test_add_func ("/udp-transport/properties", test_properties);
  g_test_add_func ("/udp-transport/room", test_room);
  return g_test_run ();
}
