/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-context.h"

#include "base/gcoap-clock-private.h"
#include "base/gcoap-error.h"
#include "helpers/simulated-pair.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"

static gboolean
hello_cb (GcoapResource *resource G_GNUC_UNUSED,
          GcoapExchange *exchange,
          gpointer       data G_GNUC_UNUSED)
{
  gcoap_resource_answer_text (exchange, "Hello World!\n");
  return TRUE;
}

static void
add_hello (SimulatedPair *pair)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  g_signal_connect (resource, "get", G_CALLBACK (hello_cb), NULL);
  gcoap_site_add (pair->site, "hello", GCOAP_REQUEST_INTERFACE (resource));
}

static void
test_request (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const guint8 *payload;

  add_hello (pair);
  response = simulated_pair_request (pair, GCOAP_CODE_GET, "coap://server/hello", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
  payload = gcoap_message_get_payload_data (response, &length);
  g_assert_cmpmem (payload, length, "Hello World!\n", 13);
}

static void
test_no_site (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_context_set_site (pair->server, NULL);
  g_assert_null (gcoap_context_get_site (pair->server));
  response = simulated_pair_request (pair, GCOAP_CODE_GET, "coap://server/hello", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_NOT_FOUND);
}

static void
test_properties (void)
{
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  g_autoptr (GcoapTransportTuning) got_tuning = NULL;
  g_autoptr (GObject) got_site = NULL;
  guint timeout;

  g_object_set (context, "site", site, "tuning", tuning, "response-timeout", 5000, NULL);
  g_object_get (context, "site", &got_site, "tuning", &got_tuning, "response-timeout", &timeout,
                NULL);
  g_assert_true (got_site == G_OBJECT (site));
  g_assert_true (got_tuning == tuning);
  g_assert_cmpuint (timeout, ==, 5000);
  g_assert_nonnull (gcoap_context_get_limits (context));
  g_assert_nonnull (gcoap_context_get_statistics (context));
}

static gboolean
silent_cb (GcoapResource *resource G_GNUC_UNUSED,
           GcoapExchange *exchange,
           gpointer       data)
{
  g_set_object ((GcoapExchange **) data, exchange);
  return TRUE;
}

/* A handler that forgets gets a warning, and its peer a 5.00. */
static gboolean
forget_cb (GcoapResource *resource G_GNUC_UNUSED,
           GcoapExchange *exchange G_GNUC_UNUSED,
           gpointer       data G_GNUC_UNUSED)
{
  return TRUE;
}

static void
test_forgotten (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (resource, "post", G_CALLBACK (forget_cb), NULL);
  gcoap_site_add (pair->site, "forgetful", GCOAP_REQUEST_INTERFACE (resource));
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_WARNING, "*dropped without an answer*");
  response = simulated_pair_request (pair, GCOAP_CODE_POST, "coap://server/forgetful", "x", &error);
  g_test_assert_expected_messages ();
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);
}

/* One that keeps it for ever is caught by the limit. */
static void
test_request_timeout (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GcoapExchange) held = NULL;
  g_autoptr (GError) error = NULL;
  gint64 before = gcoap_clock_get_now (pair->clock);

  g_object_set (gcoap_context_get_limits (pair->server), "request-timeout", 7000, NULL);
  g_signal_connect (resource, "get", G_CALLBACK (silent_cb), &held);
  gcoap_site_add (pair->site, "silent", GCOAP_REQUEST_INTERFACE (resource));
  response = simulated_pair_request (pair, GCOAP_CODE_GET, "coap://server/silent", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);
  g_assert_cmpint (gcoap_clock_get_now (pair->clock) - before, >=, 7000000);
  g_assert_cmpint (gcoap_clock_get_now (pair->clock) - before, <, 8000000);
  g_assert_false (gcoap_exchange_is_open (held));
}

static gboolean
long_cb (GcoapResource *resource G_GNUC_UNUSED,
         GcoapExchange *exchange,
         gpointer       data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autofree char *text = g_strnfill (200, 'x');

  /* Options cannot be sent in blocks. */
  gcoap_message_add_option_string (response, GCOAP_OPTION_LOCATION_QUERY, text);
  gcoap_message_add_option_string (response, GCOAP_OPTION_LOCATION_QUERY, text);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

typedef struct
{
  GcoapClock    *clock;
  GcoapTimer     timer;
  GcoapExchange *exchange;
} Late;

static void
late_timer_cb (gpointer data)
{
  long_cb (NULL, ((Late *) data)->exchange, NULL);
}

/* Half a second late, so that it goes in a message of its own. */
static gboolean
separate_cb (GcoapResource *resource G_GNUC_UNUSED,
             GcoapExchange *exchange,
             gpointer       data)
{
  Late *late = data;

  g_set_object (&late->exchange, exchange);
  gcoap_timer_init (&late->timer, late_timer_cb, late);
  gcoap_clock_schedule (late->clock, &late->timer, gcoap_clock_get_now (late->clock) + 500000);
  return TRUE;
}

static void
add_long (SimulatedPair *pair,
          Late          *late)
{
  g_autoptr (GcoapSimpleResource) at_once = gcoap_simple_resource_new ();
  g_autoptr (GcoapSimpleResource) later = gcoap_simple_resource_new ();

  late->clock = pair->clock;
  g_signal_connect (at_once, "get", G_CALLBACK (long_cb), NULL);
  g_signal_connect (later, "get", G_CALLBACK (separate_cb), late);
  gcoap_site_add (pair->site, "long", GCOAP_REQUEST_INTERFACE (at_once));
  gcoap_site_add (pair->site, "late", GCOAP_REQUEST_INTERFACE (later));
}

static void
check_too_large (SimulatedPair *pair,
                 const char    *uri)
{
  g_autoptr (GError) error = NULL;
  gint64 before = gcoap_clock_get_now (pair->clock);

  g_assert_null (simulated_pair_request (pair, GCOAP_CODE_GET, uri, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_assert_nonnull (strstr (error->message, "coap://server"));
  g_assert_nonnull (strstr (error->message, "the limit max-datagram-size is 200."));
  g_assert_cmpint (gcoap_clock_get_now (pair->clock) - before, <, G_USEC_PER_SEC);
}

/* A response that is longer than what the client receives is an error at
 * once, in whatever message it comes. */
static void
test_long_response (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  Late late = { NULL };

  add_long (pair, &late);
  g_object_set (gcoap_context_get_limits (pair->client), "max-datagram-size", 200, NULL);
  check_too_large (pair, "coap://server/long");
  check_too_large (pair, "coap://server/late");
  g_clear_object (&late.exchange);

  /* A request is refused, rather than ignored, which makes the client send it
   * again in blocks. */
  g_object_set (gcoap_context_get_limits (pair->client), "max-datagram-size", 2048, NULL);
  g_object_set (gcoap_context_get_limits (pair->server), "max-datagram-size", 64, NULL);
  response = simulated_pair_request (pair, GCOAP_CODE_POST, "coap://server/long",
                                     "some text that is longer than what one can have in 64 bytes",
                                     &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_METHOD_NOT_ALLOWED);
}

static void
check_replaced (SimulatedPair *pair,
                const char    *uri)
{
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  response = simulated_pair_request (pair, GCOAP_CODE_GET, uri, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);
}

/* One that is longer than what the server can send is replaced by an error. */
static void
test_unsendable_response (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  g_autoptr (GcoapExchange) exchange = NULL;
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  Late late = { NULL };

  add_long (pair, &late);
  gcoap_simulated_link_set_mtu (pair->link, 200);
  check_replaced (pair, "coap://server/long");
  check_replaced (pair, "coap://server/late");
  g_clear_object (&late.exchange);

  gcoap_transport_tuning_set_reliability (tuning, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/long", &error);
  exchange = gcoap_exchange_new (request);
  gcoap_exchange_set_tuning (exchange, tuning);
  g_clear_object (&pair->result);
  gcoap_context_send_async (pair->client, exchange, NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 10));
  response = gcoap_context_send_finish (pair->client, pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);
}

/* A garbage collector may dispose what is still called. */
static void
test_disposed (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;

  add_hello (pair);
  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/hello", &error);
  g_assert_no_error (error);
  g_object_run_dispose (G_OBJECT (pair->client));
  g_object_run_dispose (G_OBJECT (pair->server));

  g_assert_nonnull (gcoap_context_get_runtime (pair->client));
  g_assert_nonnull (gcoap_context_get_limits (pair->client));
  g_assert_nonnull (gcoap_context_get_statistics (pair->client));
  g_assert_null (gcoap_context_get_trace (pair->client));
  g_assert_null (gcoap_context_get_site (pair->server));
  g_assert_cmpint (gcoap_context_get_amplification_policy (pair->server), ==,
                   GCOAP_AMPLIFICATION_POLICY_PUBLIC);
  gcoap_context_set_trace (pair->client, NULL);
  gcoap_context_set_site (pair->server, GCOAP_REQUEST_INTERFACE (pair->site));
  uris = gcoap_context_dup_listen_uris (pair->server);
  g_assert_cmpuint (g_strv_length (uris), ==, 0);
  g_assert_false (gcoap_context_listen (pair->server, "coap://127.0.0.1:0", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);
  gcoap_context_request_async (pair->client, request, NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 10));
  response = gcoap_context_request_finish (pair->client, pair->result, &error);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);
  g_clear_object (&pair->result);
  gcoap_context_ping_async (pair->client, "coap://server", NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 10));
  g_assert_cmpint (gcoap_context_ping_finish (pair->client, pair->result, &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);
  g_clear_object (&pair->result);
  gcoap_context_shutdown_async (pair->client, NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 10));
  g_assert_true (gcoap_context_shutdown_finish (pair->client, pair->result, &error));
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/context/request", test_request);
  g_test_add_func ("/context/no-site", test_no_site);
  g_test_add_func ("/context/properties", test_properties);
  g_test_add_func ("/context/forgotten", test_forgotten);
  g_test_add_func ("/context/disposed", test_disposed);
  g_test_add_func ("/context/long-response", test_long_response);
  g_test_add_func ("/context/unsendable-response", test_unsendable_response);
  g_test_add_func ("/context/request-timeout", test_request_timeout);
  return g_test_run ();
}
