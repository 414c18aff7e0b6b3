/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which credential is for which URI, and what changes raise the serial. */
#include "credentials/gcoap-credential-store-private.h"

#include <string.h>

#include "base/gcoap-error.h"

static GcoapCredential *
new_psk (const char *identity,
         const char *key)
{
  g_autoptr (GBytes) name = g_bytes_new (identity, strlen (identity));
  g_autoptr (GBytes) secret = g_bytes_new (key, strlen (key));
  g_autoptr (GError) error = NULL;
  GcoapPskCredential *psk = gcoap_psk_credential_new (name, secret, &error);

  g_assert_no_error (error);
  return GCOAP_CREDENTIAL (psk);
}

static void
test_lookup (void)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredential) any = new_psk ("any", "k");
  g_autoptr (GcoapCredential) host = new_psk ("host", "k");
  g_autoptr (GcoapCredential) path = new_psk ("path", "k");
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_credential_store_add (store, "coaps://Example.com/*", host, NULL));
  g_assert_true (gcoap_credential_store_add (store, "coaps://example.com:5684/a/*", path, NULL));
  g_assert_true (gcoap_credential_store_add (store, "*", any, NULL));
  g_assert_cmpuint (gcoap_credential_store_get_serial (store), ==, 3);
  g_assert_true (gcoap_credential_store_lookup (store, "coaps://example.com/a/b?q", GCOAP_SECURITY_DTLS, NULL) == path);
  g_assert_true (gcoap_credential_store_lookup (store, "coaps://example.com", GCOAP_SECURITY_DTLS, NULL) == host);
  g_assert_true (gcoap_credential_store_lookup (store, "coaps://example.com.evil/", GCOAP_SECURITY_DTLS, NULL) == any);
  g_assert_true (gcoap_credential_store_lookup (store, "coaps://example.com:1/a/", GCOAP_SECURITY_DTLS, NULL) == any);
  g_assert_null (gcoap_credential_store_lookup (store, "coaps://example.com", GCOAP_SECURITY_OSCORE, &error));
  g_assert_no_error (error);
  g_assert_true (gcoap_credential_store_remove (store, "coaps://example.com/*"));
  g_assert_true (gcoap_credential_store_lookup (store, "coaps://example.com", GCOAP_SECURITY_DTLS, NULL) == any);
  g_assert_false (gcoap_credential_store_add (store, "coaps://e*/", host, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

static void
test_clients (void)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredential) psk = new_psk ("id", "key");
  g_autoptr (GcoapClaims) claims = NULL;
  g_auto (GStrv) words = NULL;
  guint8 key[GCOAP_PSK_MAX_KEY];
  guint8 decoy[GCOAP_PSK_MAX_KEY];
  gsize length;

  g_assert_true (gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (psk), NULL));
  g_assert_false (gcoap_credential_store_add_client (store, "bob", GCOAP_PSK_CREDENTIAL (psk), NULL));
  g_assert_true (gcoap_credential_store_lookup_psk (store, (const guint8 *) "id", 2, key, &length, &claims));
  g_assert_cmpmem (key, length, "key", 3);
  words = gcoap_claims_to_strv (claims);
  g_assert_cmpstr (words[0], ==, "name:alice");
  g_assert_cmpstr (words[1], ==, "psk:id");
  g_assert_true (gcoap_credential_store_authorizes (store, psk, claims));

  /* The same decoy each time, and one that is not a known key. */
  g_assert_false (gcoap_credential_store_lookup_psk (store, (const guint8 *) "no", 2, key, &length, NULL));
  g_assert_cmpuint (length, ==, 32);
  g_assert_false (gcoap_credential_store_lookup_psk (store, (const guint8 *) "no", 2, decoy, &length, NULL));
  g_assert_cmpmem (key, length, decoy, length);

  g_assert_true (gcoap_credential_store_remove_client (store, "alice"));
  g_assert_false (gcoap_credential_store_authorizes (store, NULL, claims));
  g_assert_false (gcoap_credential_store_has_psk (store));
  g_assert_cmpuint (gcoap_credential_store_get_serial (store), ==, 2);
}

static void
test_rotation (void)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredential) old = new_psk ("id", "old");
  g_autoptr (GcoapCredential) same = new_psk ("id", "old");
  g_autoptr (GcoapCredential) new = new_psk ("id", "new");
  g_autoptr (GcoapClaims) claims = NULL;
  guint8 key[GCOAP_PSK_MAX_KEY];
  gsize length;

  g_assert_true (gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (old), NULL));
  g_assert_true (gcoap_credential_store_lookup_psk (store, (const guint8 *) "id", 2, key, &length, &claims));
  g_assert_true (gcoap_claims_peek_credential (claims) == old);

  /* The same key anew is the same; another key under the identity is not. */
  g_assert_true (gcoap_credential_store_remove_client (store, "alice"));
  g_assert_true (gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (same), NULL));
  g_assert_true (gcoap_credential_store_authorizes (store, NULL, claims));
  g_assert_true (gcoap_credential_store_remove_client (store, "alice"));
  g_assert_true (gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (new), NULL));
  g_assert_false (gcoap_credential_store_authorizes (store, NULL, claims));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/credential-store/lookup", test_lookup);
  g_test_add_func ("/credential-store/clients", test_clients);
  g_test_add_func ("/credential-store/rotation", test_rotation);
  return g_test_run ();
}
