/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a credential of certificates is made of, and when two are the same. */
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-secrets-private.h"
#include "credentials/gcoap-key-material-private.h"
#include "helpers/test-certificates.h"

typedef struct
{
  GBytes *pem;
  GBytes *der;
  GBytes *key;
  GBytes *other_pem;
  GBytes *other_der;
  GBytes *other_key;
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data G_GNUC_UNUSED)
{
  test_certificate_make (time (NULL) + 3600, &f->pem, &f->der, &f->key);
  test_certificate_make (time (NULL) + 3600, &f->other_pem, &f->other_der, &f->other_key);
}

static void
tear_down (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_bytes_unref (f->pem);
  g_bytes_unref (f->der);
  g_bytes_unref (f->key);
  g_bytes_unref (f->other_pem);
  g_bytes_unref (f->other_der);
  g_bytes_unref (f->other_key);
}

static void
assert_equal (GcoapCertificateCredential *a,
              GcoapCertificateCredential *b,
              gboolean                    expected)
{
  g_assert_cmpint (gcoap_credential_equal (GCOAP_CREDENTIAL (a), GCOAP_CREDENTIAL (b)), ==, expected);
  g_assert_cmpint (gcoap_credential_equal (GCOAP_CREDENTIAL (b), GCOAP_CREDENTIAL (a)), ==, expected);
}

static void
test_equal (Fixture       *f,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCertificateCredential) first = test_certificate_credential (f->pem, f->key, f->other_pem);
  g_autoptr (GcoapCertificateCredential) same = test_certificate_credential (f->pem, f->key, f->other_pem);
  g_autoptr (GcoapCertificateCredential) own = test_certificate_credential (f->other_pem, f->other_key, f->other_pem);
  g_autoptr (GcoapCertificateCredential) trust = test_certificate_credential (f->pem, f->key, f->pem);
  g_autoptr (GcoapCertificateCredential) nobody = test_certificate_credential (f->pem, f->key, NULL);
  g_autoptr (GcoapCertificateCredential) anonymous = test_certificate_credential (NULL, NULL, f->other_pem);
  const char *hash = gcoap_certificate_credential_get_key_hash (own);

  assert_equal (first, same, TRUE);
  assert_equal (first, own, FALSE);
  assert_equal (first, trust, FALSE);
  assert_equal (first, nobody, FALSE);
  assert_equal (first, anonymous, FALSE);
  g_assert_null (gcoap_certificate_credential_get_key_hash (anonymous));
  g_assert_false (gcoap_certificate_credential_get_system_trust (first));

  gcoap_certificate_credential_set_host_name (same, "other.example");
  g_assert_cmpstr (gcoap_certificate_credential_get_host_name (same), ==, "other.example");
  assert_equal (first, same, FALSE);
  gcoap_certificate_credential_set_host_name (same, NULL);
  assert_equal (first, same, TRUE);
  g_assert_true (gcoap_certificate_credential_set_pinned_key (same, hash, NULL));
  assert_equal (first, same, FALSE);
  g_assert_true (gcoap_certificate_credential_set_pinned_key (same, NULL, NULL));
  gcoap_certificate_credential_set_insecure (same, TRUE);
  assert_equal (first, same, FALSE);
}

static void
test_errors (Fixture       *f,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCertificateCredential) good = test_certificate_credential (f->pem, f->key, NULL);
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("nonsense", 8);
  g_autoptr (GString) chain = g_string_new (NULL);
  g_autoptr (GBytes) long_chain = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_certificate_credential_new (nonsense, f->key, NULL, FALSE, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (gcoap_certificate_credential_new (f->pem, nonsense, NULL, FALSE, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (gcoap_certificate_credential_new (f->pem, f->key, nonsense, FALSE, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_assert_false (gcoap_certificate_credential_set_pinned_key (good, "sha256:12", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  /* The limit of a chain */
  for (guint i = 0; i < GCOAP_MAX_CHAIN + 1; i++)
    g_string_append_len (chain, g_bytes_get_data (f->pem, NULL), (gssize) g_bytes_get_size (f->pem));
  long_chain = g_bytes_new (chain->str, chain->len);
  g_assert_null (gcoap_certificate_credential_new (long_chain, f->key, NULL, FALSE, &error));
  g_assert_nonnull (error);
  g_assert_true (error->domain == GCOAP_ERROR);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/certificate-credential/equal", Fixture, NULL, set_up, test_equal, tear_down);
  g_test_add ("/certificate-credential/errors", Fixture, NULL, set_up, test_errors, tear_down);
  return g_test_run ();
}
