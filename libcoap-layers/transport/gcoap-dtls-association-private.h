/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One DTLS session with one peer, from its handshake to its end: what comes
 * from the network on one side, what is a message on the other, and time. */
#pragma once

#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-dtls-address-private.h"
#include "transport/gcoap-dtls-order-private.h"
#include "transport/gcoap-handshake-log-private.h"
#include "transport/gcoap-tls-session-private.h"
#include "transport/gcoap-udp-sender-private.h"

G_BEGIN_DECLS

typedef struct _GcoapDtlsAssociation GcoapDtlsAssociation;

typedef enum
{
  GCOAP_DTLS_HANDSHAKING,
  GCOAP_DTLS_OPEN,
  GCOAP_DTLS_ENDED,
} GcoapDtlsState;

typedef struct
{
  /* @association is NULL for what is answered without keeping anything. */
  void (*send)   (gpointer              data,
                  GcoapDtlsAssociation *association,
                  const GcoapUdpKey    *peer,
                  const GcoapUdpSource *source,
                  const guint8         *datagram,
                  gsize                 length);

  /* The handshake is complete; there is an address now. */
  void (*opened) (gpointer              data,
                  GcoapDtlsAssociation *association);

  /* Something that the peer has proven to have sent. */
  void (*record) (gpointer              data,
                  GcoapDtlsAssociation *association,
                  const guint8         *bytes,
                  gsize                 length);

  /* It has failed, or is over; the last that is told of it. */
  void (*ended)  (gpointer              data,
                  GcoapDtlsAssociation *association,
                  const GError         *error);
} GcoapDtlsFuncs;

/* Milliseconds and bytes. */
typedef struct
{
  guint handshake_timeout;
  guint idle_timeout;   /* 0: never */
  guint mtu;
} GcoapDtlsTimes;

struct _GcoapDtlsAssociation
{
  guint                 ref_count;
  GcoapDtlsState        state;
  GcoapRuntime         *runtime;
  const GcoapDtlsFuncs *funcs;
  gpointer              data;
  gconstpointer         transport;      /* for the address */
  gpointer              owner_data;
  GcoapHandshakeLog    *log;            /* not owned; NULL: failures are told to who connects */
  GList                 link;           /* for the owner's order */

  GcoapUdpKey           peer;
  GcoapUdpSource        source;         /* where datagrams leave from */
  GcoapLocal           *local;          /* NULL: not known */
  GcoapTlsSession      *session;
  GcoapDtlsAddress     *address;        /* once it is open */

  GcoapDtlsTimes        times;
  GcoapTimer            timer;
  gint64                deadline;       /* of the handshake */
  gint64                last_received;  /* a proven record */
  guint                 unanswered;     /* datagrams since then */
  gint64                first_unanswered;

  guint8                random[GCOAP_DTLS_RANDOM];   /* of a client's hello */
  const guint8         *incoming;       /* what the session may pull */
  gsize                 incoming_length;
  const guint8         *following;      /* likewise, after that */
  gsize                 following_length;
  GcoapDtlsOrder       *order;          /* while there is a handshake */
};

/* Nothing is sent yet. NULL if the library has no memory. @host: what a client
 * calls the server, or NULL. */
GcoapDtlsAssociation *gcoap_dtls_association_new (GcoapRuntime         *runtime,
                                                  GcoapTlsKeys         *keys,
                                                  const char           *host,
                                                  const GcoapUdpKey    *peer,
                                                  const GcoapDtlsTimes *times,
                                                  const GcoapDtlsFuncs *funcs,
                                                  gpointer              data) G_GNUC_WARN_UNUSED_RESULT;

GcoapDtlsAssociation *gcoap_dtls_association_ref (GcoapDtlsAssociation *self);
void gcoap_dtls_association_unref (GcoapDtlsAssociation *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapDtlsAssociation, gcoap_dtls_association_unref)

/* A client begins. */
void gcoap_dtls_association_start (GcoapDtlsAssociation *self);

void gcoap_dtls_association_receive (GcoapDtlsAssociation *self,
                                     const guint8         *datagram,
                                     gsize                 length);

gboolean gcoap_dtls_association_send (GcoapDtlsAssociation *self,
                                      const guint8         *message,
                                      gsize                 length,
                                      GError              **error);

/* The way to the peer takes no IP packets longer than this. */
void gcoap_dtls_association_lower_mtu (GcoapDtlsAssociation *self,
                                       guint                 packet_size);

/* Tells the peer, and then the owner why. */
void gcoap_dtls_association_end (GcoapDtlsAssociation *self,
                                 const GError         *error);

G_END_DECLS
