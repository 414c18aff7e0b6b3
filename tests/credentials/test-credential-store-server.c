/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server's half of the store: what it shows, and which clients it knows, by
 * public keys and certificates; and how many. */
#include "credentials/gcoap-credential-store-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/dtls-network.h"
#include "helpers/test-certificates.h"

#define HASH "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

typedef struct
{
  GBytes                      *pem[2];
  GBytes                      *der[2];
  GBytes                      *key[2];
  GcoapCredentialStore        *store;
  GcoapCertificateCredential  *certificate;   /* the server's, which trusts the second */
  GcoapRawPublicKeyCredential *raw_key;       /* the server's, which accepts HASH */
  GcoapRawPublicKeyCredential *client;        /* the second */
} Fixture;

static void
set_up (Fixture       *f,
        gconstpointer  data G_GNUC_UNUSED)
{
  static const char *const peers[] = { HASH, NULL };
  static const char *const none[] = { NULL };

  for (guint i = 0; i < 2; i++)
    test_certificate_make (time (NULL) + 3600, &f->pem[i], &f->der[i], &f->key[i]);
  f->store = gcoap_credential_store_new ();
  f->certificate = test_certificate_credential (f->pem[0], f->key[0], f->pem[1]);
  f->raw_key = gcoap_raw_public_key_credential_new (f->key[0], peers, NULL);
  f->client = gcoap_raw_public_key_credential_new (f->key[1], none, NULL);
  g_assert_true (gcoap_credential_store_add_own (f->store, GCOAP_CREDENTIAL (f->certificate), NULL));
  g_assert_true (gcoap_credential_store_add_own (f->store, GCOAP_CREDENTIAL (f->raw_key), NULL));
}

static void
tear_down (Fixture       *f,
           gconstpointer  data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 2; i++)
    {
      g_bytes_unref (f->pem[i]);
      g_bytes_unref (f->der[i]);
      g_bytes_unref (f->key[i]);
    }
  g_object_unref (f->certificate);
  g_object_unref (f->raw_key);
  g_object_unref (f->client);
  g_object_unref (f->store);
}

static void
test_raw_keys (Fixture       *f,
               gconstpointer  data G_GNUC_UNUSED)
{
  GBytes *public_key = gcoap_raw_public_key_credential_get_public_key (f->client);
  const char *hash = gcoap_raw_public_key_credential_get_key_hash (f->client);
  g_autoptr (GcoapClaims) claims = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_credential_store_verify_key (f->store, f->raw_key, public_key, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_assert_nonnull (strstr (error->message, hash));
  g_clear_error (&error);
  g_assert_false (gcoap_credential_store_has_client_key (f->store));
  g_assert_true (gcoap_credential_store_add_client_key (f->store, "bob", hash, &error));
  g_assert_true (gcoap_credential_store_has_client_key (f->store));
  g_assert_false (gcoap_credential_store_add_client_key (f->store, "eve", hash, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  claims = gcoap_credential_store_verify_key (f->store, f->raw_key, public_key, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gcoap_claims_get_name (claims), ==, "bob");
  g_assert_cmpstr (gcoap_claims_get_key_hash (claims), ==, hash);
  g_assert_true (gcoap_credential_store_authorizes (f->store, GCOAP_CREDENTIAL (f->raw_key), claims));

  /* Under another name it is another. */
  g_assert_true (gcoap_credential_store_remove_client (f->store, "bob"));
  g_assert_false (gcoap_credential_store_authorizes (f->store, GCOAP_CREDENTIAL (f->raw_key), claims));
  g_assert_true (gcoap_credential_store_add_client_key (f->store, "mallory", hash, NULL));
  g_assert_false (gcoap_credential_store_authorizes (f->store, GCOAP_CREDENTIAL (f->raw_key), claims));
}

/* RFC 7252 §9.1.3.3: the client's certificate is verified like the server's, but
 * that it has no host name. */
static void
test_certificates (Fixture       *f,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GPtrArray) chain = g_ptr_array_new ();
  g_autoptr (GPtrArray) stranger = g_ptr_array_new ();
  g_autoptr (GBytes) nothing = g_bytes_new_static ("{}", 2);
  g_autoptr (GcoapClaims) anonymous = NULL;
  g_autoptr (GcoapClaims) named = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *subject;

  g_ptr_array_add (chain, f->der[1]);
  g_ptr_array_add (stranger, f->der[0]);
  g_assert_null (gcoap_credential_store_verify_certificates (f->store, f->certificate, stranger, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED);
  g_clear_error (&error);
  anonymous = gcoap_credential_store_verify_certificates (f->store, f->certificate, chain, &error);
  g_assert_no_error (error);
  g_assert_null (gcoap_claims_get_name (anonymous));
  subject = g_bytes_get_data (gcoap_claims_get_identity (anonymous), &length);
  g_assert_cmpmem (subject, length, "CN=common.example", 17);

  g_assert_true (gcoap_credential_store_add_client_key (f->store, "carol",
                                                        gcoap_claims_get_key_hash (anonymous), NULL));
  named = gcoap_credential_store_verify_certificates (f->store, f->certificate, chain, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (gcoap_claims_get_name (named), ==, "carol");
  g_assert_true (gcoap_credential_store_authorizes (f->store, GCOAP_CREDENTIAL (f->certificate), named));
  g_assert_false (gcoap_credential_store_authorizes (f->store, GCOAP_CREDENTIAL (f->certificate), anonymous));
  /* Nothing is left of what vouched for it. */
  g_assert_true (gcoap_credential_store_load_bytes (f->store, nothing, NULL, NULL));
  g_assert_false (gcoap_credential_store_authorizes (f->store, GCOAP_CREDENTIAL (f->certificate), named));
}

static void
test_own (Fixture       *f,
          gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCertificateCredential) anonymous = test_certificate_credential (NULL, NULL, f->pem[1]);
  g_autoptr (GcoapCredential) psk = test_dtls_psk ("id", "key");
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_credential_store_get_own (f->store, GCOAP_TYPE_CERTIFICATE_CREDENTIAL, GCOAP_SECURITY_TLS)
                 == GCOAP_CREDENTIAL (f->certificate));
  g_assert_false (gcoap_credential_store_add_own (f->store, GCOAP_CREDENTIAL (anonymous), &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (gcoap_credential_store_add_own (f->store, psk, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_false (gcoap_credential_store_add_client (f->store, "", GCOAP_PSK_CREDENTIAL (psk), &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_false (gcoap_credential_store_remove_client (f->store, "nobody"));
}

static void
test_limit (Fixture       *f,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCredential) psk = test_dtls_psk ("id", "key");
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < GCOAP_CREDENTIAL_STORE_MAX_ENTRIES; i++)
    {
      g_autofree char *hash = g_strdup_printf ("sha256:%064x", i);
      g_autofree char *pattern = g_strdup_printf ("coaps://h%u.example/*", i);

      g_assert_true (gcoap_credential_store_add_client_key (f->store, "n", hash, &error));
      g_assert_true (gcoap_credential_store_add (f->store, pattern, psk, &error));
    }
  g_assert_false (gcoap_credential_store_add_client_key (f->store, "n", HASH, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_false (gcoap_credential_store_add_client (f->store, "n", GCOAP_PSK_CREDENTIAL (psk), &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);
  g_assert_false (gcoap_credential_store_add (f->store, "coaps://other.example/*", psk, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);
  for (guint i = 2; i < GCOAP_CREDENTIAL_STORE_MAX_ENTRIES; i++)
    g_assert_true (gcoap_credential_store_add_own (f->store, GCOAP_CREDENTIAL (f->raw_key), &error));
  g_assert_false (gcoap_credential_store_add_own (f->store, GCOAP_CREDENTIAL (f->raw_key), &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  /* What goes makes room. */
  g_assert_true (gcoap_credential_store_remove_client (f->store, "n"));
  g_assert_true (gcoap_credential_store_add_client (f->store, "n", GCOAP_PSK_CREDENTIAL (psk), NULL));
}

#define ADD(path, func) g_test_add ("/credential-store-server/" path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("raw-keys", test_raw_keys);
  ADD ("certificates", test_certificates);
  ADD ("own", test_own);
  ADD ("limit", test_limit);
  return g_test_run ();
}
