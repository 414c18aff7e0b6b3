/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-error-queue-private.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/raw-socket.h"
#include "transport/gcoap-udp-socket-private.h"

static void
test_message_id (void)
{
  const guint8 con[] = { 0x40, 0x01, 0x12, 0x34 };
  const guint8 non[] = { 0x51, 0x01, 0xff, 0xff, 0x00 };
  const guint8 ack[] = { 0x60, 0x45, 0x12, 0x34 };
  const guint8 rst[] = { 0x70, 0x00, 0x12, 0x34 };
  const guint8 version_2[] = { 0x80, 0x01, 0x12, 0x34 };

  g_assert_cmpint (gcoap_udp_error_queue_read_message_id (con, sizeof con), ==, 0x1234);
  g_assert_cmpint (gcoap_udp_error_queue_read_message_id (non, sizeof non), ==, 0xffff);
  g_assert_cmpint (gcoap_udp_error_queue_read_message_id (ack, sizeof ack), ==, -1);
  g_assert_cmpint (gcoap_udp_error_queue_read_message_id (rst, sizeof rst), ==, -1);
  g_assert_cmpint (gcoap_udp_error_queue_read_message_id (version_2, sizeof version_2), ==, -1);
  g_assert_cmpint (gcoap_udp_error_queue_read_message_id (con, 3), ==, -1);
  g_assert_cmpint (gcoap_udp_error_queue_read_message_id (con, 0), ==, -1);
}

/* Both families come through the queue of one socket, each with what was sent
 * and where to. */
static void
test_reports (void)
{
  static const char *const peers[] = { "127.0.0.1", "::1" };
  GcoapUdpSocket socket;

  g_assert_true (gcoap_udp_socket_open (&socket, NULL, FALSE, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    {
      const guint8 datagram[] = { 0x40, 0x01, 0xbe, 0xef };
      struct pollfd poll_fd = { .fd = socket.fd, .events = 0 };
      TestRawSocket dead;
      GcoapUdpSockaddr name;
      GcoapUdpReport report;
      g_autofree char *hostinfo = NULL;
      g_autofree char *expected = NULL;
      GcoapUdpKey key = { 0 };
      socklen_t length;

      test_raw_socket_open (&dead, peers[i]);
      test_raw_socket_close (&dead);
      key.address = in6addr_loopback;
      if (i == 0)
        memcpy (&key.address, "\0\0\0\0\0\0\0\0\0\0\xff\xff\x7f\0\0\1", 16);
      key.port = g_htons (dead.port);
      length = gcoap_udp_key_to_sockaddr (&key, AF_INET6, &name);
      g_assert_false (gcoap_udp_error_queue_take (socket.fd, &report));
      g_assert_cmpint (sendto (socket.fd, datagram, sizeof datagram, 0, &name.any, length), ==, 4);
      g_assert_cmpint (poll (&poll_fd, 1, 10000), ==, 1);
      g_assert_true (gcoap_udp_error_queue_take (socket.fd, &report));
      g_assert_cmpint (report.errnum, ==, ECONNREFUSED);
      g_assert_cmpint (report.message_id, ==, 0xbeef);
      g_assert_cmpuint (report.mtu, ==, 0);
      g_assert_cmpmem (&report.destination, sizeof key, &key, sizeof key);
      g_assert_false (gcoap_udp_error_queue_take (socket.fd, &report));
    }
  gcoap_udp_socket_close (&socket);
}

static void
test_sentences (void)
{
  static const struct { int errnum; GcoapError code; } cases[] = {
    { ECONNREFUSED, GCOAP_ERROR_UNREACHABLE }, { EHOSTUNREACH, GCOAP_ERROR_UNREACHABLE },
    { ENETUNREACH, GCOAP_ERROR_UNREACHABLE }, { EPERM, GCOAP_ERROR_PERMISSION },
    { EMSGSIZE, GCOAP_ERROR_TOO_LARGE }, { EADDRNOTAVAIL, GCOAP_ERROR_UNREACHABLE },
    { EIO, GCOAP_ERROR_UNREACHABLE },
  };
  GcoapUdpKey key = { .address = IN6ADDR_LOOPBACK_INIT, .port = g_htons (9) };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = gcoap_udp_error_new (&key, cases[i].errnum);

      g_assert_error (error, GCOAP_ERROR, (int) cases[i].code);
      g_assert_true (g_str_has_prefix (error->message, "coap://[::1]:9 cannot be reached: "));
      g_assert_true (g_str_has_suffix (error->message, "."));
    }
  g_assert_true (gcoap_udp_errno_is_soft (ECONNREFUSED));
  g_assert_false (gcoap_udp_errno_is_soft (EINVAL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-error-queue/message-id", test_message_id);
  g_test_add_func ("/udp-error-queue/reports", test_reports);
  g_test_add_func ("/udp-error-queue/sentences", test_sentences);
  return g_test_run ();
}
