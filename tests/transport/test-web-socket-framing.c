/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A connection whose messages are in WebSocket frames: the test is its peer. */
#include "helpers/connection-stack.h"
#include "transport/gcoap-web-socket-framing-private.h"
#include "transport/gcoap-web-socket-upgrade-private.h"

#include <string.h>

#include "base/gcoap-error.h"

#define REQUEST "GET /.well-known/coap HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" \
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: coap\r\nSec-WebSocket-Version: 13\r\n\r\n"

static void
feed_text (ConnectionStack *s,
           const char      *text)
{
  g_byte_array_append (s->channel->incoming, (const guint8 *) text, (guint) strlen (text));
}

/* A frame of the peer, whose first byte and payload are given; masked if the
 * connection is the server. */
static void
feed_frame (ConnectionStack *s,
            gboolean         is_masked,
            guint8           first,
            const guint8    *payload,
            gsize            length)
{
  static const guint8 mask[] = { 0x37, 0xfa, 0x21, 0x3d };
  GByteArray *bytes = s->channel->incoming;
  guint8 header[4] = { first, (guint8) ((is_masked ? 0x80 : 0) | (length > 125 ? 126 : length)),
                       (guint8) (length >> 8), (guint8) (length & 0xff) };

  g_byte_array_append (bytes, header, length > 125 ? 4 : 2);
  if (is_masked)
    g_byte_array_append (bytes, mask, 4);
  for (gsize i = 0; i < length; i++)
    {
      guint8 byte = payload[i] ^ (is_masked ? mask[i % 4] : 0);

      g_byte_array_append (bytes, &byte, 1);
    }
}

static void
feed_message (ConnectionStack *s,
              const char      *bytes,
              gsize            length)
{
  feed_frame (s, TRUE, 0x82, (const guint8 *) bytes, length);
}

/* Takes the first frame that was sent, without its mask. */
static GBytes *
take_frame (ConnectionStack *s,
            gboolean         is_masked,
            guint8          *first)
{
  GByteArray *bytes = s->channel->outgoing;
  g_autofree guint8 *payload = NULL;
  guint position = 2;
  gsize length;

  g_assert_cmpuint (bytes->len, >=, 2);
  *first = bytes->data[0];
  g_assert_true (!!(bytes->data[1] & 0x80) == is_masked);
  length = bytes->data[1] & 0x7f;
  if (length == 126)
    {
      length = (gsize) bytes->data[2] << 8 | bytes->data[3];
      position = 4;
    }
  g_assert_cmpuint (length, <, 126 * 256);
  g_assert_cmpuint (bytes->len, >=, position + (is_masked ? 4 : 0) + length);
  payload = g_memdup2 (bytes->data + position + (is_masked ? 4 : 0), length);
  for (gsize i = 0; is_masked && i < length; i++)
    payload[i] ^= bytes->data[position + i % 4];
  position += (is_masked ? 4 : 0) + (guint) length;
  g_byte_array_remove_range (bytes, 0, position);
  return g_bytes_new (payload, length);
}

static void
assert_frame (ConnectionStack *s,
              gboolean         is_masked,
              guint8           expected,
              const char      *payload,
              gsize            length)
{
  guint8 first;
  g_autoptr (GBytes) frame = take_frame (s, is_masked, &first);
  gsize n;
  const guint8 *data = g_bytes_get_data (frame, &n);

  g_assert_cmphex (first, ==, expected);
  g_assert_cmpmem (data, n, payload, length);
}

/* A message of that code, of which only the beginning is looked at. */
static void
assert_message (ConnectionStack *s,
                gboolean         is_masked,
                guint8           code)
{
  guint8 first;
  g_autoptr (GBytes) frame = take_frame (s, is_masked, &first);
  const guint8 *data = g_bytes_get_data (frame, NULL);

  g_assert_cmphex (first, ==, 0x82);
  g_assert_cmpuint (g_bytes_get_size (frame), >=, 2);
  /* RFC 8323 §4.2: Len is 0. */
  g_assert_cmphex (data[0] >> 4, ==, 0);
  g_assert_cmphex (data[1], ==, code);
}

static void
answer (ConnectionStack *s,
        const GcoapPdu  *pdu)
{
  connection_stack_respond (s, pdu, 200);
}

static ConnectionStack *
make_server (void)
{
  ConnectionStack *s = connection_stack_new_with_framing (gcoap_web_socket_framing_new (NULL, NULL));

  s->answer = answer;
  return s;
}

/* Through the handshake and the CSM of both. */
static ConnectionStack *
open_server (void)
{
  ConnectionStack *s = make_server ();
  char *end;

  gcoap_connection_start (s->connection);
  connection_stack_step (s);
  connection_stack_assert_silent (s);
  feed_text (s, REQUEST);
  feed_message (s, "\x00\xe1", 2);
  connection_stack_step (s);
  g_assert_no_error (s->error);
  g_assert_cmpuint (s->n_ready, ==, 1);
  g_byte_array_append (s->channel->outgoing, (const guint8 *) "", 1);
  g_assert_true (g_str_has_prefix ((char *) s->channel->outgoing->data, "HTTP/1.1 101 "));
  end = strstr ((char *) s->channel->outgoing->data, "\r\n\r\n");
  g_assert_nonnull (end);
  g_byte_array_remove_range (s->channel->outgoing, 0, (guint) (end + 4 - (char *) s->channel->outgoing->data));
  g_byte_array_set_size (s->channel->outgoing, s->channel->outgoing->len - 1);
  assert_message (s, FALSE, 0xe1);
  connection_stack_assert_silent (s);
  return s;
}

static void
test_server (void)
{
  ConnectionStack *s = open_server ();

  feed_message (s, "\x01\x01\xaa\xb4test", 8);
  connection_stack_step (s);
  g_assert_cmpuint (s->requests.length, ==, 1);
  assert_message (s, FALSE, 0x45);
  /* Nothing is kept for a connection at rest. */
  g_assert_null (s->connection->in);
  connection_stack_free (s);
}

/* The result does not depend on how bytes and messages are cut. */
static void
test_portions (void)
{
  static const guint8 request[] = "\x01\x02\xaa\xff" "0123456789";
  static const gsize sizes[] = { 1, 2, 3, 7, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      ConnectionStack *s = open_server ();

      s->channel->max_read = s->channel->max_write = sizes[i];
      for (guint n = 0; n < 10; n++)
        {
          feed_frame (s, TRUE, 0x02, request, 3);
          feed_frame (s, TRUE, 0x89, (const guint8 *) "ping", 4);
          feed_frame (s, TRUE, 0x00, NULL, 0);
          feed_frame (s, TRUE, 0x80, request + 3, sizeof request - 4);
          feed_frame (s, TRUE, 0x8a, (const guint8 *) "pong", 4);
          feed_frame (s, TRUE, 0x82, request, sizeof request - 1);
        }
      connection_stack_step (s);
      g_assert_no_error (s->error);
      g_assert_cmpuint (s->requests.length, ==, 20);
      for (guint n = 0; n < 10; n++)
        {
          assert_frame (s, FALSE, 0x8a, "ping", 4);
          assert_message (s, FALSE, 0x45);
          assert_message (s, FALSE, 0x45);
        }
      connection_stack_assert_silent (s);
      g_assert_null (s->connection->in);
      connection_stack_free (s);
    }
}

static void
test_client (void)
{
  g_autoptr (GcoapUri) uri = gcoap_uri_parse ("coap+ws://example.org/", NULL);
  ConnectionStack *s = connection_stack_new_with_framing (gcoap_web_socket_framing_new (uri, NULL));
  g_autofree char *response = NULL;
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  GcoapPdu pdu = { .token = (const guint8 *) "t", .token_length = 1, .message = message };
  g_autoptr (GError) error = NULL;
  g_auto (GcoapWebSocketRequest) request = { 0 };

  gcoap_connection_start (s->connection);
  connection_stack_step (s);
  g_assert_true (gcoap_web_socket_check_request (s->channel->outgoing->data, s->channel->outgoing->len,
                                                 NULL, &request, &error));
  g_byte_array_set_size (s->channel->outgoing, 0);
  response = gcoap_web_socket_make_response (request.accept);
  feed_text (s, response);
  connection_stack_step (s);
  assert_message (s, TRUE, 0xe1);
  feed_frame (s, FALSE, 0x82, (const guint8 *) "\x00\xe1", 2);
  connection_stack_step (s);
  g_assert_cmpuint (s->n_ready, ==, 1);

  gcoap_message_lock (message);
  g_assert_true (gcoap_connection_send_request (s->connection, &pdu, &error));
  connection_stack_step (s);
  assert_frame (s, TRUE, 0x82, "\x01\x01t", 3);
  feed_frame (s, FALSE, 0x82, (const guint8 *) "\x01\x45t", 3);
  connection_stack_step (s);
  g_assert_cmpuint (s->responses.length, ==, 1);

  /* A server's frame with a mask. */
  feed_frame (s, TRUE, 0x82, (const guint8 *) "\x01\x45t", 3);
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  assert_message (s, TRUE, 0xe5);
  assert_frame (s, TRUE, 0x88, "\x03\xea", 2);
  connection_stack_free (s);
}

static void
test_client_refused (void)
{
  static const struct { const char *text; int code; } cases[] = {
    { "HTTP/1.1 404 Not Found\r\n\r\n", GCOAP_ERROR_REFUSED },
    { "HTTP/1.1 101 Fine\r\n\r\n", GCOAP_ERROR_MALFORMED },
    { "SSH-2.0", GCOAP_ERROR_MALFORMED },
    { "HTTQ", GCOAP_ERROR_MALFORMED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapUri) uri = gcoap_uri_parse ("coap+ws://example.org/", NULL);
      ConnectionStack *s = connection_stack_new_with_framing (gcoap_web_socket_framing_new (uri, NULL));

      gcoap_connection_start (s->connection);
      connection_stack_step (s);
      g_byte_array_set_size (s->channel->outgoing, 0);
      feed_text (s, cases[i].text);
      connection_stack_step (s);
      g_assert_error (s->error, GCOAP_ERROR, cases[i].code);
      g_assert_nonnull (strstr (s->error->message, "coap+tcp://peer"));
      /* No word of CoAP before there is a WebSocket. */
      connection_stack_assert_silent (s);
      connection_stack_free (s);
    }
}

static void
test_server_refuses (void)
{
  static const struct { const char *text; const char *status; } cases[] = {
    { "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 " },
    { "GET /.well-known/coap HTTP/1.1\r\nHost: h\r\n\r\n", "HTTP/1.1 400 " },
    { "GET /.well-known/coap HTTP/1.1\n", "HTTP/1.1 400 " },
    { "\x16\x03\x01", "HTTP/1.1 400 " },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ConnectionStack *s = make_server ();

      gcoap_connection_start (s->connection);
      feed_text (s, cases[i].text);
      feed_message (s, "\x00\xe1", 2);
      connection_stack_step (s);
      g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_byte_array_append (s->channel->outgoing, (const guint8 *) "", 1);
      g_assert_true (g_str_has_prefix ((char *) s->channel->outgoing->data, cases[i].status));
      /* And that is all. */
      g_assert_true (g_str_has_suffix ((char *) s->channel->outgoing->data, ".\n"));
      g_assert_true (s->channel->is_finished);
      g_assert_cmpuint (s->n_ready, ==, 0);
      connection_stack_free (s);
    }
}

static void
test_large_head (void)
{
  ConnectionStack *s = make_server ();

  g_object_set (s->runtime->limits, "max-upgrade-size", 300u, NULL);
  gcoap_connection_start (s->connection);
  feed_text (s, "GET /.well-known/coap HTTP/1.1\r\n");
  for (guint i = 0; s->channel->incoming->len < 299; i++)
    feed_text (s, i == 0 ? "Cookie: " : "a");
  connection_stack_step (s);
  g_assert_no_error (s->error);
  feed_text (s, "a");
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_assert_cmpmem (s->channel->outgoing->data, 13, "HTTP/1.1 431 ", 13);
  connection_stack_free (s);
}

/* The handshake has to end some time, and a client learns why. */
static void
test_slow_head (void)
{
  ConnectionStack *s = make_server ();

  gcoap_connection_start (s->connection);
  for (guint i = 0; i < 10; i++)
    {
      feed_text (s, "G");
      connection_stack_advance (s, 999);
      g_assert_no_error (s->error);
    }
  connection_stack_advance (s, 11);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  connection_stack_step (s);
  g_assert_cmpuint (s->channel->outgoing->len, >, 13);
  g_assert_cmpmem (s->channel->outgoing->data, 13, "HTTP/1.1 408 ", 13);
  g_assert_true (s->channel->is_finished);
  connection_stack_free (s);
}

/* A client has nothing to say to a server that does not answer. */
static void
test_slow_answer (void)
{
  g_autoptr (GcoapUri) uri = gcoap_uri_parse ("coap+ws://h", NULL);
  ConnectionStack *s = connection_stack_new_with_framing (gcoap_web_socket_framing_new (uri, NULL));

  gcoap_connection_start (s->connection);
  connection_stack_step (s);
  g_byte_array_set_size (s->channel->outgoing, 0);
  connection_stack_advance (s, 10001);
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  connection_stack_assert_silent (s);
  connection_stack_free (s);
}

static const struct
{
  const char *frame;   /* in hexadecimal */
  guint16     code;    /* of the Close that answers */
} bad_frames[] = {
  { "82 02 00 01", 1002 },                              /* not masked */
  { "c2 82 00000000 00 01", 1002 },                     /* a reserved bit */
  { "81 82 00000000 00 01", 1003 },                     /* text */
  { "80 82 00000000 00 01", 1002 },                     /* goes on with nothing */
  { "02 81 00000000 00  82 82 00000000 00 01", 1002 },  /* a second one inside */
  { "83 80 00000000", 1002 },                           /* reserved opcodes */
  { "8b 80 00000000", 1002 },
  { "09 80 00000000", 1002 },                           /* a Ping in fragments */
  { "08 80 00000000", 1002 },                           /* a Close and a Pong likewise */
  { "0a 80 00000000", 1002 },
  { "89 fe 007e 00000000", 1002 },                      /* and a long one */
  { "88 fe 007e 00000000", 1002 },
  { "8a ff 0000000000010000 00000000", 1002 },
  { "a2 82 00000000 00 01", 1002 },                     /* the other reserved bits */
  { "92 82 00000000 00 01", 1002 },
  { "00 82 00000000 00 01", 1002 },                     /* goes on with nothing, and is to go on */
  { "01 82 00000000 00 01", 1003 },                     /* text in fragments */
  { "82 80 00000000", 1002 },                           /* nothing in it */
  { "82 fe 0005 00000000 0001000000", 1002 },           /* a length that is not the shortest */
  { "82 ff 8000000000000000 00000000 00", 1002 },       /* more than 63 bits */
  { "82 ff 7fffffffffffffff 00000000 00", 1009 },
  { "82 fe 0481 00000000 00", 1009 },                   /* 1153 bytes */
  { "02 fe 0480 00000000 00", 0 },                      /* 1152 are fine */
  { "88 81 00000000 03", 1002 },                        /* half a code */
  { "88 82 00000000 03ed", 1002 },                      /* 1005 is never sent */
  { "88 82 00000000 03e7", 1002 },                      /* nor are 999, 1004, 1006, 1015, */
  { "88 82 00000000 03ec", 1002 },
  { "88 82 00000000 03ee", 1002 },
  { "88 82 00000000 03f7", 1002 },
  { "88 82 00000000 03f8", 1002 },                      /* 1016, 2999 and 5000, */
  { "88 82 00000000 0bb7", 1002 },
  { "88 82 00000000 1388", 1002 },
  { "88 82 00000000 0000", 1002 },                      /* and 0 */
  { "88 83 00000000 03e8ff", 1007 },                    /* no UTF-8 */
};

static void
test_bad_frames (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (bad_frames); i++)
    {
      ConnectionStack *s = open_server ();
      guint8 close[] = { (guint8) (bad_frames[i].code >> 8), (guint8) (bad_frames[i].code & 0xff) };

      g_test_message ("%s", bad_frames[i].frame);
      g_object_set (s->runtime->limits, "max-message-size", 1152u, NULL);
      connection_stack_feed (s, bad_frames[i].frame);
      connection_stack_step (s);
      if (bad_frames[i].code == 0)
        {
          g_assert_no_error (s->error);
        }
      else
        {
          int code = bad_frames[i].code == 1009 ? GCOAP_ERROR_TOO_LARGE : GCOAP_ERROR_MALFORMED;

          g_assert_error (s->error, GCOAP_ERROR, code);
          /* RFC 8323 §5.6, then RFC 6455 §7.1.7. */
          assert_message (s, FALSE, 0xe5);
          assert_frame (s, FALSE, 0x88, (const char *) close, 2);
          connection_stack_assert_silent (s);
          g_assert_true (s->channel->is_finished);
        }
      connection_stack_free (s);
    }
}

/* Fragments count together. */
static void
test_large_message (void)
{
  ConnectionStack *s = open_server ();
  guint8 bytes[1000] = { 0x00, 0x02, 0xff };

  g_object_set (s->runtime->limits, "max-message-size", 1152u, NULL);
  feed_frame (s, TRUE, 0x02, bytes, sizeof bytes);
  feed_frame (s, TRUE, 0x80, bytes, 152);
  connection_stack_step (s);
  g_assert_cmpuint (s->requests.length, ==, 1);
  assert_message (s, FALSE, 0x45);
  feed_frame (s, TRUE, 0x02, bytes, sizeof bytes);
  feed_frame (s, TRUE, 0x80, bytes, 153);
  connection_stack_step (s);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  assert_message (s, FALSE, 0xe5);
  assert_frame (s, FALSE, 0x88, "\x03\xf1", 2);
  connection_stack_free (s);
}

/* The peer closes: what is open is answered, then the Close is. */
static void
test_peer_closes (void)
{
  static const struct { const char *reason; gsize length; } cases[] = {
    { "\x03\xe8", 2 }, { "\x03\xe9" "away", 6 }, { "", 0 }, { "\x0f\xa0", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ConnectionStack *s = open_server ();
      g_autoptr (KeptPdu) request = NULL;
      g_autoptr (GByteArray) outgoing = NULL;

      s->answer = NULL;
      feed_message (s, "\x01\x01\xaa", 3);
      feed_frame (s, TRUE, 0x88, (const guint8 *) cases[i].reason, cases[i].length);
      /* Nothing counts after it. */
      feed_message (s, "\x01\x01\xbb", 3);
      connection_stack_step (s);
      g_assert_cmpuint (s->requests.length, ==, 1);
      g_assert_false (s->is_closed);
      connection_stack_assert_silent (s);
      request = g_queue_pop_head (&s->requests);
      outgoing = g_byte_array_ref (s->channel->outgoing);
      connection_stack_respond (s, &request->pdu, 1);
      connection_stack_step (s);
      g_assert_true (s->is_closed);
      g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
      g_assert_cmpuint (outgoing->len, ==, 2 + 5 + 2 + MIN (cases[i].length, 2));
      g_assert_cmphex (outgoing->data[0], ==, 0x82);
      g_assert_cmphex (outgoing->data[7], ==, 0x88);
      g_assert_cmpmem (outgoing->data + 9, outgoing->len - 9, cases[i].reason, MIN (cases[i].length, 2));
      connection_stack_free (s);
    }
}

/* We close: a Release, and when the peer answers by a Close, one of ours. */
static void
test_release (void)
{
  ConnectionStack *s = open_server ();
  g_autoptr (GByteArray) outgoing = g_byte_array_ref (s->channel->outgoing);

  gcoap_connection_release (s->connection);
  connection_stack_step (s);
  assert_message (s, FALSE, 0xe4);
  connection_stack_assert_silent (s);
  feed_frame (s, TRUE, 0x88, (const guint8 *) "\x03\xe8", 2);
  connection_stack_step (s);
  g_assert_true (s->is_closed);
  g_assert_cmpmem (outgoing->data, outgoing->len, "\x88\x02\x03\xe8", 4);
  connection_stack_free (s);
}

/* The peer wants it released: the Close is ours to send. */
static void
test_peer_releases (void)
{
  ConnectionStack *s = open_server ();

  feed_message (s, "\x00\xe4", 2);
  connection_stack_step (s);
  assert_frame (s, FALSE, 0x88, "\x03\xe8", 2);
  g_assert_true (s->channel->is_finished);
  g_assert_false (s->is_closed);
  feed_frame (s, TRUE, 0x88, (const guint8 *) "\x03\xe8", 2);
  s->channel->at_end = TRUE;
  connection_stack_step (s);
  g_assert_true (s->is_closed);
  connection_stack_free (s);
}

static void
test_close_before_csm (void)
{
  ConnectionStack *s = make_server ();
  g_autoptr (GByteArray) outgoing = g_byte_array_ref (s->channel->outgoing);

  gcoap_connection_start (s->connection);
  feed_text (s, REQUEST);
  feed_frame (s, TRUE, 0x88, NULL, 0);
  connection_stack_step (s);
  g_assert_true (s->is_closed);
  g_assert_error (s->error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_assert_cmpmem (outgoing->data + outgoing->len - 2, 2, "\x88\x00", 2);
  connection_stack_free (s);
}

/* Pings of a peer that does not read are not answered for ever. */
static void
test_many_pings (void)
{
  ConnectionStack *s = open_server ();
  guint8 payload[125] = { 0 };

  g_object_set (s->runtime->limits, "max-send-queue", 1152u, NULL);
  s->channel->room = 0;
  for (guint i = 0; i < 1000; i++)
    feed_frame (s, TRUE, 0x89, payload, sizeof payload);
  connection_stack_step (s);
  g_assert_no_error (s->error);
  g_assert_cmpuint (s->host.queued_bytes, <=, 1152);
  s->channel->room = G_MAXSIZE;
  connection_stack_step (s);
  g_assert_no_error (s->error);
  g_assert_cmpuint (s->channel->outgoing->len, ==, 1000 * (2 + sizeof payload));
  connection_stack_free (s);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/web-socket-framing/server", test_server);
  g_test_add_func ("/web-socket-framing/portions", test_portions);
  g_test_add_func ("/web-socket-framing/client", test_client);
  g_test_add_func ("/web-socket-framing/client-refused", test_client_refused);
  g_test_add_func ("/web-socket-framing/server-refuses", test_server_refuses);
  g_test_add_func ("/web-socket-framing/large-head", test_large_head);
  g_test_add_func ("/web-socket-framing/slow-head", test_slow_head);
  g_test_add_func ("/web-socket-framing/slow-answer", test_slow_answer);
  g_test_add_func ("/web-socket-framing/bad-frames", test_bad_frames);
  g_test_add_func ("/web-socket-framing/large-message", test_large_message);
  g_test_add_func ("/web-socket-framing/peer-closes", test_peer_closes);
  g_test_add_func ("/web-socket-framing/release", test_release);
  g_test_add_func ("/web-socket-framing/peer-releases", test_peer_releases);
  g_test_add_func ("/web-socket-framing/close-before-csm", test_close_before_csm);
  g_test_add_func ("/web-socket-framing/many-pings", test_many_pings);
  return g_test_run ();
}
