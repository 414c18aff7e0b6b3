/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The slots follow the credential stores. */
#include "providers/oscore/gcoap-oscore-contexts-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/oscore-pair.h"
#include "helpers/oscore-storage.h"

static GPtrArray *
find (GcoapOscoreContexts *contexts,
      const char          *kid)
{
  return gcoap_oscore_contexts_find (contexts, (const guint8 *) kid, strlen (kid));
}

static void
test_stores (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapOscoreContexts) contexts = gcoap_oscore_contexts_new (runtime);
  g_autoptr (GcoapCredentialStore) client = gcoap_credential_store_new ();
  g_autoptr (GcoapCredentialStore) server = gcoap_credential_store_new ();
  g_autoptr (GcoapOscoreCredential) one = oscore_pair_credential ("a", "b", 0);
  g_autoptr (GcoapOscoreCredential) same = oscore_pair_credential ("a", "b", 0);
  g_autoptr (GcoapOscoreCredential) other = oscore_pair_credential ("a", "b", 1);
  g_autoptr (GcoapOscoreCredential) directory = gcoap_oscore_credential_new_for_directory ("/nonexistent");
  g_autoptr (GError) error = NULL;
  GcoapOscoreSlot *slot;

  g_assert_cmpuint (gcoap_oscore_contexts_get_n_slots (contexts), ==, 0);
  g_assert_false (gcoap_oscore_contexts_has_patterns (contexts));
  gcoap_oscore_contexts_set_stores (contexts, client, server);
  gcoap_credential_store_add_client_context (server, "alice", one, NULL);
  g_assert_cmpuint (gcoap_oscore_contexts_get_n_slots (contexts), ==, 1);
  g_assert_false (gcoap_oscore_contexts_has_patterns (contexts));

  /* What is equal is one context, for both directions. */
  gcoap_credential_store_add (client, "coap://peer/*", GCOAP_CREDENTIAL (same), NULL);
  g_assert_cmpuint (gcoap_oscore_contexts_get_n_slots (contexts), ==, 1);
  g_assert_true (gcoap_oscore_contexts_has_patterns (contexts));
  slot = gcoap_oscore_contexts_lookup (contexts, "coap://peer/path", &error);
  g_assert_no_error (error);
  g_assert_true (slot == g_ptr_array_index (find (contexts, "b"), 0));
  g_assert_cmpstr (slot->client, ==, "alice");
  g_assert_null (gcoap_oscore_contexts_lookup (contexts, "coap://elsewhere/path", &error));
  g_assert_no_error (error);

  gcoap_credential_store_add_client_context (server, "bob", other, NULL);
  gcoap_credential_store_add_client_context (server, "carol", directory, NULL);
  g_assert_cmpuint (gcoap_oscore_contexts_get_n_slots (contexts), ==, 3);

  /* As long as one names it, it stays. */
  gcoap_oscore_slot_ref (slot);
  gcoap_credential_store_remove_client (server, "alice");
  g_assert_cmpuint (gcoap_oscore_contexts_get_n_slots (contexts), ==, 3);
  g_assert_false (slot->is_shut);
  gcoap_credential_store_remove (client, "coap://peer/*");
  g_assert_cmpuint (gcoap_oscore_contexts_get_n_slots (contexts), ==, 2);
  g_assert_true (slot->is_shut);
  gcoap_oscore_slot_unref (slot);
}

static void
opened_cb (GcoapOscoreSlot *slot,
           const GError    *error,
           gpointer         data)
{
  g_assert_no_error (error);
  *(gboolean *) data = TRUE;
}

static void
open_slot (GcoapOscoreSlot *slot)
{
  gboolean is_open = FALSE;

  gcoap_oscore_slot_open (slot, opened_cb, &is_open);
  while (!is_open)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_find (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapOscoreContexts) contexts = gcoap_oscore_contexts_new (runtime);
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapOscoreCredential) first = oscore_pair_credential ("a", "b", 10);
  g_autoptr (GcoapOscoreCredential) second = oscore_pair_credential ("c", "b", 11);
  g_autoptr (GcoapOscoreCredential) other = oscore_pair_credential ("a", "1234567", 12);
  g_autoptr (TestOscoreStorage) storage = test_oscore_storage_new (10);
  g_autoptr (GcoapOscoreCredential) unread = NULL;
  GcoapOscoreSlot *slot;

  gcoap_oscore_contexts_set_stores (contexts, NULL, store);
  unread = gcoap_oscore_credential_new_for_storage (GCOAP_OSCORE_STORAGE (storage), "kept");
  g_assert_cmpuint (find (contexts, "b")->len, ==, 0);
  gcoap_credential_store_add_client_context (store, "first", first, NULL);
  gcoap_credential_store_add_client_context (store, "second", second, NULL);
  gcoap_credential_store_add_client_context (store, "other", other, NULL);
  g_assert_cmpuint (find (contexts, "b")->len, ==, 2);
  g_assert_cmpuint (find (contexts, "1234567")->len, ==, 1);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpuint (find (contexts, ((const char *[]) { "", "c", "b\1", "12345678" })[i])->len, ==, 0);

  /* One whose storage was not asked yet may be anyone's; then it is not. */
  gcoap_credential_store_add_client_context (store, "unread", unread, NULL);
  g_assert_cmpuint (find (contexts, "b")->len, ==, 3);
  g_assert_cmpuint (find (contexts, "\2")->len, ==, 1);
  slot = g_ptr_array_index (find (contexts, "\2"), 0);
  open_slot (slot);
  g_assert_cmpuint (find (contexts, "b")->len, ==, 2);
  g_assert_cmpuint (find (contexts, "\2")->len, ==, 1);
  g_assert_true (g_ptr_array_index (find (contexts, "\2"), 0) == slot);

  gcoap_credential_store_remove_client (store, "unread");
  g_assert_cmpuint (find (contexts, "\2")->len, ==, 0);
  gcoap_credential_store_remove_client (store, "first");
  g_assert_cmpuint (find (contexts, "b")->len, ==, 1);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_assert_true (g_task_propagate_boolean (G_TASK (result), NULL));
  *(gboolean *) data = TRUE;
}

static void
test_close (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapOscoreContexts) contexts = gcoap_oscore_contexts_new (runtime);
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  GcoapOscoreSlot *slot;
  gboolean is_closed = FALSE;

  gcoap_oscore_contexts_set_stores (contexts, NULL, store);
  for (guint8 i = 2; i < 5; i++)
    {
      g_autoptr (GcoapOscoreCredential) credential = oscore_pair_credential ("a", "b", i);

      gcoap_credential_store_add_client_context (store, "alice", credential, NULL);
    }
  slot = g_ptr_array_index (find (contexts, "b"), 1);
  open_slot (slot);
  gcoap_oscore_contexts_close_async (contexts, runtime, closed_cb, &is_closed);
  while (!is_closed)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (slot->is_shut);
  g_assert_null (slot->context);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/oscore-contexts/stores", test_stores);
  g_test_add_func ("/oscore-contexts/find", test_find);
  g_test_add_func ("/oscore-contexts/close", test_close);
  return g_test_run ();
}
