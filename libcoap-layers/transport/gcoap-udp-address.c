/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-address-private.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>

#include "base/gcoap-random-private.h"

/* RFC 7252 §6.1 */
#define COAP_PORT 5683

/**
 * GcoapUdpAddress:
 *
 * The address and port of a peer that is reached over plain UDP.
 *
 * IPv4 addresses and their IPv6-mapped forms are the same. The zone of an IPv6
 * address counts where the address means nothing without it: link-local and
 * multicast ones.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE (GcoapUdpAddress, gcoap_udp_address, GCOAP_TYPE_ENDPOINT_ADDRESS)

/* Bytes */

static gboolean
keeps_scope (const struct in6_addr *address)
{
  return IN6_IS_ADDR_LINKLOCAL (address) || IN6_IS_ADDR_MULTICAST (address);
}

gboolean
gcoap_udp_key_from_sockaddr (GcoapUdpKey           *key,
                             const struct sockaddr *sockaddr,
                             gsize                  length)
{
  memset (key, 0, sizeof *key);
  if (length >= sizeof (struct sockaddr_in6) && sockaddr->sa_family == AF_INET6)
    {
      struct sockaddr_in6 in6;

      memcpy (&in6, sockaddr, sizeof in6);
      key->address = in6.sin6_addr;
      key->port = in6.sin6_port;
      if (keeps_scope (&key->address))
        key->scope_id = in6.sin6_scope_id;
      return TRUE;
    }
  if (length >= sizeof (struct sockaddr_in) && sockaddr->sa_family == AF_INET)
    {
      struct sockaddr_in in;

      memcpy (&in, sockaddr, sizeof in);
      key->address.s6_addr[10] = 0xff;
      key->address.s6_addr[11] = 0xff;
      memcpy (key->address.s6_addr + 12, &in.sin_addr, 4);
      key->port = in.sin_port;
      return TRUE;
    }
  return FALSE;
}

socklen_t
gcoap_udp_key_to_sockaddr (const GcoapUdpKey *key,
                           int                family,
                           GcoapUdpSockaddr  *sockaddr)
{
  memset (sockaddr, 0, sizeof *sockaddr);
  if (family == AF_INET6)
    {
      sockaddr->in6.sin6_family = AF_INET6;
      sockaddr->in6.sin6_addr = key->address;
      sockaddr->in6.sin6_port = key->port;
      sockaddr->in6.sin6_scope_id = key->scope_id;
      return sizeof sockaddr->in6;
    }
  if (!IN6_IS_ADDR_V4MAPPED (&key->address))
    return 0;
  sockaddr->in.sin_family = AF_INET;
  memcpy (&sockaddr->in.sin_addr, key->address.s6_addr + 12, 4);
  sockaddr->in.sin_port = key->port;
  return sizeof sockaddr->in;
}

static inline guint64
mix (guint64 a, guint64 b)
{
  __extension__ typedef unsigned __int128 Wide;
  Wide product = (Wide) a * b;

  return (guint64) product ^ (guint64) (product >> 64);
}

/* Peers choose their ports and often their addresses, so the seed is secret:
 * nobody can aim for one bucket. */
guint
gcoap_udp_key_hash (gconstpointer key)
{
  static gsize seeded = 0;
  static guint64 seed[3];
  guint64 word[3];
  guint64 hash;

  if (g_once_init_enter (&seeded))
    {
      gcoap_random_fill ((guint8 *) seed, sizeof seed);
      seed[2] |= 1;
      g_once_init_leave (&seeded, 1);
    }
  memcpy (word, key, sizeof word);
  hash = mix (word[0] ^ seed[0], word[1] ^ seed[1]);
  hash = mix (hash ^ word[2], seed[2]);
  return (guint) (hash ^ hash >> 32);
}

gboolean
gcoap_udp_key_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (GcoapUdpKey)) == 0;
}

gboolean
gcoap_udp_in6_is_group (const struct in6_addr *address)
{
  if (IN6_IS_ADDR_V4MAPPED (address))
    return (address->s6_addr[12] & 0xf0) == 0xe0 ||
           memcmp (address->s6_addr + 12, "\xff\xff\xff\xff", 4) == 0;
  return IN6_IS_ADDR_MULTICAST (address);
}

gboolean
gcoap_udp_in6_is_public (const struct in6_addr *address)
{
  const guint8 *v4 = address->s6_addr + 12;

  /* RFC 1918, RFC 3927, and RFC 1122 §3.2.1.3 for the loopback network. Not
   * 100.64.0.0/10 (RFC 6598): strangers share it. */
  if (IN6_IS_ADDR_V4MAPPED (address))
    return v4[0] != 127 && v4[0] != 10
           && !(v4[0] == 172 && (v4[1] & 0xf0) == 16)
           && !(v4[0] == 192 && v4[1] == 168)
           && !(v4[0] == 169 && v4[1] == 254);
  /* RFC 4291 §2.4 and, for the unique local ones, RFC 4193. */
  return !IN6_IS_ADDR_LOOPBACK (address) && !IN6_IS_ADDR_LINKLOCAL (address)
         && (address->s6_addr[0] & 0xfe) != 0xfc;
}

gboolean
gcoap_udp_in6_is_any (const struct in6_addr *address)
{
  if (IN6_IS_ADDR_V4MAPPED (address))
    return memcmp (address->s6_addr + 12, "\0\0\0\0", 4) == 0;
  return IN6_IS_ADDR_UNSPECIFIED (address);
}

char *
gcoap_udp_key_dup_hostinfo (const GcoapUdpKey *key,
                            guint16            default_port)
{
  GString *text = g_string_new (NULL);
  char digits[INET6_ADDRSTRLEN];

  if (IN6_IS_ADDR_V4MAPPED (&key->address))
    {
      inet_ntop (AF_INET, key->address.s6_addr + 12, digits, sizeof digits);
      g_string_append (text, digits);
    }
  else
    {
      char name[IF_NAMESIZE];

      inet_ntop (AF_INET6, &key->address, digits, sizeof digits);
      g_string_append_printf (text, "[%s", digits);
      if (key->scope_id != 0 && if_indextoname (key->scope_id, name) != NULL)
        g_string_append_printf (text, "%%%s", name);
      else if (key->scope_id != 0)
        g_string_append_printf (text, "%%%u", key->scope_id);
      g_string_append_c (text, ']');
    }
  if (ntohs (key->port) != default_port)
    g_string_append_printf (text, ":%u", ntohs (key->port));
  return g_string_free (text, FALSE);
}

/* The class */

static gboolean
gcoap_udp_address_equal (GcoapEndpointAddress *address,
                         GcoapEndpointAddress *other)
{
  return gcoap_udp_key_equal (&((GcoapUdpAddress *) address)->key,
                              &((GcoapUdpAddress *) other)->key);
}

static guint
gcoap_udp_address_hash (GcoapEndpointAddress *address)
{
  return gcoap_udp_key_hash (&((GcoapUdpAddress *) address)->key);
}

static const char *
gcoap_udp_address_get_scheme (GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return "coap";
}

static char *
gcoap_udp_address_dup_hostinfo (GcoapEndpointAddress *address)
{
  return gcoap_udp_key_dup_hostinfo (&GCOAP_UDP_ADDRESS (address)->key, COAP_PORT);
}

static gboolean
gcoap_udp_address_is_multicast (GcoapEndpointAddress *address)
{
  return gcoap_udp_in6_is_group (&((GcoapUdpAddress *) address)->key.address);
}

static gboolean
gcoap_udp_address_is_public (GcoapEndpointAddress *address)
{
  return gcoap_udp_in6_is_public (&((GcoapUdpAddress *) address)->key.address);
}

static void
gcoap_udp_address_class_init (GcoapUdpAddressClass *klass)
{
  GcoapEndpointAddressClass *address_class = GCOAP_ENDPOINT_ADDRESS_CLASS (klass);

  address_class->equal = gcoap_udp_address_equal;
  address_class->hash = gcoap_udp_address_hash;
  address_class->get_scheme = gcoap_udp_address_get_scheme;
  address_class->dup_hostinfo = gcoap_udp_address_dup_hostinfo;
  address_class->is_multicast = gcoap_udp_address_is_multicast;
  address_class->is_public = gcoap_udp_address_is_public;
}

static void
gcoap_udp_address_init (GcoapUdpAddress *self G_GNUC_UNUSED)
{
}

GcoapUdpAddress *
gcoap_udp_address_new_for_key (const GcoapUdpKey *key)
{
  GcoapUdpAddress *self = g_object_new (GCOAP_TYPE_UDP_ADDRESS, NULL);

  self->key = *key;
  return self;
}

/**
 * gcoap_udp_address_new:
 * @socket_address: an IP address and port
 *
 * Makes the address of the CoAP endpoint at an IP address and port.
 *
 * Returns: (transfer full): a new address
 *
 * Since: 0.1
 */
GcoapUdpAddress *
gcoap_udp_address_new (GInetSocketAddress *socket_address)
{
  GcoapUdpSockaddr native;
  gssize size;
  GcoapUdpKey key;

  g_return_val_if_fail (G_IS_INET_SOCKET_ADDRESS (socket_address), NULL);

  size = g_socket_address_get_native_size (G_SOCKET_ADDRESS (socket_address));
  if (size < 0 || (gsize) size > sizeof native ||
      !g_socket_address_to_native (G_SOCKET_ADDRESS (socket_address), &native, sizeof native, NULL) ||
      !gcoap_udp_key_from_sockaddr (&key, &native.any, size))
    g_return_val_if_reached (NULL);
  return gcoap_udp_address_new_for_key (&key);
}

/**
 * gcoap_udp_address_dup_socket_address:
 * @self: a UDP address
 *
 * Gives the IP address and port.
 *
 * Returns: (transfer full): the socket address; an IPv4 one where the peer has
 *   an IPv4 address
 *
 * Since: 0.1
 */
GInetSocketAddress *
gcoap_udp_address_dup_socket_address (GcoapUdpAddress *self)
{
  GcoapUdpSockaddr native;
  socklen_t length;

  g_return_val_if_fail (GCOAP_IS_UDP_ADDRESS (self), NULL);

  length = gcoap_udp_key_to_sockaddr (&self->key, AF_INET, &native);
  if (length == 0)
    length = gcoap_udp_key_to_sockaddr (&self->key, AF_INET6, &native);
  return G_INET_SOCKET_ADDRESS (g_socket_address_new_from_native (&native, length));
}
