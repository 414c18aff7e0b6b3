/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real sockets on loopback: listening, and requests to what listens. */
#include "context/gcoap-context.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "context/gcoap-observation.h"
#include "helpers/dtls-network.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"
#include "site/gcoap-site.h"
#include "transport/gcoap-stream-transport.h"
#include "wire/gcoap-uri.h"

static void
keep_result_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static GcoapMessage *
get (GcoapContext *context, const char *base, const char *path, GError **error)
{
  g_autofree char *uri = g_strconcat (base, path, NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, uri, error);
  g_autoptr (GAsyncResult) result = NULL;

  g_assert_nonnull (request);
  gcoap_context_request_async (context, request, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return gcoap_context_request_finish (context, result, error);
}

/* With a key for what is secure. */
static GcoapContext *
new_context (void)
{
  GcoapContext *context = gcoap_context_new ();
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredential) psk = test_dtls_psk ("alice-id", "0123456789abcdef");

  g_assert_true (gcoap_credential_store_add (store, "*", psk, NULL));
  g_assert_true (gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (psk), NULL));
  gcoap_context_set_credentials (context, store);
  gcoap_context_set_server_credentials (context, store);
  return context;
}

/* At a free port of loopback. */
static void
listen_by (GcoapContext *context,
           const char   *scheme)
{
  g_autofree char *uri = g_strconcat (scheme, "://127.0.0.1:0", NULL);
  g_autoptr (GError) error = NULL;

  gcoap_context_listen (context, uri, &error);
  g_assert_no_error (error);
}

static void
test_listen (void)
{
  g_autoptr (GcoapContext) server = gcoap_context_new ();
  g_autoptr (GcoapContext) client = gcoap_context_new ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;
  g_auto (GStrv) none = gcoap_context_dup_listen_uris (server);

  g_assert_cmpuint (g_strv_length (none), ==, 0);
  gcoap_context_set_site (server, GCOAP_REQUEST_INTERFACE (site));
  gcoap_context_listen (server, "coap://127.0.0.1:0", &error);
  g_assert_no_error (error);
  gcoap_context_listen (server, "coap://127.0.0.2:0", &error);
  g_assert_no_error (error);
  uris = gcoap_context_dup_listen_uris (server);
  g_assert_cmpuint (g_strv_length (uris), ==, 2);
  g_assert_true (g_str_has_prefix (uris[0], "coap://127.0.0.1:"));
  g_assert_true (g_str_has_prefix (uris[1], "coap://127.0.0.2:"));

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GcoapMessage) response = get (client, uris[i], "/.well-known/core", &error);

      g_assert_no_error (error);
      g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
    }

  /* A port that is taken. */
  g_assert_false (gcoap_context_listen (client, uris[0], &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE);
}

/* The scheme alone chooses the transport, and one connection serves all. */
static void
test_connection (gconstpointer data)
{
  g_autoptr (GcoapContext) server = new_context ();
  g_autoptr (GcoapContext) client = new_context ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;
  guint64 n_made = 0;

  gcoap_context_set_site (server, GCOAP_REQUEST_INTERFACE (site));
  listen_by (server, "coap");
  listen_by (server, data);
  uris = gcoap_context_dup_listen_uris (server);
  g_assert_cmpuint (g_strv_length (uris), ==, 2);
  g_assert_true (g_str_has_prefix (uris[1], data));
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GcoapMessage) response = get (client, uris[i % 2], "/.well-known/core", &error);

      g_assert_no_error (error);
      g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
    }
  gcoap_statistics_refresh (gcoap_context_get_statistics (client));
  g_object_get (gcoap_context_get_statistics (client), "connections-made", &n_made, NULL);
  g_assert_cmpuint (n_made, ==, 1);
}

static void
test_reuse_port (void)
{
  static const char *const schemes[] = { "coap", "coap+tcp" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autoptr (GcoapContext) first = gcoap_context_new ();
      g_autoptr (GcoapContext) second = gcoap_context_new ();
      g_autofree char *any = g_strconcat (schemes[i], "://127.0.0.1:0", NULL);
      g_auto (GStrv) uris = NULL;
      g_autoptr (GError) error = NULL;

      g_object_set (first, "reuse-port", TRUE, NULL);
      g_assert_true (gcoap_context_listen (first, any, &error));
      uris = gcoap_context_dup_listen_uris (first);
      g_assert_false (gcoap_context_listen (second, uris[0], &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE);
      g_clear_error (&error);
      gcoap_context_set_reuse_port (second, TRUE);
      g_assert_true (gcoap_context_listen (second, uris[0], &error));
      g_assert_no_error (error);
    }
}

static void
observed_cb (GcoapSimpleResource *resource, GcoapExchange *exchange, gpointer data)
{
  guint8 state = (guint8) *(guint *) data;
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);

  gcoap_message_set_payload_data (response, &state, 1);
  gcoap_exchange_respond (exchange, response, TRUE);
}

/* RFC 8323 §7: all notifications come, in order; the connection's end ends it. */
static void
test_connection_observe (gconstpointer data)
{
  GcoapContext *server = new_context ();
  g_autoptr (GcoapContext) client = new_context ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapObservation) observation = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  g_auto (GStrv) uris = NULL;
  guint state = 0;

  g_signal_connect (resource, "get", G_CALLBACK (observed_cb), &state);
  gcoap_resource_set_observable (GCOAP_RESOURCE (resource), TRUE);
  gcoap_site_add (site, "obs", GCOAP_REQUEST_INTERFACE (resource));
  gcoap_context_set_site (server, GCOAP_REQUEST_INTERFACE (site));
  listen_by (server, data);
  uris = gcoap_context_dup_listen_uris (server);
  uri = g_strconcat (uris[0], "/obs", NULL);
  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, uri, &error);
  gcoap_context_observe_async (client, request, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  observation = gcoap_context_observe_finish (client, result, &error);
  g_assert_no_error (error);
  while (state < 5)
    {
      const guint8 *payload;
      gsize length;

      state++;
      gcoap_resource_notify_observers (GCOAP_RESOURCE (resource));
      do
        {
          g_main_context_iteration (NULL, TRUE);
          payload = gcoap_message_get_payload_data (gcoap_observation_get_message (observation), &length);
        }
      while (payload[0] != state);
    }
  g_assert_cmpint (gcoap_observation_get_state (observation), ==, GCOAP_OBSERVATION_STATE_FRESH);
  gcoap_observation_set_max_attempts (observation, 1);
  g_object_unref (server);
  while (gcoap_observation_get_state (observation) == GCOAP_OBSERVATION_STATE_FRESH)
    g_main_context_iteration (NULL, TRUE);
}

static void
ended_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

/* Shut down, the server tells its peers, and their next request says so. */
static void
test_connection_shutdown (gconstpointer data)
{
  g_autoptr (GcoapContext) server = new_context ();
  g_autoptr (GcoapContext) client = new_context ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_auto (GStrv) uris = NULL;
  gint64 before;

  listen_by (server, data);
  uris = gcoap_context_dup_listen_uris (server);
  response = get (client, uris[0], "/", &error);
  g_assert_no_error (error);
  before = g_get_monotonic_time ();
  gcoap_context_shutdown_async (server, NULL, ended_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_get_monotonic_time () - before, <, G_USEC_PER_SEC);
  g_assert_null (get (client, uris[0], "/", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
}

/* Answers with the URI that it is asked for. */
static void
uri_cb (GcoapSimpleResource *resource, GcoapExchange *exchange, gpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = gcoap_exchange_dup_uri (exchange, &error);

  g_assert_no_error (error);
  gcoap_resource_answer_text (exchange, uri);
}

/* RFC 8323 §8.5: without Uri-Host it is the field Host of a WebSocket, the server
 * name of TLS, or the address that is asked; with it, that. */
static void
test_connection_uri (gconstpointer data)
{
  const char *scheme = data;
  g_autoptr (GcoapContext) server = new_context ();
  g_autoptr (GcoapContext) client = new_context ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_auto (GStrv) uris = NULL;
  g_autoptr (GcoapUri) uri = NULL;

  g_signal_connect (resource, "get", G_CALLBACK (uri_cb), NULL);
  gcoap_site_add (site, "a", GCOAP_REQUEST_INTERFACE (resource));
  gcoap_context_set_site (server, GCOAP_REQUEST_INTERFACE (site));
  listen_by (server, scheme);
  uris = gcoap_context_dup_listen_uris (server);
  uri = gcoap_uri_parse (uris[0], NULL);
  for (guint i = 0; i < 4; i++)
    {
      gboolean by_name = i >= 2;
      const char *asked = by_name ? "localhost" : "127.0.0.1";
      const char *expected = i == 3 && g_str_equal (scheme, "coap+tcp") ? "127.0.0.1" : asked;
      g_autofree char *text = g_strdup_printf ("%s://%s:%u/a?b", scheme, asked, gcoap_uri_get_port (uri));
      g_autofree char *answer = g_strdup_printf ("%s://%s:%u/a?b", scheme, expected, gcoap_uri_get_port (uri));
      g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, text, NULL);
      g_autoptr (GcoapMessage) response = NULL;
      g_autoptr (GAsyncResult) result = NULL;
      g_autoptr (GError) error = NULL;
      const guint8 *payload;
      gsize length;

      /* §8.6: a client names a host that is no literal address. */
      g_assert_true (gcoap_message_has_option (request, GCOAP_OPTION_URI_HOST) == by_name);
      if (i % 2 == 1)
        gcoap_message_remove_option (request, GCOAP_OPTION_URI_HOST);
      gcoap_context_request_async (client, request, NULL, keep_result_cb, &result);
      while (result == NULL)
        g_main_context_iteration (NULL, TRUE);
      response = gcoap_context_request_finish (client, result, &error);
      g_assert_no_error (error);
      payload = gcoap_message_get_payload_data (response, &length);
      g_assert_cmpmem (payload, length, answer, strlen (answer));
    }
}

static void
test_allowed_origins (void)
{
  static const char *const origins[] = { "https://app.example", "null", NULL };
  static const char *const wrong[] = { "app.example", NULL };
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) found = NULL;

  if (!gcoap_stream_transport_carries ("coap+ws"))
    {
      g_test_skip ("WebSockets were not built");
      return;
    }
  g_assert_null (gcoap_context_get_allowed_origins (context));
  gcoap_context_set_allowed_origins (context, origins);
  gcoap_context_set_allowed_origins (context, gcoap_context_get_allowed_origins (context));
  g_object_get (context, "allowed-origins", &found, NULL);
  g_assert_cmpstrv (found, origins);
  listen_by (context, "coap+ws");
  g_object_set (context, "allowed-origins", wrong, NULL);
  g_assert_false (gcoap_context_listen (context, "coap+ws://127.0.0.1:0", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  gcoap_context_set_allowed_origins (context, NULL);
  g_assert_null (gcoap_context_get_allowed_origins (context));
  listen_by (context, "coap+ws");
}

/* Without credentials nothing is secure, nor with those for others. */
static void
test_no_credentials (gconstpointer data)
{
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapContext) server = new_context ();
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredential) psk = test_dtls_psk ("alice-id", "0123456789abcdef");
  g_auto (GStrv) uris = NULL;
  g_autofree char *uri = g_strconcat (data, "://127.0.0.1:9", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (get (context, uri, "/", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (gcoap_context_listen (context, uri, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  listen_by (server, data);
  uris = gcoap_context_dup_listen_uris (server);
  g_assert_true (gcoap_credential_store_add (store, uri, psk, NULL));
  gcoap_context_set_credentials (context, store);
  g_assert_null (get (context, uris[0], "/", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "There are no credentials for "));
}

/* Nothing listens: the network says so at once, not after retransmissions. */
static void
test_unreachable (void)
{
  g_autoptr (GcoapContext) client = gcoap_context_new ();
  g_autoptr (GError) error = NULL;
  gint64 before = g_get_monotonic_time ();

  g_assert_null (get (client, "coap://127.0.0.1:9", "/", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (error->message, "127.0.0.1:9"));
  g_assert_cmpint (g_get_monotonic_time () - before, <, 2 * G_USEC_PER_SEC);
}

static void
test_refused (void)
{
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (gcoap_context_listen (context, "coap://localhost", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_false (gcoap_context_listen (context, "http://127.0.0.1", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
  g_clear_error (&error);
  g_assert_false (gcoap_context_join_groups (context, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  /* What listens at one address cannot join either. */
  g_assert_true (gcoap_context_listen (context, "coap://127.0.0.1:0", &error));
  g_assert_false (gcoap_context_join_groups (context, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  gcoap_context_shutdown_async (context, NULL, NULL, NULL);
  g_assert_false (gcoap_context_listen (context, "coap://127.0.0.1:0", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
}

static void
assert_unknown (gboolean    result,
                GError    **error,
                const char *culprit)
{
  g_assert_false (result);
  g_assert_error (*error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr ((*error)->message, culprit));
  g_clear_error (error);
}

/* The properties win over the environment; both name a transport. */
static void
test_transports (void)
{
  g_autoptr (GcoapContext) server = gcoap_context_new ();
  g_autoptr (GcoapContext) client = gcoap_context_new ();
  g_autoptr (GcoapContext) other = gcoap_context_new ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;
  g_autofree char *name = NULL;

  g_setenv ("GCOAP_CLIENT_TRANSPORT", "pigeon", TRUE);
  g_setenv ("GCOAP_SERVER_TRANSPORT", "pigeon", TRUE);
  assert_unknown (gcoap_context_listen (server, "coap://127.0.0.1:0", &error), &error, "GCOAP_SERVER_TRANSPORT");
  assert_unknown (get (client, "coap://127.0.0.1:9", "/", &error) != NULL, &error, "GCOAP_CLIENT_TRANSPORT");
  g_object_set (server, "server-transport", "post", NULL);
  assert_unknown (gcoap_context_listen (server, "coap://127.0.0.1:0", &error), &error, "server-transport");

  gcoap_context_set_site (server, GCOAP_REQUEST_INTERFACE (site));
  gcoap_context_set_server_transport (server, "socket");
  g_assert_true (gcoap_context_listen (server, "coap://127.0.0.1:0", &error));
  g_assert_no_error (error);
  gcoap_context_set_client_transport (client, "socket");
  g_object_get (client, "client-transport", &name, NULL);
  g_assert_cmpstr (name, ==, "socket");
  g_assert_cmpstr (gcoap_context_get_client_transport (client), ==, "socket");
  g_assert_cmpstr (gcoap_context_get_server_transport (client), ==, NULL);
  uris = gcoap_context_dup_listen_uris (server);
  response = get (client, uris[0], "/.well-known/core", &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
  /* A plain socket cannot tell what came to a group. */
  assert_unknown (gcoap_context_join_groups (server, NULL, &error), &error, "join");

  g_setenv ("GCOAP_CLIENT_TRANSPORT", "socket", TRUE);
  g_clear_pointer (&response, gcoap_message_unref);
  response = get (other, uris[0], "/.well-known/core", &error);
  g_assert_no_error (error);
  g_unsetenv ("GCOAP_CLIENT_TRANSPORT");
  g_unsetenv ("GCOAP_SERVER_TRANSPORT");
}

/* Sockets in the file system beside UDP, on both sides. */
static void
test_paths (void)
{
  g_autofree char *folder = g_dir_make_tmp ("gcoap-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "x.sock", NULL);
  g_autofree char *host = g_uri_escape_string (path, NULL, FALSE);
  g_autofree char *uri = g_strconcat ("coap://", host, NULL);
  g_autoptr (GcoapContext) server = gcoap_context_new ();
  g_autoptr (GcoapContext) client = gcoap_context_new ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;

  gcoap_context_set_site (server, GCOAP_REQUEST_INTERFACE (site));
  g_assert_true (gcoap_context_listen (server, uri, &error));
  g_assert_true (gcoap_context_listen (server, "coap://127.0.0.1:0", &error));
  g_assert_no_error (error);
  uris = gcoap_context_dup_listen_uris (server);
  g_assert_cmpstr (uris[0], ==, uri);
  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GcoapMessage) response = get (client, uris[i % 2], "/.well-known/core", &error);

      g_assert_no_error (error);
      g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
    }
  g_clear_object (&server);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_null (get (client, uri, "/", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
add (const char    *scheme,
     const char    *name,
     GTestDataFunc  func)
{
  g_autofree char *path = g_strdup_printf ("/context-stacks/%s/%s", scheme, name);

  g_test_add_data_func (path, scheme, func);
}

int
main (int argc, char **argv)
{
  static const char *const schemes[] = { "coap+tcp", "coaps+tcp", "coap+ws", "coaps+ws" };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      if (!gcoap_stream_transport_carries (schemes[i]))
        continue;
      add (schemes[i], "connection", test_connection);
      add (schemes[i], "observe", test_connection_observe);
      add (schemes[i], "shutdown", test_connection_shutdown);
      add (schemes[i], "uri", test_connection_uri);
      if (g_str_has_prefix (schemes[i], "coaps"))
        add (schemes[i], "no-credentials", test_no_credentials);
    }
  g_test_add_func ("/context-stacks/listen", test_listen);
  g_test_add_func ("/context-stacks/reuse-port", test_reuse_port);
  g_test_add_func ("/context-stacks/allowed-origins", test_allowed_origins);
  g_test_add_func ("/context-stacks/unreachable", test_unreachable);
  g_test_add_func ("/context-stacks/refused", test_refused);
  g_test_add_func ("/context-stacks/transports", test_transports);
  g_test_add_func ("/context-stacks/paths", test_paths);
  return g_test_run ();
}
