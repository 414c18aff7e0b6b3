/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7641 §3.1: a client registers once for a target resource, however many
 * want to know of it. */
#include "context/gcoap-observation-private.h"

#include "base/gcoap-error.h"
#include "helpers/observed-pair.h"

static GcoapObservation *
try_uri (ObservedPair  *pair,
         GcoapCode      code,
         const char    *uri,
         GError       **error)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (code, uri, NULL);

  return observed_pair_try (pair, request, error);
}

static GcoapObservation *
observe (ObservedPair *pair)
{
  g_autoptr (GError) error = NULL;
  GcoapObservation *observation = try_uri (pair, GCOAP_CODE_GET, "coap://server/obs", &error);

  g_assert_no_error (error);
  return observation;
}

static void
assert_shows (GcoapObservation *observation,
              const char       *text)
{
  gsize length;
  const guint8 *data =
    gcoap_message_get_payload_data (gcoap_observation_get_message (observation), &length);

  g_assert_cmpmem (data, length, text, strlen (text));
}

static void
count_cb (GcoapObservation *observation,
          guint            *count)
{
  (*count)++;
}

static void
test_one_registration (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapObservation) second = NULL;
  g_autoptr (GcoapObservation) third = NULL;
  guint n_notifications = 0;
  guint n_ended = 0;

  observed_pair_start (pair);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (pair->n_requests, ==, 1);

  /* It has the latest at once, and nothing is sent for it. */
  second = observe (pair);
  third = observe (pair);
  g_assert_cmpint (gcoap_observation_get_state (second), ==, GCOAP_OBSERVATION_STATE_FRESH);
  assert_shows (second, "1");
  g_assert_cmpuint (pair->n_requests, ==, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);

  g_signal_connect (second, "notification", G_CALLBACK (count_cb), &n_notifications);
  g_signal_connect (second, "ended", G_CALLBACK (count_cb), &n_ended);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (n_notifications, ==, 1);
  g_assert_cmpuint (pair->n_notifications, ==, 2);
  assert_shows (second, "2");
  assert_shows (third, "2");

  /* It goes on for the others when one leaves, be it the first. */
  gcoap_observation_cancel (pair->observation);
  g_clear_object (&third);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (pair->n_ended, ==, 1);
  g_assert_cmpuint (n_ended, ==, 0);
  g_assert_cmpuint (pair->n_requests, ==, 1);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  assert_shows (second, "3");
  g_assert_cmpuint (pair->n_notifications, ==, 2);

  /* The last one deregisters. */
  gcoap_observation_cancel (second);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (n_ended, ==, 1);
  g_assert_cmpuint (pair->n_requests, ==, 2);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 0);

  /* And the next begins anew. */
  g_clear_object (&second);
  second = observe (pair);
  g_assert_cmpuint (pair->n_requests, ==, 3);
  g_clear_object (&second);
  observed_pair_free (pair);
}

/* Two requests at once are one, too. */
static void
test_both_register (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/obs", NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GcoapObservation) observation = NULL;
  g_autoptr (GError) error = NULL;

  pair->is_cut = TRUE;
  gcoap_context_observe_async (pair->pair->client, request, cancellable, simulated_pair_done_cb,
                               pair->pair);
  g_assert_false (simulated_pair_run (pair->pair, 1));
  gcoap_context_observe_async (pair->pair->client, request, NULL, simulated_pair_done_cb, pair->pair);
  g_assert_false (simulated_pair_run (pair->pair, 0));
  /* The one does not take the other along. */
  g_cancellable_cancel (cancellable);
  g_assert_true (simulated_pair_run (pair->pair, 1));
  g_assert_null (gcoap_context_observe_finish (pair->pair->client, pair->pair->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_clear_object (&pair->pair->result);
  pair->is_cut = FALSE;
  g_assert_true (simulated_pair_run (pair->pair, 10));
  observation = gcoap_context_observe_finish (pair->pair->client, pair->pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_observation_get_state (observation), ==, GCOAP_OBSERVATION_STATE_FRESH);
  /* One request and its retransmission. */
  g_assert_cmpuint (pair->n_requests, ==, 2);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);
  g_clear_object (&observation);
  observed_pair_free (pair);
}

/* What a cache tells apart has a registration each. */
static void
test_apart (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapObservation) query = NULL;
  g_autoptr (GcoapObservation) fetch = NULL;
  g_autoptr (GError) error = NULL;

  observed_pair_start (pair);
  query = try_uri (pair, GCOAP_CODE_GET, "coap://server/obs?a", &error);
  g_assert_no_error (error);
  fetch = try_uri (pair, GCOAP_CODE_FETCH, "coap://server/obs", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 3);
  g_clear_object (&query);
  g_clear_object (&fetch);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);
  observed_pair_free (pair);
}

/* What is stale is asked for, by the one registration. */
static void
test_stale (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapObservation) second = NULL;

  pair->max_age = 2;
  observed_pair_start (pair);
  observed_pair_run (pair, 3);
  g_assert_cmpint (gcoap_observation_get_state (pair->observation), ==, GCOAP_OBSERVATION_STATE_STALE);
  pair->state = 9;
  second = observe (pair);
  assert_shows (second, "9");
  g_assert_cmpint (gcoap_observation_get_state (pair->observation), ==, GCOAP_OBSERVATION_STATE_FRESH);
  observed_pair_assert_shows (pair, 9);
  g_assert_cmpuint (pair->n_requests, ==, 2);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);
  g_clear_object (&second);
  observed_pair_free (pair);
}

/* Each has its own patience. */
static void
test_patience (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapObservation) second = NULL;
  g_autoptr (GError) error = NULL;
  guint n_ended = 0;

  pair->max_age = 1;
  observed_pair_start (pair);
  second = observe (pair);
  g_signal_connect (second, "ended", G_CALLBACK (count_cb), &n_ended);
  gcoap_observation_set_max_attempts (second, 1);
  pair->is_cut = TRUE;
  observed_pair_run (pair, 120);
  g_assert_cmpuint (n_ended, ==, 1);
  g_assert_error (gcoap_observation_get_error (second), GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpuint (pair->n_ended, ==, 0);
  /* One that comes now waits for an answer, and hears that there is none. */
  g_assert_null (try_uri (pair, GCOAP_CODE_GET, "coap://server/obs", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpuint (pair->n_ended, ==, 0);
  pair->is_cut = FALSE;
  observed_pair_run (pair, 200);
  g_assert_cmpuint (pair->n_ended, ==, 0);
  observed_pair_free (pair);
}

static void
test_error (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapObservation) second = NULL;
  guint n_ended = 0;

  observed_pair_start (pair);
  second = observe (pair);
  g_signal_connect (second, "ended", G_CALLBACK (count_cb), &n_ended);
  pair->error = GCOAP_CODE_FORBIDDEN;
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (n_ended, ==, 1);
  g_assert_cmpuint (pair->n_ended, ==, 1);
  g_assert_cmphex (gcoap_message_get_code (gcoap_observation_get_message (second)), ==,
                   GCOAP_CODE_FORBIDDEN);
  g_clear_object (&second);
  observed_pair_free (pair);
}

typedef struct
{
  ObservedPair     *pair;
  GcoapObservation *second;
} Two;

static void
drop_both_cb (GcoapObservation *observation,
              Two              *two)
{
  g_clear_object (&two->second);
  g_clear_object (&two->pair->observation);
}

/* A handler of the one may end the other, and itself. */
static void
test_drop_in_handler (void)
{
  ObservedPair *pair = observed_pair_new ();
  Two two = { pair, NULL };

  observed_pair_start (pair);
  two.second = observe (pair);
  g_signal_connect (pair->observation, "notification", G_CALLBACK (drop_both_cb), &two);
  g_signal_connect (two.second, "notification", G_CALLBACK (drop_both_cb), &two);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  g_assert_null (two.second);
  g_assert_null (pair->observation);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 0);
  observed_pair_free (pair);
}

static void
again_cb (GcoapObservation *observation,
          ObservedPair     *pair)
{
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/obs", NULL);

  pair->error = 0;
  gcoap_context_observe_async (pair->pair->client, request, NULL, simulated_pair_done_cb, pair->pair);
}

/* Nobody joins what has come to its end. */
static void
test_again_in_handler (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapObservation) second = NULL;
  g_autoptr (GError) error = NULL;

  observed_pair_start (pair);
  g_signal_connect (pair->observation, "ended", G_CALLBACK (again_cb), pair);
  pair->error = GCOAP_CODE_NOT_FOUND;
  observed_pair_change (pair);
  g_clear_object (&pair->pair->result);
  g_assert_true (simulated_pair_run (pair->pair, 5));
  second = gcoap_context_observe_finish (pair->pair->client, pair->pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_observation_get_state (second), ==, GCOAP_OBSERVATION_STATE_FRESH);
  g_assert_cmpint (gcoap_observation_get_state (pair->observation), ==, GCOAP_OBSERVATION_STATE_ENDED);
  g_clear_object (&second);
  observed_pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observation-sharing/one-registration", test_one_registration);
  g_test_add_func ("/observation-sharing/both-register", test_both_register);
  g_test_add_func ("/observation-sharing/apart", test_apart);
  g_test_add_func ("/observation-sharing/stale", test_stale);
  g_test_add_func ("/observation-sharing/patience", test_patience);
  g_test_add_func ("/observation-sharing/error", test_error);
  g_test_add_func ("/observation-sharing/drop-in-handler", test_drop_in_handler);
  g_test_add_func ("/observation-sharing/again-in-handler", test_again_in_handler);
  return g_test_run ();
}
