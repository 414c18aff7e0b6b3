/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The input of an OSCORE context, or the directory that holds one. */
#include "credentials/gcoap-oscore-credential.h"

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"
#include "credentials/gcoap-oscore-storage.h"

/* RFC 8613 §3.3: the longest an ID can be with any algorithm: a nonce of 13
 * bytes leaves 7. */
#define MAX_ID 7
#define MAX_SALT 64
/* RFC 8613 has no limit; what is in every message needs one. */
#define MAX_ID_CONTEXT 64
#define MAX_WINDOW 1024
#define DEFAULT_ALGORITHM 10
#define DEFAULT_WINDOW 32

/**
 * GcoapOscoreCredential:
 *
 * What an OSCORE security context is made from (RFC 8613 §3.2).
 *
 * A context that is to outlive the process is in a directory, in the layout of
 * aiocoap: `settings.json`, `secret.json` and `sequence.json`. Or an application
 * keeps it, with a storage of its own; see [iface@OscoreStorage].
 *
 * Since: 0.1
 */
struct _GcoapOscoreCredential
{
  GcoapCredential parent_instance;

  char                 *directory;
  GcoapOscoreStorage   *storage;
  char                 *name;
  GBytes               *sender_id;
  GBytes               *recipient_id;
  GcoapOscoreParameters parameters;
};

G_DEFINE_FINAL_TYPE (GcoapOscoreCredential, gcoap_oscore_credential, GCOAP_TYPE_CREDENTIAL)

static void
gcoap_oscore_credential_finalize (GObject *object)
{
  GcoapOscoreCredential *self = GCOAP_OSCORE_CREDENTIAL (object);

  g_free (self->directory);
  g_clear_object (&self->storage);
  g_free (self->name);
  g_clear_pointer (&self->sender_id, g_bytes_unref);
  g_clear_pointer (&self->recipient_id, g_bytes_unref);
  g_clear_pointer (&self->parameters.master_secret, gcoap_secret_free);
  g_clear_pointer (&self->parameters.master_salt, g_bytes_unref);
  g_clear_pointer (&self->parameters.id_context, g_bytes_unref);
  g_free (self->parameters.hash);
  G_OBJECT_CLASS (gcoap_oscore_credential_parent_class)->finalize (object);
}

static gboolean
bytes_equal (GBytes *a,
             GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

static gboolean
gcoap_oscore_credential_equal (GcoapCredential *credential,
                               GcoapCredential *other)
{
  GcoapOscoreCredential *a = GCOAP_OSCORE_CREDENTIAL (credential);
  GcoapOscoreCredential *b = GCOAP_OSCORE_CREDENTIAL (other);

  return g_strcmp0 (a->directory, b->directory) == 0
         && a->storage == b->storage
         && g_strcmp0 (a->name, b->name) == 0
         && bytes_equal (a->sender_id, b->sender_id)
         && bytes_equal (a->recipient_id, b->recipient_id)
         && gcoap_secret_equal (a->parameters.master_secret, b->parameters.master_secret)
         && bytes_equal (a->parameters.master_salt, b->parameters.master_salt)
         && bytes_equal (a->parameters.id_context, b->parameters.id_context)
         && a->parameters.algorithm == b->parameters.algorithm
         && g_strcmp0 (a->parameters.hash, b->parameters.hash) == 0
         && a->parameters.window == b->parameters.window;
}

static void
gcoap_oscore_credential_class_init (GcoapOscoreCredentialClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_oscore_credential_finalize;
  GCOAP_CREDENTIAL_CLASS (klass)->equal = gcoap_oscore_credential_equal;
}

static void
gcoap_oscore_credential_init (GcoapOscoreCredential *self)
{
  gcoap_credential_set_security (GCOAP_CREDENTIAL (self), GCOAP_SECURITY_OSCORE);
  self->parameters.algorithm = DEFAULT_ALGORITHM;
  self->parameters.hash = g_strdup ("sha256");
  self->parameters.window = DEFAULT_WINDOW;
}

/**
 * gcoap_oscore_credential_new:
 * @master_secret: the Master Secret, 16 to 64 bytes
 * @sender_id: this machine's ID, up to 7 bytes
 * @recipient_id: the peer's ID, up to 7 bytes, another than @sender_id
 * @error: where an error goes
 *
 * Makes the input of an OSCORE context from values.
 *
 * The algorithm is AES-CCM-16-64-128, the hash SHA-256, and there is no salt.
 * A secret that is used like this must be new each time: with the same one the
 * numbers of messages would begin anew (RFC 8613 §7.2.1). It fails with
 * %GCOAP_ERROR_INVALID_ARGUMENT or %GCOAP_ERROR_LIMIT.
 *
 * Returns: (transfer full): a new credential
 *
 * Since: 0.1
 */
GcoapOscoreCredential *
gcoap_oscore_credential_new (GBytes  *master_secret,
                             GBytes  *sender_id,
                             GBytes  *recipient_id,
                             GError **error)
{
  g_autoptr (GcoapSecret) secret = NULL;
  GcoapOscoreCredential *self;
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (master_secret != NULL, NULL);
  g_return_val_if_fail (sender_id != NULL, NULL);
  g_return_val_if_fail (recipient_id != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  data = g_bytes_get_data (master_secret, &length);
  if (length < 16 || length > 64)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "A Master Secret has 16 to 64 bytes, not %" G_GSIZE_FORMAT ".", length);
      return NULL;
    }
  if (g_bytes_get_size (sender_id) > MAX_ID || g_bytes_get_size (recipient_id) > MAX_ID
      || g_bytes_equal (sender_id, recipient_id))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "Sender ID and Recipient ID differ, and have up to %d bytes.", MAX_ID);
      return NULL;
    }
  secret = gcoap_secret_new (data, length, error);
  if (secret == NULL)
    return NULL;

  self = g_object_new (GCOAP_TYPE_OSCORE_CREDENTIAL, NULL);
  self->sender_id = g_bytes_ref (sender_id);
  self->recipient_id = g_bytes_ref (recipient_id);
  self->parameters.master_secret = g_steal_pointer (&secret);
  return self;
}

static gboolean
check_length (const char *what,
              GBytes     *bytes,
              gsize       max,
              GError    **error)
{
  if (bytes == NULL || g_bytes_get_size (bytes) <= max)
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
               "%s has at most %" G_GSIZE_FORMAT " bytes, not %" G_GSIZE_FORMAT ".", what, max,
               g_bytes_get_size (bytes));
  return FALSE;
}

/**
 * gcoap_oscore_credential_new_full:
 * @master_secret: the Master Secret, 16 to 64 bytes
 * @master_salt: (nullable): the Master Salt, up to 64 bytes; %NULL is the empty one
 * @sender_id: this machine's ID, up to 7 bytes
 * @recipient_id: the peer's ID, up to 7 bytes, another than @sender_id
 * @id_context: (nullable): the ID Context, up to 64 bytes; none is not the same
 *   as an empty one
 * @algorithm: the AEAD algorithm in the registry of COSE (RFC 9053 §4), or 0 for
 *   AES-CCM-16-64-128
 * @hash: (nullable): `sha256`, which is the default, or `sha512`
 * @window: the size of the replay window, up to 1024, or 0 for 32
 * @error: where an error goes
 *
 * Makes the input of an OSCORE context from all the values that there are
 * (RFC 8613 §3.2).
 *
 * What [ctor@OscoreCredential.new] says of the secret holds here too, but not for
 * what a storage gives. It fails with %GCOAP_ERROR_INVALID_ARGUMENT or
 * %GCOAP_ERROR_LIMIT. Whether @algorithm and @hash are known is seen when the
 * context is opened.
 *
 * Returns: (transfer full): a new credential
 *
 * Since: 0.1
 */
GcoapOscoreCredential *
gcoap_oscore_credential_new_full (GBytes     *master_secret,
                                  GBytes     *master_salt,
                                  GBytes     *sender_id,
                                  GBytes     *recipient_id,
                                  GBytes     *id_context,
                                  gint        algorithm,
                                  const char *hash,
                                  guint       window,
                                  GError    **error)
{
  GcoapOscoreCredential *self;

  if (!check_length ("A Master Salt", master_salt, MAX_SALT, error)
      || !check_length ("An ID Context", id_context, MAX_ID_CONTEXT, error))
    return NULL;
  if (window > MAX_WINDOW)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "A replay window has 1 to %d numbers, not %u.", MAX_WINDOW, window);
      return NULL;
    }
  self = gcoap_oscore_credential_new (master_secret, sender_id, recipient_id, error);
  if (self == NULL)
    return NULL;
  self->parameters.master_salt = master_salt != NULL ? g_bytes_ref (master_salt) : NULL;
  self->parameters.id_context = id_context != NULL ? g_bytes_ref (id_context) : NULL;
  if (algorithm != 0)
    self->parameters.algorithm = algorithm;
  if (window != 0)
    self->parameters.window = window;
  if (hash != NULL)
    {
      g_free (self->parameters.hash);
      self->parameters.hash = g_strdup (hash);
    }
  return self;
}

/**
 * gcoap_oscore_credential_new_for_storage:
 * @storage: where the context is kept
 * @name: a name for it, as in the claims of the peer and in errors
 *
 * Names an OSCORE context that an application keeps itself; it is not looked at
 * yet.
 *
 * Returns: (transfer full): a new credential
 *
 * Since: 0.1
 */
GcoapOscoreCredential *
gcoap_oscore_credential_new_for_storage (GcoapOscoreStorage *storage,
                                         const char         *name)
{
  GcoapOscoreCredential *self;

  g_return_val_if_fail (GCOAP_IS_OSCORE_STORAGE (storage), NULL);
  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (GCOAP_TYPE_OSCORE_CREDENTIAL, NULL);
  self->storage = g_object_ref (storage);
  self->name = g_strdup (name);
  return self;
}

/**
 * gcoap_oscore_credential_get_storage:
 * @self: the input of an OSCORE context
 *
 * Gets where an application keeps the context.
 *
 * Returns: (transfer none) (nullable): its storage, or %NULL
 *
 * Since: 0.1
 */
GcoapOscoreStorage *
gcoap_oscore_credential_get_storage (GcoapOscoreCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE_CREDENTIAL (self), NULL);

  return self->storage;
}

/**
 * gcoap_oscore_credential_get_name:
 * @self: the input of an OSCORE context
 *
 * Gets the name of the context, which the claims of its peer have.
 *
 * It is the one of the storage, or the path of the directory. The name of a
 * context in memory is `memory`.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
gcoap_oscore_credential_get_name (GcoapOscoreCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE_CREDENTIAL (self), NULL);

  if (self->name != NULL)
    return self->name;
  return self->directory != NULL ? self->directory : "memory";
}

/**
 * gcoap_oscore_credential_new_for_directory:
 * @directory: (type filename): the path of a directory
 *
 * Names the directory that holds an OSCORE context; it is not looked at yet.
 *
 * Returns: (transfer full): a new credential
 *
 * Since: 0.1
 */
GcoapOscoreCredential *
gcoap_oscore_credential_new_for_directory (const char *directory)
{
  GcoapOscoreCredential *self;

  g_return_val_if_fail (directory != NULL, NULL);

  self = g_object_new (GCOAP_TYPE_OSCORE_CREDENTIAL, NULL);
  self->directory = g_strdup (directory);
  return self;
}

/**
 * gcoap_oscore_credential_get_directory:
 * @self: the input of an OSCORE context
 *
 * Gets the directory that holds the context.
 *
 * Returns: (transfer none) (nullable) (type filename): its path, or %NULL
 *
 * Since: 0.1
 */
const char *
gcoap_oscore_credential_get_directory (GcoapOscoreCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE_CREDENTIAL (self), NULL);

  return self->directory;
}

/**
 * gcoap_oscore_credential_get_sender_id:
 * @self: the input of an OSCORE context
 *
 * Gets this machine's ID.
 *
 * Returns: (transfer none) (nullable): the ID, or %NULL if the directory says it
 *
 * Since: 0.1
 */
GBytes *
gcoap_oscore_credential_get_sender_id (GcoapOscoreCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE_CREDENTIAL (self), NULL);

  return self->sender_id;
}

/**
 * gcoap_oscore_credential_get_recipient_id:
 * @self: the input of an OSCORE context
 *
 * Gets the peer's ID.
 *
 * Returns: (transfer none) (nullable): the ID, or %NULL if the directory says it
 *
 * Since: 0.1
 */
GBytes *
gcoap_oscore_credential_get_recipient_id (GcoapOscoreCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_OSCORE_CREDENTIAL (self), NULL);

  return self->recipient_id;
}

GcoapOscoreParameters *
gcoap_oscore_credential_peek_parameters (GcoapOscoreCredential *self)
{
  return &self->parameters;
}
