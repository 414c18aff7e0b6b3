/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The layer as a whole: finding addresses, recognising them, errors of an
 * address, shutdown and disposal. */
#include "base/gcoap-error.h"
#include "helpers/token-stack.h"

typedef struct
{
  gboolean is_done;
  gboolean result;
  GError  *error;
} Completion;

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Completion *completion = data;

  completion->result = gcoap_request_interface_prepare_finish (GCOAP_REQUEST_INTERFACE (source),
                                                               result, &completion->error);
  completion->is_done = TRUE;
}

static void
prepare (TokenStack    *stack,
         GcoapExchange *exchange,
         Completion    *completion)
{
  *completion = (Completion) { FALSE, FALSE, NULL };
  gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (stack->layer), exchange, NULL,
                                         prepared_cb, completion);
}

static RecordingSink *
sink_for (const char *destination)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);

  if (destination != NULL)
    gcoap_message_set_destination (request, destination);
  return recording_sink_new_for_exchange (gcoap_exchange_new (request));
}

static void
test_prepare (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = sink_for ("coap://example.com");
  g_autoptr (RecordingSink) lost = sink_for (NULL);
  g_autoptr (RecordingSink) unknown = sink_for ("coap://unknown.example");
  Completion completion;

  mock_token_interface_set_candidates (stack->below, stack->peer, stack->other, NULL);
  mock_token_interface_set_room (stack->below, 500);
  prepare (stack, sink->exchange, &completion);
  token_stack_settle ();
  g_assert_true (completion.result);
  g_assert_true (gcoap_exchange_get_address (sink->exchange) == stack->peer);
  g_assert_cmpuint (gcoap_exchange_get_room (sink->exchange), ==, 500);

  /* Who has an address needs no other. */
  prepare (stack, sink->exchange, &completion);
  token_stack_settle ();
  g_assert_true (completion.result);
  g_assert_cmpuint (mock_token_interface_get_n_resolved (stack->below), ==, 1);

  prepare (stack, lost->exchange, &completion);
  token_stack_settle ();
  g_assert_error (completion.error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&completion.error);

  mock_token_interface_set_resolving_at_once (stack->below, FALSE);
  prepare (stack, unknown->exchange, &completion);
  mock_token_interface_finish_resolving (stack->below,
                                         g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND,
                                                              "There is no such host."));
  token_stack_settle ();
  g_assert_error (completion.error, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND);
  g_clear_error (&completion.error);
}

static void
test_recognizes (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GcoapEndpointAddress) secure = test_named_address_new ("s", TEST_ADDRESS_SECURE);
  static const struct { const char *destination; gboolean is_recognized; } cases[] = {
    { "coap://host", TRUE },
    { "COAP://host:1", TRUE },
    { "coaps://host", FALSE },
    { "coap+tcp://host", FALSE },
    { "coa", FALSE },
    { NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (RecordingSink) sink = sink_for (cases[i].destination);

      g_assert_cmpint (gcoap_request_interface_recognizes (GCOAP_REQUEST_INTERFACE (stack->layer),
                                                           sink->exchange),
                       ==, cases[i].is_recognized);
    }
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, i == 0 ? stack->peer : secure);

      g_assert_cmpint (gcoap_request_interface_recognizes (GCOAP_REQUEST_INTERFACE (stack->layer),
                                                           sink->exchange), ==, i == 0);
    }
}

/* Asks again in its sink, at the same dead address. */
static void
stubborn_cb (GcoapExchange *exchange,
             gboolean       is_last,
             gpointer       data)
{
  TokenStack *stack = data;
  RecordingSink *again = recording_sink_new (GCOAP_CODE_GET, stack->peer);

  g_assert_error (gcoap_exchange_get_error (exchange), GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  token_stack_send (stack, again);
  g_object_set_data_full (G_OBJECT (exchange), "again", again, (GDestroyNotify) recording_sink_free);
}

static void
test_dispatch_error (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  RecordingSink *sinks[3] = { NULL };
  RecordingSink *again;
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) stubborn = gcoap_exchange_new (request);

  for (guint i = 0; i < 3; i++)
    {
      sinks[i] = recording_sink_new (GCOAP_CODE_GET, i == 2 ? stack->other : stack->peer);
      token_stack_send (stack, sinks[i]);
    }
  gcoap_exchange_set_address (stubborn, stack->peer);
  gcoap_exchange_open (stubborn, stubborn_cb, stack, NULL);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (stack->layer), stubborn);

  mock_token_interface_break (stack->below, stack->peer);
  g_assert_error (sinks[0]->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_error (sinks[1]->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_cmpuint (sinks[2]->n_ends, ==, 0);
  /* The new one is not swept away, or two stubborn sides would never stop. */
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 5);
  again = g_object_get_data (G_OBJECT (stubborn), "again");
  g_assert_cmpuint (again->n_ends, ==, 0);
  for (guint i = 0; i < 3; i++)
    recording_sink_free (sinks[i]);
}

/* A new association starts with new keys, so its count may begin anew. */
static void
test_association_ends (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GcoapEndpointAddress) secure = test_named_address_new ("s", TEST_ADDRESS_SECURE);

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, secure);

      token_stack_send (stack, sink);
      g_assert_cmpmem (g_bytes_get_data (token_stack_last (stack)->token, NULL),
                       g_bytes_get_size (token_stack_last (stack)->token), "\0", 1);
      mock_token_interface_break (stack->below, secure);
      g_assert_cmpuint (sink->n_ends, ==, 1);
    }
}

static void
test_dispose (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (GcoapTokenLayer) replacement = NULL;

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "x", stack->peer, NULL,
                                GCOAP_CODE_GET);
  token_stack_send (stack, sink);
  g_clear_object (&stack->layer);
  g_assert_error (sink->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_cmpint (token_stack_last (stack)->kind, ==, MOCK_SENT_RESPONSE);
  g_assert_cmphex (gcoap_message_get_code (token_stack_last (stack)->message), ==,
                   GCOAP_CODE_SERVICE_UNAVAILABLE);
  mock_respond (mock_responder_get_kept (stack->responder, 0), "too late", TRUE);
  mock_responder_release (stack->responder, 0);
  stack->layer = gcoap_token_layer_new (GCOAP_TOKEN_INTERFACE (stack->below), stack->runtime);
}

static void
test_responder_is_gone (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  /* The layer holds its responder weakly. */
  g_assert_finalize_object (stack->responder);
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "x", stack->peer, NULL,
                                GCOAP_CODE_GET);
  g_assert_cmpint (token_stack_last (stack)->kind, ==, MOCK_SENT_REJECTION);
  stack->responder = mock_responder_new (MOCK_RESPONDER_ANSWER);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-layer/prepare", test_prepare);
  g_test_add_func ("/token-layer/recognizes", test_recognizes);
  g_test_add_func ("/token-layer/dispatch-error", test_dispatch_error);
  g_test_add_func ("/token-layer/association-ends", test_association_ends);
  g_test_add_func ("/token-layer/dispose", test_dispose);
  g_test_add_func ("/token-layer/responder-is-gone", test_responder_is_gone);
  return g_test_run ();
}
