/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who is at the other end of a GnuTLS session, by what it has proven, and
 * whether it may be. */
#pragma once

#include "transport/gcoap-tls-keys-private.h"

G_BEGIN_DECLS

typedef struct
{
  gnutls_session_t  session;
  GcoapTlsKeys     *keys;
  const char       *host;        /* what a client calls the server */
  char             *presented;   /* out: what it says it is, or NULL; for the caller to free */
} GcoapTlsPeer;

/* FALSE with an error if it is refused; NULL as claims if it proves nothing and
 * need not. */
gboolean gcoap_tls_peer_identify (GcoapTlsPeer  *self,
                                  GcoapClaims  **claims,
                                  GError       **error);

gboolean gcoap_tls_peer_uses_psk (gnutls_session_t session);

/* Bytes of a peer's that are to be read by people and written to logs. */
char *gcoap_tls_peer_describe_identity (const guint8 *identity,
                                        gsize         length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
