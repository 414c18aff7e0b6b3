/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One UDP socket of the DTLS transport: a server has one for all peers, a client
 * one for each session. */
#pragma once

#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-linger-private.h"
#include "transport/gcoap-udp-receiver-private.h"
#include "transport/gcoap-udp-sender-private.h"
#include "transport/gcoap-udp-socket-private.h"

G_BEGIN_DECLS

typedef struct _GcoapDtlsPort GcoapDtlsPort;

/* The buffers that the ports of one transport receive into. */
typedef struct
{
  GcoapUdpReceiver  receiver;
  GcoapDtlsPort    *port;   /* whose batch stands there; NULL: nobody's */
} GcoapDtlsInput;

typedef struct
{
  void (*datagram) (gpointer                data,
                    const GcoapUdpDatagram *datagram);

  /* The network says that nothing arrives there; anybody can have said so. */
  void (*failed)   (gpointer                data,
                    const GcoapUdpKey      *peer,
                    int                     errnum);

  /* A router says how long packets on that way may be; likewise. */
  void (*too_long) (gpointer                data,
                    const GcoapUdpKey      *peer,
                    guint                   packet_size);
} GcoapDtlsPortFuncs;

struct _GcoapDtlsPort
{
  guint                     ref_count;
  GcoapRuntime             *runtime;
  GcoapDtlsInput           *input;     /* not owned */
  const GcoapDtlsPortFuncs *funcs;
  gpointer                  data;
  gpointer                  owner;     /* an object that has the input; not owned */
  GcoapUdpSocket            socket;
  GcoapUdpSender           *sender;    /* of a server: it sends in batches */
  GSource                  *source;
  gpointer                  tag;
  gboolean                  asks_for_room;
  GcoapLinger               linger;
};

/* Takes the socket over. */
GcoapDtlsPort *gcoap_dtls_port_new (GcoapRuntime             *runtime,
                                    GcoapDtlsInput           *input,
                                    const GcoapUdpSocket     *socket,
                                    gboolean                  in_batches,
                                    const GcoapDtlsPortFuncs *funcs,
                                    gpointer                  data,
                                    gpointer                  owner) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_dtls_port_unref (GcoapDtlsPort *self);

/* Receives from now on. */
void gcoap_dtls_port_start (GcoapDtlsPort *self);

/* Sends what can be sent at once; nothing is called any more. */
void gcoap_dtls_port_close (GcoapDtlsPort *self);

void gcoap_dtls_port_send (GcoapDtlsPort        *self,
                           const GcoapUdpKey    *peer,
                           const GcoapUdpSource *source,
                           const guint8         *datagram,
                           gsize                 length);

G_END_DECLS
