/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The message sublayer of RFC 7252 §4: makes messages that may be lost,
 * repeated and reordered carry requests and responses. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "interfaces/gcoap-message-interface.h"
#include "interfaces/gcoap-runtime.h"
#include "interfaces/gcoap-token-interface.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_MESSAGE_LAYER (gcoap_message_layer_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapMessageLayer, gcoap_message_layer, GCOAP, MESSAGE_LAYER, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapMessageLayer *gcoap_message_layer_new (GcoapMessageInterface *below,
                                            GcoapRuntime          *runtime,
                                            GcoapTransportTuning  *tuning) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapTransportTuning *gcoap_message_layer_get_tuning (GcoapMessageLayer *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_message_layer_get_max_resets_per_second (GcoapMessageLayer *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_layer_set_max_resets_per_second (GcoapMessageLayer *self,
                                                    guint              count);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_layer_ping_async (GcoapMessageLayer    *self,
                                     GcoapEndpointAddress *address,
                                     GCancellable         *cancellable,
                                     GAsyncReadyCallback   callback,
                                     gpointer              user_data);

GCOAP_AVAILABLE_IN_ALL
gint64 gcoap_message_layer_ping_finish (GcoapMessageLayer  *self,
                                        GAsyncResult       *result,
                                        GError            **error);

G_END_DECLS
