/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the token layer promises to its two neighbours, each case of which a
 * decorator or an application relies on. */
#include "base/gcoap-error.h"
#include "helpers/mock-decorator.h"
#include "helpers/token-stack.h"
#include "interfaces/gcoap-exchange-private.h"

static void
receive (TokenStack       *stack,
         GcoapMessageType  type,
         const char       *token)
{
  mock_token_interface_request (stack->below, type, token, stack->peer, NULL, GCOAP_CODE_GET);
}

/* RFC 7252 §5.2.2: the response overtakes the acknowledgement, or replaces
 * one that was lost; the request is not sent again. */
static void
test_separate_response_with_lost_ack (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);

  token_stack_send (stack, sink);
  g_assert_false (mock_sent_is_abandoned (token_stack_last (stack)));
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                               GCOAP_CODE_CONTENT, "separate"));
  g_assert_true (mock_sent_is_abandoned (token_stack_last (stack)));
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_no_error (sink->error);
}

static void
test_rst_to_reported_non (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  GcoapExchange *exchange;

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  receive (stack, GCOAP_MESSAGE_TYPE_NON, "o");
  exchange = mock_responder_get_kept (stack->responder, 0);
  mock_respond (exchange, "unreported", FALSE);
  g_assert_false (token_stack_last (stack)->report);
  mock_respond_reported (exchange, "reported", FALSE, told);
  g_assert_true (token_stack_last (stack)->report);
  mock_token_interface_settle (stack->below, token_stack_last (stack), GCOAP_OUTCOME_RESET);
  g_assert_cmpstr (told->str, ==, "R");
  /* What follows from it is the responder's affair. */
  g_assert_true (gcoap_exchange_is_open (exchange));
  gcoap_exchange_dismiss (exchange);
  mock_responder_release (stack->responder, 0);
}

/* RFC 7641 §4.1: a peer may use a token again while its former request is
 * open. Nothing is cancelled; the newer request names the older. */
static void
test_same_token_twice (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  GcoapExchange *first, *second, *third;

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "same");
  first = mock_responder_get_kept (stack->responder, 0);
  g_assert_null (gcoap_exchange_get_predecessor (first));
  mock_respond (first, "1", FALSE);

  receive (stack, GCOAP_MESSAGE_TYPE_CON, "same");
  second = mock_responder_get_kept (stack->responder, 1);
  g_assert_true (gcoap_exchange_get_predecessor (second) == first);
  g_assert_true (gcoap_exchange_is_open (first));
  g_assert_cmpuint (mock_responder_get_n_cancelled (stack->responder), ==, 0);

  /* Another peer's token is another token. */
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "same", stack->other, NULL,
                                GCOAP_CODE_GET);
  third = mock_responder_get_kept (stack->responder, 2);
  g_assert_null (gcoap_exchange_get_predecessor (third));

  /* Both answer, each to its own message ID. */
  mock_respond (first, "2", TRUE);
  g_assert_cmpuint (token_stack_last (stack)->message_id, ==, 0);
  mock_respond (second, "3", TRUE);
  g_assert_cmpuint (token_stack_last (stack)->message_id, ==, 1);
  mock_respond (third, "4", TRUE);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 4);

  /* A closed one is nobody's predecessor. */
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "same");
  g_assert_null (gcoap_exchange_get_predecessor (mock_responder_get_kept (stack->responder, 3)));
  mock_respond (mock_responder_get_kept (stack->responder, 3), "5", TRUE);
  while (mock_responder_get_n_kept (stack->responder) > 0)
    mock_responder_release (stack->responder, 0);
}

/* RFC 7252 §8.2, §5.3.2 */
static void
test_group_with_three_senders (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->group);
  const char *names[] = { "a", "b", "c" };
  MockSent *request;

  gcoap_exchange_set_expects (sink->exchange, GCOAP_EXPECTS_GROUP);
  gcoap_exchange_set_group_wait (sink->exchange, 2000);
  token_stack_send (stack, sink);
  request = token_stack_last (stack);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GcoapEndpointAddress) member = test_named_address_new (names[i], TEST_ADDRESS_PLAIN);
      g_autofree char *text = NULL;

      token_stack_advance (stack, 500);
      g_assert_true (mock_token_interface_respond (stack->below, request, member, GCOAP_CODE_CONTENT,
                                                   names[i]));
      text = recording_sink_dup_text (sink, i);
      g_assert_cmpstr (text, ==, names[i]);
      g_assert_true (gcoap_endpoint_address_equal (g_ptr_array_index (sink->responders, i), member));
    }
  g_assert_cmpuint (sink->n_ends, ==, 0);
  token_stack_advance (stack, 500);
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  g_assert_cmpuint (sink->responses->len, ==, 3);
  g_assert_false (mock_token_interface_respond (stack->below, request, stack->peer,
                                                GCOAP_CODE_CONTENT, "late"));
}

typedef struct
{
  gboolean is_done;
  GError  *error;
} Preparation;

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  Preparation *preparation = data;

  gcoap_request_interface_prepare_finish (GCOAP_REQUEST_INTERFACE (source), result,
                                          &preparation->error);
  preparation->is_done = TRUE;
}

static GcoapExchange *
exchange_to (const char *destination)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);

  gcoap_message_set_destination (request, destination);
  return gcoap_exchange_new (request);
}

static void
test_cancel_while_resolving (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TokenStack) stack = token_stack_new ();
      g_autoptr (RecordingSink) sink =
        recording_sink_new_for_exchange (exchange_to ("coap://example.com"));
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      Preparation preparation = { FALSE, NULL };

      mock_token_interface_set_resolving_at_once (stack->below, FALSE);
      mock_token_interface_set_candidates (stack->below, stack->peer, NULL);
      gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (stack->layer), sink->exchange,
                                             cancellable, prepared_cb, &preparation);
      g_assert_cmpint (gcoap_exchange_get_state (sink->exchange), <, GCOAP_EXCHANGE_STATE_OPEN);
      if (i == 0)
        gcoap_exchange_cancel (sink->exchange);
      else
        g_cancellable_cancel (cancellable);
      mock_token_interface_finish_resolving (stack->below, NULL);
      token_stack_settle ();
      g_assert_true (preparation.is_done);
      g_assert_error (preparation.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_clear_error (&preparation.error);
      /* Straight to closed, and never asked. */
      if (i == 0)
        g_assert_cmpint (gcoap_exchange_get_state (sink->exchange), ==, GCOAP_EXCHANGE_STATE_CLOSED);
      g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 0);
      g_assert_cmpuint (sink->n_calls, ==, 0);
    }
}

/* What the router does: at an error before any answer, the next address. */
static GcoapVerdict
next_candidate_cb (GcoapExchange *exchange,
                   gboolean       is_last,
                   gpointer       data)
{
  if (gcoap_exchange_get_end (exchange) != GCOAP_EXCHANGE_END_FAILED
      || !gcoap_exchange_try_next_candidate (exchange))
    return GCOAP_VERDICT_PASS;
  gcoap_exchange_take_over (exchange);
  gcoap_exchange_add_response_filter (exchange, next_candidate_cb, data);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (data), exchange);
  return GCOAP_VERDICT_TAKE;
}

static void
test_candidates_in_turn (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GcoapEndpointAddress) third = test_named_address_new ("third", TEST_ADDRESS_PLAIN);
  g_autoptr (MockDecorator) router =
    mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (stack->layer), next_candidate_cb, stack->layer);
  g_autoptr (RecordingSink) sink = recording_sink_new_for_exchange (exchange_to ("coap://example.com"));
  g_autoptr (RecordingSink) failing = recording_sink_new_for_exchange (exchange_to ("coap://example.com"));
  Preparation preparation = { FALSE, NULL };

  mock_token_interface_set_candidates (stack->below, stack->peer, stack->other, third, NULL);
  gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (router), sink->exchange, NULL,
                                         prepared_cb, &preparation);
  token_stack_settle ();
  g_assert_true (preparation.is_done);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (router), sink->exchange);
  g_assert_true (token_stack_last (stack)->address == stack->peer);
  mock_token_interface_settle (stack->below, token_stack_last (stack), GCOAP_OUTCOME_UNREACHABLE);
  g_assert_true (token_stack_last (stack)->address == stack->other);
  mock_token_interface_break (stack->below, stack->other);
  g_assert_true (token_stack_last (stack)->address == third);
  g_assert_true (gcoap_exchange_get_address (sink->exchange) == third);
  g_assert_cmpuint (sink->n_calls, ==, 0);
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                               GCOAP_CODE_CONTENT, NULL));
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_no_error (sink->error);

  /* The second fails while it is being sent, and there is no third. */
  mock_token_interface_set_candidates (stack->below, stack->peer, stack->other, NULL);
  gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (router), failing->exchange, NULL,
                                         prepared_cb, &preparation);
  token_stack_settle ();
  recording_sink_open (failing);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (router), failing->exchange);
  mock_token_interface_fail_next (stack->below, g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                                                                     "The queue is full."));
  mock_token_interface_settle (stack->below, token_stack_last (stack), GCOAP_OUTCOME_UNREACHABLE);
  g_assert_cmpuint (failing->n_ends, ==, 1);
  g_assert_error (failing->error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
}

static void
test_reject (void)
{
  const GcoapMessageType types[] = { GCOAP_MESSAGE_TYPE_CON, GCOAP_MESSAGE_TYPE_NON };
  g_autoptr (TokenStack) stack = token_stack_new ();

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_REJECT);
  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      MockSent *sent;

      receive (stack, types[i], "r");
      sent = token_stack_last (stack);
      g_assert_cmpint (sent->kind, ==, MOCK_SENT_REJECTION);
      g_assert_cmpint (sent->type, ==, types[i]);
      g_assert_cmpuint (sent->message_id, ==, i);
      g_assert_error (sent->error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
    }
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 2);

  /* And later */
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  receive (stack, GCOAP_MESSAGE_TYPE_NON, "s");
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_REJECT);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (stack->responder),
                                   mock_responder_get_kept (stack->responder, 0));
  g_assert_cmpint (token_stack_last (stack)->kind, ==, MOCK_SENT_REJECTION);
  mock_responder_release (stack->responder, 0);
}

static void
test_dismiss (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_DISMISS);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "d");
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);
  g_assert_cmpint (token_stack_last (stack)->kind, ==, MOCK_SENT_NOTHING);

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "e");
  gcoap_exchange_dismiss (mock_responder_get_kept (stack->responder, 0));
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 2);
  g_assert_cmpint (token_stack_last (stack)->kind, ==, MOCK_SENT_NOTHING);
  g_assert_cmpuint (token_stack_last (stack)->message_id, ==, 1);
  mock_responder_release (stack->responder, 0);
}

/* Cancelling leaves neither transmission nor token behind. */
static void
test_cancel (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);

  token_stack_send (stack, sink);
  gcoap_exchange_cancel (sink->exchange);
  g_assert_true (mock_sent_is_abandoned (token_stack_last (stack)));
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 0);
  g_assert_false (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                                GCOAP_CODE_CONTENT, NULL));
  g_assert_cmpuint (sink->n_calls, ==, 0);
  g_assert_cmpuint (sink->n_destroyed, ==, 1);
}

/* Everything that can be open is open when the layer is shut down. */
static void
test_shutdown (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  RecordingSink *sinks[4];
  g_autoptr (RecordingSink) late = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  GcoapExchange *stream;
  guint n_sent;

  for (guint i = 0; i < G_N_ELEMENTS (sinks); i++)
    {
      sinks[i] = recording_sink_new (GCOAP_CODE_GET, i == GCOAP_EXPECTS_GROUP ? stack->group : stack->peer);
      gcoap_exchange_set_expects (sinks[i]->exchange, (GcoapExpects) i);
      token_stack_send (stack, sinks[i]);
    }
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "1");
  receive (stack, GCOAP_MESSAGE_TYPE_NON, "2");
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "2");
  stream = mock_responder_get_kept (stack->responder, 1);
  mock_respond_reported (stream, "x", FALSE, told);
  n_sent = mock_token_interface_get_n_sent (stack->below);

  token_stack_shutdown (stack);
  for (guint i = 0; i < G_N_ELEMENTS (sinks); i++)
    {
      g_assert_cmpuint (sinks[i]->n_ends, ==, 1);
      g_assert_error (sinks[i]->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
      recording_sink_free (sinks[i]);
    }
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, n_sent + 3);
  for (guint i = 0; i < 3; i++)
    {
      MockSent *sent = mock_token_interface_get_sent (stack->below, (int) (n_sent + i));

      g_assert_cmpint (sent->kind, ==, MOCK_SENT_RESPONSE);
      g_assert_cmphex (gcoap_message_get_code (sent->message), ==, GCOAP_CODE_SERVICE_UNAVAILABLE);
      mock_responder_release (stack->responder, 0);
    }
  g_assert_cmpuint (mock_token_interface_get_n_shutdowns (stack->below), ==, 1);
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 0);
  g_assert_cmpstr (told->str, ==, "");

  /* Nothing new, and no second shutdown below. */
  token_stack_send (stack, late);
  g_assert_error (late->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "3");
  g_assert_cmphex (gcoap_message_get_code (token_stack_last (stack)->message), ==,
                   GCOAP_CODE_SERVICE_UNAVAILABLE);
  g_assert_cmpuint (mock_responder_get_n_requests (stack->responder), ==, 3);
  token_stack_shutdown (stack);
  g_assert_cmpuint (mock_token_interface_get_n_shutdowns (stack->below), ==, 1);
}

/* A requester that asks again when it hears of the end must not keep the
 * shutdown from ending. */
static void
ask_again_cb (GcoapExchange *exchange,
              gboolean       is_last,
              gpointer       data)
{
  TokenStack *stack = data;
  g_autoptr (RecordingSink) again = recording_sink_new (GCOAP_CODE_GET, stack->peer);

  token_stack_send (stack, again);
  g_assert_error (again->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
}

static void
test_shutdown_with_stubborn_requester (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);

  gcoap_exchange_set_address (exchange, stack->peer);
  gcoap_exchange_open (exchange, ask_again_cb, stack, NULL);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (stack->layer), exchange);
  token_stack_shutdown (stack);
  g_assert_cmpint (gcoap_exchange_get_state (exchange), ==, GCOAP_EXCHANGE_STATE_CLOSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/binding/separate-response-with-lost-ack", test_separate_response_with_lost_ack);
  g_test_add_func ("/binding/rst-to-reported-non", test_rst_to_reported_non);
  g_test_add_func ("/binding/same-token-twice", test_same_token_twice);
  g_test_add_func ("/binding/group-with-three-senders", test_group_with_three_senders);
  g_test_add_func ("/binding/cancel-while-resolving", test_cancel_while_resolving);
  g_test_add_func ("/binding/candidates-in-turn", test_candidates_in_turn);
  g_test_add_func ("/binding/reject", test_reject);
  g_test_add_func ("/binding/dismiss", test_dismiss);
  g_test_add_func ("/binding/cancel", test_cancel);
  g_test_add_func ("/binding/shutdown", test_shutdown);
  g_test_add_func ("/binding/shutdown-with-stubborn-requester", test_shutdown_with_stubborn_requester);
  return g_test_run ();
}
