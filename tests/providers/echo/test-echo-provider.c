/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Both halves with whole stacks between them, over a simulated link. */
#include "providers/echo/gcoap-echo-provider.h"

#include <string.h>

#include "helpers/mock-layer.h"
#include "helpers/simulated-pair.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"

typedef struct
{
  guint n_answers;
  guint n_executed;
  gsize longest;          /* datagram of the server */
  guint n_confirmable;    /* messages of the server */
} Seen;

static gboolean
watch_cb (GcoapSimulatedLink *link G_GNUC_UNUSED,
          guint               serial G_GNUC_UNUSED,
          const char         *from,
          const char         *to G_GNUC_UNUSED,
          const guint8       *data,
          gsize               length,
          gpointer            user_data)
{
  Seen *seen = user_data;

  if (!g_str_has_prefix (from, "server"))
    return TRUE;
  seen->n_answers++;
  seen->longest = MAX (seen->longest, length);
  if (((data[0] >> 4) & 3) == 0)
    seen->n_confirmable++;
  return TRUE;
}

static gboolean
answer_cb (GcoapSimpleResource *resource G_GNUC_UNUSED,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  Seen *seen = user_data;
  char text[501];

  seen->n_executed++;
  memset (text, 'x', sizeof text - 1);
  text[sizeof text - 1] = '\0';
  gcoap_resource_answer_text (exchange, text);
  return TRUE;
}

static SimulatedPair *
pair_with_resource (Seen *seen)
{
  SimulatedPair *pair = simulated_pair_new (1);
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  g_signal_connect (resource, "get", G_CALLBACK (answer_cb), seen);
  gcoap_site_add (pair->site, "large", GCOAP_REQUEST_INTERFACE (resource));
  gcoap_simulated_link_set_filter (pair->link, watch_cb, seen, NULL);
  gcoap_context_set_amplification_policy (pair->server, GCOAP_AMPLIFICATION_POLICY_ALL);
  return pair;
}

static void
test_end_to_end (void)
{
  Seen seen = { 0 };
  g_autoptr (SimulatedPair) pair = pair_with_resource (&seen);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) first = NULL;
  g_autoptr (GcoapMessage) second = NULL;

  first = simulated_pair_request (pair, GCOAP_CODE_GET, "coap://server/large", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (gcoap_message_get_code (first), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpuint (g_bytes_get_size (gcoap_message_get_payload (first)), ==, 500);
  g_assert_cmpuint (seen.n_answers, ==, 2);

  /* This needs to be done only once per endpoint (RFC 9175 §2.4). */
  second = simulated_pair_request (pair, GCOAP_CODE_GET, "coap://server/large", NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (gcoap_message_get_code (second), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpuint (seen.n_answers, ==, 3);
}

/* A client that cannot show its address never gets more. */
static void
test_forged_source (void)
{
  Seen seen = { 0 };
  g_autoptr (SimulatedPair) pair = pair_with_resource (&seen);
  /* CON GET /large, token "t". */
  static const guint8 request[] = { 0x41, 0x01, 0x12, 0x34, 't', 0xb5, 'l', 'a', 'r', 'g', 'e' };

  g_assert_true (gcoap_simulated_link_inject (pair->link, "client", "server", request, sizeof request));
  g_assert_false (simulated_pair_run (pair, 300));
  g_assert_cmpuint (seen.n_executed, ==, 1);
  g_assert_cmpuint (seen.n_answers, ==, 1);
  g_assert_cmpuint (seen.n_confirmable, ==, 0);
  g_assert_cmpuint (seen.longest, ==, 4 + 1 + 2 + 2 + 12);
  g_assert_cmpuint (seen.longest, <=, 3 * sizeof request);
}

static gboolean
keep_cb (GcoapSimpleResource *resource G_GNUC_UNUSED,
         GcoapExchange       *exchange,
         gpointer             user_data)
{
  *(GcoapExchange **) user_data = g_object_ref (exchange);
  return TRUE;
}

/* RFC 9175 §2.4: an answer that comes late, when the request has been
 * acknowledged, is not confirmable, for its repetitions would count. */
static void
test_late_answer (void)
{
  Seen seen = { 0 };
  g_autoptr (SimulatedPair) pair = pair_with_resource (&seen);
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapExchange) exchange = NULL;
  static const guint8 request[] = { 0x41, 0x01, 0x12, 0x34, 't', 0xb4, 'l', 'a', 't', 'e' };

  g_signal_connect (resource, "get", G_CALLBACK (keep_cb), &exchange);
  gcoap_site_add (pair->site, "late", GCOAP_REQUEST_INTERFACE (resource));
  g_assert_true (gcoap_simulated_link_inject (pair->link, "client", "server", request, sizeof request));
  g_assert_false (simulated_pair_run (pair, 10));
  g_assert_nonnull (exchange);
  gcoap_resource_answer_text (exchange, "here");
  g_assert_false (simulated_pair_run (pair, 300));
  /* The Empty ACK, and the answer once. */
  g_assert_cmpuint (seen.n_answers, ==, 2);
  g_assert_cmpuint (seen.n_confirmable, ==, 0);
}

static void
test_properties (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (MockLayer) next = mock_layer_new ();
  g_autoptr (GcoapEcho) echo = gcoap_echo_new (GCOAP_REQUEST_INTERFACE (next), runtime);
  GcoapAmplificationPolicy policy;
  guint window;

  g_object_get (echo, "amplification-policy", &policy, "freshness-window", &window, NULL);
  g_assert_cmpint (policy, ==, GCOAP_AMPLIFICATION_POLICY_PUBLIC);
  g_assert_cmpuint (window, ==, 600000);
  g_object_set (echo, "amplification-policy", GCOAP_AMPLIFICATION_POLICY_NONE,
                "freshness-window", 5000, NULL);
  g_assert_cmpint (gcoap_echo_get_amplification_policy (echo), ==, GCOAP_AMPLIFICATION_POLICY_NONE);
  g_assert_cmpuint (gcoap_echo_get_freshness_window (echo), ==, 5000);

  g_object_get (context, "amplification-policy", &policy, NULL);
  g_assert_cmpint (policy, ==, GCOAP_AMPLIFICATION_POLICY_PUBLIC);
  g_object_set (context, "amplification-policy", GCOAP_AMPLIFICATION_POLICY_ALL, NULL);
  g_assert_cmpint (gcoap_context_get_amplification_policy (context), ==, GCOAP_AMPLIFICATION_POLICY_ALL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/echo-provider/end-to-end", test_end_to_end);
  g_test_add_func ("/echo-provider/forged-source", test_forged_source);
  g_test_add_func ("/echo-provider/late-answer", test_late_answer);
  g_test_add_func ("/echo-provider/properties", test_properties);
  return g_test_run ();
}
