/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The few own addresses datagrams come to: a GcoapLocal for each, made once. */
#pragma once

#include "transport/gcoap-udp-address-private.h"
#include "wire/gcoap-local-private.h"

G_BEGIN_DECLS

#define GCOAP_UDP_LOCALS_SIZE 32

/* What such a GcoapLocal keeps for its transport. */
typedef struct
{
  guint32         magic;
  guint32         interface_index;
  struct in6_addr address;
} GcoapUdpLocal;

typedef struct
{
  struct in6_addr  address;
  guint            interface_index;
  GcoapLocal      *local;
} GcoapUdpLocalSlot;

typedef struct
{
  guint16           port;      /* ours, network order */
  guint             latest;    /* the slot used last */
  guint             n;
  guint             oldest;    /* the slot to be overwritten next */
  GcoapUdpLocalSlot slots[GCOAP_UDP_LOCALS_SIZE];
} GcoapUdpLocals;

void gcoap_udp_locals_clear (GcoapUdpLocals *self);

/* The local side of what came to this address by this interface (transfer
 * none). */
GcoapLocal *gcoap_udp_locals_find (GcoapUdpLocals        *self,
                                   const struct in6_addr *address,
                                   guint                  interface_index);

/* What a transport put into the local; NULL if no UDP transport made it. */
const GcoapUdpLocal *gcoap_udp_local_get (GcoapLocal *local);

G_END_DECLS
