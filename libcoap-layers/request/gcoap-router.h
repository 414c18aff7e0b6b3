/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Chooses which token layer a request leaves by, and tries the next address of
 * a host when one cannot be reached. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_ROUTER (gcoap_router_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapRouter, gcoap_router, GCOAP, ROUTER, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapRouter *gcoap_router_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_router_add (GcoapRouter           *self,
                       const char            *scheme,
                       GcoapRequestInterface *layer);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_router_remove (GcoapRouter           *self,
                              GcoapRequestInterface *layer);

GCOAP_AVAILABLE_IN_ALL
GcoapRequestInterface *gcoap_router_lookup (GcoapRouter *self,
                                            const char  *scheme);

G_END_DECLS
