/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pre-shared key: the identity may be seen, the key never. */
#include "credentials/gcoap-psk-credential.h"

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"

/**
 * GcoapPskCredential:
 *
 * A pre-shared key (RFC 7252 §9.1.3.1, RFC 4279).
 *
 * Since: 0.1
 */
struct _GcoapPskCredential
{
  GcoapCredential parent_instance;

  GBytes      *identity;
  GcoapSecret *key;
};

G_DEFINE_FINAL_TYPE (GcoapPskCredential, gcoap_psk_credential, GCOAP_TYPE_CREDENTIAL)

static void
gcoap_psk_credential_finalize (GObject *object)
{
  GcoapPskCredential *self = GCOAP_PSK_CREDENTIAL (object);

  g_clear_pointer (&self->identity, g_bytes_unref);
  g_clear_pointer (&self->key, gcoap_secret_free);
  G_OBJECT_CLASS (gcoap_psk_credential_parent_class)->finalize (object);
}

static gboolean
gcoap_psk_credential_equal (GcoapCredential *credential,
                            GcoapCredential *other)
{
  GcoapPskCredential *a = GCOAP_PSK_CREDENTIAL (credential);
  GcoapPskCredential *b = GCOAP_PSK_CREDENTIAL (other);

  return a->identity != NULL && b->identity != NULL && g_bytes_equal (a->identity, b->identity)
         && gcoap_secret_equal (a->key, b->key);
}

static void
gcoap_psk_credential_class_init (GcoapPskCredentialClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_psk_credential_finalize;
  GCOAP_CREDENTIAL_CLASS (klass)->equal = gcoap_psk_credential_equal;
}

static void
gcoap_psk_credential_init (GcoapPskCredential *self)
{
}

/**
 * gcoap_psk_credential_new:
 * @identity: the name of the key, 1 to 128 bytes; it is sent in the clear
 * @key: the key, 1 to 64 bytes; 16 random bytes are a good one
 * @error: where an error goes
 *
 * Makes a pre-shared key.
 *
 * The key is copied to protected memory; wiping @key is up to the caller. It
 * fails with %GCOAP_ERROR_INVALID_ARGUMENT when a length is wrong, and with
 * %GCOAP_ERROR_LIMIT when there is no room for more secrets.
 *
 * Returns: (transfer full): a new credential
 *
 * Since: 0.1
 */
GcoapPskCredential *
gcoap_psk_credential_new (GBytes  *identity,
                          GBytes  *key,
                          GError **error)
{
  g_autoptr (GcoapSecret) secret = NULL;
  GcoapPskCredential *self;
  gsize identity_length;
  gsize length;
  const guint8 *data;

  g_return_val_if_fail (identity != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  identity_length = g_bytes_get_size (identity);
  if (identity_length == 0 || identity_length > GCOAP_PSK_MAX_IDENTITY)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The identity of a pre-shared key has 1 to %d bytes, not %" G_GSIZE_FORMAT ".",
                   GCOAP_PSK_MAX_IDENTITY, identity_length);
      return NULL;
    }
  data = g_bytes_get_data (key, &length);
  if (length == 0 || length > GCOAP_PSK_MAX_KEY)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "A pre-shared key has 1 to %d bytes, not %" G_GSIZE_FORMAT ".",
                   GCOAP_PSK_MAX_KEY, length);
      return NULL;
    }
  secret = gcoap_secret_new (data, length, error);
  if (secret == NULL)
    return NULL;

  self = g_object_new (GCOAP_TYPE_PSK_CREDENTIAL, NULL);
  self->identity = g_bytes_ref (identity);
  self->key = g_steal_pointer (&secret);
  return self;
}

/**
 * gcoap_psk_credential_get_identity:
 * @self: a pre-shared key
 *
 * Gets the name of the key.
 *
 * Returns: (transfer none): the identity
 *
 * Since: 0.1
 */
GBytes *
gcoap_psk_credential_get_identity (GcoapPskCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_PSK_CREDENTIAL (self), NULL);

  return self->identity;
}

GcoapSecret *
gcoap_psk_credential_peek_key (GcoapPskCredential *self)
{
  return self->key;
}
