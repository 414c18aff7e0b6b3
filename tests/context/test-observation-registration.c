/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an observation does while the server is silent. */
#include "context/gcoap-observation-private.h"

#include "base/gcoap-error.h"
#include "helpers/observed-pair.h"

static GcoapObservationState
get_state (ObservedPair *pair)
{
  return gcoap_observation_get_state (pair->observation);
}

/* Every Max-Age and a little more, with the same token. */
static void
test_renewed (void)
{
  ObservedPair *pair = observed_pair_new ();
  guint8 token[8];

  pair->max_age = 10;
  observed_pair_start (pair);
  memcpy (token, pair->token, sizeof token);
  observed_pair_run (pair, 300);
  g_assert_cmpmem (token, sizeof token, pair->token, sizeof token);
  g_assert_cmpuint (pair->n_requests, >=, 1 + 300 / 26);
  g_assert_cmpuint (pair->n_requests, <=, 1 + 300 / 15);
  g_assert_cmpuint (pair->n_notifications, ==, pair->n_requests - 1);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);
  observed_pair_free (pair);
}

static void
test_recovers (void)
{
  ObservedPair *pair = observed_pair_new ();
  guint8 token[8];

  observed_pair_start (pair);
  memcpy (token, pair->token, sizeof token);
  pair->is_cut = TRUE;
  observed_pair_change (pair);
  observed_pair_run (pair, 1000);
  g_assert_cmpint (get_state (pair), ==, GCOAP_OBSERVATION_STATE_STALE);
  /* What the client took was not acknowledged, as far as the server knows. */
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 0);
  pair->is_cut = FALSE;
  pair->max_age = 10000;
  pair->state = 5;
  observed_pair_run (pair, 1000);
  g_assert_cmpint (get_state (pair), ==, GCOAP_OBSERVATION_STATE_FRESH);
  observed_pair_assert_shows (pair, 5);
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);
  /* A server that has not forgotten it must not take it for another. */
  g_assert_cmpmem (token, sizeof token, pair->token, sizeof token);
  g_assert_cmpuint (pair->n_ended, ==, 0);
  observed_pair_free (pair);
}

static void
test_gives_up (void)
{
  ObservedPair *pair = observed_pair_new ();
  guint sent;

  observed_pair_start (pair);
  gcoap_observation_set_max_attempts (pair->observation, 3);
  pair->is_cut = TRUE;
  observed_pair_run (pair, 1000);
  g_assert_cmpint (get_state (pair), ==, GCOAP_OBSERVATION_STATE_ENDED);
  g_assert_error (gcoap_observation_get_error (pair->observation), GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_cmpuint (pair->n_ended, ==, 1);
  /* Three times, each sent five times. */
  g_assert_cmpuint (pair->n_requests, ==, 1 + 3 * 5);
  sent = pair->n_requests;
  observed_pair_run (pair, 1000);
  g_assert_cmpuint (pair->n_requests, ==, sent);
  pair->is_cut = FALSE;
  gcoap_resource_end_observations (pair->resource, GCOAP_CODE_NOT_FOUND, NULL);
  observed_pair_free (pair);
}

/* It has acknowledged, and then says nothing. */
static void
test_response_timeout (void)
{
  ObservedPair *pair = observed_pair_new ();

  gcoap_context_set_response_timeout (pair->pair->client, 4000);
  observed_pair_start (pair);
  pair->is_cut = TRUE;
  gcoap_observation_refresh (pair->observation);
  observed_pair_run (pair, 5);
  g_assert_cmpint (get_state (pair), ==, GCOAP_OBSERVATION_STATE_STALE);
  pair->is_cut = FALSE;
  observed_pair_run (pair, 13);
  g_assert_cmpint (get_state (pair), ==, GCOAP_OBSERVATION_STATE_FRESH);
  observed_pair_free (pair);
}

/* A server that goes asks to be asked again after Max-Age. */
static void
test_service_unavailable (void)
{
  ObservedPair *pair = observed_pair_new ();

  observed_pair_start (pair);
  pair->max_age = 10000;
  gcoap_resource_end_observations (pair->resource, GCOAP_CODE_SERVICE_UNAVAILABLE, NULL);
  observed_pair_run (pair, 1);
  g_assert_cmpint (get_state (pair), ==, GCOAP_OBSERVATION_STATE_STALE);
  g_assert_cmpuint (pair->n_ended, ==, 0);
  observed_pair_run (pair, 100);
  g_assert_cmpint (get_state (pair), ==, GCOAP_OBSERVATION_STATE_FRESH);
  observed_pair_free (pair);
}

static void
test_other_error (void)
{
  ObservedPair *pair = observed_pair_new ();

  observed_pair_start (pair);
  pair->error = GCOAP_CODE_INTERNAL_SERVER_ERROR;
  observed_pair_run (pair, 100);
  g_assert_cmpint (get_state (pair), ==, GCOAP_OBSERVATION_STATE_ENDED);
  g_assert_cmphex (gcoap_message_get_code (gcoap_observation_get_message (pair->observation)), ==,
                   GCOAP_CODE_INTERNAL_SERVER_ERROR);
  observed_pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observation-registration/renewed", test_renewed);
  g_test_add_func ("/observation-registration/recovers", test_recovers);
  g_test_add_func ("/observation-registration/gives-up", test_gives_up);
  g_test_add_func ("/observation-registration/response-timeout", test_response_timeout);
  g_test_add_func ("/observation-registration/service-unavailable", test_service_unavailable);
  g_test_add_func ("/observation-registration/other-error", test_other_error);
  return g_test_run ();
}
