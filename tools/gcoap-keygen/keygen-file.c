/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files for their owner alone. They are written under another name, and linked
 * or renamed to their own when they are on the disk. */
#include "gcoap-keygen/keygen-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How many names for a file that is not complete are tried. */
#define MAX_NAMES 16

void
keygen_file_set_error (GError    **error,
                       int         code,
                       const char *format,
                       ...)
{
  g_autofree char *what = NULL;
  va_list arguments;

  va_start (arguments, format);
  what = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, G_FILE_ERROR, (gint) g_file_error_from_errno (code), "%s: %s.", what, g_strerror (code));
}

gboolean
keygen_file_write_all (int         fd,
                       const char *data,
                       gsize       length)
{
  while (length > 0)
    {
      ssize_t n = write (fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      data += n;
      length -= (gsize) n;
    }
  return TRUE;
}

char *
keygen_file_dup_name (const char *path)
{
  g_autofree char *absolute = g_canonicalize_filename (path, NULL);

  return g_filename_display_name (absolute);
}

static gboolean
refuse_to_replace (const char *path,
                   GError    **error)
{
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_EXIST,
               "%s is there already; --force replaces it.", path);
  return FALSE;
}

gboolean
keygen_file_check (const char *path,
                   gboolean    force,
                   GError    **error)
{
  struct stat status;

  if (lstat (path, &status) != 0)
    {
      if (errno == ENOENT)
        return TRUE;
      keygen_file_set_error (error, errno, "Cannot write %s", path);
      return FALSE;
    }
  if (!force)
    return refuse_to_replace (path, error);
  if (!S_ISREG (status.st_mode))
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "%s is no regular file, and is not replaced.", path);
      return FALSE;
    }
  return TRUE;
}

static int
open_temporary (const char *path,
                char      **name)
{
  g_autofree char *folder = g_path_get_dirname (path);

  for (guint i = 0; i < MAX_NAMES; i++)
    {
      g_autofree char *base = g_strdup_printf (".gcoap-keygen-%08x%08x", randombytes_random (), randombytes_random ());
      int fd;

      *name = g_build_filename (folder, base, NULL);
      fd = open (*name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (fd >= 0)
        return fd;
      g_clear_pointer (name, g_free);
      if (errno != EEXIST)
        break;
    }
  return -1;
}

/* Gives the file its name: EEXIST if somebody has made another meanwhile. */
static gboolean
put_in_place (const char *temporary,
              const char *path,
              gboolean    force)
{
  if (!force)
    {
      if (link (temporary, path) == 0)
        {
          unlink (temporary);
          return TRUE;
        }
      /* Some file systems have no links. */
      if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS)
        return FALSE;
      if (g_access (path, F_OK) == 0)
        {
          errno = EEXIST;
          return FALSE;
        }
    }
  return rename (temporary, path) == 0;
}

void
keygen_file_sync_directory (const char *path)
{
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

void
keygen_file_hold_signals (sigset_t *before)
{
  sigset_t signals;

  sigemptyset (&signals);
  sigaddset (&signals, SIGINT);
  sigaddset (&signals, SIGTERM);
  sigaddset (&signals, SIGHUP);
  sigprocmask (SIG_BLOCK, &signals, before);
}

void
keygen_file_release_signals (const sigset_t *before)
{
  sigprocmask (SIG_SETMASK, before, NULL);
}

/* FALSE with errno set. */
static gboolean
fill (int         fd,
      KeygenText *content)
{
  int code;

  /* The mode is the same whatever the umask is. */
  if (fchmod (fd, 0600) == 0
      && keygen_file_write_all (fd, keygen_text_peek (content), keygen_text_get_length (content))
      && fsync (fd) == 0)
    return close (fd) == 0;
  code = errno;
  close (fd);
  errno = code;
  return FALSE;
}

gboolean
keygen_file_try_write (const char *path,
                       KeygenText *content,
                       gboolean    force)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *temporary = NULL;
  int fd = open_temporary (path, &temporary);

  if (fd < 0)
    return FALSE;
  if (!fill (fd, content) || !put_in_place (temporary, path, force))
    {
      int code = errno;

      unlink (temporary);
      errno = code;
      return FALSE;
    }
  keygen_file_sync_directory (folder);
  return TRUE;
}

gboolean
keygen_file_write (const char *path,
                   KeygenText *content,
                   gboolean    force,
                   GError    **error)
{
  sigset_t signals;
  gboolean is_good;
  int code;

  if (!keygen_file_check (path, force, error))
    return FALSE;
  keygen_file_hold_signals (&signals);
  is_good = keygen_file_try_write (path, content, force);
  code = errno;
  keygen_file_release_signals (&signals);
  if (is_good)
    return TRUE;
  if (code == EEXIST)
    return refuse_to_replace (path, error);
  keygen_file_set_error (error, code, "Cannot write %s", path);
  return FALSE;
}

static gboolean
check_readable (const char *path,
                int         fd,
                gboolean    is_secret,
                GError    **error)
{
  struct stat status;

  if (fstat (fd, &status) != 0)
    {
      keygen_file_set_error (error, errno, "Cannot read %s", path);
      return FALSE;
    }
  if (S_ISDIR (status.st_mode))
    {
      keygen_file_set_error (error, EISDIR, "Cannot read %s", path);
      return FALSE;
    }
  if (is_secret && S_ISREG (status.st_mode) && (status.st_mode & 077) != 0)
    {
      g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_PERM,
                   "%s holds a secret, and others may read or write it (mode %03o); it needs mode 600.",
                   path, (guint) status.st_mode & 0777);
      return FALSE;
    }
  return TRUE;
}

static gboolean
read_all (const char *path,
          int         fd,
          KeygenText *content,
          GError    **error)
{
  while (keygen_text_get_length (content) <= KEYGEN_FILE_MAX_SIZE)
    {
      ssize_t n = read (fd, keygen_text_reserve (content, 4096), 4096);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          keygen_file_set_error (error, errno, "Cannot read %s", path);
          return FALSE;
        }
      if (n == 0)
        return TRUE;
      keygen_text_grow (content, (gsize) n);
    }
  g_set_error (error, G_FILE_ERROR, G_FILE_ERROR_INVAL,
               "%s has more than %d bytes: it is neither a key nor a certificate.", path, KEYGEN_FILE_MAX_SIZE);
  return FALSE;
}

KeygenText *
keygen_file_read (const char *path,
                  gboolean    is_secret,
                  GError    **error)
{
  gboolean is_input = strcmp (path, "-") == 0;
  const char *name = is_input ? "standard input" : path;
  g_autoptr (KeygenText) content = keygen_text_new ();
  gboolean is_good;
  int fd = is_input ? STDIN_FILENO : open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

  if (fd < 0)
    {
      keygen_file_set_error (error, errno, "Cannot read %s", path);
      return NULL;
    }
  is_good = check_readable (name, fd, is_secret, error) && read_all (name, fd, content, error);
  if (!is_input)
    close (fd);
  return is_good ? g_steal_pointer (&content) : NULL;
}
