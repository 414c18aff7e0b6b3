/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests and responses on their way out: in which message they go. */
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

/* Sends as many as may go, each of 5 bytes; gives their number. */
static guint
send_non (MessageStack  *s,
          guint16       *id,
          GError       **error)
{
  g_autoptr (GcoapTransportTuning) non = message_stack_new_tuning (GCOAP_RELIABILITY_NON_CONFIRMABLE);

  for (guint n = 0;; n++)
    {
      g_autoptr (GcoapTransmission) t = message_stack_try_request (s, s->peer, "n", non, error);

      if (t == NULL)
        return n;
      *id = message_stack_expect (s, NON, GET, "n");
    }
}

/* RFC 7252 §4.7: PROBING_RATE, and what ends it. */
static void
test_silent_peer (MessageStack  **fixture,
                  gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTransmission) con = NULL;
  guint16 id = 0;

  g_object_set (s->runtime->limits, "max-unanswered-per-peer", 10, NULL);
  g_assert_cmpuint (send_non (s, &id, &error), ==, 10);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_cmpstr (error->message, ==, "peer has not answered any of the last 10 messages; "
                   "the next may be sent to it in 50 seconds, or when it shows a sign of life.");
  g_assert_cmpuint (message_stack_get_counter (s, GCOAP_COUNTER_LIMIT_HITS), ==, 1);
  g_clear_error (&error);

  /* Others and groups are not concerned, nor is a request that is acknowledged. */
  {
    g_autoptr (GcoapTransportTuning) non = message_stack_new_tuning (GCOAP_RELIABILITY_NON_CONFIRMABLE);
    g_autoptr (GcoapTransmission) other = message_stack_try_request (s, s->other, "o", non, &error);
    g_autoptr (GcoapTransmission) group = NULL;

    g_assert_no_error (error);
    (void) message_stack_expect_to (s, s->other, NON, GET, "o");
    for (guint i = 0; i < 11; i++)
      {
        g_clear_pointer (&group, gcoap_transmission_unref);
        group = message_stack_try_request (s, s->group, "g", non, &error);
        g_assert_no_error (error);
        (void) message_stack_expect_to (s, s->group, NON, GET, "g");
      }
  }
  con = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  id = message_stack_expect (s, CON, GET, "c");
  message_stack_receive (s, ACK, id, 0, NULL);
  message_stack_expect_outcome (s, con, GCOAP_OUTCOME_ACKNOWLEDGED);

  /* Any answer counts: an acknowledgement, a response, a reset. */
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 10);
  recording_token_manager_set_takes_responses (s->above, TRUE);
  message_stack_receive (s, NON, 7, CONTENT, "n");
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 10);
  message_stack_receive (s, RST, id, 0, NULL);
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 10);

  /* A response nobody asked for may be forged. */
  recording_token_manager_set_takes_responses (s->above, FALSE);
  message_stack_receive (s, NON, 8, CONTENT, "x");
  (void) message_stack_expect (s, RST, 0, NULL);
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 0);
  message_stack_advance (s, 49);
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 0);
  message_stack_advance (s, 1.1);
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 10);
}

/* A silence is remembered for as long as it is to be, and no longer. */
static void
test_silent_peer_is_remembered (MessageStack  **fixture,
                                gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  guint16 id = 0;

  g_object_set (s->runtime->limits, "max-unanswered-per-peer", 100, NULL);
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 100);
  message_stack_advance (s, 400);
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 0);
  message_stack_advance (s, 101);
  g_assert_cmpint (gcoap_clock_get_next_expiry (s->clock), ==, -1);
  g_assert_cmpuint (send_non (s, &id, NULL), ==, 100);
}

/* RFC 7252 §4.7: a confirmable request is held back by NSTART and by the
 * intervals between its transmissions, unless whoever sends it cheats. */
static void
test_silent_peer_and_confirmable (MessageStack  **fixture,
                                  gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GError) error = NULL;
  GcoapTransmission *t;
  guint n_sent = 0;

  g_object_set (s->runtime->limits, "max-unanswered-per-peer", 10, NULL);
  /* Ten of them at once: each waits until the former has been given up. */
  for (guint i = 0; i < 10; i++)
    gcoap_transmission_unref (message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT));
  for (guint seconds = 0; seconds < 1000; seconds++)
    {
      message_stack_advance (s, 1);
      while (mock_message_interface_count_sent (s->below) > 0)
        {
          g_autoptr (KeptPdu) sent = mock_message_interface_take_sent (s->below);

          g_assert_cmpint (sent->pdu.type, ==, CON);
          n_sent++;
        }
      /* MAX_TRANSMIT_WAIT with the least of random factors, five of each. */
      g_assert_cmpuint (n_sent, <=, 5 * (1 + seconds / 62));
    }
  g_assert_cmpuint (n_sent, ==, 50);
  while (recording_token_manager_count_outcomes (s->above) > 0)
    recorded_outcome_free (recording_token_manager_take_outcome (s->above));

  /* None is left to wait for, but one that is cancelled at once makes way. */
  for (n_sent = 0; (t = message_stack_try_request (s, s->peer, "c", NULL, &error)) != NULL; n_sent++)
    {
      (void) message_stack_expect (s, CON, GET, "c");
      gcoap_transmission_abandon (t);
      gcoap_transmission_unref (t);
    }
  g_assert_cmpuint (n_sent, ==, 10);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  message_stack_advance (s, 50);
  t = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  (void) message_stack_expect (s, CON, GET, "c");
  gcoap_transmission_abandon (t);
  gcoap_transmission_unref (t);
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
  ADD ("reset", test_reset);
  ADD ("non", test_non);
  ADD ("peers-are-bounded", test_peers_are_bounded);
  ADD ("group-request", test_group_request);
  ADD ("reported-responses", test_reported_responses);
  ADD ("silent-peer", test_silent_peer);
  ADD ("silent-peer-is-remembered", test_silent_peer_is_remembered);
  ADD ("silent-peer-and-confirmable", test_silent_peer_and_confirmable);
  return g_test_run ();
}
