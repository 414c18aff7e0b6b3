/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the transports ask the credential store. Together with
 * gcoap_credential_store_lookup() for clients this is all they need. */
#pragma once

#include "credentials/gcoap-credential-secrets-private.h"
#include "credentials/gcoap-credential-store.h"

G_BEGIN_DECLS

/* Server: the key of an identity. The work is the same for identities that are
 * not known; then it returns FALSE, and the key is one that nobody has, so that
 * the handshake fails as it does with a wrong key. @key has room for
 * GCOAP_PSK_MAX_KEY bytes and is to be wiped by the caller. @claims remember the
 * credential: gcoap_claims_peek_credential(). */
gboolean gcoap_credential_store_lookup_psk (GcoapCredentialStore *self,
                                            const guint8         *identity,
                                            gsize                 identity_length,
                                            guint8               *key,
                                            gsize                *key_length,
                                            GcoapClaims         **claims);

/* Server: its own credentials of a type for a kind of security, (transfer none),
 * or NULL. The first one that was added. */
GcoapCredential *gcoap_credential_store_get_own (GcoapCredentialStore *self,
                                                 GType                 type,
                                                 GcoapSecurity         security);

/* Server: whether there is any pre-shared key of a client. */
gboolean gcoap_credential_store_has_psk (GcoapCredentialStore *self);

/* Server: the OSCORE contexts of clients; @name is what their claims have.
 * Returns NULL behind the last one. */
GcoapOscoreCredential *gcoap_credential_store_get_client_context (GcoapCredentialStore *self,
                                                                  guint                 position,
                                                                  const char          **name);

/* Every OSCORE context in the store: those of clients with the name of their
 * claims, and those for URIs, whose peers may send requests too, without. */
typedef void (*GcoapCredentialContextFunc) (GcoapOscoreCredential *credential,
                                            const char            *name,
                                            gpointer               user_data);

void gcoap_credential_store_foreach_context (GcoapCredentialStore      *self,
                                             GcoapCredentialContextFunc func,
                                             gpointer                   user_data);

/* Whether any URI has a credential for a kind of security. */
gboolean gcoap_credential_store_has_pattern (GcoapCredentialStore *self,
                                             GcoapSecurity         security);

/* Server: whether there is any client that is known by its public key. */
gboolean gcoap_credential_store_has_client_key (GcoapCredentialStore *self);

/* Server: the claims of a client with this raw public key; NULL if it is not
 * allowed. @own: the server's raw public key, whose peers are allowed too,
 * without a name; or NULL. */
GcoapClaims *gcoap_credential_store_verify_key (GcoapCredentialStore        *self,
                                                GcoapRawPublicKeyCredential *own,
                                                GBytes                      *public_key,
                                                GError                     **error) G_GNUC_WARN_UNUSED_RESULT;

/* Server: the claims of a client with these certificates, (element-type GBytes)
 * DER. A name comes with a key of the client that was added. */
GcoapClaims *gcoap_credential_store_verify_certificates (GcoapCredentialStore       *self,
                                                         GcoapCertificateCredential *own,
                                                         GPtrArray                  *chain,
                                                         GError                    **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether what a session was made with still holds: @own, if not NULL, is in
 * the store or equal to one that is, and the peer with @claims, if not NULL, is
 * allowed as it was: under the same name, and with a pre-shared key by the same
 * key, if the claims are those of gcoap_credential_store_lookup_psk(). To be
 * asked when the serial has changed, and after each handshake, for resumption
 * calls no verification. A resumed session has the key of the one before it: its
 * claims are that session's, not those of a new lookup. */
gboolean gcoap_credential_store_authorizes (GcoapCredentialStore *self,
                                            GcoapCredential      *own,
                                            GcoapClaims          *claims);

G_END_DECLS
