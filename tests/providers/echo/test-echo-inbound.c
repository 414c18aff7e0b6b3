/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server sends to an address that nobody has verified, to the byte. */
#include "providers/echo/gcoap-echo-private.h"

#include <string.h>

#include "helpers/named-address.h"
#include "helpers/test-exchange.h"
#include "interfaces/gcoap-exchange-private.h"
#include "wire/gcoap-datagram-codec-private.h"

/* Answers with a payload of a given length, at once or when told. */
#define BIG_TYPE_RESPONDER (big_responder_get_type ())
G_DECLARE_FINAL_TYPE (BigResponder, big_responder, BIG, RESPONDER, GObject)

struct _BigResponder
{
  GObject parent_instance;

  GcoapCode code;
  gsize     payload_length;
  guint     n_requests;
  gsize     seen_room;
  gboolean  was_fresh;
  guint     n_more;          /* responses before the last */
};

static void
big_responder_request (GcoapRequestInterface *iface,
                       GcoapExchange         *exchange)
{
  BigResponder *self = BIG_RESPONDER (iface);
  g_autofree guint8 *payload = g_malloc0 (self->payload_length + 1);
  g_autoptr (GcoapMessage) response = gcoap_message_new (self->code);

  self->n_requests++;
  self->seen_room = gcoap_exchange_get_room (exchange);
  self->was_fresh = gcoap_exchange_is_fresh (exchange, G_MAXUINT);
  gcoap_message_set_payload_data (response, payload, self->payload_length);
  for (guint i = 0; i < self->n_more; i++)
    gcoap_exchange_respond (exchange, response, FALSE);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
big_responder_iface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = big_responder_request;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (BigResponder, big_responder, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      big_responder_iface_init))

static void
big_responder_class_init (BigResponderClass *klass G_GNUC_UNUSED)
{
}

static void
big_responder_init (BigResponder *self)
{
  self->code = GCOAP_CODE_CONTENT;
}

typedef struct
{
  GcoapClock           *clock;
  GcoapRuntime         *runtime;
  BigResponder         *responder;
  GcoapEcho            *echo;
  GcoapEndpointAddress *peer;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->clock = gcoap_clock_new_manual (0);
  fixture->runtime = gcoap_runtime_new (fixture->clock);
  fixture->responder = g_object_new (BIG_TYPE_RESPONDER, NULL);
  fixture->echo = gcoap_echo_new (GCOAP_REQUEST_INTERFACE (fixture->responder), fixture->runtime);
  fixture->peer = test_named_address_new ("peer", TEST_ADDRESS_PUBLIC);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_finalize_object (fixture->echo);
  g_object_unref (fixture->responder);
  g_object_unref (fixture->peer);
  g_object_unref (fixture->runtime);
  g_object_unref (fixture->clock);
}

/* As on the wire, with a token of four bytes. */
static gsize
size_on_wire (GcoapMessage *message)
{
  GcoapPdu pdu = { .type = GCOAP_MESSAGE_TYPE_ACK, .token = (const guint8 *) "abcd",
                   .token_length = 4, .message = message };
  guint8 buffer[2000];
  g_autoptr (GError) error = NULL;
  gsize length = gcoap_datagram_encode (&pdu, buffer, sizeof buffer, &error);

  g_assert_no_error (error);
  return length;
}

static TestExchange *
ask (Fixture              *fixture,
     GcoapMessage         *request,
     GcoapEndpointAddress *address)
{
  TestExchange *exchange = test_exchange_new_from (request, address, fixture->runtime, FALSE);

  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->echo));
  return exchange;
}

/* A request of so many bytes on the wire, token included. */
static GcoapMessage *
request_of_size (GcoapCode method,
                 gsize     size)
{
  GcoapMessage *request = gcoap_message_new (method);
  /* RFC 7252 §3.1: a value of 13 bytes needs one more for its length. */
  g_autofree char *segment = g_strnfill (size - (size > 21 ? 10 : 9), 'x');

  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, segment);
  g_assert_cmpuint (size_on_wire (request), ==, size);
  return request;
}

static GBytes *
assert_challenge (TestExchange *exchange)
{
  GcoapMessage *response = test_exchange_get_response (exchange);
  GBytes *value = gcoap_message_get_option (response, GCOAP_OPTION_ECHO, 0);
  guint max_age;

  test_exchange_assert_code (exchange, GCOAP_CODE_UNAUTHORIZED);
  g_assert_nonnull (value);
  g_assert_cmpuint (g_bytes_get_size (value), ==, 12);
  g_assert_true (gcoap_message_get_option_uint (response, GCOAP_OPTION_MAX_AGE, &max_age));
  g_assert_cmpuint (max_age, ==, 0);
  g_assert_null (gcoap_message_get_payload (response));
  /* Header, token, Max-Age, Echo. */
  g_assert_cmpuint (size_on_wire (response), ==, 4 + 4 + 2 + 2 + 12);
  return value;
}

/* The largest response that passes, and the one a byte longer. */
static void
test_to_the_byte (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  static const struct { gsize request; gsize largest; } cases[] = {
    /* The token is in neither account: three times what is left of the request,
     * and the token again. */
    { 10, 3 * 6 + 4 },
    { 13, 3 * 9 + 4 },
    { 20, 3 * 16 + 4 },
    { 49, 3 * 45 + 4 },
    /* 3 x 46 would be more than 136. */
    { 50, 136 + 4 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint more = 0; more < 2; more++)
      {
        g_autoptr (GcoapMessage) request = request_of_size (GCOAP_CODE_GET, cases[i].request);
        g_autoptr (TestExchange) exchange = NULL;
        g_autoptr (GBytes) value = NULL;

        /* Header, token, payload marker. */
        fixture->responder->payload_length = cases[i].largest - 9 + more;
        exchange = ask (fixture, request, fixture->peer);
        if (more == 0)
          {
            test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
            g_assert_cmpuint (size_on_wire (test_exchange_get_response (exchange)), ==, cases[i].largest);
            g_assert_cmpuint (cases[i].largest, <=, 3 * cases[i].request);
          }
        else
          value = assert_challenge (exchange);
      }
}

static void
test_136 (Fixture       *fixture,
          gconstpointer  data G_GNUC_UNUSED)
{
  for (guint more = 0; more < 2; more++)
    {
      g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (TestExchange) exchange = NULL;
      g_autoptr (GBytes) value = NULL;
      g_autofree char *segment = g_strnfill (200, 'x');

      gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, segment);
      /* RFC 9175 §2.4: 136 bytes, or 132 after the token. */
      fixture->responder->payload_length = 136 - 5 + more;
      exchange = ask (fixture, request, fixture->peer);
      if (more == 0)
        g_assert_cmpuint (size_on_wire (test_exchange_get_response (exchange)), ==, 4 + 4 + 132);
      else
        value = assert_challenge (exchange);
    }
}

static void
test_verified (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = request_of_size (GCOAP_CODE_GET, 13);
  g_autoptr (GcoapEndpointAddress) other = test_named_address_new ("other", TEST_ADDRESS_PUBLIC);
  g_autoptr (GcoapMessage) repeated = NULL;
  g_autoptr (TestExchange) first = NULL;
  g_autoptr (TestExchange) second = NULL;
  g_autoptr (TestExchange) stolen = NULL;
  g_autoptr (TestExchange) late = NULL;
  g_autoptr (GBytes) value = NULL;
  g_autoptr (GBytes) newer = NULL;
  g_autoptr (GBytes) newest = NULL;

  fixture->responder->payload_length = 1000;
  first = ask (fixture, request, fixture->peer);
  value = assert_challenge (first);
  g_assert_false (fixture->responder->was_fresh);

  repeated = gcoap_message_copy (request);
  gcoap_message_set_option (repeated, GCOAP_OPTION_ECHO, g_bytes_get_data (value, NULL), 12);
  second = ask (fixture, repeated, fixture->peer);
  test_exchange_assert_code (second, GCOAP_CODE_CONTENT);
  g_assert_true (fixture->responder->was_fresh);
  g_assert_null (second->exchange->passing.tuning);

  stolen = ask (fixture, repeated, other);
  newer = assert_challenge (stolen);

  gcoap_clock_advance (fixture->clock, 600001 * G_GINT64_CONSTANT (1000));
  late = ask (fixture, repeated, fixture->peer);
  newest = assert_challenge (late);
}

static void
assert_let_through (Fixture          *fixture,
                    TestAddressFlags  flags,
                    gboolean          expected)
{
  g_autoptr (GcoapMessage) request = request_of_size (GCOAP_CODE_GET, 13);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("x", flags);
  g_autoptr (TestExchange) exchange = ask (fixture, request, address);

  test_exchange_assert_code (exchange, expected ? GCOAP_CODE_CONTENT : GCOAP_CODE_UNAUTHORIZED);
}

static void
test_policy (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  fixture->responder->payload_length = 1000;
  assert_let_through (fixture, TEST_ADDRESS_PUBLIC, FALSE);
  assert_let_through (fixture, TEST_ADDRESS_PLAIN, TRUE);
  assert_let_through (fixture, TEST_ADDRESS_PUBLIC | TEST_ADDRESS_SECURE, TRUE);
  assert_let_through (fixture, TEST_ADDRESS_PUBLIC | TEST_ADDRESS_RELIABLE, TRUE);

  gcoap_echo_set_amplification_policy (fixture->echo, GCOAP_AMPLIFICATION_POLICY_ALL);
  assert_let_through (fixture, TEST_ADDRESS_PUBLIC, FALSE);
  assert_let_through (fixture, TEST_ADDRESS_PLAIN, FALSE);
  assert_let_through (fixture, TEST_ADDRESS_SECURE, TRUE);
  assert_let_through (fixture, TEST_ADDRESS_RELIABLE, TRUE);

  gcoap_echo_set_amplification_policy (fixture->echo, GCOAP_AMPLIFICATION_POLICY_NONE);
  assert_let_through (fixture, TEST_ADDRESS_PUBLIC, TRUE);
}

/* What is executed is not executed again for want of an address. */
static void
test_unsafe (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  static const GcoapCode methods[] = { GCOAP_CODE_POST, GCOAP_CODE_PUT, GCOAP_CODE_DELETE,
                                       GCOAP_CODE_PATCH, GCOAP_CODE_IPATCH };

  fixture->responder->code = GCOAP_CODE_CHANGED;
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GcoapMessage) request = request_of_size (methods[i], 13);
      g_autoptr (TestExchange) small = NULL;
      g_autoptr (TestExchange) large = NULL;
      guint before = fixture->responder->n_requests;

      fixture->responder->payload_length = 131;
      small = ask (fixture, request, fixture->peer);
      test_exchange_assert_code (small, GCOAP_CODE_CHANGED);
      g_assert_cmpuint (g_bytes_get_size (gcoap_message_get_payload (test_exchange_get_response (small))), ==, 131);
      g_assert_cmpuint (fixture->responder->seen_room, ==, 136);
      fixture->responder->payload_length = 132;
      large = ask (fixture, request, fixture->peer);
      test_exchange_assert_code (large, GCOAP_CODE_CHANGED);
      g_assert_null (gcoap_message_get_payload (test_exchange_get_response (large)));
      g_assert_cmpuint (fixture->responder->n_requests, ==, before + 2);
    }
}

/* An error is told even when there is no room to explain it. */
static void
test_diagnostic (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = request_of_size (GCOAP_CODE_GET, 10);
  g_autoptr (TestExchange) exchange = NULL;

  fixture->responder->code = GCOAP_CODE_NOT_FOUND;
  fixture->responder->payload_length = 100;
  exchange = ask (fixture, request, fixture->peer);
  test_exchange_assert_code (exchange, GCOAP_CODE_NOT_FOUND);
  g_assert_null (gcoap_message_get_payload (test_exchange_get_response (exchange)));
}

static void
test_group (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = request_of_size (GCOAP_CODE_GET, 13);
  g_autoptr (TestExchange) small = test_exchange_new_from (request, fixture->peer, fixture->runtime, TRUE);
  g_autoptr (TestExchange) large = test_exchange_new_from (request, fixture->peer, fixture->runtime, TRUE);

  fixture->responder->payload_length = 10;
  test_exchange_send (small, GCOAP_REQUEST_INTERFACE (fixture->echo));
  test_exchange_assert_code (small, GCOAP_CODE_CONTENT);
  fixture->responder->payload_length = 100;
  test_exchange_send (large, GCOAP_REQUEST_INTERFACE (fixture->echo));
  test_exchange_assert_end (large, GCOAP_EXCHANGE_END_DISMISSED);
}

/* RFC 9175 §2.4: never as a separate response, which would be repeated. */
static GcoapReliability seen_reliability;

static GcoapVerdict
look_at_tuning_cb (GcoapExchange *exchange,
                   gboolean       is_last G_GNUC_UNUSED,
                   gpointer       data G_GNUC_UNUSED)
{
  GcoapTransportTuning *tuning = gcoap_exchange_get_response_tuning (exchange);

  seen_reliability = tuning != NULL ? gcoap_transport_tuning_get_reliability (tuning)
                                    : GCOAP_RELIABILITY_DEFAULT;
  return GCOAP_VERDICT_PASS;
}

static void
test_not_confirmable (Fixture       *fixture,
                      gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = request_of_size (GCOAP_CODE_GET, 13);

  for (gsize length = 0; length <= 1000; length += 1000)
    {
      g_autoptr (TestExchange) exchange =
        test_exchange_new_from (request, fixture->peer, fixture->runtime, FALSE);

      seen_reliability = GCOAP_RELIABILITY_DEFAULT;
      fixture->responder->payload_length = length;
      gcoap_exchange_add_response_filter (exchange->exchange, look_at_tuning_cb, NULL);
      test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (fixture->echo));
      g_assert_cmpint (seen_reliability, ==, GCOAP_RELIABILITY_NON_CONFIRMABLE);
    }
}

/* Who registers asks for many responses, and shows first who it is. */
static void
test_observe (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = request_of_size (GCOAP_CODE_GET, 13);
  g_autoptr (TestExchange) registration = NULL;
  g_autoptr (TestExchange) deregistration = NULL;
  g_autoptr (GBytes) value = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_OBSERVE, 0);
  registration = ask (fixture, request, fixture->peer);
  value = assert_challenge (registration);
  g_assert_cmpuint (fixture->responder->n_requests, ==, 0);

  g_clear_pointer (&request, gcoap_message_unref);
  request = request_of_size (GCOAP_CODE_GET, 13);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_OBSERVE, 1);
  deregistration = ask (fixture, request, fixture->peer);
  test_exchange_assert_code (deregistration, GCOAP_CODE_CONTENT);
}

/* All responses to a request are in one account. */
static void
test_several (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = request_of_size (GCOAP_CODE_GET, 34);
  g_autoptr (TestExchange) exchange = NULL;
  GcoapMessage *last;

  /* Ninety bytes for responses of thirty. */
  fixture->responder->payload_length = 25;
  fixture->responder->n_more = 4;
  exchange = ask (fixture, request, fixture->peer);
  g_assert_cmpuint (exchange->responses->len, ==, 3 + 1);
  last = g_ptr_array_index (exchange->responses, 3);
  g_assert_cmphex (gcoap_message_get_code (last), ==, GCOAP_CODE_UNAUTHORIZED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/echo-inbound/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("to-the-byte", test_to_the_byte);
  ADD ("136", test_136);
  ADD ("verified", test_verified);
  ADD ("policy", test_policy);
  ADD ("unsafe", test_unsafe);
  ADD ("diagnostic", test_diagnostic);
  ADD ("group", test_group);
  ADD ("not-confirmable", test_not_confirmable);
  ADD ("observe", test_observe);
  ADD ("several", test_several);
  return g_test_run ();
}
