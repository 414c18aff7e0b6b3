/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests and responses on their way out: types, retransmission, groups. */
#include "helpers/message-stack.h"

#include "base/gcoap-error.h"

#define CON GCOAP_MESSAGE_TYPE_CON
#define NON GCOAP_MESSAGE_TYPE_NON
#define ACK GCOAP_MESSAGE_TYPE_ACK
#define RST GCOAP_MESSAGE_TYPE_RST
#define GET GCOAP_CODE_GET
#define CONTENT GCOAP_CODE_CONTENT

static void
set_up (MessageStack  **stack,
        gconstpointer   data G_GNUC_UNUSED)
{
  *stack = message_stack_new (NULL);
}

static void
tear_down (MessageStack  **stack,
           gconstpointer   data G_GNUC_UNUSED)
{
  message_stack_free (*stack);
}

static void
test_piggybacked (MessageStack  **fixture,
                  gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (KeptPdu) response = NULL;
  guint16 id = message_stack_expect (s, CON, GET, "t");

  message_stack_receive (s, ACK, id, CONTENT, "t");
  response = recording_token_manager_take_response (s->above);
  g_assert_nonnull (response);
  g_assert_cmpuint (response->pdu.message_id, ==, id);
  /* The response says all there is to say; nothing is sent again. */
  message_stack_advance (s, 300);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);

  /* Once more, it is unsolicited. */
  message_stack_receive (s, ACK, id, CONTENT, "t");
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 0);
}

/* RFC 7252 §5.3.2: message ID and token must match. */
static void
test_piggybacked_with_wrong_token (MessageStack  **fixture,
                                   gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
  guint16 id = message_stack_expect (s, CON, GET, "t");

  message_stack_receive (s, ACK, id, CONTENT, "x");
  message_stack_receive (s, ACK, id, CONTENT, NULL);
  message_stack_receive (s, ACK, (guint16) (id + 1), CONTENT, "t");
  message_stack_receive_from (s, s->other, ACK, id, CONTENT, "t");
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 0);

  message_stack_advance (s, 3);
  g_assert_cmpuint (message_stack_expect (s, CON, GET, "t"), ==, id);
  gcoap_transmission_abandon (t);
}

static void
test_separate (MessageStack  **fixture,
               gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
  guint16 id = message_stack_expect (s, CON, GET, "t");

  message_stack_receive (s, ACK, id, 0, NULL);
  g_assert_cmpint (message_stack_expect_outcome (s, t, GCOAP_OUTCOME_ACKNOWLEDGED), ==, -1);
  message_stack_advance (s, 100);
  message_stack_expect_silence (s);

  message_stack_receive (s, CON, 77, CONTENT, "t");
  g_assert_cmpuint (message_stack_expect (s, ACK, 0, NULL), ==, 77);
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 1);
}

/* RFC 7252 §4.2 with the default parameters, in virtual time. */
static void
test_retransmission (MessageStack  **fixture,
                     gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
  guint16 id = message_stack_expect (s, CON, GET, "t");
  double first = 0;

  while (mock_message_interface_count_sent (s->below) == 0)
    {
      message_stack_advance (s, 0.001);
      first += 0.001;
    }
  g_assert_cmpfloat (first, >=, 2.0);
  g_assert_cmpfloat (first, <=, 3.002);
  g_assert_cmpuint (message_stack_expect (s, CON, GET, "t"), ==, id);

  for (guint i = 1; i < 4; i++)
    {
      message_stack_advance (s, first * (1 << i) - 0.03);
      message_stack_expect_silence (s);
      message_stack_advance (s, 0.03);
      g_assert_cmpuint (message_stack_expect (s, CON, GET, "t"), ==, id);
    }
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  message_stack_advance (s, first * 16);
  g_assert_cmpint (message_stack_expect_outcome (s, t, GCOAP_OUTCOME_TIMED_OUT), ==,
                   GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_RETRANSMISSIONS), ==, 4);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_TIMEOUTS), ==, 1);

  /* It is over: what comes now is unsolicited. */
  message_stack_receive (s, ACK, id, 0, NULL);
  message_stack_receive (s, RST, id, 0, NULL);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
}

static void
test_first_timeout_is_random (MessageStack  **fixture,
                              gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  gint64 least = G_MAXINT64;
  gint64 most = 0;

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
      gint64 expiry = gcoap_clock_get_next_expiry (s->clock) - gcoap_clock_get_now (s->clock);

      (void) message_stack_expect (s, CON, GET, "t");
      least = MIN (least, expiry);
      most = MAX (most, expiry);
      gcoap_transmission_abandon (t);
      message_stack_advance (s, 4);
    }
  g_assert_cmpint (least, >=, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (most, <=, 3 * G_USEC_PER_SEC);
  g_assert_cmpint (most - least, >, G_USEC_PER_SEC / 2);
}

static void
test_reset (MessageStack  **fixture,
            gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) con = message_stack_request (s, "c", GCOAP_RELIABILITY_CONFIRMABLE);
  g_autoptr (GcoapTransmission) non = message_stack_request (s, "n", GCOAP_RELIABILITY_NON_CONFIRMABLE);
  guint16 con_id = message_stack_expect (s, CON, GET, "c");
  guint16 non_id = message_stack_expect (s, NON, GET, "n");

  message_stack_receive (s, RST, non_id, 0, NULL);
  g_assert_cmpint (message_stack_expect_outcome (s, non, GCOAP_OUTCOME_RESET), ==, GCOAP_ERROR_RESET);
  /* RFC 7252 §4.2: a reset that is not Empty is ignored, and so is one from
   * elsewhere. */
  message_stack_receive (s, RST, con_id, CONTENT, "c");
  message_stack_receive_from (s, s->other, RST, con_id, 0, NULL);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  message_stack_receive (s, RST, con_id, 0, NULL);
  g_assert_cmpint (message_stack_expect_outcome (s, con, GCOAP_OUTCOME_RESET), ==, GCOAP_ERROR_RESET);
  message_stack_advance (s, 100);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_RESETS_RECEIVED), ==, 3);
}

static void
test_non (MessageStack  **fixture,
          gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_NON_CONFIRMABLE);
  guint16 id = message_stack_expect (s, NON, GET, "t");

  /* RFC 7252 §4.3: a NON is not acknowledged; one who does it is ignored. */
  message_stack_receive (s, ACK, id, 0, NULL);
  message_stack_receive (s, ACK, id, CONTENT, "t");
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 0);
  message_stack_advance (s, 144);
  message_stack_expect_silence (s);
  /* After NON_LIFETIME it cannot be reset any more. */
  message_stack_advance (s, 2);
  message_stack_receive (s, RST, id, 0, NULL);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
}

static void
test_abandon (MessageStack  **fixture,
              gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) con = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) waits = message_stack_request (s, "w", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) goes = message_stack_request (s, "g", GCOAP_RELIABILITY_DEFAULT);
  guint16 id = message_stack_expect (s, CON, GET, "c");

  message_stack_expect_silence (s);
  gcoap_transmission_abandon (waits);
  gcoap_transmission_abandon (con);
  gcoap_transmission_abandon (con);
  /* Its place is free for the one that waits. */
  (void) message_stack_expect (s, CON, GET, "g");
  gcoap_transmission_abandon (goes);
  message_stack_receive (s, RST, id, 0, NULL);
  message_stack_advance (s, 300);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
}

static void
replace_with (GcoapTransmission *t,
              GcoapCode          code,
              gboolean           expected)
{
  g_autoptr (GcoapMessage) newer = gcoap_message_new (code);

  g_assert_cmpint (gcoap_transmission_replace (t, newer, NULL), ==, expected);
}

/* RFC 7641 §4.5.2: a new message ID, the count and the timeout go on. */
static void
test_replace (MessageStack  **fixture,
              gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) t = message_stack_respond (s, CON, 5, "o", GCOAP_RELIABILITY_DEFAULT, TRUE);
  guint16 first = message_stack_expect (s, CON, CONTENT, "o");
  guint16 second;

  replace_with (t, GCOAP_CODE_NOT_FOUND, TRUE);
  replace_with (t, GCOAP_CODE_VALID, TRUE);
  message_stack_expect_silence (s);
  message_stack_advance (s, 3);
  second = message_stack_expect (s, CON, GCOAP_CODE_VALID, "o");
  g_assert_cmpuint (second, !=, first);
  /* An acknowledgement of the superseded message changes nothing. */
  message_stack_receive (s, ACK, first, 0, NULL);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);

  for (guint i = 0; i < 3; i++)
    {
      message_stack_advance (s, 6 << i);
      g_assert_cmpuint (message_stack_expect (s, CON, GCOAP_CODE_VALID, "o"), ==, second);
    }
  message_stack_advance (s, 48);
  message_stack_expect_outcome (s, t, GCOAP_OUTCOME_TIMED_OUT);
  replace_with (t, GCOAP_CODE_VALID, FALSE);
}

/* RFC 7641 §4.5.2, item 4: acknowledged before it was superseded, the newer
 * message starts anew. */
static void
test_replace_then_acknowledge (MessageStack  **fixture,
                               gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) t = message_stack_respond (s, CON, 5, "o", GCOAP_RELIABILITY_DEFAULT, TRUE);
  guint16 first = message_stack_expect (s, CON, CONTENT, "o");
  guint16 second;

  replace_with (t, GCOAP_CODE_VALID, TRUE);
  message_stack_receive (s, ACK, first, 0, NULL);
  second = message_stack_expect (s, CON, GCOAP_CODE_VALID, "o");
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  message_stack_receive (s, ACK, second, 0, NULL);
  message_stack_expect_outcome (s, t, GCOAP_OUTCOME_ACKNOWLEDGED);
}

static void
test_replace_waiting_and_non (MessageStack  **fixture,
                              gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) a = message_stack_respond (s, CON, 5, "a", GCOAP_RELIABILITY_DEFAULT, TRUE);
  g_autoptr (GcoapTransmission) b = message_stack_respond (s, CON, 5, "b", GCOAP_RELIABILITY_DEFAULT, TRUE);
  g_autoptr (GcoapTransmission) n = message_stack_respond (s, NON, 6, "n", GCOAP_RELIABILITY_DEFAULT, TRUE);
  guint16 id = message_stack_expect (s, CON, CONTENT, "a");

  (void) message_stack_expect (s, NON, CONTENT, "n");
  replace_with (n, GCOAP_CODE_VALID, FALSE);
  replace_with (b, GCOAP_CODE_VALID, TRUE);
  message_stack_receive (s, ACK, id, 0, NULL);
  message_stack_expect_outcome (s, a, GCOAP_OUTCOME_ACKNOWLEDGED);
  (void) message_stack_expect (s, CON, GCOAP_CODE_VALID, "b");
  gcoap_transmission_abandon (b);
}

static void
test_nstart (MessageStack  **fixture,
             gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) a = message_stack_request (s, "a", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) b = message_stack_request (s, "b", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) c = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) n = message_stack_request (s, "n", GCOAP_RELIABILITY_NON_CONFIRMABLE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTransmission) o = message_stack_try_request (s, s->other, "o", NULL, &error);
  guint16 id = message_stack_expect (s, CON, GET, "a");

  /* A NON does not wait, nor does what goes to another endpoint. */
  (void) message_stack_expect (s, NON, GET, "n");
  (void) message_stack_expect_to (s, s->other, CON, GET, "o");
  message_stack_expect_silence (s);

  message_stack_receive (s, ACK, id, 0, NULL);
  message_stack_expect_outcome (s, a, GCOAP_OUTCOME_ACKNOWLEDGED);
  id = message_stack_expect (s, CON, GET, "b");
  message_stack_expect_silence (s);
  message_stack_receive (s, RST, id, 0, NULL);
  message_stack_expect_outcome (s, b, GCOAP_OUTCOME_RESET);
  id = message_stack_expect (s, CON, GET, "c");
  message_stack_receive (s, ACK, id, CONTENT, "c");
  gcoap_transmission_abandon (o);
  gcoap_transmission_abandon (n);
}

static void
test_nstart_of_tuning (MessageStack  **fixture,
                       gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_transmission_unref);

  gcoap_transport_tuning_set_nstart (tuning, 3);
  for (guint i = 0; i < 5; i++)
    g_ptr_array_add (all, message_stack_try_request (s, s->peer, "t", tuning, NULL));
  for (guint i = 0; i < 3; i++)
    (void) message_stack_expect (s, CON, GET, "t");
  message_stack_expect_silence (s);
  gcoap_transmission_abandon (g_ptr_array_index (all, 1));
  (void) message_stack_expect (s, CON, GET, "t");
  message_stack_expect_silence (s);
  for (guint i = 4; i + 1 > 0; i--)
    gcoap_transmission_abandon (g_ptr_array_index (all, i));
}

/* After a time-out the next one goes. */
static void
test_nstart_after_timeout (MessageStack  **fixture,
                           gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  g_autoptr (GcoapTransmission) a = NULL;
  g_autoptr (GcoapTransmission) b = NULL;

  gcoap_transport_tuning_set_max_retransmit (tuning, 0);
  a = message_stack_try_request (s, s->peer, "a", tuning, NULL);
  b = message_stack_try_request (s, s->peer, "b", tuning, NULL);
  (void) message_stack_expect (s, CON, GET, "a");
  message_stack_advance (s, 3);
  message_stack_expect_outcome (s, a, GCOAP_OUTCOME_TIMED_OUT);
  (void) message_stack_expect (s, CON, GET, "b");
  message_stack_advance (s, 3);
  message_stack_expect_outcome (s, b, GCOAP_OUTCOME_TIMED_OUT);
}

static void
test_queue_is_bounded (MessageStack  **fixture,
                       gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTransmission) a = NULL;
  g_autoptr (GcoapTransmission) b = NULL;

  g_object_set (s->runtime->limits, "max-queued-per-peer", 1, NULL);
  a = message_stack_request (s, "a", GCOAP_RELIABILITY_DEFAULT);
  b = message_stack_request (s, "b", GCOAP_RELIABILITY_DEFAULT);
  g_assert_null (message_stack_try_request (s, s->peer, "c", NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_LIMIT_HITS), ==, 1);
  (void) message_stack_expect (s, CON, GET, "a");

  /* A response is dropped; whoever asked for a report hears of it, but not
   * from inside the call. */
  g_assert_null (message_stack_respond (s, CON, 5, "r", GCOAP_RELIABILITY_DEFAULT, FALSE));
  {
    g_autoptr (GcoapTransmission) r = message_stack_respond (s, CON, 5, "r",
                                                             GCOAP_RELIABILITY_DEFAULT, TRUE);

    g_assert_nonnull (r);
    g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
    message_stack_advance (s, 0);
    g_assert_cmpint (message_stack_expect_outcome (s, r, GCOAP_OUTCOME_UNREACHABLE), ==,
                     GCOAP_ERROR_LIMIT);
  }
  gcoap_transmission_abandon (b);
  gcoap_transmission_abandon (a);
}

static void
test_peers_are_bounded (MessageStack  **fixture,
                        gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTransmission) a = NULL;

  g_object_set (s->runtime->limits, "max-peers", 1, NULL);
  a = message_stack_request (s, "a", GCOAP_RELIABILITY_DEFAULT);
  (void) message_stack_expect (s, CON, GET, "a");
  g_assert_null (message_stack_try_request (s, s->other, "b", NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);

  /* Responses go on, from message IDs that all such endpoints share. */
  message_stack_receive_from (s, s->other, NON, 9, GET, "n");
  {
    g_autoptr (GcoapMessage) message = gcoap_message_new (CONTENT);
    GcoapPdu pdu = { .type = NON, .message_id = 9, .token_length = 1,
                     .token = (const guint8 *) "n", .address = s->other };

    g_assert_null (gcoap_token_interface_send_response (s->tokens, &pdu, message, NULL, FALSE));
    g_assert_cmpuint (message_stack_expect_to (s, s->other, NON, CONTENT, "n"), >=, 0xe000);
  }
  gcoap_transmission_abandon (a);
  /* The record goes when its message IDs are free. */
  message_stack_advance (s, 248);
  {
    g_autoptr (GcoapTransmission) b = message_stack_try_request (s, s->other, "b", NULL, NULL);

    g_assert_nonnull (b);
    (void) message_stack_expect_to (s, s->other, CON, GET, "b");
    gcoap_transmission_abandon (b);
  }
}

static void
test_message_ids_run_out (MessageStack  **fixture,
                          gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransportTuning) non = message_stack_new_tuning (GCOAP_RELIABILITY_NON_CONFIRMABLE);
  g_autoptr (GcoapTransmission) con = NULL;
  g_autoptr (GError) error = NULL;
  guint n = 0;
  gboolean exhausted = FALSE;

  while (!exhausted)
    {
      g_autoptr (GcoapTransmission) t = message_stack_try_request (s, s->peer, "n", non, &error);

      exhausted = t == NULL;
      if (t != NULL)
        {
          (void) message_stack_expect (s, NON, GET, "n");
          gcoap_transmission_abandon (t);
          n++;
        }
    }
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MESSAGE_IDS);
  g_assert_cmpuint (n, >, 0xc000);

  /* A CON waits for a message ID. */
  con = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  message_stack_expect_silence (s);
  message_stack_advance (s, 144);
  message_stack_expect_silence (s);
  message_stack_advance (s, 2);
  (void) message_stack_expect (s, CON, GET, "c");
  gcoap_transmission_abandon (con);
}

static void
test_send_fails (MessageStack  **fixture,
                 gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTransmission) a = NULL;
  g_autoptr (GcoapTransmission) b = NULL;
  g_autoptr (GcoapTransmission) r = NULL;

  mock_message_interface_set_failure (s->below, GCOAP_ERROR_TOO_LARGE);
  g_assert_null (message_stack_try_request (s, s->peer, "a", NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_assert_null (message_stack_respond (s, CON, 1, "r", GCOAP_RELIABILITY_DEFAULT, FALSE));
  r = message_stack_respond (s, NON, 1, "r", GCOAP_RELIABILITY_DEFAULT, TRUE);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  message_stack_advance (s, 0);
  g_assert_cmpint (message_stack_expect_outcome (s, r, GCOAP_OUTCOME_UNREACHABLE), ==,
                   GCOAP_ERROR_TOO_LARGE);

  /* The failed one holds no place. */
  mock_message_interface_set_failure (s->below, -1);
  a = message_stack_request (s, "a", GCOAP_RELIABILITY_DEFAULT);
  b = message_stack_request (s, "b", GCOAP_RELIABILITY_DEFAULT);
  (void) message_stack_expect (s, CON, GET, "a");

  /* What fails in the queue is not reported from inside abandon either. */
  mock_message_interface_set_failure (s->below, GCOAP_ERROR_UNREACHABLE);
  gcoap_transmission_abandon (a);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  message_stack_advance (s, 0);
  message_stack_expect_outcome (s, b, GCOAP_OUTCOME_UNREACHABLE);
}

static void
test_retransmission_fails (MessageStack  **fixture,
                           gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);

  (void) message_stack_expect (s, CON, GET, "t");
  mock_message_interface_set_failure (s->below, GCOAP_ERROR_UNREACHABLE);
  message_stack_advance (s, 3);
  message_stack_expect_outcome (s, t, GCOAP_OUTCOME_UNREACHABLE);
}

/* RFC 7252 §8.1: to a group only NON, with message IDs of their own. */
static void
test_group_request (MessageStack  **fixture,
                    gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransportTuning) con = message_stack_new_tuning (GCOAP_RELIABILITY_CONFIRMABLE);
  g_autoptr (GcoapTransmission) t = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (message_stack_try_request (s, s->group, "g", con, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  t = message_stack_try_request (s, s->group, "g", NULL, NULL);
  g_assert_nonnull (t);
  g_assert_cmpuint (message_stack_expect_to (s, s->group, NON, GET, "g"), >=, 0xf000);

  /* Two members answer. */
  message_stack_receive_from (s, s->peer, NON, 1, CONTENT, "g");
  message_stack_receive_from (s, s->other, NON, 1, CONTENT, "g");
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 2);
  gcoap_transmission_abandon (t);
}

static void
test_watched_are_bounded (MessageStack  **fixture,
                          gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) a = NULL;
  g_autoptr (GcoapTransmission) b = NULL;
  guint16 first;
  guint16 second;

  g_object_set (s->runtime->limits, "max-outbound-exchanges", 1, NULL);
  a = message_stack_request (s, "a", GCOAP_RELIABILITY_NON_CONFIRMABLE);
  first = message_stack_expect (s, NON, GET, "a");
  b = message_stack_request (s, "b", GCOAP_RELIABILITY_NON_CONFIRMABLE);
  second = message_stack_expect (s, NON, GET, "b");
  message_stack_receive (s, RST, first, 0, NULL);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  message_stack_receive (s, RST, second, 0, NULL);
  message_stack_expect_outcome (s, b, GCOAP_OUTCOME_RESET);
}

static void
test_reported_responses (MessageStack  **fixture,
                         gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) non = message_stack_respond (s, NON, 1, "n", GCOAP_RELIABILITY_DEFAULT, TRUE);
  g_autoptr (GcoapTransmission) con = message_stack_respond (s, CON, 2, "c", GCOAP_RELIABILITY_DEFAULT, TRUE);
  g_autoptr (GcoapTransmission) quiet = NULL;
  guint16 non_id = message_stack_expect (s, NON, CONTENT, "n");
  guint16 con_id = message_stack_expect (s, CON, CONTENT, "c");
  guint16 id;

  message_stack_receive (s, RST, non_id, 0, NULL);
  message_stack_expect_outcome (s, non, GCOAP_OUTCOME_RESET);
  /* RFC 7252 §5.2.2: whatever the acknowledgement carries. */
  message_stack_receive (s, ACK, con_id, CONTENT, "z");
  message_stack_expect_outcome (s, con, GCOAP_OUTCOME_ACKNOWLEDGED);
  g_assert_cmpuint (recording_token_manager_count_responses (s->above), ==, 0);

  /* Nobody asked about this one; it is repeated all the same. */
  quiet = message_stack_respond (s, CON, 3, "q", GCOAP_RELIABILITY_DEFAULT, FALSE);
  g_assert_nonnull (quiet);
  id = message_stack_expect (s, CON, CONTENT, "q");
  message_stack_advance (s, 3);
  g_assert_cmpuint (message_stack_expect (s, CON, CONTENT, "q"), ==, id);
  message_stack_receive (s, ACK, id, 0, NULL);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  /* Nor about this, which is not repeated. */
  g_assert_null (message_stack_respond (s, CON, 3, "q", GCOAP_RELIABILITY_NON_CONFIRMABLE, FALSE));
  (void) message_stack_expect (s, NON, CONTENT, "q");
  /* A tuning can make the response to a NON confirmable. */
  g_clear_pointer (&quiet, gcoap_transmission_unref);
  quiet = message_stack_respond (s, NON, 3, "q", GCOAP_RELIABILITY_CONFIRMABLE, FALSE);
  (void) message_stack_expect (s, CON, CONTENT, "q");
  gcoap_transmission_abandon (quiet);
}

#define ADD(path, func) \
  g_test_add ("/message-layer-outbound/" path, MessageStack *, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("piggybacked", test_piggybacked);
  ADD ("piggybacked-with-wrong-token", test_piggybacked_with_wrong_token);
  ADD ("separate", test_separate);
  ADD ("retransmission", test_retransmission);
  ADD ("first-timeout-is-random", test_first_timeout_is_random);
  ADD ("reset", test_reset);
  ADD ("non", test_non);
  ADD ("abandon", test_abandon);
  ADD ("replace", test_replace);
  ADD ("replace-then-acknowledge", test_replace_then_acknowledge);
  ADD ("replace-waiting-and-non", test_replace_waiting_and_non);
  ADD ("nstart", test_nstart);
  ADD ("nstart-of-tuning", test_nstart_of_tuning);
  ADD ("nstart-after-timeout", test_nstart_after_timeout);
  ADD ("queue-is-bounded", test_queue_is_bounded);
  ADD ("peers-are-bounded", test_peers_are_bounded);
  ADD ("message-ids-run-out", test_message_ids_run_out);
  ADD ("send-fails", test_send_fails);
  ADD ("retransmission-fails", test_retransmission_fails);
  ADD ("group-request", test_group_request);
  ADD ("watched-are-bounded", test_watched_are_bounded);
  ADD ("reported-responses", test_reported_responses);
  return g_test_run ();
}
