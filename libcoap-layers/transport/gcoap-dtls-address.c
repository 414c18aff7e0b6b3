/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-dtls-address-private.h"

#include "wire/gcoap-uri.h"

/**
 * GcoapDtlsAddress:
 *
 * The address of a peer at the other end of a DTLS session (RFC 7252 §9.1).
 *
 * It is the association: two sessions with one host are two addresses, and the
 * address leads nowhere any more when its session has ended. So an answer is
 * only taken from the session that carried the request.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (GcoapDtlsAddress, gcoap_dtls_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

static const char *
gcoap_dtls_address_get_scheme (GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return "coaps";
}

static char *
gcoap_dtls_address_dup_hostinfo (GcoapEndpointAddress *address)
{
  return gcoap_udp_key_dup_hostinfo (&GCOAP_DTLS_ADDRESS (address)->key,
                                     gcoap_uri_scheme_get_default_port ("coaps"));
}

static gboolean
gcoap_dtls_address_is_secure (GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return TRUE;
}

static const char *const *
gcoap_dtls_address_get_claims (GcoapEndpointAddress *address)
{
  return (const char *const *) GCOAP_DTLS_ADDRESS (address)->claims;
}

static void
gcoap_dtls_address_finalize (GObject *object)
{
  g_strfreev (GCOAP_DTLS_ADDRESS (object)->claims);
  G_OBJECT_CLASS (gcoap_dtls_address_parent_class)->finalize (object);
}

static void
gcoap_dtls_address_class_init (GcoapDtlsAddressClass *klass)
{
  GcoapEndpointAddressClass *address_class = GCOAP_ENDPOINT_ADDRESS_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = gcoap_dtls_address_finalize;
  /* Equality and hash are those of the object: it is the association. The
   * cookie has shown that the peer is there, so it is not public. */
  address_class->get_scheme = gcoap_dtls_address_get_scheme;
  address_class->dup_hostinfo = gcoap_dtls_address_dup_hostinfo;
  address_class->is_secure = gcoap_dtls_address_is_secure;
  address_class->get_claims = gcoap_dtls_address_get_claims;
}

static void
gcoap_dtls_address_init (GcoapDtlsAddress *self G_GNUC_UNUSED)
{
}

GcoapDtlsAddress *
gcoap_dtls_address_new (const GcoapUdpKey *key,
                        GcoapClaims       *claims,
                        gconstpointer      transport,
                        gpointer           association)
{
  GcoapDtlsAddress *self = g_object_new (GCOAP_TYPE_DTLS_ADDRESS, NULL);

  self->key = *key;
  self->claims = claims != NULL ? gcoap_claims_to_strv (claims) : NULL;
  self->transport = transport;
  self->association = association;
  return self;
}

/**
 * gcoap_dtls_address_dup_socket_address:
 * @self: a DTLS address
 *
 * Gives the IP address and port of the other end.
 *
 * Returns: (transfer full): the socket address; an IPv4 one where the peer has
 *   an IPv4 address
 *
 * Since: 0.1
 */
GInetSocketAddress *
gcoap_dtls_address_dup_socket_address (GcoapDtlsAddress *self)
{
  GcoapUdpSockaddr native;
  socklen_t length;

  g_return_val_if_fail (GCOAP_IS_DTLS_ADDRESS (self), NULL);

  length = gcoap_udp_key_to_sockaddr (&self->key, AF_INET, &native);
  if (length == 0)
    length = gcoap_udp_key_to_sockaddr (&self->key, AF_INET6, &native);
  return G_INET_SOCKET_ADDRESS (g_socket_address_new_from_native (&native, length));
}

/**
 * gcoap_dtls_address_is_connected:
 * @self: a DTLS address
 *
 * Tells whether the session still stands.
 *
 * Returns: %FALSE when it has ended
 *
 * Since: 0.1
 */
gboolean
gcoap_dtls_address_is_connected (GcoapDtlsAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_ADDRESS (self), FALSE);

  return self->association != NULL;
}
