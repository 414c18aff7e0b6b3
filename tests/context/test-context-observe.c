/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the calls that make an observation end. */
#include "context/gcoap-observation.h"

#include "base/gcoap-error.h"
#include "helpers/observed-pair.h"

static GcoapMessage *
new_request (GcoapCode code)
{
  return gcoap_message_new_for_uri (code, "coap://server/obs", NULL);
}

static void
test_not_observable (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_GET);
  g_autoptr (GcoapObservation) observation = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_resource_set_observable (pair->resource, FALSE);
  observation = observed_pair_try (pair, request, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_observation_get_state (observation), ==, GCOAP_OBSERVATION_STATE_ENDED);
  g_assert_cmphex (gcoap_message_get_code (gcoap_observation_get_message (observation)), ==,
                   GCOAP_CODE_CONTENT);
  observed_pair_free (pair);
}

static void
test_error_response (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_GET);
  g_autoptr (GcoapObservation) observation = NULL;
  g_autoptr (GError) error = NULL;

  pair->error = GCOAP_CODE_FORBIDDEN;
  observation = observed_pair_try (pair, request, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_observation_get_state (observation), ==, GCOAP_OBSERVATION_STATE_ENDED);
  g_assert_cmphex (gcoap_message_get_code (gcoap_observation_get_message (observation)), ==,
                   GCOAP_CODE_FORBIDDEN);
  observed_pair_free (pair);
}

static void
test_no_answer (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_GET);
  g_autoptr (GError) error = NULL;

  pair->is_cut = TRUE;
  g_assert_null (observed_pair_try (pair, request, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_clear_error (&error);
  gcoap_context_set_response_timeout (pair->pair->client, 5000);
  g_assert_null (observed_pair_try (pair, request, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "coap://server/obs"));
  observed_pair_free (pair);
}

static void
test_cancelled (gconstpointer data)
{
  gboolean before = GPOINTER_TO_INT (data);
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_GET);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  pair->is_cut = TRUE;
  if (before)
    g_cancellable_cancel (cancellable);
  gcoap_context_observe_async (pair->pair->client, request, cancellable, simulated_pair_done_cb,
                               pair->pair);
  if (!before)
    {
      g_assert_false (simulated_pair_run (pair->pair, 3));
      g_cancellable_cancel (cancellable);
    }
  g_assert_true (simulated_pair_run (pair->pair, 1));
  g_assert_null (gcoap_context_observe_finish (pair->pair->client, pair->pair->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (pair->n_requests, ==, before ? 0 : 2);
  observed_pair_free (pair);
}

/* Once it stands, the cancellable has no say. */
static void
test_cancelled_late (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_GET);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GcoapObservation) observation = NULL;

  gcoap_context_observe_async (pair->pair->client, request, cancellable, simulated_pair_done_cb,
                               pair->pair);
  g_assert_true (simulated_pair_run (pair->pair, 1));
  observation = gcoap_context_observe_finish (pair->pair->client, pair->pair->result, NULL);
  g_cancellable_cancel (cancellable);
  observed_pair_run (pair, 1);
  g_assert_cmpint (gcoap_observation_get_state (observation), ==, GCOAP_OBSERVATION_STATE_FRESH);
  g_clear_object (&observation);
  observed_pair_free (pair);
}

static void
test_fetch (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_FETCH);
  g_autoptr (GcoapObservation) observation = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_message_set_payload_data (request, (const guint8 *) "what", 4);
  observation = observed_pair_try (pair, request, &error);
  g_assert_no_error (error);
  observed_pair_watch (pair, observation);
  g_clear_object (&observation);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  observed_pair_assert_shows (pair, 1);
  observed_pair_free (pair);
}

static void
test_bad_uri (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) nowhere = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://nowhere/", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (observed_pair_try (pair, nowhere, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND);
  observed_pair_free (pair);
}

typedef struct
{
  ObservedPair     *pair;
  GThread          *thread;
  GcoapObservation *observation;
  gint              is_done;
} Elsewhere;

static void
elsewhere_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  Elsewhere *elsewhere = data;

  g_assert_true (g_thread_self () == elsewhere->thread);
  elsewhere->observation = gcoap_context_observe_finish (GCOAP_CONTEXT (source), result, NULL);
}

static gpointer
observe_in_thread (gpointer data)
{
  Elsewhere *elsewhere = data;
  g_autoptr (GcoapMessage) request = new_request (GCOAP_CODE_GET);
  g_autoptr (GMainContext) main_context = g_main_context_new ();

  elsewhere->thread = g_thread_self ();
  g_main_context_push_thread_default (main_context);
  gcoap_context_observe_async (elsewhere->pair->pair->client, request, NULL, elsewhere_cb, elsewhere);
  while (elsewhere->observation == NULL)
    g_main_context_iteration (main_context, TRUE);
  g_main_context_pop_thread_default (main_context);
  g_atomic_int_set (&elsewhere->is_done, TRUE);
  return NULL;
}

static void
test_other_thread (void)
{
  Elsewhere elsewhere = { observed_pair_new (), NULL, NULL, FALSE };
  GThread *thread = g_thread_new ("observer", observe_in_thread, &elsewhere);

  while (!g_atomic_int_get (&elsewhere.is_done))
    {
      observed_pair_run (elsewhere.pair, 1);
      g_thread_yield ();
    }
  g_thread_join (thread);
  g_assert_cmpint (gcoap_observation_get_state (elsewhere.observation), !=,
                   GCOAP_OBSERVATION_STATE_REGISTERING);
  g_clear_object (&elsewhere.observation);
  observed_pair_free (elsewhere.pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/context-observe/not-observable", test_not_observable);
  g_test_add_func ("/context-observe/error-response", test_error_response);
  g_test_add_func ("/context-observe/no-answer", test_no_answer);
  g_test_add_data_func ("/context-observe/cancelled/before", GINT_TO_POINTER (TRUE), test_cancelled);
  g_test_add_data_func ("/context-observe/cancelled/meanwhile", GINT_TO_POINTER (FALSE), test_cancelled);
  g_test_add_func ("/context-observe/cancelled-late", test_cancelled_late);
  g_test_add_func ("/context-observe/fetch", test_fetch);
  g_test_add_func ("/context-observe/bad-uri", test_bad_uri);
  g_test_add_func ("/context-observe/other-thread", test_other_thread);
  return g_test_run ();
}
