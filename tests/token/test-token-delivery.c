/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What became of a response reaches whoever sent it with a report. */
#include "helpers/token-stack.h"

static GcoapExchange *
receive (TokenStack *stack)
{
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_NON, "t", stack->peer, NULL,
                                GCOAP_CODE_GET);
  return mock_responder_get_kept (stack->responder,
                                  mock_responder_get_n_kept (stack->responder) - 1);
}

static void
release_all (TokenStack *stack)
{
  while (mock_responder_get_n_kept (stack->responder) > 0)
    mock_responder_release (stack->responder, 0);
}

static void
test_outcomes (void)
{
  const GcoapOutcome outcomes[] = { GCOAP_OUTCOME_ACKNOWLEDGED, GCOAP_OUTCOME_RESET,
                                    GCOAP_OUTCOME_TIMED_OUT, GCOAP_OUTCOME_UNREACHABLE };
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  GcoapExchange *exchange = receive (stack);

  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    mock_respond_reported (exchange, "x", i == 3, told);
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_assert_true (mock_token_interface_get_sent (stack->below, (int) i)->report);
      mock_token_interface_settle (stack->below, mock_token_interface_get_sent (stack->below, (int) i),
                                   outcomes[i]);
    }
  g_assert_cmpstr (told->str, ==, "ARTU");
  release_all (stack);
}

static void
test_no_news (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  GcoapExchange *exchange = receive (stack);

  mock_respond_reported (exchange, "x", FALSE, told);
  token_stack_advance (stack, 100000);
  mock_respond_reported (exchange, "y", TRUE, told);
  release_all (stack);
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 2);
  token_stack_advance (stack, 147000);
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 1);
  token_stack_advance (stack, 100000);
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 0);
  g_assert_cmpstr (told->str, ==, "");
}

static void
test_peer_is_gone (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GString) told = g_string_new (NULL);

  mock_respond_reported (receive (stack), "x", TRUE, told);
  mock_token_interface_break (stack->below, stack->other);
  g_assert_cmpstr (told->str, ==, "");
  mock_token_interface_break (stack->below, stack->peer);
  g_assert_cmpstr (told->str, ==, "U");
  release_all (stack);
}

static void
test_limit (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  GcoapExchange *exchange = receive (stack);

  g_object_set (stack->runtime->limits, "max-inbound-exchanges", 2, NULL);
  for (guint i = 0; i < 3; i++)
    mock_respond_reported (exchange, "x", i == 2, told);
  release_all (stack);
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 2);
  g_assert_cmpuint (stack->runtime->statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 1);
  mock_token_interface_settle (stack->below, token_stack_last (stack), GCOAP_OUTCOME_RESET);
  g_assert_cmpstr (told->str, ==, "R");
}

/* What is kept of a stream does not grow with what it says. */
static void
test_stream (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  GcoapExchange *exchange = receive (stack);
  GcoapExchange *other = receive (stack);

  mock_token_interface_set_unconfirmed (stack->below, TRUE);
  for (guint i = 0; i < 100; i++)
    mock_respond_reported (exchange, "x", FALSE, told);
  mock_respond_reported (other, "x", FALSE, told);
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 2);
  g_assert_true (mock_sent_is_abandoned (mock_token_interface_get_sent (stack->below, -3)));
  g_assert_false (mock_sent_is_abandoned (mock_token_interface_get_sent (stack->below, -2)));

  /* Whether a confirmable one arrived is of interest in any case. */
  mock_token_interface_set_unconfirmed (stack->below, FALSE);
  mock_respond_reported (exchange, "y", FALSE, told);
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 3);
  mock_token_interface_settle (stack->below, mock_token_interface_get_sent (stack->below, -3),
                               GCOAP_OUTCOME_RESET);
  mock_token_interface_settle (stack->below, token_stack_last (stack), GCOAP_OUTCOME_ACKNOWLEDGED);
  g_assert_cmpstr (told->str, ==, "RA");
  release_all (stack);
}

typedef struct
{
  GcoapExchange *other;
  GString       *told;
} LastWords;

static void
last_words_cb (gpointer data)
{
  LastWords *words = data;

  if (gcoap_exchange_is_open (words->other))
    mock_respond_reported (words->other, "bye", TRUE, words->told);
  g_object_unref (words->other);
  g_free (words);
}

static void
set_last_words (GcoapExchange *exchange,
                GcoapExchange *other,
                GString       *told)
{
  LastWords *words = g_new (LastWords, 1);

  words->other = g_object_ref (other);
  words->told = told;
  gcoap_exchange_set_cancel_callback (exchange, NULL, words, last_words_cb);
}

/* The end of one exchange answers another, with a report: nothing is waited
 * for when the layer goes. */
static void
test_gone_layer (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (GString) told = g_string_new (NULL);
  GcoapExchange *first = receive (stack);
  GcoapExchange *second;

  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_NON, "t", stack->other, NULL,
                                GCOAP_CODE_GET);
  second = mock_responder_get_kept (stack->responder, 1);
  set_last_words (first, second, told);
  set_last_words (second, first, told);
  g_object_run_dispose (G_OBJECT (stack->layer));
  g_assert_cmpuint (mock_token_interface_count_held (stack->below), ==, 0);
  g_assert_false (gcoap_exchange_is_open (first));
  g_assert_false (gcoap_exchange_is_open (second));
  release_all (stack);
  g_assert_cmpstr (told->str, ==, "");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token-delivery/outcomes", test_outcomes);
  g_test_add_func ("/token-delivery/no-news", test_no_news);
  g_test_add_func ("/token-delivery/peer-is-gone", test_peer_is_gone);
  g_test_add_func ("/token-delivery/limit", test_limit);
  g_test_add_func ("/token-delivery/stream", test_stream);
  g_test_add_func ("/token-delivery/gone-layer", test_gone_layer);
  return g_test_run ();
}
