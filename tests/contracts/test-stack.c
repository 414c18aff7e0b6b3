/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cases of the contract suite in which message and token layer must play
 * together, with both of them real, over a link that loses what it is told
 * to. */
#include "base/gcoap-error.h"
#include "helpers/mock-responder.h"
#include "helpers/recording-sink.h"
#include "helpers/simulated-node.h"
#include "interfaces/gcoap-exchange-private.h"

typedef struct
{
  GcoapClock         *clock;
  GcoapSimulatedLink *link;
  SimulatedNode      *client;
  SimulatedNode      *server;
  MockResponder      *responder;
  guint               n_lost;
  guint               n_requests;    /* that the client has sent */
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->clock = gcoap_clock_new_manual (0);
  fixture->link = gcoap_simulated_link_new (fixture->clock, 1);
  fixture->client = simulated_node_new (fixture->link, fixture->clock, "client", TRUE);
  fixture->server = simulated_node_new (fixture->link, fixture->clock, "server", TRUE);
  fixture->responder = mock_responder_new (MOCK_RESPONDER_KEEP);
  gcoap_token_layer_set_inbound (fixture->server->tokens, GCOAP_REQUEST_INTERFACE (fixture->responder));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  while (mock_responder_get_n_kept (fixture->responder) > 0)
    mock_responder_release (fixture->responder, 0);
  simulated_node_free (fixture->client);
  simulated_node_free (fixture->server);
  g_assert_finalize_object (fixture->responder);
  g_object_unref (fixture->link);
  g_object_unref (fixture->clock);
}

static void
advance (Fixture *fixture,
         guint    milliseconds)
{
  gcoap_clock_advance (fixture->clock, milliseconds * G_GINT64_CONSTANT (1000));
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

static RecordingSink *
ask (Fixture      *fixture,
     GcoapExpects  expects)
{
  RecordingSink *sink = recording_sink_new (GCOAP_CODE_POST, fixture->server->address);

  gcoap_exchange_set_expects (sink->exchange, expects);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (fixture->client->tokens), sink->exchange);
  return sink;
}

/* RFC 7252 §3: the first byte has the type in bits 5 and 4; the second is the
 * code, zero in an Empty message. */
static gboolean
lose_empty_acks_cb (GcoapSimulatedLink *link,
                    guint               serial,
                    const char         *from,
                    const char         *to,
                    const guint8       *data,
                    gsize               length,
                    gpointer            user_data)
{
  Fixture *fixture = user_data;
  gboolean from_client = g_str_has_prefix (from, "client");

  if (from_client && data[1] == GCOAP_CODE_POST)
    fixture->n_requests++;
  if (!from_client && ((data[0] >> 4) & 3) == GCOAP_MESSAGE_TYPE_ACK && data[1] == 0)
    {
      fixture->n_lost++;
      return FALSE;
    }
  return TRUE;
}

static void
test_separate_response_with_lost_ack (Fixture       *fixture,
                                      gconstpointer  data)
{
  g_autoptr (RecordingSink) sink = NULL;

  gcoap_simulated_link_set_filter (fixture->link, lose_empty_acks_cb, fixture, NULL);
  sink = ask (fixture, GCOAP_EXPECTS_ONE);
  advance (fixture, 1000);
  g_assert_cmpuint (fixture->n_lost, ==, 1);
  g_assert_cmpuint (mock_responder_get_n_requests (fixture->responder), ==, 1);
  mock_respond (mock_responder_get_kept (fixture->responder, 0), "separate", TRUE);
  advance (fixture, 100);
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_cmpuint (sink->responses->len, ==, 1);
  /* Neither side sends anything again. */
  advance (fixture, 100000);
  g_assert_cmpuint (fixture->n_requests, ==, 1);
  g_assert_cmpuint (fixture->client->runtime->statistics->counters[GCOAP_COUNTER_RETRANSMISSIONS], ==, 0);
  g_assert_cmpuint (fixture->server->runtime->statistics->counters[GCOAP_COUNTER_RETRANSMISSIONS], ==, 0);
}

/* The same, but the request is repeated before its response is there. */
static void
test_late_separate_response (Fixture       *fixture,
                             gconstpointer  data)
{
  g_autoptr (RecordingSink) sink = NULL;

  gcoap_simulated_link_set_filter (fixture->link, lose_empty_acks_cb, fixture, NULL);
  sink = ask (fixture, GCOAP_EXPECTS_ONE);
  advance (fixture, 10000);
  g_assert_cmpuint (fixture->n_requests, ==, 3);
  g_assert_cmpuint (mock_responder_get_n_requests (fixture->responder), ==, 1);
  mock_respond (mock_responder_get_kept (fixture->responder, 0), "separate", TRUE);
  advance (fixture, 100000);
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_cmpuint (fixture->n_requests, ==, 3);
}

static void
test_rst_to_reported_non (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (RecordingSink) sink = ask (fixture, GCOAP_EXPECTS_STREAM);
  g_autoptr (GString) told = g_string_new (NULL);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();
  GcoapExchange *exchange;

  gcoap_transport_tuning_set_reliability (tuning, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  advance (fixture, 100);
  exchange = mock_responder_get_kept (fixture->responder, 0);
  gcoap_exchange_set_expects (exchange, GCOAP_EXPECTS_STREAM);
  /* It goes for the whole exchange unless a response has its own. */
  exchange->tuning = gcoap_transport_tuning_ref (tuning);
  mock_respond_reported (exchange, "1", FALSE, told);
  advance (fixture, 1000);
  g_assert_cmpuint (sink->responses->len, ==, 1);
  mock_respond_reported (exchange, "2", FALSE, told);
  advance (fixture, 1000);
  g_assert_cmpuint (sink->responses->len, ==, 2);
  g_assert_null (strchr (told->str, 'R'));

  /* RFC 7641 §3.6: whoever does not remember, rejects. */
  gcoap_exchange_cancel (sink->exchange);
  g_string_truncate (told, 0);
  mock_respond_reported (exchange, "3", FALSE, told);
  advance (fixture, 1000);
  g_assert_cmpstr (told->str, ==, "R");
  gcoap_exchange_dismiss (exchange);
}

static void
test_no_answer (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (RecordingSink) sink = NULL;

  gcoap_simulated_interface_set_partitioned (fixture->server->interface, TRUE);
  sink = ask (fixture, GCOAP_EXPECTS_ONE);
  advance (fixture, 100000);
  g_assert_error (sink->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpuint (mock_responder_get_n_requests (fixture->responder), ==, 0);
}

static void
test_unreachable (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (RecordingSink) sink = NULL;

  gcoap_simulated_interface_set_unreachable (fixture->server->interface, TRUE);
  sink = ask (fixture, GCOAP_EXPECTS_ONE);
  advance (fixture, 1000);
  g_assert_error (sink->error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
}

static void
test_dismissed (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (RecordingSink) sink = NULL;

  mock_responder_set_mode (fixture->responder, MOCK_RESPONDER_DISMISS);
  sink = ask (fixture, GCOAP_EXPECTS_NONE);
  advance (fixture, 100);
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_DISMISSED);
  g_assert_cmpuint (mock_responder_get_n_requests (fixture->responder), ==, 1);
}

static void
test_rejected (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (RecordingSink) con = NULL;
  g_autoptr (RecordingSink) non = recording_sink_new (GCOAP_CODE_POST, fixture->server->address);
  g_autoptr (GcoapTransportTuning) tuning = gcoap_transport_tuning_new ();

  mock_responder_set_mode (fixture->responder, MOCK_RESPONDER_REJECT);
  con = ask (fixture, GCOAP_EXPECTS_ONE);
  advance (fixture, 100);
  g_assert_cmphex (recording_sink_get_code (con, 0), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);

  gcoap_transport_tuning_set_reliability (tuning, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  gcoap_exchange_set_tuning (non->exchange, tuning);
  recording_sink_open (non);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (fixture->client->tokens), non->exchange);
  advance (fixture, 100);
  g_assert_error (non->error, GCOAP_ERROR, GCOAP_ERROR_RESET);
}

static void
test_group (Fixture       *fixture,
            gconstpointer  data)
{
  const char *names[] = { "m1", "m2", "m3" };
  SimulatedNode *members[G_N_ELEMENTS (names)];
  MockResponder *responders[G_N_ELEMENTS (names)];
  g_autoptr (GcoapEndpointAddress) group = NULL;
  g_autoptr (RecordingSink) sink = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      members[i] = simulated_node_new (fixture->link, fixture->clock, names[i], TRUE);
      gcoap_simulated_interface_join_group (members[i]->interface, "all");
      responders[i] = mock_responder_new (MOCK_RESPONDER_ANSWER);
      gcoap_token_layer_set_inbound (members[i]->tokens, GCOAP_REQUEST_INTERFACE (responders[i]));
    }
  group = gcoap_simulated_link_dup_address (fixture->link, "all");
  g_assert_nonnull (group);
  sink = recording_sink_new (GCOAP_CODE_GET, group);
  gcoap_exchange_set_expects (sink->exchange, GCOAP_EXPECTS_GROUP);
  gcoap_exchange_set_group_wait (sink->exchange, 6000);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (fixture->client->tokens), sink->exchange);
  advance (fixture, 7000);
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_cmpuint (sink->responses->len, ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      guint n_from = 0;

      for (guint j = 0; j < sink->responders->len; j++)
        n_from += gcoap_endpoint_address_equal (g_ptr_array_index (sink->responders, j),
                                                members[i]->address);
      g_assert_cmpuint (n_from, ==, 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      simulated_node_free (members[i]);
      g_object_unref (responders[i]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) \
  g_test_add ("/stack/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("separate-response-with-lost-ack", test_separate_response_with_lost_ack);
  ADD ("late-separate-response", test_late_separate_response);
  ADD ("rst-to-reported-non", test_rst_to_reported_non);
  ADD ("no-answer", test_no_answer);
  ADD ("unreachable", test_unreachable);
  ADD ("dismissed", test_dismissed);
  ADD ("rejected", test_rejected);
  ADD ("group", test_group);
  return g_test_run ();
}
