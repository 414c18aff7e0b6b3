/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-root-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/gcoap-error.h"

/* The kernel gives up when directories are moved while it looks at "..". */
#define MAX_TRIES 8

typedef struct
{
  int                value;
  GcoapResponseError code;
  const char        *text;
} Row;

static const Row rows[] = {
  { ENOENT, GCOAP_RESPONSE_ERROR_NOT_FOUND, "There is no such file." },
  { ENOTDIR, GCOAP_RESPONSE_ERROR_NOT_FOUND, "There is no such file." },
  { ELOOP, GCOAP_RESPONSE_ERROR_NOT_FOUND, "There is no such file." },
  { EXDEV, GCOAP_RESPONSE_ERROR_NOT_FOUND, "There is no such file." },
  { ENXIO, GCOAP_RESPONSE_ERROR_NOT_FOUND, "There is no such file." },
  { ENAMETOOLONG, GCOAP_RESPONSE_ERROR_NOT_FOUND, "There is no such file." },
  { EACCES, GCOAP_RESPONSE_ERROR_FORBIDDEN, "The server is not permitted to do this with the file." },
  { EPERM, GCOAP_RESPONSE_ERROR_FORBIDDEN, "The server is not permitted to do this with the file." },
  { EROFS, GCOAP_RESPONSE_ERROR_FORBIDDEN, "The files of the server cannot be changed." },
  { EISDIR, GCOAP_RESPONSE_ERROR_METHOD_NOT_ALLOWED, "This cannot be done with a directory." },
  { ENOTEMPTY, GCOAP_RESPONSE_ERROR_METHOD_NOT_ALLOWED, "This cannot be done with a directory." },
  { EEXIST, GCOAP_RESPONSE_ERROR_PRECONDITION_FAILED, "The resource exists already." },
  { ENOSPC, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR, "The disk of the server is full." },
  { EDQUOT, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR, "The disk quota of the server is used up." },
  { EFBIG, GCOAP_RESPONSE_ERROR_REQUEST_ENTITY_TOO_LARGE, "The file would be too large." },
  { EIO, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR, "The disk of the server has a fault." },
  { EMFILE, GCOAP_RESPONSE_ERROR_SERVICE_UNAVAILABLE, "The server has too many files open." },
  { ENFILE, GCOAP_RESPONSE_ERROR_SERVICE_UNAVAILABLE, "The server has too many files open." },
};

void
gcoap_file_set_error (GError **error,
                      int      saved_errno)
{
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (rows[i].value == saved_errno)
      {
        g_set_error_literal (error, GCOAP_RESPONSE_ERROR, rows[i].code, rows[i].text);
        return;
      }
  g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR,
                       "The server has a problem with the file.");
}

/* The kernel resolves the whole path at once, so there is no moment in which
 * somebody could put a link in the place of a directory already checked. */
static int
open_below (GcoapFileRoot *self,
            const char    *path,
            int            flags)
{
  struct open_how how = {
    .flags = (guint64) (flags | O_CLOEXEC),
    .resolve = RESOLVE_NO_MAGICLINKS | (self == NULL || self->confined ? RESOLVE_BENEATH : 0),
  };
  long fd = -1;

  if (self == NULL)
    {
      errno = ENOENT;
      return -1;
    }
  for (guint i = 0; i < MAX_TRIES; i++)
    {
      fd = syscall (SYS_openat2, self->fd, path, &how, sizeof how);
      if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
        break;
    }
  return (int) fd;
}

static gboolean
is_supported (GcoapFileRoot *self)
{
  int fd = open_below (self, ".", O_PATH);

  if (fd >= 0)
    close (fd);
  return fd >= 0 || errno != ENOSYS;
}

GcoapFileRoot *
gcoap_file_root_new (const char *path,
                     gboolean    confined,
                     GError    **error)
{
  GcoapFileRoot *self;
  int fd = open (path, O_PATH | O_DIRECTORY | O_CLOEXEC);

  if (fd < 0)
    {
      int saved_errno = errno;

      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (saved_errno),
                   "The directory %s cannot be opened: %s.", path, g_strerror (saved_errno));
      return NULL;
    }
  self = g_atomic_rc_box_new (GcoapFileRoot);
  self->fd = fd;
  self->confined = confined;
  if (!is_supported (self))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "The kernel cannot confine paths to a directory (openat2).");
      g_clear_pointer (&self, gcoap_file_root_unref);
    }
  return self;
}

GcoapFileRoot *
gcoap_file_root_ref (GcoapFileRoot *self)
{
  return self != NULL ? g_atomic_rc_box_acquire (self) : NULL;
}

static void
clear (gpointer data)
{
  close (((GcoapFileRoot *) data)->fd);
}

void
gcoap_file_root_unref (GcoapFileRoot *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, clear);
}

static gboolean
is_served (const struct stat *status)
{
  return S_ISREG (status->st_mode) || S_ISDIR (status->st_mode);
}

/* The descriptor, if it is of something that is served. */
static int
check (int          fd,
       struct stat *status,
       GError     **error)
{
  int saved_errno;

  if (fd >= 0 && fstat (fd, status) == 0)
    {
      if (is_served (status))
        return fd;
      errno = ENXIO;
    }
  saved_errno = errno;
  if (fd >= 0)
    close (fd);
  gcoap_file_set_error (error, saved_errno);
  return -1;
}

int
gcoap_file_root_open (GcoapFileRoot *self,
                      const char    *path,
                      struct stat   *status,
                      GError       **error)
{
  /* To open a device may already do something, and a pipe waits for its other
   * end; so it is looked at first. */
  int fd = check (open_below (self, path, O_PATH), status, error);

  if (fd < 0)
    return -1;
  close (fd);
  return check (open_below (self, path, O_RDONLY | O_NONBLOCK | O_NOCTTY), status, error);
}

int
gcoap_file_root_open_parent (GcoapFileRoot *self,
                             const char    *path,
                             const char   **name,
                             GError       **error)
{
  const char *slash = path != NULL ? strrchr (path, '/') : NULL;
  g_autofree char *parent = slash != NULL ? g_strndup (path, (gsize) (slash - path)) : g_strdup (".");
  int fd = open_below (self, parent, O_RDONLY | O_DIRECTORY);

  if (fd < 0)
    gcoap_file_set_error (error, errno);
  *name = slash != NULL ? slash + 1 : path;
  return fd;
}
