/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The order of the providers, in one list. */
#include "context/gcoap-chains-private.h"

#include "providers/blockwise/gcoap-blockwise-provider.h"
#include "providers/conditional/gcoap-conditional-provider.h"
#include "providers/echo/gcoap-echo-provider.h"
#include "providers/observe/gcoap-observe-provider.h"
#include "providers/oscore/gcoap-oscore-provider-private.h"
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
make_conditional (GcoapRequestInterface *next,
                  GcoapRuntime          *runtime)
{
  return GCOAP_REQUEST_INTERFACE (gcoap_conditional_new (next, runtime));
}

static GcoapRequestInterface *
make_observe (GcoapRequestInterface *next,
              GcoapRuntime          *runtime)
{
  return GCOAP_REQUEST_INTERFACE (gcoap_observe_new (next, runtime));
}

static GcoapRequestInterface *
make_blockwise (GcoapRequestInterface *next,
                GcoapRuntime          *runtime)
{
  return GCOAP_REQUEST_INTERFACE (gcoap_blockwise_new (next, runtime));
}

static GcoapRequestInterface *
make_echo (GcoapRequestInterface *next,
           GcoapRuntime          *runtime)
{
  return GCOAP_REQUEST_INTERFACE (gcoap_echo_new (next, runtime));
}

static GcoapRequestInterface *
make_oscore (GcoapRequestInterface *next,
             GcoapRuntime          *runtime)
{
  return GCOAP_REQUEST_INTERFACE (gcoap_oscore_new (next, runtime));
}

/* From the application's side to the network's: a request of ours walks down
 * the list, a peer's walks up. A line per provider. */
static const Link links[] = {
  { OUTBOUND | INBOUND, make_no_response },
  { INBOUND, make_conditional },
  { OUTBOUND | INBOUND, make_observe },
  { OUTBOUND | INBOUND, make_blockwise },
  { OUTBOUND, make_echo },
  { OUTBOUND | INBOUND, make_oscore },
  { INBOUND, make_echo },
};

/* What stands around OSCORE for protected messages alone: on the network's side
 * those that deal with what others do to them on their way, on the
 * application's the one that knows what was proven inside. */
static void
surround (GcoapOscore           *oscore,
          Direction              direction,
          GcoapRequestInterface *next,
          GcoapRuntime          *runtime)
{
  g_autoptr (GcoapRequestInterface) end =
    direction == INBOUND ? gcoap_oscore_opener_new (oscore) : g_object_ref (next);
  g_autoptr (GcoapRequestInterface) blockwise = make_blockwise (end, runtime);
  g_autoptr (GcoapRequestInterface) echo = NULL;

  /* RFC 8613 §4.1.3.4.2 */
  g_object_bind_property (oscore, "max-unfragmented-size", blockwise, "max-assembled-size",
                          G_BINDING_SYNC_CREATE);
  if (direction == INBOUND)
    {
      echo = make_echo (next, runtime);
      gcoap_oscore_set_wire (oscore, blockwise);
      gcoap_oscore_set_inside (oscore, echo);
    }
  else
    {
      echo = make_echo (blockwise, runtime);
      gcoap_oscore_set_wire (oscore, echo);
    }
}

static GcoapRequestInterface *
make_link (const Link            *link,
           Direction              direction,
           GcoapRequestInterface *next,
           GcoapRuntime          *runtime,
           GcoapOscoreContexts   *contexts)
{
  GcoapRequestInterface *made = link->make (next, runtime);

  if (GCOAP_IS_OSCORE (made))
    {
      gcoap_oscore_set_contexts (GCOAP_OSCORE (made), contexts);
      surround (GCOAP_OSCORE (made), direction, next, runtime);
    }
  return made;
}

GcoapRequestInterface *
gcoap_chains_make_outbound (GcoapRequestInterface *router,
                            GcoapRuntime          *runtime,
                            GcoapOscoreContexts   *contexts)
{
  GcoapRequestInterface *head = g_object_ref (router);

  for (gsize i = G_N_ELEMENTS (links); i > 0; i--)
    if (links[i - 1].directions & OUTBOUND)
      {
        g_autoptr (GcoapRequestInterface) next = head;

        head = make_link (&links[i - 1], OUTBOUND, next, runtime, contexts);
      }
  return head;
}

GcoapRequestInterface *
gcoap_chains_make_inbound (GcoapRequestInterface *slot,
                           GcoapRuntime          *runtime,
                           GcoapOscoreContexts   *contexts)
{
  GcoapRequestInterface *head = g_object_ref (slot);

  for (gsize i = 0; i < G_N_ELEMENTS (links); i++)
    if (links[i].directions & INBOUND)
      {
        g_autoptr (GcoapRequestInterface) next = head;

        head = make_link (&links[i], INBOUND, next, runtime, contexts);
      }
  return head;
}
