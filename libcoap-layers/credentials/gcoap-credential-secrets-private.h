/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the transports need of credentials and bindings never see: the secrets,
 * and the parts that GnuTLS is given. */
#pragma once

#include "credentials/gcoap-certificate-credential.h"
#include "credentials/gcoap-claims.h"
#include "credentials/gcoap-oscore-credential.h"
#include "credentials/gcoap-psk-credential.h"
#include "credentials/gcoap-raw-public-key-credential.h"
#include "credentials/gcoap-secret-private.h"

G_BEGIN_DECLS

/* Bytes of an identity and of a key. */
#define GCOAP_PSK_MAX_IDENTITY 128
#define GCOAP_PSK_MAX_KEY 64

/* All of these belong to the credential. */
GcoapSecret *gcoap_psk_credential_peek_key (GcoapPskCredential *self);

/* PKCS #8 in DER; NULL if there is none. */
GcoapSecret *gcoap_raw_public_key_credential_peek_key (GcoapRawPublicKeyCredential *self);
GcoapSecret *gcoap_certificate_credential_peek_key (GcoapCertificateCredential *self);

/* In PEM; NULL if there are none. */
GBytes *gcoap_certificate_credential_peek_chain (GcoapCertificateCredential *self);
GBytes *gcoap_certificate_credential_peek_trust_anchors (GcoapCertificateCredential *self);

/* The one way certificates are verified. @chain: (element-type GBytes) DER, the
 * peer's own first. @host: the name a server must have, NULL for a client.
 * With a pinned key that must match too; a pinned key without trust anchors is
 * enough alone. Returns claims without a name. */
GcoapClaims *gcoap_certificate_credential_verify (GcoapCertificateCredential *self,
                                                  GPtrArray                  *chain,
                                                  const char                 *host,
                                                  GError                    **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the claims were proven with, (transfer none), or NULL. Bindings do not see
 * it; gcoap_credential_store_authorizes() compares it. To be set before the
 * claims are shared. */
void gcoap_claims_set_credential (GcoapClaims     *self,
                                  GcoapCredential *credential);

GcoapCredential *gcoap_claims_peek_credential (GcoapClaims *self);

/* What RFC 8613 §3.2 derives from; NULL for what a directory holds. */
typedef struct
{
  GcoapSecret *master_secret;
  GBytes      *master_salt;
  GBytes      *id_context;
  gint         algorithm; /* COSE; 10 by default */
  char        *hash;      /* "sha256" by default */
  guint        window;    /* 32 by default */
  gboolean     is_static; /* from a file, and so the same at each start */
} GcoapOscoreParameters;

GcoapOscoreParameters *gcoap_oscore_credential_peek_parameters (GcoapOscoreCredential *self);

G_END_DECLS
