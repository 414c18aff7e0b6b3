/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An authenticated identity, and the claims of an exchange that follow from it. */
#include "credentials/gcoap-claims.h"

#include <string.h>

#include "credentials/gcoap-credential-secrets-private.h"

/**
 * GcoapClaims:
 *
 * Who a peer has proven to be.
 *
 * The transports make it after a handshake, and hand it to each exchange in the
 * form of [method@Claims.to_strv]; [method@Exchange.get_claims] gives it to
 * handlers, [method@Site.require] asks for it.
 *
 * Since: 0.1
 */
struct _GcoapClaims
{
  GcoapClaimsKind  kind;
  char            *name;
  GBytes          *identity;
  char            *key_hash;
  GBytes          *sender_id;
  /* What proved it, so that another key under the same identity is noticed. */
  GcoapCredential *credential;
};

/**
 * GcoapClaimsKind:
 * @GCOAP_CLAIMS_PSK: it has the pre-shared key of an identity (RFC 7252 §9.1.3.1)
 * @GCOAP_CLAIMS_RAW_PUBLIC_KEY: it has the private key of a public key
 *   (RFC 7252 §9.1.3.2)
 * @GCOAP_CLAIMS_CERTIFICATE: it has the private key of a certificate
 *   (RFC 7252 §9.1.3.3)
 * @GCOAP_CLAIMS_OSCORE: it has the secret of an OSCORE context (RFC 8613)
 *
 * What an identity was proven by.
 *
 * Since: 0.1
 */

G_DEFINE_BOXED_TYPE (GcoapClaims, gcoap_claims, gcoap_claims_ref, gcoap_claims_unref)

/**
 * gcoap_claims_new:
 * @kind: what the identity was proven by
 * @name: (nullable): the name that the owner of this machine has for the peer
 * @identity: (nullable): the identity of the key, or the subject of the
 *   certificate
 * @key_hash: (nullable): the public key, as `sha256:` and the hash of its
 *   SubjectPublicKeyInfo in hexadecimal digits
 *
 * Makes claims.
 *
 * Returns: (transfer full): new claims
 *
 * Since: 0.1
 */
GcoapClaims *
gcoap_claims_new (GcoapClaimsKind kind,
                  const char     *name,
                  GBytes         *identity,
                  const char     *key_hash)
{
  GcoapClaims *self = g_atomic_rc_box_new0 (GcoapClaims);

  self->kind = kind;
  self->name = g_strdup (name);
  self->identity = identity != NULL ? g_bytes_ref (identity) : NULL;
  self->key_hash = g_strdup (key_hash);
  return self;
}

/**
 * gcoap_claims_new_oscore:
 * @name: (nullable): the name that the owner of this machine has for the peer
 * @context: the security context
 * @sender_id: the peer's Sender ID in it
 *
 * Makes the claims of a peer of an OSCORE context.
 *
 * Returns: (transfer full): new claims
 *
 * Since: 0.1
 */
GcoapClaims *
gcoap_claims_new_oscore (const char *name,
                         const char *context,
                         GBytes     *sender_id)
{
  g_autoptr (GBytes) identity = NULL;
  GcoapClaims *self;

  g_return_val_if_fail (context != NULL, NULL);
  g_return_val_if_fail (sender_id != NULL, NULL);

  identity = g_bytes_new (context, strlen (context));
  self = gcoap_claims_new (GCOAP_CLAIMS_OSCORE, name, identity, NULL);
  self->sender_id = g_bytes_ref (sender_id);
  return self;
}

/**
 * gcoap_claims_ref:
 * @self: claims
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the same claims
 *
 * Since: 0.1
 */
GcoapClaims *
gcoap_claims_ref (GcoapClaims *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GcoapClaims *self = data;

  g_free (self->name);
  g_free (self->key_hash);
  g_clear_pointer (&self->identity, g_bytes_unref);
  g_clear_pointer (&self->sender_id, g_bytes_unref);
  g_clear_object (&self->credential);
}

void
gcoap_claims_set_credential (GcoapClaims     *self,
                             GcoapCredential *credential)
{
  g_set_object (&self->credential, credential);
}

GcoapCredential *
gcoap_claims_peek_credential (GcoapClaims *self)
{
  return self->credential;
}

/**
 * gcoap_claims_unref:
 * @self: (transfer full): claims
 *
 * Drops a reference.
 *
 * Since: 0.1
 */
void
gcoap_claims_unref (GcoapClaims *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * gcoap_claims_get_kind:
 * @self: claims
 *
 * Tells what the identity was proven by.
 *
 * Returns: the kind
 *
 * Since: 0.1
 */
GcoapClaimsKind
gcoap_claims_get_kind (GcoapClaims *self)
{
  g_return_val_if_fail (self != NULL, GCOAP_CLAIMS_PSK);

  return self->kind;
}

/**
 * gcoap_claims_get_name:
 * @self: claims
 *
 * Gets the name that the credential store has for the peer.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL if it has none
 *
 * Since: 0.1
 */
const char *
gcoap_claims_get_name (GcoapClaims *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

/**
 * gcoap_claims_get_identity:
 * @self: claims
 *
 * Gets the identity of the pre-shared key, the subject of the certificate, or
 * the OSCORE context.
 *
 * Returns: (transfer none) (nullable): the identity, or %NULL with a raw public
 *   key
 *
 * Since: 0.1
 */
GBytes *
gcoap_claims_get_identity (GcoapClaims *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->identity;
}

/**
 * gcoap_claims_get_key_hash:
 * @self: claims
 *
 * Gets the hash of the peer's public key.
 *
 * Returns: (transfer none) (nullable): `sha256:` and hexadecimal digits, or
 *   %NULL if there is no public key
 *
 * Since: 0.1
 */
const char *
gcoap_claims_get_key_hash (GcoapClaims *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->key_hash;
}

/**
 * gcoap_claims_get_sender_id:
 * @self: claims
 *
 * Gets the peer's Sender ID in the OSCORE context.
 *
 * Returns: (transfer none) (nullable): the Sender ID, or %NULL without OSCORE
 *
 * Since: 0.1
 */
GBytes *
gcoap_claims_get_sender_id (GcoapClaims *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->sender_id;
}

static gboolean
bytes_equal (GBytes *a,
             GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

/**
 * gcoap_claims_equal:
 * @self: claims
 * @other: other claims
 *
 * Compares two identities.
 *
 * Returns: %TRUE if they are the same in every part
 *
 * Since: 0.1
 */
gboolean
gcoap_claims_equal (GcoapClaims *self,
                    GcoapClaims *other)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (other != NULL, FALSE);

  return self->kind == other->kind && g_strcmp0 (self->name, other->name) == 0
         && g_strcmp0 (self->key_hash, other->key_hash) == 0
         && bytes_equal (self->identity, other->identity)
         && bytes_equal (self->sender_id, other->sender_id);
}

/* Identities are any bytes; what is no plain character is percent-encoded, each
 * NUL too, so that no two of them look alike. */
static char *
escape (const char *prefix,
        GBytes     *bytes)
{
  GString *text = g_string_new (prefix);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  for (gsize i = 0; i < length; i++)
    {
      if (g_ascii_isalnum (data[i]) || (data[i] != '\0' && strchr ("-._~=,@: ", data[i]) != NULL))
        g_string_append_c (text, (char) data[i]);
      else
        g_string_append_printf (text, "%%%02X", data[i]);
    }
  return g_string_free (text, FALSE);
}

static char *
describe_sender (GcoapClaims *self)
{
  g_autofree char *context = escape ("oscore:", self->identity);
  gsize length;
  const guint8 *data = g_bytes_get_data (self->sender_id, &length);
  GString *text = g_string_new (context);

  g_string_append_c (text, '/');
  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", data[i]);
  return g_string_free (text, FALSE);
}

/**
 * gcoap_claims_to_strv:
 * @self: claims
 *
 * Gives the claims the form that exchanges carry and [method@Site.require]
 * compares.
 *
 * They are `name:` and the name; `psk:` and the identity, `x509:` and the
 * subject, or `oscore:`, the context, a slash and the Sender ID in hexadecimal
 * digits; and `key:` and the hash of the public key: of these what there is.
 * Bytes of identities that are neither letters nor digits nor one of
 * `-._~=,@:` nor spaces are percent-encoded. A name comes from the credential
 * store alone: no peer can choose one.
 *
 * Returns: (transfer full) (array zero-terminated=1): the claims
 *
 * Since: 0.1
 */
char **
gcoap_claims_to_strv (GcoapClaims *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *name = NULL;
  g_autofree char *identity = NULL;
  g_autofree char *key = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->name != NULL)
    name = g_strconcat ("name:", self->name, NULL);
  if (self->sender_id != NULL)
    identity = describe_sender (self);
  else if (self->identity != NULL && self->kind != GCOAP_CLAIMS_RAW_PUBLIC_KEY)
    identity = escape (self->kind == GCOAP_CLAIMS_PSK ? "psk:" : self->kind == GCOAP_CLAIMS_OSCORE ? "oscore:" : "x509:",
                       self->identity);
  if (self->key_hash != NULL)
    key = g_strconcat ("key:", self->key_hash, NULL);

  if (name != NULL)
    g_strv_builder_add (builder, name);
  if (identity != NULL)
    g_strv_builder_add (builder, identity);
  if (key != NULL)
    g_strv_builder_add (builder, key);
  return g_strv_builder_end (builder);
}
