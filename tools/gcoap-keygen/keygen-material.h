/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the commands need of GnuTLS: keys read, written and told by the hash of
 * their SubjectPublicKeyInfo. */
#pragma once

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "gcoap-keygen/keygen-text.h"

G_BEGIN_DECLS

#define KEYGEN_MATERIAL_ERROR (keygen_material_error_quark ())

GQuark keygen_material_error_quark (void);

/* FALSE with the reason that GnuTLS gives. */
gboolean keygen_material_fail (int         status,
                               const char *what,
                               GError    **error);

/* In PEM, as PKCS #8. */
KeygenText *keygen_material_export (gnutls_x509_privkey_t key,
                                    GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* @path: the name for errors. NULL with an error. */
gnutls_x509_privkey_t keygen_material_read_key (KeygenText *content,
                                                const char *path,
                                                GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* The public half. */
gnutls_pubkey_t keygen_material_get_public (gnutls_x509_privkey_t key,
                                            GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* "sha256:" and the hash; NULL with an error. */
char *keygen_material_hash_public (gnutls_pubkey_t key,
                                   GError        **error) G_GNUC_WARN_UNUSED_RESULT;

char *keygen_material_hash_key (gnutls_x509_privkey_t key,
                                GError              **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same of a certificate, a private or a public key, in PEM or DER. */
char *keygen_material_hash_any (KeygenText *content,
                                const char *path,
                                GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
