/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes datagrams from the kernel in batches, into buffers that are used
 * again. */
#pragma once

#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

#define GCOAP_UDP_RECEIVER_BATCH 32

typedef struct
{
  const guint8    *data;
  gsize            length;
  gsize            full_length;       /* more, if it was cut */
  gboolean         is_truncated;      /* it was longer than the buffer */
  GcoapUdpKey      peer;
  gboolean         has_destination;   /* the next two are known */
  struct in6_addr  destination;
  guint            interface_index;
} GcoapUdpDatagram;

typedef struct
{
  guint8           *buffers;   /* made when the first datagram is expected */
  gsize             size;      /* of one */
  guint             n_buffers;
  guint             count;     /* datagrams of the batch */
  guint             next;      /* the first that was not taken yet */

  struct mmsghdr    headers[GCOAP_UDP_RECEIVER_BATCH];
  struct iovec      vectors[GCOAP_UDP_RECEIVER_BATCH];
  GcoapUdpSockaddr  names[GCOAP_UDP_RECEIVER_BATCH];
  union
  {
    struct cmsghdr header;
    guint8         bytes[CMSG_SPACE (sizeof (struct in6_pktinfo)) + CMSG_SPACE (sizeof (struct in_pktinfo))];
  } controls[GCOAP_UDP_RECEIVER_BATCH];
} GcoapUdpReceiver;

void gcoap_udp_receiver_clear (GcoapUdpReceiver *self);

/* Asks the kernel for a batch of datagrams of up to @size bytes; only when the
 * last batch is taken. Returns how many came, 0 if none is there, or the
 * negative errno. */
int gcoap_udp_receiver_fill (GcoapUdpReceiver *self,
                             int               fd,
                             gsize             size,
                             gboolean          with_destination);

/* The next datagram of the batch, or FALSE. */
gboolean gcoap_udp_receiver_take (GcoapUdpReceiver *self,
                                  GcoapUdpDatagram *datagram);

/* Whether the last batch was as big as can be: more may be there. */
static inline gboolean
gcoap_udp_receiver_was_full (const GcoapUdpReceiver *self)
{
  return self->count == self->n_buffers;
}

G_END_DECLS
