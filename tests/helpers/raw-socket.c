/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/raw-socket.h"

#include <glib-unix.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static socklen_t
native_of (const char              *address,
           guint16                  port,
           struct sockaddr_storage *native)
{
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new_from_string (address, port);

  g_assert_nonnull (socket_address);
  g_assert_true (g_socket_address_to_native (socket_address, native, sizeof *native, NULL));
  return g_socket_address_get_native_size (socket_address);
}

void
test_raw_socket_open (TestRawSocket *self,
                      const char    *address)
{
  struct sockaddr_storage native;
  socklen_t length = native_of (address, 0, &native);
  g_autoptr (GSocketAddress) bound = NULL;

  self->fd = socket (native.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert_cmpint (self->fd, >=, 0);
  g_assert_cmpint (bind (self->fd, (struct sockaddr *) &native, length), ==, 0);
  length = sizeof native;
  g_assert_cmpint (getsockname (self->fd, (struct sockaddr *) &native, &length), ==, 0);
  bound = g_socket_address_new_from_native (&native, length);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

void
test_raw_socket_close (TestRawSocket *self)
{
  close (self->fd);
  self->fd = -1;
}

void
test_raw_socket_send (TestRawSocket *self,
                      const char    *address,
                      guint16        port,
                      const void    *data,
                      gsize          length)
{
  struct sockaddr_storage native;
  socklen_t native_length = native_of (address, port, &native);

  g_assert_cmpint (sendto (self->fd, data, length, 0, (struct sockaddr *) &native, native_length), ==,
                   (gssize) length);
}

gboolean
test_raw_socket_is_readable (TestRawSocket *self)
{
  struct pollfd poll_fd = { .fd = self->fd, .events = POLLIN };

  return poll (&poll_fd, 1, 0) == 1;
}

static gboolean
readable_cb (int          fd G_GNUC_UNUSED,
             GIOCondition condition G_GNUC_UNUSED,
             gpointer     data G_GNUC_UNUSED)
{
  return G_SOURCE_CONTINUE;
}

static gboolean
guard_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

GBytes *
test_raw_socket_receive (TestRawSocket *self,
                         char         **from)
{
  gboolean too_late = FALSE;
  guint guard = g_timeout_add_seconds (10, guard_cb, &too_late);
  guint watch = g_unix_fd_add (self->fd, G_IO_IN, readable_cb, NULL);
  guint8 buffer[65536];
  struct sockaddr_storage native;
  socklen_t native_length = sizeof native;
  gssize length;

  while (!test_raw_socket_is_readable (self) && !too_late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (watch);
  g_source_remove (guard);
  g_assert_false (too_late);

  length = recvfrom (self->fd, buffer, sizeof buffer, 0, (struct sockaddr *) &native, &native_length);
  g_assert_cmpint (length, >=, 0);
  if (from != NULL)
    {
      g_autoptr (GSocketAddress) address = g_socket_address_new_from_native (&native, native_length);

      *from = g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
    }
  return g_bytes_new (buffer, length);
}

guint16
test_port_of_uri (const char *uri)
{
  const char *colon = strrchr (uri, ':');

  g_assert_nonnull (colon);
  return (guint16) atoi (colon + 1);
}
