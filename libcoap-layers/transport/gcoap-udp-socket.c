/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-socket-private.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/gcoap-error.h"

/* What is asked for; the kernel gives at most net.core.rmem_max. A burst from
 * many peers must fit in while a handler runs. */
#define RECEIVE_BUFFER (1024 * 1024)

static int
create (int family, int type, int protocol)
{
  return socket (family, type, protocol);
}

int (*gcoap_udp_socket_create) (int family, int type, int protocol) = create;

static gboolean
set (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

void
gcoap_udp_set_bind_error (const GcoapUdpKey  *address,
                          int                 errnum,
                          GError            **error)
{
  g_autofree char *hostinfo = gcoap_udp_key_dup_hostinfo (address, 0);

  switch (errnum)
    {
    case EADDRINUSE:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE,
                   "Another program already listens on %s.", hostinfo);
      break;
    case EADDRNOTAVAIL:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "Cannot listen on %s: this machine does not have that address.", hostinfo);
      break;
    case EACCES:
    case EPERM:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_PERMISSION,
                   "Not allowed to listen on %s.", hostinfo);
      break;
    default:
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                   "Cannot listen on %s: %s.", hostinfo, g_strerror (errnum));
      break;
    }
}

/* Reads back what the kernel made of it, and sets all options that do not
 * depend on how the socket came about. */
static gboolean
prepare (GcoapUdpSocket  *self,
         GError         **error)
{
  GcoapUdpSockaddr name;
  socklen_t length = sizeof name;
  int v6only = 0;
  socklen_t v6only_length = sizeof v6only;
  gboolean done = TRUE;

  if (getsockname (self->fd, &name.any, &length) != 0 ||
      !gcoap_udp_key_from_sockaddr (&self->bound, &name.any, length))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The socket is not one of IPv4 or IPv6.");
      return FALSE;
    }
  self->family = name.any.sa_family;
  if (self->family == AF_INET6 &&
      getsockopt (self->fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, &v6only_length) == 0)
    self->is_dual = !v6only;
  self->is_wildcard = gcoap_udp_in6_is_any (&self->bound.address);

  /* Errors of both families come as messages that quote what they are about. */
  if (self->family == AF_INET6)
    done = set (self->fd, IPPROTO_IPV6, IPV6_RECVERR, 1) && done;
  if (self->family == AF_INET || self->is_dual)
    done = set (self->fd, IPPROTO_IP, IP_RECVERR, 1) && done;
  if (self->is_wildcard)
    done = (self->family == AF_INET6
              ? set (self->fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
              : set (self->fd, IPPROTO_IP, IP_PKTINFO, 1)) && done;
  if (!done)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                   "Cannot set up the socket: %s.", g_strerror (errno));
      return FALSE;
    }

  /* Only the groups this socket joins, not those that any program did. Old
   * kernels do not know these; then messages to foreign groups come as well. */
  if (self->family == AF_INET6)
    set (self->fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0);
  if (self->family == AF_INET || self->is_dual)
    set (self->fd, IPPROTO_IP, IP_MULTICAST_ALL, 0);
  set (self->fd, SOL_SOCKET, SO_RCVBUF, RECEIVE_BUFFER);
  return TRUE;
}

int
gcoap_udp_socket_make (int           type,
                       GcoapUdpKey  *address,
                       int          *family,
                       GError      **error)
{
  int fd;

  *family = AF_INET6;
  fd = gcoap_udp_socket_create (AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 && (errno == EAFNOSUPPORT || errno == EPROTONOSUPPORT))
    {
      *family = AF_INET;
      fd = gcoap_udp_socket_create (AF_INET, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      /* Without IPv6, all addresses are all IPv4 addresses. */
      if (IN6_IS_ADDR_UNSPECIFIED (&address->address))
        address->address.s6_addr[10] = address->address.s6_addr[11] = 0xff;
    }
  if (fd < 0)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED, "Cannot open a socket: %s.", g_strerror (errno));
  else if (*family == AF_INET6)
    set (fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  return fd;
}

gboolean
gcoap_udp_socket_open (GcoapUdpSocket     *self,
                       const GcoapUdpKey  *address,
                       gboolean            reuse_port,
                       GError            **error)
{
  GcoapUdpKey wanted = { 0 };
  GcoapUdpSockaddr name;
  socklen_t length;

  if (address != NULL)
    wanted = *address;
  *self = (GcoapUdpSocket) { 0 };
  self->fd = gcoap_udp_socket_make (SOCK_DGRAM, &wanted, &self->family, error);
  if (self->fd < 0)
    return FALSE;
  if (reuse_port)
    set (self->fd, SOL_SOCKET, SO_REUSEPORT, 1);

  length = gcoap_udp_key_to_sockaddr (&wanted, self->family, &name);
  if (length == 0 || bind (self->fd, &name.any, length) != 0)
    {
      gcoap_udp_set_bind_error (&wanted, length == 0 ? EADDRNOTAVAIL : errno, error);
      gcoap_udp_socket_close (self);
      return FALSE;
    }
  if (!prepare (self, error))
    {
      gcoap_udp_socket_close (self);
      return FALSE;
    }
  return TRUE;
}

gboolean
gcoap_udp_socket_adopt (GcoapUdpSocket  *self,
                        int              fd,
                        GError         **error)
{
  int type = 0;
  socklen_t length = sizeof type;
  int flags;

  *self = (GcoapUdpSocket) { .fd = fd };
  if (getsockopt (fd, SOL_SOCKET, SO_TYPE, &type, &length) != 0 || type != SOCK_DGRAM)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "The file descriptor %d is no datagram socket.", fd);
      return FALSE;
    }
  flags = fcntl (fd, F_GETFL);
  if (flags < 0 || fcntl (fd, F_SETFL, flags | O_NONBLOCK) != 0 ||
      fcntl (fd, F_SETFD, FD_CLOEXEC) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                   "Cannot set up the socket: %s.", g_strerror (errno));
      return FALSE;
    }
  return prepare (self, error);
}

void
gcoap_udp_socket_close (GcoapUdpSocket *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

gboolean
gcoap_udp_socket_can_reach (const GcoapUdpSocket *self,
                            const GcoapUdpKey    *peer)
{
  return IN6_IS_ADDR_V4MAPPED (&peer->address)
    ? self->family == AF_INET || self->is_dual
    : self->family == AF_INET6;
}

gboolean
gcoap_udp_socket_find_source (const GcoapUdpSocket *self,
                              const GcoapUdpKey    *peer,
                              struct in6_addr      *source)
{
  GcoapUdpSockaddr name;
  socklen_t length = gcoap_udp_key_to_sockaddr (peer, self->family, &name);
  GcoapUdpKey key;
  gboolean found;
  int fd;

  /* Connecting a datagram socket sends nothing: it only looks up the route. */
  fd = socket (self->family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return FALSE;
  found = length != 0 && connect (fd, &name.any, length) == 0;
  length = sizeof name;
  found = found && getsockname (fd, &name.any, &length) == 0 &&
          gcoap_udp_key_from_sockaddr (&key, &name.any, length);
  close (fd);
  if (found)
    *source = key.address;
  return found;
}
