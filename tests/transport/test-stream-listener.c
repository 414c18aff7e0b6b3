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

/* One address may not have all. */
static void
test_too_many_of_one_host (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) address = NULL;
  guint8 buffer[64];
  int fds[4];

  g_object_set (pair->runtime->limits, "max-connections-per-host", 2u, NULL);
  for (guint i = 0; i < 3; i++)
    fds[i] = stream_pair_connect_raw (pair);
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 2);
  g_assert_cmpint (receive (pair, fds[2], buffer, sizeof buffer), ==, 6);
  g_assert_cmpint (receive (pair, fds[2], buffer, sizeof buffer), ==, -1);
  /* Another address of this machine is another host. */
  fds[3] = stream_pair_connect_raw_from (pair, "127.0.0.2");
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 3);
  close (fds[0]);
  close (fds[2]);
  stream_pair_settle (pair);
  fds[0] = stream_pair_connect_raw (pair);
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 3);
  g_assert_cmpint (receive (pair, fds[0], buffer, sizeof buffer), ==, 7);
  /* Nor does the limit hold for what is made from here. */
  g_object_set (pair->runtime->limits, "max-connections-per-host", 3u, NULL);
  address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_no_error (error);
  close (fds[0]);
  close (fds[1]);
  close (fds[3]);
  stream_pair_settle (pair);
  g_assert_cmpuint (g_hash_table_size (pair->server->hosts), ==, 1);
  stream_pair_free (pair);
}

/* Those who say nothing make room for others when all places are taken. */
static void
test_half_open (void)
{
  StreamPair *pair = stream_pair_new (TRUE);
  guint8 buffer[64];
  int fds[3];

  g_object_set (pair->runtime->limits, "max-connections", 2u, NULL);
  fds[0] = stream_pair_connect_raw (pair);
  fds[1] = stream_pair_connect_raw (pair);
  g_assert_cmpint (write (fds[0], "\x00\xe1", 2), ==, 2);
  stream_pair_advance (pair, 999);
  fds[2] = stream_pair_connect_raw (pair);
  g_assert_cmpint (receive (pair, fds[2], buffer, sizeof buffer), ==, 6);
  close (fds[2]);
  stream_pair_advance (pair, 1);
  fds[2] = stream_pair_connect_raw (pair);
  g_assert_cmpint (receive (pair, fds[2], buffer, sizeof buffer), ==, 7);
  g_assert_cmpint (receive (pair, fds[1], buffer, sizeof buffer), ==, 7);
  g_assert_cmpint (receive (pair, fds[1], buffer, sizeof buffer), ==, -1);
  close (fds[1]);
  /* Whoever has said what it can do stays. */
  g_assert_cmpint (write (fds[2], "\x00\xe1", 2), ==, 2);
  stream_pair_advance (pair, 2000);
  fds[1] = stream_pair_connect_raw (pair);
  g_assert_cmpint (receive (pair, fds[1], buffer, sizeof buffer), ==, 6);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 2);
  for (guint i = 0; i < 3; i++)
    close (fds[i]);
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

/* What is no TLS at all, or the start of it and then nothing: the connection ends,
 * and others are served. */
static void
assert_no_tls (const char *words,
               gsize       length,
               gboolean    is_refused)
{
  StreamPair *pair = stream_pair_new_for_scheme ("coaps+tcp", TRUE);
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  guint8 buffer[2048];
  gssize n;
  int fd = stream_pair_connect_raw (pair);

  g_assert_cmpint (write (fd, words, length), ==, (gssize) length);
  /* The alert is given time to arrive. */
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 1);
  stream_pair_advance (pair, 2001);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, !is_refused);
  stream_pair_advance (pair, 7998);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, !is_refused);
  stream_pair_advance (pair, 2);
  stream_pair_advance (pair, 2001);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 0);
  /* At most an alert comes, and nothing of CoAP. */
  n = receive (pair, fd, buffer, sizeof buffer);
  g_assert_true (n <= 0 || buffer[0] == 21);
  close (fd);
  address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_no_error (error);
  stream_pair_free (pair);
}

static void
test_no_tls (void)
{
  static const char hello[] = "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03";
  static const char junk[2000] = "\x17\x03\x03\x3f\xff";

  assert_no_tls ("\x00\xe1\x00\x01", 4, FALSE);
  assert_no_tls ("\x00\xe1\x51\x01\xaa\xb4test", 10, TRUE);
  assert_no_tls ("GET / HTTP/1.1\r\n\r\n", 18, TRUE);
  /* A hello of 512 bytes that never comes whole, a record that is too large, and one
   * of another kind. */
  assert_no_tls (hello, sizeof hello - 1, FALSE);
  assert_no_tls (hello, 1, FALSE);
  assert_no_tls ("\x16\x03\x01\xff\xff\x01", 6, TRUE);
  assert_no_tls (junk, sizeof junk, FALSE);
  assert_no_tls ("\x15\x03\x03\x00\x02\x02\x28", 7, TRUE);
}

/* Handshakes that stall hold no place that others want. */
static void
test_stalled_handshakes (void)
{
  StreamPair *pair = stream_pair_new_for_scheme ("coaps+tcp", TRUE);
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GError) error = NULL;
  int fds[4];

  g_object_set (pair->runtime->limits, "max-connections", 4u, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    {
      fds[i] = stream_pair_connect_raw (pair);
      g_assert_cmpint (write (fds[i], "\x16\x03\x01", 3), ==, 3);
    }
  stream_pair_advance (pair, 1000);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 4);
  address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 4);
  for (guint i = 0; i < G_N_ELEMENTS (fds); i++)
    close (fds[i]);
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
  g_test_add_func ("/stream-listener/too-many-of-one-host", test_too_many_of_one_host);
  g_test_add_func ("/stream-listener/half-open", test_half_open);
  g_test_add_func ("/stream-listener/silent", test_silent);
  g_test_add_func ("/stream-listener/slow-handshake", test_slow_handshake);
  g_test_add_func ("/stream-listener/vanished", test_vanished);
  g_test_add_func ("/stream-listener/no-tls", test_no_tls);
  g_test_add_func ("/stream-listener/stalled-handshakes", test_stalled_handshakes);
  g_test_add_func ("/stream-listener/many", test_many);
  return g_test_run ();
}
