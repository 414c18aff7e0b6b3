/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What becomes of the answers to a request that was verified. */
#include "providers/oscore/gcoap-oscore-serving-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "context/gcoap-observation.h"
#include "helpers/oscore-pair.h"
#include "providers/oscore/gcoap-oscore-contexts-private.h"

static GcoapObservation *
observe (OscorePair *pair)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/text", NULL);
  g_autoptr (GError) error = NULL;
  GcoapObservation *observation;

  g_clear_object (&pair->pair->result);
  gcoap_context_observe_async (pair->pair->client, request, NULL, simulated_pair_done_cb, pair->pair);
  g_assert_true (simulated_pair_run (pair->pair, 100));
  observation = gcoap_context_observe_finish (pair->pair->client, pair->pair->result, &error);
  g_assert_no_error (error);
  return observation;
}

static void
change (OscorePair *pair,
        const char *text)
{
  g_free (pair->stored);
  pair->stored = g_strdup (text);
  gcoap_resource_notify_observers (pair->text);
  oscore_pair_run (pair, 10);
}

static void
assert_shows (GcoapObservation *observation,
              const char       *text)
{
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (gcoap_observation_get_message (observation), &length);

  g_assert_cmpmem (data, length, text, strlen (text));
}

/* RFC 8613 §4.1.3.5.2: all notifications but the first have a number. */
static void
assert_numbered (OscorePair *pair,
                 gboolean    has_number)
{
  g_autoptr (GcoapMessage) notification = oscore_pair_latest (pair, FALSE, 0);
  gsize length;

  g_assert_cmphex (gcoap_message_get_code (notification), ==, GCOAP_CODE_CONTENT);
  g_assert_true (gcoap_message_has_option (notification, GCOAP_OPTION_OBSERVE));
  g_assert_nonnull (gcoap_message_peek_option (notification, GCOAP_OPTION_OSCORE, 0, &length));
  g_assert_cmpint (length > 0, ==, has_number);
}

static void
test_observe (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapObservation) observation = observe (pair);
  g_autoptr (GcoapMessage) request = oscore_pair_latest (pair, TRUE, 0);

  g_assert_cmphex (gcoap_message_get_code (request), ==, GCOAP_CODE_FETCH);
  g_assert_true (gcoap_message_has_option (request, GCOAP_OPTION_OBSERVE));
  assert_shows (observation, "Hello World!");
  assert_numbered (pair, FALSE);
  change (pair, "one secret");
  assert_shows (observation, "one secret");
  assert_numbered (pair, TRUE);
  change (pair, "two secrets");
  assert_shows (observation, "two secrets");
  g_assert_cmpint (gcoap_observation_get_state (observation), ==, GCOAP_OBSERVATION_STATE_FRESH);
  g_assert_false (oscore_pair_has_sent (pair, 0, "secret"));
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->text), ==, 1);
  g_clear_object (&observation);
  oscore_pair_run (pair, 10);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->text), ==, 0);
}

static void
test_deregister (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapObservation) observation = observe (pair);
  g_autoptr (GcoapMessage) request = NULL;
  guint value = 0;

  gcoap_observation_cancel (observation);
  oscore_pair_run (pair, 3);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->text), ==, 0);
  /* It is another request, with a number of its own, on the same token. */
  request = oscore_pair_latest (pair, TRUE, 0);
  g_assert_true (gcoap_message_get_option_uint (request, GCOAP_OPTION_OBSERVE, &value));
  g_assert_cmpuint (value, ==, 1);
}

/* Notifications that overtake each other, or come again, change nothing. */
static void
test_replayed_notification (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapObservation) observation = observe (pair);
  g_autofree guint8 *copy = NULL;
  OscoreDatagram *old = NULL;

  change (pair, "one");
  for (guint i = pair->datagrams->len; i-- > 0 && old == NULL;)
    {
      OscoreDatagram *datagram = g_ptr_array_index (pair->datagrams, i);

      if (!datagram->from_client && datagram->data[1] == GCOAP_CODE_CONTENT)
        old = datagram;
    }
  change (pair, "two");
  copy = g_memdup2 (old->data, old->length);
  copy[2] ^= 0x80;
  gcoap_simulated_link_inject (pair->pair->link, "server", "client", copy, old->length);
  oscore_pair_run (pair, 3);
  assert_shows (observation, "two");
  change (pair, "three");
  assert_shows (observation, "three");
}

/* One that was forged does not end the observation. */
static void
test_forged_notification (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapObservation) observation = observe (pair);
  g_autofree guint8 *copy = NULL;
  OscoreDatagram *latest;

  change (pair, "one");
  latest = g_ptr_array_index (pair->datagrams, pair->datagrams->len - 2);
  g_assert_false (latest->from_client);
  copy = g_memdup2 (latest->data, latest->length);
  copy[2] ^= 0x80;
  copy[latest->length - 1] ^= 1;
  gcoap_simulated_link_inject (pair->pair->link, "server", "client", copy, latest->length);
  oscore_pair_run (pair, 3);
  assert_shows (observation, "one");
  change (pair, "two");
  assert_shows (observation, "two");
}

static void
test_observe_lossy (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapObservation) observation = NULL;

  gcoap_simulated_link_set_loss (pair->pair->link, 0.1);
  gcoap_simulated_link_set_duplication (pair->pair->link, 0.3);
  gcoap_simulated_link_set_reordering (pair->pair->link, 0.3);
  observation = observe (pair);
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      change (pair, text);
    }
  gcoap_simulated_link_set_loss (pair->pair->link, 0);
  oscore_pair_run (pair, 200);
  change (pair, "end");
  assert_shows (observation, "end");
}

/* The last word of a server on an observation is protected, with a number. */
static void
test_ended (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapObservation) observation = observe (pair);
  g_autoptr (GcoapMessage) outer = NULL;
  gsize length = 0;

  gcoap_site_remove (pair->pair->site, "text");
  gcoap_resource_end_observations (pair->text, GCOAP_CODE_NOT_FOUND, NULL);
  oscore_pair_run (pair, 3);
  outer = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (outer), ==, GCOAP_CODE_CHANGED);
  g_assert_nonnull (gcoap_message_peek_option (outer, GCOAP_OPTION_OSCORE, 0, &length));
  g_assert_cmpuint (length, >, 0);
  g_assert_cmphex (gcoap_message_get_code (gcoap_observation_get_message (observation)), ==, GCOAP_CODE_NOT_FOUND);
}

static void
rederived_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_oscore_context_rederive_finish (GCOAP_OSCORE_CONTEXT (source), result, &error));
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* RFC 8613 Appendix B.2: the numbers begin anew with new keys, and those that an
 * observation was registered under have used them already. */
static void
test_new_keys (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapObservation) observation = observe (pair);
  GcoapOscore *provider = GCOAP_OSCORE (gcoap_context_get_inbound_provider (pair->pair->server, GCOAP_TYPE_OSCORE));
  GcoapOscoreSlot *slot = g_ptr_array_index (gcoap_oscore_contexts_find (provider->contexts, (const guint8 *) "c", 1), 0);
  g_autoptr (GBytes) id = g_bytes_new_static ("new", 3);
  gboolean is_rederived = FALSE;
  guint first;

  change (pair, "one");
  assert_numbered (pair, TRUE);
  gcoap_oscore_context_rederive_async (slot->context, id, NULL, rederived_cb, &is_rederived);
  oscore_pair_run (pair, 1);
  g_assert_true (is_rederived);

  first = pair->datagrams->len;
  change (pair, "two");
  change (pair, "three");
  g_assert_cmpuint (pair->datagrams->len, ==, first);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->text), ==, 0);
  assert_shows (observation, "one");
}

/* A handler that gives no answer: the layer below does, but not in the clear. */
static void
test_silent_handler (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GcoapRuntime) runtime = NULL;

  g_object_get (pair->pair->server, "runtime", &runtime, NULL);
  g_object_set (gcoap_runtime_get_limits (runtime), "request-timeout", 20000, NULL);
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/later", NULL, GCOAP_CODE_INTERNAL_SERVER_ERROR, &error);
  g_assert_no_error (error);
  outer = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (outer), ==, GCOAP_CODE_CHANGED);
  g_assert_true (gcoap_message_has_option (outer, GCOAP_OPTION_OSCORE));
  /* Nobody waits for what it says then. */
  g_assert_false (gcoap_exchange_is_open (pair->waiting));
}

/* Once verified, even a refusal of the message is. */
static void
test_rejection (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/text", NULL);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GcoapMessage) outer = NULL;
  g_autoptr (GError) error = NULL;

  /* Critical, and unknown. */
  gcoap_message_set_option (request, 65001, (const guint8 *) "private", 7);
  g_clear_object (&pair->pair->result);
  gcoap_context_request_async (pair->pair->client, request, NULL, simulated_pair_done_cb, pair->pair);
  g_assert_true (simulated_pair_run (pair->pair, 100));
  response = gcoap_context_request_finish (pair->pair->client, pair->pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmphex (gcoap_message_get_code (response), ==, GCOAP_CODE_BAD_OPTION);
  outer = oscore_pair_latest (pair, FALSE, 0);
  g_assert_cmphex (gcoap_message_get_code (outer), ==, GCOAP_CODE_CHANGED);
  g_assert_false (oscore_pair_has_sent (pair, 0, "private"));
}

static void
test_cancelled (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/later", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (GCOAP_CODE_CONTENT, "too late");
  guint first;

  g_clear_object (&pair->pair->result);
  gcoap_context_request_async (pair->pair->client, request, cancellable, simulated_pair_done_cb, pair->pair);
  g_assert_false (simulated_pair_run (pair->pair, 3));
  g_cancellable_cancel (cancellable);
  g_assert_true (simulated_pair_run (pair->pair, 3));
  first = pair->datagrams->len;
  gcoap_exchange_respond (pair->waiting, response, TRUE);
  oscore_pair_run (pair, 10);
  /* It is sent, and reset. */
  g_assert_cmpuint (pair->datagrams->len, >, first);
  g_assert_false (oscore_pair_has_sent (pair, first, "too late"));
}

/* Freshness is proven inside (RFC 9175 §2.3). */
static gboolean
fresh_cb (GcoapResource *resource,
          GcoapExchange *exchange,
          gpointer       data)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (GCOAP_CODE_CONTENT, "fresh");

  if (!gcoap_exchange_is_fresh (exchange, 10000))
    gcoap_exchange_challenge (exchange);
  else
    gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static void
test_challenge (void)
{
  g_autoptr (OscorePair) pair = oscore_pair_new ();
  g_autoptr (GcoapResource) resource = GCOAP_RESOURCE (gcoap_simple_resource_new ());
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_signal_connect (resource, "get", G_CALLBACK (fresh_cb), NULL);
  gcoap_site_add (pair->pair->site, "fresh", GCOAP_REQUEST_INTERFACE (resource));
  text = oscore_pair_request (pair, GCOAP_CODE_GET, "coap://server/fresh", NULL, GCOAP_CODE_CONTENT, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "fresh");
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GcoapMessage) message = oscore_pair_latest (pair, FALSE, i);

      g_assert_cmphex (gcoap_message_get_code (message), ==, GCOAP_CODE_CHANGED);
      g_assert_false (gcoap_message_has_option (message, GCOAP_OPTION_ECHO));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-serving/observe", test_observe);
  g_test_add_func ("/oscore-serving/deregister", test_deregister);
  g_test_add_func ("/oscore-serving/replayed-notification", test_replayed_notification);
  g_test_add_func ("/oscore-serving/forged-notification", test_forged_notification);
  g_test_add_func ("/oscore-serving/observe-lossy", test_observe_lossy);
  g_test_add_func ("/oscore-serving/ended", test_ended);
  g_test_add_func ("/oscore-serving/new-keys", test_new_keys);
  g_test_add_func ("/oscore-serving/silent-handler", test_silent_handler);
  g_test_add_func ("/oscore-serving/rejection", test_rejection);
  g_test_add_func ("/oscore-serving/cancelled", test_cancelled);
  g_test_add_func ("/oscore-serving/challenge", test_challenge);
  return g_test_run ();
}
