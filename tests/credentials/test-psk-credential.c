/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limits of pre-shared keys, and that no error holds one. */
#include "credentials/gcoap-credential-secrets-private.h"

#include <string.h>

#include "base/gcoap-error.h"

static GcoapPskCredential *
new_psk (gsize    identity_length,
         char     fill,
         gsize    key_length,
         GError **error)
{
  g_autofree char *identity_text = g_strnfill (identity_length, 'i');
  g_autofree char *key_text = g_strnfill (key_length, fill);
  g_autoptr (GBytes) identity = g_bytes_new (identity_text, identity_length);
  g_autoptr (GBytes) key = g_bytes_new (key_text, key_length);

  return gcoap_psk_credential_new (identity, key, error);
}

static void
test_limits (void)
{
  static const gsize bad[][2] = {
    { 0, 1 }, { GCOAP_PSK_MAX_IDENTITY + 1, 1 }, { 1, 0 }, { 1, GCOAP_PSK_MAX_KEY + 1 },
  };
  g_autoptr (GcoapPskCredential) largest = new_psk (GCOAP_PSK_MAX_IDENTITY, 'k', GCOAP_PSK_MAX_KEY, NULL);

  g_assert_cmpuint (g_bytes_get_size (gcoap_psk_credential_get_identity (largest)), ==, GCOAP_PSK_MAX_IDENTITY);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (new_psk (bad[i][0], 'Z', bad[i][1], &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_assert_null (strstr (error->message, "Z"));
    }
}

static void
test_equal (void)
{
  g_autoptr (GcoapPskCredential) psk = new_psk (2, 'k', 3, NULL);
  g_autoptr (GcoapPskCredential) same = new_psk (2, 'k', 3, NULL);
  g_autoptr (GcoapPskCredential) identity = new_psk (3, 'k', 3, NULL);
  g_autoptr (GcoapPskCredential) key = new_psk (2, 'l', 3, NULL);

  g_assert_true (gcoap_credential_equal (GCOAP_CREDENTIAL (psk), GCOAP_CREDENTIAL (same)));
  g_assert_false (gcoap_credential_equal (GCOAP_CREDENTIAL (psk), GCOAP_CREDENTIAL (identity)));
  g_assert_false (gcoap_credential_equal (GCOAP_CREDENTIAL (psk), GCOAP_CREDENTIAL (key)));
  gcoap_credential_set_security (GCOAP_CREDENTIAL (same), GCOAP_SECURITY_TLS);
  g_assert_false (gcoap_credential_equal (GCOAP_CREDENTIAL (psk), GCOAP_CREDENTIAL (same)));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/psk-credential/limits", test_limits);
  g_test_add_func ("/psk-credential/equal", test_equal);
  return g_test_run ();
}
