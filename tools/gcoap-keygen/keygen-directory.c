/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The directory of an OSCORE context. */
#include "gcoap-keygen/keygen-directory.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gcoap-keygen/keygen-file.h"

struct _KeygenDirectory
{
  char     *path;
  char     *temporary;   /* NULL: it is in its place, or was not made */
  char     *replaced;    /* what was there has this name now; NULL: nothing was,
                          * or it is still there */
  int       lock;        /* of what was there; -1: it had none */
  gboolean  is_there;    /* something is to be replaced */
  gboolean  is_placed;
  gboolean  is_kept;
};

static char *
strip_slashes (const char *path)
{
  gsize length = strlen (path);

  while (length > 1 && path[length - 1] == '/')
    length--;
  return g_strndup (path, length);
}

/* Whether a context has a file of this name; while sequence.json is written it
 * has a name with an ending, or with aiocoap the second of these. */
static gboolean
belongs (const char *name)
{
  static const char *const names[] = { "settings.json", "secret.json", "sequence.json", "lock", NULL };

  return g_strv_contains (names, name) || g_str_has_prefix (name, "sequence.json.")
         || (g_str_has_prefix (name, ".sequence-") && g_str_has_suffix (name, ".json"));
}

static gboolean
check_content (const char *path,
               GError    **error)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  if (folder == NULL)
    {
      keygen_file_set_error (error, errno, "Cannot read %s", path);
      return FALSE;
    }
  while ((name = g_dir_read_name (folder)) != NULL)
    if (!belongs (name))
      {
        g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                     "%s is not replaced: “%s” in it is no part of an OSCORE context.", path, name);
        return FALSE;
      }
  return TRUE;
}

/* A process that goes on with the old context would write its numbers into the
 * new one. */
static gboolean
take_lock (KeygenDirectory *self,
           GError         **error)
{
  g_autofree char *name = g_build_filename (self->path, "lock", NULL);

  self->lock = open (name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (self->lock < 0 && errno == ENOENT)
    return TRUE;
  if (self->lock >= 0 && flock (self->lock, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  if (self->lock >= 0 && errno == EWOULDBLOCK)
    g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_AGAIN, "%s is in use, and is not replaced.", self->path);
  else
    keygen_file_set_error (error, errno, "Cannot lock %s", name);
  return FALSE;
}

static gboolean
check (KeygenDirectory *self,
       gboolean         force,
       GError         **error)
{
  struct stat status;

  if (lstat (self->path, &status) != 0)
    {
      if (errno == ENOENT)
        return TRUE;
      keygen_file_set_error (error, errno, "Cannot make %s", self->path);
      return FALSE;
    }
  if (!force)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
                   "%s is there already; --force replaces it.", self->path);
      return FALSE;
    }
  if (!S_ISDIR (status.st_mode))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_NOTDIR,
                   "%s is no directory, and is not replaced.", self->path);
      return FALSE;
    }
  self->is_there = TRUE;
  return check_content (self->path, error) && take_lock (self, error);
}

static char *
make_name (KeygenDirectory *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *base = g_strdup_printf (".gcoap-keygen-%08x%08x", randombytes_random (), randombytes_random ());

  return g_build_filename (folder, base, NULL);
}

KeygenDirectory *
keygen_directory_new (const char *path,
                      gboolean    force,
                      GError    **error)
{
  g_autoptr (KeygenDirectory) self = g_new0 (KeygenDirectory, 1);
  g_autofree char *temporary = NULL;

  self->path = strip_slashes (path);
  self->lock = -1;
  if (!check (self, force, error))
    return NULL;
  temporary = make_name (self);
  if (mkdir (temporary, 0700) != 0)
    {
      keygen_file_set_error (error, errno, "Cannot make %s", self->path);
      return NULL;
    }
  self->temporary = g_steal_pointer (&temporary);
  /* The mode is the same whatever the umask is. */
  if (chmod (self->temporary, 0700) != 0)
    {
      keygen_file_set_error (error, errno, "Cannot make %s", self->path);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
keygen_directory_add (KeygenDirectory *self,
                      const char      *name,
                      KeygenText      *content,
                      GError         **error)
{
  g_autofree char *path = g_build_filename (self->temporary, name, NULL);

  if (keygen_file_try_write (path, content, FALSE))
    return TRUE;
  /* The file's own name is one that nobody has asked for. */
  keygen_file_set_error (error, errno, "Cannot make %s", self->path);
  return FALSE;
}

gboolean
keygen_directory_place (KeygenDirectory *self,
                        GError         **error)
{
  g_autofree char *aside = make_name (self);
  g_autofree char *folder = g_path_get_dirname (self->path);

  if (self->is_there)
    {
      if (rename (self->path, aside) != 0)
        {
          keygen_file_set_error (error, errno, "Cannot replace %s", self->path);
          return FALSE;
        }
      self->replaced = g_steal_pointer (&aside);
    }
  /* It fails if somebody has put something there meanwhile. */
  if (rename (self->temporary, self->path) != 0)
    {
      keygen_file_set_error (error, errno, "Cannot make %s", self->path);
      return FALSE;
    }
  g_clear_pointer (&self->temporary, g_free);
  self->is_placed = TRUE;
  keygen_file_sync_directory (folder);
  return TRUE;
}

void
keygen_directory_keep (KeygenDirectory *self)
{
  self->is_kept = TRUE;
}

static void
delete_context (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (belongs (name))
        unlink (file);
    }
  rmdir (path);
}

void
keygen_directory_free (KeygenDirectory *self)
{
  if (self->temporary != NULL)
    delete_context (self->temporary);
  if (self->is_placed && !self->is_kept)
    delete_context (self->path);
  if (self->replaced != NULL && self->is_kept)
    delete_context (self->replaced);
  else if (self->replaced != NULL)
    rename (self->replaced, self->path);
  if (self->lock >= 0)
    close (self->lock);
  g_free (self->temporary);
  g_free (self->replaced);
  g_free (self->path);
  g_free (self);
}
