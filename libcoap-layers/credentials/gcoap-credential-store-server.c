/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server's half of the store: who may come in, and under which name. */
#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-store-impl-private.h"
#include "credentials/gcoap-key-material-private.h"

/* The keys are keyed hashes already: any four bytes are as good as others. */
static guint
index_hash (gconstpointer key)
{
  guint value;

  memcpy (&value, key, sizeof value);
  return value;
}

static gboolean
index_equal (gconstpointer a,
             gconstpointer b)
{
  return sodium_memcmp (a, b, GCOAP_PSK_INDEX_SIZE) == 0;
}

void
gcoap_credential_store_init_psks (GcoapCredentialStore *self)
{
  self->psks = g_hash_table_new_full (index_hash, index_equal, g_free, NULL);
  randombytes_buf (self->index_key, sizeof self->index_key);
}

/* What an identity is filed under. How long a search takes then says nothing
 * about the identities that are there. */
static void
hash_identity (GcoapCredentialStore *self,
               const char           *purpose,
               const guint8         *identity,
               gsize                 length,
               guint8               *hash)
{
  crypto_generichash_state state;

  crypto_generichash_init (&state, self->index_key, sizeof self->index_key, GCOAP_PSK_INDEX_SIZE);
  crypto_generichash_update (&state, (const guint8 *) purpose, 4);
  crypto_generichash_update (&state, identity, length);
  crypto_generichash_final (&state, hash, GCOAP_PSK_INDEX_SIZE);
}

static void
hash_credential (GcoapCredentialStore *self,
                 GcoapCredential      *credential,
                 guint8               *hash)
{
  gsize length;
  const guint8 *identity =
    g_bytes_get_data (gcoap_psk_credential_get_identity (GCOAP_PSK_CREDENTIAL (credential)), &length);

  hash_identity (self, "find", identity, length, hash);
}

/**
 * gcoap_credential_store_add_own:
 * @self: a store
 * @credential: a [class@CertificateCredential] or a
 *   [class@RawPublicKeyCredential] that has a private key
 * @error: where an error goes
 *
 * Adds what a server shows to its clients.
 *
 * It fails with %GCOAP_ERROR_INVALID_ARGUMENT for any other credential, and
 * with %GCOAP_ERROR_LIMIT when there are too many.
 *
 * Returns: %FALSE with an error
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_add_own (GcoapCredentialStore *self,
                                GcoapCredential      *credential,
                                GError              **error)
{
  gboolean has_key;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL (credential), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  has_key = (GCOAP_IS_CERTIFICATE_CREDENTIAL (credential)
             && gcoap_certificate_credential_peek_key (GCOAP_CERTIFICATE_CREDENTIAL (credential)) != NULL)
            || (GCOAP_IS_RAW_PUBLIC_KEY_CREDENTIAL (credential)
                && gcoap_raw_public_key_credential_peek_key (GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (credential)) != NULL);
  if (!has_key)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "A server shows a certificate or a raw public key, with its private key.");
      return FALSE;
    }
  if (!gcoap_credential_store_has_room (self->own, error))
    return FALSE;
  g_ptr_array_add (self->own, gcoap_credential_entry_new (NULL, credential, NULL));
  gcoap_credential_store_change (self);
  return TRUE;
}

/* Names are for people and for claims. */
static gboolean
check_name (const char *name,
            GError    **error)
{
  if (*name != '\0' && g_utf8_validate (name, -1, NULL))
    return TRUE;
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                       "The name of a client is text, and not empty.");
  return FALSE;
}

/**
 * gcoap_credential_store_add_client:
 * @self: a store
 * @name: the name of the client in claims
 * @credential: its pre-shared key
 * @error: where an error goes
 *
 * Lets a client in that has a pre-shared key.
 *
 * A client may have several keys, but no two clients the same identity: that
 * fails with %GCOAP_ERROR_INVALID_ARGUMENT. With %GCOAP_ERROR_LIMIT it fails
 * when there are too many clients.
 *
 * Returns: %FALSE with an error
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_add_client (GcoapCredentialStore *self,
                                   const char           *name,
                                   GcoapPskCredential   *credential,
                                   GError              **error)
{
  guint8 hash[GCOAP_PSK_INDEX_SIZE];
  GcoapCredentialEntry *entry;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (GCOAP_IS_PSK_CREDENTIAL (credential), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_name (name, error) || !gcoap_credential_store_has_room (self->clients, error))
    return FALSE;
  hash_credential (self, GCOAP_CREDENTIAL (credential), hash);
  if (g_hash_table_contains (self->psks, hash))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The identity for the client “%s” belongs to a client already.", name);
      return FALSE;
    }
  entry = gcoap_credential_entry_new (name, GCOAP_CREDENTIAL (credential), NULL);
  g_ptr_array_add (self->clients, entry);
  g_hash_table_insert (self->psks, g_memdup2 (hash, sizeof hash), entry);
  gcoap_credential_store_change (self);
  return TRUE;
}

static GcoapCredentialEntry *
find_client_key (GcoapCredentialStore *self,
                 const char           *key_hash)
{
  for (guint i = 0; i < self->clients->len; i++)
    {
      GcoapCredentialEntry *entry = g_ptr_array_index (self->clients, i);

      if (g_strcmp0 (entry->key_hash, key_hash) == 0)
        return entry;
    }
  return NULL;
}

/**
 * gcoap_credential_store_add_client_key:
 * @self: a store
 * @name: the name of the client in claims
 * @key_hash: its public key, as `sha256:` and 64 hexadecimal digits
 * @error: where an error goes
 *
 * Lets a client in that has a raw public key, or names one that has a
 * certificate with this key.
 *
 * It fails with %GCOAP_ERROR_INVALID_ARGUMENT when it is no hash, or the key
 * of a client already, and with %GCOAP_ERROR_LIMIT when there are too many
 * clients.
 *
 * Returns: %FALSE with an error
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_add_client_key (GcoapCredentialStore *self,
                                       const char           *name,
                                       const char           *key_hash,
                                       GError              **error)
{
  g_autofree char *hash = NULL;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (key_hash != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_name (name, error) || !gcoap_credential_store_has_room (self->clients, error))
    return FALSE;
  hash = gcoap_key_material_parse_hash (key_hash);
  if (hash == NULL || find_client_key (self, hash) != NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   hash == NULL ? "The key of the client “%s” is not “sha256:” and 64 hexadecimal digits."
                                : "The key of the client “%s” belongs to a client already.", name);
      return FALSE;
    }
  g_ptr_array_add (self->clients, gcoap_credential_entry_new (name, NULL, hash));
  gcoap_credential_store_change (self);
  return TRUE;
}

/**
 * gcoap_credential_store_add_client_context:
 * @self: a store
 * @name: the name of the client in claims
 * @credential: an OSCORE context that is shared with it
 * @error: where an error goes
 *
 * Lets a client in that has an OSCORE context.
 *
 * It fails with %GCOAP_ERROR_LIMIT when there are too many clients.
 *
 * Returns: %FALSE with an error
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_add_client_context (GcoapCredentialStore  *self,
                                           const char            *name,
                                           GcoapOscoreCredential *credential,
                                           GError               **error)
{
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (GCOAP_IS_OSCORE_CREDENTIAL (credential), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!check_name (name, error) || !gcoap_credential_store_has_room (self->clients, error))
    return FALSE;
  g_ptr_array_add (self->clients, gcoap_credential_entry_new (name, GCOAP_CREDENTIAL (credential), NULL));
  gcoap_credential_store_change (self);
  return TRUE;
}

/**
 * gcoap_credential_store_remove_client:
 * @self: a store
 * @name: the name of a client
 *
 * Takes all keys and OSCORE contexts of a client away.
 *
 * Returns: %FALSE if there were none
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_remove_client (GcoapCredentialStore *self,
                                      const char           *name)
{
  guint n_before;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);

  n_before = self->clients->len;
  for (guint i = n_before; i-- > 0;)
    {
      GcoapCredentialEntry *entry = g_ptr_array_index (self->clients, i);
      guint8 hash[GCOAP_PSK_INDEX_SIZE];

      if (!g_str_equal (entry->name, name))
        continue;
      if (GCOAP_IS_PSK_CREDENTIAL (entry->credential))
        {
          hash_credential (self, entry->credential, hash);
          g_hash_table_remove (self->psks, hash);
        }
      g_ptr_array_remove_index (self->clients, i);
    }
  if (self->clients->len == n_before)
    return FALSE;
  gcoap_credential_store_change (self);
  return TRUE;
}

gboolean
gcoap_credential_store_lookup_psk (GcoapCredentialStore *self,
                                   const guint8         *identity,
                                   gsize                 identity_length,
                                   guint8               *key,
                                   gsize                *key_length,
                                   GcoapClaims         **claims)
{
  guint8 hash[GCOAP_PSK_INDEX_SIZE];
  GcoapCredentialEntry *entry;
  const guint8 *secret;

  /* The key that nobody has is made in both cases; there is one for each
   * identity, so that asking twice tells nothing either. */
  hash_identity (self, "none", identity, identity_length, key);
  *key_length = GCOAP_PSK_INDEX_SIZE;
  hash_identity (self, "find", identity, identity_length, hash);
  entry = g_hash_table_lookup (self->psks, hash);
  if (entry == NULL)
    return FALSE;

  secret = gcoap_secret_peek (gcoap_psk_credential_peek_key (GCOAP_PSK_CREDENTIAL (entry->credential)), key_length);
  memcpy (key, secret, *key_length);
  if (claims != NULL)
    {
      *claims = gcoap_claims_new (GCOAP_CLAIMS_PSK, entry->name,
                                  gcoap_psk_credential_get_identity (GCOAP_PSK_CREDENTIAL (entry->credential)), NULL);
      gcoap_claims_set_credential (*claims, entry->credential);
    }
  return TRUE;
}

GcoapCredential *
gcoap_credential_store_get_own (GcoapCredentialStore *self,
                                GType                 type,
                                GcoapSecurity         security)
{
  for (guint i = 0; i < self->own->len; i++)
    {
      GcoapCredential *own = ((GcoapCredentialEntry *) g_ptr_array_index (self->own, i))->credential;

      if (G_TYPE_CHECK_INSTANCE_TYPE (own, type) && (gcoap_credential_get_security (own) & security) != 0)
        return own;
    }
  return NULL;
}

gboolean
gcoap_credential_store_has_psk (GcoapCredentialStore *self)
{
  return g_hash_table_size (self->psks) > 0;
}

GcoapOscoreCredential *
gcoap_credential_store_get_client_context (GcoapCredentialStore *self,
                                           guint                 position,
                                           const char          **name)
{
  for (guint i = 0; i < self->clients->len; i++)
    {
      GcoapCredentialEntry *entry = g_ptr_array_index (self->clients, i);

      if (!GCOAP_IS_OSCORE_CREDENTIAL (entry->credential) || position-- > 0)
        continue;
      *name = entry->name;
      return GCOAP_OSCORE_CREDENTIAL (entry->credential);
    }
  return NULL;
}

gboolean
gcoap_credential_store_has_client_key (GcoapCredentialStore *self)
{
  for (guint i = 0; i < self->clients->len; i++)
    if (((GcoapCredentialEntry *) g_ptr_array_index (self->clients, i))->key_hash != NULL)
      return TRUE;
  return FALSE;
}

GcoapClaims *
gcoap_credential_store_verify_key (GcoapCredentialStore        *self,
                                   GcoapRawPublicKeyCredential *own,
                                   GBytes                      *public_key,
                                   GError                     **error)
{
  g_autofree char *hash = gcoap_key_material_hash (public_key);
  GcoapCredentialEntry *entry = find_client_key (self, hash);

  if (entry == NULL && (own == NULL || !gcoap_raw_public_key_credential_accepts (own, hash)))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                   "The public key %s is not that of a known client.", hash);
      return NULL;
    }
  return gcoap_claims_new (GCOAP_CLAIMS_RAW_PUBLIC_KEY, entry != NULL ? entry->name : NULL, NULL, hash);
}

GcoapClaims *
gcoap_credential_store_verify_certificates (GcoapCredentialStore       *self,
                                            GcoapCertificateCredential *own,
                                            GPtrArray                  *chain,
                                            GError                    **error)
{
  g_autoptr (GcoapClaims) claims = gcoap_certificate_credential_verify (own, chain, NULL, error);
  GcoapCredentialEntry *entry;

  if (claims == NULL)
    return NULL;
  entry = find_client_key (self, gcoap_claims_get_key_hash (claims));
  return gcoap_claims_new (GCOAP_CLAIMS_CERTIFICATE, entry != NULL ? entry->name : NULL,
                           gcoap_claims_get_identity (claims), gcoap_claims_get_key_hash (claims));
}

static gboolean
holds (GPtrArray       *entries,
       GcoapCredential *credential)
{
  for (guint i = 0; i < entries->len; i++)
    {
      GcoapCredential *other = ((GcoapCredentialEntry *) g_ptr_array_index (entries, i))->credential;

      if (other != NULL && gcoap_credential_equal (other, credential))
        return TRUE;
    }
  return FALSE;
}

static gboolean
still_knows (GcoapCredentialStore *self,
             GcoapCredential      *own,
             GcoapClaims          *claims)
{
  const char *hash = gcoap_claims_get_key_hash (claims);
  GcoapCredential *proof = gcoap_claims_peek_credential (claims);
  GcoapCredentialEntry *entry = NULL;

  if (gcoap_claims_get_kind (claims) == GCOAP_CLAIMS_PSK)
    {
      guint8 index[GCOAP_PSK_INDEX_SIZE];
      gsize length;
      const guint8 *identity = g_bytes_get_data (gcoap_claims_get_identity (claims), &length);

      hash_identity (self, "find", identity, length, index);
      entry = g_hash_table_lookup (self->psks, index);
      return entry != NULL && g_strcmp0 (entry->name, gcoap_claims_get_name (claims)) == 0
             && (proof == NULL || gcoap_credential_equal (entry->credential, proof));
    }
  /* An OSCORE context is its own proof; it goes with the credential. */
  if (hash == NULL)
    return own != NULL;

  entry = find_client_key (self, hash);
  if (g_strcmp0 (entry != NULL ? entry->name : NULL, gcoap_claims_get_name (claims)) != 0)
    return FALSE;
  if (entry != NULL || gcoap_claims_get_kind (claims) == GCOAP_CLAIMS_CERTIFICATE)
    return gcoap_claims_get_kind (claims) != GCOAP_CLAIMS_CERTIFICATE || own != NULL;
  return GCOAP_IS_RAW_PUBLIC_KEY_CREDENTIAL (own)
         && gcoap_raw_public_key_credential_accepts (GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (own), hash);
}

gboolean
gcoap_credential_store_authorizes (GcoapCredentialStore *self,
                                   GcoapCredential      *own,
                                   GcoapClaims          *claims)
{
  if (own != NULL && !holds (self->patterns, own) && !holds (self->own, own) && !holds (self->clients, own))
    return FALSE;
  return claims == NULL || still_knows (self, own, claims);
}
