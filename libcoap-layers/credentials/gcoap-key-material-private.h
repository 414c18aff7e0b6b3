/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and certificates as GnuTLS reads them, checked, and the hashes that
 * keys are known by. */
#pragma once

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "credentials/gcoap-secret-private.h"

G_BEGIN_DECLS

/* Certificates in one chain or one set of trust anchors. */
#define GCOAP_MAX_CERTIFICATES 512
#define GCOAP_MAX_CHAIN 16

/* Reads a private key, PEM or DER, and gives it as PKCS #8 in DER, with the
 * SubjectPublicKeyInfo that belongs to it. */
GcoapSecret *gcoap_key_material_read_private (const guint8 *data,
                                              gsize         length,
                                              GBytes      **public_key,
                                              GError      **error) G_GNUC_WARN_UNUSED_RESULT;

/* "sha256:" and 64 lower-case digits. */
char *gcoap_key_material_hash (GBytes *public_key) G_GNUC_WARN_UNUSED_RESULT;

/* The same for what people write: upper case becomes lower case. NULL if it is
 * no hash. */
char *gcoap_key_material_parse_hash (const char *text) G_GNUC_WARN_UNUSED_RESULT;

/* The SubjectPublicKeyInfo of a certificate. */
GBytes *gcoap_key_material_get_public (gnutls_x509_crt_t certificate,
                                       GError          **error) G_GNUC_WARN_UNUSED_RESULT;

/* (element-type gnutls_x509_crt_t), at most @max of them, from PEM. */
GPtrArray *gcoap_key_material_read_certificates (GBytes  *pem,
                                                 guint    max,
                                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Always FALSE; @what fails, because of a GnuTLS error. */
gboolean gcoap_key_material_fail (const char *what,
                                  int         status,
                                  GError    **error);

G_END_DECLS
