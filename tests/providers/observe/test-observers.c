/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inbound half, between a token layer without a network and a resource
 * that says what the test wants. */
#include "providers/observe/gcoap-observe-provider.h"

#include "helpers/token-stack.h"
#include "wire/gcoap-message-options.h"

typedef struct
{
  TokenStack   *stack;
  GcoapObserve *observe;
  guint         n_looked_at;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->stack = token_stack_new ();
  fixture->observe = gcoap_observe_new (GCOAP_REQUEST_INTERFACE (fixture->stack->responder),
                                        fixture->stack->runtime);
  gcoap_token_layer_set_inbound (fixture->stack->layer, GCOAP_REQUEST_INTERFACE (fixture->observe));
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_STREAM);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  MockResponder *responder = fixture->stack->responder;

  while (mock_responder_get_n_kept (responder) > 0)
    {
      GcoapExchange *exchange = mock_responder_get_kept (responder, 0);

      gcoap_exchange_dismiss (exchange);
      mock_responder_release (responder, 0);
    }
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
  /* Those that wait for news keep it. */
  token_stack_advance (fixture->stack, 300000);
  g_assert_finalize_object (fixture->observe);
  token_stack_free (fixture->stack);
}

static void
receive_from (Fixture              *fixture,
              GcoapEndpointAddress *from,
              const char           *token,
              int                   observe)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);

  if (observe >= 0)
    gcoap_message_set_observe (request, (guint) observe);
  mock_token_interface_request_message (fixture->stack->below, GCOAP_MESSAGE_TYPE_CON, token, from,
                                        NULL, request);
}

static void
receive (Fixture    *fixture,
         const char *token,
         int         observe)
{
  receive_from (fixture, fixture->stack->peer, token, observe);
}

/* What was sent next. */
static MockSent *
next (Fixture *fixture)
{
  return mock_token_interface_get_sent (fixture->stack->below, (int) fixture->n_looked_at++);
}

static void
assert_silence (Fixture *fixture)
{
  g_assert_cmpuint (mock_token_interface_get_n_sent (fixture->stack->below), ==,
                    fixture->n_looked_at);
}

static MockSent *
expect (Fixture    *fixture,
        const char *text,
        gboolean    is_notification)
{
  MockSent *sent = next (fixture);
  gsize length;
  const guint8 *data;

  g_assert_cmpint (sent->kind, ==, MOCK_SENT_RESPONSE);
  data = gcoap_message_get_payload_data (sent->message, &length);
  g_assert_cmpmem (data, length, text, strlen (text));
  g_assert_cmpint (gcoap_message_get_observe (sent->message, NULL), ==, is_notification);
  return sent;
}

static guint
number_of (MockSent *sent)
{
  guint value;

  g_assert_true (gcoap_message_get_observe (sent->message, &value));
  return value;
}

static GcoapReliability
reliability_of (MockSent *sent)
{
  return sent->tuning != NULL ? gcoap_transport_tuning_get_reliability (sent->tuning)
                              : GCOAP_RELIABILITY_DEFAULT;
}

static GcoapExchange *
kept (Fixture *fixture,
      guint    n)
{
  return mock_responder_get_kept (fixture->stack->responder, n);
}

static void
settle (Fixture      *fixture,
        MockSent     *sent,
        GcoapOutcome  outcome)
{
  mock_token_interface_settle (fixture->stack->below, sent, outcome);
}

static void
tell_non (Fixture    *fixture,
          const char *text)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new_text (GCOAP_CODE_CONTENT, text);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();

  gcoap_transport_tuning_set_reliability (tuning, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  gcoap_exchange_respond_full (kept (fixture, 0), message, FALSE, tuning, NULL, NULL, NULL);
}

static void
test_registration (Fixture       *fixture,
                   gconstpointer  data)
{
  MockSent *first, *second;

  receive (fixture, "t", 0);
  g_assert_cmpint (gcoap_exchange_get_expects (kept (fixture, 0)), ==, GCOAP_EXPECTS_STREAM);
  g_assert_false (gcoap_message_has_option (gcoap_exchange_get_request (kept (fixture, 0)),
                                            GCOAP_OPTION_OBSERVE));
  first = expect (fixture, "1", TRUE);
  /* It follows the request. */
  g_assert_cmpint (reliability_of (first), ==, GCOAP_RELIABILITY_DEFAULT);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 1);

  mock_respond (kept (fixture, 0), "new", FALSE);
  second = expect (fixture, "new", TRUE);
  g_assert_cmpint (reliability_of (second), ==, GCOAP_RELIABILITY_CONFIRMABLE);
  g_assert_cmpuint (number_of (second), >, number_of (first));
  g_assert_cmpmem (g_bytes_get_data (second->token, NULL), g_bytes_get_size (second->token), "t", 1);
}

static void
test_plain (Fixture       *fixture,
            gconstpointer  data)
{
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_ANSWER);
  /* Not asked for, declined, and not a value there is. */
  receive (fixture, "t", -1);
  expect (fixture, "1", FALSE);
  receive (fixture, "t", 0);
  expect (fixture, "2", FALSE);
  receive (fixture, "t", 2);
  expect (fixture, "3", FALSE);
  mock_token_interface_request (fixture->stack->below, GCOAP_MESSAGE_TYPE_CON, "t",
                                fixture->stack->peer, NULL, GCOAP_CODE_PUT);
  expect (fixture, "4", FALSE);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
}

/* The first answer may be an error, silence or a rejection, now or later. */
static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_FAIL);
  receive (fixture, "t", 0);
  g_assert_cmphex (gcoap_message_get_code (next (fixture)->message), ==,
                   GCOAP_CODE_INTERNAL_SERVER_ERROR);
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_DISMISS);
  receive (fixture, "t", 0);
  g_assert_cmpint (next (fixture)->kind, ==, MOCK_SENT_NOTHING);
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_REJECT);
  receive (fixture, "t", 0);
  g_assert_cmpint (next (fixture)->kind, ==, MOCK_SENT_REJECTION);
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_KEEP);
  receive (fixture, "t", 0);
  assert_silence (fixture);
  mock_respond (kept (fixture, 0), "late", TRUE);
  expect (fixture, "late", FALSE);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
}

/* RFC 7641 §4.5.2: one outstanding, and the newest state after it. */
static void
test_newest_state (Fixture       *fixture,
                   gconstpointer  data)
{
  MockSent *sent;

  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  mock_respond (kept (fixture, 0), "a", FALSE);
  sent = expect (fixture, "a", TRUE);
  mock_respond (kept (fixture, 0), "b", FALSE);
  mock_respond (kept (fixture, 0), "c", FALSE);
  token_stack_advance (fixture->stack, 60000);
  assert_silence (fixture);
  settle (fixture, sent, GCOAP_OUTCOME_ACKNOWLEDGED);
  sent = expect (fixture, "c", TRUE);
  settle (fixture, sent, GCOAP_OUTCOME_ACKNOWLEDGED);
  assert_silence (fixture);
}

/* RFC 7641 §4.5.1: NSTART is of the client, not of the observation. */
static void
test_two_of_one_client (Fixture       *fixture,
                        gconstpointer  data)
{
  MockSent *sent;

  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  receive (fixture, "u", 0);
  expect (fixture, "2", TRUE);
  receive_from (fixture, fixture->stack->other, "t", 0);
  expect (fixture, "3", TRUE);

  mock_respond (kept (fixture, 0), "a", FALSE);
  sent = expect (fixture, "a", TRUE);
  mock_respond (kept (fixture, 1), "b", FALSE);
  assert_silence (fixture);
  mock_respond (kept (fixture, 2), "c", FALSE);
  expect (fixture, "c", TRUE);
  settle (fixture, sent, GCOAP_OUTCOME_ACKNOWLEDGED);
  expect (fixture, "b", TRUE);
}

static void
test_outcome (Fixture       *fixture,
              gconstpointer  data)
{
  GcoapOutcome outcome = (GcoapOutcome) GPOINTER_TO_INT (data);
  MockSent *sent;

  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  mock_respond (kept (fixture, 0), "a", FALSE);
  sent = expect (fixture, "a", TRUE);
  mock_respond (kept (fixture, 0), "b", FALSE);
  settle (fixture, sent, outcome);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
  g_assert_false (gcoap_exchange_is_open (kept (fixture, 0)));
  /* Nothing but an acknowledgement that may be owed. */
  g_assert_cmpint (next (fixture)->kind, ==, MOCK_SENT_NOTHING);
  assert_silence (fixture);
}

static void
test_non_confirmable (Fixture       *fixture,
                      gconstpointer  data)
{
  MockSent *sent;

  gcoap_observe_set_max_non_confirmable (fixture->observe, 2);
  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  tell_non (fixture, "a");
  g_assert_cmpint (reliability_of (expect (fixture, "a", TRUE)), ==,
                   GCOAP_RELIABILITY_NON_CONFIRMABLE);
  tell_non (fixture, "b");
  tell_non (fixture, "c");
  token_stack_advance (fixture->stack, 2999);
  assert_silence (fixture);
  token_stack_advance (fixture->stack, 1);
  sent = expect (fixture, "c", TRUE);
  g_assert_cmpint (reliability_of (sent), ==, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  g_assert_true (sent->report);

  /* After two in a row one must be acknowledged. */
  token_stack_advance (fixture->stack, 3000);
  tell_non (fixture, "d");
  sent = expect (fixture, "d", TRUE);
  g_assert_cmpint (reliability_of (sent), ==, GCOAP_RELIABILITY_CONFIRMABLE);
  token_stack_advance (fixture->stack, 40);
  settle (fixture, sent, GCOAP_OUTCOME_ACKNOWLEDGED);

  /* Now the round-trip time is known. */
  tell_non (fixture, "e");
  expect (fixture, "e", TRUE);
  tell_non (fixture, "f");
  assert_silence (fixture);
  token_stack_advance (fixture->stack, 40);
  expect (fixture, "f", TRUE);
}

/* RFC 7641 §4.5: the latest state, when the burst is over. */
static void
test_confirm (Fixture       *fixture,
              gconstpointer  data)
{
  MockSent *sent;
  guint before;

  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  tell_non (fixture, "a");
  before = number_of (expect (fixture, "a", TRUE));
  token_stack_advance (fixture->stack, 19999);
  assert_silence (fixture);
  token_stack_advance (fixture->stack, 1);
  sent = expect (fixture, "a", TRUE);
  g_assert_cmpint (reliability_of (sent), ==, GCOAP_RELIABILITY_CONFIRMABLE);
  g_assert_cmpuint (number_of (sent), >, before);
  settle (fixture, sent, GCOAP_OUTCOME_ACKNOWLEDGED);
  token_stack_advance (fixture->stack, 100000);
  assert_silence (fixture);
}

/* A reset can also answer one that is not confirmable. */
static void
test_reset_non_confirmable (Fixture       *fixture,
                            gconstpointer  data)
{
  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  tell_non (fixture, "a");
  settle (fixture, expect (fixture, "a", TRUE), GCOAP_OUTCOME_RESET);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
}

static void
test_error (Fixture       *fixture,
            gconstpointer  data)
{
  MockSent *sent;

  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  mock_respond (kept (fixture, 0), "a", FALSE);
  sent = expect (fixture, "a", TRUE);
  /* It waits its turn, but nothing comes after it. */
  gcoap_exchange_fail_code (kept (fixture, 0), GCOAP_CODE_NOT_FOUND, "gone");
  assert_silence (fixture);
  settle (fixture, sent, GCOAP_OUTCOME_ACKNOWLEDGED);
  sent = expect (fixture, "gone", FALSE);
  g_assert_cmphex (gcoap_message_get_code (sent->message), ==, GCOAP_CODE_NOT_FOUND);
  g_assert_cmpint (reliability_of (sent), ==, GCOAP_RELIABILITY_CONFIRMABLE);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
}

/* An error that a careless resource does not call the last. */
static void
test_error_not_last (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_FORBIDDEN);

  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  gcoap_exchange_respond (kept (fixture, 0), message, FALSE);
  g_assert_cmphex (gcoap_message_get_code (expect (fixture, "", FALSE)->message), ==,
                   GCOAP_CODE_FORBIDDEN);
  g_assert_false (gcoap_exchange_is_open (kept (fixture, 0)));
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
}

static void
test_registered_again (Fixture       *fixture,
                       gconstpointer  data)
{
  guint before;

  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  mock_respond (kept (fixture, 0), "a", FALSE);
  before = number_of (expect (fixture, "a", TRUE));
  receive (fixture, "t", 0);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 1);
  g_assert_false (gcoap_exchange_is_open (kept (fixture, 0)));
  g_assert_cmpint (next (fixture)->kind, ==, MOCK_SENT_NOTHING);
  g_assert_cmpuint (number_of (expect (fixture, "2", TRUE)), >, before);
}

static void
test_deregistered (Fixture       *fixture,
                   gconstpointer  data)
{
  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_ANSWER);
  /* Not by another token, another client, or a request without Observe. */
  receive (fixture, "u", 1);
  expect (fixture, "2", FALSE);
  receive_from (fixture, fixture->stack->other, "t", 1);
  expect (fixture, "3", FALSE);
  receive (fixture, "u", -1);
  expect (fixture, "4", FALSE);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 1);
  receive (fixture, "t", 1);
  g_assert_cmpint (next (fixture)->kind, ==, MOCK_SENT_NOTHING);
  expect (fixture, "5", FALSE);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
  g_assert_false (gcoap_exchange_is_open (kept (fixture, 0)));
}

static void
test_limits (Fixture       *fixture,
             gconstpointer  data)
{
  g_object_set (fixture->stack->runtime->limits, "max-observers", 3, "max-observers-per-peer", 2, NULL);
  receive (fixture, "1", 0);
  expect (fixture, "1", TRUE);
  receive (fixture, "2", 0);
  expect (fixture, "2", TRUE);
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_ANSWER);
  receive (fixture, "3", 0);
  expect (fixture, "3", FALSE);
  g_assert_cmpuint (fixture->stack->runtime->statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 1);

  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_STREAM);
  receive_from (fixture, fixture->stack->other, "1", 0);
  expect (fixture, "4", TRUE);
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_ANSWER);
  receive_from (fixture, fixture->stack->other, "2", 0);
  expect (fixture, "5", FALSE);
  /* One that replaces another has room. */
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_STREAM);
  receive (fixture, "1", 0);
  g_assert_cmpint (next (fixture)->kind, ==, MOCK_SENT_NOTHING);
  expect (fixture, "6", TRUE);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 3);
}

static void
test_group (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);

  gcoap_message_set_observe (request, 0);
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_ANSWER);
  mock_token_interface_request_message (fixture->stack->below, GCOAP_MESSAGE_TYPE_NON, "t",
                                        fixture->stack->peer, fixture->stack->group_local, request);
  expect (fixture, "1", FALSE);
  gcoap_observe_set_allow_groups (fixture->observe, TRUE);
  mock_responder_set_mode (fixture->stack->responder, MOCK_RESPONDER_STREAM);
  mock_token_interface_request_message (fixture->stack->below, GCOAP_MESSAGE_TYPE_NON, "t",
                                        fixture->stack->peer, fixture->stack->group_local, request);
  expect (fixture, "2", TRUE);
}

static void
test_association_ends (Fixture       *fixture,
                       gconstpointer  data)
{
  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  mock_respond (kept (fixture, 0), "a", FALSE);
  expect (fixture, "a", TRUE);
  mock_respond (kept (fixture, 0), "b", FALSE);
  mock_token_interface_break (fixture->stack->below, fixture->stack->peer);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
  g_assert_false (gcoap_exchange_is_open (kept (fixture, 0)));
  g_assert_cmpint (next (fixture)->kind, ==, MOCK_SENT_NOTHING);
  assert_silence (fixture);
}

static void
test_shutdown (Fixture       *fixture,
               gconstpointer  data)
{
  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  token_stack_shutdown (fixture->stack);
  g_assert_cmphex (gcoap_message_get_code (next (fixture)->message), ==,
                   GCOAP_CODE_SERVICE_UNAVAILABLE);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
  g_assert_false (gcoap_exchange_is_open (kept (fixture, 0)));
}

/* The resource gives the stream up without a word. */
static void
test_dropped (Fixture       *fixture,
              gconstpointer  data)
{
  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_WARNING, "*dropped without an answer*");
  mock_responder_release (fixture->stack->responder, 0);
  g_test_assert_expected_messages ();
  token_stack_settle ();
  g_assert_cmphex (gcoap_message_get_code (next (fixture)->message), ==,
                   GCOAP_CODE_INTERNAL_SERVER_ERROR);
  g_assert_cmpuint (gcoap_observe_get_n_observers (fixture->observe), ==, 0);
}

static void
test_report (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GString) told = g_string_new (NULL);
  MockSent *sent;

  receive (fixture, "t", 0);
  expect (fixture, "1", TRUE);
  mock_respond_reported (kept (fixture, 0), "a", FALSE, told);
  sent = expect (fixture, "a", TRUE);
  /* One that is replaced has no news. */
  mock_respond_reported (kept (fixture, 0), "b", FALSE, told);
  mock_respond_reported (kept (fixture, 0), "c", FALSE, told);
  settle (fixture, sent, GCOAP_OUTCOME_ACKNOWLEDGED);
  g_assert_cmpstr (told->str, ==, "A");
  settle (fixture, expect (fixture, "c", TRUE), GCOAP_OUTCOME_RESET);
  g_assert_cmpstr (told->str, ==, "AR");
}

#define ADD(path, func, data) g_test_add (path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/observers/registration", test_registration, NULL);
  ADD ("/observers/plain", test_plain, NULL);
  ADD ("/observers/refused", test_refused, NULL);
  ADD ("/observers/newest-state", test_newest_state, NULL);
  ADD ("/observers/two-of-one-client", test_two_of_one_client, NULL);
  ADD ("/observers/outcome/reset", test_outcome, GINT_TO_POINTER (GCOAP_OUTCOME_RESET));
  ADD ("/observers/outcome/timed-out", test_outcome, GINT_TO_POINTER (GCOAP_OUTCOME_TIMED_OUT));
  ADD ("/observers/outcome/unreachable", test_outcome, GINT_TO_POINTER (GCOAP_OUTCOME_UNREACHABLE));
  ADD ("/observers/non-confirmable", test_non_confirmable, NULL);
  ADD ("/observers/confirm", test_confirm, NULL);
  ADD ("/observers/reset-non-confirmable", test_reset_non_confirmable, NULL);
  ADD ("/observers/error", test_error, NULL);
  ADD ("/observers/error-not-last", test_error_not_last, NULL);
  ADD ("/observers/registered-again", test_registered_again, NULL);
  ADD ("/observers/deregistered", test_deregistered, NULL);
  ADD ("/observers/limits", test_limits, NULL);
  ADD ("/observers/group", test_group, NULL);
  ADD ("/observers/association-ends", test_association_ends, NULL);
  ADD ("/observers/shutdown", test_shutdown, NULL);
  ADD ("/observers/dropped", test_dropped, NULL);
  ADD ("/observers/report", test_report, NULL);
  return g_test_run ();
}
