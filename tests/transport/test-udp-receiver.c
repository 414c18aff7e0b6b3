/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-receiver-private.h"

#include <errno.h>
#include <string.h>

#include "helpers/raw-socket.h"

static void
fill (GcoapUdpReceiver *receiver,
      TestRawSocket    *socket,
      gsize             size,
      int               expected)
{
  g_assert_cmpint (gcoap_udp_receiver_fill (receiver, socket->fd, size, TRUE), ==, expected);
}

static void
test_batch (void)
{
  GcoapUdpReceiver receiver = { 0 };
  GcoapUdpDatagram datagram;
  TestRawSocket ours;
  TestRawSocket peer;
  guint n = 0;

  test_raw_socket_open (&ours, "127.0.0.1");
  test_raw_socket_open (&peer, "127.0.0.1");
  fill (&receiver, &ours, 100, 0);
  g_assert_false (gcoap_udp_receiver_take (&receiver, &datagram));

  for (guint8 i = 0; i < 40; i++)
    test_raw_socket_send (&peer, "127.0.0.1", ours.port, &i, 1);
  fill (&receiver, &ours, 100, 32);
  g_assert_true (gcoap_udp_receiver_was_full (&receiver));
  while (gcoap_udp_receiver_take (&receiver, &datagram))
    {
      g_assert_cmpuint (datagram.length, ==, 1);
      g_assert_cmpuint (datagram.data[0], ==, n++);
      g_assert_false (datagram.is_truncated);
      g_assert_false (datagram.has_destination);
      g_assert_cmpuint (g_ntohs (datagram.peer.port), ==, peer.port);
      g_assert_true (IN6_IS_ADDR_V4MAPPED (&datagram.peer.address));
    }
  fill (&receiver, &ours, 100, 8);
  g_assert_false (gcoap_udp_receiver_was_full (&receiver));
  while (gcoap_udp_receiver_take (&receiver, &datagram))
    n++;
  g_assert_cmpuint (n, ==, 40);

  gcoap_udp_receiver_clear (&receiver);
  test_raw_socket_close (&ours);
  test_raw_socket_close (&peer);
}

static void
test_size (void)
{
  GcoapUdpReceiver receiver = { 0 };
  GcoapUdpDatagram datagram;
  TestRawSocket ours;
  TestRawSocket peer;
  const guint8 bytes[200] = { 0 };

  test_raw_socket_open (&ours, "::1");
  test_raw_socket_open (&peer, "::1");
  test_raw_socket_send (&peer, "::1", ours.port, bytes, 100);
  test_raw_socket_send (&peer, "::1", ours.port, bytes, 101);
  test_raw_socket_send (&peer, "::1", ours.port, bytes, 0);
  fill (&receiver, &ours, 100, 3);
  g_assert_true (gcoap_udp_receiver_take (&receiver, &datagram));
  g_assert_cmpuint (datagram.length, ==, 100);
  g_assert_false (datagram.is_truncated);
  g_assert_true (gcoap_udp_receiver_take (&receiver, &datagram));
  g_assert_true (datagram.is_truncated);
  g_assert_cmpuint (datagram.length, ==, 100);
  g_assert_cmpuint (datagram.full_length, ==, 101);
  g_assert_true (gcoap_udp_receiver_take (&receiver, &datagram));
  g_assert_cmpuint (datagram.length, ==, 0);
  g_assert_false (datagram.is_truncated);

  /* The limit may change, up to what a datagram can be; then fewer buffers
   * keep the memory bounded. */
  g_assert_false (gcoap_udp_receiver_take (&receiver, &datagram));
  test_raw_socket_send (&peer, "::1", ours.port, bytes, 101);
  fill (&receiver, &ours, 65507, 1);
  g_assert_true (gcoap_udp_receiver_take (&receiver, &datagram));
  g_assert_false (datagram.is_truncated);
  g_assert_cmpuint (receiver.n_buffers, ==, 4);

  gcoap_udp_receiver_clear (&receiver);
  test_raw_socket_close (&ours);
  test_raw_socket_close (&peer);
}

static void
test_destination (void)
{
  GcoapUdpReceiver receiver = { 0 };
  GcoapUdpDatagram datagram;
  TestRawSocket ours;
  TestRawSocket peer;
  int on = 1;

  test_raw_socket_open (&ours, "0.0.0.0");
  test_raw_socket_open (&peer, "127.0.0.1");
  setsockopt (ours.fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  test_raw_socket_send (&peer, "127.0.0.5", ours.port, "x", 1);
  fill (&receiver, &ours, 100, 1);
  g_assert_true (gcoap_udp_receiver_take (&receiver, &datagram));
  g_assert_true (datagram.has_destination);
  g_assert_true (IN6_IS_ADDR_V4MAPPED (&datagram.destination));
  g_assert_cmpuint (datagram.destination.s6_addr[15], ==, 5);
  g_assert_cmpuint (datagram.interface_index, >, 0);

  gcoap_udp_receiver_clear (&receiver);
  test_raw_socket_close (&ours);
  test_raw_socket_close (&peer);
}

static void
test_error (void)
{
  GcoapUdpReceiver receiver = { 0 };
  TestRawSocket ours = { .fd = -1 };

  fill (&receiver, &ours, 100, -EBADF);
  gcoap_udp_receiver_clear (&receiver);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-receiver/batch", test_batch);
  g_test_add_func ("/udp-receiver/size", test_size);
  g_test_add_func ("/udp-receiver/destination", test_destination);
  g_test_add_func ("/udp-receiver/error", test_error);
  return g_test_run ();
}
