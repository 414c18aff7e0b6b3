/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §5.3: binds responses to requests by token, in both roles: it
 * offers the network to the application as a request interface, and hands
 * what the network asks to another one. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-request-interface.h"
#include "interfaces/gcoap-runtime.h"
#include "interfaces/gcoap-token-interface.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_TOKEN_LAYER (gcoap_token_layer_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapTokenLayer, gcoap_token_layer, GCOAP, TOKEN_LAYER, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapTokenLayer *gcoap_token_layer_new (GcoapTokenInterface *below,
                                        GcoapRuntime        *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_token_layer_set_inbound (GcoapTokenLayer       *self,
                                    GcoapRequestInterface *inbound);

G_END_DECLS
