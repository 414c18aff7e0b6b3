/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/test-certificates.h"

#include <gnutls/abstract.h>
#include <gnutls/x509.h>

#include "helpers/dtls-network.h"

const char *const test_kind_names[TEST_N_KINDS] = { "psk", "raw-key", "certificate" };

static GBytes *
take (gnutls_datum_t *datum)
{
  GBytes *bytes = g_bytes_new (datum->data, datum->size);

  gnutls_free (datum->data);
  return bytes;
}

void
test_certificate_make (time_t    expiry,
                       GBytes  **pem,
                       GBytes  **der,
                       GBytes  **key_pem)
{
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t crt;
  gnutls_datum_t out;

  g_assert_cmpint (gnutls_x509_privkey_init (&key), ==, 0);
  g_assert_cmpint (gnutls_x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1), 0), ==, 0);
  g_assert_cmpint (gnutls_x509_crt_init (&crt), ==, 0);
  gnutls_x509_crt_set_version (crt, 3);
  gnutls_x509_crt_set_serial (crt, "\1", 1);
  gnutls_x509_crt_set_activation_time (crt, time (NULL) - 7200);
  gnutls_x509_crt_set_expiration_time (crt, expiry);
  gnutls_x509_crt_set_dn (crt, expiry > time (NULL) ? "CN=common.example" : "CN=old.example", NULL);
  gnutls_x509_crt_set_subject_alt_name (crt, GNUTLS_SAN_DNSNAME, "host.example", 12, GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_key (crt, key);
  g_assert_cmpint (gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0), ==, 0);
  gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &out);
  *pem = take (&out);
  gnutls_x509_crt_export2 (crt, GNUTLS_X509_FMT_DER, &out);
  *der = take (&out);
  gnutls_x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &out);
  *key_pem = take (&out);
  gnutls_x509_crt_deinit (crt);
  gnutls_x509_privkey_deinit (key);
}

GcoapCertificateCredential *
test_certificate_credential (GBytes *pem,
                             GBytes *key_pem,
                             GBytes *anchor)
{
  g_autoptr (GError) error = NULL;
  GcoapCertificateCredential *credential =
    gcoap_certificate_credential_new (pem, key_pem, anchor, FALSE, &error);

  g_assert_no_error (error);
  return credential;
}

typedef struct
{
  GBytes *pem;
  GBytes *der;
  GBytes *key;
} Identity;

static void
make_identities (Identity *identities)
{
  for (guint i = 0; i < 2; i++)
    test_certificate_make (time (NULL) + 3600, &identities[i].pem, &identities[i].der, &identities[i].key);
}

static void
clear_identities (Identity *identities)
{
  for (guint i = 0; i < 2; i++)
    {
      g_bytes_unref (identities[i].pem);
      g_bytes_unref (identities[i].der);
      g_bytes_unref (identities[i].key);
    }
}

static void
make_certificates (GcoapCredentialStore  *server,
                   GcoapCredential      **client)
{
  Identity identities[2];
  g_autoptr (GcoapCertificateCredential) own = NULL;
  GcoapCertificateCredential *other;
  g_autoptr (GError) error = NULL;

  make_identities (identities);
  own = test_certificate_credential (identities[0].pem, identities[0].key, identities[1].pem);
  other = test_certificate_credential (identities[1].pem, identities[1].key, identities[0].pem);
  gcoap_credential_store_add_own (server, GCOAP_CREDENTIAL (own), &error);
  g_assert_no_error (error);
  gcoap_credential_store_add_client_key (server, "client", gcoap_certificate_credential_get_key_hash (other), &error);
  g_assert_no_error (error);
  *client = GCOAP_CREDENTIAL (other);
  clear_identities (identities);
}

static void
make_raw_keys (GcoapCredentialStore  *server,
               GcoapCredential      **client)
{
  g_autoptr (GcoapRawPublicKeyCredential) own = NULL;
  GcoapRawPublicKeyCredential *other;
  Identity identities[2];
  const char *peers[] = { NULL, NULL };
  g_autoptr (GError) error = NULL;

  make_identities (identities);
  own = gcoap_raw_public_key_credential_new (identities[0].key, peers, &error);
  g_assert_no_error (error);
  peers[0] = gcoap_raw_public_key_credential_get_key_hash (own);
  other = gcoap_raw_public_key_credential_new (identities[1].key, peers, &error);
  g_assert_no_error (error);
  gcoap_credential_store_add_own (server, GCOAP_CREDENTIAL (own), &error);
  g_assert_no_error (error);
  gcoap_credential_store_add_client_key (server, "client",
                                         gcoap_raw_public_key_credential_get_key_hash (other), &error);
  g_assert_no_error (error);
  *client = GCOAP_CREDENTIAL (other);
  clear_identities (identities);
}

void
test_credentials_make (TestCredentialKind     kind,
                       GcoapCredentialStore **server,
                       GcoapCredential      **client)
{
  g_autoptr (GError) error = NULL;

  *server = gcoap_credential_store_new ();
  switch (kind)
    {
    case TEST_KIND_PSK:
      *client = test_dtls_psk ("identity", "secret");
      gcoap_credential_store_add_client (*server, "client", GCOAP_PSK_CREDENTIAL (*client), &error);
      g_assert_no_error (error);
      break;
    case TEST_KIND_RAW_KEY:
      make_raw_keys (*server, client);
      break;
    case TEST_KIND_CERTIFICATE:
    default:
      make_certificates (*server, client);
      break;
    }
}
