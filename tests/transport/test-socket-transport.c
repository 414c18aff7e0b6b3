/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-socket-transport-private.h"

#include <glib/gstdio.h>

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
  g_autoptr (GcoapSocketTransport) transport = gcoap_socket_transport_new_server (runtime, uri, &error);
  g_autofree char *real = NULL;

  g_assert_no_error (error);
  real = gcoap_socket_transport_dup_uri (transport);
  g_assert_true (g_str_has_prefix (real, prefix));
}

static void
assert_refused (const char *uri,
                GcoapError  code)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GError) error = NULL;

  g_test_message ("%s", uri);
  g_assert_null (gcoap_socket_transport_new_server (runtime, uri, &error));
  g_assert_error (error, GCOAP_ERROR, (int) code);
}

static void
test_listening (void)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GcoapSocketTransport) first = gcoap_socket_transport_new_server (runtime, "coap://127.0.0.1:0", NULL);
  g_autofree char *taken = gcoap_socket_transport_dup_uri (first);
  g_autofree char *long_path = g_strnfill (104, 'x');
  g_autofree char *long_uri = g_strconcat ("coap://%2Ftmp", long_path, NULL);

  assert_listens ("coap://[::]:0", "coap://[::]:");
  assert_listens ("coap://127.0.0.1:0", "coap://127.0.0.1:");
  assert_listens ("coap://[::1]:0", "coap://[::1]:");
  assert_refused (taken, GCOAP_ERROR_ADDRESS_IN_USE);
  assert_refused ("coap://localhost:0", GCOAP_ERROR_UNSUPPORTED);
  assert_refused ("coaps://[::]", GCOAP_ERROR_UNSUPPORTED);
  assert_refused ("coap+tcp://%2Ftmp%2Fx", GCOAP_ERROR_UNSUPPORTED);
  assert_refused ("coap://[2001:db8::1]:0", GCOAP_ERROR_INVALID_ARGUMENT);
  assert_refused ("coap://[fe80::1]:0", GCOAP_ERROR_INVALID_URI);
  assert_refused ("coap://%2Ftmp%2Fx:5683", GCOAP_ERROR_INVALID_URI);
  /* 108 bytes. */
  assert_refused (long_uri, GCOAP_ERROR_INVALID_ARGUMENT);
}

static void
test_listening_at_path (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gcoap-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "Dev:1.sock", NULL);
  g_autofree char *host = g_uri_escape_string (path, NULL, FALSE);
  g_autofree char *uri = g_strconcat ("coap://", host, NULL);
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapSocketTransport) transport = gcoap_socket_transport_new_server (runtime, uri, &error);
  g_autofree char *real = NULL;

  g_assert_no_error (error);
  real = gcoap_socket_transport_dup_uri (transport);
  g_assert_cmpstr (real, ==, uri);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  assert_refused (uri, GCOAP_ERROR_ADDRESS_IN_USE);
  gcoap_message_interface_shutdown_async (GCOAP_MESSAGE_INTERFACE (transport), NULL, NULL, NULL);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
assert_unresolved (GcoapSocketTransport *transport,
                   const char           *uri,
                   GcoapError            code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (test_resolve (GCOAP_MESSAGE_INTERFACE (transport), uri, &error));
  g_assert_error (error, GCOAP_ERROR, (int) code);
}

static void
test_resolving (void)
{
  g_autoptr (GcoapRuntime) runtime = new_runtime ();
  g_autoptr (GcoapSocketTransport) client = gcoap_socket_transport_new_client (runtime);
  g_autoptr (GcoapSocketTransport) path_client = gcoap_socket_transport_new_path_client (runtime);
  g_autoptr (GcoapSocketTransport) server = gcoap_socket_transport_new_server (runtime, "coap://127.0.0.1:0", NULL);
  GcoapMessageInterface *interface = GCOAP_MESSAGE_INTERFACE (client);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) first = test_resolve (interface, "coap://127.0.0.1:5683/x", &error);
  g_autoptr (GcoapEndpointAddress) second = test_resolve (interface, "coap://[::ffff:127.0.0.1]", &error);
  g_autoptr (GcoapEndpointAddress) path = test_resolve (GCOAP_MESSAGE_INTERFACE (path_client), "coap://%2Frun%2Fx/y", &error);
  g_autofree char *long_path = g_strnfill (104, 'x');
  g_autofree char *long_uri = g_strconcat ("coap://%2Ftmp", long_path, NULL);
  GcoapPdu pdu = { .address = path };

  g_assert_no_error (error);
  g_assert_true (first == second);
  g_assert_cmpstr (gcoap_unix_address_get_path (GCOAP_UNIX_ADDRESS (path)), ==, "/run/x");
  g_assert_true (gcoap_message_interface_recognizes (interface, first));
  g_assert_false (gcoap_message_interface_recognizes (interface, path));
  g_assert_true (gcoap_message_interface_recognizes (GCOAP_MESSAGE_INTERFACE (path_client), path));
  g_assert_cmpuint (gcoap_message_interface_get_room (interface, first), ==, 1152);
  g_assert_cmpstr (gcoap_message_interface_get_scheme (interface), ==, "coap");
  g_assert_false (gcoap_message_interface_send (interface, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);

  assert_unresolved (client, "coap://%2Frun%2Fx", GCOAP_ERROR_UNSUPPORTED);
  assert_unresolved (server, "coap://[::1]", GCOAP_ERROR_UNSUPPORTED);
  assert_unresolved (path_client, "coap://127.0.0.1", GCOAP_ERROR_UNSUPPORTED);
  assert_unresolved (path_client, "coaps://%2Frun%2Fx", GCOAP_ERROR_UNSUPPORTED);
  assert_unresolved (path_client, "coap://%2Frun%ZZ", GCOAP_ERROR_INVALID_URI);
  assert_unresolved (path_client, long_uri, GCOAP_ERROR_INVALID_ARGUMENT);
  gcoap_message_interface_shutdown_async (interface, NULL, NULL, NULL);
  assert_unresolved (client, "coap://127.0.0.1", GCOAP_ERROR_CLOSED);
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
  g_autoptr (GcoapSocketTransport) transport = gcoap_socket_transport_new_client (runtime);
  guint n_notified = 0;
  guint max_sockets;
  guint idle_timeout;

  g_object_get (transport, "max-sockets", &max_sockets, "idle-timeout", &idle_timeout, NULL);
  g_assert_cmpuint (max_sockets, ==, 256);
  g_assert_cmpuint (idle_timeout, ==, 300000);
  g_assert_null (gcoap_socket_transport_dup_uri (transport));
  g_signal_connect (transport, "notify", G_CALLBACK (notified_cb), &n_notified);
  g_object_set (transport, "max-sockets", 256, "idle-timeout", 300000, NULL);
  g_assert_cmpuint (n_notified, ==, 0);
  g_object_set (transport, "max-sockets", 7, "idle-timeout", 0, NULL);
  g_assert_cmpuint (n_notified, ==, 2);
  g_assert_cmpuint (gcoap_socket_transport_get_max_sockets (transport), ==, 7);
  g_assert_cmpuint (gcoap_socket_transport_get_idle_timeout (transport), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/socket-transport/listening", test_listening);
  g_test_add_func ("/socket-transport/listening-at-path", test_listening_at_path);
  g_test_add_func ("/socket-transport/resolving", test_resolving);
  g_test_add_func ("/socket-transport/properties", test_properties);
  return g_test_run ();
}
