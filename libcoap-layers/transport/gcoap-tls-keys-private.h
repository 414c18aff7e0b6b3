/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Credentials in the form GnuTLS wants them: for the session and for nobody
 * else. */
#pragma once

#include <gnutls/gnutls.h>

#include "transport/gcoap-tls-session-private.h"

G_BEGIN_DECLS

struct _GcoapTlsKeys
{
  guint                            ref_count;
  gboolean                         is_server;
  gboolean                         is_datagram;
  GcoapCredentialStore            *store;         /* of a server */
  guint64                          serial;        /* of the store, when they were made */
  GcoapCredential                 *credential;    /* of a client */
  GcoapCertificateCredential      *certificate;   /* of either, not owned: of the two above */
  GcoapRawPublicKeyCredential     *raw_key;       /* likewise */
  GcoapCredential                 *held[2];       /* what keeps those of a server */
  gboolean                         needs_certificate;   /* of a client, where a certificate is shown */
  gboolean                         needs_raw_key;       /* likewise */
  gnutls_priority_t                priority;
  gnutls_priority_t                raw_priority;   /* of a server that shows certificates as well; else NULL */
  gnutls_psk_server_credentials_t  psk_server;
  gnutls_psk_client_credentials_t  psk_client;
  gnutls_certificate_credentials_t certificates;
  gnutls_datum_t                   ticket_key;
};

/* Looks up a key for the session; what the peer presented is noted there. */
int gcoap_tls_session_find_psk (gnutls_session_t      session,
                                const gnutls_datum_t *identity,
                                gnutls_datum_t       *key);

G_END_DECLS
