/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of ours: tokens, matching, outcomes and limits. */
#include "base/gcoap-error.h"
#include "helpers/token-stack.h"

static void
test_one (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autofree char *text = NULL;

  token_stack_send (stack, sink);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);
  g_assert_cmpuint (g_bytes_get_size (token_stack_last (stack)->token), ==, 8);
  /* RFC 7252 §5.3.2: another endpoint cannot answer. */
  g_assert_false (mock_token_interface_respond (stack->below, token_stack_last (stack), stack->other,
                                                GCOAP_CODE_CONTENT, "false"));
  g_assert_cmpuint (sink->n_calls, ==, 0);
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                               GCOAP_CODE_CONTENT, "true"));
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  text = recording_sink_dup_text (sink, 0);
  g_assert_cmpstr (text, ==, "true");
  /* RFC 7252 §5.2.2: the response stops the retransmissions of its request. */
  g_assert_true (mock_sent_is_abandoned (token_stack_last (stack)));
  g_assert_false (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                                GCOAP_CODE_CONTENT, "again"));
  g_assert_cmpuint (sink->n_calls, ==, 1);
}

static void
test_token_must_match (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  const guint8 *token;
  gsize length;
  guint8 longer[16] = { 0 };

  token_stack_send (stack, sink);
  token = g_bytes_get_data (token_stack_last (stack)->token, &length);
  memcpy (longer, token, length);
  for (gsize n = 0; n <= sizeof longer; n++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_CONTENT);
      GcoapPdu pdu = { .token = longer, .token_length = (guint32) n, .address = stack->peer,
                       .message = message };

      if (n != length)
        g_assert_false (gcoap_token_manager_dispatch_response (GCOAP_TOKEN_MANAGER (stack->layer), &pdu));
    }
  g_assert_cmpuint (sink->n_calls, ==, 0);
}

static void
test_code_must_be_response (void)
{
  const guint codes[] = { 0x01, 0x20, 0xc0, 0xe1, 0xff };
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);

  token_stack_send (stack, sink);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    g_assert_false (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                                  codes[i], NULL));
  g_assert_cmpuint (sink->n_calls, ==, 0);
  /* RFC 7252 §12.1: 3.xx is in the range of responses; the message layer takes
   * it for one, and the request must not wait for another. */
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                               0x60, NULL));
  g_assert_cmpuint (sink->n_ends, ==, 1);
}

static void
test_stream (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);

  gcoap_exchange_set_expects (sink->exchange, GCOAP_EXPECTS_STREAM);
  token_stack_send (stack, sink);
  for (guint i = 0; i < 3; i++)
    g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                                 GCOAP_CODE_CONTENT, "more"));
  g_assert_cmpuint (sink->responses->len, ==, 3);
  g_assert_cmpuint (sink->n_ends, ==, 0);
  g_assert_true (mock_sent_is_abandoned (token_stack_last (stack)));
  gcoap_exchange_cancel (sink->exchange);
  g_assert_false (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                                GCOAP_CODE_CONTENT, "late"));
}

/* RFC 7641 §3.6: a deregistration bears the token of the registration, which
 * may have been forgotten by then. */
static void
test_successor (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) first = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (RecordingSink) second = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (RecordingSink) third = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (RecordingSink) elsewhere = recording_sink_new (GCOAP_CODE_GET, stack->other);
  GBytes *token;

  gcoap_exchange_set_expects (first->exchange, GCOAP_EXPECTS_STREAM);
  token_stack_send (stack, first);
  token = token_stack_last (stack)->token;

  gcoap_exchange_set_predecessor (second->exchange, first->exchange);
  token_stack_send (stack, second);
  g_assert_true (g_bytes_equal (token_stack_last (stack)->token, token));
  /* The newest is answered. */
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                               GCOAP_CODE_CONTENT, NULL));
  g_assert_cmpuint (second->n_ends, ==, 1);
  g_assert_cmpuint (first->n_calls, ==, 0);
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                               GCOAP_CODE_CONTENT, NULL));
  g_assert_cmpuint (first->n_calls, ==, 1);

  gcoap_exchange_cancel (first->exchange);
  gcoap_exchange_set_predecessor (third->exchange, first->exchange);
  token_stack_send (stack, third);
  g_assert_true (g_bytes_equal (token_stack_last (stack)->token, token));

  gcoap_exchange_set_predecessor (elsewhere->exchange, first->exchange);
  token_stack_send (stack, elsewhere);
  g_assert_false (g_bytes_equal (token_stack_last (stack)->token, token));
}

static void
test_none (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) con = recording_sink_new (GCOAP_CODE_POST, stack->peer);
  g_autoptr (RecordingSink) non = recording_sink_new (GCOAP_CODE_POST, stack->peer);
  g_autoptr (RecordingSink) answered = recording_sink_new (GCOAP_CODE_POST, stack->peer);
  g_autoptr (RecordingSink) group = recording_sink_new (GCOAP_CODE_POST, stack->group);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();

  gcoap_exchange_set_expects (con->exchange, GCOAP_EXPECTS_NONE);
  token_stack_send (stack, con);
  g_assert_cmpuint (con->n_ends, ==, 0);
  mock_token_interface_settle (stack->below, token_stack_last (stack), GCOAP_OUTCOME_ACKNOWLEDGED);
  g_assert_cmpint (con->end, ==, GCOAP_EXCHANGE_END_DISMISSED);

  gcoap_transport_tuning_set_reliability (tuning, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  gcoap_exchange_set_tuning (non->exchange, tuning);
  gcoap_exchange_set_expects (non->exchange, GCOAP_EXPECTS_NONE);
  token_stack_send (stack, non);
  g_assert_cmpint (non->end, ==, GCOAP_EXCHANGE_END_DISMISSED);
  g_assert_true (token_stack_last (stack)->tuning == tuning);
  /* Nobody waits for it, but it is to go out. */
  g_assert_false (mock_sent_is_abandoned (token_stack_last (stack)));

  gcoap_exchange_set_expects (answered->exchange, GCOAP_EXPECTS_NONE);
  token_stack_send (stack, answered);
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                               GCOAP_CODE_CHANGED, NULL));
  g_assert_cmpint (answered->end, ==, GCOAP_EXCHANGE_END_RESPONDED);

  gcoap_exchange_set_expects (group->exchange, GCOAP_EXPECTS_NONE);
  token_stack_send (stack, group);
  g_assert_cmpint (group->end, ==, GCOAP_EXCHANGE_END_DISMISSED);
}

static void
test_outcomes (void)
{
  static const struct { GcoapOutcome outcome; GcoapError error; } cases[] = {
    { GCOAP_OUTCOME_RESET, GCOAP_ERROR_RESET },
    { GCOAP_OUTCOME_TIMED_OUT, GCOAP_ERROR_TIMED_OUT },
    { GCOAP_OUTCOME_UNREACHABLE, GCOAP_ERROR_UNREACHABLE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TokenStack) stack = token_stack_new ();
      g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);

      token_stack_send (stack, sink);
      mock_token_interface_settle (stack->below, token_stack_last (stack), cases[i].outcome);
      g_assert_cmpuint (sink->n_ends, ==, 1);
      g_assert_error (sink->error, GCOAP_ERROR, (int) cases[i].error);
      /* It names the peer, and only once. */
      g_assert_nonnull (strstr (sink->error->message, "coap://peer"));
      g_assert_true (strstr (sink->error->message, "coap://peer")
                     == g_strrstr (sink->error->message, "coap://peer"));
      g_assert_false (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                                    GCOAP_CODE_CONTENT, NULL));
    }
}

static void
test_acknowledged_goes_on (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);

  token_stack_send (stack, sink);
  mock_token_interface_settle (stack->below, token_stack_last (stack), GCOAP_OUTCOME_ACKNOWLEDGED);
  g_assert_cmpuint (sink->n_calls, ==, 0);
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), NULL,
                                               GCOAP_CODE_CONTENT, NULL));
  g_assert_cmpuint (sink->n_ends, ==, 1);
}

static void
test_group_without_answer (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) one = recording_sink_new (GCOAP_CODE_GET, stack->group);
  g_autoptr (RecordingSink) reset = recording_sink_new (GCOAP_CODE_GET, stack->group);

  gcoap_exchange_set_group_wait (one->exchange, 500);
  token_stack_send (stack, one);
  token_stack_advance (stack, 499);
  g_assert_cmpuint (one->n_ends, ==, 0);
  token_stack_advance (stack, 1);
  g_assert_error (one->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_true (mock_sent_is_abandoned (token_stack_last (stack)));

  /* One member does not speak for all. */
  token_stack_send (stack, reset);
  mock_token_interface_settle (stack->below, token_stack_last (stack), GCOAP_OUTCOME_RESET);
  g_assert_cmpuint (reset->n_ends, ==, 0);
  g_assert_true (mock_token_interface_respond (stack->below, token_stack_last (stack), stack->peer,
                                               GCOAP_CODE_CONTENT, NULL));
  g_assert_cmpuint (reset->n_ends, ==, 1);
  g_assert_true (g_ptr_array_index (reset->responders, 0) == stack->peer);
}

/* RFC 7252 §5.4.1 */
static void
test_critical_option (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (RecordingSink) group = recording_sink_new (GCOAP_CODE_GET, stack->group);
  g_autoptr (GcoapMessage) bad = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autoptr (GcoapMessage) elective = gcoap_message_new (GCOAP_CODE_CONTENT);

  gcoap_message_add_option (bad, 65001, NULL, 0);
  gcoap_message_add_option (elective, 65000, NULL, 0);

  token_stack_send (stack, sink);
  g_assert_false (mock_token_interface_respond_message (stack->below, token_stack_last (stack), NULL,
                                                        bad));
  g_assert_error (sink->error, GCOAP_ERROR, GCOAP_ERROR_UNKNOWN_OPTION);
  g_assert_nonnull (strstr (sink->error->message, "65001"));

  token_stack_send (stack, group);
  g_assert_false (mock_token_interface_respond_message (stack->below, token_stack_last (stack),
                                                        stack->peer, bad));
  g_assert_cmpuint (group->n_ends, ==, 0);
  g_assert_true (mock_token_interface_respond_message (stack->below, token_stack_last (stack),
                                                       stack->other, elective));
  g_assert_cmpuint (group->responses->len, ==, 1);
}

static void
test_limit (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) first = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (RecordingSink) second = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (RecordingSink) third = recording_sink_new (GCOAP_CODE_GET, stack->peer);

  g_object_set (stack->runtime->limits, "max-outbound-exchanges", 1, NULL);
  token_stack_send (stack, first);
  token_stack_send (stack, second);
  g_assert_error (second->error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_cmpuint (stack->runtime->statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 1);
  gcoap_exchange_cancel (first->exchange);
  token_stack_send (stack, third);
  g_assert_cmpuint (third->n_ends, ==, 0);
}

static void
test_cannot_send (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) failing = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (RecordingSink) nowhere = recording_sink_new (GCOAP_CODE_GET, NULL);
  g_autoptr (RecordingSink) response = recording_sink_new (GCOAP_CODE_CONTENT, stack->peer);

  mock_token_interface_fail_next (stack->below, g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                                                                     "It is too large."));
  token_stack_send (stack, failing);
  g_assert_error (failing->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  token_stack_send (stack, nowhere);
  g_assert_error (nowhere->error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  token_stack_send (stack, response);
  g_assert_error (response->error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 0);
}

/* A link without delay may answer while the request is being sent. */
static void
test_answered_while_sending (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, stack->peer);
  g_autoptr (GcoapMessage) answer = gcoap_message_new (GCOAP_CODE_CONTENT);

  mock_token_interface_answer_next (stack->below, answer);
  token_stack_send (stack, sink);
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_true (mock_sent_is_abandoned (token_stack_last (stack)));
}

static void
test_secure_tokens (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GcoapEndpointAddress) secure = test_named_address_new ("peer", TEST_ADDRESS_SECURE);

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, secure);
      const guint8 expected = (guint8) i;
      gsize length;
      const guint8 *token;

      token_stack_send (stack, sink);
      token = g_bytes_get_data (token_stack_last (stack)->token, &length);
      g_assert_cmpmem (token, length, &expected, 1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-outgoing/one", test_one);
  g_test_add_func ("/token-outgoing/token-must-match", test_token_must_match);
  g_test_add_func ("/token-outgoing/code-must-be-response", test_code_must_be_response);
  g_test_add_func ("/token-outgoing/stream", test_stream);
  g_test_add_func ("/token-outgoing/successor", test_successor);
  g_test_add_func ("/token-outgoing/none", test_none);
  g_test_add_func ("/token-outgoing/outcomes", test_outcomes);
  g_test_add_func ("/token-outgoing/acknowledged-goes-on", test_acknowledged_goes_on);
  g_test_add_func ("/token-outgoing/group-without-answer", test_group_without_answer);
  g_test_add_func ("/token-outgoing/critical-option", test_critical_option);
  g_test_add_func ("/token-outgoing/limit", test_limit);
  g_test_add_func ("/token-outgoing/cannot-send", test_cannot_send);
  g_test_add_func ("/token-outgoing/answered-while-sending", test_answered_while_sending);
  g_test_add_func ("/token-outgoing/secure-tokens", test_secure_tokens);
  return g_test_run ();
}
