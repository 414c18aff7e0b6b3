/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's and a server's whole context over one simulated link, on a manual
 * clock: "coap://server" is where requests go. */
#pragma once

#include "context/gcoap-context.h"
#include "site/gcoap-site.h"
#include "transport/gcoap-simulated-interface.h"
#include "transport/gcoap-simulated-link.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapClock         *clock;
  GcoapSimulatedLink *link;
  GcoapContext       *client;
  GcoapContext       *server;
  GcoapSite          *site;
  GAsyncResult       *result;     /* of the last call that has ended */
} SimulatedPair;

SimulatedPair *simulated_pair_new (guint32 seed);
void simulated_pair_free (SimulatedPair *self);

/* What to give an asynchronous call, with the pair as user data. */
void simulated_pair_done_cb (GObject *source, GAsyncResult *result, gpointer pair);

/* Lets time pass in steps until a call has ended, @seconds at most. */
gboolean simulated_pair_run (SimulatedPair *self, guint seconds);

/* One request from beginning to end. */
GcoapMessage *simulated_pair_request (SimulatedPair *self,
                                      GcoapCode      code,
                                      const char    *uri,
                                      const char    *payload,
                                      GError       **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimulatedPair, simulated_pair_free)

G_END_DECLS
