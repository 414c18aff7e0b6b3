/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-tcp-channel-private.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/gcoap-error.h"

typedef struct
{
  GcoapByteChannel channel;
  int              fd;
} TcpChannel;

static void
set_error (int      errnum,
           GError **error)
{
  GcoapError code;

  switch (errnum)
    {
    case ECONNRESET:
    case EPIPE:
    case ECONNABORTED:
      code = GCOAP_ERROR_CLOSED;
      break;
    case ETIMEDOUT:
      code = GCOAP_ERROR_TIMED_OUT;
      break;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ENETDOWN:
    case ECONNREFUSED:
      code = GCOAP_ERROR_UNREACHABLE;
      break;
    default:
      code = GCOAP_ERROR_FAILED;
      break;
    }
  g_set_error_literal (error, GCOAP_ERROR, (int) code, g_strerror (errnum));
}

static gboolean
is_temporary (int errnum)
{
  return errnum == EAGAIN || errnum == EINTR;
}

static gssize
tcp_channel_read (GcoapByteChannel  *channel,
                  guint8            *buffer,
                  gsize              size,
                  GError           **error)
{
  gssize n = recv (((TcpChannel *) channel)->fd, buffer, size, 0);

  if (n < 0 && !is_temporary (errno))
    set_error (errno, error);
  return n;
}

static gssize
tcp_channel_write (GcoapByteChannel  *channel,
                   const guint8      *data,
                   gsize              size,
                   GError           **error)
{
  gssize n = send (((TcpChannel *) channel)->fd, data, size, MSG_NOSIGNAL);

  if (n < 0 && !is_temporary (errno))
    set_error (errno, error);
  return n;
}

static void
tcp_channel_finish (GcoapByteChannel *channel)
{
  shutdown (((TcpChannel *) channel)->fd, SHUT_WR);
}

static int
tcp_channel_get_fd (GcoapByteChannel *channel)
{
  return ((TcpChannel *) channel)->fd;
}

static void
tcp_channel_free (GcoapByteChannel *channel)
{
  close (((TcpChannel *) channel)->fd);
  g_free (channel);
}

static const GcoapByteChannelFuncs tcp_channel_funcs = {
  .read = tcp_channel_read,
  .write = tcp_channel_write,
  .finish = tcp_channel_finish,
  .get_fd = tcp_channel_get_fd,
  .free = tcp_channel_free,
};

GcoapByteChannel *
gcoap_tcp_channel_new (int fd)
{
  TcpChannel *self = g_new0 (TcpChannel, 1);
  int flags = fcntl (fd, F_GETFL);
  int on = 1;

  self->channel.funcs = &tcp_channel_funcs;
  self->fd = fd;
  if (flags >= 0)
    fcntl (fd, F_SETFL, flags | O_NONBLOCK);
  /* Messages are put together before they are written, so that nothing is
   * gained by waiting for more. A socket that is not TCP refuses this. */
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return &self->channel;
}
