/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A key pair without a certificate, and the peers' keys that are accepted. */
#include "credentials/gcoap-raw-public-key-credential.h"

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"
#include "credentials/gcoap-key-material-private.h"

/**
 * GcoapRawPublicKeyCredential:
 *
 * A key pair without a certificate (RFC 7252 §9.1.3.2, RFC 7250).
 *
 * The keys of peers are told by the SHA-256 hash of their
 * SubjectPublicKeyInfo; a peer with another key is refused.
 *
 * Since: 0.1
 */
struct _GcoapRawPublicKeyCredential
{
  GcoapCredential parent_instance;

  GcoapSecret *key;
  GBytes      *public_key;
  char        *key_hash;
  char       **peers;
};

G_DEFINE_FINAL_TYPE (GcoapRawPublicKeyCredential, gcoap_raw_public_key_credential, GCOAP_TYPE_CREDENTIAL)

static void
gcoap_raw_public_key_credential_finalize (GObject *object)
{
  GcoapRawPublicKeyCredential *self = GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (object);

  g_clear_pointer (&self->key, gcoap_secret_free);
  g_clear_pointer (&self->public_key, g_bytes_unref);
  g_free (self->key_hash);
  g_strfreev (self->peers);
  G_OBJECT_CLASS (gcoap_raw_public_key_credential_parent_class)->finalize (object);
}

static gboolean
gcoap_raw_public_key_credential_equal (GcoapCredential *credential,
                                       GcoapCredential *other)
{
  GcoapRawPublicKeyCredential *a = GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (credential);
  GcoapRawPublicKeyCredential *b = GCOAP_RAW_PUBLIC_KEY_CREDENTIAL (other);

  return a->peers != NULL && b->peers != NULL && gcoap_secret_equal (a->key, b->key)
         && g_strv_equal ((const char *const *) a->peers, (const char *const *) b->peers);
}

static void
gcoap_raw_public_key_credential_class_init (GcoapRawPublicKeyCredentialClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_raw_public_key_credential_finalize;
  GCOAP_CREDENTIAL_CLASS (klass)->equal = gcoap_raw_public_key_credential_equal;
}

static void
gcoap_raw_public_key_credential_init (GcoapRawPublicKeyCredential *self)
{
}

static char **
parse_peers (const char *const *peers,
             GError           **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; peers != NULL && peers[i] != NULL; i++)
    {
      g_autofree char *hash = gcoap_key_material_parse_hash (peers[i]);

      if (hash == NULL)
        {
          g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                               "A peer's key is written as “sha256:” and 64 hexadecimal digits.");
          return NULL;
        }
      g_strv_builder_add (builder, hash);
    }
  return g_strv_builder_end (builder);
}

/**
 * gcoap_raw_public_key_credential_new:
 * @private_key: (nullable): a private key in PEM or DER, for instance P-256 or
 *   Ed25519, without a password; %NULL for a client that only tells who the
 *   server is
 * @peers: (nullable) (array zero-terminated=1): the keys of peers that are
 *   accepted, each as `sha256:` and 64 hexadecimal digits
 * @error: where an error goes
 *
 * Makes a raw public key.
 *
 * It fails with %GCOAP_ERROR_MALFORMED when the key cannot be read, with
 * %GCOAP_ERROR_INVALID_ARGUMENT when a hash is none, and with
 * %GCOAP_ERROR_LIMIT when there is no room for more secrets.
 *
 * Returns: (transfer full): a new credential
 *
 * Since: 0.1
 */
GcoapRawPublicKeyCredential *
gcoap_raw_public_key_credential_new (GBytes            *private_key,
                                     const char *const *peers,
                                     GError           **error)
{
  g_autoptr (GcoapSecret) key = NULL;
  g_autoptr (GBytes) public_key = NULL;
  g_auto (GStrv) hashes = NULL;
  GcoapRawPublicKeyCredential *self;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  hashes = parse_peers (peers, error);
  if (hashes == NULL)
    return NULL;
  if (private_key != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (private_key, &length);

      key = gcoap_key_material_read_private (data, length, &public_key, error);
      if (key == NULL)
        return NULL;
    }

  self = g_object_new (GCOAP_TYPE_RAW_PUBLIC_KEY_CREDENTIAL, NULL);
  self->key = g_steal_pointer (&key);
  self->key_hash = public_key != NULL ? gcoap_key_material_hash (public_key) : NULL;
  self->public_key = g_steal_pointer (&public_key);
  self->peers = g_steal_pointer (&hashes);
  return self;
}

/**
 * gcoap_raw_public_key_credential_get_key_hash:
 * @self: a raw public key
 *
 * Gets the hash of its own public key, by which peers are told to accept it.
 *
 * Returns: (transfer none) (nullable): the hash, or %NULL if it has no key
 *
 * Since: 0.1
 */
const char *
gcoap_raw_public_key_credential_get_key_hash (GcoapRawPublicKeyCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_RAW_PUBLIC_KEY_CREDENTIAL (self), NULL);

  return self->key_hash;
}

/**
 * gcoap_raw_public_key_credential_get_public_key:
 * @self: a raw public key
 *
 * Gets its own public key.
 *
 * Returns: (transfer none) (nullable): a SubjectPublicKeyInfo in DER, or %NULL
 *   if it has no key
 *
 * Since: 0.1
 */
GBytes *
gcoap_raw_public_key_credential_get_public_key (GcoapRawPublicKeyCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_RAW_PUBLIC_KEY_CREDENTIAL (self), NULL);

  return self->public_key;
}

/**
 * gcoap_raw_public_key_credential_get_peers:
 * @self: a raw public key
 *
 * Gets the keys of peers that are accepted.
 *
 * Returns: (transfer none) (array zero-terminated=1): their hashes
 *
 * Since: 0.1
 */
const char *const *
gcoap_raw_public_key_credential_get_peers (GcoapRawPublicKeyCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_RAW_PUBLIC_KEY_CREDENTIAL (self), NULL);

  return (const char *const *) self->peers;
}

/**
 * gcoap_raw_public_key_credential_accepts:
 * @self: a raw public key
 * @key_hash: the hash of a peer's key
 *
 * Tells whether a peer with this key is accepted.
 *
 * Returns: %TRUE if it is one of those that were named
 *
 * Since: 0.1
 */
gboolean
gcoap_raw_public_key_credential_accepts (GcoapRawPublicKeyCredential *self,
                                         const char                  *key_hash)
{
  g_autofree char *hash = NULL;

  g_return_val_if_fail (GCOAP_IS_RAW_PUBLIC_KEY_CREDENTIAL (self), FALSE);
  g_return_val_if_fail (key_hash != NULL, FALSE);

  hash = gcoap_key_material_parse_hash (key_hash);
  return hash != NULL && g_strv_contains ((const char *const *) self->peers, hash);
}

GcoapSecret *
gcoap_raw_public_key_credential_peek_key (GcoapRawPublicKeyCredential *self)
{
  return self->key;
}
