/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* However much the link loses, repeats and reorders, a request that changes
 * something is executed exactly once, and its requester hears of it (RFC 7252
 * §4.2, §4.5). Every run has a seed, named when it fails. */
#include "base/gcoap-error.h"
#include "helpers/recording-sink.h"
#include "helpers/simulated-node.h"

#define N_REQUESTS 300
/* With 30 % loss each way half of the transmissions are in vain, so about one
 * request of 1600 fails after eleven. More than this many of a run would be a
 * mistake of ours. */
#define MAX_UNANSWERED 6

/* Executes requests: each says in its payload which one it is. Every other one
 * is answered later than an acknowledgement waits. */
#define TEST_TYPE_COUNTER (test_counter_get_type ())
G_DECLARE_FINAL_TYPE (TestCounter, test_counter, TEST, COUNTER, GObject)

struct _TestCounter
{
  GObject      parent_instance;
  GcoapClock  *clock;
  GPtrArray   *waiting;             /* of GcoapExchange */
  guint        n_executed[N_REQUESTS];
};

static guint
number_of (GcoapMessage *message)
{
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (message, &length);

  g_assert_cmpuint (length, ==, 2);
  return (guint) data[0] << 8 | data[1];
}

static void
set_number (GcoapMessage *message,
            guint         number)
{
  const guint8 data[] = { (guint8) (number >> 8), (guint8) number };

  gcoap_message_set_payload_data (message, data, sizeof data);
}

/* The five transmissions of RFC 7252 §4.8 are too few for such a link. More of
 * them must not take longer than MAX_TRANSMIT_SPAN of the other side, which
 * forgets message IDs by it: 25 ms * (2^10 - 1) * 1.5 is 38 s, less than 45. */
static GcoapTransportTuning *
new_tuning (void)
{
  GcoapTransportTuning *tuning = gcoap_transport_tuning_new ();

  gcoap_transport_tuning_set_max_retransmit (tuning, 10);
  gcoap_transport_tuning_set_ack_timeout (tuning, 25);
  gcoap_transport_tuning_set_nstart (tuning, 4);
  return tuning;
}

static void
answer (GcoapExchange *exchange)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);
  g_autoptr (GcoapTransportTuning) tuning = new_tuning ();

  set_number (response, number_of (gcoap_exchange_get_request (exchange)));
  gcoap_exchange_respond_full (exchange, response, TRUE, tuning, NULL, NULL, NULL);
}

static void
test_counter_request (GcoapRequestInterface *iface,
                      GcoapExchange         *exchange)
{
  TestCounter *self = TEST_COUNTER (iface);
  guint number = number_of (gcoap_exchange_get_request (exchange));

  g_assert_cmpuint (number, <, N_REQUESTS);
  self->n_executed[number]++;
  if (number % 2 == 0)
    answer (exchange);
  else
    g_ptr_array_add (self->waiting, g_object_ref (exchange));
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = test_counter_request;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestCounter, test_counter, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

static void
test_counter_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_COUNTER (object)->waiting);
  G_OBJECT_CLASS (test_counter_parent_class)->finalize (object);
}

static void
test_counter_class_init (TestCounterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_counter_finalize;
}

static void
test_counter_init (TestCounter *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
answer_waiting (TestCounter *self)
{
  while (self->waiting->len > 0)
    {
      g_autoptr (GcoapExchange) exchange = g_ptr_array_steal_index (self->waiting, 0);

      answer (exchange);
    }
}

typedef struct
{
  double loss;
  double duplication;
  double reordering;
} Weather;

static RecordingSink *
ask (SimulatedNode *client,
     SimulatedNode *server,
     guint          number)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_POST);
  g_autoptr (GcoapTransportTuning) tuning = new_tuning ();
  RecordingSink *sink;

  set_number (request, number);
  sink = recording_sink_new_for_exchange (gcoap_exchange_new (request));
  gcoap_exchange_set_address (sink->exchange, server->address);
  gcoap_exchange_set_tuning (sink->exchange, tuning);
  recording_sink_open (sink);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (client->tokens), sink->exchange);
  return sink;
}

/* Checks one request at the end; returns whether it was answered. */
static gboolean
check (TestCounter   *counter,
       RecordingSink *sink,
       guint          number,
       guint32        seed)
{
  /* Not even one that failed may have been executed twice. */
  if (counter->n_executed[number] > 1)
    g_error ("Seed %u: request %u was executed %u times", seed, number, counter->n_executed[number]);
  if (sink->n_ends != 1)
    g_error ("Seed %u: request %u ended %u times", seed, number, sink->n_ends);
  if (sink->error != NULL)
    {
      g_assert_error (sink->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
      return FALSE;
    }
  g_assert_cmpuint (sink->responses->len, ==, 1);
  g_assert_cmphex (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_CHANGED);
  g_assert_cmpuint (number_of (g_ptr_array_index (sink->responses, 0)), ==, number);
  g_assert_cmpuint (counter->n_executed[number], ==, 1);
  return TRUE;
}

static void
test_exactly_once (gconstpointer data)
{
  const Weather *weather = data;

  for (guint32 seed = 1; seed <= 5; seed++)
    {
      g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
      g_autoptr (GcoapSimulatedLink) link = gcoap_simulated_link_new (clock, seed);
      g_autoptr (SimulatedNode) client = simulated_node_new (link, clock, "client", TRUE);
      g_autoptr (SimulatedNode) server = simulated_node_new (link, clock, "server", TRUE);
      g_autoptr (TestCounter) counter = g_object_new (TEST_TYPE_COUNTER, NULL);
      RecordingSink *sinks[N_REQUESTS];
      guint n_answered = 0;

      gcoap_token_layer_set_inbound (server->tokens, GCOAP_REQUEST_INTERFACE (counter));
      gcoap_simulated_link_set_loss (link, weather->loss);
      gcoap_simulated_link_set_duplication (link, weather->duplication);
      gcoap_simulated_link_set_reordering (link, weather->reordering);
      gcoap_simulated_link_set_delay (link, 1000, 10000);

      for (guint i = 0; i < N_REQUESTS; i++)
        sinks[i] = ask (client, server, i);
      /* All that wait in the queue of NSTART have their turn. */
      for (guint i = 0; i < 8000; i++)
        {
          gcoap_clock_advance (clock, 250000);
          answer_waiting (counter);
        }
      for (guint i = 0; i < N_REQUESTS; i++)
        {
          n_answered += check (counter, sinks[i], i, seed);
          recording_sink_free (sinks[i]);
        }
      if (n_answered + MAX_UNANSWERED < N_REQUESTS)
        g_error ("Seed %u: only %u of %u requests were answered", seed, n_answered, N_REQUESTS);
      if (weather->loss <= 0)
        g_assert_cmpuint (n_answered, ==, N_REQUESTS);
      if (weather->duplication > 0)
        g_assert_cmpuint (server->runtime->statistics->counters[GCOAP_COUNTER_DUPLICATES_RECEIVED], >, 0);
      if (weather->loss > 0)
        g_assert_cmpuint (client->runtime->statistics->counters[GCOAP_COUNTER_RETRANSMISSIONS], >, 0);
    }
}

int
main (int argc, char **argv)
{
  static const Weather fair = { 0, 0, 0 };
  static const Weather lossy = { 0.3, 0, 0 };
  static const Weather duplicating = { 0, 0.3, 0 };
  static const Weather reordering = { 0, 0, 0.3 };
  static const Weather foul = { 0.3, 0.3, 0.3 };

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/lossy-link/fair", &fair, test_exactly_once);
  g_test_add_data_func ("/lossy-link/loss", &lossy, test_exactly_once);
  g_test_add_data_func ("/lossy-link/duplication", &duplicating, test_exactly_once);
  g_test_add_data_func ("/lossy-link/reordering", &reordering, test_exactly_once);
  g_test_add_data_func ("/lossy-link/all", &foul, test_exactly_once);
  return g_test_run ();
}
