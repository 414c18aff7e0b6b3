/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/key-pair.h"

#include <gnutls/x509.h>
#include <string.h>

static GBytes *
take (gnutls_datum_t *datum)
{
  GBytes *bytes = g_bytes_new (datum->data, datum->size);

  gnutls_free (datum->data);
  return bytes;
}

void
test_key_pair_init (TestKeyPair *self)
{
  const time_t now = time (NULL);
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  gnutls_datum_t out;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, "\1", 1);
  gnutls_x509_crt_set_activation_time (crt, now - 3600);
  gnutls_x509_crt_set_expiration_time (crt, now + 3600);
  gnutls_x509_crt_set_dn (crt, "CN=made for a test", NULL);
  gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "localhost", strlen ("localhost"), GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_key (crt, key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &out), ==, 0);
  self->certificate = take (&out);
  g_assert_cmpint (gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &out), ==, 0);
  self->key = take (&out);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
}

void
test_key_pair_clear (TestKeyPair *self)
{
  g_clear_pointer (&self->key, g_bytes_unref);
  g_clear_pointer (&self->certificate, g_bytes_unref);
}

GcoapCredential *
test_key_pair_make_certificate (const TestKeyPair *self,
                                const TestKeyPair *peer)
{
  g_autoptr (GError) error = NULL;
  GcoapCertificateCredential *credential =
    gcoap_certificate_credential_new (self->certificate, self->key, peer->certificate, FALSE, &error);

  g_assert_no_error (error);
  return GCOAP_CREDENTIAL (credential);
}

GcoapCredential *
test_key_pair_make_raw (const TestKeyPair *self,
                        const TestKeyPair *peer)
{
  g_autoptr (GcoapRawPublicKeyCredential) other = NULL;
  g_autoptr (GError) error = NULL;
  const char *hashes[2] = { NULL };
  GcoapRawPublicKeyCredential *credential;

  other = gcoap_raw_public_key_credential_new (peer->key, NULL, &error);
  g_assert_no_error (error);
  hashes[0] = gcoap_raw_public_key_credential_get_key_hash (other);
  credential = gcoap_raw_public_key_credential_new (self->key, hashes, &error);
  g_assert_no_error (error);
  return GCOAP_CREDENTIAL (credential);
}
