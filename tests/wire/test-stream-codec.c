/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-stream-codec-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-data.h"

#define TCP GCOAP_STREAM_FRAMING_TCP
#define WEBSOCKET GCOAP_STREAM_FRAMING_WEBSOCKET

static gboolean
decode_bytes (const guint8        *data,
              gsize                length,
              GcoapStreamFraming   framing,
              gsize                max_token_length,
              GcoapPdu            *pdu,
              GError             **error)
{
  g_autofree guint8 *exact = g_memdup2 (data, length);
  gboolean success;

  memset (pdu, 0, sizeof (*pdu));
  success = gcoap_stream_decode (exact, length, framing, max_token_length, pdu, error);
  if (error != NULL)
    g_assert_cmpint (success, ==, *error == NULL);

  return success;
}

/* RFC 8323 §3.2 figure 5, §5.7 figures 11 and 12, and messages around them */
static const struct
{
  const char *hex;
  GcoapStreamFraming framing;
  GcoapCode code;
  const char *text;
} examples[] = {
  { "01 43 7f", TCP, GCOAP_CODE_VALID, "2.03 Valid" },
  { "01 43 7f", WEBSOCKET, GCOAP_CODE_VALID, "2.03 Valid" },
  { "01 e2 42", TCP, GCOAP_CODE_PING, "7.02 Ping" },
  { "01 e3 42", TCP, GCOAP_CODE_PONG, "7.03 Pong" },
  { "11 e2 42 20", TCP, GCOAP_CODE_PING, "7.02 Ping, Custody" },
  { "50 e1 230186a0 20", TCP, GCOAP_CODE_CSM, "7.01 CSM, Max-Message-Size: 100000, Block-Wise-Transfer" },
  { "00 e1 230186a0 20", WEBSOCKET, GCOAP_CODE_CSM, "7.01 CSM, Max-Message-Size: 100000, Block-Wise-Transfer" },
  { "20 e5 2109", TCP, GCOAP_CODE_ABORT, "7.05 Abort, Bad-CSM-Option: 9" },
  { "c0 01 bb74656d7065726174757265", TCP, GCOAP_CODE_GET, "GET, Uri-Path: temperature" },
  { "d0 00 01 bc74656d706572617475726573", TCP, GCOAP_CODE_GET, "GET, Uri-Path: temperatures" },
  { "70 45 ff32322e332043", TCP, GCOAP_CODE_CONTENT, "2.05 Content, payload 6 bytes" },
};

static void
test_examples (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes_from_hex (examples[i].hex);
      const guint8 *data = g_bytes_get_data (bytes, NULL);
      gsize length = g_bytes_get_size (bytes);
      g_autoptr (GcoapMessage) message = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      guint8 buffer[100];
      GcoapPdu pdu;
      gsize size;

      decode_bytes (data, length, examples[i].framing, 8, &pdu, &error);
      g_assert_no_error (error);
      message = pdu.message;
      g_assert_cmpint (gcoap_message_get_code (message), ==, examples[i].code);
      text = gcoap_message_to_string (message);
      g_assert_cmpstr (text, ==, examples[i].text);

      size = gcoap_stream_encode (&pdu, examples[i].framing, buffer, sizeof (buffer), &error);
      g_assert_no_error (error);
      test_assert_bytes (buffer, size, examples[i].hex);
      g_assert_cmpuint (gcoap_stream_get_size (&pdu, examples[i].framing), ==, size);

      if (examples[i].framing == TCP)
        {
          g_assert_true (gcoap_stream_peek_size (data, length, 1152, &size, &error));
          g_assert_cmpuint (size, ==, length);
        }
    }
}

/* RFC 8323 §3.4, RFC 7252 §4.1 */
static void
test_empty (void)
{
  GcoapPdu pdu = { 0 };
  guint8 buffer[4];
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (gcoap_stream_encode (&pdu, TCP, buffer, sizeof (buffer), &error), ==, 2);
  g_assert_no_error (error);
  test_assert_bytes (buffer, 2, "0000");
  g_assert_true (decode_bytes (buffer, 2, TCP, 8, &pdu, &error));
  g_assert_null (pdu.message);
}

/* RFC 8323 §3.2: each form of Len at its edges. */
static void
test_lengths (void)
{
  static const struct
  {
    gsize length; /* of options and payload: a marker and the rest */
    const char *start;
  } rows[] = {
    { 12, "c0 02" }, { 13, "d0 00 02" }, { 14, "d0 01 02" }, { 268, "d0 ff 02" },
    { 269, "e0 0000 02" }, { 270, "e0 0001 02" }, { 65804, "e0 ffff 02" },
    { 65805, "f0 00000000 02" }, { 65806, "f0 00000001 02" }, { 1000000, "f0 000e4133 02" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize payload_length = rows[i].length - 1;
      g_autofree guint8 *payload = g_malloc0 (payload_length);
      g_autofree guint8 *buffer = g_malloc (rows[i].length + 10);
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_POST);
      g_autoptr (GcoapMessage) decoded = NULL;
      g_autoptr (GBytes) start = test_bytes_from_hex (rows[i].start);
      g_autoptr (GError) error = NULL;
      GcoapPdu pdu = { .message = message };
      gsize length, size;

      gcoap_message_set_payload_data (message, payload, payload_length);
      length = gcoap_stream_encode (&pdu, TCP, buffer, rows[i].length + 10, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, g_bytes_get_size (start) + rows[i].length);
      test_assert_bytes (buffer, g_bytes_get_size (start), rows[i].start);

      /* Known as soon as the length's bytes are there. */
      for (gsize seen = 0; seen <= g_bytes_get_size (start); seen++)
        {
          g_assert_true (gcoap_stream_peek_size (buffer, seen, 2000000, &size, &error));
          g_assert_cmpuint (size, ==, seen >= g_bytes_get_size (start) - 1 ? length : 0);
        }
      g_assert_false (gcoap_stream_peek_size (buffer, 5, length - 1, &size, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
      g_clear_error (&error);

      decode_bytes (buffer, length, TCP, 8, &pdu, &error);
      g_assert_no_error (error);
      decoded = pdu.message;
      g_assert_true (gcoap_message_equal (message, decoded));
    }
}

/* security: the largest claim is refused, and computed without overflow. */
static void
test_peek_too_large (void)
{
  static const struct
  {
    const char *hex;
    const char *bytes;
  } rows[] = {
    { "f0 ffffffff", " 4295033106 bytes" },
    { "fe ffffffff 01 ffff", " 4295098912 bytes" },
    /* The token alone is too long. */
    { "0e 01 ffff", " 65808 bytes" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes_from_hex (rows[i].hex);
      g_autoptr (GError) error = NULL;
      gsize size = 1;

      g_assert_false (gcoap_stream_peek_size (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                              1152, &size, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
      g_assert_nonnull (strstr (error->message, rows[i].bytes));
      g_assert_cmpuint (size, ==, 0);
    }
}

/* RFC 8974 §2.1, appendix A.2: the extended token length follows the code. */
static void
test_extended_tokens (void)
{
  static const struct
  {
    guint32 length;
    const char *start;
  } rows[] = {
    { 8, "08 01" }, { 12, "0c 01" }, { 13, "0d 01 00" }, { 268, "0d 01 ff" }, { 269, "0e 01 0000" },
    { GCOAP_TOKEN_MAX_LENGTH, "0e 01 ffff" },
  };
  g_autofree guint8 *token = g_malloc0 (GCOAP_TOKEN_MAX_LENGTH);
  g_autofree guint8 *buffer = g_malloc (70000);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GcoapMessage) decoded = NULL;
      g_autoptr (GBytes) start = test_bytes_from_hex (rows[i].start);
      gsize start_size = g_bytes_get_size (start);
      g_autoptr (GError) error = NULL;
      GcoapPdu pdu = { .token = token, .token_length = rows[i].length, .message = message };
      gsize length = gcoap_stream_encode (&pdu, TCP, buffer, 70000, &error);
      gsize size;

      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, start_size + rows[i].length);
      test_assert_bytes (buffer, start_size, rows[i].start);

      for (gsize seen = 1; seen <= start_size; seen++)
        {
          g_assert_true (gcoap_stream_peek_size (buffer, seen, 70000, &size, &error));
          g_assert_cmpuint (size, ==, rows[i].length < 13 || seen == start_size ? length : 0);
        }
      decode_bytes (buffer, length, TCP, rows[i].length, &pdu, &error);
      g_assert_no_error (error);
      decoded = pdu.message;
      g_assert_cmpmem (pdu.token, pdu.token_length, token, rows[i].length);

      g_assert_false (decode_bytes (buffer, length, TCP, rows[i].length - 1, &pdu, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
    }
}

static const struct
{
  const char *hex;
  GcoapStreamFraming framing;
  const char *message;
} malformed[] = {
  { "", TCP, "byte 0: the message has 0 bytes, a header at least 2 (RFC 8323 §3.2)" },
  { "00", TCP, "byte 0: the message has 1 bytes, a header at least 2 (RFC 8323 §3.2)" },
  { "d001", TCP, "byte 1: the extended length is cut off (RFC 8323 §3.2)" },
  { "f0000000 01", TCP, "byte 1: the extended length is cut off (RFC 8323 §3.2)" },
  { "10 01 5061", TCP, "byte 0: the length field says 1 bytes after the token, but there are 2 (RFC 8323 §3.2)" },
  { "30 01 5061", TCP, "byte 0: the length field says 3 bytes after the token, but there are 2 (RFC 8323 §3.2)" },
  { "10 01 50", WEBSOCKET, "byte 0: the length field is 1, not 0 (RFC 8323 §4.2)" },
  { "d0 01 50", WEBSOCKET, "byte 0: the length field is 13, not 0 (RFC 8323 §4.2)" },
  { "00 20", TCP, "byte 1: the code 1.00 is of a reserved class (RFC 7252 §4.2)" },
  { "00 c0", WEBSOCKET, "byte 1: the code 6.00 is of a reserved class (RFC 7252 §4.2)" },
  { "01 00 42", TCP, "byte 2: bytes follow the code of an Empty message (RFC 7252 §4.1)" },
  { "00 00 42", WEBSOCKET, "byte 2: bytes follow the code of an Empty message (RFC 7252 §4.1)" },
  { "01 01", TCP, "byte 2: the token has 1 bytes, but only 0 are left (RFC 7252 §3)" },
  { "09 01 000000000000000000", TCP, "byte 0: the token length 9 is reserved (RFC 7252 §3)" },
  { "0f 01", WEBSOCKET, "byte 0: the token length 15 is reserved (RFC 8974 §2.1)" },
  { "10 01 ff", TCP, "byte 2: no payload follows the payload marker (RFC 7252 §3)" },
  { "10 e1 f0", TCP, "byte 2: the option delta 15 is reserved (RFC 7252 §3.1)" },
  { "00 01 b261", WEBSOCKET, "byte 3: option 11 announces 2 bytes, but only 1 are left (RFC 7252 §3.1)" },
};

static void
test_malformed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autofree char *expected = g_strdup_printf ("Message format error at %s.", malformed[i].message);
      g_autoptr (GBytes) bytes = test_bytes_from_hex (malformed[i].hex);
      g_autoptr (GError) error = NULL;
      GcoapPdu pdu;

      g_assert_false (decode_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                    malformed[i].framing, 8, &pdu, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_assert_cmpstr (error->message, ==, expected);
      g_assert_null (pdu.message);
    }
}

static void
test_peek_reserved (void)
{
  g_autoptr (GError) error = NULL;
  gsize size;

  g_assert_false (gcoap_stream_peek_size ((const guint8 *) "\x0f", 1, 1152, &size, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

static void
test_encode_too_large (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new_text (GCOAP_CODE_CONTENT, "22.3 C");
  GcoapPdu pdu = { .token = (const guint8 *) "ab", .token_length = 2, .message = message };
  gsize needed = gcoap_stream_get_size (&pdu, TCP);

  for (gsize size = 0; size <= needed; size++)
    {
      g_autofree guint8 *buffer = g_malloc (size);
      g_autoptr (GError) error = NULL;
      gsize written = gcoap_stream_encode (&pdu, TCP, buffer, size, &error);

      g_assert_cmpuint (written, ==, size == needed ? needed : 0);
      if (size < needed)
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
    }
}

/* Several messages in one stream that comes in pieces of any size. */
static void
test_round_trips (void)
{
  g_autofree guint8 *buffer = g_malloc (65536);

  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GcoapMessage) message = test_random_message ();
      g_autoptr (GcoapMessage) decoded = NULL;
      g_autoptr (GError) error = NULL;
      GcoapStreamFraming framing = g_test_rand_bit () ? TCP : WEBSOCKET;
      guint8 token[300];
      GcoapPdu pdu = { .token = token, .token_length = test_random_token (token, sizeof (token)), .message = message };
      gsize length, size;

      if (g_test_rand_bit ())
        gcoap_message_set_code (message, GCOAP_CODE_CSM);
      length = gcoap_stream_encode (&pdu, framing, buffer, 65536, &error);
      g_assert_no_error (error);
      if (framing == TCP)
        {
          g_assert_true (gcoap_stream_peek_size (buffer, length, 65536, &size, &error));
          g_assert_cmpuint (size, ==, length);
        }
      decode_bytes (buffer, length, framing, sizeof (token), &pdu, &error);
      g_assert_no_error (error);
      decoded = pdu.message;
      g_assert_true (gcoap_message_equal (message, decoded));
      g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==,
                        gcoap_message_find_bad_critical_option (decoded));

      /* Any part of it is known to be one, or not known yet. */
      if (framing == TCP)
        {
          gsize part = (gsize) g_test_rand_int_range (0, (gint32) length + 1);

          g_assert_true (gcoap_stream_peek_size (buffer, part, 65536, &size, &error));
          g_assert_true (size == 0 || size == length);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stream-codec/examples", test_examples);
  g_test_add_func ("/stream-codec/empty", test_empty);
  g_test_add_func ("/stream-codec/lengths", test_lengths);
  g_test_add_func ("/stream-codec/peek-too-large", test_peek_too_large);
  g_test_add_func ("/stream-codec/extended-tokens", test_extended_tokens);
  g_test_add_func ("/stream-codec/malformed", test_malformed);
  g_test_add_func ("/stream-codec/peek-reserved", test_peek_reserved);
  g_test_add_func ("/stream-codec/encode-too-large", test_encode_too_large);
  g_test_add_func ("/stream-codec/round-trips", test_round_trips);

  return g_test_run ();
}
