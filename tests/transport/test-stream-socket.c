/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-stream-socket-private.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "base/gcoap-error.h"

static int
connect_to (guint16 port)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = port,
                              .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (struct sockaddr *) &name, sizeof name), ==, 0);
  return fd;
}

/* All addresses are those of both families. */
static void
test_accept (void)
{
  GcoapUdpKey any = { 0 };
  GcoapStreamSocket listener;
  GcoapStreamSocket second;
  g_autoptr (GError) error = NULL;
  GcoapUdpKey peer;
  GcoapUdpKey other_end;
  int errnum;
  int client;
  int fd;

  g_assert_true (gcoap_stream_socket_listen (&listener, &any, FALSE, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (listener.bound.port, !=, 0);
  g_assert_cmpint (gcoap_stream_socket_accept (&listener, &peer, &errnum), ==, -1);
  g_assert_cmpint (errnum, ==, 0);
  client = connect_to (listener.bound.port);
  fd = gcoap_stream_socket_accept (&listener, &peer, &errnum);
  g_assert_cmpint (fd, >=, 0);
  g_assert_true (IN6_IS_ADDR_V4MAPPED (&peer.address));
  g_assert_true (gcoap_stream_socket_get_peer (fd, &other_end));
  g_assert_true (gcoap_udp_key_equal (&peer, &other_end));
  close (fd);
  close (client);

  g_assert_false (gcoap_stream_socket_listen (&second, &listener.bound, FALSE, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_ADDRESS_IN_USE);
  gcoap_stream_socket_close (&listener);
  gcoap_stream_socket_close (&listener);
}

static void
test_reuse_port (void)
{
  GcoapUdpKey any = { 0 };
  GcoapStreamSocket first;
  GcoapStreamSocket second;
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_stream_socket_listen (&first, &any, TRUE, &error));
  any.port = first.bound.port;
  g_assert_true (gcoap_stream_socket_listen (&second, &any, TRUE, &error));
  g_assert_no_error (error);
  gcoap_stream_socket_close (&first);
  gcoap_stream_socket_close (&second);
}

static void
test_adopt (void)
{
  GcoapUdpKey any = { 0 };
  GcoapStreamSocket listener;
  GcoapStreamSocket adopted;
  g_autoptr (GError) error = NULL;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_false (gcoap_stream_socket_adopt (&adopted, fd, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  close (fd);

  g_assert_true (gcoap_stream_socket_listen (&listener, &any, FALSE, &error));
  g_assert_true (gcoap_stream_socket_adopt (&adopted, dup (listener.fd), &error));
  g_assert_no_error (error);
  g_assert_true (gcoap_udp_key_equal (&adopted.bound, &listener.bound));
  gcoap_stream_socket_close (&adopted);
  gcoap_stream_socket_close (&listener);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-socket/accept", test_accept);
  g_test_add_func ("/stream-socket/reuse-port", test_reuse_port);
  g_test_add_func ("/stream-socket/adopt", test_adopt);
  return g_test_run ();
}
