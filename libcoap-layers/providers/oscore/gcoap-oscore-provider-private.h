/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The provider as its two halves, and the chains, see it. */
#pragma once

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "providers/oscore/gcoap-oscore-address-private.h"
#include "providers/oscore/gcoap-oscore-contexts-private.h"
#include "providers/oscore/gcoap-oscore-protection-private.h"
#include "providers/oscore/gcoap-oscore-provider.h"

G_BEGIN_DECLS

struct _GcoapOscore
{
  GcoapRequestProvider parent_instance;

  GcoapRuntime          *runtime;
  GcoapOscoreContexts   *contexts;      /* NULL: everything passes */
  GcoapRequestInterface *wire;          /* takes protected requests in blocks (inbound), all (outbound); or NULL */
  GcoapRequestInterface *inside;        /* takes what was verified; NULL: the next one does */
  guint                  max_unfragmented_size;
  guint                  max_waiting;
  guint                  n_waiting;     /* requests that wait for a context */
  gboolean               rederives;     /* RFC 8613 Appendix B.2 */
  guint                  error_rate;
  guint                  n_errors;      /* that may still be told in this second */
  gint64                 errors_since;
  GcoapExchangePool      pool;          /* of what is inside others */
  GcoapOscoreAddressPool addresses;     /* of those */
};

/* The contexts are shared by the two providers of a stack. */
void gcoap_oscore_set_contexts (GcoapOscore         *self,
                                GcoapOscoreContexts *contexts);

/* What stands on the side of the network, for protected messages alone:
 * outbound it ends where the provider's next one is; inbound it ends in
 * gcoap_oscore_opener_new(). */
void gcoap_oscore_set_wire (GcoapOscore           *self,
                            GcoapRequestInterface *wire);

/* Inbound: what stands before the next one for requests that were verified. */
void gcoap_oscore_set_inside (GcoapOscore           *self,
                              GcoapRequestInterface *inside);

/* Gives each request to gcoap_oscore_verify(); holds @provider weakly, which
 * holds it. */
GcoapRequestInterface *gcoap_oscore_opener_new (GcoapOscore *provider) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_oscore_inbound (GcoapRequestProvider *provider,
                           GcoapExchange        *exchange);

void gcoap_oscore_outbound (GcoapRequestProvider *provider,
                            GcoapExchange        *exchange);

/* Verifies a request with an OSCORE option, and hands it on; or refuses it. */
void gcoap_oscore_verify (GcoapOscore   *self,
                          GcoapExchange *exchange);

/* Outbound: finds out whether a request is to be protected. FALSE: it has
 * nothing to do with OSCORE. */
gboolean gcoap_oscore_prepare (GcoapOscore           *self,
                               GcoapRequestInterface *next,
                               GcoapExchange         *exchange,
                               GCancellable          *cancellable,
                               GAsyncReadyCallback    callback,
                               gpointer               user_data);

/* An error response that is not protected (RFC 8613 §8.2), unless there were too
 * many lately. */
void gcoap_oscore_refuse (GcoapOscore   *self,
                          GcoapExchange *exchange,
                          GcoapCode      code,
                          const char    *diagnostic);

/* Tells the trace of the message inside a protected one. */
void gcoap_oscore_trace_inner (GcoapOscore          *self,
                               gboolean              sent,
                               GcoapEndpointAddress *address,
                               GcoapMessage         *inner);

/* The slot of a protected exchange; NULL for one that is not. */
static inline GcoapOscoreSlot *
gcoap_oscore_find_slot (GcoapExchange *exchange)
{
  GcoapEndpointAddress *address = exchange->address;

  if (address == NULL || G_OBJECT_TYPE (address) != GCOAP_TYPE_OSCORE_ADDRESS)
    return NULL;
  return gcoap_oscore_address_get_slot ((GcoapOscoreAddress *) address);
}

G_END_DECLS
