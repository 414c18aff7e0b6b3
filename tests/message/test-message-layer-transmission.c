/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message on its way: repeated, queued, replaced, given up. */
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
      /* One is given up, unanswered, each 6 seconds: less than PROBING_RATE. */
      message_stack_advance (s, 6);
    }
  g_assert_cmpint (least, >=, 2 * G_USEC_PER_SEC);
  g_assert_cmpint (most, <=, 3 * G_USEC_PER_SEC);
  g_assert_cmpint (most - least, >, G_USEC_PER_SEC / 2);
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

  /* A response goes as it can; whoever asked for a report hears of it, but not
   * from inside the call. */
  g_assert_null (message_stack_respond (s, CON, 5, "r", GCOAP_RELIABILITY_DEFAULT, FALSE));
  (void) message_stack_expect (s, NON, CONTENT, "r");
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

/* Many endpoints, each with a queue of its own, share one limit. */
static void
test_queues_are_bounded_in_all (MessageStack  **fixture,
                                gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTransmission) a = NULL;
  g_autoptr (GcoapTransmission) b = NULL;
  g_autoptr (GcoapTransmission) c = NULL;
  g_autoptr (GcoapTransmission) d = NULL;

  g_object_set (s->runtime->limits, "max-queued", 1, NULL);
  a = message_stack_request (s, "a", GCOAP_RELIABILITY_DEFAULT);
  (void) message_stack_expect (s, CON, GET, "a");
  b = message_stack_request (s, "b", GCOAP_RELIABILITY_DEFAULT);
  c = message_stack_try_request (s, s->other, "c", NULL, &error);
  g_assert_no_error (error);
  (void) message_stack_expect_to (s, s->other, CON, GET, "c");
  g_assert_null (message_stack_try_request (s, s->other, "d", NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);

  /* Whoever leaves a queue makes room in another: sent, or abandoned. */
  gcoap_transmission_abandon (a);
  (void) message_stack_expect (s, CON, GET, "b");
  d = message_stack_try_request (s, s->other, "d", NULL, &error);
  g_assert_no_error (error);
  gcoap_transmission_abandon (d);
  g_clear_pointer (&d, gcoap_transmission_unref);
  d = message_stack_try_request (s, s->other, "d", NULL, &error);
  g_assert_no_error (error);
  gcoap_transmission_abandon (d);
  gcoap_transmission_abandon (c);
  gcoap_transmission_abandon (b);
}

/* A peer that acknowledges nothing does not keep its queue for hours. */
static void
test_stale_responses_are_dropped (MessageStack  **fixture,
                                  gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransmission) reported = NULL;
  g_autoptr (GcoapTransmission) request = NULL;
  guint n_sent = 0;

  for (guint16 id = 1; id <= 100; id++)
    {
      GcoapTransmission *t = message_stack_respond (s, CON, id, "r", GCOAP_RELIABILITY_DEFAULT, FALSE);

      gcoap_transmission_unref (t);
    }
  reported = message_stack_respond (s, CON, 101, "r", GCOAP_RELIABILITY_DEFAULT, TRUE);
  request = message_stack_request (s, "q", GCOAP_RELIABILITY_DEFAULT);
  /* EXCHANGE_LIFETIME, and the last attempt that began before. */
  message_stack_advance (s, 247 + 93 + 1);
  g_assert_cmpint (message_stack_expect_outcome (s, reported, GCOAP_OUTCOME_UNREACHABLE), ==,
                   GCOAP_ERROR_TIMED_OUT);
  for (; mock_message_interface_count_sent (s->below) > 0; n_sent++)
    {
      g_autoptr (KeptPdu) sent = mock_message_interface_take_sent (s->below);

      /* Whoever waits for a response of the peer goes on waiting. */
      if (mock_message_interface_count_sent (s->below) == 0)
        g_assert_cmpint (gcoap_message_get_code (sent->pdu.message), ==, GET);
    }
  g_assert_cmpuint (n_sent, >=, 3 * 5 + 1);
  g_assert_cmpuint (n_sent, <=, 5 * 5 + 5);
  gcoap_transmission_abandon (request);
}

/* With a lifetime of 0 no message ID is ever taken, yet all may be open. */
static void
test_every_message_id_is_open (MessageStack  **fixture,
                               gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransportTuning) non = message_stack_new_tuning (GCOAP_RELIABILITY_NON_CONFIRMABLE);
  g_autoptr (GPtrArray) all =
    g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_transmission_unref);
  g_autoptr (GError) error = NULL;
  GcoapTransmission *t;

  gcoap_transport_tuning_set_max_retransmit (non, 0);
  gcoap_transport_tuning_set_max_latency (non, 0);
  gcoap_transport_tuning_set_probing_rate (non, 0);
  while ((t = message_stack_try_request (s, s->peer, "n", non, &error)) != NULL)
    {
      g_ptr_array_add (all, t);
      (void) message_stack_expect (s, NON, GET, "n");
    }
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MESSAGE_IDS);
  g_assert_cmpuint (all->len, >, 0xc000);
  message_stack_advance (s, 0);
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

  gcoap_transport_tuning_set_probing_rate (non, 0);
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

  g_assert_nonnull (strstr (error->message, "to peer "));
  g_assert_nonnull (strstr (error->message, "free in 145 seconds"));
  g_clear_error (&error);

  /* Whoever asks is told when to ask again. */
  message_stack_advance (s, 100);
  g_assert_null (message_stack_try_request (s, s->peer, "n", non, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MESSAGE_IDS);
  g_assert_nonnull (strstr (error->message, "free in 45 seconds"));

  /* A confirmable one waits for a message ID. */
  con = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  message_stack_expect_silence (s);
  message_stack_advance (s, 44);
  message_stack_expect_silence (s);
  message_stack_advance (s, 2);
  (void) message_stack_expect (s, CON, GET, "c");
  gcoap_transmission_abandon (con);
}

/* The same for those that are queued behind another. */
static void
test_message_ids_run_out_in_queue (MessageStack  **fixture,
                                   gconstpointer   data G_GNUC_UNUSED)
{
  MessageStack *s = *fixture;
  g_autoptr (GcoapTransportTuning) non = message_stack_new_tuning (GCOAP_RELIABILITY_NON_CONFIRMABLE);
  g_autoptr (GcoapTransmission) first = message_stack_request (s, "f", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) second = message_stack_request (s, "s", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) third = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);
  GcoapTransmission *t;
  guint n_sent = 0;

  gcoap_transport_tuning_set_probing_rate (non, 0);
  (void) message_stack_expect (s, CON, GET, "f");
  while ((t = message_stack_try_request (s, s->peer, "n", non, NULL)) != NULL)
    {
      (void) message_stack_expect (s, NON, GET, "n");
      gcoap_transmission_abandon (t);
      gcoap_transmission_unref (t);
    }
  gcoap_transmission_abandon (first);
  message_stack_expect_silence (s);

  /* One block of message IDs holds the CON's, and is free later. */
  message_stack_advance (s, 248);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), <=, 1);
  n_sent = mock_message_interface_count_sent (s->below);
  g_assert_cmpuint (n_sent, >, 0);
  (void) message_stack_expect (s, CON, GET, "s");
  while (mock_message_interface_count_sent (s->below) > 0)
    kept_pdu_free (mock_message_interface_take_sent (s->below));
  gcoap_transmission_abandon (third);
  gcoap_transmission_abandon (second);
  while (mock_message_interface_count_sent (s->below) > 0)
    kept_pdu_free (mock_message_interface_take_sent (s->below));
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

#define ADD(path, func) \
  g_test_add ("/message-layer-transmission/" path, MessageStack *, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("retransmission", test_retransmission);
  ADD ("first-timeout-is-random", test_first_timeout_is_random);
  ADD ("abandon", test_abandon);
  ADD ("replace", test_replace);
  ADD ("replace-then-acknowledge", test_replace_then_acknowledge);
  ADD ("replace-waiting-and-non", test_replace_waiting_and_non);
  ADD ("nstart", test_nstart);
  ADD ("nstart-of-tuning", test_nstart_of_tuning);
  ADD ("nstart-after-timeout", test_nstart_after_timeout);
  ADD ("queue-is-bounded", test_queue_is_bounded);
  ADD ("queues-are-bounded-in-all", test_queues_are_bounded_in_all);
  ADD ("stale-responses-are-dropped", test_stale_responses_are_dropped);
  ADD ("every-message-id-is-open", test_every_message_id_is_open);
  ADD ("message-ids-run-out", test_message_ids_run_out);
  ADD ("message-ids-run-out-in-queue", test_message_ids_run_out_in_queue);
  ADD ("send-fails", test_send_fails);
  ADD ("retransmission-fails", test_retransmission_fails);
  ADD ("watched-are-bounded", test_watched_are_bounded);
  return g_test_run ();
}
