/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory stays open, and all files are named relative to it: what is put
 * in its place meanwhile is not written to. */
#include "providers/oscore/gcoap-oscore-directory-private.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"
#include "providers/oscore/gcoap-oscore-files-private.h"
#include "providers/oscore/gcoap-oscore-settings-private.h"

struct _GcoapOscoreDirectory
{
  GObject parent_instance;

  char *path;
  /* -1 while it is not open. Whoever asks waits for each answer: never two
   * threads have them. */
  int   directory;
  int   lock;
};

static void storage_init (GcoapOscoreStorageInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapOscoreDirectory, gcoap_oscore_directory, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_OSCORE_STORAGE, storage_init))

static void
close_all (GcoapOscoreDirectory *self)
{
  if (self->lock >= 0)
    close (self->lock);
  if (self->directory >= 0)
    close (self->directory);
  self->lock = self->directory = -1;
}

static gboolean
fail (GcoapOscoreDirectory *self,
      int                   code,
      const char           *what,
      GError              **error)
{
  g_autofree char *name = g_filename_display_name (self->path);

  g_set_error (error, GCOAP_ERROR,
               code == EACCES || code == EPERM || code == EROFS ? GCOAP_ERROR_PERMISSION : GCOAP_ERROR_FAILED,
               "The OSCORE context in “%s” cannot be %s: %s.", name, what, g_strerror (code));
  return FALSE;
}

/* Who may write here could put an older state in the place of the last one; and
 * where the sticky bit is set, cannot. */
static gboolean
open_directory (GcoapOscoreDirectory *self,
                GError              **error)
{
  g_autofree char *name = g_filename_display_name (self->path);
  struct stat status;

  self->directory = open (self->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (self->directory < 0 || fstat (self->directory, &status) != 0)
    return fail (self, errno, "opened", error);
  if ((status.st_mode & 022) != 0 && (status.st_mode & S_ISVTX) == 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_PERMISSION,
                   "Others may write the directory “%s” of an OSCORE context (mode %03o).", name,
                   (guint) status.st_mode & 0777);
      return FALSE;
    }
  return TRUE;
}

static gboolean
take_lock (GcoapOscoreDirectory *self,
           GError              **error)
{
  g_autofree char *name = g_filename_display_name (self->path);

  self->lock = gcoap_oscore_files_lock (self->directory);
  if (self->lock >= 0)
    return TRUE;
  if (errno != EWOULDBLOCK)
    return fail (self, errno, "locked", error);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_BUSY,
               "The OSCORE context in “%s” is in use already, by another process or by this one.", name);
  return FALSE;
}

static GcoapOscoreCredential *
read_parameters (GcoapOscoreDirectory *self,
                 GError              **error)
{
  g_autofree char *settings_path = g_build_filename (self->path, "settings.json", NULL);
  g_autofree char *secret_path = g_build_filename (self->path, "secret.json", NULL);
  g_autofree char *settings_name = g_filename_display_name (settings_path);
  g_autofree char *secret_name = g_filename_display_name (secret_path);
  g_autoptr (GcoapOscoreCredential) credential = NULL;
  g_autoptr (GBytes) settings = NULL;
  g_autoptr (GBytes) secret = NULL;
  gboolean has_no_settings, has_no_secret, is_secret;
  guint mode = 0;

  settings = gcoap_credential_file_read_at (self->directory, "settings.json", settings_path, 022, &mode,
                                            &has_no_settings, error);
  if (settings == NULL && !has_no_settings)
    return NULL;
  secret = gcoap_credential_file_read_at (self->directory, "secret.json", secret_path, 077, NULL, &has_no_secret,
                                          error);
  if (secret == NULL && !has_no_secret)
    return NULL;
  credential = gcoap_oscore_settings_read (settings, settings_name, secret, secret_name, &is_secret, error);
  if (credential == NULL)
    return NULL;
  if (is_secret && (mode & 077) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_PERMISSION,
                   "The file “%s” holds secrets, and others may read it (mode %03o); it needs mode 600.",
                   settings_name, mode);
      return NULL;
    }
  return g_steal_pointer (&credential);
}

/* NULL without an error: it has never been used. */
static char *
read_state (GcoapOscoreDirectory *self,
            GError              **error)
{
  g_autofree char *path = g_build_filename (self->path, GCOAP_OSCORE_FILES_STATE, NULL);
  g_autoptr (GBytes) bytes = NULL;
  gboolean is_missing;

  bytes = gcoap_credential_file_read_at (self->directory, GCOAP_OSCORE_FILES_STATE, path, 022, NULL, &is_missing,
                                         error);
  if (bytes == NULL)
    return NULL;
  if (memchr (g_bytes_get_data (bytes, NULL), '\0', g_bytes_get_size (bytes)) != NULL)
    {
      g_autofree char *name = g_filename_display_name (path);

      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "The file “%s” is no text.", name);
      return NULL;
    }
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static gboolean
load (GcoapOscoreDirectory   *self,
      GcoapOscoreCredential **parameters,
      char                  **state,
      GError                **error)
{
  GError *cause = NULL;

  if (!open_directory (self, error) || !take_lock (self, error))
    return FALSE;
  gcoap_oscore_files_tidy (self->directory);
  *parameters = read_parameters (self, error);
  if (*parameters == NULL)
    return FALSE;
  *state = read_state (self, &cause);
  if (cause == NULL)
    return TRUE;
  g_propagate_error (error, cause);
  return FALSE;
}

static void
load_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable G_GNUC_UNUSED)
{
  GcoapOscoreDirectory *self = GCOAP_OSCORE_DIRECTORY (source);
  GcoapOscoreOperation *operation = GCOAP_OSCORE_OPERATION (data);
  g_autoptr (GcoapOscoreCredential) parameters = NULL;
  g_autofree char *state = NULL;
  GError *error = NULL;

  if (self->lock >= 0)
    error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_BUSY, "This OSCORE context is open already.");
  else if (!load (self, &parameters, &state, &error))
    close_all (self);

  if (error == NULL)
    gcoap_oscore_operation_finish_load (operation, parameters, state);
  else
    gcoap_oscore_operation_fail_error (operation, error);
  g_task_return_boolean (task, TRUE);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable G_GNUC_UNUSED)
{
  GcoapOscoreDirectory *self = GCOAP_OSCORE_DIRECTORY (source);
  GcoapOscoreOperation *operation = GCOAP_OSCORE_OPERATION (data);
  GError *error = NULL;

  if (self->lock < 0)
    error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "This OSCORE context is not open.");
  else if (!gcoap_oscore_files_write (self->directory, gcoap_oscore_operation_get_state (operation)))
    fail (self, errno, "written", &error);

  if (error == NULL)
    gcoap_oscore_operation_succeed (operation);
  else
    gcoap_oscore_operation_fail_error (operation, error);
  g_task_return_boolean (task, TRUE);
}

static void
run (GcoapOscoreStorage   *self,
     GcoapOscoreOperation *operation,
     GTaskThreadFunc       func)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, NULL, NULL);

  g_task_set_source_tag (task, run);
  g_task_set_task_data (task, g_object_ref (operation), g_object_unref);
  g_task_run_in_thread (task, func);
}

static void
gcoap_oscore_directory_load (GcoapOscoreStorage   *storage,
                             GcoapOscoreOperation *operation)
{
  run (storage, operation, load_in_thread);
}

static void
gcoap_oscore_directory_write (GcoapOscoreStorage   *storage,
                              GcoapOscoreOperation *operation)
{
  run (storage, operation, write_in_thread);
}

static void
gcoap_oscore_directory_close (GcoapOscoreStorage   *storage,
                              GcoapOscoreOperation *operation)
{
  close_all (GCOAP_OSCORE_DIRECTORY (storage));
  gcoap_oscore_operation_succeed (operation);
}

static void
storage_init (GcoapOscoreStorageInterface *iface)
{
  iface->load = gcoap_oscore_directory_load;
  iface->write = gcoap_oscore_directory_write;
  iface->close = gcoap_oscore_directory_close;
}

static void
gcoap_oscore_directory_finalize (GObject *object)
{
  GcoapOscoreDirectory *self = GCOAP_OSCORE_DIRECTORY (object);

  close_all (self);
  g_free (self->path);
  G_OBJECT_CLASS (gcoap_oscore_directory_parent_class)->finalize (object);
}

static void
gcoap_oscore_directory_class_init (GcoapOscoreDirectoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_oscore_directory_finalize;
}

static void
gcoap_oscore_directory_init (GcoapOscoreDirectory *self)
{
  self->directory = self->lock = -1;
}

GcoapOscoreStorage *
gcoap_oscore_directory_new (const char *path)
{
  GcoapOscoreDirectory *self = g_object_new (GCOAP_TYPE_OSCORE_DIRECTORY, NULL);

  self->path = g_strdup (path);
  return GCOAP_OSCORE_STORAGE (self);
}
