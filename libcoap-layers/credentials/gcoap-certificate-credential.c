/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates: what is shown to peers, and how theirs are verified. */
#include "credentials/gcoap-certificate-credential.h"

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"
#include "credentials/gcoap-key-material-private.h"

/**
 * GcoapCertificateCredential:
 *
 * X.509 certificates (RFC 7252 §9.1.3.3).
 *
 * A client trusts a server if its certificate leads to a trust anchor and names
 * the host in its subjectAltName, or if it has the pinned key. A server asks
 * clients for certificates if there are trust anchors.
 *
 * Since: 0.1
 */
struct _GcoapCertificateCredential
{
  GcoapCredential parent_instance;

  GBytes      *chain;
  GcoapSecret *key;
  char        *key_hash;
  GBytes      *trust_anchors;
  gboolean     system_trust;
  char        *host_name;
  char        *pinned_key;
  gboolean     insecure;
};

G_DEFINE_FINAL_TYPE (GcoapCertificateCredential, gcoap_certificate_credential, GCOAP_TYPE_CREDENTIAL)

static void
gcoap_certificate_credential_finalize (GObject *object)
{
  GcoapCertificateCredential *self = GCOAP_CERTIFICATE_CREDENTIAL (object);

  g_clear_pointer (&self->chain, g_bytes_unref);
  g_clear_pointer (&self->key, gcoap_secret_free);
  g_free (self->key_hash);
  g_clear_pointer (&self->trust_anchors, g_bytes_unref);
  g_free (self->host_name);
  g_free (self->pinned_key);
  G_OBJECT_CLASS (gcoap_certificate_credential_parent_class)->finalize (object);
}

static gboolean
bytes_equal (GBytes *a,
             GBytes *b)
{
  return a == b || (a != NULL && b != NULL && g_bytes_equal (a, b));
}

static gboolean
gcoap_certificate_credential_equal (GcoapCredential *credential,
                                    GcoapCredential *other)
{
  GcoapCertificateCredential *a = GCOAP_CERTIFICATE_CREDENTIAL (credential);
  GcoapCertificateCredential *b = GCOAP_CERTIFICATE_CREDENTIAL (other);

  return bytes_equal (a->chain, b->chain) && gcoap_secret_equal (a->key, b->key)
         && bytes_equal (a->trust_anchors, b->trust_anchors) && a->system_trust == b->system_trust
         && g_strcmp0 (a->host_name, b->host_name) == 0
         && g_strcmp0 (a->pinned_key, b->pinned_key) == 0 && a->insecure == b->insecure;
}

static void
gcoap_certificate_credential_class_init (GcoapCertificateCredentialClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_certificate_credential_finalize;
  GCOAP_CREDENTIAL_CLASS (klass)->equal = gcoap_certificate_credential_equal;
}

static void
gcoap_certificate_credential_init (GcoapCertificateCredential *self)
{
}

/* Reads the key, which must belong to the first certificate of the chain. */
static gboolean
take_own (GcoapCertificateCredential *self,
          GBytes                     *chain,
          GBytes                     *private_key,
          GError                    **error)
{
  g_autoptr (GPtrArray) certificates = gcoap_key_material_read_certificates (chain, GCOAP_MAX_CHAIN, error);
  g_autoptr (GBytes) certified = NULL;
  g_autoptr (GBytes) public_key = NULL;
  const guint8 *data;
  gsize length;

  if (certificates == NULL)
    return FALSE;
  certified = gcoap_key_material_get_public (g_ptr_array_index (certificates, 0), error);
  if (certified == NULL)
    return FALSE;
  data = g_bytes_get_data (private_key, &length);
  self->key = gcoap_key_material_read_private (data, length, &public_key, error);
  if (self->key == NULL)
    return FALSE;
  if (!g_bytes_equal (certified, public_key))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The private key does not belong to the certificate.");
      return FALSE;
    }
  self->chain = g_bytes_ref (chain);
  self->key_hash = gcoap_key_material_hash (public_key);
  return TRUE;
}

/**
 * gcoap_certificate_credential_new:
 * @chain: (nullable): its own certificate, followed by those that lead to a
 *   trust anchor of the peer, in PEM; or %NULL
 * @private_key: (nullable): the private key that belongs to it, in PEM or DER
 *   and without a password; or %NULL
 * @trust_anchors: (nullable): the certificates of those who vouch for peers, in
 *   PEM; or %NULL
 * @system_trust: whether the trust anchors of the system count too
 * @error: where an error goes
 *
 * Makes a credential of certificates.
 *
 * It fails with %GCOAP_ERROR_MALFORMED when something cannot be read, with
 * %GCOAP_ERROR_INVALID_ARGUMENT when chain and key do not belong together, and
 * with %GCOAP_ERROR_LIMIT when there are too many certificates or secrets.
 *
 * Returns: (transfer full): a new credential
 *
 * Since: 0.1
 */
GcoapCertificateCredential *
gcoap_certificate_credential_new (GBytes   *chain,
                                  GBytes   *private_key,
                                  GBytes   *trust_anchors,
                                  gboolean  system_trust,
                                  GError  **error)
{
  g_autoptr (GcoapCertificateCredential) self = NULL;

  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if ((chain == NULL) != (private_key == NULL))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "A certificate and its private key are only of use together.");
      return NULL;
    }
  self = g_object_new (GCOAP_TYPE_CERTIFICATE_CREDENTIAL, NULL);
  if (chain != NULL && !take_own (self, chain, private_key, error))
    return NULL;
  if (trust_anchors != NULL)
    {
      g_autoptr (GPtrArray) anchors =
        gcoap_key_material_read_certificates (trust_anchors, GCOAP_MAX_CERTIFICATES, error);

      if (anchors == NULL)
        return NULL;
      self->trust_anchors = g_bytes_ref (trust_anchors);
    }
  self->system_trust = system_trust;
  return g_steal_pointer (&self);
}

/**
 * gcoap_certificate_credential_get_host_name:
 * @self: a credential of certificates
 *
 * Gets the name that a server's certificate must have.
 *
 * Returns: (transfer none) (nullable): the name, or %NULL for the host of the URI
 *
 * Since: 0.1
 */
const char *
gcoap_certificate_credential_get_host_name (GcoapCertificateCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_CERTIFICATE_CREDENTIAL (self), NULL);

  return self->host_name;
}

/**
 * gcoap_certificate_credential_set_host_name:
 * @self: a credential of certificates
 * @host_name: (nullable): a name, or %NULL for the host of the URI
 *
 * Sets the name that a server's certificate must have; before it is used.
 *
 * Since: 0.1
 */
void
gcoap_certificate_credential_set_host_name (GcoapCertificateCredential *self,
                                            const char                 *host_name)
{
  char *copy;

  g_return_if_fail (GCOAP_IS_CERTIFICATE_CREDENTIAL (self));

  copy = g_strdup (host_name);
  g_free (self->host_name);
  self->host_name = copy;
}

/**
 * gcoap_certificate_credential_get_pinned_key:
 * @self: a credential of certificates
 *
 * Gets the hash of the only key that the peer may have.
 *
 * Returns: (transfer none) (nullable): the hash, or %NULL for any
 *
 * Since: 0.1
 */
const char *
gcoap_certificate_credential_get_pinned_key (GcoapCertificateCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_CERTIFICATE_CREDENTIAL (self), NULL);

  return self->pinned_key;
}

/**
 * gcoap_certificate_credential_set_pinned_key:
 * @self: a credential of certificates
 * @key_hash: (nullable): `sha256:` and 64 hexadecimal digits, or %NULL for any
 * @error: where an error goes
 *
 * Sets the only key that the peer may have; before it is used.
 *
 * Without trust anchors it alone decides.
 *
 * Returns: %FALSE with %GCOAP_ERROR_INVALID_ARGUMENT if it is no hash
 *
 * Since: 0.1
 */
gboolean
gcoap_certificate_credential_set_pinned_key (GcoapCertificateCredential *self,
                                             const char                 *key_hash,
                                             GError                    **error)
{
  char *hash = NULL;

  g_return_val_if_fail (GCOAP_IS_CERTIFICATE_CREDENTIAL (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (key_hash != NULL)
    {
      hash = gcoap_key_material_parse_hash (key_hash);
      if (hash == NULL)
        {
          g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                               "A peer's key is written as “sha256:” and 64 hexadecimal digits.");
          return FALSE;
        }
    }
  g_free (self->pinned_key);
  self->pinned_key = hash;
  return TRUE;
}

/**
 * gcoap_certificate_credential_get_insecure:
 * @self: a credential
 *
 * Tells whether any server is taken for the right one.
 *
 * Returns: whether certificates are not verified
 *
 * Since: 0.1
 */
gboolean
gcoap_certificate_credential_get_insecure (GcoapCertificateCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_CERTIFICATE_CREDENTIAL (self), FALSE);

  return self->insecure;
}

/**
 * gcoap_certificate_credential_set_insecure:
 * @self: a credential
 * @insecure: whether any server is taken for the right one
 *
 * Lets a client take any certificate of a server for a good one.
 *
 * It is for tests, and for a look at what a server shows: whoever is on the way
 * can read and change all. A pinned key is compared all the same. It is %FALSE by
 * default, and without effect on the clients of a server.
 *
 * Since: 0.1
 */
void
gcoap_certificate_credential_set_insecure (GcoapCertificateCredential *self,
                                           gboolean                    insecure)
{
  g_return_if_fail (GCOAP_IS_CERTIFICATE_CREDENTIAL (self));

  self->insecure = insecure != FALSE;
}

/**
 * gcoap_certificate_credential_get_key_hash:
 * @self: a credential of certificates
 *
 * Gets the hash of its own public key.
 *
 * Returns: (transfer none) (nullable): the hash, or %NULL if it has none
 *
 * Since: 0.1
 */
const char *
gcoap_certificate_credential_get_key_hash (GcoapCertificateCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_CERTIFICATE_CREDENTIAL (self), NULL);

  return self->key_hash;
}

/**
 * gcoap_certificate_credential_get_system_trust:
 * @self: a credential of certificates
 *
 * Tells whether the trust anchors of the system count.
 *
 * Returns: %TRUE if they do
 *
 * Since: 0.1
 */
gboolean
gcoap_certificate_credential_get_system_trust (GcoapCertificateCredential *self)
{
  g_return_val_if_fail (GCOAP_IS_CERTIFICATE_CREDENTIAL (self), FALSE);

  return self->system_trust;
}

GcoapSecret *
gcoap_certificate_credential_peek_key (GcoapCertificateCredential *self)
{
  return self->key;
}

GBytes *
gcoap_certificate_credential_peek_chain (GcoapCertificateCredential *self)
{
  return self->chain;
}

GBytes *
gcoap_certificate_credential_peek_trust_anchors (GcoapCertificateCredential *self)
{
  return self->trust_anchors;
}
