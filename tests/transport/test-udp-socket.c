/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-socket-private.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/gcoap-error.h"

static GcoapUdpKey
key_of (const char *text,
        guint16     port)
{
  GcoapUdpKey key = { .port = g_htons (port) };

  g_assert_cmpint (inet_pton (AF_INET6, text, &key.address), ==, 1);
  return key;
}

static void
test_wildcard (void)
{
  GcoapUdpSocket socket;
  g_autoptr (GError) error = NULL;
  GcoapUdpKey v4 = key_of ("::ffff:127.0.0.1", 5683);
  GcoapUdpKey v6 = key_of ("::1", 5683);

  g_assert_true (gcoap_udp_socket_open (&socket, NULL, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpint (socket.family, ==, AF_INET6);
  g_assert_true (socket.is_dual);
  g_assert_true (socket.is_wildcard);
  g_assert_cmpuint (socket.bound.port, !=, 0);
  g_assert_true (gcoap_udp_socket_can_reach (&socket, &v4));
  g_assert_true (gcoap_udp_socket_can_reach (&socket, &v6));
  g_assert_true (fcntl (socket.fd, F_GETFL) & O_NONBLOCK);
  g_assert_true (fcntl (socket.fd, F_GETFD) & FD_CLOEXEC);
  gcoap_udp_socket_close (&socket);
  g_assert_cmpint (socket.fd, ==, -1);
}

static void
test_bound (void)
{
  static const struct { const char *text; gboolean is_wildcard; } cases[] = {
    { "::1", FALSE }, { "::ffff:127.0.0.1", FALSE }, { "::ffff:0.0.0.0", TRUE }, { "::", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      GcoapUdpKey key = key_of (cases[i].text, 0);
      GcoapUdpSocket socket;
      GcoapUdpSocket second;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].text);
      g_assert_true (gcoap_udp_socket_open (&socket, &key, FALSE, &error));
      g_assert_cmpint (socket.is_wildcard, ==, cases[i].is_wildcard);
      g_assert_cmpmem (&socket.bound.address, 16, &key.address, 16);

      g_assert_false (gcoap_udp_socket_open (&second, &socket.bound, FALSE, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE);
      g_assert_cmpint (second.fd, ==, -1);
      gcoap_udp_socket_close (&socket);
    }
}

static void
test_foreign_address (void)
{
  GcoapUdpKey key = key_of ("2001:db8::1", 0);
  GcoapUdpSocket socket;
  g_autoptr (GError) error = NULL;

  g_assert_false (gcoap_udp_socket_open (&socket, &key, FALSE, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

static int
create_without_ipv6 (int family,
                     int type,
                     int protocol)
{
  if (family == AF_INET6)
    {
      errno = EAFNOSUPPORT;
      return -1;
    }
  return socket (family, type, protocol);
}

static int
create_nothing (int family G_GNUC_UNUSED,
                int type G_GNUC_UNUSED,
                int protocol G_GNUC_UNUSED)
{
  errno = EMFILE;
  return -1;
}

static void
test_without_ipv6 (void)
{
  int (*original) (int, int, int) = gcoap_udp_socket_create;
  GcoapUdpKey v4 = key_of ("::ffff:127.0.0.1", 0);
  GcoapUdpKey v6 = key_of ("::1", 0);
  GcoapUdpSocket socket;
  g_autoptr (GError) error = NULL;

  gcoap_udp_socket_create = create_without_ipv6;
  g_assert_true (gcoap_udp_socket_open (&socket, NULL, FALSE, &error));
  g_assert_cmpint (socket.family, ==, AF_INET);
  g_assert_true (socket.is_wildcard);
  g_assert_true (gcoap_udp_socket_can_reach (&socket, &v4));
  g_assert_false (gcoap_udp_socket_can_reach (&socket, &v6));
  gcoap_udp_socket_close (&socket);

  g_assert_true (gcoap_udp_socket_open (&socket, &v4, FALSE, &error));
  g_assert_false (socket.is_wildcard);
  gcoap_udp_socket_close (&socket);

  g_assert_false (gcoap_udp_socket_open (&socket, &v6, FALSE, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);

  gcoap_udp_socket_create = create_nothing;
  g_assert_false (gcoap_udp_socket_open (&socket, NULL, FALSE, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  gcoap_udp_socket_create = original;
}

static void
test_adopting (void)
{
  struct sockaddr_in6 name = { .sin6_family = AF_INET6 };
  GcoapUdpKey v4 = key_of ("::ffff:127.0.0.1", 0);
  GcoapUdpSocket adopted;
  g_autoptr (GError) error = NULL;
  int on = 1;
  int fd = socket (AF_INET6, SOCK_DGRAM, 0);

  setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  g_assert_cmpint (bind (fd, (struct sockaddr *) &name, sizeof name), ==, 0);
  g_assert_true (gcoap_udp_socket_adopt (&adopted, fd, &error));
  g_assert_cmpint (adopted.family, ==, AF_INET6);
  g_assert_false (adopted.is_dual);
  g_assert_false (gcoap_udp_socket_can_reach (&adopted, &v4));
  g_assert_true (fcntl (fd, F_GETFL) & O_NONBLOCK);
  gcoap_udp_socket_close (&adopted);

  fd = socket (AF_INET, SOCK_STREAM, 0);
  g_assert_false (gcoap_udp_socket_adopt (&adopted, fd, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  close (fd);

  fd = socket (AF_UNIX, SOCK_DGRAM, 0);
  g_assert_false (gcoap_udp_socket_adopt (&adopted, fd, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  close (fd);
}

static void
test_source (void)
{
  GcoapUdpSocket socket;
  GcoapUdpKey v4 = key_of ("::ffff:127.0.0.7", 9);
  GcoapUdpKey v6 = key_of ("::1", 9);
  struct in6_addr source;
  GcoapUdpKey expected = key_of ("::ffff:127.0.0.1", 0);

  g_assert_true (gcoap_udp_socket_open (&socket, NULL, FALSE, NULL));
  g_assert_true (gcoap_udp_socket_find_source (&socket, &v4, &source));
  g_assert_cmpmem (&source, 16, &expected.address, 16);
  g_assert_true (gcoap_udp_socket_find_source (&socket, &v6, &source));
  g_assert_true (IN6_IS_ADDR_LOOPBACK (&source));
  gcoap_udp_socket_close (&socket);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-socket/wildcard", test_wildcard);
  g_test_add_func ("/udp-socket/bound", test_bound);
  g_test_add_func ("/udp-socket/foreign-address", test_foreign_address);
  g_test_add_func ("/udp-socket/without-ipv6", test_without_ipv6);
  g_test_add_func ("/udp-socket/adopting", test_adopting);
  g_test_add_func ("/udp-socket/source", test_source);
  return g_test_run ();
}
