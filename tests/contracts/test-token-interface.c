/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the contract of token interfaces against the message layer. */
#include "helpers/contract-token-interface.h"
#include "helpers/simulated-node.h"

typedef struct
{
  ContractTokenPair   parent;
  GcoapClock         *clock;
  GcoapSimulatedLink *link;
  SimulatedNode      *client;
  SimulatedNode      *server;
} Pair;

static void
pair_advance (ContractTokenPair *pair,
              guint              milliseconds)
{
  gcoap_clock_advance (((Pair *) pair)->clock, milliseconds * G_GINT64_CONSTANT (1000));
  while (g_main_context_iteration (NULL, FALSE))
    {
    }
}

static void
pair_free (ContractTokenPair *pair)
{
  Pair *self = (Pair *) pair;

  simulated_node_free (self->client);
  simulated_node_free (self->server);
  g_object_unref (self->link);
  g_object_unref (self->clock);
  g_free (self);
}

static ContractTokenPair *
pair_new (void)
{
  Pair *self = g_new0 (Pair, 1);

  self->clock = gcoap_clock_new_manual (0);
  self->link = gcoap_simulated_link_new (self->clock, 1);
  self->client = simulated_node_new (self->link, self->clock, "client", FALSE);
  self->server = simulated_node_new (self->link, self->clock, "server", FALSE);
  self->parent.client = GCOAP_TOKEN_INTERFACE (self->client->messages);
  self->parent.server = GCOAP_TOKEN_INTERFACE (self->server->messages);
  self->parent.server_address = self->server->address;
  self->parent.acknowledges = TRUE;
  self->parent.advance = pair_advance;
  self->parent.free = pair_free;
  return &self->parent;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  contract_token_interface_add_tests ("message-layer", pair_new);
  return g_test_run ();
}
