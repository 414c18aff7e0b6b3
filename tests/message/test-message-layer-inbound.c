/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What arrives: requests and their answers, duplicates, what is rejected. */
#include "helpers/message-stack.h"

#include "base/gcoap-error.h"
#include "helpers/named-address.h"

#define CON GCOAP_MESSAGE_TYPE_CON
#define NON GCOAP_MESSAGE_TYPE_NON
#define ACK GCOAP_MESSAGE_TYPE_ACK
#define RST GCOAP_MESSAGE_TYPE_RST
#define GET GCOAP_CODE_GET
#define CONTENT GCOAP_CODE_CONTENT

/* What the handler does inside dispatch_request. */
typedef struct
{
  MessageStack      *stack;
  guint              n_responses;
  gboolean           repeatable;
  gboolean           dismiss;
  gboolean           reject;
  gboolean           receive_again;   /* the same request arrives meanwhile */
  gboolean           report;
  GcoapReliability   reliability;
  GcoapTransmission *transmission;    /* of the last response */
} Handler;

typedef struct
{
  MessageStack *stack;
  Handler       handler;
} Fixture;

static void
handle_request_cb (const GcoapPdu *pdu,
                   gpointer        data)
{
  Handler *self = data;
  GcoapTokenInterface *tokens = self->stack->tokens;
  g_autoptr (GcoapTransportTuning) tuning = message_stack_new_tuning (self->reliability);

  if (self->receive_again)
    {
      self->receive_again = FALSE;
      mock_message_interface_receive (self->stack->below, pdu);
    }
  if (self->dismiss)
    g_assert_null (gcoap_token_interface_send_response (tokens, pdu, NULL, NULL, FALSE));
  if (self->reject)
    {
      g_autoptr (GError) error = g_error_new_literal (GCOAP_RESPONSE_ERROR,
                                                      GCOAP_RESPONSE_ERROR_BAD_OPTION, "No.");

      gcoap_token_interface_reject (tokens, pdu, error);
    }
  for (guint i = 0; i < self->n_responses; i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (CONTENT);

      gcoap_message_set_repeatable (message, self->repeatable);
      g_clear_pointer (&self->transmission, gcoap_transmission_unref);
      self->transmission = gcoap_token_interface_send_response (tokens, pdu, message,
                                                                self->reliability != 0 ? tuning
                                                                                       : NULL,
                                                                self->report);
    }
}

static void
set_up (Fixture       *f,
        gconstpointer  data G_GNUC_UNUSED)
{
  f->stack = message_stack_new (NULL);
  f->handler.stack = f->stack;
  recording_token_manager_set_request_func (f->stack->above, handle_request_cb, &f->handler);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_clear_pointer (&f->handler.transmission, gcoap_transmission_unref);
  message_stack_free (f->stack);
}

static guint
count_requests (Fixture *f)
{
  return recording_token_manager_count_requests (f->stack->above);
}

/* A repeatable response leaves nothing: the request is processed again. */
static void
test_answered_repeatably (Fixture       *f,
                          gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  f->handler.n_responses = 1;
  f->handler.repeatable = TRUE;
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "t"), ==, 7);
  g_assert_cmpint (gcoap_clock_get_next_expiry (s->clock), ==, -1);
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "t"), ==, 7);
  g_assert_cmpuint (count_requests (f), ==, 2);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_DUPLICATES_RECEIVED), ==, 0);
}

/* RFC 7252 §4.5: processed once, answered alike within EXCHANGE_LIFETIME. */
static void
test_answered_once (Fixture       *f,
                    gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  f->handler.n_responses = 1;
  message_stack_receive (s, CON, 7, GCOAP_CODE_POST, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "t"), ==, 7);
  message_stack_advance (s, 246);
  message_stack_receive (s, CON, 7, GCOAP_CODE_POST, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "t"), ==, 7);
  g_assert_cmpuint (count_requests (f), ==, 1);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_DUPLICATES_RECEIVED), ==, 1);

  /* From another endpoint it is another message. */
  message_stack_receive_from (s, s->other, CON, 7, GCOAP_CODE_POST, "t");
  (void) message_stack_expect_to (s, s->other, ACK, CONTENT, "t");
  g_assert_cmpuint (count_requests (f), ==, 2);
  message_stack_advance (s, 1);
  message_stack_receive (s, CON, 7, GCOAP_CODE_POST, "t");
  (void) message_stack_expect (s, ACK, CONTENT, "t");
  g_assert_cmpuint (count_requests (f), ==, 3);
}

static void
test_further_responses (Fixture       *f,
                        gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  f->handler.n_responses = 2;
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "t"), ==, 7);
  /* The second is a message of its own. */
  (void) message_stack_expect (s, CON, CONTENT, "t");
  g_assert_nonnull (f->handler.transmission);
  gcoap_transmission_abandon (f->handler.transmission);

  f->handler.reliability = GCOAP_RELIABILITY_NON_CONFIRMABLE;
  message_stack_receive (s, CON, 8, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "t"), ==, 8);
  (void) message_stack_expect (s, NON, CONTENT, "t");
}

/* RFC 7252 §5.2.2: a response in time is the acknowledgement. */
static void
test_answered_later (Fixture       *f,
                     gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  message_stack_receive (s, CON, 7, GET, "t");
  message_stack_expect_silence (s);
  g_assert_null (message_stack_respond (s, CON, 7, "t", GCOAP_RELIABILITY_DEFAULT, TRUE));
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "t"), ==, 7);
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "t"), ==, 7);
  g_assert_cmpuint (count_requests (f), ==, 1);
  message_stack_advance (s, 10);
}

static void
test_answered_later_repeatably (Fixture       *f,
                                gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  g_autoptr (GcoapMessage) message = gcoap_message_new (CONTENT);
  GcoapPdu pdu = { .type = CON, .message_id = 7, .address = s->peer };

  gcoap_message_set_repeatable (message, TRUE);
  message_stack_receive (s, CON, 7, GET, NULL);
  g_assert_null (gcoap_token_interface_send_response (s->tokens, &pdu, message, NULL, FALSE));
  (void) message_stack_expect (s, ACK, CONTENT, NULL);
  /* Not kept: the request is processed again. */
  message_stack_receive (s, CON, 7, GET, NULL);
  g_assert_cmpuint (count_requests (f), ==, 2);
  g_assert_null (gcoap_token_interface_send_response (s->tokens, &pdu, message, NULL, FALSE));
  (void) message_stack_expect (s, ACK, CONTENT, NULL);
}

static void
test_empty_ack_then_separate (Fixture       *f,
                              gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  g_autoptr (GcoapTransmission) t = NULL;
  double delay = gcoap_transport_tuning_get_empty_ack_delay (gcoap_message_layer_get_tuning (s->layer)) / 1000.0;
  guint16 id;

  message_stack_receive (s, CON, 7, GET, "t");
  message_stack_advance (s, delay - 0.001);
  message_stack_expect_silence (s);
  message_stack_advance (s, 0.001);
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);

  /* RFC 7252 §5.2.2: whoever asks again is promised again. */
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  t = message_stack_respond (s, CON, 7, "t", GCOAP_RELIABILITY_DEFAULT, TRUE);
  id = message_stack_expect (s, CON, CONTENT, "t");
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  message_stack_receive (s, ACK, id, 0, NULL);
  message_stack_expect_outcome (s, t, GCOAP_OUTCOME_ACKNOWLEDGED);

  /* RFC 7252 §4.2: the acknowledgement of the request is kept even so. */
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  g_assert_cmpuint (count_requests (f), ==, 1);
}

/* A client that was started again may use an ID by chance that it has used, and must not
 * get what another request was answered. */
static void
test_same_id_other_token (Fixture       *f,
                          gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  f->handler.n_responses = 1;
  message_stack_receive (s, CON, 7, GCOAP_CODE_POST, "t");
  (void) message_stack_expect (s, ACK, CONTENT, "t");
  message_stack_receive (s, CON, 7, GCOAP_CODE_POST, "u");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "u"), ==, 7);
  g_assert_cmpuint (count_requests (f), ==, 2);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_DUPLICATES_RECEIVED), ==, 0);

  /* Of the latter there may be copies. */
  message_stack_receive (s, CON, 7, GCOAP_CODE_POST, "u");
  (void) message_stack_expect (s, ACK, CONTENT, "u");
  g_assert_cmpuint (count_requests (f), ==, 2);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_DUPLICATES_RECEIVED), ==, 1);
}

static void
test_duplicate_while_pending (Fixture       *f,
                              gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  g_autoptr (GcoapTransmission) t = NULL;

  message_stack_receive (s, CON, 7, GET, "t");
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  /* It is promised: nothing more from the timer, and the response is separate. */
  message_stack_advance (s, 5);
  t = message_stack_respond (s, CON, 7, "t", GCOAP_RELIABILITY_DEFAULT, FALSE);
  (void) message_stack_expect (s, CON, CONTENT, "t");
  gcoap_transmission_abandon (t);
  g_assert_cmpuint (count_requests (f), ==, 1);
}

/* The handler iterates the main loop, and the same request comes again. */
static void
test_duplicate_while_dispatched (Fixture       *f,
                                 gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  f->handler.receive_again = TRUE;
  f->handler.n_responses = 1;
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  (void) message_stack_expect (s, CON, CONTENT, "t");
  g_assert_cmpuint (count_requests (f), ==, 1);
  gcoap_transmission_abandon (f->handler.transmission);
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);

  /* Unanswered, it owes nothing more. */
  f->handler.receive_again = TRUE;
  f->handler.n_responses = 0;
  message_stack_receive (s, CON, 8, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 8);
  message_stack_advance (s, 10);

  f->handler.receive_again = TRUE;
  message_stack_receive (s, NON, 9, GET, "t");
  g_assert_cmpuint (count_requests (f), ==, 3);
}

/* Another request is dispatched, and answered, inside the first. */
static void
nested_request_cb (const GcoapPdu *pdu,
                   gpointer        data)
{
  MessageStack *s = data;
  g_autoptr (GcoapMessage) message = gcoap_message_new (CONTENT);

  if (pdu->message_id == 1)
    message_stack_receive (s, CON, 2, GET, "inner");
  g_assert_null (gcoap_token_interface_send_response (s->tokens, pdu, message, NULL, FALSE));
}

static void
test_nested (Fixture       *f,
             gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  recording_token_manager_set_request_func (s->above, nested_request_cb, s);
  message_stack_receive (s, CON, 1, GET, "outer");
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "inner"), ==, 2);
  g_assert_cmpuint (message_stack_expect (s, ACK, CONTENT, "outer"), ==, 1);
}

static void
test_dismissed (Fixture       *f,
                gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  GcoapPdu pdu = { .type = CON, .message_id = 9, .address = s->peer };

  f->handler.dismiss = TRUE;
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  message_stack_receive (s, NON, 8, GET, "t");
  message_stack_receive (s, NON, 8, GET, "t");
  g_assert_cmpuint (count_requests (f), ==, 2);

  /* The same, later. */
  f->handler.dismiss = FALSE;
  message_stack_receive (s, CON, 9, GET, NULL);
  g_assert_null (gcoap_token_interface_send_response (s->tokens, &pdu, NULL, NULL, FALSE));
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 9);
  g_assert_null (gcoap_token_interface_send_response (s->tokens, &pdu, NULL, NULL, FALSE));
  message_stack_advance (s, 10);
}

static void
test_non (Fixture       *f,
          gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  f->handler.n_responses = 1;
  message_stack_receive (s, NON, 7, GET, "t");
  (void) message_stack_expect (s, NON, CONTENT, "t");
  /* RFC 7252 §4.5: a duplicate is ignored, for NON_LIFETIME. */
  message_stack_advance (s, 144);
  message_stack_receive (s, NON, 7, GET, "t");
  message_stack_expect_silence (s);
  g_assert_cmpuint (count_requests (f), ==, 1);
  message_stack_advance (s, 1);
  message_stack_receive (s, NON, 7, GET, "t");
  (void) message_stack_expect (s, NON, CONTENT, "t");
}

static void
test_non_answered_later (Fixture       *f,
                         gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  message_stack_receive (s, NON, 7, GET, "t");
  message_stack_receive (s, NON, 7, GET, "t");
  message_stack_advance (s, 10);
  message_stack_expect_silence (s);
  g_assert_cmpuint (count_requests (f), ==, 1);
  g_assert_null (message_stack_respond (s, NON, 7, "t", GCOAP_RELIABILITY_DEFAULT, FALSE));
  (void) message_stack_expect (s, NON, CONTENT, "t");
}

static void
test_reject (Fixture       *f,
             gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  f->handler.reject = TRUE;
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, GCOAP_CODE_BAD_OPTION, "t"), ==, 7);
  message_stack_receive (s, CON, 7, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, GCOAP_CODE_BAD_OPTION, "t"), ==, 7);
  message_stack_receive (s, NON, 8, GET, "t");
  g_assert_cmpuint (message_stack_expect (s, RST, 0, NULL), ==, 8);
  message_stack_receive (s, NON, 8, GET, "t");
  message_stack_expect_silence (s);
  message_stack_receive_at_group (s, NON, 9, GET, "t");
  message_stack_expect_silence (s);
  g_assert_cmpuint (count_requests (f), ==, 3);
}

static void
test_pending_acks_are_bounded (Fixture       *f,
                               gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  g_object_set (s->runtime->limits, "max-inbound-exchanges", 1, NULL);
  message_stack_receive (s, CON, 7, GET, "t");
  message_stack_expect_silence (s);
  message_stack_receive (s, CON, 8, GET, "u");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 8);
  g_assert_null (message_stack_respond (s, CON, 7, "t", GCOAP_RELIABILITY_DEFAULT, FALSE));
  (void) message_stack_expect (s, ACK, CONTENT, "t");
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_LIMIT_HITS), ==, 1);
}

static void
test_duplicates_are_bounded (Fixture       *f,
                             gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  g_object_set (s->runtime->limits, "max-duplicates-per-peer", 2, NULL);
  f->handler.n_responses = 1;
  for (guint16 id = 1; id <= 3; id++)
    {
      message_stack_receive (s, CON, id, GCOAP_CODE_POST, "t");
      (void) message_stack_expect (s, ACK, CONTENT, "t");
    }
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_LIMIT_HITS), ==, 1);
  message_stack_receive (s, CON, 3, GCOAP_CODE_POST, "t");
  (void) message_stack_expect (s, ACK, CONTENT, "t");
  g_assert_cmpuint (count_requests (f), ==, 3);
  /* The oldest is forgotten. */
  message_stack_receive (s, CON, 1, GCOAP_CODE_POST, "t");
  (void) message_stack_expect (s, ACK, CONTENT, "t");
  g_assert_cmpuint (count_requests (f), ==, 4);
}

static void
test_kept_bytes_are_bounded (Fixture       *f,
                             gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  g_object_set (s->runtime->limits, "max-kept-bytes", 1024, NULL);
  f->handler.n_responses = 1;
  for (guint16 id = 1; id <= 20; id++)
    {
      message_stack_receive (s, CON, id, GCOAP_CODE_POST, "t");
      (void) message_stack_expect (s, ACK, CONTENT, "t");
    }
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_LIMIT_HITS), >, 0);
  /* The response is gone, but the request is not executed again for that. */
  message_stack_receive (s, CON, 1, GCOAP_CODE_POST, "t");
  message_stack_expect_silence (s);
  message_stack_receive (s, CON, 20, GCOAP_CODE_POST, "t");
  (void) message_stack_expect (s, ACK, CONTENT, "t");
  g_assert_cmpuint (count_requests (f), ==, 20);
}

/* RFC 7252 §8.2: a response at a random moment within the leisure. */
static void
test_group (Fixture       *f,
            gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  gint64 least = G_MAXINT64;
  gint64 most = 0;

  f->handler.n_responses = 1;
  f->handler.repeatable = TRUE;
  for (guint16 id = 1; id <= 100; id++)
    {
      gint64 start = gcoap_clock_get_now (s->clock);

      message_stack_receive_at_group (s, NON, id, GET, "g");
      message_stack_receive_at_group (s, NON, id, GET, "g");
      while (mock_message_interface_count_sent (s->below) == 0)
        message_stack_advance (s, 0.02);
      least = MIN (least, gcoap_clock_get_now (s->clock) - start);
      most = MAX (most, gcoap_clock_get_now (s->clock) - start);
      {
        g_autoptr (KeptPdu) sent = mock_message_interface_take_sent (s->below);

        g_assert_cmpint (sent->pdu.type, ==, NON);
        g_assert_true (sent->pdu.local == s->group_local);
        g_assert_true (gcoap_endpoint_address_equal (sent->pdu.address, s->peer));
      }
      message_stack_advance (s, 6);
    }
  g_assert_cmpint (most, <=, 5 * G_USEC_PER_SEC + 20000);
  g_assert_cmpint (most - least, >, 3 * G_USEC_PER_SEC);
  g_assert_cmpuint (count_requests (f), ==, 100);
}

static void
test_group_rules (Fixture       *f,
                  gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  g_autoptr (GcoapTransmission) t = NULL;

  /* RFC 7252 §8.1: no acknowledgement, no reset, whatever comes to a group. */
  message_stack_receive_at_group (s, CON, 1, GET, "g");
  message_stack_receive_at_group (s, CON, 2, 0, NULL);
  message_stack_receive_at_group (s, CON, 3, 7 << 5, NULL);
  message_stack_receive_at_group (s, CON, 4, CONTENT, "g");
  recording_token_manager_set_takes_responses (s->above, FALSE);
  message_stack_receive_at_group (s, NON, 5, CONTENT, "g");
  g_assert_cmpuint (count_requests (f), ==, 0);
  {
    GcoapPdu pdu = { .type = CON, .message_id = 6, .address = s->peer, .local = s->group_local };

    mock_message_interface_receive_malformed (s->below, &pdu);
  }
  message_stack_advance (s, 10);
  message_stack_expect_silence (s);

  /* Too many that wait for their leisure are dropped. */
  g_object_set (s->runtime->limits, "max-inbound-exchanges", 1, NULL);
  f->handler.n_responses = 1;
  f->handler.report = TRUE;
  message_stack_receive_at_group (s, NON, 10, GET, "g");
  g_assert_nonnull (f->handler.transmission);
  t = gcoap_transmission_ref (f->handler.transmission);
  message_stack_receive_at_group (s, NON, 11, GET, "g");
  g_assert_null (f->handler.transmission);
  message_stack_advance (s, 5);
  (void) message_stack_expect (s, NON, CONTENT, "g");
  message_stack_expect_silence (s);
  gcoap_transmission_abandon (t);
}

static void
test_separate_response (Fixture       *f,
                        gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  message_stack_receive (s, CON, 7, CONTENT, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  /* A copy is acknowledged again, and not dispatched. */
  recording_token_manager_set_takes_responses (s->above, FALSE);
  message_stack_receive (s, CON, 7, CONTENT, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 1);

  recording_token_manager_set_takes_responses (s->above, TRUE);
  message_stack_receive (s, NON, 8, CONTENT, "t");
  recording_token_manager_set_takes_responses (s->above, FALSE);
  message_stack_receive (s, NON, 8, CONTENT, "t");
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 2);
  message_stack_expect_silence (s);
}

/* RFC 7252 §5.3.2: an unexpected response is rejected, time and again. */
static void
test_unexpected_response (Fixture       *f,
                          gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  recording_token_manager_set_takes_responses (s->above, FALSE);
  message_stack_receive (s, CON, 7, CONTENT, "t");
  g_assert_cmpuint (message_stack_expect (s, RST, 0, NULL), ==, 7);
  message_stack_receive (s, CON, 7, CONTENT, "t");
  g_assert_cmpuint (message_stack_expect (s, RST, 0, NULL), ==, 7);
  message_stack_receive (s, NON, 8, CONTENT, "t");
  g_assert_cmpuint (message_stack_expect (s, RST, 0, NULL), ==, 8);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_RESETS_SENT), ==, 3);
}

/* A response that comes before the acknowledgement it overtook. */
static void
test_response_overtakes_ack (Fixture       *f,
                             gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
  guint16 id = message_stack_expect (s, CON, GET, "t");

  message_stack_receive (s, CON, 7, CONTENT, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 7);
  gcoap_transmission_abandon (t);
  message_stack_receive (s, ACK, id, 0, NULL);
  message_stack_advance (s, 100);
  message_stack_expect_silence (s);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
}

/* RFC 7252 §4.2, §4.3, Table 1. */
static void
test_forms (Fixture       *f,
            gconstpointer  data G_GNUC_UNUSED)
{
  const guint8 reserved[] = { 1 << 5, 6 << 5, 7 << 5 | 2 };
  MessageStack *s = f->stack;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
  guint16 id = message_stack_expect (s, CON, GET, "t");

  /* A ping. */
  message_stack_receive (s, CON, 7, 0, NULL);
  g_assert_cmpuint (message_stack_expect (s, RST, 0, NULL), ==, 7);
  message_stack_receive (s, NON, 8, 0, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (reserved); i++)
    {
      message_stack_receive (s, CON, 9, reserved[i], "t");
      g_assert_cmpuint (message_stack_expect (s, RST, 0, NULL), ==, 9);
      message_stack_receive (s, NON, 9, reserved[i], "t");
      message_stack_receive (s, ACK, id, reserved[i], "t");
      message_stack_receive (s, RST, id, reserved[i], "t");
    }
  message_stack_receive (s, ACK, id, GET, "t");
  message_stack_receive (s, RST, id, GET, "t");
  message_stack_receive (s, ACK, 4711, 0, NULL);
  message_stack_receive (s, RST, 4711, 0, NULL);
  message_stack_expect_silence (s);
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 0);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);

  /* 3.xx is a response all the same (§12.1), unrecognized or not. */
  message_stack_receive (s, ACK, id, 3 << 5, "t");
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 1);
}

static void
test_malformed (Fixture       *f,
                gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  GcoapPdu pdu = { .message_id = 7, .address = s->peer };

  pdu.type = CON;
  mock_message_interface_receive_malformed (s->below, &pdu);
  g_assert_cmpuint (message_stack_expect (s, RST, 0, NULL), ==, 7);
  for (pdu.type = NON; pdu.type <= RST; pdu.type++)
    mock_message_interface_receive_malformed (s->below, &pdu);
  message_stack_expect_silence (s);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_DATAGRAMS_MALFORMED), ==, 4);
}

static void
test_resets_are_limited (Fixture       *f,
                         gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;

  g_assert_cmpuint (gcoap_message_layer_get_max_resets_per_second (s->layer), ==, 1000);
  gcoap_message_layer_set_max_resets_per_second (s->layer, 2);
  for (guint16 id = 0; id < 10; id++)
    message_stack_receive (s, CON, id, 0, NULL);
  (void) message_stack_expect (s, RST, 0, NULL);
  (void) message_stack_expect (s, RST, 0, NULL);
  message_stack_expect_silence (s);
  message_stack_advance (s, 1);
  message_stack_receive (s, CON, 11, 0, NULL);
  (void) message_stack_expect (s, RST, 0, NULL);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_LIMIT_HITS), ==, 8);
}

static void
test_network_errors (Fixture       *f,
                     gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  g_autoptr (GcoapTransmission) con = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) waits = message_stack_request (s, "w", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) non = message_stack_request (s, "n", GCOAP_RELIABILITY_NON_CONFIRMABLE);
  guint16 id = message_stack_expect (s, CON, GET, "c");

  (void) message_stack_expect (s, NON, GET, "n");
  mock_message_interface_report_error (s->below, s->peer, (guint16) (id + 100));
  mock_message_interface_report_error (s->below, s->other, id);
  mock_message_interface_report_error (s->below, s->other, -1);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  g_assert_cmpuint (recording_token_manager_count_errors (s->above), ==, 1);

  mock_message_interface_report_error (s->below, s->peer, id);
  message_stack_expect_outcome (s, con, GCOAP_OUTCOME_UNREACHABLE);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  (void) message_stack_expect (s, CON, GET, "w");

  mock_message_interface_report_error (s->below, s->peer, -1);
  message_stack_expect_outcome (s, waits, GCOAP_OUTCOME_UNREACHABLE);
  message_stack_expect_outcome (s, non, GCOAP_OUTCOME_UNREACHABLE);
  g_assert_cmpuint (recording_token_manager_count_errors (s->above), ==, 2);
}

/* When an association ends, what was known of it goes. */
static void
test_association_ends (Fixture       *f,
                       gconstpointer  data G_GNUC_UNUSED)
{
  MessageStack *s = f->stack;
  GcoapEndpointAddress *address = test_named_address_new ("secure", TEST_ADDRESS_SECURE);

  message_stack_receive_from (s, address, CON, 1, GET, "t");
  f->handler.n_responses = 1;
  message_stack_receive_from (s, address, CON, 2, GET, "t");
  (void) message_stack_expect_to (s, address, ACK, CONTENT, "t");
  message_stack_receive_from (s, address, NON, 3, GET, "t");
  (void) message_stack_expect_to (s, address, NON, CONTENT, "t");
  mock_message_interface_report_error (s->below, address, -1);
  message_stack_advance (s, 10);
  message_stack_expect_silence (s);
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (KeptPdu) request = recording_token_manager_take_request (s->above);

      g_assert_nonnull (request);
    }
  /* Nobody holds the address any more. */
  g_assert_finalize_object (address);
}

#define ADD(path, func) \
  g_test_add ("/message-layer-inbound/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("answered-repeatably", test_answered_repeatably);
  ADD ("answered-once", test_answered_once);
  ADD ("further-responses", test_further_responses);
  ADD ("answered-later", test_answered_later);
  ADD ("answered-later-repeatably", test_answered_later_repeatably);
  ADD ("empty-ack-then-separate", test_empty_ack_then_separate);
  ADD ("same-id-other-token", test_same_id_other_token);
  ADD ("duplicate-while-pending", test_duplicate_while_pending);
  ADD ("duplicate-while-dispatched", test_duplicate_while_dispatched);
  ADD ("nested", test_nested);
  ADD ("dismissed", test_dismissed);
  ADD ("non", test_non);
  ADD ("non-answered-later", test_non_answered_later);
  ADD ("reject", test_reject);
  ADD ("pending-acks-are-bounded", test_pending_acks_are_bounded);
  ADD ("duplicates-are-bounded", test_duplicates_are_bounded);
  ADD ("kept-bytes-are-bounded", test_kept_bytes_are_bounded);
  ADD ("group", test_group);
  ADD ("group-rules", test_group_rules);
  ADD ("separate-response", test_separate_response);
  ADD ("unexpected-response", test_unexpected_response);
  ADD ("response-overtakes-ack", test_response_overtakes_ack);
  ADD ("forms", test_forms);
  ADD ("malformed", test_malformed);
  ADD ("resets-are-limited", test_resets_are_limited);
  ADD ("network-errors", test_network_errors);
  ADD ("association-ends", test_association_ends);
  return g_test_run ();
}
