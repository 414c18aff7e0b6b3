/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/conditional/gcoap-conditional-provider.h"

#include "helpers/mock-responder.h"
#include "helpers/test-exchange.h"
#include "interfaces/gcoap-runtime-private.h"

typedef struct
{
  GcoapClock       *clock;
  GcoapRuntime     *runtime;
  MockResponder    *responder;
  GcoapConditional *conditional;
  TestExchange     *exchange;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->clock = gcoap_clock_new_manual (G_USEC_PER_SEC);
  fixture->runtime = gcoap_runtime_new (fixture->clock);
  fixture->responder = mock_responder_new (MOCK_RESPONDER_KEEP);
  fixture->conditional = gcoap_conditional_new (GCOAP_REQUEST_INTERFACE (fixture->responder),
                                                fixture->runtime);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->exchange, test_exchange_free);
  while (mock_responder_get_n_kept (fixture->responder) > 0)
    mock_responder_release (fixture->responder, 0);
  g_assert_cmpint (gcoap_clock_get_next_expiry (fixture->clock), ==, -1);
  g_assert_finalize_object (fixture->conditional);
  g_assert_finalize_object (fixture->responder);
  g_assert_finalize_object (fixture->runtime);
  g_assert_finalize_object (fixture->clock);
}

static void
ask (Fixture      *fixture,
     const char   *query,
     GcoapExpects  expects)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "t", query);

  g_clear_pointer (&fixture->exchange, test_exchange_free);
  fixture->exchange = test_exchange_new (request);
  gcoap_exchange_set_expects (fixture->exchange->exchange, expects);
  test_exchange_send (fixture->exchange, GCOAP_REQUEST_INTERFACE (fixture->conditional));
}

static GcoapExchange *
kept (Fixture *fixture)
{
  return mock_responder_get_kept (fixture->responder,
                                  mock_responder_get_n_kept (fixture->responder) - 1);
}

static void
assert_latest (Fixture    *fixture,
               guint       n,
               const char *text)
{
  GPtrArray *responses = fixture->exchange->responses;
  gsize length;
  const guint8 *data;

  g_assert_cmpuint (responses->len, ==, n);
  data = gcoap_message_get_payload_data (g_ptr_array_index (responses, n - 1), &length);
  g_assert_cmpmem (data, length, text, strlen (text));
}

static void
advance (Fixture *fixture,
         guint    seconds)
{
  gcoap_clock_advance (fixture->clock, (gint64) seconds * G_USEC_PER_SEC);
}

static void
test_filters (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *rest = NULL;
  GcoapMessage *request;

  ask (fixture, "a&c.gt=20&b&c.pmin=2&c.pmax=10&d", GCOAP_EXPECTS_STREAM);
  request = gcoap_exchange_get_request (kept (fixture));
  /* The resource does not see the conditions. */
  g_assert_cmpuint (gcoap_message_count_option (request, GCOAP_OPTION_URI_QUERY), ==, 3);
  rest = gcoap_message_get_option_string (request, GCOAP_OPTION_URI_QUERY, 1);
  g_assert_cmpstr (rest, ==, "b");

  mock_respond (kept (fixture), "10", FALSE);
  assert_latest (fixture, 1, "10");
  mock_respond (kept (fixture), "15", FALSE);
  assert_latest (fixture, 1, "10");
  mock_respond (kept (fixture), "25", FALSE);
  /* Of interest, but too early; then the latest. */
  mock_respond (kept (fixture), "26", FALSE);
  assert_latest (fixture, 1, "10");
  advance (fixture, 2);
  assert_latest (fixture, 2, "26");
  /* Nothing happens, but the time has come. */
  advance (fixture, 10);
  assert_latest (fixture, 3, "26");
  mock_respond (kept (fixture), "27", FALSE);
  advance (fixture, 9);
  assert_latest (fixture, 3, "26");
  advance (fixture, 1);
  assert_latest (fixture, 4, "27");
}

static void
test_ends (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GcoapMessage) error = gcoap_message_new (GCOAP_CODE_FORBIDDEN);

  ask (fixture, "c.gt=20&c.pmin=100", GCOAP_EXPECTS_STREAM);
  mock_respond (kept (fixture), "10", FALSE);
  gcoap_exchange_fail_code (kept (fixture), GCOAP_CODE_NOT_FOUND, "gone");
  assert_latest (fixture, 2, "gone");
  g_assert_cmpuint (fixture->exchange->n_ends, ==, 1);

  ask (fixture, "c.gt=20", GCOAP_EXPECTS_STREAM);
  mock_respond (kept (fixture), "10", FALSE);
  gcoap_exchange_respond (kept (fixture), error, FALSE);
  g_assert_cmpuint (fixture->exchange->n_ends, ==, 1);
  g_assert_false (gcoap_exchange_is_open (kept (fixture)));

  ask (fixture, "c.gt=20", GCOAP_EXPECTS_STREAM);
  gcoap_exchange_dismiss (kept (fixture));
  test_exchange_assert_end (fixture->exchange, GCOAP_EXCHANGE_END_DISMISSED);
}

static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data)
{
  ask (fixture, "c.pmax=10", GCOAP_EXPECTS_STREAM);
  mock_respond (kept (fixture), "10", FALSE);
  gcoap_exchange_cancel (fixture->exchange->exchange);
  g_assert_cmpuint (mock_responder_get_n_cancelled (fixture->responder), ==, 1);
  advance (fixture, 100);
  assert_latest (fixture, 1, "10");
}

static void
test_bad (Fixture       *fixture,
          gconstpointer  data)
{
  ask (fixture, "c.gt=x", GCOAP_EXPECTS_STREAM);
  test_exchange_assert_code (fixture->exchange, GCOAP_CODE_BAD_REQUEST);
  ask (fixture, "c.band", GCOAP_EXPECTS_STREAM);
  test_exchange_assert_code (fixture->exchange, GCOAP_CODE_BAD_REQUEST);
  g_assert_cmpuint (mock_responder_get_n_requests (fixture->responder), ==, 0);
}

static void
test_plain (Fixture       *fixture,
            gconstpointer  data)
{
  ask (fixture, "c.gt=x", GCOAP_EXPECTS_ONE);
  g_assert_true (kept (fixture) == fixture->exchange->exchange);
  mock_respond (kept (fixture), "1", TRUE);
  ask (fixture, "a=b", GCOAP_EXPECTS_STREAM);
  g_assert_true (kept (fixture) == fixture->exchange->exchange);
  mock_respond (kept (fixture), "1", TRUE);
}

static void
test_too_often (Fixture       *fixture,
                gconstpointer  data)
{
  guint period;

  g_object_get (fixture->conditional, "minimum-period", &period, NULL);
  g_assert_cmpuint (period, ==, 1000);
  ask (fixture, "c.pmax=0.5", GCOAP_EXPECTS_STREAM);
  g_assert_cmpint (gcoap_exchange_get_expects (kept (fixture)), ==, GCOAP_EXPECTS_ONE);
  mock_respond (kept (fixture), "1", TRUE);
  test_exchange_assert_text (fixture->exchange, "1");
  g_object_set (fixture->conditional, "minimum-period", 500, NULL);
  ask (fixture, "c.pmax=0.5", GCOAP_EXPECTS_STREAM);
  g_assert_cmpint (gcoap_exchange_get_expects (kept (fixture)), ==, GCOAP_EXPECTS_STREAM);
  mock_respond (kept (fixture), "1", TRUE);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/conditional/filters", test_filters);
  ADD ("/conditional/ends", test_ends);
  ADD ("/conditional/cancelled", test_cancelled);
  ADD ("/conditional/bad", test_bad);
  ADD ("/conditional/plain", test_plain);
  ADD ("/conditional/too-often", test_too_often);
  return g_test_run ();
}
