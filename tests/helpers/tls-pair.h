/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client's and a server's (D)TLS session, with queues of bytes between. */
#pragma once

#include "transport/gcoap-tls-keys-private.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapTlsSession *session;
  GQueue           incoming;   /* of GBytes, one for each that was pushed */
  GQueue          *outgoing;   /* the incoming of the other */
  gboolean         is_ended;   /* nothing comes after what is there */
  GcoapTlsStatus   status;
  GError          *error;      /* of the handshake */
} TlsEnd;

typedef struct
{
  gboolean is_datagram;
  TlsEnd   client;
  TlsEnd   server;
} TlsPair;

/* @resumption: what the client begins with, or NULL. NULL if a session could not
 * be made. */
TlsPair *tls_pair_new (GcoapTlsKeys *server, GcoapTlsKeys *client, GBytes *resumption);
void tls_pair_free (TlsPair *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TlsPair, tls_pair_free)

/* Both sides by turns, until neither goes on. */
void tls_pair_shake_hands (TlsPair *self);

/* Both sides are ready, and a message passes each way; what else came with it has
 * been read then. FALSE with the first error, or without one if nothing comes. */
gboolean tls_pair_exchange (TlsPair *self, GError **error);

/* Keys of either side that speak only this version, as “VERS-TLS1.2”. */
void tls_keys_restrict (GcoapTlsKeys *keys, gboolean has_psk, const char *version);

G_END_DECLS
