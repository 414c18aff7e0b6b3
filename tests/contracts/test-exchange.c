/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The contract of the exchange between requester, decorators and responder. */
#include "base/gcoap-error.h"
#include "helpers/mock-decorator.h"
#include "helpers/token-stack.h"

static GcoapExchange *
kept (TokenStack *stack)
{
  return mock_responder_get_kept (stack->responder, 0);
}

/* Sends through a chain that ends at a responder that keeps the exchange. */
static RecordingSink *
ask (GcoapRequestInterface *first)
{
  RecordingSink *sink = recording_sink_new (GCOAP_CODE_GET, NULL);

  recording_sink_open (sink);
  gcoap_request_interface_request (first, sink->exchange);
  return sink;
}

static void
assert_text (RecordingSink *sink,
             guint          n,
             const char    *expected)
{
  g_autofree char *text = recording_sink_dup_text (sink, n);

  g_assert_cmpstr (text, ==, expected);
}

/* A response filter that takes over what it is told to, once. */
typedef struct
{
  guint             take_at;     /* the how-many-th call; 0: never */
  guint             n_calls;
  GcoapExchangeEnd  last_end;
  gboolean          saw_error;
} Taker;

static GcoapVerdict
taker_cb (GcoapExchange *exchange,
          gboolean       is_last,
          gpointer       data)
{
  Taker *taker = data;

  taker->n_calls++;
  taker->last_end = gcoap_exchange_get_end (exchange);
  taker->saw_error = gcoap_exchange_get_error (exchange) != NULL;
  return taker->n_calls == taker->take_at ? GCOAP_VERDICT_TAKE : GCOAP_VERDICT_PASS;
}

typedef struct
{
  MockResponder *responder;
  MockDecorator *near_responder;
  MockDecorator *near_requester;
  Taker          inner;            /* near the responder: called first */
  Taker          outer;
} Chain;

static void
chain_init (Chain *chain,
            guint  inner_takes_at)
{
  memset (chain, 0, sizeof *chain);
  chain->inner.take_at = inner_takes_at;
  chain->responder = mock_responder_new (MOCK_RESPONDER_KEEP);
  chain->near_responder =
    mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (chain->responder), taker_cb, &chain->inner);
  chain->near_requester =
    mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (chain->near_responder), taker_cb,
                                  &chain->outer);
}

static void
chain_clear (Chain *chain)
{
  mock_responder_release (chain->responder, 0);
  g_assert_finalize_object (chain->near_requester);
  g_assert_finalize_object (chain->near_responder);
  g_assert_finalize_object (chain->responder);
}

static void
test_filter_takes_last (void)
{
  Chain chain;
  g_autoptr (RecordingSink) sink = NULL;

  chain_init (&chain, 1);
  sink = ask (GCOAP_REQUEST_INTERFACE (chain.near_requester));
  mock_respond (mock_responder_get_kept (chain.responder, 0), "taken", TRUE);
  /* It is open, and whoever took the response answers. */
  g_assert_cmpuint (sink->n_calls, ==, 0);
  g_assert_true (gcoap_exchange_is_open (sink->exchange));
  g_assert_cmpint (gcoap_exchange_get_end (sink->exchange), ==, GCOAP_EXCHANGE_END_NONE);
  g_assert_cmpuint (chain.outer.n_calls, ==, 0);

  mock_respond (sink->exchange, "better", TRUE);
  /* The filter that took it is gone, the one before it is not. */
  g_assert_cmpuint (chain.inner.n_calls, ==, 1);
  g_assert_cmpuint (chain.outer.n_calls, ==, 1);
  g_assert_cmpuint (sink->responses->len, ==, 1);
  assert_text (sink, 0, "better");
  g_assert_cmpuint (sink->n_destroyed, ==, 1);
  chain_clear (&chain);
}

static void
test_filter_takes_error (void)
{
  Chain chain;
  g_autoptr (RecordingSink) sink = NULL;
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_RESET, "It was reset.");

  chain_init (&chain, 1);
  sink = ask (GCOAP_REQUEST_INTERFACE (chain.near_requester));
  gcoap_exchange_fail (mock_responder_get_kept (chain.responder, 0), error);
  g_assert_cmpint (chain.inner.last_end, ==, GCOAP_EXCHANGE_END_FAILED);
  g_assert_true (chain.inner.saw_error);
  g_assert_true (gcoap_exchange_is_open (sink->exchange));
  g_assert_null (gcoap_exchange_get_error (sink->exchange));

  gcoap_exchange_dismiss (sink->exchange);
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_DISMISSED);
  g_assert_no_error (sink->error);
  g_assert_cmpint (chain.outer.last_end, ==, GCOAP_EXCHANGE_END_DISMISSED);
  chain_clear (&chain);
}

static void
test_filter_takes_middle (void)
{
  Chain chain;
  g_autoptr (RecordingSink) sink = NULL;
  GcoapExchange *exchange;

  chain_init (&chain, 2);
  sink = ask (GCOAP_REQUEST_INTERFACE (chain.near_requester));
  exchange = mock_responder_get_kept (chain.responder, 0);
  mock_respond (exchange, "1", FALSE);
  mock_respond (exchange, "2", FALSE);
  mock_respond (exchange, "3", FALSE);
  mock_respond (exchange, "4", TRUE);
  /* The stream goes on, and so does the filter. */
  g_assert_cmpuint (chain.inner.n_calls, ==, 4);
  g_assert_cmpuint (chain.outer.n_calls, ==, 3);
  g_assert_cmpuint (sink->responses->len, ==, 3);
  assert_text (sink, 0, "1");
  assert_text (sink, 1, "3");
  assert_text (sink, 2, "4");
  g_assert_cmpuint (sink->n_ends, ==, 1);
  chain_clear (&chain);
}

static void
count_cancelled_cb (GcoapExchange *exchange,
                    gpointer       data)
{
  ++*(guint *) data;
}

/* A filter that knows better than the responder that a stream ends. */
static GcoapVerdict
ending_cb (GcoapExchange *exchange,
           gboolean       is_last,
           gpointer       data)
{
  GcoapVerdict *verdict = data;

  g_assert_false (is_last);
  gcoap_exchange_make_last (exchange);
  return *verdict;
}

static void
test_filter_makes_last (void)
{
  for (guint i = 0; i < 2; i++)
    {
      GcoapVerdict verdict = i == 0 ? GCOAP_VERDICT_PASS : GCOAP_VERDICT_TAKE;
      g_autoptr (MockResponder) responder = mock_responder_new (MOCK_RESPONDER_KEEP);
      g_autoptr (MockDecorator) ending =
        mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (responder), ending_cb, &verdict);
      Taker taker = { 0 };
      g_autoptr (MockDecorator) outer =
        mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (ending), taker_cb, &taker);
      g_autoptr (RecordingSink) sink = ask (GCOAP_REQUEST_INTERFACE (outer));
      GcoapExchange *exchange = mock_responder_get_kept (responder, 0);
      guint n_cancelled;

      /* The responder hears of it inside its own call. */
      gcoap_exchange_set_cancel_callback (exchange, count_cancelled_cb, &n_cancelled, NULL);
      n_cancelled = 0;
      mock_respond (exchange, "last", FALSE);
      g_assert_cmpuint (n_cancelled, ==, 1);
      if (verdict == GCOAP_VERDICT_PASS)
        {
          g_assert_cmpint (taker.last_end, ==, GCOAP_EXCHANGE_END_RESPONDED);
          assert_text (sink, 0, "last");
        }
      else
        {
          /* Who takes it has become the responder. */
          g_assert_cmpuint (sink->n_calls, ==, 0);
          mock_respond (exchange, "more", TRUE);
        }
      g_assert_cmpuint (sink->n_ends, ==, 1);
      g_assert_false (gcoap_exchange_is_open (exchange));
      g_assert_cmpuint (sink->n_destroyed, ==, 1);
      mock_responder_release (responder, 0);
    }
}

/* A filter that hands the exchange to another responder at once. */
typedef struct
{
  GcoapRequestInterface *second;
  guint                  n_calls;
} Handover;

static GcoapVerdict
handover_cb (GcoapExchange *exchange,
             gboolean       is_last,
             gpointer       data)
{
  Handover *handover = data;

  handover->n_calls++;
  gcoap_exchange_take_over (exchange);
  gcoap_request_interface_request (handover->second, exchange);
  return GCOAP_VERDICT_TAKE;
}

static void
test_handover_within_filter (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (MockResponder) first = mock_responder_new (MOCK_RESPONDER_FAIL);
      g_autoptr (MockResponder) second = mock_responder_new (i == 0 ? MOCK_RESPONDER_ANSWER
                                                                    : MOCK_RESPONDER_FAIL);
      Handover handover = { GCOAP_REQUEST_INTERFACE (second), 0 };
      Taker outer_taker = { 0 };
      g_autoptr (MockDecorator) inner =
        mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (first), handover_cb, &handover);
      g_autoptr (MockDecorator) outer =
        mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (inner), taker_cb, &outer_taker);
      g_autoptr (RecordingSink) sink = ask (GCOAP_REQUEST_INTERFACE (outer));

      g_assert_cmpuint (handover.n_calls, ==, 1);
      g_assert_cmpuint (outer_taker.n_calls, ==, 1);
      g_assert_cmpuint (sink->n_ends, ==, 1);
      g_assert_cmpint (sink->end, ==, i == 0 ? GCOAP_EXCHANGE_END_RESPONDED : GCOAP_EXCHANGE_END_FAILED);
    }
}

static void
test_filters_see_cancellation (void)
{
  Chain chain;
  g_autoptr (RecordingSink) sink = NULL;

  /* It cannot be taken. */
  chain_init (&chain, 1);
  sink = ask (GCOAP_REQUEST_INTERFACE (chain.near_requester));
  gcoap_exchange_cancel (sink->exchange);
  g_assert_cmpuint (chain.inner.n_calls, ==, 1);
  g_assert_cmpuint (chain.outer.n_calls, ==, 1);
  g_assert_cmpint (chain.inner.last_end, ==, GCOAP_EXCHANGE_END_CANCELLED);
  g_assert_cmpuint (mock_responder_get_n_cancelled (chain.responder), ==, 1);
  g_assert_cmpuint (sink->n_calls, ==, 0);
  g_assert_cmpuint (sink->n_destroyed, ==, 1);
  g_assert_cmpint (gcoap_exchange_get_state (sink->exchange), ==, GCOAP_EXCHANGE_STATE_CLOSED);
  chain_clear (&chain);
}

/* A sink that ends the stream when it has heard enough. */
static void
cancelling_cb (GcoapExchange *exchange,
               gboolean       is_last,
               gpointer       data)
{
  guint *n_calls = data;

  if (++*n_calls == 2)
    gcoap_exchange_cancel (exchange);
}

static void
test_cancel_in_sink (void)
{
  g_autoptr (MockResponder) responder = mock_responder_new (MOCK_RESPONDER_KEEP);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  guint n_calls = 0;

  gcoap_exchange_open (exchange, cancelling_cb, &n_calls, NULL);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (responder), exchange);
  for (guint i = 0; i < 4; i++)
    mock_respond (exchange, "x", FALSE);
  g_assert_cmpuint (n_calls, ==, 2);
  g_assert_cmpuint (mock_responder_get_n_cancelled (responder), ==, 1);
}

static void
test_stream_through_two_deriving (void)
{
  g_autoptr (MockResponder) responder = mock_responder_new (MOCK_RESPONDER_KEEP);
  g_autoptr (MockDecorator) inner =
    mock_decorator_new_deriving (GCOAP_REQUEST_INTERFACE (responder), 'i');
  g_autoptr (MockDecorator) outer = mock_decorator_new_deriving (GCOAP_REQUEST_INTERFACE (inner), 'o');
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, NULL);
  g_autoptr (RecordingSink) again = recording_sink_new (GCOAP_CODE_GET, NULL);
  const char *claims[] = { "somebody", NULL };
  GcoapExchange *derived, *successor;
  const guint8 *payload;
  gsize length;

  gcoap_exchange_set_expects (sink->exchange, GCOAP_EXPECTS_STREAM);
  gcoap_exchange_set_claims (sink->exchange, claims);
  gcoap_exchange_set_room (sink->exchange, 99);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (outer), sink->exchange);

  derived = mock_responder_get_kept (responder, 0);
  g_assert_true (derived != sink->exchange);
  g_assert_cmpint (gcoap_exchange_get_expects (derived), ==, GCOAP_EXPECTS_STREAM);
  g_assert_cmpstr (gcoap_exchange_get_claims (derived)[0], ==, "somebody");
  g_assert_cmpuint (gcoap_exchange_get_room (derived), ==, 99);
  payload = gcoap_message_get_payload_data (gcoap_exchange_get_request (derived), &length);
  g_assert_cmpmem (payload, length, "oi", 2);

  mock_respond (derived, "1", FALSE);
  mock_respond (derived, "2", FALSE);
  assert_text (sink, 0, "1io");
  assert_text (sink, 1, "2io");
  g_assert_cmpuint (sink->n_ends, ==, 0);

  /* Who succeeds the outer one succeeds, at the far end, what was derived. */
  gcoap_exchange_set_predecessor (again->exchange, sink->exchange);
  recording_sink_open (again);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (outer), again->exchange);
  successor = mock_responder_get_kept (responder, 1);
  g_assert_true (gcoap_exchange_get_predecessor (successor) == derived);

  /* Cancelling runs down both derivations. */
  g_assert_cmpuint (mock_decorator_get_n_open (outer), ==, 2);
  gcoap_exchange_cancel (sink->exchange);
  g_assert_cmpuint (mock_responder_get_n_cancelled (responder), ==, 1);
  g_assert_cmpint (gcoap_exchange_get_end (derived), ==, GCOAP_EXCHANGE_END_CANCELLED);
  g_assert_cmpuint (mock_decorator_get_n_open (outer), ==, 1);
  g_assert_cmpuint (mock_decorator_get_n_open (inner), ==, 1);
  mock_respond (derived, "3", FALSE);
  g_assert_cmpuint (sink->responses->len, ==, 2);

  mock_respond (successor, "last", TRUE);
  assert_text (again, 0, "lastio");
  g_assert_cmpuint (again->n_ends, ==, 1);
  g_assert_cmpuint (mock_decorator_get_n_open (outer), ==, 0);
  g_assert_cmpuint (mock_decorator_get_n_open (inner), ==, 0);
  mock_responder_release (responder, 1);
  mock_responder_release (responder, 0);
}

/* Inbound, what leaves must have gone through every decorator: the error of
 * an inner exchange is a response when the outer one sees it. */
static void
test_fail_never_crosses_inbound (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  Taker taker = { 0 };
  g_autoptr (MockDecorator) deriving = NULL;
  g_autoptr (MockDecorator) filtering = NULL;
  MockSent *sent;
  const guint8 *payload;
  gsize length;

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_FAIL);
  filtering = mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (stack->responder), taker_cb, &taker);
  deriving = mock_decorator_new_deriving (GCOAP_REQUEST_INTERFACE (filtering), '!');
  gcoap_token_layer_set_inbound (stack->layer, GCOAP_REQUEST_INTERFACE (deriving));
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "t", stack->peer, NULL,
                                GCOAP_CODE_GET);

  g_assert_cmpuint (taker.n_calls, ==, 1);
  g_assert_cmpint (taker.last_end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  g_assert_false (taker.saw_error);
  sent = token_stack_last (stack);
  g_assert_cmpint (sent->kind, ==, MOCK_SENT_RESPONSE);
  g_assert_cmphex (gcoap_message_get_code (sent->message), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);
  payload = gcoap_message_get_payload_data (sent->message, &length);
  /* The decorator has put its mark on it, and no secret is in it. */
  g_assert_cmpuint (length, >, 0);
  g_assert_cmpint (payload[length - 1], ==, '!');
  g_assert_null (g_strstr_len ((const char *) payload, (gssize) length, "secret"));
}

/* Outbound, the requester gets the very error. */
static void
test_fail_rises_outbound (void)
{
  g_autoptr (MockResponder) responder = mock_responder_new (MOCK_RESPONDER_FAIL);
  g_autoptr (MockDecorator) deriving =
    mock_decorator_new_deriving (GCOAP_REQUEST_INTERFACE (responder), '!');
  g_autoptr (RecordingSink) sink = ask (GCOAP_REQUEST_INTERFACE (deriving));

  g_assert_error (sink->error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_assert_cmpuint (sink->responses->len, ==, 0);
}

static void
expect_drop_warning (void)
{
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_WARNING, "*dropped without an answer*");
}

static void
test_dropped (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_DROP);
  expect_drop_warning ();
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "t", stack->peer, NULL,
                                GCOAP_CODE_GET);
  g_test_assert_expected_messages ();
  /* Not inside the call: a garbage collector may be at work there. */
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 0);
  token_stack_settle ();
  g_assert_cmpint (token_stack_last (stack)->kind, ==, MOCK_SENT_RESPONSE);
  g_assert_cmphex (gcoap_message_get_code (token_stack_last (stack)->message), ==,
                   GCOAP_CODE_INTERNAL_SERVER_ERROR);
  g_assert_cmpuint (stack->runtime->statistics->counters[GCOAP_COUNTER_EXCHANGES_DROPPED], ==, 1);

  /* Dropped later */
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_NON, "u", stack->peer, NULL,
                                GCOAP_CODE_GET);
  expect_drop_warning ();
  mock_responder_release (stack->responder, 0);
  g_test_assert_expected_messages ();
  token_stack_settle ();
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 2);
}

/* Dropped with a derived exchange between it and the requester. */
static void
test_dropped_derived (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (MockDecorator) deriving =
    mock_decorator_new_deriving (GCOAP_REQUEST_INTERFACE (stack->responder), '!');

  gcoap_token_layer_set_inbound (stack->layer, GCOAP_REQUEST_INTERFACE (deriving));
  mock_responder_set_mode (stack->responder, MOCK_RESPONDER_DROP);
  expect_drop_warning ();
  mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "t", stack->peer, NULL,
                                GCOAP_CODE_GET);
  g_test_assert_expected_messages ();
  token_stack_settle ();
  g_assert_cmpuint (mock_token_interface_get_n_sent (stack->below), ==, 1);
  g_assert_cmpuint (mock_decorator_get_n_open (deriving), ==, 0);
}

/* What a responder may do with an exchange it keeps beyond its end. */
typedef enum { HOLD_NOTHING, HOLD_REF, HOLD_WEAK_REF, HOLD_QDATA, HOLD_TOGGLE_REF } Hold;

static struct
{
  Hold           hold;
  GcoapExchange *last;
  GObject       *weak;
  guint          n_recycled;
} holder;

static void
toggled_cb (gpointer data,
            GObject *object,
            gboolean is_last)
{
}

static GcoapVerdict
hold_cb (GcoapExchange *exchange,
         gboolean       is_last,
         gpointer       data)
{
  holder.n_recycled += exchange == holder.last;
  holder.last = exchange;
  switch (holder.hold)
    {
    case HOLD_REF:
      g_object_ref (exchange);
      break;
    case HOLD_WEAK_REF:
      holder.weak = G_OBJECT (exchange);
      g_object_add_weak_pointer (G_OBJECT (exchange), (gpointer *) &holder.weak);
      break;
    case HOLD_QDATA:
      g_object_set_data (G_OBJECT (exchange), "wrapper", (gpointer) &holder);
      break;
    case HOLD_TOGGLE_REF:
      g_object_add_toggle_ref (G_OBJECT (exchange), toggled_cb, NULL);
      break;
    case HOLD_NOTHING:
    default:
      break;
    }
  return GCOAP_VERDICT_PASS;
}

static gboolean
recycling_is_on (void)
{
#if defined (__SANITIZE_ADDRESS__)
  return FALSE;
#else
  return TRUE;
#endif
}

static void
test_recycling (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();
  g_autoptr (MockDecorator) decorator =
    mock_decorator_new_filtering (GCOAP_REQUEST_INTERFACE (stack->responder), hold_cb, NULL);

  gcoap_token_layer_set_inbound (stack->layer, GCOAP_REQUEST_INTERFACE (decorator));
  for (Hold hold = HOLD_NOTHING; hold <= HOLD_TOGGLE_REF; hold++)
    {
      GcoapExchange *held;

      holder.hold = hold;
      holder.last = NULL;
      holder.weak = NULL;
      holder.n_recycled = 0;
      mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "1", stack->peer, NULL,
                                    GCOAP_CODE_GET);
      held = holder.last;
      if (hold == HOLD_WEAK_REF)
        /* Not kept for reuse, so it is gone and the weak reference says so. */
        g_assert_null (holder.weak);
      holder.hold = HOLD_NOTHING;
      if (hold == HOLD_REF || hold == HOLD_TOGGLE_REF)
        {
          mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "2", stack->peer, NULL,
                                        GCOAP_CODE_PUT);
          g_assert_cmpuint (holder.n_recycled, ==, 0);
          g_assert_cmphex (gcoap_message_get_code (gcoap_exchange_get_request (held)), ==, GCOAP_CODE_GET);
          g_assert_cmpint (gcoap_exchange_get_state (held), ==, GCOAP_EXCHANGE_STATE_CLOSED);
        }
      else if (hold == HOLD_NOTHING && recycling_is_on ())
        {
          mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "2", stack->peer, NULL,
                                        GCOAP_CODE_PUT);
          g_assert_cmpuint (holder.n_recycled, ==, 1);
        }
      if (hold == HOLD_REF)
        g_object_unref (held);
      else if (hold == HOLD_TOGGLE_REF)
        g_object_remove_toggle_ref (G_OBJECT (held), toggled_cb, NULL);
    }
}

/* A recycled exchange brings nothing along from its former life. */
static void
test_recycled_is_clean (void)
{
  g_autoptr (TokenStack) stack = token_stack_new ();

  for (guint i = 0; i < 3; i++)
    {
      GcoapExchange *exchange;

      mock_responder_set_mode (stack->responder, MOCK_RESPONDER_KEEP);
      mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "1", stack->peer, NULL,
                                    GCOAP_CODE_GET);
      exchange = kept (stack);
      g_assert_null (gcoap_exchange_get_claims (exchange));
      g_assert_null (gcoap_exchange_get_predecessor (exchange));
      g_assert_null (gcoap_exchange_get_response (exchange));
      g_assert_cmpuint (gcoap_exchange_get_path_depth (exchange), ==, 0);
      g_assert_cmpint (gcoap_exchange_get_expects (exchange), ==, GCOAP_EXPECTS_ONE);
      gcoap_exchange_set_path_depth (exchange, 3);
      gcoap_exchange_set_expects (exchange, GCOAP_EXPECTS_STREAM);
      mock_respond (exchange, "x", TRUE);
      mock_responder_release (stack->responder, 0);

      /* Answered inside the call, as those that are recycled are. */
      mock_responder_set_mode (stack->responder, MOCK_RESPONDER_REJECT);
      mock_token_interface_request (stack->below, GCOAP_MESSAGE_TYPE_CON, "2", stack->peer, NULL,
                                    GCOAP_CODE_GET);
    }
}

static void
test_ends_once (void)
{
  g_autoptr (MockResponder) responder = mock_responder_new (MOCK_RESPONDER_KEEP);
  g_autoptr (RecordingSink) sink = ask (GCOAP_REQUEST_INTERFACE (responder));
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_FAILED, "It failed.");
  g_autoptr (GString) told = g_string_new (NULL);

  mock_respond (sink->exchange, "1", TRUE);
  mock_respond (sink->exchange, "2", TRUE);
  mock_respond_reported (sink->exchange, "3", TRUE, told);
  gcoap_exchange_fail (sink->exchange, error);
  gcoap_exchange_dismiss (sink->exchange);
  gcoap_exchange_reject (sink->exchange, error);
  gcoap_exchange_cancel (sink->exchange);
  g_assert_cmpuint (sink->n_calls, ==, 1);
  g_assert_cmpuint (sink->n_destroyed, ==, 1);
  g_assert_cmpint (gcoap_exchange_get_end (sink->exchange), ==, GCOAP_EXCHANGE_END_RESPONDED);
  g_assert_cmpuint (mock_responder_get_n_cancelled (responder), ==, 0);
  mock_responder_release (responder, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange/filter-takes-last", test_filter_takes_last);
  g_test_add_func ("/exchange/filter-takes-error", test_filter_takes_error);
  g_test_add_func ("/exchange/filter-takes-middle", test_filter_takes_middle);
  g_test_add_func ("/exchange/filter-makes-last", test_filter_makes_last);
  g_test_add_func ("/exchange/handover-within-filter", test_handover_within_filter);
  g_test_add_func ("/exchange/filters-see-cancellation", test_filters_see_cancellation);
  g_test_add_func ("/exchange/cancel-in-sink", test_cancel_in_sink);
  g_test_add_func ("/exchange/stream-through-two-deriving", test_stream_through_two_deriving);
  g_test_add_func ("/exchange/fail-never-crosses-inbound", test_fail_never_crosses_inbound);
  g_test_add_func ("/exchange/fail-rises-outbound", test_fail_rises_outbound);
  g_test_add_func ("/exchange/dropped", test_dropped);
  g_test_add_func ("/exchange/dropped-derived", test_dropped_derived);
  g_test_add_func ("/exchange/recycling", test_recycling);
  g_test_add_func ("/exchange/recycled-is-clean", test_recycled_is_clean);
  g_test_add_func ("/exchange/ends-once", test_ends_once);
  return g_test_run ();
}
