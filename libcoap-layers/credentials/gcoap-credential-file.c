/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files with credentials: regular, not too large, and nobody else's to read if
 * they hold secrets. What is checked is the file that is open, not its name. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-credential-map-private.h"

typedef struct
{
  guint8 *data;
  gsize   size;
} Content;

static void
free_content (gpointer data)
{
  Content *self = data;

  gcoap_secret_free_heap (self->data, self->size);
  g_free (self);
}

static gboolean
fail (const char *path,
      GError    **error)
{
  int code = errno;
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, GCOAP_ERROR, code == EACCES || code == EPERM ? GCOAP_ERROR_PERMISSION : GCOAP_ERROR_FAILED,
               "The file “%s” cannot be read: %s.", name, g_strerror (code));
  return FALSE;
}

static gboolean
check (const char        *path,
       const struct stat *status,
       guint              mode_mask,
       GError           **error)
{
  g_autofree char *name = g_filename_display_name (path);

  if (!S_ISREG (status->st_mode))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, "“%s” is no regular file.", name);
      return FALSE;
    }
  if ((status->st_mode & mode_mask) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_PERMISSION,
                   (mode_mask & 044) != 0
                   ? "The file “%s” holds secrets, and others may read or write it (mode %03o); it needs mode 600."
                   : "Others may write the file “%s” (mode %03o).", name, (guint) status->st_mode & 0777);
      return FALSE;
    }
  if (status->st_size > GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "The file “%s” is larger than the limit of %d bytes.", name, GCOAP_CREDENTIAL_STORE_MAX_FILE_SIZE);
      return FALSE;
    }
  return TRUE;
}

/* What grows meanwhile is read as far as it went. */
static gboolean
read_all (int         fd,
          const char *path,
          Content    *content,
          gsize       size,
          GError    **error)
{
  content->data = g_malloc (size + 1);
  while (content->size < size)
    {
      ssize_t n = read (fd, content->data + content->size, size - content->size);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (path, error);
      if (n == 0)
        break;
      content->size += (gsize) n;
    }
  return TRUE;
}

GBytes *
gcoap_credential_file_read_at (int         directory,
                               const char *file,
                               const char *path,
                               guint       mode_mask,
                               guint      *mode,
                               gboolean   *is_missing,
                               GError    **error)
{
  /* A FIFO must not make the open wait. */
  int fd = openat (directory, file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  Content *content;
  struct stat status;
  gboolean success;

  if (is_missing != NULL)
    *is_missing = fd < 0 && errno == ENOENT;
  if (fd < 0)
    {
      if (is_missing == NULL || !*is_missing)
        fail (path, error);
      return NULL;
    }
  content = g_new0 (Content, 1);
  if (fstat (fd, &status) < 0)
    success = fail (path, error);
  else
    success = check (path, &status, mode_mask, error) && read_all (fd, path, content, (gsize) status.st_size, error);
  close (fd);
  if (!success)
    {
      free_content (content);
      return NULL;
    }
  if (mode != NULL)
    *mode = (guint) status.st_mode & 0777;
  return g_bytes_new_with_free_func (content->data, content->size, free_content, content);
}

GBytes *
gcoap_credential_file_read (const char *path,
                            guint       mode_mask,
                            guint      *mode,
                            GError    **error)
{
  return gcoap_credential_file_read_at (AT_FDCWD, path, path, mode_mask, mode, NULL, error);
}
