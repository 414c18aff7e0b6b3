/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In a process of its own, whose descriptors from 3 on are what a service
 * manager would have left there. */
#include "transport/gcoap-inherited-sockets-private.h"

#include <arpa/inet.h>
#include <unistd.h>

static int
open_socket (int          type,
             gboolean     listens,
             int          place,
             GcoapUdpKey *key)
{
  GcoapUdpSockaddr name = { .in6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT } };
  socklen_t length = sizeof name.in6;
  int fd = socket (AF_INET6, type, 0);

  g_assert_cmpint (bind (fd, &name.any, length), ==, 0);
  if (listens)
    g_assert_cmpint (listen (fd, 1), ==, 0);
  length = sizeof name;
  g_assert_cmpint (getsockname (fd, &name.any, &length), ==, 0);
  g_assert_true (gcoap_udp_key_from_sockaddr (key, &name.any, length));
  g_assert_cmpint (dup2 (fd, place), ==, place);
  if (fd != place)
    close (fd);
  return place;
}

static void
test_take (void)
{
  g_autofree char *own = g_strdup_printf ("%d", (int) getpid ());
  g_autofree char *other = g_strdup_printf ("%d", (int) getppid ());
  GcoapUdpKey datagram;
  GcoapUdpKey stream;
  GcoapUdpKey silent;

  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, 0);
      g_test_trap_assert_passed ();
      return;
    }
  open_socket (SOCK_DGRAM, FALSE, 3, &datagram);
  open_socket (SOCK_STREAM, TRUE, 4, &stream);
  open_socket (SOCK_STREAM, FALSE, 5, &silent);

  g_unsetenv ("LISTEN_PID");
  g_unsetenv ("LISTEN_FDS");
  g_assert_cmpint (gcoap_inherited_sockets_take (SOCK_DGRAM, &datagram), ==, -1);
  g_setenv ("LISTEN_FDS", "3", TRUE);
  g_setenv ("LISTEN_PID", other, TRUE);
  g_assert_cmpint (gcoap_inherited_sockets_take (SOCK_DGRAM, &datagram), ==, -1);
  g_setenv ("LISTEN_PID", "nonsense", TRUE);
  g_assert_cmpint (gcoap_inherited_sockets_take (SOCK_DGRAM, &datagram), ==, -1);

  g_setenv ("LISTEN_PID", own, TRUE);
  g_assert_cmpint (gcoap_inherited_sockets_take (SOCK_STREAM, &datagram), ==, -1);
  g_assert_cmpint (gcoap_inherited_sockets_take (SOCK_STREAM, &silent), ==, -1);
  g_assert_cmpint (gcoap_inherited_sockets_take (SOCK_DGRAM, &datagram), ==, 3);
  g_assert_cmpint (gcoap_inherited_sockets_take (SOCK_STREAM, &stream), ==, 4);
  /* Once. */
  g_assert_cmpint (gcoap_inherited_sockets_take (SOCK_DGRAM, &datagram), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/inherited-sockets/take", test_take);
  return g_test_run ();
}
