/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Real sockets on loopback: listening, and requests to what listens. */
#include "context/gcoap-context.h"

#include <glib/gstdio.h>

#include "base/gcoap-error.h"
#include "context/gcoap-observation.h"
#include "site/gcoap-simple-resource.h"
#include "site/gcoap-site.h"

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
test_tcp (void)
{
  g_autoptr (GcoapContext) server = gcoap_context_new ();
  g_autoptr (GcoapContext) client = gcoap_context_new ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;
  guint64 n_made = 0;

  gcoap_context_set_site (server, GCOAP_REQUEST_INTERFACE (site));
  gcoap_context_listen (server, "coap://127.0.0.1:0", &error);
  gcoap_context_listen (server, "coap+tcp://127.0.0.1:0", &error);
  g_assert_no_error (error);
  uris = gcoap_context_dup_listen_uris (server);
  g_assert_cmpuint (g_strv_length (uris), ==, 2);
  g_assert_true (g_str_has_prefix (uris[1], "coap+tcp://127.0.0.1:"));
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
test_tcp_observe (void)
{
  GcoapContext *server = gcoap_context_new ();
  g_autoptr (GcoapContext) client = gcoap_context_new ();
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
  gcoap_context_listen (server, "coap+tcp://127.0.0.1:0", &error);
  g_assert_no_error (error);
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
test_tcp_shutdown (void)
{
  g_autoptr (GcoapContext) server = gcoap_context_new ();
  g_autoptr (GcoapContext) client = gcoap_context_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_auto (GStrv) uris = NULL;
  gint64 before;

  gcoap_context_listen (server, "coap+tcp://[::1]:0", &error);
  g_assert_no_error (error);
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/context-stacks/listen", test_listen);
  g_test_add_func ("/context-stacks/tcp", test_tcp);
  g_test_add_func ("/context-stacks/reuse-port", test_reuse_port);
  g_test_add_func ("/context-stacks/tcp-observe", test_tcp_observe);
  g_test_add_func ("/context-stacks/tcp-shutdown", test_tcp_shutdown);
  g_test_add_func ("/context-stacks/unreachable", test_unreachable);
  g_test_add_func ("/context-stacks/refused", test_refused);
  g_test_add_func ("/context-stacks/transports", test_transports);
  g_test_add_func ("/context-stacks/paths", test_paths);
  return g_test_run ();
}
