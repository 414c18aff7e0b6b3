/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/echo/gcoap-echo-private.h"

#include "base/gcoap-error.h"
#include "helpers/mock-layer.h"
#include "helpers/named-address.h"
#include "helpers/test-exchange.h"
#include "interfaces/gcoap-exchange-private.h"

typedef struct
{
  GcoapClock           *clock;
  GcoapRuntime         *runtime;
  MockLayer            *network;
  GcoapEcho            *echo;
  GcoapEndpointAddress *server;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->clock = gcoap_clock_new_manual (0);
  fixture->runtime = gcoap_runtime_new (fixture->clock);
  fixture->network = mock_layer_new ();
  fixture->network->holds = TRUE;
  fixture->echo = gcoap_echo_new (GCOAP_REQUEST_INTERFACE (fixture->network), fixture->runtime);
  fixture->server = test_named_address_new ("server", TEST_ADDRESS_PUBLIC);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_ptr_array_set_size (fixture->network->held, 0);
  g_assert_finalize_object (fixture->echo);
  g_object_unref (fixture->network);
  g_object_unref (fixture->server);
  g_object_unref (fixture->runtime);
  g_object_unref (fixture->clock);
}

static TestExchange *
ask (Fixture *fixture)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_POST, "a", NULL);
  TestExchange *exchange;

  gcoap_message_set_payload_data (request, (const guint8 *) "body", 4);
  exchange = test_exchange_new_outbound (request, fixture->server);
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->echo));
  return exchange;
}

/* What the network was given last. */
static GcoapExchange *
last (Fixture *fixture)
{
  GPtrArray *held = fixture->network->held;

  return g_ptr_array_index (held, held->len - 1);
}

static void
assert_echo (GcoapExchange *exchange,
             const char    *expected)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  gsize length;
  const guint8 *value = gcoap_message_peek_option (request, GCOAP_OPTION_ECHO, 0, &length);

  if (expected == NULL)
    {
      g_assert_null (value);
      return;
    }
  g_assert_nonnull (value);
  g_assert_cmpmem (value, length, expected, strlen (expected));
  g_assert_cmpuint (gcoap_message_count_option (request, GCOAP_OPTION_ECHO), ==, 1);
  /* All else is as it was. */
  g_assert_true (gcoap_message_has_option (request, GCOAP_OPTION_URI_PATH));
}

static void
answer (Fixture    *fixture,
        GcoapCode   code,
        const char *echo,
        gboolean    is_last)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (code);

  if (echo != NULL)
    gcoap_message_set_option (response, GCOAP_OPTION_ECHO, (const guint8 *) echo, strlen (echo));
  gcoap_exchange_respond (last (fixture), response, is_last);
}

static void
test_challenge (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) exchange = ask (fixture);
  GcoapMessage *repeated;

  assert_echo (last (fixture), NULL);
  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v1", TRUE);
  g_assert_cmpuint (fixture->network->held->len, ==, 2);
  assert_echo (last (fixture), "v1");
  repeated = gcoap_exchange_get_request (last (fixture));
  g_assert_cmphex (gcoap_message_get_code (repeated), ==, GCOAP_CODE_POST);
  g_assert_cmpmem (g_bytes_get_data (gcoap_message_get_payload (repeated), NULL), 4, "body", 4);
  g_assert_true (gcoap_exchange_is_open (exchange->exchange));
  g_assert_cmpuint (exchange->responses->len, ==, 0);

  answer (fixture, GCOAP_CODE_CHANGED, NULL, TRUE);
  test_exchange_assert_code (exchange, GCOAP_CODE_CHANGED);
}

/* One challenge is answered; the second is the requester's. */
static void
test_once (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) exchange = ask (fixture);

  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v1", TRUE);
  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v2", TRUE);
  g_assert_cmpuint (fixture->network->held->len, ==, 2);
  test_exchange_assert_code (exchange, GCOAP_CODE_UNAUTHORIZED);
}

static void
test_no_challenge (Fixture       *fixture,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) refused = ask (fixture);
  g_autoptr (TestExchange) other = NULL;

  answer (fixture, GCOAP_CODE_UNAUTHORIZED, NULL, TRUE);
  test_exchange_assert_code (refused, GCOAP_CODE_UNAUTHORIZED);
  other = ask (fixture);
  answer (fixture, GCOAP_CODE_FORBIDDEN, "v1", TRUE);
  test_exchange_assert_code (other, GCOAP_CODE_FORBIDDEN);
  g_assert_cmpuint (fixture->network->held->len, ==, 2);
}

static void
test_next_request (Fixture       *fixture,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) first = ask (fixture);
  g_autoptr (TestExchange) second = NULL;
  g_autoptr (TestExchange) third = NULL;
  g_autoptr (TestExchange) fourth = NULL;
  g_autoptr (TestExchange) elsewhere = NULL;
  g_autoptr (GcoapEndpointAddress) other = test_named_address_new ("other", TEST_ADDRESS_PUBLIC);
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);

  /* RFC 9175 §2.3: also one that came with success. */
  answer (fixture, GCOAP_CODE_CHANGED, "v1", TRUE);
  test_exchange_assert_code (first, GCOAP_CODE_CHANGED);
  second = ask (fixture);
  assert_echo (last (fixture), "v1");
  answer (fixture, GCOAP_CODE_CHANGED, NULL, TRUE);
  test_exchange_assert_code (second, GCOAP_CODE_CHANGED);

  /* It is no longer good, and one challenge is answered all the same. */
  third = ask (fixture);
  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v2", TRUE);
  assert_echo (last (fixture), "v2");
  answer (fixture, GCOAP_CODE_CHANGED, NULL, TRUE);
  test_exchange_assert_code (third, GCOAP_CODE_CHANGED);

  /* RFC 9175 §2.3: to nobody but the endpoint it came from. */
  elsewhere = test_exchange_new_outbound (request, other);
  test_exchange_send (elsewhere, GCOAP_REQUEST_INTERFACE (fixture->echo));
  assert_echo (last (fixture), NULL);

  gcoap_clock_advance (fixture->clock, 600001 * G_GINT64_CONSTANT (1000));
  fourth = ask (fixture);
  assert_echo (last (fixture), NULL);
}

/* With other addresses to go on to, a value stays out of the request. */
static void
test_candidates (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) first = ask (fixture);
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) second = test_exchange_new_outbound (request, fixture->server);
  GPtrArray *candidates = g_ptr_array_new_with_free_func (g_object_unref);

  answer (fixture, GCOAP_CODE_CHANGED, "v1", TRUE);
  g_ptr_array_add (candidates, test_named_address_new ("next", TEST_ADDRESS_PUBLIC));
  second->exchange->candidates = candidates;
  test_exchange_send (second, GCOAP_REQUEST_INTERFACE (fixture->echo));
  assert_echo (last (fixture), NULL);
  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v2", TRUE);
  assert_echo (last (fixture), "v2");
  g_assert_false (gcoap_exchange_try_next_candidate (last (fixture)));
}

static void
test_stream (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new_outbound (request, fixture->server);
  GcoapExchange *first;

  exchange->exchange->expects = GCOAP_EXPECTS_STREAM;
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->echo));
  first = last (fixture);
  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v1", FALSE);
  g_assert_false (gcoap_exchange_is_open (first));
  g_assert_cmpuint (exchange->responses->len, ==, 0);
  assert_echo (last (fixture), "v1");
  g_assert_cmpint (gcoap_exchange_get_expects (last (fixture)), ==, GCOAP_EXPECTS_STREAM);

  answer (fixture, GCOAP_CODE_CONTENT, NULL, FALSE);
  answer (fixture, GCOAP_CODE_CONTENT, NULL, FALSE);
  g_assert_cmpuint (exchange->responses->len, ==, 2);
  gcoap_exchange_cancel (exchange->exchange);
  g_assert_false (gcoap_exchange_is_open (last (fixture)));
}

/* RFC 7641 §3.6: a deregistration has the token of the registration, which the
 * derived exchange went out with. */
static void
test_successor (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) registration = test_exchange_new_outbound (request, fixture->server);
  g_autoptr (TestExchange) deregistration = NULL;
  GcoapExchange *sent;

  registration->exchange->expects = GCOAP_EXPECTS_STREAM;
  test_exchange_send (registration, GCOAP_REQUEST_INTERFACE (fixture->echo));
  sent = last (fixture);
  g_assert_true (sent != registration->exchange);

  deregistration = test_exchange_new_outbound (request, fixture->server);
  g_set_object (&deregistration->exchange->predecessor, registration->exchange);
  test_exchange_send (deregistration, GCOAP_REQUEST_INTERFACE (fixture->echo));
  g_assert_true (gcoap_exchange_get_predecessor (last (fixture)) == sent);
  answer (fixture, GCOAP_CODE_CONTENT, NULL, TRUE);
  test_exchange_assert_code (deregistration, GCOAP_CODE_CONTENT);
}

static void
test_error (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) exchange = ask (fixture);
  g_autoptr (TestExchange) dismissed = NULL;
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT, "gone");

  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v1", TRUE);
  gcoap_exchange_fail (last (fixture), error);
  g_assert_error (exchange->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);

  dismissed = ask (fixture);
  gcoap_exchange_dismiss (last (fixture));
  test_exchange_assert_end (dismissed, GCOAP_EXCHANGE_END_DISMISSED);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (TestExchange) exchange = ask (fixture);

  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v1", TRUE);
  gcoap_exchange_cancel (exchange->exchange);
  g_assert_cmpint (gcoap_exchange_get_end (last (fixture)), ==, GCOAP_EXCHANGE_END_CANCELLED);
}

/* Neither a group nor who knows about Echo himself is interfered with. */
static void
test_left_alone (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) group = test_exchange_new_outbound (request, fixture->server);
  g_autoptr (TestExchange) own = NULL;

  group->exchange->expects = GCOAP_EXPECTS_GROUP;
  test_exchange_send (group, GCOAP_REQUEST_INTERFACE (fixture->echo));
  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v1", FALSE);
  g_assert_cmpuint (group->responses->len, ==, 1);

  g_clear_pointer (&request, gcoap_message_unref);
  request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  gcoap_message_set_option (request, GCOAP_OPTION_ECHO, (const guint8 *) "mine", 4);
  own = test_exchange_new_outbound (request, fixture->server);
  test_exchange_send (own, GCOAP_REQUEST_INTERFACE (fixture->echo));
  answer (fixture, GCOAP_CODE_UNAUTHORIZED, "v1", TRUE);
  test_exchange_assert_code (own, GCOAP_CODE_UNAUTHORIZED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/echo-outbound/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("challenge", test_challenge);
  ADD ("once", test_once);
  ADD ("no-challenge", test_no_challenge);
  ADD ("next-request", test_next_request);
  ADD ("candidates", test_candidates);
  ADD ("stream", test_stream);
  ADD ("successor", test_successor);
  ADD ("error", test_error);
  ADD ("cancel", test_cancel);
  ADD ("left-alone", test_left_alone);
  return g_test_run ();
}
