/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs the contract of request interfaces against those of the library, and
 * against the mocks, which must keep it as well. */
#include "helpers/contract-request-interface.h"
#include "helpers/mock-decorator.h"
#include "helpers/mock-responder.h"
#include "helpers/simulated-node.h"
#include "request/gcoap-no-response-provider.h"
#include "request/gcoap-router.h"
#include "site/gcoap-site.h"

/* What all kinds here need: a network whose far end answers. */
typedef struct
{
  ContractResponder   parent;
  GcoapClock         *clock;
  GcoapSimulatedLink *link;
  SimulatedNode      *client;
  SimulatedNode      *server;
  MockResponder      *responder;   /* the server's, or what is tested itself */
} Kind;

static GcoapExchange *
kind_new_exchange (ContractResponder *responder)
{
  Kind *self = (Kind *) responder;
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  GcoapExchange *exchange = gcoap_exchange_new (request);

  gcoap_exchange_set_address (exchange, self->server->address);
  return exchange;
}

static void
kind_settle (ContractResponder *responder)
{
  Kind *self = (Kind *) responder;

  /* Longer than a request without an answer is repeated. */
  for (guint i = 0; i < 200; i++)
    {
      gcoap_clock_advance (self->clock, G_USEC_PER_SEC);
      while (g_main_context_iteration (NULL, FALSE))
        {
        }
    }
}

static void
kind_free (ContractResponder *responder)
{
  Kind *self = (Kind *) responder;

  g_assert_finalize_object (self->parent.tested);
  g_clear_object (&self->responder);
  simulated_node_free (self->client);
  simulated_node_free (self->server);
  g_object_unref (self->link);
  g_object_unref (self->clock);
  g_free (self);
}

static Kind *
kind_new (MockResponderMode mode)
{
  Kind *self = g_new0 (Kind, 1);

  self->clock = gcoap_clock_new_manual (0);
  self->link = gcoap_simulated_link_new (self->clock, 1);
  self->client = simulated_node_new (self->link, self->clock, "client", TRUE);
  self->server = simulated_node_new (self->link, self->clock, "server", TRUE);
  self->responder = mock_responder_new (mode);
  gcoap_token_layer_set_inbound (self->server->tokens, GCOAP_REQUEST_INTERFACE (self->responder));
  self->parent.new_exchange = kind_new_exchange;
  self->parent.settle = kind_settle;
  self->parent.free = kind_free;
  return self;
}

static ContractResponder *
responder_new (gconstpointer data)
{
  Kind *self = kind_new ((MockResponderMode) GPOINTER_TO_INT (data));

  self->parent.tested = GCOAP_REQUEST_INTERFACE (g_steal_pointer (&self->responder));
  return &self->parent;
}

static ContractResponder *
passing_new (gconstpointer data)
{
  Kind *self = kind_new (MOCK_RESPONDER_ANSWER);

  self->parent.tested =
    GCOAP_REQUEST_INTERFACE (mock_decorator_new_passing (GCOAP_REQUEST_INTERFACE (self->responder)));
  return &self->parent;
}

static ContractResponder *
deriving_new (gconstpointer data)
{
  Kind *self = kind_new ((MockResponderMode) GPOINTER_TO_INT (data));

  self->parent.tested =
    GCOAP_REQUEST_INTERFACE (mock_decorator_new_deriving (GCOAP_REQUEST_INTERFACE (self->client->tokens), 'd'));
  return &self->parent;
}

static ContractResponder *
token_layer_new (gconstpointer data)
{
  Kind *self = kind_new ((MockResponderMode) GPOINTER_TO_INT (data));

  self->parent.tested = GCOAP_REQUEST_INTERFACE (g_steal_pointer (&self->client->tokens));
  return &self->parent;
}

static ContractResponder *
unreachable_new (gconstpointer data)
{
  Kind *self = kind_new (MOCK_RESPONDER_ANSWER);

  gcoap_simulated_interface_set_partitioned (self->server->interface, TRUE);
  self->parent.tested = GCOAP_REQUEST_INTERFACE (g_steal_pointer (&self->client->tokens));
  return &self->parent;
}

static ContractResponder *
router_new (gconstpointer data)
{
  Kind *self = kind_new (MOCK_RESPONDER_ANSWER);
  GcoapRouter *router = gcoap_router_new ();

  gcoap_router_add (router, "coap", GCOAP_REQUEST_INTERFACE (self->client->tokens));
  self->parent.tested = GCOAP_REQUEST_INTERFACE (router);
  return &self->parent;
}

static ContractResponder *
no_response_new (gconstpointer data)
{
  Kind *self = kind_new (MOCK_RESPONDER_ANSWER);

  self->parent.tested =
    GCOAP_REQUEST_INTERFACE (gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (self->responder)));
  return &self->parent;
}

static ContractResponder *
site_new (gconstpointer data)
{
  Kind *self = kind_new (MOCK_RESPONDER_ANSWER);

  self->parent.tested = GCOAP_REQUEST_INTERFACE (gcoap_site_new ());
  return &self->parent;
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define MODE(mode) GINT_TO_POINTER (MOCK_RESPONDER_##mode)
  contract_request_interface_add_tests ("responder/answers", responder_new, MODE (ANSWER));
  contract_request_interface_add_tests ("responder/fails", responder_new, MODE (FAIL));
  contract_request_interface_add_tests ("responder/dismisses", responder_new, MODE (DISMISS));
  contract_request_interface_add_tests ("responder/rejects", responder_new, MODE (REJECT));
  contract_request_interface_add_tests ("passing", passing_new, NULL);
  contract_request_interface_add_tests ("deriving/answers", deriving_new, MODE (ANSWER));
  contract_request_interface_add_tests ("deriving/fails", deriving_new, MODE (FAIL));
  contract_request_interface_add_tests ("token-layer/answers", token_layer_new, MODE (ANSWER));
  contract_request_interface_add_tests ("token-layer/fails", token_layer_new, MODE (FAIL));
  contract_request_interface_add_tests ("token-layer/rejects", token_layer_new, MODE (REJECT));
  contract_request_interface_add_tests ("token-layer/unreachable", unreachable_new, NULL);
  contract_request_interface_add_tests ("router", router_new, NULL);
  contract_request_interface_add_tests ("no-response", no_response_new, NULL);
  contract_request_interface_add_tests ("site", site_new, NULL);
  return g_test_run ();
}
