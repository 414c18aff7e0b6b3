/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-tls-resumptions-private.h"

#include "helpers/dtls-network.h"

static GcoapCredential *
add_psk (GcoapCredentialStore *store,
         const char           *pattern,
         const char           *key)
{
  GcoapCredential *credential = test_dtls_psk ("identity", key);
  g_autoptr (GError) error = NULL;

  gcoap_credential_store_add (store, pattern, credential, &error);
  g_assert_no_error (error);
  return credential;
}

static void
add (GcoapTlsResumptions *self,
     const char          *server,
     GcoapCredential     *credential,
     const char          *text)
{
  gcoap_tls_resumptions_add (self, server, credential, text != NULL ? g_bytes_new_static (text, 1) : NULL, 3);
}

static void
assert_taken (GcoapTlsResumptions *self,
              const char          *server,
              GcoapCredential     *credential,
              const char          *text)
{
  g_autoptr (GBytes) bytes = gcoap_tls_resumptions_take (self, server, credential);

  if (text == NULL)
    g_assert_null (bytes);
  else
    g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), text, 1);
}

static void
test_cache (void)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapTlsResumptions) self = gcoap_tls_resumptions_new (store);
  g_autoptr (GcoapCredential) first = add_psk (store, "coaps+tcp://a/*", "first");
  g_autoptr (GcoapCredential) second = add_psk (store, "coaps+tcp://b/*", "second");
  g_autoptr (GcoapCredential) equal = test_dtls_psk ("identity", "first");

  assert_taken (self, "a", first, NULL);
  add (self, "a", first, "1");
  assert_taken (self, "b", first, NULL);
  assert_taken (self, "a", second, NULL);
  /* One that was used is not used again. */
  assert_taken (self, "a", first, "1");
  assert_taken (self, "a", first, NULL);
  /* The latest counts; and a store that was loaded again has other objects. */
  add (self, "a", first, "2");
  add (self, "a", first, "3");
  assert_taken (self, "a", equal, "3");
  add (self, "a", first, "4");
  add (self, "a", first, NULL);
  assert_taken (self, "a", first, NULL);

  /* The limit */
  add (self, "a", first, "5");
  add (self, "b", first, "6");
  add (self, "c", first, "7");
  add (self, "d", first, "8");
  assert_taken (self, "a", first, NULL);
  assert_taken (self, "b", first, "6");
  assert_taken (self, "c", first, "7");
  assert_taken (self, "d", first, "8");
  gcoap_tls_resumptions_add (self, "a", first, g_bytes_new_static ("9", 1), 0);
  assert_taken (self, "a", first, NULL);
}

static void
test_changed_store (void)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapTlsResumptions) self = gcoap_tls_resumptions_new (store);
  g_autoptr (GcoapCredential) first = add_psk (store, "coaps+tcp://a/*", "first");
  g_autoptr (GcoapCredential) second = add_psk (store, "coaps+tcp://b/*", "second");

  add (self, "a", first, "1");
  add (self, "b", second, "2");
  g_assert_true (gcoap_credential_store_remove (store, "coaps+tcp://a/*"));
  gcoap_tls_resumptions_prune (self);
  assert_taken (self, "a", first, NULL);
  assert_taken (self, "b", second, "2");
  /* A session that ends after its credential went leaves nothing. */
  add (self, "a", first, "3");
  assert_taken (self, "a", first, NULL);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls-resumptions/cache", test_cache);
  g_test_add_func ("/tls-resumptions/changed-store", test_changed_store);
  return g_test_run ();
}
