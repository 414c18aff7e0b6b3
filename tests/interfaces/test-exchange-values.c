/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-exchange-private.h"

#include "helpers/named-address.h"
#include "helpers/recording-sink.h"

#include "base/gcoap-error.h"
#include "wire/gcoap-local-private.h"
#include "wire/gcoap-uri.h"

static void
test_round_trip (void)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  g_autoptr (GcoapEndpointAddress) group = test_named_address_new ("all", TEST_ADDRESS_MULTICAST);
  g_autoptr (GcoapEndpointAddress) wire = test_named_address_new ("tcp", TEST_ADDRESS_RELIABLE);
  g_autoptr (GcoapLocal) local = gcoap_local_new ("[::1]", 1, FALSE);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  g_autoptr (GInputStream) body = g_memory_input_stream_new ();
  const char *const claims[] = { "psk:thermostat", NULL };

  g_assert_false (gcoap_exchange_is_inbound (exchange));
  g_assert_cmpuint (gcoap_exchange_get_room (exchange), ==, 1152);
  g_assert_null (gcoap_exchange_get_claims (exchange));
  g_assert_null (gcoap_exchange_get_responder (exchange));

  gcoap_exchange_set_address (exchange, wire);
  g_assert_true (gcoap_exchange_is_reliable (exchange));
  g_assert_false (gcoap_exchange_is_group (exchange));
  gcoap_exchange_set_address (exchange, group);
  g_assert_true (gcoap_exchange_is_group (exchange));
  g_assert_true (gcoap_exchange_get_responder (exchange) == group);

  gcoap_exchange_set_local (exchange, local);
  g_assert_true (gcoap_exchange_get_local (exchange) == local);
  gcoap_exchange_set_claims (exchange, claims);
  g_assert_cmpstr (gcoap_exchange_get_claims (exchange)[0], ==, "psk:thermostat");
  gcoap_exchange_set_tuning (exchange, tuning);
  g_assert_true (gcoap_exchange_get_tuning (exchange) == tuning);
  gcoap_exchange_set_group_wait (exchange, 250);
  g_assert_cmpuint (gcoap_exchange_get_group_wait (exchange), ==, 250);
  gcoap_exchange_set_request_body (exchange, body);
  gcoap_exchange_set_response_body (exchange, body);
  g_assert_true (gcoap_exchange_get_request_body (exchange) == body);
  g_assert_true (gcoap_exchange_get_response_body (exchange) == body);
  gcoap_exchange_set_repeatable (exchange, TRUE);
  g_assert_true (gcoap_exchange_is_repeatable (exchange));
}

static char *
compose (const char    *scheme_flag,
         GcoapLocal    *local,
         const char    *host,
         GError       **error)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapEndpointAddress) peer =
    test_named_address_new ("peer", *scheme_flag != '\0' ? TEST_ADDRESS_RELIABLE | TEST_ADDRESS_SECURE : 0);
  g_autoptr (GcoapExchange) exchange = NULL;

  gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, "a");
  if (host != NULL)
    gcoap_message_add_option_string (request, GCOAP_OPTION_URI_HOST, host);
  gcoap_message_lock (request);
  exchange = gcoap_exchange_new_inbound (runtime, request, peer, local);
  return gcoap_exchange_dup_uri (exchange, error);
}

static void
test_uri (void)
{
  g_autoptr (GcoapLocal) address = gcoap_local_new ("192.0.2.1", 0, FALSE);
  g_autoptr (GcoapLocal) port = gcoap_local_new ("192.0.2.1:8080", 0, FALSE);
  g_autoptr (GcoapLocal) group = gcoap_local_new ("[ff02::fd%eth0]:5683", 1, TRUE);
  g_autoptr (GcoapLocal) named = gcoap_local_new_named ("192.0.2.1:8080", "example.org");
  g_autoptr (GcoapLocal) nameless = gcoap_local_new (NULL, 1, FALSE);
  struct { const char *secure; GcoapLocal *local; const char *host; const char *uri; } cases[] = {
    { "", address, NULL, "coap://192.0.2.1/a" },
    { "", port, NULL, "coap://192.0.2.1:8080/a" },
    { "", port, "example.net", "coap://example.net:8080/a" },
    { "", group, NULL, "coap://[ff02::fd%25eth0]/a" },
    { "s", address, NULL, "coaps+tcp://192.0.2.1/a" },
    { "s", named, NULL, "coaps+tcp://example.org:8080/a" },
    { "s", named, "example.net", "coaps+tcp://example.net:8080/a" },
    { "", nameless, NULL, NULL },
    { "", NULL, "example.net", NULL },
    { "", address, "..\xff", NULL },
  };
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap+ws://h:81/a?b", NULL);
  g_autoptr (GcoapExchange) outbound = gcoap_exchange_new (request);
  g_autofree char *uri = gcoap_exchange_dup_uri (outbound, NULL);

  g_assert_cmpstr (uri, ==, "coap+ws://h:81/a?b");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *composed = compose (cases[i].secure, cases[i].local, cases[i].host, &error);

      g_assert_cmpstr (composed, ==, cases[i].uri);
      if (composed == NULL)
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
    }
}

/* What says where and how a request goes is settled when it is open. */
static void
test_open_is_settled (void)
{
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, NULL);

  recording_sink_open (sink);
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*STATE_OPEN*");
  gcoap_exchange_set_room (sink->exchange, 1);
  g_test_assert_expected_messages ();
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*STATE_OPEN*");
  gcoap_exchange_set_expects (sink->exchange, GCOAP_EXPECTS_STREAM);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (gcoap_exchange_get_room (sink->exchange), ==, 1152);
  gcoap_exchange_dismiss (sink->exchange);
}

static void
test_candidates (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) b = test_named_address_new ("b", TEST_ADDRESS_PLAIN);
  g_autoptr (RecordingSink) parent = recording_sink_new (GCOAP_CODE_GET, a);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) derived = NULL;
  GPtrArray *candidates = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (candidates, g_object_ref (b));
  gcoap_exchange_set_candidates (parent->exchange, candidates);
  recording_sink_open (parent);
  derived = gcoap_exchange_derive (parent->exchange, request);

  /* What the derived one has learned, the next to be derived knows. */
  g_assert_true (gcoap_exchange_try_next_candidate (derived));
  g_assert_true (gcoap_exchange_get_address (derived) == b);
  g_assert_true (gcoap_exchange_get_address (parent->exchange) == b);
  g_assert_false (gcoap_exchange_try_next_candidate (derived));
  gcoap_exchange_dismiss (parent->exchange);
}

/* Once somebody has answered, no other address is tried. */
static void
test_candidates_after_response (void)
{
  g_autoptr (GcoapEndpointAddress) a = test_named_address_new ("a", TEST_ADDRESS_PLAIN);
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, a);
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  GPtrArray *candidates = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (candidates, g_object_ref (a));
  gcoap_exchange_set_candidates (sink->exchange, candidates);
  recording_sink_open (sink);
  gcoap_exchange_respond (sink->exchange, response, FALSE);
  g_assert_false (gcoap_exchange_try_next_candidate (sink->exchange));
  gcoap_exchange_dismiss (sink->exchange);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange-values/round-trip", test_round_trip);
  g_test_add_func ("/exchange-values/uri", test_uri);
  g_test_add_func ("/exchange-values/open-is-settled", test_open_is_settled);
  g_test_add_func ("/exchange-values/candidates", test_candidates);
  g_test_add_func ("/exchange-values/candidates-after-response", test_candidates_after_response);
  return g_test_run ();
}
