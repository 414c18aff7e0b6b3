/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of the portable transport: gcoap-socket-transport.c is the object
 * and its contract, gcoap-socket-transport-io.c drives the sockets. */
#pragma once

#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-socket-links-private.h"
#include "transport/gcoap-socket-transport.h"
#include "transport/gcoap-udp-address-table-private.h"

G_BEGIN_DECLS

struct _GcoapSocketTransport
{
  GObject parent_instance;

  GcoapRuntime                 *runtime;
  GcoapMessageManager          *manager;         /* weak */
  GcoapMessageManagerInterface *manager_iface;
  gboolean                      carries_paths;   /* sockets in the file system; else UDP */
  gboolean                      closed;
  GcoapSocketLink              *bound;           /* of a server; else NULL */
  char                         *uri;             /* what it listens on */
  GcoapSocketLinks              links;           /* of a client */
  guint                         max_sockets;
  guint                         idle_timeout;    /* ms; 0: never */
  GcoapTimer                    idle_timer;
  GcoapUdpAddressTable          peers;           /* one object for each */
  GQueue                        failures;        /* what was not reported yet */
  GSource                      *failure_source;  /* while there are any */
  guint8                       *buffer;          /* NULL while a callback runs */
  gsize                         buffer_size;
};

void gcoap_socket_transport_io_init (GcoapSocketTransport *self);

/* Datagrams are received from now on. */
void gcoap_socket_transport_io_start (GcoapSocketTransport *self);
void gcoap_socket_transport_io_stop (GcoapSocketTransport *self);

gboolean gcoap_socket_transport_io_send (GcoapSocketTransport  *self,
                                         const GcoapPdu        *pdu,
                                         GError               **error);

/* The idle time or the number of sockets has been changed. */
void gcoap_socket_transport_io_tidy (GcoapSocketTransport *self);

G_END_DECLS
