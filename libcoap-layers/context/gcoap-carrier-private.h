/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What tells whether a peer is there, whatever carries messages to it: the message
 * layer by an empty message (RFC 7252 §4.3), a connection by a Ping (RFC 8323
 * §5.4). */
#pragma once

#include "context/gcoap-context-private.h"

G_BEGIN_DECLS

/* Of the stack that carries requests to URIs of this scheme; NULL: there is
 * none. */
GcoapTokenInterface *gcoap_carrier_find (GcoapContext *context,
                                         const char   *scheme);

void gcoap_carrier_ping_async (GcoapTokenInterface  *self,
                               GcoapEndpointAddress *address,
                               GCancellable         *cancellable,
                               GAsyncReadyCallback   callback,
                               gpointer              user_data);
gint64 gcoap_carrier_ping_finish (GcoapTokenInterface  *self,
                                  GAsyncResult         *result,
                                  GError              **error);

/* Notes when a peer is heard from, and keeps its connection, until as many calls
 * of unwatch. */
void gcoap_carrier_watch (GcoapTokenInterface  *self,
                          GcoapEndpointAddress *address);
void gcoap_carrier_unwatch (GcoapTokenInterface  *self,
                            GcoapEndpointAddress *address);

/* G_MININT64: not yet. */
gint64 gcoap_carrier_get_last_heard (GcoapTokenInterface  *self,
                                     GcoapEndpointAddress *address);

/* Ends all that is open with a peer. */
void gcoap_carrier_give_up_peer (GcoapTokenInterface  *self,
                                 GcoapEndpointAddress *address,
                                 const GError         *error);

G_END_DECLS
