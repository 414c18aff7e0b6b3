/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-unix-socket-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/gcoap-error.h"

#ifdef __linux__
gboolean gcoap_unix_socket_has_abstract = TRUE;
#else
gboolean gcoap_unix_socket_has_abstract = FALSE;
#endif

static int
bind_to (int               fd,
         GcoapUnixAddress *address)
{
  struct sockaddr_un native;
  socklen_t length = gcoap_unix_address_to_native (address, &native);

  return bind (fd, (struct sockaddr *) &native, length) == 0 ? 0 : errno;
}

/* Takes note of which file the name stands for. */
static void
remember (GcoapUnixName *name,
          const char    *path)
{
  struct stat info;

  if (lstat (path, &info) != 0)
    return;
  name->path = g_strdup (path);
  name->device = info.st_dev;
  name->inode = info.st_ino;
}

/* Whether a socket stands there that nobody has open any more. */
static gboolean
is_stale (GcoapUnixAddress *address,
          struct stat      *info)
{
  struct sockaddr_un native;
  socklen_t length = gcoap_unix_address_to_native (address, &native);
  gboolean refused;
  int fd;

  if (lstat (native.sun_path, info) != 0 || !S_ISSOCK (info->st_mode))
    return FALSE;
  fd = socket (AF_UNIX, SOCK_DGRAM, 0);
  if (fd < 0)
    return FALSE;
  /* One of another type says EPROTOTYPE when it is open. */
  refused = connect (fd, (struct sockaddr *) &native, length) != 0 && errno == ECONNREFUSED;
  close (fd);
  return refused;
}

/* Not if another program has put its own there since. */
static void
remove_stale (const char        *path,
              const struct stat *seen)
{
  struct stat info;

  if (lstat (path, &info) == 0 && info.st_dev == seen->st_dev && info.st_ino == seen->st_ino)
    unlink (path);
}

static void
set_listen_error (const char  *path,
                  int          errnum,
                  GError     **error)
{
  struct stat info;

  switch (errnum)
    {
    case EADDRINUSE:
      if (lstat (path, &info) == 0 && !S_ISSOCK (info.st_mode))
        g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE,
                     "Cannot listen on %s: something that is no socket is there already.", path);
      else
        g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE,
                     "Another program already listens on %s.", path);
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_PERMISSION,
                   "Not allowed to listen on %s.", path);
      break;
    case ENOENT:
    case ENOTDIR:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "Cannot listen on %s: there is no such folder.", path);
      break;
    default:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                   "Cannot listen on %s: %s.", path, g_strerror (errnum));
      break;
    }
}

gboolean
gcoap_unix_socket_listen (int                fd,
                          GcoapUnixAddress  *address,
                          GcoapUnixName     *name,
                          GError           **error)
{
  const char *path = gcoap_unix_address_get_path (address);
  int errnum = bind_to (fd, address);
  struct stat info;

  if (errnum == EADDRINUSE && is_stale (address, &info))
    {
      remove_stale (path, &info);
      errnum = bind_to (fd, address);
    }
  if (errnum != 0)
    {
      set_listen_error (path, errnum, error);
      return FALSE;
    }
  remember (name, path);
  return TRUE;
}

gboolean
gcoap_unix_socket_bind_private (int             fd,
                                GcoapUnixName  *name,
                                GError        **error)
{
  struct sockaddr_un native = { .sun_family = AF_UNIX };
  g_autoptr (GcoapUnixAddress) address = NULL;
  g_autofree char *path = NULL;
  int errnum;

  if (gcoap_unix_socket_has_abstract)
    {
      /* Linux chooses one when only the family is given. */
      if (bind (fd, (struct sockaddr *) &native, sizeof native.sun_family) == 0)
        return TRUE;
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                   "Cannot name a socket: %s.", g_strerror (errno));
      return FALSE;
    }
  name->folder = g_dir_make_tmp ("gcoap-XXXXXX", NULL);
  if (name->folder == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                           "Cannot make a temporary folder for a socket.");
      return FALSE;
    }
  path = g_build_filename (name->folder, "socket", NULL);
  address = gcoap_unix_address_new (path, error);
  if (address == NULL)
    return FALSE;
  errnum = bind_to (fd, address);
  if (errnum != 0)
    {
      set_listen_error (path, errnum, error);
      return FALSE;
    }
  remember (name, path);
  return TRUE;
}

void
gcoap_unix_name_clear (GcoapUnixName *name)
{
  const struct stat seen = { .st_dev = name->device, .st_ino = name->inode };

  if (name->path != NULL)
    remove_stale (name->path, &seen);
  if (name->folder != NULL)
    g_rmdir (name->folder);
  g_clear_pointer (&name->path, g_free);
  g_clear_pointer (&name->folder, g_free);
}

GError *
gcoap_unix_error_new (GcoapUnixAddress *peer,
                      int               errnum)
{
  const char *path = gcoap_unix_address_get_path (peer);
  GcoapError code = GCOAP_ERROR_UNREACHABLE;
  const char *reason;

  switch (errnum)
    {
    case ECONNREFUSED:
    case ECONNRESET:
    case ENOTCONN:
      reason = "nobody listens there any more";
      break;
    case ENOENT:
    case ENOTDIR:
      reason = "there is no such socket";
      break;
    case EPROTOTYPE:
      reason = "it is not a datagram socket";
      break;
    case EACCES:
    case EPERM:
      code = GCOAP_ERROR_PERMISSION;
      reason = "its permissions do not allow it";
      break;
    case EMSGSIZE:
      code = GCOAP_ERROR_TOO_LARGE;
      reason = "the message is longer than a socket carries";
      break;
    default:
      reason = g_strerror (errnum);
      break;
    }
  return g_error_new (GCOAP_ERROR, code, "%s cannot be reached: %s.",
                      path != NULL ? path : "A local client", reason);
}
