/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of the providers, in one list. */
#include "context/gcoap-chains-private.h"

#include "providers/echo/gcoap-echo-provider.h"
#include "providers/observe/gcoap-observe-provider.h"
#include "request/gcoap-no-response-provider.h"

typedef enum
{
  OUTBOUND = 1 << 0,
  INBOUND  = 1 << 1,
} Direction;

typedef GcoapRequestInterface *(*MakeFunc) (GcoapRequestInterface *next,
                                            GcoapRuntime          *runtime);

typedef struct
{
  Direction directions;
  MakeFunc  make;
} Link;

static GcoapRequestInterface *
make_no_response (GcoapRequestInterface *next,
                  GcoapRuntime          *runtime G_GNUC_UNUSED)
{
  return GCOAP_REQUEST_INTERFACE (gcoap_no_response_new (next));
}

static GcoapRequestInterface *
make_observe (GcoapRequestInterface *next,
              GcoapRuntime          *runtime)
{
  return GCOAP_REQUEST_INTERFACE (gcoap_observe_new (next, runtime));
}

static GcoapRequestInterface *
make_echo (GcoapRequestInterface *next,
           GcoapRuntime          *runtime)
{
  return GCOAP_REQUEST_INTERFACE (gcoap_echo_new (next, runtime));
}

/* From the application's side to the network's: a request of ours walks down
 * the list, a peer's walks up. A line per provider. */
static const Link links[] = {
  { OUTBOUND | INBOUND, make_no_response },
  { OUTBOUND | INBOUND, make_observe },
  { OUTBOUND | INBOUND, make_echo },
};

GcoapRequestInterface *
gcoap_chains_make_outbound (GcoapRequestInterface *router,
                            GcoapRuntime          *runtime)
{
  GcoapRequestInterface *head = g_object_ref (router);

  for (gsize i = G_N_ELEMENTS (links); i > 0; i--)
    if (links[i - 1].directions & OUTBOUND)
      {
        g_autoptr (GcoapRequestInterface) next = head;

        head = links[i - 1].make (next, runtime);
      }
  return head;
}

GcoapRequestInterface *
gcoap_chains_make_inbound (GcoapRequestInterface *slot,
                           GcoapRuntime          *runtime)
{
  GcoapRequestInterface *head = g_object_ref (slot);

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    if (links[i].directions & INBOUND)
      {
        g_autoptr (GcoapRequestInterface) next = head;

        head = links[i].make (next, runtime);
      }
  return head;
}
