/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-keygen certificate: one that is signed by its own key. Peers trust it
 * by having it as a trust anchor; it can sign no other. */
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "common/tool-number.h"
#include "gcoap-keygen/keygen-commands.h"
#include "gcoap-keygen/keygen-file.h"
#include "gcoap-keygen/keygen-host.h"
#include "gcoap-keygen/keygen-material.h"

#define DEFAULT_DAYS 365
#define MAX_DAYS 36500
#define DAY (24 * 60 * 60)
/* Clocks of peers differ. */
#define EARLIER (60 * 60)
#define MAX_HOSTS 64
/* RFC 5280 §4.1.2.2: up to 20 bytes, and positive. */
#define SERIAL_LENGTH 16
/* RFC 5280 §A.1 */
#define MAX_COMMON_NAME 64

static GPtrArray *
parse_hosts (char   **names,
             GError **error)
{
  g_autoptr (GPtrArray) hosts = g_ptr_array_new_with_free_func ((GDestroyNotify) keygen_host_free);

  if (names == NULL)
    {
      keygen_options_fail (error, "A certificate needs at least one --host: the name or address of the server.");
      return NULL;
    }
  if (g_strv_length (names) > MAX_HOSTS)
    {
      keygen_options_fail (error, "A certificate can have %d hosts at most.", MAX_HOSTS);
      return NULL;
    }
  for (guint i = 0; names[i] != NULL; i++)
    {
      KeygenHost *host = keygen_host_parse (names[i], error);

      if (host == NULL)
        return NULL;
      g_ptr_array_add (hosts, host);
    }
  return g_steal_pointer (&hosts);
}

/* RFC 7252 §9.1.3.3: the name counts in subjectAltName only. */
static int
set_hosts (gnutls_x509_crt_t certificate,
           GPtrArray        *hosts)
{
  const KeygenHost *first = g_ptr_array_index (hosts, 0);
  gboolean fits = strlen (first->name) <= MAX_COMMON_NAME;
  const char *common_name = fits ? first->name : "self-signed";
  int status = gnutls_x509_crt_set_dn_by_oid (certificate, GNUTLS_OID_X520_COMMON_NAME, 0, common_name,
                                              (unsigned int) strlen (common_name));

  for (guint i = 0; i < hosts->len && status >= 0; i++)
    {
      const KeygenHost *host = g_ptr_array_index (hosts, i);
      gboolean is_address = host->address != NULL;
      const void *data = is_address ? (const void *) g_inet_address_to_bytes (host->address) : host->name;
      gsize length = is_address ? g_inet_address_get_native_size (host->address) : strlen (host->name);

      status = gnutls_x509_crt_set_subject_alt_name (certificate,
                                                     is_address ? GNUTLS_SAN_IPADDRESS : GNUTLS_SAN_DNSNAME,
                                                     data, (unsigned int) length,
                                                     i == 0 ? GNUTLS_FSAN_SET : GNUTLS_FSAN_APPEND);
    }
  return status;
}

static int
set_validity (gnutls_x509_crt_t certificate,
              guint64           days)
{
  guint8 serial[SERIAL_LENGTH];
  time_t now = time (NULL);
  int status;

  randombytes_buf (serial, sizeof serial);
  /* Neither negative nor with a zero in front. */
  serial[0] = (guint8) ((serial[0] & 0x3f) | 0x40);
  status = gnutls_x509_crt_set_version (certificate, 3);
  if (status >= 0)
    status = gnutls_x509_crt_set_serial (certificate, serial, sizeof serial);
  if (status >= 0)
    status = gnutls_x509_crt_set_activation_time (certificate, now - EARLIER);
  if (status >= 0)
    status = gnutls_x509_crt_set_expiration_time (certificate, now + (time_t) days * DAY);
  return status;
}

static int
set_purposes (gnutls_x509_crt_t certificate)
{
  guint8 id[64];
  size_t size = sizeof id;
  int status = gnutls_x509_crt_set_basic_constraints (certificate, 0, -1);

  if (status >= 0)
    status = gnutls_x509_crt_set_key_usage (certificate, GNUTLS_KEY_DIGITAL_SIGNATURE);
  if (status >= 0)
    status = gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_SERVER, 0);
  if (status >= 0)
    status = gnutls_x509_crt_set_key_purpose_oid (certificate, GNUTLS_KP_TLS_WWW_CLIENT, 0);
  if (status >= 0)
    status = gnutls_x509_crt_get_key_id (certificate, GNUTLS_KEYID_USE_SHA1, id, &size);
  if (status >= 0)
    status = gnutls_x509_crt_set_subject_key_id (certificate, id, size);
  return status;
}

static int
sign (gnutls_x509_crt_t     certificate,
      gnutls_x509_privkey_t key)
{
  gnutls_digest_algorithm_t digest = GNUTLS_DIG_SHA256;
  gnutls_privkey_t signer = NULL;
  gnutls_pubkey_t public_key = NULL;
  int status = gnutls_privkey_init (&signer);

  if (status >= 0)
    status = gnutls_privkey_import_x509 (signer, key, 0);
  if (status >= 0)
    status = gnutls_pubkey_init (&public_key);
  if (status >= 0)
    status = gnutls_pubkey_import_privkey (public_key, signer, 0, 0);
  if (status >= 0)
    status = gnutls_pubkey_get_preferred_hash_algorithm (public_key, &digest, NULL);
  if (status >= 0)
    status = gnutls_x509_crt_privkey_sign (certificate, certificate, signer, digest, 0);
  g_clear_pointer (&public_key, gnutls_pubkey_deinit);
  g_clear_pointer (&signer, gnutls_privkey_deinit);
  return status;
}

static KeygenText *
make_certificate (gnutls_x509_privkey_t key,
                  GPtrArray            *hosts,
                  guint64               days,
                  GError              **error)
{
  gnutls_x509_crt_t certificate = NULL;
  gnutls_datum_t pem = { NULL, 0 };
  KeygenText *text = NULL;
  int status = gnutls_x509_crt_init (&certificate);

  if (status >= 0)
    status = set_validity (certificate, days);
  if (status >= 0)
    status = set_hosts (certificate, hosts);
  if (status >= 0)
    status = gnutls_x509_crt_set_key (certificate, key);
  if (status >= 0)
    status = set_purposes (certificate);
  if (status >= 0)
    status = sign (certificate, key);
  if (status >= 0)
    status = gnutls_x509_crt_export2 (certificate, GNUTLS_X509_FMT_PEM, &pem);
  if (status < 0)
    keygen_material_fail (status, "The certificate cannot be made", error);
  else
    {
      text = keygen_text_new ();
      keygen_text_append (text, (const char *) pem.data, (gssize) pem.size);
    }
  gnutls_free (pem.data);
  g_clear_pointer (&certificate, gnutls_x509_crt_deinit);
  return text;
}

static gboolean
print (const KeygenOptions *options,
       GPtrArray           *hosts,
       const char          *hash,
       GError             **error)
{
  g_autoptr (KeygenText) text = keygen_text_new ();
  g_autoptr (KeygenText) own = keygen_text_new ();
  g_autoptr (KeygenText) trusting = keygen_text_new ();
  g_autoptr (KeygenText) pinning = keygen_text_new ();
  g_autofree char *name = keygen_file_dup_name (options->arguments[0]);
  g_autofree char *key = keygen_file_dup_name (options->key);
  g_autofree char *host = keygen_host_dup_pattern (g_ptr_array_index (hosts, 0), "");

  keygen_text_append (own, "{\"certificate\": ", -1);
  keygen_text_append_json (own, name);
  keygen_text_append (own, ", \"key\": ", -1);
  keygen_text_append_json (own, key);
  keygen_text_append (own, "}", -1);
  keygen_text_append (trusting, "{\"trust-anchors\": ", -1);
  keygen_text_append_json (trusting, name);
  keygen_text_append (trusting, "}", -1);
  keygen_text_append_all (pinning, "{\"pin\": \"", hash, "\"}", NULL);

  keygen_text_append_all (text, hash, "\n\n# A server with this certificate:\n", NULL);
  keygen_text_append_own (text, own);
  keygen_text_append (text, "\n# A client that trusts it:\n", -1);
  keygen_text_append_client (text, host, trusting);
  keygen_text_append (text, "\n# A client that knows only the hash of its key:\n", -1);
  keygen_text_append_client (text, host, pinning);
  return keygen_text_print (text, error);
}

/* Else --force would replace the key by its certificate. */
static gboolean
check_two_files (const char *path,
                 const char *key_path,
                 GError    **error)
{
  struct stat a, b;

  if (stat (path, &a) != 0 || stat (key_path, &b) != 0 || a.st_dev != b.st_dev || a.st_ino != b.st_ino)
    return TRUE;
  return keygen_options_fail (error, "%s is the file with the key; the certificate needs another.", path);
}

static gboolean
run (const KeygenOptions  *options,
     GPtrArray            *hosts,
     guint64               days,
     gnutls_x509_privkey_t key,
     GError              **error)
{
  g_autofree char *hash = keygen_material_hash_key (key, error);
  g_autoptr (KeygenText) pem = NULL;

  if (hash == NULL)
    return FALSE;
  pem = make_certificate (key, hosts, days, error);
  return pem != NULL
         && keygen_file_write (options->arguments[0], pem, options->force, error)
         && print (options, hosts, hash, error);
}

gboolean
keygen_certificate_run (const KeygenOptions *options,
                        GError             **error)
{
  const char *path = options->arguments[0];
  g_autoptr (GPtrArray) hosts = NULL;
  g_autoptr (KeygenText) content = NULL;
  guint64 days = DEFAULT_DAYS;
  gnutls_x509_privkey_t key;
  gboolean is_good;

  if (options->key == NULL)
    return keygen_options_fail (error, "A certificate needs --key: a private key, as “gcoap-keygen key” makes it.");
  hosts = parse_hosts (options->hosts, error);
  if (hosts == NULL
      || (options->days != NULL
          && !tool_parse_uint (options->days, "The number of days", 1, MAX_DAYS, &days, error))
      || !check_two_files (path, options->key, error)
      || !keygen_file_check (path, options->force, error))
    return FALSE;
  content = keygen_file_read (options->key, TRUE, error);
  if (content == NULL)
    return FALSE;
  key = keygen_material_read_key (content, options->key, error);
  if (key == NULL)
    return FALSE;
  is_good = run (options, hosts, days, key, error);
  gnutls_x509_privkey_deinit (key);
  return is_good;
}
