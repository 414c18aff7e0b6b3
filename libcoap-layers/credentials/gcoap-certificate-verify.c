/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The one way in which a peer's certificates are verified. */
#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"
#include "credentials/gcoap-key-material-private.h"

static gboolean
refuse (const char *reason,
        GError    **error)
{
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
               "The certificate of the peer is not accepted: %s.", reason);
  return FALSE;
}

static void
free_certificate (gpointer certificate)
{
  gnutls_x509_crt_deinit (certificate);
}

static GPtrArray *
import_chain (GPtrArray *chain,
              GError   **error)
{
  g_autoptr (GPtrArray) certificates = g_ptr_array_new_with_free_func (free_certificate);

  if (chain->len == 0 || chain->len > GCOAP_MAX_CHAIN)
    {
      refuse (chain->len == 0 ? "there is none" : "the chain is too long", error);
      return NULL;
    }
  for (guint i = 0; i < chain->len; i++)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (g_ptr_array_index (chain, i), &length);
      const gnutls_datum_t der = { (guint8 *) data, (unsigned int) length };
      gnutls_x509_crt_t certificate;

      if (gnutls_x509_crt_init (&certificate) < 0)
        {
          refuse ("it cannot be read", error);
          return NULL;
        }
      g_ptr_array_add (certificates, certificate);
      if (gnutls_x509_crt_import (certificate, &der, GNUTLS_X509_FMT_DER) < 0)
        {
          refuse ("it cannot be read", error);
          return NULL;
        }
    }
  return g_steal_pointer (&certificates);
}

static gboolean
add_anchors (GcoapCertificateCredential *self,
             gnutls_x509_trust_list_t    list,
             GError                    **error)
{
  GBytes *anchors = gcoap_certificate_credential_peek_trust_anchors (self);

  if (anchors != NULL)
    {
      gsize length;
      const guint8 *data = g_bytes_get_data (anchors, &length);
      const gnutls_datum_t pem = { (guint8 *) data, (unsigned int) length };

      if (gnutls_x509_trust_list_add_trust_mem (list, &pem, NULL, GNUTLS_X509_FMT_PEM, 0, 0) <= 0)
        return refuse ("the trust anchors cannot be read", error);
    }
  if (gcoap_certificate_credential_get_system_trust (self)
      && gnutls_x509_trust_list_add_system_trust (list, 0, 0) <= 0)
    return refuse ("the trust anchors of the system cannot be read", error);
  return TRUE;
}

static gboolean
check_status (unsigned int status,
              GError     **error)
{
  if ((status & GNUTLS_CERT_EXPIRED) != 0)
    return refuse ("it has expired", error);
  if ((status & GNUTLS_CERT_NOT_ACTIVATED) != 0)
    return refuse ("it is not valid yet", error);
  if ((status & GNUTLS_CERT_SIGNER_NOT_FOUND) != 0)
    return refuse ("nobody who is trusted vouches for it", error);
  if ((status & GNUTLS_CERT_PURPOSE_MISMATCH) != 0)
    return refuse ("it is for another purpose", error);
  return status == 0 || refuse ("it is not valid", error);
}

static gboolean
check_anchors (GcoapCertificateCredential *self,
               GPtrArray                  *certificates,
               gboolean                    is_server,
               GError                    **error)
{
  gnutls_typed_vdata_st purpose = {
    .type = GNUTLS_DT_KEY_PURPOSE_OID,
    .data = (unsigned char *) (is_server ? GNUTLS_KP_TLS_WWW_SERVER : GNUTLS_KP_TLS_WWW_CLIENT),
  };
  gnutls_x509_trust_list_t list;
  unsigned int status = 0;
  gboolean is_good;

  if (gnutls_x509_trust_list_init (&list, 0) < 0)
    return refuse ("there is no memory", error);
  is_good = add_anchors (self, list, error);
  if (is_good && gnutls_x509_trust_list_verify_crt2 (list, (gnutls_x509_crt_t *) certificates->pdata,
                                                    certificates->len, &purpose, 1, 0, &status, NULL) < 0)
    is_good = refuse ("it cannot be verified", error);
  is_good = is_good && check_status (status, error);
  gnutls_x509_trust_list_deinit (list, 1);
  return is_good;
}

/* RFC 7252 §9.1.3.3: the name is in subjectAltName; the common name does not
 * count. GnuTLS would fall back to it, and so it is asked for one first. */
static gboolean
has_alternative_name (gnutls_x509_crt_t certificate)
{
  for (unsigned int i = 0;; i++)
    {
      char name[256];
      size_t size = sizeof name;
      int type = gnutls_x509_crt_get_subject_alt_name (certificate, i, name, &size, NULL);

      if (type == GNUTLS_SAN_DNSNAME || type == GNUTLS_SAN_IPADDRESS)
        return TRUE;
      if (type < 0 && type != GNUTLS_E_SHORT_MEMORY_BUFFER)
        return FALSE;
    }
}

static GcoapClaims *
make_claims (gnutls_x509_crt_t certificate,
             const char       *hash)
{
  g_autoptr (GBytes) subject = NULL;
  gnutls_datum_t name = { NULL, 0 };

  if (gnutls_x509_crt_get_dn3 (certificate, &name, 0) < 0)
    subject = g_bytes_new_static ("", 0);
  else
    subject = g_bytes_new (name.data, name.size);
  gnutls_free (name.data);
  return gcoap_claims_new (GCOAP_CLAIMS_CERTIFICATE, NULL, subject, hash);
}

GcoapClaims *
gcoap_certificate_credential_verify (GcoapCertificateCredential *self,
                                     GPtrArray                  *chain,
                                     const char                 *host,
                                     GError                    **error)
{
  g_autoptr (GPtrArray) certificates = import_chain (chain, error);
  const char *pinned = gcoap_certificate_credential_get_pinned_key (self);
  gboolean has_anchors = gcoap_certificate_credential_peek_trust_anchors (self) != NULL
                         || gcoap_certificate_credential_get_system_trust (self);
  const char *name = gcoap_certificate_credential_get_host_name (self);
  /* Only servers have a name that is asked for. */
  gboolean insecure = host != NULL && gcoap_certificate_credential_get_insecure (self);
  g_autoptr (GBytes) public_key = NULL;
  g_autofree char *hash = NULL;
  gnutls_x509_crt_t own;

  if (certificates == NULL)
    return NULL;
  own = g_ptr_array_index (certificates, 0);
  public_key = gcoap_key_material_get_public (own, error);
  if (public_key == NULL)
    return NULL;
  hash = gcoap_key_material_hash (public_key);
  if (pinned != NULL && g_strcmp0 (pinned, hash) != 0)
    return refuse ("it has another key than the one that is pinned", error), NULL;
  if (insecure)
    return make_claims (own, hash);
  if (pinned == NULL && !has_anchors)
    return refuse ("there are no trust anchors", error), NULL;
  if (has_anchors)
    {
      if (!check_anchors (self, certificates, host != NULL, error))
        return NULL;
      if (host != NULL
          && (!has_alternative_name (own)
              || !gnutls_x509_crt_check_hostname (own, name != NULL ? name : host)))
        return refuse ("it is for another host", error), NULL;
    }
  return make_claims (own, hash);
}
