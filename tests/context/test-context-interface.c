/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-context.h"

#include "base/gcoap-error.h"
#include "helpers/simulated-pair.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"

static gboolean
silent_cb (GcoapResource *resource G_GNUC_UNUSED,
           GcoapExchange *exchange,
           gpointer       data)
{
  g_set_object ((GcoapExchange **) data, exchange);
  return TRUE;
}

/* Shutting down with a request open on either side ends both. */
static void
test_shutdown (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapExchange) held = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) request_result = NULL;

  g_signal_connect (resource, "get", G_CALLBACK (silent_cb), &held);
  gcoap_site_add (pair->site, "silent", GCOAP_REQUEST_INTERFACE (resource));
  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/silent", &error);
  g_assert_no_error (error);
  gcoap_context_request_async (pair->client, request, NULL, simulated_pair_done_cb, pair);
  g_assert_false (simulated_pair_run (pair, 2));
  g_assert_nonnull (held);

  gcoap_context_shutdown_async (pair->server, NULL, NULL, NULL);
  g_assert_true (simulated_pair_run (pair, 10));
  response = gcoap_context_request_finish (pair->client, pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_SERVICE_UNAVAILABLE);

  g_clear_object (&pair->result);
  gcoap_context_shutdown_async (pair->client, NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 10));
  gcoap_context_shutdown_finish (pair->client, pair->result, &error);
  g_assert_no_error (error);

  g_clear_object (&pair->result);
  gcoap_context_request_async (pair->client, request, NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 10));
  g_assert_null (gcoap_context_request_finish (pair->client, pair->result, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
}

static gboolean
hello_cb (GcoapResource *resource G_GNUC_UNUSED,
          GcoapExchange *exchange,
          gpointer       data G_GNUC_UNUSED)
{
  gcoap_resource_answer_text (exchange, "Hello World!\n");
  return TRUE;
}

static void
keep_answer_cb (GcoapExchange *exchange,
                gboolean       is_last,
                gpointer       user_data)
{
  g_assert_true (is_last);
  *(GcoapMessage **) user_data = gcoap_message_ref (gcoap_exchange_get_response (exchange));
}

/* Any request interface can stand before a context: what is prepared and asked
 * through it goes to the network. */
static void
test_outbound (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GcoapExchange) exchange = NULL;
  g_autoptr (GError) error = NULL;
  GcoapRequestInterface *client = GCOAP_REQUEST_INTERFACE (pair->client);

  g_signal_connect (resource, "get", G_CALLBACK (hello_cb), NULL);
  gcoap_site_add (pair->site, "hello", GCOAP_REQUEST_INTERFACE (resource));
  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/hello", &error);
  g_assert_no_error (error);
  exchange = gcoap_exchange_new (request);

  gcoap_request_interface_prepare_async (client, exchange, NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 10));
  g_assert_true (gcoap_request_interface_prepare_finish (client, pair->result, &error));
  g_assert_no_error (error);
  g_assert_nonnull (gcoap_exchange_get_address (exchange));

  gcoap_exchange_open (exchange, keep_answer_cb, &response, NULL);
  gcoap_request_interface_request (client, exchange);
  /* What ends the wait is a result, and this way has none. */
  g_clear_object (&pair->result);
  g_assert_false (simulated_pair_run (pair, 10));
  g_assert_nonnull (response);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
}

/* A URI nothing can carry is refused before anything is sent. */
static void
test_unsupported_scheme (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) exchange = NULL;
  g_autoptr (GError) error = NULL;
  GcoapRequestInterface *client = GCOAP_REQUEST_INTERFACE (pair->client);

  exchange = gcoap_exchange_new (request);
  gcoap_request_interface_prepare_async (client, exchange, NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 10));
  g_assert_false (gcoap_request_interface_prepare_finish (client, pair->result, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/context-interface/shutdown", test_shutdown);
  g_test_add_func ("/context-interface/outbound", test_outbound);
  g_test_add_func ("/context-interface/unsupported-scheme", test_unsupported_scheme);
  return g_test_run ();
}
