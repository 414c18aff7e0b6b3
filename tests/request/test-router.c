/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The choice of token layers, and the way from one address to the next. */
#include "request/gcoap-router-private.h"

#include "base/gcoap-error.h"
#include "helpers/mock-layer.h"
#include "helpers/named-address.h"
#include "helpers/test-exchange.h"

typedef struct
{
  GcoapRouter *router;
  MockLayer   *udp;
  MockLayer   *tcp;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->router = gcoap_router_new ();
  fixture->udp = mock_layer_new ();
  fixture->udp->recognized = g_strdup ("first");
  fixture->tcp = mock_layer_new ();
  fixture->tcp->recognized = g_strdup ("second");
  gcoap_router_add (fixture->router, "coap", GCOAP_REQUEST_INTERFACE (fixture->udp));
  gcoap_router_add (fixture->router, "coap+tcp", GCOAP_REQUEST_INTERFACE (fixture->tcp));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_object_unref (fixture->router);
  g_object_unref (fixture->udp);
  g_object_unref (fixture->tcp);
}

static TestExchange *
send_to (Fixture    *fixture,
         const char *name,
         ...)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new (name, TEST_ADDRESS_PLAIN);
  TestExchange *exchange = test_exchange_new_outbound (request, address);
  GPtrArray *candidates = g_ptr_array_new_with_free_func (g_object_unref);
  va_list names;
  const char *next;

  va_start (names, name);
  while ((next = va_arg (names, const char *)) != NULL)
    g_ptr_array_add (candidates, test_named_address_new (next, TEST_ADDRESS_PLAIN));
  va_end (names);
  gcoap_exchange_set_candidates (exchange->exchange, candidates);
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->router));
  return exchange;
}

static void
run_idle_sources (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
test_by_address (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (TestExchange) first = send_to (fixture, "first", NULL);
  g_autoptr (TestExchange) second = send_to (fixture, "second", NULL);
  g_autoptr (TestExchange) third = send_to (fixture, "third", NULL);

  test_exchange_assert_code (first, GCOAP_CODE_CONTENT);
  test_exchange_assert_code (second, GCOAP_CODE_CONTENT);
  g_assert_cmpuint (fixture->udp->n_requests, ==, 1);
  g_assert_cmpuint (fixture->tcp->n_requests, ==, 1);
  test_exchange_assert_end (third, GCOAP_EXCHANGE_END_FAILED);
  g_assert_error (third->error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
}

static void
test_next_candidate (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = NULL;
  g_autofree char *hostinfo = NULL;

  fixture->udp->error = g_error_new_literal (GCOAP_ERROR, GPOINTER_TO_INT (data), "No way.");
  exchange = send_to (fixture, "first", "first", "second", NULL);
  g_assert_cmpuint (exchange->n_ends, ==, 0);
  run_idle_sources ();
  /* Twice by the one layer, the third address is the other's. */
  g_assert_cmpuint (fixture->udp->n_requests, ==, 2);
  g_assert_cmpuint (fixture->tcp->n_requests, ==, 1);
  test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
  hostinfo = gcoap_endpoint_address_dup_hostinfo (gcoap_exchange_get_address (exchange->exchange));
  g_assert_cmpstr (hostinfo, ==, "second");
}

static void
test_all_candidates_fail (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = NULL;

  fixture->udp->error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_REFUSED, "Not here.");
  exchange = send_to (fixture, "first", "first", "first", NULL);
  run_idle_sources ();
  g_assert_cmpuint (fixture->udp->n_requests, ==, 3);
  test_exchange_assert_end (exchange, GCOAP_EXCHANGE_END_FAILED);
  g_assert_error (exchange->error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
}

/* A request that may have been executed is not sent to somebody else. */
static void
test_time_out_ends (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = NULL;

  fixture->udp->error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT, "Too late.");
  exchange = send_to (fixture, "first", "second", NULL);
  run_idle_sources ();
  g_assert_cmpuint (fixture->tcp->n_requests, ==, 0);
  test_exchange_assert_end (exchange, GCOAP_EXCHANGE_END_FAILED);
  g_assert_error (exchange->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
}

static void
test_not_after_response (Fixture       *fixture,
                         gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = NULL;
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE, "Gone.");

  fixture->udp->holds = TRUE;
  exchange = send_to (fixture, "first", "second", NULL);
  gcoap_exchange_respond (exchange->exchange, response, FALSE);
  gcoap_exchange_fail (exchange->exchange, error);
  run_idle_sources ();
  g_assert_cmpuint (fixture->tcp->n_requests, ==, 0);
  g_assert_cmpuint (exchange->n_ends, ==, 1);
  g_assert_error (exchange->error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
}

static void
test_cancelled_between (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (TestExchange) exchange = NULL;

  fixture->udp->error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE, "No way.");
  exchange = send_to (fixture, "first", "second", NULL);
  gcoap_exchange_cancel (exchange->exchange);
  run_idle_sources ();
  g_assert_cmpuint (fixture->tcp->n_requests, ==, 0);
  g_assert_cmpuint (exchange->n_ends, ==, 0);
}

typedef struct
{
  gboolean  done;
  gboolean  succeeded;
  GError   *error;
} Outcome;

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->succeeded = gcoap_request_interface_prepare_finish (GCOAP_REQUEST_INTERFACE (source),
                                                               result, &outcome->error);
  outcome->done = TRUE;
}

static gboolean
prepare (Fixture       *fixture,
         GcoapExchange *exchange,
         GError       **error)
{
  Outcome outcome = { FALSE };

  gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (fixture->router), exchange, NULL,
                                         prepared_cb, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (outcome.succeeded == (outcome.error == NULL));
  if (outcome.error != NULL)
    g_propagate_error (error, outcome.error);
  return outcome.succeeded;
}

static gboolean
prepare_destination (Fixture    *fixture,
                     const char *destination,
                     GError    **error)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) exchange = NULL;

  gcoap_message_set_destination (request, destination);
  exchange = gcoap_exchange_new (request);
  return prepare (fixture, exchange, error);
}

static void
test_prepare (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (prepare_destination (fixture, "coap+tcp://host", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->udp->n_prepared, ==, 0);
  g_assert_cmpuint (fixture->tcp->n_prepared, ==, 1);
  g_assert_true (prepare_destination (fixture, "COAP://host", &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->udp->n_prepared, ==, 1);

  g_assert_false (prepare_destination (fixture, "coap+foo://host", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_assert_cmpstr (error->message, ==,
                   "coap+foo://host cannot be asked: there is no transport for coap+foo here.");
  g_clear_error (&error);
  g_assert_false (prepare_destination (fixture, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  fixture->udp->prepare_error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND, "Who?");
  g_assert_false (prepare_destination (fixture, "coap://host", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND);
}

static void
test_prepare_with_address (Fixture       *fixture,
                           gconstpointer  data)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  g_autoptr (GcoapEndpointAddress) second = test_named_address_new ("second", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) third = test_named_address_new ("third", TEST_ADDRESS_PLAIN);
  g_autoptr (GError) error = NULL;

  gcoap_exchange_set_address (exchange, second);
  g_assert_true (prepare (fixture, exchange, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (fixture->tcp->n_prepared, ==, 1);
  g_assert_true (gcoap_request_interface_recognizes (GCOAP_REQUEST_INTERFACE (fixture->router),
                                                     exchange));
  gcoap_exchange_set_address (exchange, third);
  g_assert_false (prepare (fixture, exchange, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_assert_false (gcoap_request_interface_recognizes (GCOAP_REQUEST_INTERFACE (fixture->router),
                                                      exchange));
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Outcome *outcome = user_data;

  outcome->succeeded = gcoap_request_interface_shutdown_finish (GCOAP_REQUEST_INTERFACE (source),
                                                                result, &outcome->error);
  outcome->done = TRUE;
}

static void
test_shutdown (Fixture       *fixture,
               gconstpointer  data)
{
  Outcome outcome = { FALSE };

  /* An error of one does not keep the others from being shut down. */
  fixture->udp->prepare_error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_FAILED, "No.");
  gcoap_request_interface_shutdown_async (GCOAP_REQUEST_INTERFACE (fixture->router), NULL,
                                          shut_down_cb, &outcome);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_false (outcome.succeeded);
  g_assert_error (outcome.error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_clear_error (&outcome.error);
  g_assert_cmpuint (fixture->udp->n_shut_down, ==, 1);
  g_assert_cmpuint (fixture->tcp->n_shut_down, ==, 1);
}

static void
test_table (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (MockLayer) other = mock_layer_new ();
  GcoapRequestInterface *udp = GCOAP_REQUEST_INTERFACE (fixture->udp);

  /* The first of a scheme is asked. */
  gcoap_router_add (fixture->router, "coap", GCOAP_REQUEST_INTERFACE (other));
  g_assert_true (gcoap_router_lookup (fixture->router, "coap") == udp);
  g_assert_true (gcoap_router_remove (fixture->router, udp));
  g_assert_false (gcoap_router_remove (fixture->router, udp));
  g_assert_true (gcoap_router_lookup (fixture->router, "coap") == GCOAP_REQUEST_INTERFACE (other));
  g_assert_null (gcoap_router_lookup (fixture->router, "coaps"));
}

static void
test_unprepared (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (TestExchange) exchange = test_exchange_new_outbound (request, NULL);

  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->router));
  test_exchange_assert_end (exchange, GCOAP_EXCHANGE_END_FAILED);
  g_assert_error (exchange->error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

/* Sockets in the file system are another layer's. */
static void
test_keys (Fixture       *fixture,
           gconstpointer  data)
{
  static const struct { const char *uri; const char *key; } rows[] = {
    { "coap://h/a", "coap" },
    { "coap://%2Frun%2Fx/a", "coap://%2F" },
    { "COAP://%2frun%2fx", "COAP://%2f" },
    { "coap+tcp://%41", "coap+tcp" },
    { "coap:", "coap" },
    { "h", NULL },
  };
  g_autoptr (MockLayer) paths = mock_layer_new ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *key = gcoap_router_dup_key (rows[i].uri);

      g_assert_cmpstr (key, ==, rows[i].key);
    }
  g_assert_null (gcoap_router_lookup (fixture->router, "coap://%2F"));
  gcoap_router_add (fixture->router, "coap://%2F", GCOAP_REQUEST_INTERFACE (paths));
  g_assert_true (gcoap_router_lookup (fixture->router, "COAP://%2f") == GCOAP_REQUEST_INTERFACE (paths));
  g_assert_true (gcoap_router_lookup (fixture->router, "coap") == GCOAP_REQUEST_INTERFACE (fixture->udp));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/router/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("by-address", test_by_address);
  g_test_add ("/router/next-candidate/unreachable", Fixture, GINT_TO_POINTER (GCOAP_ERROR_UNREACHABLE),
              set_up, test_next_candidate, tear_down);
  g_test_add ("/router/next-candidate/refused", Fixture, GINT_TO_POINTER (GCOAP_ERROR_REFUSED),
              set_up, test_next_candidate, tear_down);
  /* A firewall in the way of one IP version need not be in that of the other. */
  g_test_add ("/router/next-candidate/permission", Fixture, GINT_TO_POINTER (GCOAP_ERROR_PERMISSION),
              set_up, test_next_candidate, tear_down);
  ADD ("all-candidates-fail", test_all_candidates_fail);
  ADD ("time-out-ends", test_time_out_ends);
  ADD ("not-after-response", test_not_after_response);
  ADD ("cancelled-between", test_cancelled_between);
  ADD ("prepare", test_prepare);
  ADD ("prepare-with-address", test_prepare_with_address);
  ADD ("shutdown", test_shutdown);
  ADD ("table", test_table);
  ADD ("unprepared", test_unprepared);
  ADD ("keys", test_keys);
  return g_test_run ();
}
