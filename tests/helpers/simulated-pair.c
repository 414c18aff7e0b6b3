/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/simulated-pair.h"

static GcoapContext *
make_context (SimulatedPair *self,
              const char    *name)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (self->clock);
  GcoapContext *context = gcoap_context_new_for_runtime (runtime);
  g_autoptr (GcoapSimulatedInterface) end = NULL;
  g_autoptr (GError) error = NULL;

  end = gcoap_simulated_link_add_endpoint (self->link, name, runtime);
  gcoap_context_add_message_interface (context, GCOAP_MESSAGE_INTERFACE (end), &error);
  g_assert_no_error (error);
  return context;
}

SimulatedPair *
simulated_pair_new (guint32 seed)
{
  SimulatedPair *self = g_new0 (SimulatedPair, 1);

  self->clock = gcoap_clock_new_manual (1000000);
  self->link = gcoap_simulated_link_new (self->clock, seed);
  self->client = make_context (self, "client");
  self->server = make_context (self, "server");
  self->site = gcoap_site_new ();
  gcoap_context_set_site (self->server, GCOAP_REQUEST_INTERFACE (self->site));
  return self;
}

void
simulated_pair_free (SimulatedPair *self)
{
  g_clear_object (&self->result);
  g_clear_object (&self->client);
  g_clear_object (&self->server);
  g_clear_object (&self->site);
  g_clear_object (&self->link);
  g_clear_object (&self->clock);
  g_free (self);
}

void
simulated_pair_done_cb (GObject      *source G_GNUC_UNUSED,
                        GAsyncResult *result,
                        gpointer      pair)
{
  g_set_object (&((SimulatedPair *) pair)->result, result);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

gboolean
simulated_pair_run (SimulatedPair *self,
                    guint          seconds)
{
  gint64 end = gcoap_clock_get_now (self->clock) + (gint64) seconds * G_USEC_PER_SEC;

  for (;;)
    {
      gint64 now = gcoap_clock_get_now (self->clock);
      gint64 next;

      settle ();
      if (self->result != NULL)
        return TRUE;
      if (now >= end)
        return FALSE;
      next = gcoap_clock_get_next_expiry (self->clock);
      if (next < 0 || next > end)
        next = end;
      gcoap_clock_advance (self->clock, MAX (next - now, 0));
    }
}

GcoapMessage *
simulated_pair_request (SimulatedPair *self,
                        GcoapCode      code,
                        const char    *uri,
                        const char    *payload,
                        GError       **error)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (code, uri, error);

  if (request == NULL)
    return NULL;
  if (payload != NULL)
    gcoap_message_set_payload_data (request, (const guint8 *) payload, strlen (payload));
  g_clear_object (&self->result);
  gcoap_context_request_async (self->client, request, NULL, simulated_pair_done_cb, self);
  g_assert_true (simulated_pair_run (self, 1000));
  return gcoap_context_request_finish (self->client, self->result, error);
}
