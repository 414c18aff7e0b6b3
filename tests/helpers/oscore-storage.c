/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/oscore-storage.h"

#include <glib/gstdio.h>

static void
test_oscore_storage_load (GcoapOscoreStorage   *storage,
                          GcoapOscoreOperation *operation)
{
  TestOscoreStorage *self = TEST_OSCORE_STORAGE (storage);

  g_assert_null (gcoap_oscore_operation_get_state (operation));
  if (self->is_open)
    {
      gcoap_oscore_operation_fail (operation, "It is open.");
      return;
    }
  self->is_open = TRUE;
  gcoap_oscore_operation_finish_load (operation, self->parameters, self->state);
}

static void
answer_write (TestOscoreStorage    *self,
              GcoapOscoreOperation *operation)
{
  if (self->fails)
    {
      gcoap_oscore_operation_fail (operation, "The disk is full.");
      return;
    }
  g_free (self->state);
  self->state = g_strdup (gcoap_oscore_operation_get_state (operation));
  gcoap_oscore_operation_succeed (operation);
}

static void
test_oscore_storage_write (GcoapOscoreStorage   *storage,
                           GcoapOscoreOperation *operation)
{
  TestOscoreStorage *self = TEST_OSCORE_STORAGE (storage);

  g_assert_true (self->is_open);
  g_assert_null (self->waiting);
  self->n_writes++;
  if (self->waits)
    self->waiting = g_object_ref (operation);
  else
    answer_write (self, operation);
}

static void
test_oscore_storage_close (GcoapOscoreStorage   *storage,
                           GcoapOscoreOperation *operation)
{
  TestOscoreStorage *self = TEST_OSCORE_STORAGE (storage);

  g_assert_true (self->is_open);
  g_assert_null (self->waiting);
  self->is_open = FALSE;
  self->n_closed++;
  gcoap_oscore_operation_succeed (operation);
}

static void
storage_init (GcoapOscoreStorageInterface *iface)
{
  iface->load = test_oscore_storage_load;
  iface->write = test_oscore_storage_write;
  iface->close = test_oscore_storage_close;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestOscoreStorage, test_oscore_storage, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_OSCORE_STORAGE, storage_init))

static void
test_oscore_storage_finalize (GObject *object)
{
  TestOscoreStorage *self = TEST_OSCORE_STORAGE (object);

  g_clear_object (&self->parameters);
  g_clear_object (&self->waiting);
  g_free (self->state);
  G_OBJECT_CLASS (test_oscore_storage_parent_class)->finalize (object);
}

static void
test_oscore_storage_class_init (TestOscoreStorageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_oscore_storage_finalize;
}

static void
test_oscore_storage_init (TestOscoreStorage *self G_GNUC_UNUSED)
{
}

TestOscoreStorage *
test_oscore_storage_new (gint algorithm)
{
  TestOscoreStorage *self = g_object_new (TEST_TYPE_OSCORE_STORAGE, NULL);
  g_autoptr (GBytes) secret = g_bytes_new_static ("0123456789abcdef", 16);
  g_autoptr (GBytes) sender = g_bytes_new_static ("\1", 1);
  g_autoptr (GBytes) recipient = g_bytes_new_static ("\2", 1);

  self->parameters = gcoap_oscore_credential_new_full (secret, NULL, sender, recipient, NULL, algorithm, NULL, 0, NULL);
  g_assert_nonnull (self->parameters);
  return self;
}

void
test_oscore_storage_go_on (TestOscoreStorage *self)
{
  g_autoptr (GcoapOscoreOperation) operation = g_steal_pointer (&self->waiting);

  g_assert_nonnull (operation);
  answer_write (self, operation);
}

static void
answered_cb (GObject      *source G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

GcoapOscoreContext *
test_oscore_open (GcoapOscoreCredential *credential,
                  GcoapRuntime          *runtime,
                  GError               **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gcoap_oscore_context_open_async (credential, runtime, NULL, answered_cb, &result);
  return gcoap_oscore_context_open_finish (wait_for (&result), error);
}

GcoapOscoreContext *
test_oscore_open_storage (TestOscoreStorage *storage,
                          GcoapRuntime      *runtime)
{
  g_autoptr (GcoapOscoreCredential) credential =
    gcoap_oscore_credential_new_for_storage (GCOAP_OSCORE_STORAGE (storage), "test");
  g_autoptr (GError) error = NULL;
  GcoapOscoreContext *context = test_oscore_open (credential, runtime, &error);

  g_assert_no_error (error);
  return context;
}

gboolean
test_oscore_reserve (GcoapOscoreContext *context,
                     GError            **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gcoap_oscore_context_reserve_async (context, NULL, answered_cb, &result);
  return gcoap_oscore_context_reserve_finish (context, wait_for (&result), error);
}

gboolean
test_oscore_close (GcoapOscoreContext *context,
                   GError            **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  gcoap_oscore_context_close_async (context, answered_cb, &result);
  return gcoap_oscore_context_close_finish (context, wait_for (&result), error);
}

gboolean
test_oscore_rederive (GcoapOscoreContext *context,
                      const char         *id_context,
                      GError            **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GBytes) bytes = g_bytes_new (id_context, strlen (id_context));

  gcoap_oscore_context_rederive_async (context, bytes, NULL, answered_cb, &result);
  return gcoap_oscore_context_rederive_finish (context, wait_for (&result), error);
}

gboolean
test_oscore_take (GcoapOscoreContext *context,
                  guint64            *number,
                  GError            **error)
{
  GError *cause = NULL;

  while (!gcoap_oscore_context_take_sequence (context, number, &cause))
    if (cause != NULL || !test_oscore_reserve (context, &cause))
      {
        g_propagate_error (error, cause);
        return FALSE;
      }
  return TRUE;
}

static void
add_file (const char *directory,
          const char *name,
          const char *text)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);

  if (text != NULL)
    g_assert_true (g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

char *
test_oscore_directory_new (const char *settings,
                           const char *secret,
                           const char *sequence)
{
  char *directory = g_dir_make_tmp ("gcoap-oscore-XXXXXX", NULL);

  g_assert_nonnull (directory);
  add_file (directory, "settings.json", settings);
  add_file (directory, "secret.json", secret);
  add_file (directory, "sequence.json", sequence);
  return directory;
}

char *
test_oscore_directory_read (const char *directory,
                            const char *name)
{
  g_autofree char *path = g_build_filename (directory, name, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

void
test_oscore_directory_free (char *directory)
{
  g_autoptr (GDir) entries = g_dir_open (directory, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);

      g_remove (path);
    }
  g_rmdir (directory);
  g_free (directory);
}
