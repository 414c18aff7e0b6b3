/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The only place where keys and certificates are read. GnuTLS checks them; its
 * errors say what is wrong and hold nothing of what was read. */
#include "credentials/gcoap-key-material-private.h"

#include <gnutls/abstract.h>
#include <sodium.h>
#include <string.h>

#include "base/gcoap-error.h"

#define HASH_PREFIX "sha256:"
#define HASH_DIGITS 64

gboolean
gcoap_key_material_fail (const char *what,
                         int         status,
                         GError    **error)
{
  g_autofree char *reason = g_strdup (gnutls_strerror (status));

  g_strchomp (reason);
  if (g_str_has_suffix (reason, "."))
    reason[strlen (reason) - 1] = '\0';
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "%s: %s.", what, reason);
  return FALSE;
}

static GBytes *
export_public (gnutls_pubkey_t key,
               GError        **error)
{
  gnutls_datum_t der = { NULL, 0 };
  GBytes *bytes = NULL;
  int status = gnutls_pubkey_export2 (key, GNUTLS_X509_FMT_DER, &der);

  if (status < 0)
    gcoap_key_material_fail ("A public key cannot be encoded", status, error);
  else
    bytes = g_bytes_new (der.data, der.size);
  gnutls_free (der.data);
  return bytes;
}

/* A key in DER or PEM, as PKCS #8 without a password or in an older form. */
static int
import_private (gnutls_x509_privkey_t key,
                const guint8         *data,
                gsize                 length)
{
  const gnutls_datum_t datum = { (guint8 *) data, (unsigned int) length };
  gboolean is_pem = length > 10 && g_strstr_len ((const char *) data, (gssize) length, "-----BEGIN ") != NULL;

  /* Without a password it must not ask for one. */
  return gnutls_x509_privkey_import2 (key, &datum, is_pem ? GNUTLS_X509_FMT_PEM : GNUTLS_X509_FMT_DER,
                                      NULL, 0);
}

static GcoapSecret *
export_private (gnutls_x509_privkey_t key,
                GError              **error)
{
  gnutls_datum_t der = { NULL, 0 };
  GcoapSecret *secret = NULL;
  int status = gnutls_x509_privkey_export2_pkcs8 (key, GNUTLS_X509_FMT_DER, NULL, GNUTLS_PKCS_PLAIN, &der);

  if (status < 0)
    gcoap_key_material_fail ("A private key cannot be encoded", status, error);
  else
    secret = gcoap_secret_new (der.data, der.size, error);
  if (der.data != NULL)
    sodium_memzero (der.data, der.size);
  gnutls_free (der.data);
  return secret;
}

static GBytes *
derive_public (gnutls_x509_privkey_t private_key,
               GError              **error)
{
  gnutls_privkey_t abstract = NULL;
  gnutls_pubkey_t key = NULL;
  GBytes *bytes = NULL;
  int status = gnutls_privkey_init (&abstract);

  if (status >= 0)
    status = gnutls_privkey_import_x509 (abstract, private_key, 0);
  if (status >= 0)
    status = gnutls_pubkey_init (&key);
  if (status >= 0)
    status = gnutls_pubkey_import_privkey (key, abstract, 0, 0);
  if (status < 0)
    gcoap_key_material_fail ("A private key has no public one", status, error);
  else
    bytes = export_public (key, error);
  if (key != NULL)
    gnutls_pubkey_deinit (key);
  if (abstract != NULL)
    gnutls_privkey_deinit (abstract);
  return bytes;
}

GcoapSecret *
gcoap_key_material_read_private (const guint8 *data,
                                 gsize         length,
                                 GBytes      **public_key,
                                 GError      **error)
{
  gnutls_x509_privkey_t key = NULL;
  g_autoptr (GBytes) derived = NULL;
  GcoapSecret *secret = NULL;
  int status;

  if (length > GCOAP_SECRET_MAX_LENGTH)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "A private key of %" G_GSIZE_FORMAT " bytes is longer than the limit of %d.",
                   length, GCOAP_SECRET_MAX_LENGTH);
      return NULL;
    }
  status = gnutls_x509_privkey_init (&key);
  if (status >= 0)
    status = import_private (key, data, length);
  if (status < 0)
    gcoap_key_material_fail ("The private key cannot be read", status, error);
  else
    derived = derive_public (key, error);
  if (derived != NULL)
    secret = export_private (key, error);
  if (key != NULL)
    gnutls_x509_privkey_deinit (key);
  if (secret != NULL)
    *public_key = g_steal_pointer (&derived);
  return secret;
}

char *
gcoap_key_material_hash (GBytes *public_key)
{
  g_autofree char *digits = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, public_key);

  return g_strconcat (HASH_PREFIX, digits, NULL);
}

char *
gcoap_key_material_parse_hash (const char *text)
{
  const char *digits = text + strlen (HASH_PREFIX);

  if (!g_str_has_prefix (text, HASH_PREFIX) || strlen (digits) != HASH_DIGITS
      || strspn (digits, "0123456789abcdefABCDEF") != HASH_DIGITS)
    return NULL;
  return g_ascii_strdown (text, -1);
}

GBytes *
gcoap_key_material_get_public (gnutls_x509_crt_t certificate,
                               GError          **error)
{
  gnutls_pubkey_t key = NULL;
  GBytes *bytes = NULL;
  int status = gnutls_pubkey_init (&key);

  if (status >= 0)
    status = gnutls_pubkey_import_x509 (key, certificate, 0);
  if (status < 0)
    gcoap_key_material_fail ("The public key of a certificate cannot be read", status, error);
  else
    bytes = export_public (key, error);
  if (key != NULL)
    gnutls_pubkey_deinit (key);
  return bytes;
}

static void
free_certificate (gpointer certificate)
{
  gnutls_x509_crt_deinit (certificate);
}

GPtrArray *
gcoap_key_material_read_certificates (GBytes  *pem,
                                      guint    max,
                                      GError **error)
{
  GPtrArray *certificates;
  gnutls_x509_crt_t *list = NULL;
  unsigned int n = 0;
  gsize length;
  const guint8 *data = g_bytes_get_data (pem, &length);
  const gnutls_datum_t datum = { (guint8 *) data, (unsigned int) length };
  int status = length > 0 && length <= G_MAXINT
               ? gnutls_x509_crt_list_import2 (&list, &n, &datum, GNUTLS_X509_FMT_PEM, 0)
               : GNUTLS_E_NO_CERTIFICATE_FOUND;

  if (status < 0)
    {
      gcoap_key_material_fail ("The certificates cannot be read", status, error);
      return NULL;
    }
  certificates = g_ptr_array_new_with_free_func (free_certificate);
  for (unsigned int i = 0; i < n; i++)
    g_ptr_array_add (certificates, list[i]);
  gnutls_free (list);
  if (n == 0 || n > max)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "There are %u certificates; 1 to %u are taken.", n, max);
      g_clear_pointer (&certificates, g_ptr_array_unref);
    }
  return certificates;
}
