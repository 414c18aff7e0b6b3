/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-connector-private.h"

#include <unistd.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-stream-socket-private.h"

static void
keep_result_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static int
connect_to (const char    *text,
            GCancellable  *cancellable,
            GError       **error)
{
  g_autoptr (GcoapUri) uri = gcoap_uri_parse (text, error);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (uri);
  gcoap_stream_connector_connect_async (uri, cancellable, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return gcoap_stream_connector_connect_finish (result, error);
}

static void
test_connect (void)
{
  GcoapUdpKey any = { 0 };
  GcoapUdpKey peer;
  GcoapStreamSocket listener;
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *uri = NULL;
  int fd;

  g_assert_true (gcoap_stream_socket_listen (&listener, &any, FALSE, &error));
  uri = g_strdup_printf ("coap+tcp://127.0.0.1:%u", g_ntohs (listener.bound.port));
  fd = connect_to (uri, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (fd, >=, 0);
  g_assert_true (gcoap_stream_socket_get_peer (fd, &peer));
  g_assert_cmpuint (peer.port, ==, listener.bound.port);
  close (fd);

  g_cancellable_cancel (cancellable);
  g_assert_cmpint (connect_to (uri, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);

  /* A name is one of several addresses: the one that answers is taken. */
  g_free (uri);
  uri = g_strdup_printf ("coap+tcp://localhost:%u", g_ntohs (listener.bound.port));
  fd = connect_to (uri, NULL, &error);
  g_assert_no_error (error);
  close (fd);

  gcoap_stream_socket_close (&listener);
  g_assert_cmpint (connect_to (uri, NULL, &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "coap+tcp://localhost"));
}

static void
test_bad_addresses (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (connect_to ("coap+tcp://[fe80::1]", NULL, &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-connector/connect", test_connect);
  g_test_add_func ("/stream-connector/bad-addresses", test_bad_addresses);
  return g_test_run ();
}
