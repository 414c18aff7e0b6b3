/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/simulated-node.h"

SimulatedNode *
simulated_node_new (GcoapSimulatedLink *link,
                    GcoapClock         *clock,
                    const char         *name,
                    gboolean            with_token_layer)
{
  SimulatedNode *self = g_new0 (SimulatedNode, 1);

  self->runtime = gcoap_runtime_new (clock);
  self->interface = gcoap_simulated_link_add_endpoint (link, name, self->runtime);
  self->messages = gcoap_message_layer_new (GCOAP_MESSAGE_INTERFACE (self->interface), self->runtime,
                                            NULL);
  if (with_token_layer)
    self->tokens = gcoap_token_layer_new (GCOAP_TOKEN_INTERFACE (self->messages), self->runtime);
  self->address = gcoap_simulated_link_dup_address (link, name);
  return self;
}

void
simulated_node_free (SimulatedNode *self)
{
  g_clear_object (&self->tokens);
  g_clear_object (&self->messages);
  g_clear_object (&self->interface);
  g_clear_object (&self->address);
  g_clear_object (&self->runtime);
  g_free (self);
}
