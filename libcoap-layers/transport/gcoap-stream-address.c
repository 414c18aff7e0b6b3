/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-address-private.h"

#include "wire/gcoap-uri.h"

/**
 * GcoapStreamAddress:
 *
 * The address of a peer at the other end of a connection (RFC 8323).
 *
 * It is the connection: two connections to one host are two addresses, and the
 * address leads nowhere any more when its connection has ended.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (GcoapStreamAddress, gcoap_stream_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

static const char *
gcoap_stream_address_get_scheme (GcoapEndpointAddress *address)
{
  return GCOAP_STREAM_ADDRESS (address)->scheme;
}

static char *
gcoap_stream_address_dup_hostinfo (GcoapEndpointAddress *address)
{
  GcoapStreamAddress *self = GCOAP_STREAM_ADDRESS (address);

  return gcoap_udp_key_dup_hostinfo (&self->key, gcoap_uri_scheme_get_default_port (self->scheme));
}

static gboolean
gcoap_stream_address_is_reliable (GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
gcoap_stream_address_is_secure (GcoapEndpointAddress *address)
{
  return GCOAP_STREAM_ADDRESS (address)->is_secure;
}

static gboolean
gcoap_stream_address_is_public (GcoapEndpointAddress *address)
{
  return gcoap_udp_in6_is_public (&GCOAP_STREAM_ADDRESS (address)->key.address);
}

static const char *const *
gcoap_stream_address_get_claims (GcoapEndpointAddress *address)
{
  return (const char *const *) GCOAP_STREAM_ADDRESS (address)->claims;
}

static void
gcoap_stream_address_finalize (GObject *object)
{
  g_strfreev (GCOAP_STREAM_ADDRESS (object)->claims);
  G_OBJECT_CLASS (gcoap_stream_address_parent_class)->finalize (object);
}

static void
gcoap_stream_address_class_init (GcoapStreamAddressClass *klass)
{
  GcoapEndpointAddressClass *address_class = GCOAP_ENDPOINT_ADDRESS_CLASS (klass);

  /* Equality and hash are those of the object: it is the connection. */
  address_class->get_scheme = gcoap_stream_address_get_scheme;
  address_class->dup_hostinfo = gcoap_stream_address_dup_hostinfo;
  address_class->is_reliable = gcoap_stream_address_is_reliable;
  address_class->is_secure = gcoap_stream_address_is_secure;
  address_class->is_public = gcoap_stream_address_is_public;
  address_class->get_claims = gcoap_stream_address_get_claims;
  G_OBJECT_CLASS (klass)->finalize = gcoap_stream_address_finalize;
}

static void
gcoap_stream_address_init (GcoapStreamAddress *self G_GNUC_UNUSED)
{
}

GcoapStreamAddress *
gcoap_stream_address_new (const char        *scheme,
                          gboolean           is_secure,
                          const GcoapUdpKey *key,
                          gconstpointer      transport)
{
  GcoapStreamAddress *self = g_object_new (GCOAP_TYPE_STREAM_ADDRESS, NULL);

  self->scheme = g_intern_string (scheme);
  self->is_secure = is_secure;
  self->key = *key;
  self->transport = transport;
  return self;
}

/**
 * gcoap_stream_address_dup_socket_address:
 * @self: a stream address
 *
 * Gives the IP address and port of the other end.
 *
 * Returns: (transfer full): the socket address; an IPv4 one where the peer has
 *   an IPv4 address
 *
 * Since: 0.1
 */
GInetSocketAddress *
gcoap_stream_address_dup_socket_address (GcoapStreamAddress *self)
{
  GcoapUdpSockaddr native;
  socklen_t length;

  g_return_val_if_fail (GCOAP_IS_STREAM_ADDRESS (self), NULL);

  length = gcoap_udp_key_to_sockaddr (&self->key, AF_INET, &native);
  if (length == 0)
    length = gcoap_udp_key_to_sockaddr (&self->key, AF_INET6, &native);
  return G_INET_SOCKET_ADDRESS (g_socket_address_new_from_native (&native, length));
}

/**
 * gcoap_stream_address_is_connected:
 * @self: a stream address
 *
 * Tells whether the connection still stands.
 *
 * Returns: %FALSE when it has ended
 *
 * Since: 0.1
 */
gboolean
gcoap_stream_address_is_connected (GcoapStreamAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_STREAM_ADDRESS (self), FALSE);

  return self->connection != NULL;
}
