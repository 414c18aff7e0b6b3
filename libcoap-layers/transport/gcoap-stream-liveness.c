/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whether those at the other ends of connections are there, for who watches
 * them. */
#include "transport/gcoap-stream-transport-private.h"

static GcoapConnection *
find_connection (GcoapStreamTransport *self,
                 GcoapEndpointAddress *address)
{
  return gcoap_token_interface_recognizes (GCOAP_TOKEN_INTERFACE (self), address)
           ? GCOAP_STREAM_ADDRESS (address)->connection
           : NULL;
}

void
gcoap_stream_transport_watch (GcoapStreamTransport *self,
                              GcoapEndpointAddress *address)
{
  GcoapConnection *connection = find_connection (self, address);

  if (connection != NULL)
    connection->n_watchers++;
}

void
gcoap_stream_transport_unwatch (GcoapStreamTransport *self,
                                GcoapEndpointAddress *address)
{
  GcoapConnection *connection = find_connection (self, address);

  if (connection != NULL && connection->n_watchers > 0)
    connection->n_watchers--;
}

gint64
gcoap_stream_transport_get_last_heard (GcoapStreamTransport *self,
                                       GcoapEndpointAddress *address)
{
  GcoapConnection *connection = find_connection (self, address);

  return connection != NULL ? connection->heard : G_MININT64;
}

void
gcoap_stream_transport_give_up_peer (GcoapStreamTransport *self,
                                     GcoapEndpointAddress *address,
                                     const GError         *error)
{
  GcoapConnection *connection = find_connection (self, address);

  if (connection != NULL)
    gcoap_connection_fail (connection, error);
}
