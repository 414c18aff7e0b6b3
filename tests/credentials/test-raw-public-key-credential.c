/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "credentials/gcoap-raw-public-key-credential.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/test-certificates.h"

#define HASH "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define UPPER "sha256:0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF"
#define OTHER "sha256:ffff456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void
test_all (void)
{
  static const char *const none[] = { NULL };
  static const char *const one[] = { UPPER, NULL };
  static const char *const bad[] = { HASH, "sha256:xy", NULL };
  g_autoptr (GBytes) pem = NULL;
  g_autoptr (GBytes) der = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapRawPublicKeyCredential) first = NULL;
  g_autoptr (GcoapRawPublicKeyCredential) same = NULL;
  g_autoptr (GcoapRawPublicKeyCredential) lonely = NULL;
  g_autoptr (GcoapRawPublicKeyCredential) silent = NULL;
  g_autoptr (GcoapCertificateCredential) certificate = NULL;

  test_certificate_make (time (NULL) + 3600, &pem, &der, &key);
  first = gcoap_raw_public_key_credential_new (key, one, &error);
  g_assert_no_error (error);
  same = gcoap_raw_public_key_credential_new (key, one, NULL);
  lonely = gcoap_raw_public_key_credential_new (key, none, NULL);
  silent = gcoap_raw_public_key_credential_new (NULL, one, NULL);
  certificate = test_certificate_credential (pem, key, NULL);

  /* The hash is that of the key in a certificate (RFC 7250 §3). */
  g_assert_cmpstr (gcoap_raw_public_key_credential_get_key_hash (first), ==,
                   gcoap_certificate_credential_get_key_hash (certificate));
  g_assert_nonnull (gcoap_raw_public_key_credential_get_public_key (first));
  g_assert_cmpstr (gcoap_raw_public_key_credential_get_peers (first)[0], ==, HASH);
  g_assert_true (gcoap_raw_public_key_credential_accepts (first, HASH));
  g_assert_false (gcoap_raw_public_key_credential_accepts (first, OTHER));
  g_assert_false (gcoap_raw_public_key_credential_accepts (lonely, HASH));
  g_assert_null (gcoap_raw_public_key_credential_get_public_key (silent));
  g_assert_null (gcoap_raw_public_key_credential_get_key_hash (silent));

  g_assert_true (gcoap_credential_equal (GCOAP_CREDENTIAL (first), GCOAP_CREDENTIAL (same)));
  g_assert_false (gcoap_credential_equal (GCOAP_CREDENTIAL (first), GCOAP_CREDENTIAL (lonely)));
  g_assert_false (gcoap_credential_equal (GCOAP_CREDENTIAL (first), GCOAP_CREDENTIAL (silent)));
  g_assert_false (gcoap_credential_equal (GCOAP_CREDENTIAL (first), GCOAP_CREDENTIAL (certificate)));

  g_assert_null (gcoap_raw_public_key_credential_new (key, bad, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (gcoap_raw_public_key_credential_new (nonsense, one, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/raw-public-key-credential/all", test_all);
  return g_test_run ();
}
