/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One endpoint on a simulated link with real message and token layers. */
#pragma once

#include "interfaces/gcoap-runtime-private.h"
#include "message/gcoap-message-layer.h"
#include "token/gcoap-token-layer.h"
#include "transport/gcoap-simulated-link.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapRuntime            *runtime;
  GcoapSimulatedInterface *interface;
  GcoapMessageLayer       *messages;
  GcoapTokenLayer         *tokens;     /* NULL if the test stands in its place */
  GcoapEndpointAddress    *address;
} SimulatedNode;

SimulatedNode *simulated_node_new (GcoapSimulatedLink *link,
                                   GcoapClock         *clock,
                                   const char         *name,
                                   gboolean            with_token_layer);
void simulated_node_free (SimulatedNode *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimulatedNode, simulated_node_free)

G_END_DECLS
