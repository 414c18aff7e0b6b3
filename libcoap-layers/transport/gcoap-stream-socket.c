/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-socket-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-udp-socket-private.h"

static gboolean
read_bound (GcoapStreamSocket  *self,
            GError            **error)
{
  GcoapUdpSockaddr name;
  socklen_t length = sizeof name;

  if (getsockname (self->fd, &name.any, &length) == 0
      && gcoap_udp_key_from_sockaddr (&self->bound, &name.any, length))
    return TRUE;
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                       "The socket is not one of IPv4 or IPv6.");
  return FALSE;
}

gboolean
gcoap_stream_socket_listen (GcoapStreamSocket  *self,
                            const GcoapUdpKey  *address,
                            gboolean            reuse_port,
                            GError            **error)
{
  GcoapUdpKey wanted = *address;
  GcoapUdpSockaddr name;
  socklen_t length;
  int family;
  int on = 1;

  self->fd = gcoap_udp_socket_make (SOCK_STREAM, &wanted, &family, error);
  if (self->fd < 0)
    return FALSE;
  /* The connections of an earlier process do not keep a new one from
   * listening. */
  setsockopt (self->fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (reuse_port)
    setsockopt (self->fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  length = gcoap_udp_key_to_sockaddr (&wanted, family, &name);
  if (length == 0 || bind (self->fd, &name.any, length) != 0 || listen (self->fd, SOMAXCONN) != 0)
    {
      gcoap_udp_set_bind_error (&wanted, length == 0 ? EADDRNOTAVAIL : errno, error);
      gcoap_stream_socket_close (self);
      return FALSE;
    }
  if (!read_bound (self, error))
    {
      gcoap_stream_socket_close (self);
      return FALSE;
    }
  return TRUE;
}

gboolean
gcoap_stream_socket_adopt (GcoapStreamSocket  *self,
                           int                 fd,
                           GError            **error)
{
  int listens = 0;
  socklen_t length = sizeof listens;
  int flags = fcntl (fd, F_GETFL);

  self->fd = fd;
  if (getsockopt (fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &length) != 0 || !listens)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The file descriptor %d is no socket that listens for connections.", fd);
      self->fd = -1;
      return FALSE;
    }
  if (flags < 0 || fcntl (fd, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl (fd, F_SETFD, FD_CLOEXEC) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED, "Cannot set up the socket: %s.", g_strerror (errno));
      self->fd = -1;
      return FALSE;
    }
  if (!read_bound (self, error))
    {
      self->fd = -1;
      return FALSE;
    }
  return TRUE;
}

void
gcoap_stream_socket_close (GcoapStreamSocket *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

int
gcoap_stream_socket_accept (GcoapStreamSocket *self,
                            GcoapUdpKey       *peer,
                            int               *errnum)
{
  GcoapUdpSockaddr name;
  socklen_t length = sizeof name;
  int fd = accept4 (self->fd, &name.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

  *errnum = 0;
  if (fd < 0)
    {
      /* Those who gave up while they waited leave an error of theirs. */
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        *errnum = errno;
      return -1;
    }
  if (!gcoap_udp_key_from_sockaddr (peer, &name.any, length))
    {
      close (fd);
      return -1;
    }
  return fd;
}

gboolean
gcoap_stream_socket_get_peer (int          fd,
                              GcoapUdpKey *peer)
{
  GcoapUdpSockaddr name;
  socklen_t length = sizeof name;

  return getpeername (fd, &name.any, &length) == 0
         && gcoap_udp_key_from_sockaddr (peer, &name.any, length);
}
