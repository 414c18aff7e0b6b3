/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text from peers: nothing in it reaches a terminal as a command. */
#include "common/tool-terminal.h"

static void
assert_safe (ToolLines   lines,
             const char *content,
             gssize      length,
             const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  tool_append_safe (text, lines, content, length);
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_safe (void)
{
  assert_safe (TOOL_LINES_ONE, "plain – text 🌡", -1, "plain – text 🌡");
  assert_safe (TOOL_LINES_ONE, "\033[2J\a\b\177", -1, "\\x1b[2J\\x07\\x08\\x7f");
  assert_safe (TOOL_LINES_ONE, "a\nb\tc\r\n", -1, "a\\x0ab\\x09c\\x0d\\x0a");
  assert_safe (TOOL_LINES_MANY, "a\nb\tc\r\nd\re", -1, "a\nb\tc\nd\\x0de");
  assert_safe (TOOL_LINES_MANY, "a\0b", 3, "a\\x00b");
  /* Invalid, cut, overlong. */
  assert_safe (TOOL_LINES_MANY, "\xff\xc3", -1, "\\xff\\xc3");
  assert_safe (TOOL_LINES_MANY, "\xc0\x9b", -1, "\\xc0\\x9b");
  /* CSI as one character, right-to-left override, line separator. */
  assert_safe (TOOL_LINES_MANY, "\xc2\x9b" "2J", -1, "\\xc2\\x9b2J");
  assert_safe (TOOL_LINES_MANY, "\xe2\x80\xae", -1, "\\xe2\\x80\\xae");
  assert_safe (TOOL_LINES_MANY, "\xe2\x80\xa8", -1, "\\xe2\\x80\\xa8");
}

/* Whatever the bytes are, no control character and no invalid byte is left. */
static void
test_random (void)
{
  for (guint round = 0; round < 2000; round++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      char content[32];
      gssize length = g_test_rand_int_range (0, sizeof content + 1);

      for (gssize i = 0; i < length; i++)
        content[i] = (char) g_test_rand_int_range (0, 256);
      tool_append_safe (text, TOOL_LINES_ONE, content, length);
      g_assert_true (g_utf8_validate (text->str, (gssize) text->len, NULL));
      for (const char *p = text->str; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_false (g_unichar_iscntrl (g_utf8_get_char (p)));
    }
}

static void
test_styled (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  tool_append_styled (text, FALSE, TOOL_STYLE_BAD, "a", -1);
  g_assert_cmpstr (text->str, ==, "a");
  tool_append_styled (text, TRUE, TOOL_STYLE_PLAIN, "bcd", 2);
  g_assert_cmpstr (text->str, ==, "abc");
  tool_append_styled (text, TRUE, TOOL_STYLE_GOOD, "d", -1);
  g_assert_cmpstr (text->str, ==, "abc\033[32md\033[0m");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tools/terminal/safe", test_safe);
  g_test_add_func ("/tools/terminal/random", test_random);
  g_test_add_func ("/tools/terminal/styled", test_styled);

  return g_test_run ();
}
