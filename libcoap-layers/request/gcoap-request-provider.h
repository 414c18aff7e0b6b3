/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A decorator: stands before another request interface, and does something of
 * its own with what passes. Derived for each feature. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_REQUEST_PROVIDER (gcoap_request_provider_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (GcoapRequestProvider, gcoap_request_provider, GCOAP, REQUEST_PROVIDER, GObject)

/**
 * GcoapRequestProviderClass:
 * @outbound: what to do with a request on its way to the network; the default
 *   passes it on
 * @inbound: what to do with a request from the network; the default passes it
 *   on
 *
 * What a provider implements: one of the two, or both.
 *
 * Since: 0.1
 */
struct _GcoapRequestProviderClass
{
  GObjectClass parent_class;

  void (*outbound) (GcoapRequestProvider *self,
                    GcoapExchange        *exchange);
  void (*inbound)  (GcoapRequestProvider *self,
                    GcoapExchange        *exchange);

  /*< private >*/
  gpointer padding[8];
};

GCOAP_AVAILABLE_IN_ALL
GcoapRequestInterface *gcoap_request_provider_get_next (GcoapRequestProvider *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_request_provider_set_next (GcoapRequestProvider  *self,
                                      GcoapRequestInterface *next);

GCOAP_AVAILABLE_IN_ALL
void gcoap_request_provider_pass (GcoapRequestProvider *self,
                                  GcoapExchange        *exchange);

G_END_DECLS
