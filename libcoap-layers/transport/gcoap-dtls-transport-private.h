/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inside of the DTLS transport: gcoap-dtls-transport.c is the object and its
 * contract, gcoap-dtls-client.c makes sessions, gcoap-dtls-server.c takes them. */
#pragma once

#include "transport/gcoap-dtls-demultiplexer-private.h"
#include "transport/gcoap-dtls-port-private.h"
#include "transport/gcoap-dtls-transport.h"
#include "transport/gcoap-tls-resumptions-private.h"
#include "transport/gcoap-udp-locals-private.h"

G_BEGIN_DECLS

struct _GcoapDtlsTransport
{
  GObject parent_instance;

  GcoapRuntime                 *runtime;
  GcoapMessageManager          *manager;         /* weak */
  GcoapMessageManagerInterface *manager_iface;
  GcoapCredentialStore         *credentials;
  gboolean                      closed;
  gboolean                      has_warned;      /* that keys are logged */
  GcoapDtlsInput                input;
  GcoapDtlsTimes                times;
  guint                         max_handshakes;
  guint                         max_handshakes_per_host;
  guint                         max_sessions;

  /* A server's */
  GcoapDtlsPort                *port;            /* NULL: a client */
  GcoapDtlsDemultiplexer        demultiplexer;
  GcoapUdpLocals                locals;
  GcoapLocal                   *bound_local;     /* of a socket bound to one address */
  char                         *uri;

  /* A client's */
  GPtrArray                    *links;           /* of GcoapDtlsLink, one for each session */
  GcoapTlsResumptions          *resumptions;
};

/* What both do with a record, with a new session and with the end of one. */
void gcoap_dtls_transport_take_record (GcoapDtlsTransport   *self,
                                       GcoapDtlsAssociation *association,
                                       const guint8         *bytes,
                                       gsize                 length);
void gcoap_dtls_transport_note_opened (GcoapDtlsTransport   *self,
                                       GcoapDtlsAssociation *association);
void gcoap_dtls_transport_note_ended (GcoapDtlsTransport   *self,
                                      GcoapDtlsAssociation *association,
                                      const GError         *error);

gboolean gcoap_dtls_server_open (GcoapDtlsTransport  *self,
                                 const char          *uri,
                                 GError             **error);
void gcoap_dtls_server_close (GcoapDtlsTransport *self);

void gcoap_dtls_client_init (GcoapDtlsTransport *self);
void gcoap_dtls_client_close (GcoapDtlsTransport *self);

/* The times or numbers have been changed. */
void gcoap_dtls_server_update (GcoapDtlsTransport *self);

/* Returns the address of a session from the task when its handshake is
 * complete. */
void gcoap_dtls_client_connect (GcoapDtlsTransport *self,
                                const char         *uri,
                                GTask              *task);

/* After a message was sent: a peer that does not answer any more may have lost
 * the session, or this side its address. */
void gcoap_dtls_client_note_sent (GcoapDtlsTransport   *self,
                                  GcoapDtlsAssociation *association);

G_END_DECLS
