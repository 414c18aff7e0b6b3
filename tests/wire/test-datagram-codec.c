/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-datagram-codec-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-data.h"
#include "wire/gcoap-options-private.h"

/* In memory of exactly this size, so that a sanitizer sees reading too far. */
static gboolean
decode_bytes (const guint8         *data,
              gsize                 length,
              gsize                 max_token_length,
              GcoapPdu             *pdu,
              GcoapDatagramHeader  *header,
              GError              **error)
{
  g_autofree guint8 *exact = g_memdup2 (data, length);
  gboolean success;

  memset (pdu, 0, sizeof (*pdu));
  success = gcoap_datagram_decode (exact, length, max_token_length, pdu, header, error);
  if (error != NULL)
    g_assert_cmpint (success, ==, *error == NULL);

  return success;
}

static gboolean
decode_hex (const char           *hex,
            gsize                 max_token_length,
            GcoapPdu             *pdu,
            GcoapDatagramHeader  *header,
            GError              **error)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (hex);

  return decode_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), max_token_length,
                       pdu, header, error);
}

static void
assert_encodes_to (const GcoapPdu *pdu,
                   const char     *hex)
{
  guint8 buffer[2048];
  g_autoptr (GError) error = NULL;
  gsize length = gcoap_datagram_encode (pdu, buffer, sizeof (buffer), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (length, ==, gcoap_datagram_get_size (pdu));
  test_assert_bytes (buffer, length, hex);
}

/* RFC 7252 Appendix A, figures 16 to 23: the bytes, and what they say */
static const struct
{
  const char *name; /* for who reads */
  const char *hex;
  const char *text;
} examples[] = {
  { "figure-16-request", "40 01 7d34 bb74656d7065726174757265", "CON GET 0x7d34, Uri-Path: temperature" },
  { "figure-16-response", "60 45 7d34 ff32322e332043", "ACK 2.05 Content 0x7d34, payload 6 bytes" },
  { "figure-17-request", "41 01 7d35 20 bb74656d7065726174757265",
    "CON GET 0x7d35 token 20, Uri-Path: temperature" },
  { "figure-17-response", "61 45 7d35 20 ff32322e332043", "ACK 2.05 Content 0x7d35 token 20, payload 6 bytes" },
  { "figure-20-ack", "60 00 7d38", "ACK 0.00 Empty 0x7d38" },
  { "figure-20-response", "41 45 ad7b 53 ff32322e332043", "CON 2.05 Content 0xad7b token 53, payload 6 bytes" },
  { "figure-20-ack-of-response", "60 00 ad7b", "ACK 0.00 Empty 0xad7b" },
  { "figure-21-reset", "70 00 ad7c", "RST 0.00 Empty 0xad7c" },
  { "figure-22-request", "51 01 7d40 75 bb74656d7065726174757265",
    "NON GET 0x7d40 token 75, Uri-Path: temperature" },
  { "figure-23-not-found", "51 84 952a 86", "NON 4.04 Not Found 0x952a token 86" },
  /* Plugtest TD_COAP_CORE_13, 14, 18, 20, 21, 23; RFC 7959 figures 2 and 7; RFC 7641 figure 2 */
  { "core-13", "42 01 0001 c0de b473656731 0473656732 0473656733",
    "CON GET 0x0001 token c0de, Uri-Path: seg1, Uri-Path: seg2, Uri-Path: seg3" },
  { "core-14", "40 01 0002 b57175657279 4766697273743d31 087365636f6e643d32",
    "CON GET 0x0002, Uri-Path: query, Uri-Query: first=1, Uri-Query: second=2" },
  { "core-18", "60 41 0003 896c6f636174696f6e31 096c6f636174696f6e32",
    "ACK 2.01 Created 0x0003, Location-Path: location1, Location-Path: location2" },
  { "core-20", "40 01 0004 bc6d756c74692d666f726d6174 6129", "CON GET 0x0004, Uri-Path: multi-format, Accept: 41" },
  { "core-21-b", "60 43 0005 430a0b0c", "ACK 2.03 Valid 0x0005, ETag: 0x0a0b0c" },
  { "core-23", "40 03 0006 50 6763726561746531 10 ff78",
    "CON PUT 0x0006, If-None-Match, Uri-Path: create1, Content-Format: 0, payload 1 bytes" },
  { "block2", "60 45 1234 d10a0a", "ACK 2.05 Content 0x1234, Block2: 0/1/64" },
  { "observe", "51 45 0007 4a 612c 8111 ff78",
    "NON 2.05 Content 0x0007 token 4a, Observe: 44, Max-Age: 17, payload 1 bytes" },
};

static void
test_examples (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (examples); i++)
    {
      g_autoptr (GcoapMessage) message = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;
      GcoapDatagramHeader header;
      GcoapPdu pdu;

      decode_hex (examples[i].hex, 8, &pdu, &header, &error);
      g_assert_no_error (error);
      message = pdu.message;

      text = gcoap_pdu_to_string (&pdu);
      g_assert_cmpstr (text, ==, examples[i].text);
      g_assert_true (header.has_header);
      g_assert_cmpint (header.type, ==, pdu.type);
      g_assert_cmpuint (header.message_id, ==, pdu.message_id);
      g_assert_true (message == NULL || gcoap_message_is_locked (message));
      assert_encodes_to (&pdu, examples[i].hex);
    }
}

/* Figure 17 from the other side. */
static void
test_encode_built (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  GcoapPdu pdu = {
    .type = GCOAP_MESSAGE_TYPE_CON,
    .message_id = 0x7d35,
    .token = (const guint8 *) "\x20",
    .token_length = 1,
    .message = message,
  };

  gcoap_message_add_option_string (message, GCOAP_OPTION_URI_PATH, "temperature");
  assert_encodes_to (&pdu, "41 01 7d35 20 bb74656d7065726174757265");
}

/* RFC 7252 §3.1: each form of delta and length, at its edges. */
static void
test_extended_forms (void)
{
  static const guint values[] = { 0, 1, 12, 13, 14, 268, 269, 270, 300, 524, 525, 526, 1000 };

  for (guint d = 0; d < G_N_ELEMENTS (values); d++)
    for (guint l = 0; l < G_N_ELEMENTS (values); l++)
      {
        g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
        g_autoptr (GcoapMessage) decoded = NULL;
        g_autoptr (GError) error = NULL;
        GcoapPdu pdu = { .message = message };
        GcoapPdu decoded_pdu;
        guint8 value[1000];
        guint8 buffer[1100];
        gsize length;

        memset (value, (int) l, sizeof (value));
        gcoap_message_add_option (message, values[d], value, values[l]);
        length = gcoap_datagram_encode (&pdu, buffer, sizeof (buffer), &error);
        g_assert_no_error (error);
        g_assert_cmpuint (length, ==, 4 + 1 + values[l] + (values[d] >= 13) + (values[d] >= 269) +
                                      (values[l] >= 13) + (values[l] >= 269));
        decode_bytes (buffer, length, 8, &decoded_pdu, NULL, &error);
        g_assert_no_error (error);
        decoded = decoded_pdu.message;
        g_assert_true (gcoap_message_equal (message, decoded));
      }
}

/* RFC 8974 §2.1 */
static void
test_extended_tokens (void)
{
  static const struct
  {
    guint32 length;
    const char *start;
  } rows[] = {
    { 8, "48 01 0000" }, { 9, "49 01 0000" }, { 12, "4c 01 0000" }, { 13, "4d 01 0000 00" },
    { 268, "4d 01 0000 ff" }, { 269, "4e 01 0000 0000" }, { 270, "4e 01 0000 0001" },
    { GCOAP_TOKEN_MAX_LENGTH, "4e 01 0000 ffff" },
  };
  g_autofree guint8 *buffer = g_malloc (70000);
  g_autofree guint8 *token = g_malloc (GCOAP_TOKEN_MAX_LENGTH);

  for (guint32 i = 0; i < GCOAP_TOKEN_MAX_LENGTH; i++)
    token[i] = (guint8) (i * 7);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GcoapMessage) decoded = NULL;
      g_autoptr (GBytes) start = test_bytes_from_hex (rows[i].start);
      g_autoptr (GError) error = NULL;
      GcoapPdu pdu = { .token = token, .token_length = rows[i].length, .message = message };
      GcoapPdu decoded_pdu;
      gsize length;

      gcoap_message_set_option_empty (message, GCOAP_OPTION_IF_NONE_MATCH);
      length = gcoap_datagram_encode (&pdu, buffer, 70000, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, g_bytes_get_size (start) + rows[i].length + 1);
      test_assert_bytes (buffer, g_bytes_get_size (start), rows[i].start);

      decode_bytes (buffer, length, rows[i].length, &decoded_pdu, NULL, &error);
      g_assert_no_error (error);
      decoded = decoded_pdu.message;
      g_assert_cmpmem (decoded_pdu.token, decoded_pdu.token_length, token, rows[i].length);
      g_assert_true (gcoap_message_equal (message, decoded));

      /* One more than agreed on. */
      g_assert_false (decode_bytes (buffer, length, rows[i].length - 1, &decoded_pdu, NULL, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
    }
}

static const struct
{
  const char *hex;
  gsize max_token_length;
  const char *message; /* without "Message format error at " */
} malformed[] = {
  { "", 8, "byte 0: the datagram has 0 bytes, a header 4 (RFC 7252 §3)" },
  { "40", 8, "byte 0: the datagram has 1 bytes, a header 4 (RFC 7252 §3)" },
  { "400112", 8, "byte 0: the datagram has 3 bytes, a header 4 (RFC 7252 §3)" },
  { "00011234", 8, "byte 0: the version is 0, not 1 (RFC 7252 §3)" },
  { "80011234", 8, "byte 0: the version is 2, not 1 (RFC 7252 §3)" },
  { "c0011234", 8, "byte 0: the version is 3, not 1 (RFC 7252 §3)" },
  { "40201234", 8, "byte 1: the code 1.00 is of a reserved class (RFC 7252 §4.2)" },
  { "403f1234", 8, "byte 1: the code 1.31 is of a reserved class (RFC 7252 §4.2)" },
  { "40c01234", 8, "byte 1: the code 6.00 is of a reserved class (RFC 7252 §4.2)" },
  { "40e11234", 8, "byte 1: the code 7.01 is of a reserved class (RFC 7252 §4.2)" },
  { "40ff1234", 8, "byte 1: the code 7.31 is of a reserved class (RFC 7252 §4.2)" },
  { "40001234 00", 8, "byte 4: bytes follow the message ID of an Empty message (RFC 7252 §4.1)" },
  { "40001234 ff00", 8, "byte 4: bytes follow the message ID of an Empty message (RFC 7252 §4.1)" },
  { "41001234", 8, "byte 0: an Empty message has a token length of 1, not 0 (RFC 7252 §4.1)" },
  { "61001234 00", 8, "byte 0: an Empty message has a token length of 1, not 0 (RFC 7252 §4.1)" },
  { "4f001234", 8, "byte 0: an Empty message has a token length of 15, not 0 (RFC 7252 §4.1)" },
  { "49011234 010203040506070809", 8, "byte 0: the token length 9 is reserved (RFC 7252 §3)" },
  { "4c011234 0102030405060708090a0b0c", 8, "byte 0: the token length 12 is reserved (RFC 7252 §3)" },
  { "4d011234 00 0102030405060708090a0b0c0d", 8, "byte 0: the token length 13 is reserved (RFC 7252 §3)" },
  { "4e011234 0000", 8, "byte 0: the token length 14 is reserved (RFC 7252 §3)" },
  { "4f011234", 8, "byte 0: the token length 15 is reserved (RFC 8974 §2.1)" },
  { "4f011234", 65804, "byte 0: the token length 15 is reserved (RFC 8974 §2.1)" },
  { "4d011234", 32, "byte 4: the extended token length is cut off (RFC 8974 §2.1)" },
  { "4e011234 00", 32, "byte 4: the extended token length is cut off (RFC 8974 §2.1)" },
  { "4d011234 ff", 32, "byte 0: the token has 268 bytes, more than the 32 agreed on (RFC 8974 §2.2.1)" },
  { "4d011234 00", 32, "byte 5: the token has 13 bytes, but only 0 are left (RFC 7252 §3)" },
  { "48011234 01020304050607", 8, "byte 4: the token has 8 bytes, but only 7 are left (RFC 7252 §3)" },
  { "41011234", 8, "byte 4: the token has 1 bytes, but only 0 are left (RFC 7252 §3)" },
  { "40011234 ff", 8, "byte 4: no payload follows the payload marker (RFC 7252 §3)" },
  { "40011234 b161 ff", 8, "byte 6: no payload follows the payload marker (RFC 7252 §3)" },
  { "40011234 f0", 8, "byte 4: the option delta 15 is reserved (RFC 7252 §3.1)" },
  { "40011234 f1 00", 8, "byte 4: the option delta 15 is reserved (RFC 7252 §3.1)" },
  { "40011234 fe 0000", 8, "byte 4: the option delta 15 is reserved (RFC 7252 §3.1)" },
  { "40011234 b161 0f", 8, "byte 6: the option length 15 is reserved (RFC 7252 §3.1)" },
  { "40011234 ef 0000", 8, "byte 4: the option length 15 is reserved (RFC 7252 §3.1)" },
  { "40011234 d0", 8, "byte 4: the extended option delta is cut off (RFC 7252 §3.1)" },
  { "40011234 e0 00", 8, "byte 4: the extended option delta is cut off (RFC 7252 §3.1)" },
  { "40011234 0d", 8, "byte 4: the extended option length is cut off (RFC 7252 §3.1)" },
  { "40011234 0e 00", 8, "byte 4: the extended option length is cut off (RFC 7252 §3.1)" },
  { "40011234 dd 00", 8, "byte 4: the extended option length is cut off (RFC 7252 §3.1)" },
  { "40011234 b2 61", 8, "byte 5: option 11 announces 2 bytes, but only 1 are left (RFC 7252 §3.1)" },
  { "40011234 bd 00 61", 8, "byte 6: option 11 announces 13 bytes, but only 1 are left (RFC 7252 §3.1)" },
  { "40011234 be ffff", 8, "byte 7: option 11 announces 65804 bytes, but only 0 are left (RFC 7252 §3.1)" },
  { "40011234 e0 ffff", 8, "byte 7: the option number 65804 exceeds 65535 (RFC 7252 §3.1)" },
  { "40011234 e0 fef2 10", 8, "byte 8: the option number 65536 exceeds 65535 (RFC 7252 §3.1)" },
  { "40011234 e0 8000 e0 8000", 8, "byte 10: the option number 66074 exceeds 65535 (RFC 7252 §3.1)" },
};

static void
test_malformed (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (malformed); i++)
    {
      g_autofree char *expected = g_strdup_printf ("Message format error at %s.", malformed[i].message);
      g_autoptr (GBytes) bytes = test_bytes_from_hex (malformed[i].hex);
      const guint8 *data = g_bytes_get_data (bytes, NULL);
      gsize length = g_bytes_get_size (bytes);
      g_autoptr (GError) error = NULL;
      GcoapDatagramHeader header;
      GcoapPdu pdu;

      g_assert_false (decode_bytes (data, length, malformed[i].max_token_length, &pdu, &header, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_assert_cmpstr (error->message, ==, expected);
      g_assert_null (pdu.message);

      /* RFC 7252 §4.2: who rejects it needs the type and the message ID. */
      g_assert_cmpint (header.has_header, ==, length >= 4 && data[0] >> 6 == 1);
      if (header.has_header)
        {
          g_assert_cmpint (header.type, ==, (data[0] >> 4) & 3);
          g_assert_cmpuint (header.message_id, ==, data[2] << 8 | data[3]);
        }
      /* Also without anywhere to put the reason. */
      g_assert_false (gcoap_datagram_decode (data, length, malformed[i].max_token_length, &pdu, NULL, NULL));
    }
}

/* The highest number, and the longest way to it. */
static void
test_number_65535 (void)
{
  g_autoptr (GcoapMessage) message = NULL;
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu;

  decode_hex ("40011234 e0 fef1 10", 8, &pdu, NULL, &error);
  g_assert_no_error (error);
  message = pdu.message;
  g_assert_cmpuint (gcoap_message_get_option_number_at (message, 1), ==, 65535);
}

static void
test_limits (void)
{
  g_autofree guint8 *data = g_malloc0 (GCOAP_OPTIONS_MAX_RECEIVED_SIZE + 1000);
  g_autoptr (GcoapMessage) message = NULL;
  g_autoptr (GcoapMessage) copy = NULL;
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { 0 };
  guint8 *p;

  /* Options without value, one byte each. */
  memcpy (data, "\x40\x01\x12\x34", 4);
  g_assert_true (decode_bytes (data, 4 + GCOAP_OPTIONS_MAX_RECEIVED_COUNT, 8, &pdu, NULL, &error));
  message = pdu.message;
  g_assert_cmpuint (gcoap_message_get_n_options (message), ==, GCOAP_OPTIONS_MAX_RECEIVED_COUNT);
  /* To the fullest message the stack can add an option without a complaint. */
  copy = gcoap_message_copy (message);
  gcoap_message_set_option_uint (copy, GCOAP_OPTION_HOP_LIMIT, 1);
  g_assert_cmpuint (gcoap_message_get_n_options (copy), ==, GCOAP_OPTIONS_MAX_RECEIVED_COUNT + 1);
  g_assert_false (decode_bytes (data, 4 + GCOAP_OPTIONS_MAX_RECEIVED_COUNT + 1, 8, &pdu, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==,
                   "Message format error at byte 133: there are more than 128 options, a limit of this library.");
  g_clear_error (&error);

  /* Two options that together are one byte too long, three with the excess. */
  p = data + 4;
  *p++ = 0x0e;
  *p++ = 0xff;
  *p++ = 0xff;
  p += 65804;
  *p++ = 0x0e;
  *p++ = (GCOAP_OPTIONS_MAX_RECEIVED_SIZE - 65804 - 269) >> 8;
  *p++ = (GCOAP_OPTIONS_MAX_RECEIVED_SIZE - 65804 - 269) & 0xff;
  p += GCOAP_OPTIONS_MAX_RECEIVED_SIZE - 65804;
  g_clear_pointer (&message, gcoap_message_unref);
  g_assert_true (decode_bytes (data, (gsize) (p - data), 8, &pdu, NULL, &error));
  message = pdu.message;
  *p++ = 0x01;
  p++;
  g_assert_false (decode_bytes (data, (gsize) (p - data), 8, &pdu, NULL, &error));
  g_assert_nonnull (strstr (error->message, "take 131073 bytes, more than 131072"));
}

static void
test_encode_too_large (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new_text (GCOAP_CODE_CONTENT, "22.3 C");
  GcoapPdu pdu = { .type = GCOAP_MESSAGE_TYPE_ACK, .message = message };
  gsize needed = gcoap_datagram_get_size (&pdu);

  for (gsize size = 0; size <= needed; size++)
    {
      g_autofree guint8 *buffer = g_malloc (size);
      g_autoptr (GError) error = NULL;
      gsize written = gcoap_datagram_encode (&pdu, buffer, size, &error);

      if (size == needed)
        {
          g_assert_no_error (error);
          g_assert_cmpuint (written, ==, needed);
          continue;
        }
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
      g_assert_cmpuint (written, ==, 0);
    }
}

static void
test_encode_impossible (void)
{
  g_autoptr (GcoapMessage) empty = gcoap_message_new (GCOAP_CODE_EMPTY);
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  GcoapPdu pdus[] = {
    { .message = NULL, .token = (const guint8 *) "x", .token_length = 1 },
    { .message = empty },
    { .message = message, .token = (const guint8 *) "x", .token_length = GCOAP_TOKEN_MAX_LENGTH + 1 },
  };
  guint8 buffer[100];

  for (guint i = 0; i < G_N_ELEMENTS (pdus); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_cmpuint (gcoap_datagram_encode (&pdus[i], buffer, sizeof (buffer), &error), ==, 0);
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
    }
}

static void
test_round_trips (void)
{
  g_autofree guint8 *buffer = g_malloc (65536);

  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GcoapMessage) message = test_random_message ();
      g_autoptr (GcoapMessage) decoded = NULL;
      g_autoptr (GError) error = NULL;
      guint8 token[300];
      GcoapPdu pdu = {
        .type = (GcoapMessageType) g_test_rand_int_range (0, 4),
        .message_id = (guint16) g_test_rand_int_range (0, 65536),
        .token = token,
        .token_length = test_random_token (token, i % 2 ? 8 : sizeof (token)),
        .message = message,
      };
      GcoapPdu again;
      gsize length = gcoap_datagram_encode (&pdu, buffer, 65536, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (length, ==, gcoap_datagram_get_size (&pdu));
      decode_bytes (buffer, length, sizeof (token), &again, NULL, &error);
      g_assert_no_error (error);
      decoded = again.message;

      g_assert_cmpint (again.type, ==, pdu.type);
      g_assert_cmpuint (again.message_id, ==, pdu.message_id);
      g_assert_cmpmem (again.token, again.token_length, token, pdu.token_length);
      g_assert_true (gcoap_message_equal (message, decoded));
      g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==,
                        gcoap_message_find_bad_critical_option (decoded));
      for (guint number = 0; number < 70; number++)
        g_assert_cmpuint (gcoap_message_count_option (message, number), ==,
                          gcoap_message_count_option (decoded, number));
    }
}

/* Whatever is cut off or changed, it is an error or another message, and
 * what is accepted can be said again. */
static void
test_mutations (void)
{
  g_autofree guint8 *buffer = g_malloc (65536);
  g_autofree guint8 *again = g_malloc (65536);

  for (guint i = 0; i < 5000; i++)
    {
      g_autoptr (GcoapMessage) message = test_random_message ();
      g_autoptr (GcoapMessage) decoded = NULL;
      g_autoptr (GcoapMessage) decoded_again = NULL;
      GcoapPdu pdu = { .message = message };
      gsize length = gcoap_datagram_encode (&pdu, buffer, 65536, NULL);

      for (int k = g_test_rand_int_range (0, 4); k > 0; k--)
        buffer[g_test_rand_int_range (0, (gint32) length)] = (guint8) g_test_rand_int_range (0, 256);
      if (g_test_rand_bit ())
        length = (gsize) g_test_rand_int_range (0, (gint32) length + 1);

      if (!decode_bytes (buffer, length, 65804, &pdu, NULL, NULL))
        continue;
      decoded = pdu.message;
      length = gcoap_datagram_encode (&pdu, again, 65536, NULL);
      g_assert_cmpuint (length, >, 0);
      g_assert_true (decode_bytes (again, length, 65804, &pdu, NULL, NULL));
      decoded_again = pdu.message;
      g_assert_true (decoded == decoded_again || gcoap_message_equal (decoded, decoded_again));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/datagram-codec/examples", test_examples);
  g_test_add_func ("/datagram-codec/encode-built", test_encode_built);
  g_test_add_func ("/datagram-codec/extended-forms", test_extended_forms);
  g_test_add_func ("/datagram-codec/extended-tokens", test_extended_tokens);
  g_test_add_func ("/datagram-codec/malformed", test_malformed);
  g_test_add_func ("/datagram-codec/number-65535", test_number_65535);
  g_test_add_func ("/datagram-codec/limits", test_limits);
  g_test_add_func ("/datagram-codec/encode-too-large", test_encode_too_large);
  g_test_add_func ("/datagram-codec/encode-impossible", test_encode_impossible);
  g_test_add_func ("/datagram-codec/round-trips", test_round_trips);
  g_test_add_func ("/datagram-codec/mutations", test_mutations);

  return g_test_run ();
}
