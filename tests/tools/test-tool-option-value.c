/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options as typed and as JSON: every registered format, and unknown numbers. */
#include <string.h>

#include "common/tool-option-value.h"

static void
test_add (void)
{
  static const struct { const char *text; guint number; const char *value; gsize length; } cases[] = {
    { "Uri-Path=a b", 11, "a b", 3 },
    { "uri-query=a=b", 15, "a=b", 3 },
    { "11=0x41", 11, "0x41", 4 },
    { "Uri-Path=", 11, "", 0 },
    { "Max-Age=0", 14, "", 0 },
    { "Max-Age=255", 14, "\xff", 1 },
    { "Max-Age=4294967295", 14, "\xff\xff\xff\xff", 4 },
    { "Max-Age=65536", 14, "\x01\x00\x00", 3 },
    { "Accept=json", 17, "\x32", 1 },
    { "Accept=application/cbor", 17, "\x3c", 1 },
    { "Accept=50", 17, "\x32", 1 },
    { "Block2=2/0/64", 23, "\x22", 1 },
    { "Block1=0/1/1024", 27, "\x0e", 1 },
    { "Block2=34", 23, "\x22", 1 },
    { "If-None-Match", 5, "", 0 },
    { "If-None-Match=", 5, "", 0 },
    { "ETag=0x00ff", 4, "\x00\xff", 2 },
    { "ETag=abc", 4, "abc", 3 },
    { "65000=0x0102", 65000, "\x01\x02", 2 },
    { "65000=text", 65000, "text", 4 },
    { "65000=", 65000, "", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GError) error = NULL;
      const guint8 *value;
      gsize length;

      g_assert_true (tool_option_add (message, cases[i].text, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 1);
      value = gcoap_message_peek_option (message, cases[i].number, 0, &length);
      g_assert_nonnull (value);
      g_assert_cmpmem (value, length, cases[i].value, cases[i].length);
    }
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "", "=", "=x", "Nonsense=1", "65536=x", "-1=x", "Max-Age", "Max-Age=", "Max-Age=x", "Max-Age=-1",
    "Max-Age=4294967296", "Max-Age=0x10", "Accept=nonsense", "Block2=1/2/64", "Block2=1/0/63", "Block2=1/0",
    "Block2=1048576/0/16", "Block2=1/0/2048", "If-None-Match=1", "ETag", "ETag=0x1", "ETag=0xgg", "65000",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
      g_autoptr (GError) error = NULL;

      g_assert_false (tool_option_add (message, cases[i], &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_assert_cmpuint (gcoap_message_get_n_options (message), ==, 0);
    }
}

static void
test_limits (void)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapMessage) large = gcoap_message_new (GCOAP_CODE_GET);
  g_autofree char *value = g_strnfill (65804, 'x');
  g_autofree char *option = g_strconcat ("65000=", value, NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 128; i++)
    g_assert_true (tool_option_add (message, "Uri-Path=a", NULL));
  g_assert_false (tool_option_add (message, "Uri-Path=a", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_false (tool_option_add (large, option, NULL));
  option[strlen (option) - 1] = '\0';
  g_assert_true (tool_option_add (large, option, NULL));
  g_assert_false (tool_option_add (large, "65000=xx", NULL));
}

static void
assert_json (GcoapCode   code,
             guint       number,
             const char *value,
             gsize       length,
             const char *expected)
{
  g_autoptr (GString) json = g_string_new (NULL);

  tool_option_append_json (json, code, number, (const guint8 *) value, length);
  g_assert_cmpstr (json->str, ==, expected);
}

static void
test_json (void)
{
  GcoapCode code = GCOAP_CODE_CONTENT;

  assert_json (code, 8, "a\"b", 3, "{\"number\":8,\"name\":\"Location-Path\",\"value\":\"a\\\"b\"}");
  assert_json (code, 8, "\xff", 1, "{\"number\":8,\"name\":\"Location-Path\",\"value\":\"ff\",\"encoding\":\"hex\"}");
  assert_json (code, 14, "", 0, "{\"number\":14,\"name\":\"Max-Age\",\"value\":0}");
  assert_json (code, 14, "\xff\xff\xff\xff", 4, "{\"number\":14,\"name\":\"Max-Age\",\"value\":4294967295}");
  assert_json (code, 14, "\0\0\0\0\1", 5,
               "{\"number\":14,\"name\":\"Max-Age\",\"value\":\"0000000001\",\"encoding\":\"hex\"}");
  assert_json (code, 4, "\0\xab", 2, "{\"number\":4,\"name\":\"ETag\",\"value\":\"00ab\",\"encoding\":\"hex\"}");
  assert_json (code, 5, "", 0, "{\"number\":5,\"name\":\"If-None-Match\",\"value\":null}");
  assert_json (code, 65000, "", 0, "{\"number\":65000,\"name\":null,\"value\":\"\",\"encoding\":\"hex\"}");
  assert_json (GCOAP_CODE_CSM, 4, "\1", 1, "{\"number\":4,\"name\":null,\"value\":\"01\",\"encoding\":\"hex\"}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tools/option-value/add", test_add);
  g_test_add_func ("/tools/option-value/refused", test_refused);
  g_test_add_func ("/tools/option-value/limits", test_limits);
  g_test_add_func ("/tools/option-value/json", test_json);

  return g_test_run ();
}
