/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/observed-pair.h"

#include <string.h>

#include "wire/gcoap-message-options.h"

static gboolean
get_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       data)
{
  ObservedPair *self = data;
  g_autofree char *text = g_strdup_printf ("%u", self->state);
  g_autoptr (GcoapMessage) response = NULL;

  if (self->error != 0)
    {
      gcoap_exchange_fail_code (exchange, self->error, NULL);
      return TRUE;
    }
  response = gcoap_message_new_text (GCOAP_CODE_CONTENT, text);
  gcoap_message_set_max_age (response, self->max_age);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

/* RFC 7252 §3: the length of the token is in the first byte, the code is the
 * second, and the token begins at the fifth. */
static gboolean
link_cb (GcoapSimulatedLink *link,
         guint               serial,
         const char         *from,
         const char         *to,
         const guint8       *data,
         gsize               length,
         gpointer            user_data)
{
  ObservedPair *self = user_data;

  if (!g_str_has_prefix (from, "client"))
    return TRUE;
  if (gcoap_code_is_request (data[1]))
    {
      self->n_requests++;
      memset (self->token, 0, sizeof self->token);
      memcpy (self->token, data + 4, MIN (data[0] & 15u, sizeof self->token));
    }
  return !self->is_cut;
}

ObservedPair *
observed_pair_new (void)
{
  ObservedPair *self = g_new0 (ObservedPair, 1);

  self->pair = simulated_pair_new (5);
  self->resource = GCOAP_RESOURCE (gcoap_simple_resource_new ());
  self->max_age = 60;
  g_signal_connect (self->resource, "get", G_CALLBACK (get_cb), self);
  g_signal_connect (self->resource, "fetch", G_CALLBACK (get_cb), self);
  gcoap_resource_set_observable (self->resource, TRUE);
  gcoap_site_add (self->pair->site, "obs", GCOAP_REQUEST_INTERFACE (self->resource));
  gcoap_simulated_link_set_filter (self->pair->link, link_cb, self, NULL);
  return self;
}

void
observed_pair_free (ObservedPair *self)
{
  self->is_cut = FALSE;
  g_clear_object (&self->observation);
  observed_pair_run (self, 300);
  g_assert_cmpuint (gcoap_resource_get_observer_count (self->resource), ==, 0);
  g_clear_pointer (&self->pair, simulated_pair_free);
  g_assert_finalize_object (self->resource);
  g_free (self);
}

GcoapObservation *
observed_pair_try (ObservedPair  *self,
                   GcoapMessage  *request,
                   GError       **error)
{
  g_clear_object (&self->pair->result);
  gcoap_context_observe_async (self->pair->client, request, NULL, simulated_pair_done_cb, self->pair);
  g_assert_true (simulated_pair_run (self->pair, 1000));
  return gcoap_context_observe_finish (self->pair->client, self->pair->result, error);
}

static void
notification_cb (GcoapObservation *observation,
                 ObservedPair     *self)
{
  self->n_notifications++;
}

static void
ended_cb (GcoapObservation *observation,
          ObservedPair     *self)
{
  self->n_ended++;
}

void
observed_pair_watch (ObservedPair     *self,
                     GcoapObservation *observation)
{
  g_set_object (&self->observation, observation);
  g_signal_connect (observation, "notification", G_CALLBACK (notification_cb), self);
  g_signal_connect (observation, "ended", G_CALLBACK (ended_cb), self);
}

void
observed_pair_start (ObservedPair *self)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/obs", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapObservation) observation = observed_pair_try (self, request, &error);

  g_assert_no_error (error);
  observed_pair_watch (self, observation);
  g_assert_cmpint (gcoap_observation_get_state (observation), ==, GCOAP_OBSERVATION_STATE_FRESH);
}

void
observed_pair_run (ObservedPair *self,
                   guint         seconds)
{
  g_clear_object (&self->pair->result);
  g_assert_false (simulated_pair_run (self->pair, seconds));
}

void
observed_pair_change (ObservedPair *self)
{
  self->state++;
  gcoap_resource_notify_observers (self->resource);
}

void
observed_pair_assert_shows (ObservedPair *self,
                            guint         state)
{
  g_autofree char *text = g_strdup_printf ("%u", state);
  gsize length;
  const guint8 *data =
    gcoap_message_get_payload_data (gcoap_observation_get_message (self->observation), &length);

  g_assert_cmpmem (data, length, text, strlen (text));
}
