/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Certificates that are made here: self-signed, for one host. */
#include <string.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-store-private.h"
#include "helpers/test-certificates.h"

static void
assert_refused (GcoapCertificateCredential *credential,
                GPtrArray                  *chain,
                const char                 *host,
                const char                 *reason)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_certificate_credential_verify (credential, chain, host, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, reason));
}

static void
test_verify (void)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  g_autoptr (GBytes) pem = NULL;
  g_autoptr (GBytes) der = NULL;
  g_autoptr (GBytes) key = NULL;
  g_autoptr (GBytes) other_pem = NULL;
  g_autoptr (GBytes) other_der = NULL;
  g_autoptr (GBytes) other_key = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapCertificateCredential) own = NULL;
  g_autoptr (GcoapCertificateCredential) other = NULL;
  g_autoptr (GcoapCertificateCredential) pinning = NULL;
  g_autoptr (GcoapClaims) claims = NULL;

  test_certificate_make (time (NULL) + 3600, &pem, &der, &key);
  test_certificate_make (time (NULL) - 3600, &other_pem, &other_der, &other_key);
  own = gcoap_certificate_credential_new (pem, key, pem, FALSE, &error);
  g_assert_no_error (error);
  other = gcoap_certificate_credential_new (other_pem, other_key, other_pem, FALSE, NULL);
  g_assert_null (gcoap_certificate_credential_new (pem, other_key, NULL, FALSE, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  assert_refused (own, chain, "host.example", "none");
  g_ptr_array_add (chain, der);
  claims = gcoap_certificate_credential_verify (own, chain, "host.example", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gcoap_claims_get_key_hash (claims), ==, gcoap_certificate_credential_get_key_hash (own));
  /* RFC 7252 §9.1.3.3: the common name does not count. */
  assert_refused (own, chain, "common.example", "another host");
  assert_refused (other, chain, "host.example", "vouches");
  pinning = gcoap_certificate_credential_new (NULL, NULL, NULL, FALSE, NULL);
  assert_refused (pinning, chain, "host.example", "no trust anchors");
  /* Whoever asks for it gets any server, and no clients. */
  g_assert_false (gcoap_certificate_credential_get_insecure (pinning));
  gcoap_certificate_credential_set_insecure (pinning, TRUE);
  g_assert_true (gcoap_certificate_credential_get_insecure (pinning));
  g_clear_pointer (&claims, gcoap_claims_unref);
  claims = gcoap_certificate_credential_verify (pinning, chain, "host.example", &error);
  g_assert_no_error (error);
  g_clear_pointer (&claims, gcoap_claims_unref);
  assert_refused (pinning, chain, NULL, "no trust anchors");
  gcoap_certificate_credential_set_insecure (pinning, FALSE);
  g_assert_true (gcoap_certificate_credential_set_pinned_key (pinning, gcoap_certificate_credential_get_key_hash (own), NULL));
  g_clear_pointer (&claims, gcoap_claims_unref);
  claims = gcoap_certificate_credential_verify (pinning, chain, "any.example", &error);
  g_assert_no_error (error);
  g_ptr_array_set_size (chain, 0);
  g_ptr_array_add (chain, other_der);
  assert_refused (pinning, chain, "host.example", "pinned");
  assert_refused (other, chain, "host.example", "expired");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/certificate-verify/verify", test_verify);
  return g_test_run ();
}
