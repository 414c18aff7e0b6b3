/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of peers: answered at once or later, refused, forgotten. */
#include "base/gcoap-error.h"
#include "helpers/token-stack.h"

static void
receive (TokenStack       *stack,
         GcoapMessageType  type,
         const char       *token)
{
  mock_token_interface_request (stack->below, type, token, stack->peer, NULL, GCOAP_CODE_GET);
}

static GcoapCode
last_code (TokenStack *stack)
{
  MockSent *sent = token_stack_last (stack);

  g_assert_cmpint (sent->kind, ==, MOCK_SENT_RESPONSE);
  return gcoap_message_get_code (sent->message);
}

static void
test_at_once (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  receive (stack, GCOAP_MESSAGE_TYPE_CON, "ab");
  g_assert_cmphex (last_code (stack), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpmem (g_bytes_get_data (token_stack_last (stack)->token, NULL), 2, "ab", 2);
  g_assert_true (token_stack_last (stack)->address == stack->peer);
  g_assert_false (token_stack_last (stack)->report);
  receive (stack, GCOAP_MESSAGE_TYPE_NON, "");
  g_assert_cmpint (token_stack_last (stack)->type, ==, GCOAP_MESSAGE_TYPE_NON);
  g_assert_cmpuint (token_stack_last (stack)->message_id, ==, 1);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 2);
}

static void
test_kept (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GcoapLocal) local = gcoap_local_new ("192.0.2.1:5683", 0, FALSE);
  GcoapExchange *exchange;
  MockSent *sent;

  g_object_set (stack->runtime->limits, "max-token-length", 65804, NULL);
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  mock_token_interface_set_room (stack->below, 777);
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "a token of many bytes",
                                stack->peer, local, GCOAP_CODE_GET);
  exchange = mock_responder_get_kept (stack->responder, 0);
  g_assert_true (gcoap_exchange_is_inbound (exchange));
  g_assert_cmpuint (gcoap_exchange_get_room (exchange), ==, 777);
  g_assert_true (gcoap_exchange_get_address (exchange) == stack->peer);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 0);

  mock_respond (exchange, "late", TRUE);
  sent = token_stack_last (stack);
  g_assert_cmpint (sent->kind, ==, MOCK_SENT_RESPONSE);
  g_assert_cmpint (sent->type, ==, GCOAP_MESSAGE_TYPE_CON);
  g_assert_cmpuint (sent->message_id, ==, 0);
  g_assert_cmpmem (g_bytes_get_data (sent->token, NULL), g_bytes_get_size (sent->token),
                   "a token of many bytes", 21);
  g_assert_true (sent->local == local);
  mock_respond (exchange, "too late", TRUE);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);
  mock_responder_release (stack->responder, 0);
}

static void
test_stream (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  GcoapExchange *exchange;

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "s");
  exchange = mock_responder_get_kept (stack->responder, 0);
  mock_respond (exchange, "1", FALSE);
  /* A stream may be silent for long. */
  token_stack_advance (stack, 10000000);
  mock_respond (exchange, "2", FALSE);
  mock_respond (exchange, "3", TRUE);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 3);
  mock_responder_release (stack->responder, 0);
}

/* The first response comes inside the call, and others after it. */
static void
test_stream_at_once (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_STREAM);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "s");
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);
  token_stack_advance (stack, 10000000);
  mock_respond (mock_responder_get_kept (stack->responder, 0), "2", TRUE);
  g_assert_cmphex (last_code (stack), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 2);
  mock_responder_release (stack->responder, 0);
}

/* RFC 7252 §4.5: whether a repeated request may be executed again is said of
 * the exchange, and told to the message layer with each response. */
static void
test_repeatable (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GcoapMessage) shared = gcoap_message_new (GCOAP_CODE_CONTENT);

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  for (guint i = 0; i < 4; i++)
    {
      GcoapExchange *exchange;

      receive (stack, GCOAP_MESSAGE_TYPE_CON, "r");
      exchange = mock_responder_get_kept (stack->responder, 0);
      g_assert_false (gcoap_exchange_is_repeatable (exchange));
      gcoap_exchange_set_repeatable (exchange, i % 2 == 0);
      gcoap_exchange_respond (exchange, shared, TRUE);
      g_assert_cmpint (gcoap_message_is_repeatable (token_stack_last (stack)->message), ==, i % 2 == 0);
      mock_responder_release (stack->responder, 0);
    }
}

static void
test_request_timeout (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  g_object_set (stack->runtime->limits, "request-timeout", 1000, NULL);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "t");
  token_stack_advance (stack, 999);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 0);
  token_stack_advance (stack, 1);
  g_assert_cmphex (last_code (stack), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);
  mock_respond (mock_responder_get_kept (stack->responder, 0), "too late", TRUE);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);

  g_object_set (stack->runtime->limits, "request-timeout", 0, NULL);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "u");
  token_stack_advance (stack, 10000000);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);
  mock_respond (mock_responder_get_kept (stack->responder, 1), "in time", TRUE);
  mock_responder_release (stack->responder, 1);
  mock_responder_release (stack->responder, 0);
}

static void
test_limits (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  guint max_age = 0;

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  g_object_set (stack->runtime->limits, "max-inbound-exchanges-per-peer", 2,
                "max-inbound-exchanges", 3, NULL);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "1");
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "2");
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 0);
  receive (stack, GCOAP_MESSAGE_TYPE_NON, "3");
  g_assert_cmphex (last_code (stack), ==, GCOAP_CODE_SERVICE_UNAVAILABLE);
  g_assert_true (gcoap_message_get_option_uint (token_stack_last (stack)->message,
                                                GCOAP_OPTION_MAX_AGE, &max_age));
  g_assert_cmpuint (max_age, ==, 10);
  /* Its handler has nothing left to do. */
  g_assert_cmpuint (mock_responder_get_n_cancelled (stack->responder), ==, 1);
  mock_respond (mock_responder_get_kept (stack->responder, 2), "too late", TRUE);
  mock_responder_release (stack->responder, 2);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);

  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "1", stack->other, NULL,
                                GCOAP_CODE_GET);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "2", stack->other, NULL,
                                GCOAP_CODE_GET);
  g_assert_cmphex (last_code (stack), ==, GCOAP_CODE_SERVICE_UNAVAILABLE);
  /* RFC 7252 §8.2: no errors to groups. */
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_NON, "3", stack->other,
                                stack->group_local, GCOAP_CODE_GET);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 2);
  g_assert_cmpuint (mock_responder_get_n_requests (stack->responder), ==, 6);
  g_assert_cmpuint (mock_responder_get_n_cancelled (stack->responder), ==, 3);
  g_assert_cmpuint (stack->runtime->statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 3);

  /* What is answered at once takes no room. */
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_ANSWER);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "4");
  g_assert_cmphex (last_code (stack), ==, GCOAP_CODE_CONTENT);

  /* A stream that has begun is ended by its next response. */
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_STREAM);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "5");
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 5);
  g_assert_cmphex (last_code (stack), ==, GCOAP_CODE_SERVICE_UNAVAILABLE);

  token_stack_shutdown (stack);
  while (mock_responder_get_n_kept (stack->responder) > 0)
    mock_responder_release (stack->responder, 0);
}

/* RFC 8974 §2.2.2 */
static void
test_token_too_long (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  receive (stack, GCOAP_MESSAGE_TYPE_CON, "nine byte");
  g_assert_cmphex (last_code (stack), ==, GCOAP_CODE_BAD_REQUEST);
  g_assert_cmpuint (mock_responder_get_n_requests (stack->responder), ==, 0);
}

static void
test_no_responder (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  gcoap_token_layer_set_inbound (stack->layer, NULL);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "x");
  g_assert_cmpint (token_stack_last (stack)->kind, ==, MOCK_SENT_REJECTION);
  g_assert_error (token_stack_last (stack)->error, GCOAP_RESPONSE_ERROR,
                  GCOAP_RESPONSE_ERROR_NOT_FOUND);
}

static void
test_not_a_request (void)
{
  const guint codes[] = { 0x00, 0x20, 0x45, 0x84, 0xe1 };
  g_autoptr (TokenStack) stack = token_stack_new ();

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "x", stack->peer, NULL,
                                  codes[i]);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 0);
  g_assert_cmpuint (mock_responder_get_n_requests (stack->responder), ==, 0);
}

/* The responder is told when its requester's association is gone. */
static void
test_peer_is_gone (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  receive (stack, GCOAP_MESSAGE_TYPE_CON, "1");
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "1", stack->other, NULL,
                                GCOAP_CODE_GET);
  mock_token_interface_break (stack->below, stack->peer);
  g_assert_cmpuint (mock_responder_get_n_cancelled (stack->responder), ==, 1);
  mock_respond (mock_responder_get_kept (stack->responder, 0), "to nobody", TRUE);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 0);
  mock_respond (mock_responder_get_kept (stack->responder, 1), "to the other", TRUE);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);
  mock_responder_release (stack->responder, 1);
  mock_responder_release (stack->responder, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-incoming/at-once", test_at_once);
  g_test_add_func ("/token-incoming/kept", test_kept);
  g_test_add_func ("/token-incoming/stream", test_stream);
  g_test_add_func ("/token-incoming/stream-at-once", test_stream_at_once);
  g_test_add_func ("/token-incoming/repeatable", test_repeatable);
  g_test_add_func ("/token-incoming/request-timeout", test_request_timeout);
  g_test_add_func ("/token-incoming/limits", test_limits);
  g_test_add_func ("/token-incoming/token-too-long", test_token_too_long);
  g_test_add_func ("/token-incoming/no-responder", test_no_responder);
  g_test_add_func ("/token-incoming/not-a-request", test_not_a_request);
  g_test_add_func ("/token-incoming/peer-is-gone", test_peer_is_gone);
  return g_test_run ();
}
