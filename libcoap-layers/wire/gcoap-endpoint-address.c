/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The identity of an endpoint, with defaults for what most transports share. */
#include "wire/gcoap-endpoint-address.h"

/**
 * GcoapEndpointAddress:
 *
 * The immutable identity of an endpoint: what it is called, never how to reach
 * it.
 *
 * Transports derive their own kinds. Two addresses of different kinds are never
 * equal. The address of a connected or secured peer stands for one association,
 * so that it changes when the peer connects anew.
 *
 * Since: 0.1
 */
G_DEFINE_ABSTRACT_TYPE (GcoapEndpointAddress, gcoap_endpoint_address, G_TYPE_OBJECT)

/**
 * GcoapEndpointAddressClass:
 * @equal: whether two addresses of the same type name the same endpoint;
 *   default: whether they are the same object
 * @hash: a hash that is equal for equal addresses; default: of the object
 * @get_scheme: the URI scheme, such as `coap`; default: `coap`
 * @dup_hostinfo: host and port as in a URI; must be implemented
 * @is_multicast: whether it names a group; default: no
 * @is_reliable: whether messages arrive once and in order, so that there are
 *   no message types and IDs; default: no
 * @is_secure: whether messages are protected; default: no
 * @get_blockwise_key: the address that blocks of one body have in common;
 *   default: the address itself
 * @is_public: whether strangers anywhere can claim to be there; default: no
 * @get_claims: (transfer none) (nullable) (array zero-terminated=1): what the
 *   peer there has proven to be; default: nothing
 *
 * The virtual functions of [class@EndpointAddress].
 *
 * Since: 0.1
 */

static gboolean
gcoap_endpoint_address_real_equal (GcoapEndpointAddress *self,
                                   GcoapEndpointAddress *other)
{
  return self == other;
}

static guint
gcoap_endpoint_address_real_hash (GcoapEndpointAddress *self)
{
  return g_direct_hash (self);
}

static const char *
gcoap_endpoint_address_real_get_scheme (GcoapEndpointAddress *self)
{
  return "coap";
}

static char *
gcoap_endpoint_address_real_dup_hostinfo (GcoapEndpointAddress *self)
{
  g_critical ("%s does not implement dup_hostinfo", G_OBJECT_TYPE_NAME (self));

  return g_strdup ("");
}

static gboolean
gcoap_endpoint_address_real_is_false (GcoapEndpointAddress *self)
{
  return FALSE;
}

static GcoapEndpointAddress *
gcoap_endpoint_address_real_get_blockwise_key (GcoapEndpointAddress *self)
{
  return self;
}

static const char *const *
gcoap_endpoint_address_real_get_claims (GcoapEndpointAddress *self)
{
  return NULL;
}

static void
gcoap_endpoint_address_class_init (GcoapEndpointAddressClass *klass)
{
  klass->equal = gcoap_endpoint_address_real_equal;
  klass->hash = gcoap_endpoint_address_real_hash;
  klass->get_scheme = gcoap_endpoint_address_real_get_scheme;
  klass->dup_hostinfo = gcoap_endpoint_address_real_dup_hostinfo;
  klass->is_multicast = gcoap_endpoint_address_real_is_false;
  klass->is_reliable = gcoap_endpoint_address_real_is_false;
  klass->is_secure = gcoap_endpoint_address_real_is_false;
  klass->get_blockwise_key = gcoap_endpoint_address_real_get_blockwise_key;
  klass->is_public = gcoap_endpoint_address_real_is_false;
  klass->get_claims = gcoap_endpoint_address_real_get_claims;
}

static void
gcoap_endpoint_address_init (GcoapEndpointAddress *self)
{
}

/**
 * gcoap_endpoint_address_equal: (virtual equal)
 * @self: an address
 * @other: another address
 *
 * Says whether two addresses name the same endpoint.
 *
 * Returns: %TRUE if they do
 *
 * Since: 0.1
 */
gboolean
gcoap_endpoint_address_equal (GcoapEndpointAddress *self,
                              GcoapEndpointAddress *other)
{
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), FALSE);
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (other), FALSE);

  if (self == other)
    return TRUE;
  if (G_OBJECT_TYPE (self) != G_OBJECT_TYPE (other))
    return FALSE;

  return GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->equal (self, other);
}

/**
 * gcoap_endpoint_address_hash: (virtual hash)
 * @self: an address
 *
 * Computes a hash, for hash tables with addresses as keys.
 *
 * Returns: a hash that is equal for equal addresses
 *
 * Since: 0.1
 */
guint
gcoap_endpoint_address_hash (GcoapEndpointAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), 0);

  return GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->hash (self);
}

/**
 * gcoap_endpoint_address_get_scheme: (virtual get_scheme)
 * @self: an address
 *
 * Gets the scheme of the URIs that this endpoint's resources have.
 *
 * Returns: (transfer none): such as `coap` or `coaps+tcp`
 *
 * Since: 0.1
 */
const char *
gcoap_endpoint_address_get_scheme (GcoapEndpointAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), NULL);

  return GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->get_scheme (self);
}

/**
 * gcoap_endpoint_address_dup_hostinfo: (virtual dup_hostinfo)
 * @self: an address
 *
 * Makes host and port as in a URI; the port is left out when it is the default.
 *
 * Returns: (transfer full): such as `[2001:db8::1]:61616`
 *
 * Since: 0.1
 */
char *
gcoap_endpoint_address_dup_hostinfo (GcoapEndpointAddress *self)
{
  char *hostinfo;

  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), NULL);

  hostinfo = GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->dup_hostinfo (self);
  g_return_val_if_fail (hostinfo != NULL, g_strdup (""));

  return hostinfo;
}

/**
 * gcoap_endpoint_address_dup_uri_base:
 * @self: an address
 *
 * Makes the start of the URIs that this endpoint's resources have.
 *
 * Returns: (transfer full): such as `coap://[2001:db8::1]:61616`
 *
 * Since: 0.1
 */
char *
gcoap_endpoint_address_dup_uri_base (GcoapEndpointAddress *self)
{
  g_autofree char *hostinfo = NULL;

  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), NULL);

  hostinfo = gcoap_endpoint_address_dup_hostinfo (self);

  return g_strconcat (gcoap_endpoint_address_get_scheme (self), "://", hostinfo, NULL);
}

/**
 * gcoap_endpoint_address_is_multicast: (virtual is_multicast)
 * @self: an address
 *
 * Says whether the address names a group, so that several may answer.
 *
 * Returns: %TRUE for a group
 *
 * Since: 0.1
 */
gboolean
gcoap_endpoint_address_is_multicast (GcoapEndpointAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), FALSE);

  return GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->is_multicast (self);
}

/**
 * gcoap_endpoint_address_is_reliable: (virtual is_reliable)
 * @self: an address
 *
 * Says whether the transport delivers messages once and in order (RFC 8323).
 *
 * Otherwise they are confirmable or not, may come twice, and have message IDs.
 *
 * Returns: %TRUE for a reliable transport
 *
 * Since: 0.1
 */
gboolean
gcoap_endpoint_address_is_reliable (GcoapEndpointAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), FALSE);

  return GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->is_reliable (self);
}

/**
 * gcoap_endpoint_address_is_secure: (virtual is_secure)
 * @self: an address
 *
 * Says whether messages to and from this endpoint are protected.
 *
 * Returns: %TRUE if they are
 *
 * Since: 0.1
 */
gboolean
gcoap_endpoint_address_is_secure (GcoapEndpointAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), FALSE);

  return GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->is_secure (self);
}

/**
 * gcoap_endpoint_address_is_public: (virtual is_public)
 * @self: an address
 *
 * Says whether the address is one of the public Internet, so that the sender of
 * a message that bears it may be anybody, anywhere.
 *
 * Those of this host, this link and private networks are not public. The
 * address space that carriers share among their customers (RFC 6598) counts as
 * public, for its users do not know each other.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
gcoap_endpoint_address_is_public (GcoapEndpointAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), FALSE);

  return GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->is_public (self);
}

/**
 * gcoap_endpoint_address_get_claims: (virtual get_claims)
 * @self: an address
 *
 * Gets who the peer at this address has proven to be, each as "kind:identity".
 *
 * They hold for every message to and from it, for the address of a secured peer
 * is one association.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the claims, or
 *   %NULL if nothing was proven
 *
 * Since: 0.1
 */
const char *const *
gcoap_endpoint_address_get_claims (GcoapEndpointAddress *self)
{
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), NULL);

  return GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->get_claims (self);
}

/**
 * gcoap_endpoint_address_get_blockwise_key: (virtual get_blockwise_key)
 * @self: an address
 *
 * Gets the address that the blocks of one body have in common (RFC 7959 §2.5).
 *
 * Returns: (transfer none): @self, or the address of what @self is part of
 *
 * Since: 0.1
 */
GcoapEndpointAddress *
gcoap_endpoint_address_get_blockwise_key (GcoapEndpointAddress *self)
{
  GcoapEndpointAddress *key;

  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (self), NULL);

  key = GCOAP_ENDPOINT_ADDRESS_GET_CLASS (self)->get_blockwise_key (self);
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (key), self);

  return key;
}
