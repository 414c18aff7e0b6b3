/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Credential maps in files: permissions, names relative to them, and that the
 * store is as it was until all is read. */
#include <glib/gstdio.h>
#include <gnutls/x509.h>
#include <string.h>
#include <sys/stat.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"
#include "helpers/test-certificates.h"

typedef struct
{
  char                 *directory;
  char                 *path;
  GcoapCredentialStore *store;
  gboolean              is_done;
  gboolean              success;
  GError               *error;
} Fixture;

static void
write_file (Fixture    *self,
            const char *name,
            const char *text,
            gssize      length,
            int         mode)
{
  g_autofree char *path = g_build_filename (self->directory, name, NULL);

  g_assert_true (g_file_set_contents (path, text, length, NULL));
  g_assert_cmpint (g_chmod (path, (mode_t) mode), ==, 0);
}

static void
write_key (Fixture *self,
           int      mode)
{
  gnutls_x509_privkey_t key;
  gnutls_datum_t pem;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem), ==, 0);
  write_file (self, "key.pem", (const char *) pem.data, pem.size, mode);
  gnutls_free (pem.data);
  gnutls_x509_privkey_deinit (key);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->directory = g_dir_make_tmp ("gcoap-credentials-XXXXXX", NULL);
  self->path = g_build_filename (self->directory, "map.json", NULL);
  self->store = gcoap_credential_store_new ();
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  static const char *const names[] = { "key.pem", "own.pem", "ca.pem" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, names[i], NULL);

      g_remove (path);
    }
  g_remove (self->path);
  g_rmdir (self->directory);
  g_free (self->directory);
  g_free (self->path);
  g_clear_error (&self->error);
  g_object_unref (self->store);
}

static void
loaded_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Fixture *self = user_data;

  g_assert_cmpuint (gcoap_credential_store_get_serial (self->store), ==, 0);
  self->success = gcoap_credential_store_load_finish (GCOAP_CREDENTIAL_STORE (source), result, &self->error);
  self->is_done = TRUE;
}

static void
load (Fixture      *self,
      GCancellable *cancellable)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->path);

  self->is_done = FALSE;
  g_clear_error (&self->error);
  gcoap_credential_store_load_async (self->store, file, cancellable, loaded_cb, self);
  while (!self->is_done)
    g_main_context_iteration (NULL, TRUE);
}

static void
assert_fails (Fixture    *self,
              gint        code,
              const char *message)
{
  load (self, NULL);
  g_assert_false (self->success);
  g_assert_error (self->error, GCOAP_ERROR, code);
  g_test_message ("%s", self->error->message);
  g_assert_nonnull (strstr (self->error->message, message));
  g_assert_cmpuint (gcoap_credential_store_get_serial (self->store), ==, 0);
}

#define PSK_MAP "{\"*\": {\"dtls\": {\"psk\": {\"ascii\": \"k\"}, \"client-identity\": {\"ascii\": \"i\"}}}}"
#define OPEN_MAP "{\"coap://h/*\": {\"oscore\": {\"basedir\": \"context\"}}}"

static void
test_modes (Fixture       *self,
            gconstpointer  data)
{
  assert_fails (self, GCOAP_ERROR_FAILED, "No such file");
  write_file (self, "map.json", PSK_MAP, -1, 0640);
  assert_fails (self, GCOAP_ERROR_PERMISSION, "others may read it (mode 640)");
  write_file (self, "map.json", PSK_MAP, -1, 0604);
  assert_fails (self, GCOAP_ERROR_PERMISSION, "others may read it (mode 604)");
  write_file (self, "map.json", OPEN_MAP, -1, 0664);
  assert_fails (self, GCOAP_ERROR_PERMISSION, "Others may write");
  write_file (self, "map.json", "{\n\"*\": {}}", -1, 0600);
  assert_fails (self, GCOAP_ERROR_MALFORMED, "map.json”: Invalid credentials: this entry says nothing (line 2, column 6).");
  write_file (self, "map.json", PSK_MAP, -1, 0600);
  load (self, NULL);
  g_assert_no_error (self->error);
  g_assert_true (self->success);
  g_assert_nonnull (gcoap_credential_store_lookup (self->store, "coaps://h/", GCOAP_SECURITY_DTLS, NULL));
  g_assert_cmpuint (gcoap_credential_store_get_serial (self->store), ==, 1);
}

/* Without secrets others may read it. */
static void
test_relative (Fixture       *self,
               gconstpointer  data)
{
  g_autofree char *expected = g_build_filename (self->directory, "context", NULL);
  GcoapCredential *found;

  write_file (self, "map.json", OPEN_MAP, -1, 0644);
  load (self, NULL);
  g_assert_no_error (self->error);
  found = gcoap_credential_store_lookup (self->store, "coap://h/", GCOAP_SECURITY_OSCORE, NULL);
  g_assert_cmpstr (gcoap_oscore_credential_get_directory (GCOAP_OSCORE_CREDENTIAL (found)), ==, expected);
}

static void
test_key (Fixture       *self,
          gconstpointer  data)
{
  write_file (self, "map.json", "{\"server\": {\"own\": {\"dtls\": {\"key\": \"key.pem\"}}}}", -1, 0644);
  write_file (self, "key.pem", "no key", -1, 0600);
  assert_fails (self, GCOAP_ERROR_MALFORMED, "private key cannot be read");
  write_key (self, 0644);
  assert_fails (self, GCOAP_ERROR_PERMISSION, "mode 644");
  write_key (self, 0600);
  load (self, NULL);
  g_assert_no_error (self->error);
  g_assert_nonnull (gcoap_credential_store_get_own (self->store, GCOAP_TYPE_RAW_PUBLIC_KEY_CREDENTIAL, GCOAP_SECURITY_DTLS));
  g_assert_null (gcoap_credential_store_get_own (self->store, GCOAP_TYPE_RAW_PUBLIC_KEY_CREDENTIAL, GCOAP_SECURITY_TLS));
}

static void
write_bytes (Fixture    *self,
             const char *name,
             GBytes     *bytes)
{
  write_file (self, name, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), 0600);
}

/* Certificates of either side, from files that are named relative to the map. */
static void
test_certificates (Fixture       *self,
                   gconstpointer  data)
{
  static const char map[] =
    "{\"coaps+tcp://h/*\": {\"tls\": {\"certificate\": \"own.pem\", \"key\": \"key.pem\","
    " \"trust-anchors\": \"ca.pem\", \"host-name\": \"host.example\"}},"
    " \"server\": {\"own\": {\"tls\": {\"certificate\": \"own.pem\", \"key\": \"key.pem\","
    " \"trust-anchors\": \"ca.pem\"}}}}";
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  g_autoptr (GBytes) pem = NULL;
  g_autoptr (GBytes) der = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) ca_pem = NULL;
  g_autoptr (GBytes) ca_der = NULL;
  g_autoptr (GBytes) ca_key = NULL;
  g_autoptr (GcoapClaims) claims = NULL;
  g_autoptr (GError) error = NULL;
  GcoapCredential *found;

  test_certificate_make (time (NULL) + 3600, &pem, &der, &key);
  test_certificate_make (time (NULL) + 3600, &ca_pem, &ca_der, &ca_key);
  write_file (self, "map.json", map, -1, 0600);
  write_bytes (self, "own.pem", pem);
  write_bytes (self, "ca.pem", ca_pem);
  write_bytes (self, "key.pem", ca_key);
  assert_fails (self, GCOAP_ERROR_INVALID_ARGUMENT, "does not belong to the certificate");
  write_bytes (self, "key.pem", key);
  write_file (self, "ca.pem", "no certificate", -1, 0600);
  assert_fails (self, GCOAP_ERROR_MALFORMED, "(line 1");
  write_bytes (self, "ca.pem", ca_pem);
  load (self, NULL);
  g_assert_no_error (self->error);

  found = gcoap_credential_store_lookup (self->store, "coaps+tcp://h/a", GCOAP_SECURITY_TLS, NULL);
  g_ptr_array_add (chain, ca_der);
  claims = gcoap_certificate_credential_verify (GCOAP_CERTIFICATE_CREDENTIAL (found), chain, "h", &error);
  g_assert_no_error (error);
  found = gcoap_credential_store_get_own (self->store, GCOAP_TYPE_CERTIFICATE_CREDENTIAL, GCOAP_SECURITY_TLS);
  g_assert_nonnull (gcoap_certificate_credential_get_key_hash (GCOAP_CERTIFICATE_CREDENTIAL (found)));
  g_assert_null (gcoap_credential_store_get_own (self->store, GCOAP_TYPE_CERTIFICATE_CREDENTIAL, GCOAP_SECURITY_DTLS));
}

static void
test_many_files (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr (GString) map = g_string_new ("{\"server\": {\"own\": [");

  write_key (self, 0600);
  for (guint i = 0; i <= GCOAP_CREDENTIAL_MAX_FILES; i++)
    g_string_append (map, "{\"dtls\": {\"key\": \"key.pem\"}},");
  g_string_append (map, "]}}");
  write_file (self, "map.json", map->str, -1, 0600);
  assert_fails (self, GCOAP_ERROR_LIMIT, "more than 1024 files");
}

static void
test_cancel (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  write_file (self, "map.json", PSK_MAP, -1, 0600);
  g_cancellable_cancel (cancellable);
  load (self, cancellable);
  g_assert_error (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (gcoap_credential_store_get_serial (self->store), ==, 0);
}

static void
test_large (Fixture       *self,
            gconstpointer  data)
{
  g_autofree char *text = g_strnfill (GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE + 1, ' ');

  write_file (self, "map.json", text, -1, 0600);
  assert_fails (self, GCOAP_ERROR_TOO_LARGE, "1048576 bytes");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/credential-store-load/modes", Fixture, NULL, set_up, test_modes, tear_down);
  g_test_add ("/credential-store-load/relative", Fixture, NULL, set_up, test_relative, tear_down);
  g_test_add ("/credential-store-load/key", Fixture, NULL, set_up, test_key, tear_down);
  g_test_add ("/credential-store-load/certificates", Fixture, NULL, set_up, test_certificates, tear_down);
  g_test_add ("/credential-store-load/many-files", Fixture, NULL, set_up, test_many_files, tear_down);
  g_test_add ("/credential-store-load/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/credential-store-load/large", Fixture, NULL, set_up, test_large, tear_down);
  return g_test_run ();
}
