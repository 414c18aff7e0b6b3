/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-carrier-private.h"

#include "message/gcoap-message-layer-private.h"
#include "transport/gcoap-stream-transport-private.h"

GcoapTokenInterface *
gcoap_carrier_find (GcoapContext *context,
                    const char   *scheme)
{
  GcoapContextStack *stack = gcoap_context_find_client (context, scheme);

  if (stack == NULL)
    return NULL;
  if (stack->message_layer != NULL)
    return GCOAP_TOKEN_INTERFACE (stack->message_layer);
  return GCOAP_IS_STREAM_TRANSPORT (stack->transport) ? GCOAP_TOKEN_INTERFACE (stack->transport) : NULL;
}

void
gcoap_carrier_ping_async (GcoapTokenInterface  *self,
                          GcoapEndpointAddress *address,
                          GCancellable         *cancellable,
                          GAsyncReadyCallback   callback,
                          gpointer              user_data)
{
  if (GCOAP_IS_STREAM_TRANSPORT (self))
    gcoap_stream_transport_ping_async (GCOAP_STREAM_TRANSPORT (self), address, cancellable, callback, user_data);
  else
    gcoap_message_layer_ping_async (GCOAP_MESSAGE_LAYER (self), address, cancellable, callback, user_data);
}

gint64
gcoap_carrier_ping_finish (GcoapTokenInterface  *self,
                           GAsyncResult         *result,
                           GError              **error)
{
  if (GCOAP_IS_STREAM_TRANSPORT (self))
    return gcoap_stream_transport_ping_finish (GCOAP_STREAM_TRANSPORT (self), result, error);
  return gcoap_message_layer_ping_finish (GCOAP_MESSAGE_LAYER (self), result, error);
}

void
gcoap_carrier_watch (GcoapTokenInterface  *self,
                     GcoapEndpointAddress *address)
{
  if (GCOAP_IS_STREAM_TRANSPORT (self))
    gcoap_stream_transport_watch (GCOAP_STREAM_TRANSPORT (self), address);
  else
    gcoap_message_layer_watch (GCOAP_MESSAGE_LAYER (self), address);
}

void
gcoap_carrier_unwatch (GcoapTokenInterface  *self,
                       GcoapEndpointAddress *address)
{
  if (GCOAP_IS_STREAM_TRANSPORT (self))
    gcoap_stream_transport_unwatch (GCOAP_STREAM_TRANSPORT (self), address);
  else
    gcoap_message_layer_unwatch (GCOAP_MESSAGE_LAYER (self), address);
}

gint64
gcoap_carrier_get_last_heard (GcoapTokenInterface  *self,
                              GcoapEndpointAddress *address)
{
  if (GCOAP_IS_STREAM_TRANSPORT (self))
    return gcoap_stream_transport_get_last_heard (GCOAP_STREAM_TRANSPORT (self), address);
  return gcoap_message_layer_get_last_heard (GCOAP_MESSAGE_LAYER (self), address);
}

void
gcoap_carrier_give_up_peer (GcoapTokenInterface  *self,
                            GcoapEndpointAddress *address,
                            const GError         *error)
{
  if (GCOAP_IS_STREAM_TRANSPORT (self))
    gcoap_stream_transport_give_up_peer (GCOAP_STREAM_TRANSPORT (self), address, error);
  else
    gcoap_message_layer_give_up_peer (GCOAP_MESSAGE_LAYER (self), address, error);
}
