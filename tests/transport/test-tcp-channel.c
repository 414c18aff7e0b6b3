/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-tcp-channel-private.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/gcoap-error.h"

static void
test_bytes (void)
{
  g_autoptr (GError) error = NULL;
  GcoapByteChannel *channel;
  guint8 buffer[8];
  gsize n = 0;
  int fds[2];

  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM, 0, fds), ==, 0);
  channel = gcoap_tcp_channel_new (fds[0]);
  g_assert_cmpint (gcoap_byte_channel_get_fd (channel), ==, fds[0]);
  g_assert_cmpint (gcoap_byte_channel_start (channel, &error), ==, GCOAP_CHANNEL_READY);
  g_assert_false (gcoap_byte_channel_has_pending (channel));
  g_assert_cmpint (gcoap_byte_channel_get_condition (channel, G_IO_OUT), ==, G_IO_OUT);

  /* Nothing now is neither an end nor an error. */
  g_assert_cmpint (gcoap_byte_channel_read (channel, buffer, sizeof buffer, &error), ==, -1);
  g_assert_no_error (error);
  g_assert_cmpint (write (fds[1], "abc", 3), ==, 3);
  g_assert_cmpint (gcoap_byte_channel_read (channel, buffer, sizeof buffer, &error), ==, 3);
  for (;;)
    {
      gssize written = gcoap_byte_channel_write (channel, buffer, sizeof buffer, &error);

      g_assert_no_error (error);
      if (written < 0)
        break;
      n += (gsize) written;
    }
  g_assert_cmpuint (n, >, 1000);

  gcoap_byte_channel_finish (channel);
  shutdown (fds[1], SHUT_WR);
  g_assert_cmpint (gcoap_byte_channel_read (channel, buffer, sizeof buffer, &error), ==, 0);
  g_assert_no_error (error);
  /* No signal kills the process. */
  g_assert_cmpint (gcoap_byte_channel_write (channel, buffer, sizeof buffer, &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  gcoap_byte_channel_free (channel);
  close (fds[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tcp-channel/bytes", test_bytes);
  return g_test_run ();
}
