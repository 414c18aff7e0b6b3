/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keys and certificates as GnuTLS reads and writes them. */
#include "gcoap-keygen/keygen-material.h"

#include <sodium.h>
#include <string.h>

G_DEFINE_QUARK (keygen-material-error-quark, keygen_material_error)

gboolean
keygen_material_fail (int         status,
                      const char *what,
                      GError    **error)
{
  g_autofree char *reason = g_strdup (gnutls_strerror (status));

  g_strchomp (reason);
  if (g_str_has_suffix (reason, "."))
    reason[strlen (reason) - 1] = '\0';
  g_set_error (error, KEYGEN_MATERIAL_ERROR, status, "%s: %s.", what, reason);
  return FALSE;
}

KeygenText *
keygen_material_export (gnutls_x509_privkey_t key,
                        GError              **error)
{
  gnutls_datum_t pem = { NULL, 0 };
  KeygenText *text = NULL;
  int status = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_PEM, NULL, GNUTLS_PKCS_PLAIN, &pem);

  if (status < 0)
    keygen_material_fail (status, "The key cannot be encoded", error);
  else
    {
      text = keygen_text_new ();
      keygen_text_append (text, (const char *) pem.data, (gssize) pem.size);
    }
  if (pem.data != NULL)
    sodium_memzero (pem.data, pem.size);
  gnutls_free (pem.data);
  return text;
}

static gnutls_datum_t
get_datum (KeygenText *content)
{
  return (gnutls_datum_t) { (unsigned char *) keygen_text_peek (content),
                            (unsigned int) keygen_text_get_length (content) };
}

static gboolean
has_label (KeygenText *content,
           const char *label)
{
  return g_strstr_len (keygen_text_peek (content), (gssize) keygen_text_get_length (content), label) != NULL;
}

static gnutls_x509_crt_fmt_t
get_format (KeygenText *content)
{
  return has_label (content, "-----BEGIN ") ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER;
}

static int
import_key (KeygenText            *content,
            gnutls_x509_privkey_t *key)
{
  const gnutls_datum_t datum = get_datum (content);
  int status = gnutls_x509_privkey_init (key);

  /* Without a password it does not ask for one. */
  if (status >= 0)
    status = gnutls_x509_privkey_import2 (*key, &datum, get_format (content), NULL, 0);
  if (status < 0)
    {
      gnutls_x509_privkey_deinit (*key);
      *key = NULL;
    }
  return status;
}

gnutls_x509_privkey_t
keygen_material_read_key (KeygenText *content,
                          const char *path,
                          GError    **error)
{
  gnutls_x509_privkey_t key = NULL;
  int status = import_key (content, &key);

  if (status == GNUTLS_E_DECRYPTION_FAILED)
    g_set_error (error, KEYGEN_MATERIAL_ERROR, status,
                 "The private key in %s is encrypted; keys without a password alone can be used.", path);
  else if (status < 0)
    {
      g_autofree char *what = g_strdup_printf ("%s holds no private key that can be read", path);

      keygen_material_fail (status, what, error);
    }
  return key;
}

gnutls_pubkey_t
keygen_material_get_public (gnutls_x509_privkey_t key,
                            GError              **error)
{
  gnutls_privkey_t abstract = NULL;
  gnutls_pubkey_t public_key = NULL;
  int status = gnutls_privkey_init (&abstract);

  if (status >= 0)
    status = gnutls_privkey_import_x509 (abstract, key, 0);
  if (status >= 0)
    status = gnutls_pubkey_init (&public_key);
  if (status >= 0)
    status = gnutls_pubkey_import_privkey (public_key, abstract, 0, 0);
  if (status < 0)
    {
      keygen_material_fail (status, "The private key has no public one", error);
      g_clear_pointer (&public_key, gnutls_pubkey_deinit);
    }
  g_clear_pointer (&abstract, gnutls_privkey_deinit);
  return public_key;
}

char *
keygen_material_hash_public (gnutls_pubkey_t key,
                             GError        **error)
{
  gnutls_datum_t der = { NULL, 0 };
  int status = gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der);
  g_autofree char *digits = NULL;

  if (status < 0)
    {
      keygen_material_fail (status, "The public key cannot be encoded", error);
      return NULL;
    }
  digits = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der.data, der.size);
  gnutls_free (der.data);
  return g_strconcat ("sha256:", digits, NULL);
}

char *
keygen_material_hash_key (gnutls_x509_privkey_t key,
                          GError              **error)
{
  gnutls_pubkey_t public_key = keygen_material_get_public (key, error);
  char *hash;

  if (public_key == NULL)
    return NULL;
  hash = keygen_material_hash_public (public_key, error);
  gnutls_pubkey_deinit (public_key);
  return hash;
}

/* The public key of the first certificate. */
static int
import_certificate (KeygenText      *content,
                    gnutls_pubkey_t  key)
{
  const gnutls_datum_t datum = get_datum (content);
  gnutls_x509_crt_t certificate = NULL;
  int status = gnutls_x509_crt_init (&certificate);

  if (status >= 0)
    status = gnutls_x509_crt_import (certificate, &datum, get_format (content));
  if (status >= 0)
    status = gnutls_pubkey_import_x509 (key, certificate, 0);
  g_clear_pointer (&certificate, gnutls_x509_crt_deinit);
  return status;
}

static char *
hash_certificate_or_public (KeygenText *content)
{
  const gnutls_datum_t datum = get_datum (content);
  gnutls_pubkey_t key = NULL;
  char *hash = NULL;

  if (gnutls_pubkey_init (&key) < 0)
    return NULL;
  if (import_certificate (content, key) >= 0)
    hash = keygen_material_hash_public (key, NULL);
  gnutls_pubkey_deinit (key);
  if (hash != NULL || gnutls_pubkey_init (&key) < 0)
    return hash;
  if (gnutls_pubkey_import (key, &datum, get_format (content)) >= 0)
    hash = keygen_material_hash_public (key, NULL);
  gnutls_pubkey_deinit (key);
  return hash;
}

char *
keygen_material_hash_any (KeygenText *content,
                          const char *path,
                          GError    **error)
{
  char *hash = hash_certificate_or_public (content);
  gnutls_x509_privkey_t key = NULL;

  if (hash != NULL)
    return hash;
  if (has_label (content, "PRIVATE KEY-----"))
    {
      key = keygen_material_read_key (content, path, error);
      if (key == NULL)
        return NULL;
    }
  else if (import_key (content, &key) < 0)
    {
      g_set_error (error, KEYGEN_MATERIAL_ERROR, GNUTLS_E_PARSING_ERROR,
                   "%s holds neither a certificate nor a key that can be read.", path);
      return NULL;
    }
  hash = keygen_material_hash_key (key, error);
  gnutls_x509_privkey_deinit (key);
  return hash;
}
