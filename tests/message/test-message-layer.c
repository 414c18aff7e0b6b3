/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object: what it passes through, its properties, its end. */
#include "helpers/message-stack.h"

#include "base/gcoap-error.h"

#define CON GCOAP_MESSAGE_TYPE_CON
#define NON GCOAP_MESSAGE_TYPE_NON
#define ACK GCOAP_MESSAGE_TYPE_ACK
#define GET GCOAP_CODE_GET
#define CONTENT GCOAP_CODE_CONTENT

typedef struct
{
  gboolean   done;
  gboolean   succeeded;
  GPtrArray *addresses;
  gint64     round_trip;
  GError    *error;
} Result;

static void
result_clear (Result *self)
{
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_error (&self->error);
  *self = (Result) { FALSE };
}

static void
wait_for (Result *result)
{
  while (!result->done)
    g_main_context_iteration (NULL, TRUE);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *async_result,
             gpointer      data)
{
  Result *result = data;

  g_assert_true (GCOAP_IS_MESSAGE_LAYER (source));
  result->addresses = gcoap_token_interface_resolve_finish (GCOAP_TOKEN_INTERFACE (source),
                                                            async_result, &result->error);
  result->done = TRUE;
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *async_result,
              gpointer      data)
{
  Result *result = data;

  result->succeeded = gcoap_token_interface_shutdown_finish (GCOAP_TOKEN_INTERFACE (source),
                                                             async_result, &result->error);
  result->done = TRUE;
}

static void
pinged_cb (GObject      *source,
           GAsyncResult *async_result,
           gpointer      data)
{
  Result *result = data;

  result->round_trip = gcoap_message_layer_ping_finish (GCOAP_MESSAGE_LAYER (source), async_result,
                                                        &result->error);
  result->done = TRUE;
}

static void
test_passes_through (void)
{
  MessageStack *s = message_stack_new (NULL);
  Result result = { FALSE };

  g_assert_cmpstr (gcoap_token_interface_get_scheme (s->tokens), ==, "coap");
  g_assert_cmpuint (gcoap_token_interface_get_room (s->tokens, s->peer), ==, 999);
  g_assert_true (gcoap_token_interface_recognizes (s->tokens, s->peer));

  gcoap_token_interface_resolve_async (s->tokens, "coap://somebody", NULL, resolved_cb, &result);
  wait_for (&result);
  g_assert_no_error (result.error);
  g_assert_cmpuint (result.addresses->len, ==, 1);
  result_clear (&result);

  gcoap_token_interface_resolve_async (s->tokens, "coap://nowhere", NULL, resolved_cb, &result);
  wait_for (&result);
  g_assert_error (result.error, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND);
  result_clear (&result);
  message_stack_free (s);
}

static void
test_properties (void)
{
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  MessageStack *s;
  g_autoptr (GcoapMessageInterface) below = NULL;
  g_autoptr (GcoapRuntime) runtime = NULL;
  g_autoptr (GcoapTransportTuning) got = NULL;
  guint resets = 0;

  gcoap_transport_tuning_set_ack_timeout (tuning, 100);
  gcoap_transport_tuning_set_ack_random_factor (tuning, 1.0);
  s = message_stack_new (tuning);
  g_object_set (s->layer, "max-resets-per-second", 5, NULL);
  g_object_get (s->layer, "below", &below, "runtime", &runtime, "tuning", &got,
                "max-resets-per-second", &resets, NULL);
  g_assert_true (below == GCOAP_MESSAGE_INTERFACE (s->below));
  g_assert_true (runtime == s->runtime);
  g_assert_true (got == tuning);
  g_assert_cmpuint (resets, ==, 5);
  g_clear_object (&below);

  /* The tuning is that of messages without their own. */
  {
    g_autoptr (GcoapTransmission) t = message_stack_request (s, "t", GCOAP_RELIABILITY_DEFAULT);

    (void) message_stack_expect (s, CON, GET, "t");
    message_stack_advance (s, 0.1);
    (void) message_stack_expect (s, CON, GET, "t");
    gcoap_transmission_abandon (t);
  }
  message_stack_free (s);
}

/* Everything that can be open is open. */
static void
test_shutdown (void)
{
  MessageStack *s = message_stack_new (NULL);
  g_autoptr (GcoapTransmission) con = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) queued = message_stack_request (s, "q", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) non = message_stack_request (s, "n", GCOAP_RELIABILITY_NON_CONFIRMABLE);
  g_autoptr (GcoapTransmission) last = NULL;
  g_autoptr (GError) error = NULL;
  Result ping = { FALSE };
  Result shutdown = { FALSE };
  Result again = { FALSE };
  guint n_outcomes;

  (void) message_stack_expect (s, CON, GET, "c");
  (void) message_stack_expect (s, NON, GET, "n");
  last = message_stack_respond (s, CON, 1, "l", GCOAP_RELIABILITY_DEFAULT, FALSE);
  message_stack_receive (s, CON, 2, GET, "p");
  message_stack_receive_at_group (s, NON, 3, GET, "g");
  {
    GcoapPdu pdu = { .type = NON, .message_id = 3, .address = s->peer, .local = s->group_local };
    g_autoptr (GcoapMessage) message = gcoap_message_new (CONTENT);

    g_assert_null (gcoap_token_interface_send_response (s->tokens, &pdu, message, NULL, FALSE));
  }
  gcoap_message_layer_ping_async (s->layer, s->peer, NULL, pinged_cb, &ping);
  message_stack_expect_silence (s);

  gcoap_token_interface_shutdown_async (s->tokens, NULL, shut_down_cb, &shutdown);
  gcoap_token_interface_shutdown_async (s->tokens, NULL, shut_down_cb, &again);
  wait_for (&shutdown);
  wait_for (&again);
  wait_for (&ping);
  g_assert_true (shutdown.succeeded);
  g_assert_true (again.succeeded);
  g_assert_error (ping.error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_cmpuint (mock_message_interface_count_shutdowns (s->below), ==, 2);
  result_clear (&ping);

  /* The response that waited for its turn goes once. */
  (void) message_stack_expect (s, NON, CONTENT, "l");
  n_outcomes = recording_token_manager_count_outcomes (s->above);
  g_assert_cmpuint (n_outcomes, ==, 3);
  for (guint i = 0; i < n_outcomes; i++)
    {
      g_autoptr (RecordedOutcome) outcome = recording_token_manager_take_outcome (s->above);

      g_assert_cmpint (outcome->outcome, ==, GCOAP_OUTCOME_UNREACHABLE);
      g_assert_error (outcome->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
    }

  /* From now on nothing goes and nothing comes. */
  g_assert_null (message_stack_try_request (s, s->peer, "x", NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_null (message_stack_respond (s, CON, 2, "p", GCOAP_RELIABILITY_DEFAULT, TRUE));
  message_stack_receive (s, CON, 9, GET, "x");
  message_stack_receive (s, CON, 9, 0, NULL);
  mock_message_interface_report_error (s->below, s->peer, -1);
  gcoap_message_layer_ping_async (s->layer, s->peer, NULL, pinged_cb, &ping);
  wait_for (&ping);
  g_assert_error (ping.error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_cmpint (gcoap_clock_get_next_expiry (s->clock), ==, -1);
  message_stack_advance (s, 1000);
  g_assert_cmpuint (recording_token_manager_count_outcomes (s->above), ==, 0);
  g_assert_cmpuint (recording_token_manager_count_errors (s->above), ==, 0);
  gcoap_transmission_abandon (con);
  result_clear (&ping);
  result_clear (&shutdown);
  result_clear (&again);
  message_stack_free (s);
}

/* Transmissions may outlive the layer. */
static void
test_disposed_while_open (void)
{
  MessageStack *s = message_stack_new (NULL);
  g_autoptr (GcoapTransmission) con = message_stack_request (s, "c", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapTransmission) queued = message_stack_request (s, "q", GCOAP_RELIABILITY_DEFAULT);
  g_autoptr (GcoapMessage) message = gcoap_message_new (CONTENT);

  (void) message_stack_expect (s, CON, GET, "c");
  message_stack_receive (s, CON, 2, GET, "p");
  message_stack_free (s);
  gcoap_transmission_abandon (con);
  g_assert_false (gcoap_transmission_replace (queued, message, NULL));
}

static MessageStack *released;

static void
release_cb (const GcoapPdu *pdu G_GNUC_UNUSED,
            gpointer        data G_GNUC_UNUSED)
{
  g_clear_object (&released->layer);
}

/* The handler gives up the last reference to the layer. */
static void
test_released_by_handler (void)
{
  MessageStack *s = message_stack_new (NULL);

  released = s;
  recording_token_manager_set_request_func (s->above, release_cb, NULL);
  message_stack_receive (s, CON, 2, GET, "p");
  g_assert_null (s->layer);
  message_stack_receive (s, CON, 3, GET, "p");
  s->layer = gcoap_message_layer_new (GCOAP_MESSAGE_INTERFACE (s->below), s->runtime, NULL);
  message_stack_free (s);
}

static void
test_without_manager (void)
{
  MessageStack *s = message_stack_new (NULL);

  g_clear_object (&s->above);
  message_stack_receive (s, CON, 2, GET, "p");
  message_stack_receive (s, CON, 2, CONTENT, "p");
  message_stack_expect_silence (s);
  s->above = recording_token_manager_new ();
  message_stack_free (s);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/message-layer/passes-through", test_passes_through);
  g_test_add_func ("/message-layer/properties", test_properties);
  g_test_add_func ("/message-layer/shutdown", test_shutdown);
  g_test_add_func ("/message-layer/disposed-while-open", test_disposed_while_open);
  g_test_add_func ("/message-layer/released-by-handler", test_released_by_handler);
  g_test_add_func ("/message-layer/without-manager", test_without_manager);
  return g_test_run ();
}
