/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An observation that outlives the program. */
#include "context/gcoap-observation-private.h"

#include "base/gcoap-error.h"
#include "helpers/observed-pair.h"

static GcoapObservation *
try_restore (ObservedPair  *pair,
             GBytes        *saved,
             GError       **error)
{
  g_clear_object (&pair->pair->result);
  gcoap_context_restore_observation_async (pair->pair->client, saved, NULL, simulated_pair_done_cb,
                                           pair->pair);
  g_assert_true (simulated_pair_run (pair->pair, 100));
  return gcoap_context_restore_observation_finish (pair->pair->client, pair->pair->result, error);
}

static void
test_goes_on (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GBytes) saved = NULL;
  g_autoptr (GcoapObservation) again = NULL;
  g_autoptr (GError) error = NULL;
  guint8 token[8];

  observed_pair_start (pair);
  memcpy (token, pair->token, sizeof token);
  saved = gcoap_observation_save (pair->observation);
  gcoap_observation_set_deregister_on_close (pair->observation, FALSE);
  g_clear_object (&pair->observation);

  again = try_restore (pair, saved, &error);
  g_assert_no_error (error);
  observed_pair_watch (pair, again);
  g_clear_object (&again);
  g_assert_cmpmem (token, sizeof token, pair->token, sizeof token);
  /* The server knows it again. */
  g_assert_cmpuint (gcoap_resource_get_observer_count (pair->resource), ==, 1);
  observed_pair_change (pair);
  observed_pair_run (pair, 1);
  observed_pair_assert_shows (pair, 1);
  observed_pair_free (pair);
}

static void
test_request (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_FETCH, "coap://server:5683/obs?a&b", NULL);
  g_autoptr (GcoapObservation) observation = NULL;
  g_autoptr (GcoapObservation) copy = NULL;
  g_autoptr (GBytes) saved = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_message_set_payload_data (request, (const guint8 *) "body", 4);
  gcoap_message_set_option_uint (request, GCOAP_OPTION_ACCEPT, 0);
  observation = observed_pair_try (pair, request, &error);
  g_assert_no_error (error);
  saved = gcoap_observation_save (observation);
  copy = gcoap_observation_new_saved (pair->pair->client, saved, &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_message_equal (gcoap_observation_get_request (copy),
                                      gcoap_observation_get_request (observation)));
  g_assert_cmpstr (gcoap_message_get_destination (gcoap_observation_get_request (copy)), ==,
                   gcoap_message_get_destination (gcoap_observation_get_request (observation)));
  g_assert_cmpuint (copy->registration->sequence, ==, observation->registration->sequence);
  g_assert_cmpuint (copy->registration->sequence, !=, 0);
  g_clear_object (&copy);
  g_clear_object (&observation);
  observed_pair_free (pair);
}

/* Bytes that were not saved here, or went bad. */
static void
test_bad (void)
{
  ObservedPair *pair = observed_pair_new ();
  g_autoptr (GBytes) saved = NULL;
  g_autoptr (GBytes) huge = g_bytes_new_take (g_malloc0 (70000), 70000);
  g_autoptr (GcoapObservation) none = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize size;

  observed_pair_start (pair);
  saved = gcoap_observation_save (pair->observation);
  data = g_bytes_get_data (saved, &size);
  for (gsize n = 0; n < size; n++)
    {
      g_autoptr (GBytes) cut = g_bytes_new (data, n);
      g_autoptr (GcoapObservation) observation =
        gcoap_observation_new_saved (pair->pair->client, cut, NULL);

      g_assert_null (observation);
    }
  for (guint i = 0; i < 20000; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (data, size);
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GcoapObservation) observation = NULL;

      copy[g_test_rand_int_range (0, (gint32) size)] = (guint8) g_test_rand_int ();
      bytes = g_bytes_new (copy, size);
      observation = gcoap_observation_new_saved (pair->pair->client, bytes, NULL);
      /* If it still makes sense, it makes sense in full. */
      if (observation != NULL)
        g_assert_true (gcoap_message_validate (gcoap_observation_get_request (observation), NULL));
    }
  none = try_restore (pair, huge, &error);
  g_assert_null (none);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  observed_pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/observation-save/goes-on", test_goes_on);
  g_test_add_func ("/observation-save/request", test_request);
  g_test_add_func ("/observation-save/bad", test_bad);
  return g_test_run ();
}
