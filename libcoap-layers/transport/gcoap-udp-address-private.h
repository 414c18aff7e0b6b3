/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes that identify a UDP endpoint: 24, where a sockaddr_storage has
 * 128, for there is one per peer. */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "transport/gcoap-udp-address.h"

G_BEGIN_DECLS

/* Compared and hashed as bytes; IPv4 is kept in its IPv6-mapped form, so that
 * one peer has one key whatever the family of the socket. */
typedef struct
{
  struct in6_addr address;
  guint32         scope_id;   /* only of addresses that have one; else 0 */
  guint16         port;       /* network order */
  guint16         zero;
} GcoapUdpKey;

G_STATIC_ASSERT (sizeof (GcoapUdpKey) == 24);

struct _GcoapUdpAddress
{
  GcoapEndpointAddress parent_instance;

  GcoapUdpKey key;
};

/* Big enough for either family, small enough for a ring of them. */
typedef union
{
  struct sockaddr     any;
  struct sockaddr_in  in;
  struct sockaddr_in6 in6;
} GcoapUdpSockaddr;

/* FALSE if it is neither IPv4 nor IPv6. */
gboolean gcoap_udp_key_from_sockaddr (GcoapUdpKey           *key,
                                      const struct sockaddr *sockaddr,
                                      gsize                  length);

/* The same endpoint for a socket of this family; returns the length, 0 if an
 * IPv6 address is asked for as AF_INET. */
socklen_t gcoap_udp_key_to_sockaddr (const GcoapUdpKey *key,
                                     int                family,
                                     GcoapUdpSockaddr  *sockaddr);

guint gcoap_udp_key_hash (gconstpointer key);
gboolean gcoap_udp_key_equal (gconstpointer a, gconstpointer b);

/* Broadcast counts as well: it reaches many just so. */
gboolean gcoap_udp_in6_is_group (const struct in6_addr *address);
/* Not of this host, this link, or a private network. */
gboolean gcoap_udp_in6_is_public (const struct in6_addr *address);
gboolean gcoap_udp_in6_is_any (const struct in6_addr *address);

/* "192.0.2.1:5683", "[fe80::1%eth0]"; without the port if it is default_port. */
char *gcoap_udp_key_dup_hostinfo (const GcoapUdpKey *key, guint16 default_port) G_GNUC_WARN_UNUSED_RESULT;

GcoapUdpAddress *gcoap_udp_address_new_for_key (const GcoapUdpKey *key) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
