/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the session that a datagram to a server belongs to. Who cannot be
 * reached at its address costs no memory; who has a session keeps it until a
 * new one from there is complete, so that a forged hello cannot end it. */
#pragma once

#include "transport/gcoap-dtls-association-private.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapRuntime         *runtime;
  GcoapCredentialStore *store;
  gulong                serial_handler;
  const GcoapDtlsFuncs *funcs;
  gpointer              data;
  gconstpointer         transport;

  GcoapTlsKeys         *keys;             /* NULL: not made yet */
  guint64               keys_serial;
  guint8                cookie_keys[2][GCOAP_TLS_COOKIE_KEY];   /* the present one, and the one before */
  gint64                cookie_period;

  GHashTable           *fresh;            /* peer -> handshake that is going on */
  GHashTable           *live;             /* peer -> open session */
  GQueue                order;            /* of the live ones; longest silent first */
  GcoapHandshakeLog     log;

  GcoapDtlsTimes        times;
  guint                 max_handshakes;
  guint                 max_handshakes_per_host;
  guint                 max_sessions;
} GcoapDtlsDemultiplexer;

/* Fails if the store holds nothing to serve with. */
gboolean gcoap_dtls_demultiplexer_init (GcoapDtlsDemultiplexer *self,
                                        GcoapRuntime           *runtime,
                                        GcoapCredentialStore   *store,
                                        const GcoapDtlsFuncs   *funcs,
                                        gpointer                data,
                                        gconstpointer           transport,
                                        GError                **error);

/* Ends all sessions; idempotent. */
void gcoap_dtls_demultiplexer_clear (GcoapDtlsDemultiplexer *self);

/* @local may be NULL. */
void gcoap_dtls_demultiplexer_receive (GcoapDtlsDemultiplexer *self,
                                       const GcoapUdpKey      *peer,
                                       const GcoapUdpSource   *source,
                                       GcoapLocal             *local,
                                       const guint8           *datagram,
                                       gsize                   length);

/* The way to that peer takes no IP packets longer than this. */
void gcoap_dtls_demultiplexer_lower_mtu (GcoapDtlsDemultiplexer *self,
                                         const GcoapUdpKey      *peer,
                                         guint                   packet_size);

guint gcoap_dtls_demultiplexer_get_n_handshakes (GcoapDtlsDemultiplexer *self);
guint gcoap_dtls_demultiplexer_get_n_sessions (GcoapDtlsDemultiplexer *self);

G_END_DECLS
