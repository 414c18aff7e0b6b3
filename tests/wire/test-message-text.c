/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "wire/gcoap-message-text-private.h"

#include <string.h>

#include "helpers/message-data.h"

static void
test_codes (void)
{
  static const struct
  {
    guint code;
    const char *text;
  } rows[] = {
    { GCOAP_CODE_GET, "GET" }, { GCOAP_CODE_CONTENT, "2.05 Content" }, { 31, "0.31" },
    { GCOAP_CODE_NOT_FOUND, "4.04 Not Found" }, { 95, "2.31 Continue" }, { 94, "2.30" }, { 255, "7.31" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (rows[i].code);
      g_autofree char *text = gcoap_message_to_string (message);

      g_assert_cmpstr (text, ==, rows[i].text);
    }
}

static void
test_values (void)
{
  static const struct
  {
    guint number;
    const char *hex;
    const char *text;
  } rows[] = {
    { 11, "74657374", "Uri-Path: test" },
    { 11, "", "Uri-Path: \"\"" },
    /* Looks like more than one option, but is not. */
    { 11, "612c2055", "Uri-Path: \"a, U\"" },
    { 11, "22", "Uri-Path: \"\\x22\"" },
    { 11, "5c", "Uri-Path: \"\\x5c\"" },
    { 11, "0a1b5b", "Uri-Path: \"\\x0a\\x1b[\"" },
    { 11, "c3a9", "Uri-Path: \"é\"" },
    { 11, "c3", "Uri-Path: \"\\xc3\"" },
    { 11, "6100", "Uri-Path: \"a\\x00\"" },
    /* U+202E turns text around. */
    { 11, "e280ae", "Uri-Path: \"\\xe2\\x80\\xae\"" },
    { 12, "", "Content-Format: 0" },
    { 12, "0032", "Content-Format: 50" },
    { 12, "003200", "Content-Format: 12800 (invalid)" },
    { 17, "003200", "Accept: 12800 (invalid)" },
    { 60, "ffffffff", "Size1: 4294967295" },
    { 60, "ffffffffff", "Size1: 0xffffffffff (invalid)" },
    { 23, "0a", "Block2: 0/1/64" },
    { 5, "", "If-None-Match" },
    { 5, "01", "If-None-Match: 0x01 (invalid)" },
    { 4, "0102", "ETag: 0x0102" },
    { 65000, "0102", "Option 65000: 0x0102" },
    { 65001, "", "Option 65001: 0x" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GBytes) value = test_bytes_from_hex (rows[i].hex);
      g_autofree char *expected = g_strconcat ("GET, ", rows[i].text, NULL);
      g_autofree char *text = NULL;

      gcoap_message_add_option (message, rows[i].number, g_bytes_get_data (value, NULL), g_bytes_get_size (value));
      text = gcoap_message_to_string (message);
      g_assert_cmpstr (text, ==, expected);
    }
}

static void
test_long_values (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree char *path = g_strnfill (2000, 'a');
  g_autofree char *text = NULL;

  gcoap_message_add_option_string (message, GCOAP_OPTION_PROXY_URI, path);
  gcoap_message_add_option_string (message, 65000, path);
  text = gcoap_message_to_string (message);
  g_assert_nonnull (strstr (text, "aaa... (2000 bytes) (invalid), Option 65000: 0x6161"));
  g_assert_true (g_str_has_suffix (text, "6161... (2000 bytes)"));
  g_assert_cmpuint (strlen (text), <, 400);
}

static void
test_random (void)
{
  for (guint i = 0; i < 2000; i++)
    {
      g_autoptr (GcoapMessage) message = test_random_message ();
      g_autofree char *text = gcoap_message_to_string (message);

      g_assert_true (g_utf8_validate (text, -1, NULL));
      for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_true (g_unichar_isprint (g_utf8_get_char (p)));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/message-text/codes", test_codes);
  g_test_add_func ("/message-text/values", test_values);
  g_test_add_func ("/message-text/long-values", test_long_values);
  g_test_add_func ("/message-text/random", test_random);

  return g_test_run ();
}
