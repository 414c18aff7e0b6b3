/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A store from a credential map: read as a whole, in a thread if it is a file,
 * and only when all of it is good put in the place of what was there. */
#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"
#include "credentials/gcoap-credential-store-impl-private.h"

/**
 * GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE:
 *
 * How many bytes a credential map may have, and each file that it names.
 *
 * Since: 0.1
 */

/**
 * gcoap_credential_store_load_bytes:
 * @self: a store
 * @bytes: a credential map, in diagnostic notation or JSON
 * @directory: (type filename) (nullable): where relative names of files begin,
 *   or %NULL if there may be none
 * @error: where an error goes
 *
 * Puts a credential map in the place of all that the store has.
 *
 * The text is a map from patterns of URIs, as [method@CredentialStore.add]
 * takes them, to credentials; from names, with a colon in front, to credentials
 * of clients; and from `server` to what a server shows and whom it lets in. The
 * guide on security has an example.
 *
 * Files that the map names are read at once, so that
 * [method@CredentialStore.load_async] is for maps with files. When anything is
 * wrong, the store stays as it was, and the error names line and column: it is
 * %GCOAP_ERROR_MALFORMED, or for certain values
 * %GCOAP_ERROR_INVALID_ARGUMENT or %GCOAP_ERROR_INVALID_URI;
 * %GCOAP_ERROR_PERMISSION for a private key that others can read; and
 * %GCOAP_ERROR_LIMIT or %GCOAP_ERROR_TOO_LARGE for what is too much. No error
 * holds a secret.
 *
 * Returns: %FALSE with an error
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_load_bytes (GcoapCredentialStore *self,
                                   GBytes               *bytes,
                                   const char           *directory,
                                   GError              **error)
{
  g_autoptr (GcoapCredentialStore) loaded = NULL;
  gboolean has_secrets;
  const char *text;
  gsize length;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (bytes != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  text = g_bytes_get_data (bytes, &length);
  loaded = gcoap_credential_map_read (text != NULL ? text : "", length, directory, NULL, &has_secrets, error);
  if (loaded == NULL)
    return FALSE;
  gcoap_credential_store_replace (self, loaded);
  return TRUE;
}

static GcoapCredentialStore *
read_file (const char   *path,
           GCancellable *cancellable,
           GError      **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  g_autofree char *name = g_filename_display_name (path);
  g_autoptr (GcoapCredentialStore) loaded = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gboolean has_secrets;
  const char *text;
  gsize length;
  guint mode;

  /* Who can write it, can give the secrets of others to himself. */
  bytes = gcoap_credential_file_read (path, 022, &mode, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &length);
  loaded = gcoap_credential_map_read (text, length, directory, cancellable, &has_secrets, error);
  if (loaded == NULL)
    {
      g_prefix_error (error, "“%s”: ", name);
      return NULL;
    }
  if (has_secrets && (mode & 077) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_PERMISSION,
                   "The file “%s” holds secrets, and others may read it (mode %03o); it needs mode 600.", name, mode);
      return NULL;
    }
  return g_steal_pointer (&loaded);
}

static void
load_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  GError *error = NULL;
  GcoapCredentialStore *loaded = read_file (data, cancellable, &error);

  if (loaded != NULL)
    g_task_return_pointer (task, loaded, g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * gcoap_credential_store_load_async:
 * @self: a store
 * @file: a file on this machine
 * @cancellable: (nullable): ends it early
 * @callback: (scope async): called when it has been read
 * @user_data: for @callback
 *
 * Puts the credential map of a file in the place of all that the store has.
 *
 * [method@CredentialStore.load_bytes] says more. Relative names of files begin
 * where this file is. Neither it nor the files that it names may be writable
 * for the group or others; and if there are secrets in one, not readable.
 * Main loop and network go on meanwhile.
 *
 * Since: 0.1
 */
void
gcoap_credential_store_load_async (GcoapCredentialStore *self,
                                   GFile                *file,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data)
{
  g_autoptr (GTask) task = NULL;

  g_return_if_fail (GCOAP_IS_CREDENTIAL_STORE (self));
  g_return_if_fail (G_IS_FILE (file));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, gcoap_credential_store_load_async);
  if (g_file_peek_path (file) == NULL)
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                               "Credentials are only read from files of this machine.");
      return;
    }
  g_task_set_task_data (task, g_strdup (g_file_peek_path (file)), g_free);
  g_task_run_in_thread (task, load_in_thread);
}

/**
 * gcoap_credential_store_load_finish:
 * @self: a store
 * @result: what the callback was given
 * @error: where an error goes
 *
 * Ends what [method@CredentialStore.load_async] began. The store has the new
 * credentials from here on; without this call it keeps the old ones.
 *
 * Returns: %FALSE with an error, and a store that is as it was
 *
 * Since: 0.1
 */
gboolean
gcoap_credential_store_load_finish (GcoapCredentialStore *self,
                                    GAsyncResult         *result,
                                    GError              **error)
{
  g_autoptr (GcoapCredentialStore) loaded = NULL;

  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (self), FALSE);
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  loaded = g_task_propagate_pointer (G_TASK (result), error);
  if (loaded == NULL)
    return FALSE;
  gcoap_credential_store_replace (self, loaded);
  return TRUE;
}
