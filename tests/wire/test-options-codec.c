/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parts that datagrams and streams have in common; their own tests have
 * the vectors. */
#include "wire/gcoap-options-codec-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-data.h"
#include "wire/gcoap-message-private.h"

static GcoapMessage *
decode (GcoapCode   code,
        const char *hex)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (hex);
  g_autoptr (GError) error = NULL;
  const guint8 *copy;
  GcoapMessage *message = gcoap_options_codec_decode (code, g_bytes_get_data (bytes, NULL),
                                                      g_bytes_get_size (bytes), 0, &copy, &error);

  g_assert_no_error (error);
  test_assert_bytes (copy, g_bytes_get_size (bytes), hex);

  return message;
}

/* What the decoder finds out on the way is what an own message has. */
static void
test_judgement (void)
{
  static const struct
  {
    GcoapCode code;
    const char *hex;
    guint bad_critical;
    guint n_visible; /* of the first option's number */
  } rows[] = {
    { GCOAP_CODE_GET, "b161 0162", 0, 2 },          /* Uri-Path twice */
    { GCOAP_CODE_GET, "d104 00 0100", 17, 2 },      /* Accept twice */
    { GCOAP_CODE_GET, "c132 0133", 0, 1 },          /* Content-Format twice */
    { GCOAP_CODE_GET, "c3010203", 0, 0 },           /* and too long */
    { GCOAP_CODE_GET, "30", 3, 1 },                 /* empty Uri-Host */
    { GCOAP_CODE_GET, "d0ff", 0, 1 },               /* unknown 268, elective */
    { GCOAP_CODE_GET, "e00000", 269, 1 },           /* unknown, critical */
    { GCOAP_CODE_GET, "00 00", 0, 2 },              /* 0, elective */
    { GCOAP_CODE_CSM, "2100", 0, 1 },               /* Max-Message-Size */
    { GCOAP_CODE_CSM, "b161", 11, 1 },              /* means nothing there */
    { GCOAP_CODE_RELEASE, "2161 0162", 0, 2 },      /* Alternative-Address twice */
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = decode (rows[i].code, rows[i].hex);
      g_autoptr (GcoapMessage) same = gcoap_message_new (rows[i].code);
      guint first = gcoap_message_get_option_number_at (message, 0);

      g_assert_cmpuint (gcoap_message_find_bad_critical_option (message), ==, rows[i].bad_critical);
      g_assert_cmpuint (gcoap_message_count_option (message, first), ==, rows[i].n_visible);
      g_assert_cmpint (gcoap_message_has_option (message, first), ==, rows[i].n_visible > 0);

      for (guint k = 0; k < gcoap_message_get_n_options (message); k++)
        {
          const guint8 *data;
          gsize length;
          guint number;

          gcoap_message_peek_option_at (message, k, &number, &data, &length);
          gcoap_message_add_option (same, number, data, length);
        }
      g_assert_cmpuint (same->options->presence, ==, message->options->presence);
      g_assert_cmpuint (same->options->bad_critical, ==, message->options->bad_critical);
      g_assert_cmpuint (same->options->total_length, ==, message->options->total_length);
    }
}

static void
test_size_is_what_is_written (void)
{
  for (guint i = 0; i < 3000; i++)
    {
      g_autoptr (GcoapMessage) message = test_random_message ();
      gsize size = gcoap_options_codec_get_size (message);
      g_autofree guint8 *buffer = g_malloc (size);

      g_assert_true (gcoap_options_codec_encode (message, buffer) == buffer + size);
    }
}

static void
test_token_lengths (void)
{
  static const struct
  {
    guint length, nibble;
    const char *extended;
  } rows[] = {
    { 0, 0, "" }, { 12, 12, "" }, { 13, 13, "00" }, { 268, 13, "ff" }, { 269, 14, "0000" }, { 65804, 14, "ffff" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      guint8 extended[2];
      gsize n_extended;

      g_assert_cmpuint (gcoap_token_length_encode (rows[i].length, extended, &n_extended), ==, rows[i].nibble);
      test_assert_bytes (extended, n_extended, rows[i].extended);
    }
}

static void
test_malformed_message (void)
{
  g_autoptr (GError) error = NULL;

  gcoap_codec_set_malformed (&error, 7, "there is %d too many", 1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_assert_cmpstr (error->message, ==, "Message format error at byte 7: there is 1 too many.");
  gcoap_codec_set_malformed (NULL, 7, "nobody asks");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/options-codec/judgement", test_judgement);
  g_test_add_func ("/options-codec/size-is-what-is-written", test_size_is_what_is_written);
  g_test_add_func ("/options-codec/token-lengths", test_token_lengths);
  g_test_add_func ("/options-codec/malformed-message", test_malformed_message);

  return g_test_run ();
}
