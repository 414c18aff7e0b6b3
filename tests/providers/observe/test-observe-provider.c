/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The outbound half, and the properties. */
#include "providers/observe/gcoap-observe-provider.h"

#include "base/gcoap-error.h"
#include "helpers/token-stack.h"
#include "wire/gcoap-message-options.h"

typedef struct
{
  TokenStack   *stack;
  GcoapObserve *observe;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->stack = token_stack_new ();
  fixture->observe = gcoap_observe_new (GCOAP_REQUEST_INTERFACE (fixture->stack->layer),
                                        fixture->stack->runtime);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_assert_finalize_object (fixture->observe);
  token_stack_free (fixture->stack);
}

static RecordingSink *
ask (Fixture              *fixture,
     GcoapEndpointAddress *address,
     int                   observe,
     GcoapExpects          expects)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  GcoapExchange *exchange;
  RecordingSink *sink;

  if (observe >= 0)
    gcoap_message_set_observe (request, (guint) observe);
  exchange = gcoap_exchange_new (request);
  gcoap_exchange_set_address (exchange, address);
  gcoap_exchange_set_expects (exchange, expects);
  sink = recording_sink_new_for_exchange (exchange);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (fixture->observe), sink->exchange);
  return sink;
}

static gboolean
respond (Fixture   *fixture,
         GcoapCode  code,
         int        observe)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (code);
  MockSent *request = mock_token_interface_get_sent (fixture->stack->below, 0);

  if (observe >= 0)
    gcoap_message_set_observe (response, (guint) observe);
  return mock_token_interface_respond_message (fixture->stack->below, request, request->address,
                                               response);
}

static void
test_order (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (RecordingSink) sink = ask (fixture, fixture->stack->peer, 0, GCOAP_EXPECTS_STREAM);

  g_assert_true (respond (fixture, GCOAP_CODE_CONTENT, 5));
  g_assert_true (respond (fixture, GCOAP_CODE_CONTENT, 7));
  g_assert_cmpuint (sink->responses->len, ==, 2);
  /* It overtook nobody: it is taken, but not passed on. */
  g_assert_true (respond (fixture, GCOAP_CODE_CONTENT, 6));
  g_assert_cmpuint (sink->responses->len, ==, 2);
  token_stack_advance (fixture->stack, 128001);
  g_assert_true (respond (fixture, GCOAP_CODE_VALID, 6));
  g_assert_cmpuint (sink->responses->len, ==, 3);
  g_assert_cmpuint (sink->n_ends, ==, 0);
  gcoap_exchange_cancel (sink->exchange);
  g_assert_false (respond (fixture, GCOAP_CODE_CONTENT, 9));
}

/* RFC 8323 §7.1. */
static void
test_reliable (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("tcp", TEST_ADDRESS_RELIABLE);
  g_autoptr (RecordingSink) sink = ask (fixture, address, 0, GCOAP_EXPECTS_STREAM);

  respond (fixture, GCOAP_CODE_CONTENT, 0);
  respond (fixture, GCOAP_CODE_CONTENT, 0);
  g_assert_cmpuint (sink->responses->len, ==, 2);
  gcoap_exchange_cancel (sink->exchange);
}

static void
test_ends (Fixture       *fixture,
           gconstpointer  data)
{
  gboolean is_error = GPOINTER_TO_INT (data);
  g_autoptr (RecordingSink) sink = ask (fixture, fixture->stack->peer, 0, GCOAP_EXPECTS_STREAM);

  respond (fixture, GCOAP_CODE_CONTENT, 5);
  if (is_error)
    respond (fixture, GCOAP_CODE_NOT_FOUND, 6);
  else
    respond (fixture, GCOAP_CODE_CONTENT, -1);
  g_assert_cmpuint (sink->responses->len, ==, 2);
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  /* Nobody listens for that token any more. */
  g_assert_false (respond (fixture, GCOAP_CODE_CONTENT, 7));
}

static void
test_error (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (RecordingSink) sink = ask (fixture, fixture->stack->peer, 0, GCOAP_EXPECTS_STREAM);

  mock_token_interface_settle (fixture->stack->below,
                               mock_token_interface_get_sent (fixture->stack->below, 0),
                               GCOAP_OUTCOME_TIMED_OUT);
  g_assert_error (sink->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
}

/* What asks for no stream is none of its business. */
static void
test_others (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (RecordingSink) plain = ask (fixture, fixture->stack->peer, -1, GCOAP_EXPECTS_STREAM);

  respond (fixture, GCOAP_CODE_CONTENT, -1);
  g_assert_cmpuint (plain->n_ends, ==, 0);
  gcoap_exchange_cancel (plain->exchange);
}

static void
test_group (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (RecordingSink) refused = ask (fixture, fixture->stack->group, 0, GCOAP_EXPECTS_GROUP);
  g_autoptr (RecordingSink) stream = ask (fixture, fixture->stack->group, 0, GCOAP_EXPECTS_STREAM);
  g_autoptr (RecordingSink) allowed = NULL;

  g_assert_error (refused->error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_error (stream->error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  gcoap_observe_set_allow_groups (fixture->observe, TRUE);
  allowed = ask (fixture, fixture->stack->group, 0, GCOAP_EXPECTS_GROUP);
  g_assert_no_error (allowed->error);
  gcoap_exchange_cancel (allowed->exchange);
}

static void
test_properties (Fixture       *fixture,
                 gconstpointer  data)
{
  guint interval, count, delay;
  gboolean groups;
  g_autoptr (GcoapRuntime) runtime = NULL;

  g_object_get (fixture->observe, "non-confirmable-interval", &interval, "max-non-confirmable",
                &count, "confirm-delay", &delay, "allow-groups", &groups, "runtime", &runtime, NULL);
  g_assert_cmpuint (interval, ==, 3000);
  g_assert_cmpuint (count, ==, 16);
  g_assert_cmpuint (delay, ==, 20000);
  g_assert_false (groups);
  g_assert_true (runtime == fixture->stack->runtime);
  g_object_set (fixture->observe, "non-confirmable-interval", 1, "max-non-confirmable", 2,
                "confirm-delay", 3, "allow-groups", TRUE, NULL);
  g_assert_cmpuint (gcoap_observe_get_non_confirmable_interval (fixture->observe), ==, 1);
  g_assert_cmpuint (gcoap_observe_get_max_non_confirmable (fixture->observe), ==, 2);
  g_assert_cmpuint (gcoap_observe_get_confirm_delay (fixture->observe), ==, 3);
  g_assert_true (gcoap_observe_get_allow_groups (fixture->observe));
}

#define ADD(path, func, data) g_test_add (path, Fixture, data, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/observe/order", test_order, NULL);
  ADD ("/observe/reliable", test_reliable, NULL);
  ADD ("/observe/ends/without-option", test_ends, GINT_TO_POINTER (FALSE));
  ADD ("/observe/ends/error-code", test_ends, GINT_TO_POINTER (TRUE));
  ADD ("/observe/error", test_error, NULL);
  ADD ("/observe/others", test_others, NULL);
  ADD ("/observe/group", test_group, NULL);
  ADD ("/observe/properties", test_properties, NULL);
  return g_test_run ();
}
