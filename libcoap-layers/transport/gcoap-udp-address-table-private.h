/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The addresses of the peers known to one UDP transport, found by their bytes:
 * a message from a known peer makes no object. With each stands what the
 * transport has learned about the path. */
#pragma once

#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

typedef struct _GcoapUdpPeer GcoapUdpPeer;

struct _GcoapUdpPeer
{
  GcoapUdpAddress *address;
  GcoapUdpPeer    *newer;
  GcoapUdpPeer    *older;
  struct in6_addr  source;        /* what the kernel sends from to this peer */
  guint32          source_until;  /* second of the clock up to which that is believed; 0: never asked */
  guint32          mtu_until;     /* likewise for mtu */
  guint16          mtu;           /* bytes of an IP packet; 0: unknown */
};

typedef struct
{
  GHashTable   *peers;    /* &peer->address->key -> peer */
  GcoapUdpPeer *newest;   /* in the order of last use */
  GcoapUdpPeer *oldest;
} GcoapUdpAddressTable;

void gcoap_udp_address_table_init (GcoapUdpAddressTable *self);
void gcoap_udp_address_table_clear (GcoapUdpAddressTable *self);
guint gcoap_udp_address_table_get_size (GcoapUdpAddressTable *self);

/* The peer with this key, or NULL; does not count as use. */
GcoapUdpPeer *gcoap_udp_address_table_peek (GcoapUdpAddressTable *self,
                                            const GcoapUdpKey    *key);

/* Finds or makes; never keeps more than max_peers. Whoever holds an address
 * that is forgotten here keeps it. */
GcoapUdpPeer *gcoap_udp_address_table_take (GcoapUdpAddressTable *self,
                                            const GcoapUdpKey    *key,
                                            guint                 max_peers);

G_END_DECLS
