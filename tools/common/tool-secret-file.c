/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/tool-secret-file.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  guint8 *data;
  gsize   size;
} Content;

static void
free_content (gpointer data)
{
  Content *content = data;

  sodium_memzero (content->data, content->size);
  g_free (content->data);
  g_free (content);
}

static GBytes *
fail (const char *path,
      int         code,
      const char *reason,
      GError    **error)
{
  g_autofree char *name = g_filename_display_name (path);

  g_set_error (error, G_IO_ERROR, code, "The file “%s” %s.", name, reason);
  return NULL;
}

static GBytes *
read_whole (int         fd,
            const char *path,
            gsize       size,
            GError    **error)
{
  Content *content = g_new0 (Content, 1);
  g_autoptr (GBytes) bytes = NULL;
  gsize done = 0;

  content->size = size;
  content->data = g_malloc0 (size + 1);
  bytes = g_bytes_new_with_free_func (content->data, size, free_content, content);
  while (done < size)
    {
      ssize_t n = read (fd, content->data + done, size - done);

      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return fail (path, G_IO_ERROR_FAILED, "cannot be read to its end", error);
      done += (gsize) n;
    }
  return g_steal_pointer (&bytes);
}

static GBytes *
read_file (const char *path,
           gboolean    is_secret,
           GError    **error)
{
  /* A FIFO must not make the open wait. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  struct stat status;
  GBytes *bytes = NULL;

  if (fd < 0)
    {
      int code = errno;
      g_autofree char *reason = g_strdup_printf ("cannot be read: %s", g_strerror (code));

      return fail (path, (int) g_io_error_from_errno (code), reason, error);
    }
  if (fstat (fd, &status) < 0 || !S_ISREG (status.st_mode))
    fail (path, G_IO_ERROR_NOT_REGULAR_FILE, "is no regular file", error);
  else if (is_secret && (status.st_mode & 077) != 0)
    fail (path, G_IO_ERROR_PERMISSION_DENIED,
          "holds a secret, and others may read or write it; it needs mode 600", error);
  else if (status.st_size > TOOL_SECRET_FILE_MAX_SIZE)
    fail (path, G_IO_ERROR_MESSAGE_TOO_LARGE, "is larger than 1 MiB", error);
  else
    bytes = read_whole (fd, path, (gsize) status.st_size, error);
  close (fd);
  return bytes;
}

GBytes *
tool_secret_file_read (const char *path,
                       GError    **error)
{
  return read_file (path, TRUE, error);
}

GBytes *
tool_secret_file_read_line (const char *path,
                            GError    **error)
{
  g_autoptr (GBytes) bytes = read_file (path, TRUE, error);
  const char *data;
  const char *end;
  gsize length;

  if (bytes == NULL)
    return NULL;
  data = g_bytes_get_data (bytes, &length);
  end = length > 0 ? memchr (data, '\n', length) : NULL;
  if (end != NULL)
    length = (gsize) (end - data);
  if (length == 0)
    return fail (path, G_IO_ERROR_INVALID_DATA, "has nothing in its first line", error);
  return g_bytes_new_from_bytes (bytes, 0, length);
}

GBytes *
tool_public_file_read (const char *path,
                       GError    **error)
{
  return read_file (path, FALSE, error);
}
