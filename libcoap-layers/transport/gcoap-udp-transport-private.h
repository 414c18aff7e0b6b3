/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of the UDP transport: gcoap-udp-transport.c is the object and its
 * contract, gcoap-udp-transport-io.c drives the socket. */
#pragma once

#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-linger-private.h"
#include "transport/gcoap-udp-address-table-private.h"
#include "transport/gcoap-udp-locals-private.h"
#include "transport/gcoap-udp-receiver-private.h"
#include "transport/gcoap-udp-sender-private.h"
#include "transport/gcoap-udp-socket-private.h"
#include "transport/gcoap-udp-transport.h"

G_BEGIN_DECLS

struct _GcoapUdpTransport
{
  GObject parent_instance;

  GcoapRuntime         *runtime;
  GcoapMessageManager  *manager;       /* weak */
  GcoapMessageManagerInterface *manager_iface;   /* its vtable: looking it up costs as much as decoding */
  GcoapUdpSocket        socket;
  GcoapUdpAddressTable  peers;
  GcoapUdpLocals        locals;
  GcoapLocal           *bound_local;   /* of a socket bound to one address; else NULL */

  GSource              *source;        /* NULL until there is a manager, and after shutdown */
  gpointer              tag;
  gboolean              asks_for_room; /* the source waits for G_IO_OUT as well */
  gboolean              closed;
  guint                 depth;         /* of dispatches that are running: nested main loops */
  gboolean              sends_at_once; /* the batch is one datagram, and who sends it waits */
  int                   own_errnum;    /* why that one failed; 0: it did not */
  guint                 local_mtu;     /* of a path whose first hop refused a datagram; 0: none did */
  GQueue                failures;      /* what was not reported yet */
  guint32               seconds;       /* of the clock, as of the last turn */
  guint                 busy_poll;
  GcoapLinger           linger;

  GcoapUdpReceiver      receiver;
  GcoapUdpSender        sender;
};

/* Starts to send; the fd is open. */
void gcoap_udp_transport_io_init (GcoapUdpTransport *self);

/* Attaches the source: datagrams are received from now on. */
void gcoap_udp_transport_io_start (GcoapUdpTransport *self);

/* Sends what can be sent at once, and ends everything. */
void gcoap_udp_transport_io_stop (GcoapUdpTransport *self);

gboolean gcoap_udp_transport_io_send (GcoapUdpTransport  *self,
                                      const GcoapPdu     *pdu,
                                      GError            **error);

/* One turn of the source, as the main loop takes it. */
void gcoap_udp_transport_io_dispatch (GcoapUdpTransport *self,
                                      GIOCondition       condition);

G_END_DECLS
