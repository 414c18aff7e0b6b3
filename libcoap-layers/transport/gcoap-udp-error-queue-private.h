/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the network reports about datagrams that were sent: ICMP messages, as
 * the kernel queues them beside a socket. */
#pragma once

#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapUdpKey destination;  /* where the datagram was to go */
  int         errnum;       /* what sending would have failed with */
  int         message_id;   /* of the datagram, if it was one of ours that can be recognised; else -1 */
  guint       mtu;          /* with EMSGSIZE: the bytes of an IP packet that pass; else 0 */
} GcoapUdpReport;

/* Takes the next report from the queue; FALSE when it is empty. */
gboolean gcoap_udp_error_queue_take (int             fd,
                                     GcoapUdpReport *report);

/* The message ID by which a sender waits for the fate of a datagram, or -1. */
int gcoap_udp_error_queue_read_message_id (const guint8 *data,
                                           gsize         length);

/* Errors that may belong to an earlier datagram to somebody else. */
gboolean gcoap_udp_errno_is_soft (int errnum);

/* A sentence that names the peer. */
GError *gcoap_udp_error_new (const GcoapUdpKey *peer,
                             int                errnum) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
