/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* settings.json and secret.json. */
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"
#include "providers/oscore/gcoap-oscore-settings-private.h"

#define SETTINGS "{\"sender-id_hex\": \"01\", \"recipient-id_ascii\": \"b\"}"
#define SECRET "{\"secret_ascii\": \"0123456789abcdef\"}"

static GcoapOscoreCredential *
read_texts (const char *settings,
            const char *secret,
            gboolean   *has_secret,
            GError    **error)
{
  g_autoptr (GBytes) first = settings != NULL ? g_bytes_new_static (settings, strlen (settings)) : NULL;
  g_autoptr (GBytes) second = secret != NULL ? g_bytes_new_static (secret, strlen (secret)) : NULL;

  return gcoap_oscore_settings_read (first, "d/settings.json", second, "d/secret.json", has_secret, error);
}

static void
test_all (void)
{
  g_autoptr (GError) error = NULL;
  gboolean has_secret = TRUE;
  g_autoptr (GcoapOscoreCredential) plain = read_texts (SETTINGS, SECRET, &has_secret, &error);
  g_autoptr (GcoapOscoreCredential) full = NULL;
  GcoapOscoreParameters *parameters;

  g_assert_no_error (error);
  g_assert_false (has_secret);
  parameters = gcoap_oscore_credential_peek_parameters (plain);
  g_assert_cmpint (parameters->algorithm, ==, 10);
  g_assert_cmpstr (parameters->hash, ==, "sha256");
  g_assert_cmpuint (parameters->window, ==, 32);
  g_assert_null (parameters->master_salt);
  g_assert_null (parameters->id_context);
  g_assert_cmpmem (g_bytes_get_data (gcoap_oscore_credential_get_sender_id (plain), NULL), 1, "\1", 1);
  g_assert_cmpmem (g_bytes_get_data (gcoap_oscore_credential_get_recipient_id (plain), NULL), 1, "b", 1);

  full = read_texts ("{\"sender-id_hex\": \"\", \"recipient-id_hex\": \"Aa\", \"id-context_hex\": \"\", \"window\": 1024,"
                     " \"kdf-hashfun\": \"sha512\", \"algorithm\": \"ChaCha20/Poly1305\", \"salt_hex\": \"00\","
                     " \"secret_ascii\": \"0123456789abcdef\"}", NULL, &has_secret, &error);
  g_assert_no_error (error);
  g_assert_true (has_secret);
  parameters = gcoap_oscore_credential_peek_parameters (full);
  g_assert_cmpint (parameters->algorithm, ==, 24);
  g_assert_cmpstr (parameters->hash, ==, "sha512");
  g_assert_cmpuint (parameters->window, ==, 1024);
  g_assert_cmpuint (g_bytes_get_size (parameters->master_salt), ==, 1);
  g_assert_cmpuint (g_bytes_get_size (parameters->id_context), ==, 0);
  g_assert_false (gcoap_credential_equal (GCOAP_CREDENTIAL (plain), GCOAP_CREDENTIAL (full)));
}

static void
test_errors (void)
{
  static const struct { const char *settings; const char *secret; const char *reason; } cases[] = {
    { NULL, NULL, "“secret_hex” is missing in “d/settings.json” and “d/secret.json”" },
    { SETTINGS, NULL, "“secret_hex” is missing" },
    { NULL, SECRET, "“sender-id_hex” is missing" },
    { "{\"sender-id_hex\": \"\"}", SECRET, "“recipient-id_hex” is missing" },
    { "[]", SECRET, "must be a map" },
    { "{", SECRET, "d/settings.json" },
    { SETTINGS, "{\n \"key\": 1}", "“d/secret.json” is invalid: “key” has no meaning in an OSCORE context (line 2, column 2)" },
    { SETTINGS, "{\"secret\": \"x\"}", "“secret” has no meaning" },
    { "{\"windows\": 1}", SECRET, "“windows” has no meaning" },
    { "{\"sender-id_hex\": \"01\", \"sender-id_ascii\": \"b\"}", SECRET, "“sender-id” is there twice" },
    { SETTINGS, "{\"sender-id_hex\": \"01\", \"secret_ascii\": \"0123456789abcdef\"}", "twice, in this file or in the other one" },
    { "{\"sender-id_hex\": \"0102030405060708\"}", SECRET, "more than 7 bytes" },
    { "{\"sender-id_hex\": \"0\"}", SECRET, "hexadecimal" },
    { "{\"sender-id_hex\": \"0x\"}", SECRET, "hexadecimal" },
    { "{\"sender-id_hex\": 1}", SECRET, "must be text" },
    { "{\"sender-id_ascii\": \"ä\"}", SECRET, "must be ASCII" },
    { "{\"algorithm\": \"AES\"}", SECRET, "“algorithm” must be" },
    { "{\"algorithm\": 4}", SECRET, "“algorithm” must be" },
    { "{\"kdf-hashfun\": \"sha384\"}", SECRET, "“kdf-hashfun” must be" },
    { "{\"window\": 0}", SECRET, "1 to 1024" },
    { "{\"window\": 1025}", SECRET, "1 to 1024" },
    { "{\"sender-id_hex\": \"01\", \"recipient-id_hex\": \"01\"}", SECRET, "differ" },
    { SETTINGS, "{\"secret_ascii\": \"short\"}", "16 to 64 bytes" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean has_secret;

      g_assert_null (read_texts (cases[i].settings, cases[i].secret, &has_secret, &error));
      g_assert_true (error->domain == GCOAP_ERROR);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, cases[i].reason));
      g_assert_null (strstr (error->message, "0123456789"));
    }
  g_assert_cmpuint (gcoap_secret_get_used (), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-settings/all", test_all);
  g_test_add_func ("/oscore-settings/errors", test_errors);
  return g_test_run ();
}
