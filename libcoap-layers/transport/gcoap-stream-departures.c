/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Responses whose sender wants to know when a slow peer has room for more: it is
 * told when most of what waited has gone, so that nothing piles up that is out of
 * date when it is read. */
#include "transport/gcoap-stream-transport-private.h"

static void
departure_abandon (GcoapTransmission *transmission G_GNUC_UNUSED)
{
}

static gboolean
departure_replace (GcoapTransmission    *transmission G_GNUC_UNUSED,
                   GcoapMessage         *message G_GNUC_UNUSED,
                   GcoapTransportTuning *tuning G_GNUC_UNUSED)
{
  return FALSE;
}

static void
departure_free (GcoapTransmission *transmission)
{
  g_free (transmission);
}

static const GcoapTransmissionFuncs departure_funcs = {
  .abandon = departure_abandon,
  .replace = departure_replace,
  .free = departure_free,
};

GcoapTransmission *
gcoap_stream_link_note_departure (GcoapStreamLink *link)
{
  GcoapTransmission *departure;

  if (!gcoap_connection_watch_drain (link->connection))
    return NULL;
  departure = g_new0 (GcoapTransmission, 1);
  gcoap_transmission_init (departure, &departure_funcs);
  g_queue_push_tail (&link->departures, gcoap_transmission_ref (departure));
  return departure;
}

void
gcoap_stream_link_tell_departures (GcoapStreamLink *link)
{
  GQueue departures = link->departures;
  GcoapTransmission *departure;
  g_autoptr (GcoapTokenManager) manager =
    link->transport->manager != NULL ? g_object_ref (link->transport->manager) : NULL;

  /* Who is told may send, and wait again; or end the connection. */
  g_queue_init (&link->departures);
  while ((departure = g_queue_pop_head (&departures)) != NULL)
    {
      if (manager != NULL && gcoap_transmission_get_manager_data (departure) != NULL)
        gcoap_token_manager_dispatch_outcome (manager, departure, GCOAP_OUTCOME_ACKNOWLEDGED, NULL);
      gcoap_transmission_unref (departure);
    }
}

void
gcoap_stream_link_clear_departures (GcoapStreamLink *link)
{
  g_queue_clear_full (&link->departures, (GDestroyNotify) gcoap_transmission_unref);
}
