/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The observation as an object. */
#include "context/gcoap-observation.h"

#include "base/gcoap-error.h"

#include "helpers/observed-pair.h"

static void
test_properties (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autofree char *uri = NULL;
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) message = NULL;
  GcoapObservationState state;
  guint attempts;
  gboolean deregister;

  observed_pair_start (pair);
  g_object_get (pair->observation, "uri", &uri, "request", &request, "message", &message,
                "state", &state, "max-attempts", &attempts, "deregister-on-close", &deregister, NULL);
  g_assert_cmpstr (uri, ==, "coap://server/obs");
  g_assert_true (gcoap_message_is_locked (request));
  g_assert_true (request == gcoap_observation_get_request (pair->observation));
  g_assert_true (message == gcoap_observation_get_message (pair->observation));
  g_assert_cmpint (state, ==, GCOAP_OBSERVATION_STATE_FRESH);
  g_assert_cmpuint (attempts, ==, 10);
  g_assert_true (deregister);
  g_object_set (pair->observation, "max-attempts", 3, "deregister-on-close", FALSE, NULL);
  g_assert_cmpuint (gcoap_observation_get_max_attempts (pair->observation), ==, 3);
  g_assert_false (gcoap_observation_get_deregister_on_close (pair->observation));
  gcoap_observation_set_deregister_on_close (pair->observation, TRUE);
  observed_pair_free (pair);
}

static void
test_dropped (void)
{
  ObservedPair *pair = observed_pair_new ();

  observed_pair_start (pair);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);
  g_assert_finalize_object (g_steal_pointer (&pair->observation));
  observed_pair_run (pair, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 0);
  g_assert_cmpuint (pair->n_ended, ==, 0);
  observed_pair_free (pair);
}

static void
cancel_cb (GcoapObservation *observation,
           gpointer          data)
{
  gcoap_observation_cancel (observation);
}

static void
test_cancel_in_handler (void)
{
  ObservedPair *pair = observed_pair_new ();

  observed_pair_start (pair);
  g_signal_connect (pair->observation, "notification", G_CALLBACK (cancel_cb), NULL);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (pair->n_ended, ==, 1);
  g_assert_null (gcoap_observation_get_error (pair->observation));
  gcoap_observation_cancel (pair->observation);
  g_assert_cmpuint (pair->n_ended, ==, 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 0);
  observed_pair_free (pair);
}

static void
drop_cb (GcoapObservation *observation,
         gpointer          data)
{
  g_clear_object (&((ObservedPair *) data)->observation);
}

static void
test_drop_in_handler (void)
{
  ObservedPair *pair = observed_pair_new ();

  observed_pair_start (pair);
  g_signal_connect (pair->observation, "notification", G_CALLBACK (drop_cb), pair);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  g_assert_null (pair->observation);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 0);
  observed_pair_free (pair);
}

static void
test_refresh (void)
{
  ObservedPair *pair = observed_pair_new ();

  observed_pair_start (pair);
  pair->state = 7;
  gcoap_observation_refresh (pair->observation);
  /* One at a time. */
  gcoap_observation_refresh (pair->observation);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (pair->n_requests, ==, 2);
  g_assert_cmpuint (pair->n_notifications, ==, 1);
  observed_pair_assert_shows (pair, 7);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);
  gcoap_observation_cancel (pair->observation);
  gcoap_observation_refresh (pair->observation);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (pair->n_requests, ==, 3);
  observed_pair_free (pair);
}

typedef struct
{
  guint    n_calls;
  gboolean result;
  GError  *error;
} Closed;

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Closed *closed = data;

  closed->n_calls++;
  closed->result = gcoap_observation_close_finish (GCOAP_OBSERVATION (source), result, &closed->error);
}

static void
test_close (void)
{
  ObservedPair *pair = observed_pair_new ();
  Closed closed = { 0 };

  observed_pair_start (pair);
  gcoap_observation_close_async (pair->observation, NULL, closed_cb, &closed);
  g_assert_cmpuint (pair->n_ended, ==, 1);
  g_assert_cmpuint (closed.n_calls, ==, 0);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (closed.n_calls, ==, 1);
  g_assert_no_error (closed.error);
  g_assert_true (closed.result);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 0);
  /* Of what has ended already nobody is told. */
  gcoap_observation_close_async (pair->observation, NULL, closed_cb, &closed);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (closed.n_calls, ==, 2);
  g_assert_true (closed.result);
  g_assert_cmpuint (pair->n_requests, ==, 2);
  observed_pair_free (pair);
}

static void
test_close_unheard (gconstpointer data)
{
  gboolean cancels = GPOINTER_TO_INT (data);
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Closed closed = { 0 };

  observed_pair_start (pair);
  pair->is_cut = TRUE;
  gcoap_observation_close_async (pair->observation, cancellable, closed_cb, &closed);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (closed.n_calls, ==, 0);
  if (cancels)
    g_cancellable_cancel (cancellable);
  observed_pair_run (pair, cancels ? 1 : 100);
  g_assert_cmpuint (closed.n_calls, ==, 1);
  g_assert_false (closed.result);
  if (cancels)
    g_assert_error (closed.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (closed.error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_clear_error (&closed.error);
  pair->is_cut = FALSE;
  /* The server notices at its next notification, if not the one that is taken
   * for the answer. */
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  g_assert_cmpuint (closed.n_calls, ==, 1);
  observed_pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observation/properties", test_properties);
  g_test_add_func ("/observation/dropped", test_dropped);
  g_test_add_func ("/observation/cancel-in-handler", test_cancel_in_handler);
  g_test_add_func ("/observation/drop-in-handler", test_drop_in_handler);
  g_test_add_func ("/observation/refresh", test_refresh);
  g_test_add_func ("/observation/close", test_close);
  g_test_add_data_func ("/observation/close-unheard", GINT_TO_POINTER (FALSE), test_close_unheard);
  g_test_add_data_func ("/observation/close-cancelled", GINT_TO_POINTER (TRUE), test_close_unheard);
  return g_test_run ();
}
