/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON: strings written, and texts laid out without a change of any token. */
#include <string.h>

#include "common/tool-json.h"

static void
test_string (void)
{
  static const struct { const char *content; const char *json; } cases[] = {
    { "", "\"\"" },
    { "plain – ä 🌡", "\"plain – ä 🌡\"" },
    { "\"\\/", "\"\\\"\\\\/\"" },
    { "\n\r\t\b\033\177", "\"\\n\\r\\t\\u0008\\u001b\\u007f\"" },
    { "a\xff" "b", "\"a\357\277\275b\"" },
    { "\xc2\x9b\xe2\x80\xae\xe2\x80\xa8", "\"\\u009b\\u202e\\u2028\"" },
    /* A language tag, which is a format character beyond the basic plane, stays. */
    { "\xf3\xa0\x80\xa1", "\"\xf3\xa0\x80\xa1\"" },
  };
  g_autoptr (GString) nul = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) json = g_string_new (NULL);

      tool_json_append_string (json, cases[i].content, -1);
      g_assert_cmpstr (json->str, ==, cases[i].json);
    }
  tool_json_append_string (nul, "a\0b", 3);
  g_assert_cmpstr (nul->str, ==, "\"a\\u0000b\"");
}

static void
test_layout (void)
{
  static const struct { const char *content; const char *expected; } cases[] = {
    { "1", "1" },
    { " \t\r\n-0.50E+10 ", "-0.50E+10" },
    { "0", "0" },
    { "true", "true" },
    { "\"\\u00e4\\n\\/\"", "\"\\u00e4\\n\\/\"" },
    { "[]", "[]" },
    { "{ }", "{}" },
    { "[1,[],{\"a\":[null]}]", "[\n  1,\n  [],\n  {\n    \"a\": [\n      null\n    ]\n  }\n]" },
    { "{\"b\":1.10,\"a\":\"x\"}", "{\n  \"b\": 1.10,\n  \"a\": \"x\"\n}" },
    { "\"\xc2\x9b\177\"", "\"\\u009b\\u007f\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *laid_out = tool_json_lay_out (cases[i].content, strlen (cases[i].content), FALSE);

      g_assert_cmpstr (laid_out, ==, cases[i].expected);
    }
}

static void
test_invalid (void)
{
  static const char *const cases[] = {
    "", " ", "tru", "nul", "truefalse", "1 2", "01", "-", "1.", ".5", "1e", "+1", "0x1", "\"", "\"\\", "\"\\u12\"",
    "\"\\x\"", "\"\n\"", "\"\033\"", "\"\xff\"", "[", "]", "[1", "[1,]", "[,1]", "[1 2]", "{", "{\"a\"}", "{\"a\":}",
    "{\"a\":1,}", "{a:1}", "{1:1}", "[1}", "{\"a\":1]", "[]]", "{\"a\" 1}", "NaN", "'a'",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *laid_out = tool_json_lay_out (cases[i], strlen (cases[i]), FALSE);

      g_assert_null (laid_out);
    }
  g_assert_null (tool_json_lay_out ("\"a\0\"", 4, FALSE));
  g_assert_null (tool_json_lay_out ("[1\0]", 4, FALSE));
}

static void
test_depth (void)
{
  for (gsize depth = TOOL_JSON_MAX_DEPTH; depth <= TOOL_JSON_MAX_DEPTH + 1; depth++)
    {
      g_autoptr (GString) json = g_string_new (NULL);
      g_autofree char *laid_out = NULL;

      for (gsize i = 0; i < depth; i++)
        g_string_append_c (json, '[');
      g_string_append_c (json, '1');
      for (gsize i = 0; i < depth; i++)
        g_string_append_c (json, ']');
      laid_out = tool_json_lay_out (json->str, json->len, FALSE);
      g_assert_cmpint (laid_out != NULL, ==, depth == TOOL_JSON_MAX_DEPTH);
    }
}

static void
test_color (void)
{
  g_autofree char *laid_out = tool_json_lay_out ("{\"a\":1}", 7, TRUE);

  g_assert_cmpstr (laid_out, ==, "{\n  \033[34m\"a\"\033[0m: \033[36m1\033[0m\n}");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tools/json/string", test_string);
  g_test_add_func ("/tools/json/layout", test_layout);
  g_test_add_func ("/tools/json/invalid", test_invalid);
  g_test_add_func ("/tools/json/depth", test_depth);
  g_test_add_func ("/tools/json/color", test_color);

  return g_test_run ();
}
