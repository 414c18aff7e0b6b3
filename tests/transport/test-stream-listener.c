/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strangers who connect: too many, silent ones, those who vanish. */
#include "helpers/stream-pair.h"

#include <sys/socket.h>
#include <unistd.h>

/* Reads what has come; -1: the other side has closed. */
static gssize
receive (StreamPair *pair,
         int         fd,
         guint8     *buffer,
         gsize       size)
{
  gssize n;

  stream_pair_settle (pair);
  n = recv (fd, buffer, size, MSG_DONTWAIT);
  return n == 0 ? -1 : MAX (n, 0);
}

static void
test_too_many (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  static const guint8 farewell[] = { 0x00, 0xe1, 0x20, 0xe4, 0x41, 0x0a };
  guint8 buffer[64];
  int fds[3];

  g_object_set (pair->runtime->limits, "max-connections", 2u, NULL);
  for (guint i = 0; i < 3; i++)
    fds[i] = stream_pair_connect_raw (pair);
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 2);
  g_assert_cmpint (receive (pair, fds[0], buffer, sizeof buffer), ==, 7);
  /* It is told so, and to wait before it tries again. */
  g_assert_cmpint (receive (pair, fds[2], buffer, sizeof buffer), ==, sizeof farewell);
  g_assert_cmpmem (buffer, sizeof farewell, farewell, sizeof farewell);
  g_assert_cmpint (receive (pair, fds[2], buffer, sizeof buffer), ==, -1);

  /* When one has gone, another may come. */
  close (fds[0]);
  close (fds[2]);
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 1);
  fds[0] = stream_pair_connect_raw (pair);
  stream_pair_settle (pair);
  g_assert_cmpint (receive (pair, fds[0], buffer, sizeof buffer), ==, 7);
  close (fds[0]);
  close (fds[1]);
  stream_pair_free (pair);
}

/* Slow-loris: a byte now and then does not keep a connection. */
static void
test_silent (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  guint8 buffer[2048];
  int fd = stream_pair_connect_raw (pair);

  for (guint i = 0; i < 10; i++)
    {
      stream_pair_settle (pair);
      g_assert_cmpint (write (fd, "\xf0\x00\x00\x00\x01\x01\xff\x00\x00\x00" + i, 1), ==, 1);
      stream_pair_advance (pair, 999);
      g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 1);
    }
  stream_pair_advance (pair, 100);
  g_assert_cmpint (receive (pair, fd, buffer, sizeof buffer), >, 7);
  g_assert_cmpint (receive (pair, fd, buffer, sizeof buffer), ==, -1);
  stream_pair_advance (pair, 2001);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 0);
  close (fd);
  stream_pair_free (pair);
}

/* Nor in a handshake, of HTTP or of TLS. */
static void
test_slow_handshake (void)
{
  static const struct { const char *scheme; const char *bytes; } cases[] = {
    { "coap+ws", "GET /.well" },
    { "coaps+tcp", "\x16\x03\x01\x01\x01\x01\x01\x01\xfc\x03" },
    { "coaps+ws", "\x16\x03\x01\x01\x01\x01\x01\x01\xfc\x03" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      StreamPair *pair = NULL;
      int fd;

      if (!gcoap_stream_transport_carries (cases[i].scheme))
        continue;
      pair = stream_pair_new_for_scheme (cases[i].scheme, TRUE);
      fd = stream_pair_connect_raw (pair);
      for (guint n = 0; n < 10; n++)
        {
          g_assert_cmpint (write (fd, cases[i].bytes + n, 1), ==, 1);
          stream_pair_advance (pair, 999);
          g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 1);
        }
      stream_pair_advance (pair, 100);
      stream_pair_advance (pair, 2001);
      g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 0);
      close (fd);
      stream_pair_free (pair);
    }
}

static void
test_vanished (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  struct linger at_once = { .l_onoff = 1 };
  int fd = stream_pair_connect_raw (pair);

  g_assert_cmpint (write (fd, "\x00\xe1\x00\x01", 4), ==, 4);
  stream_pair_settle (pair);
  g_assert_cmpuint (recording_token_manager_count_requests (pair->server_manager), ==, 1);
  setsockopt (fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close (fd);
  stream_pair_settle (pair);
  g_assert_cmpuint (recording_token_manager_count_errors (pair->server_manager), ==, 1);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 0);
  stream_pair_free (pair);
}

/* Many at rest have no buffers, and one source. */
static void
test_many (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  GHashTableIter iter;
  gpointer link;
  int fds[200];

  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = stream_pair_connect_raw (pair);
      g_assert_cmpint (write (fds[i], "\x00\xe1", 2), ==, 2);
    }
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, G_N_ELEMENTS (fds));
  g_hash_table_iter_init (&iter, pair->server->links);
  while (g_hash_table_iter_next (&iter, &link, NULL))
    {
      g_assert_null (((GcoapStreamLink *) link)->connection->in);
      g_assert_null (((GcoapStreamLink *) link)->connection->out);
    }
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 0);
  stream_pair_free (pair);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-listener/too-many", test_too_many);
  g_test_add_func ("/stream-listener/silent", test_silent);
  g_test_add_func ("/stream-listener/slow-handshake", test_slow_handshake);
  g_test_add_func ("/stream-listener/vanished", test_vanished);
  g_test_add_func ("/stream-listener/many", test_many);
  return g_test_run ();
}
