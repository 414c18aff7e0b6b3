/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/tool-trace.h"

static void
assert_shown (const char *text,
              guint       verbosity,
              const char *expected)
{
  g_autofree char *line = tool_trace_format (text, verbosity, FALSE);

  g_assert_cmpstr (line, ==, expected);
}

static void
test_verbosity (void)
{
  static const struct { const char *text; guint from; } cases[] = {
    { "-> coap://host: CON GET 0x0001", 1 },
    { "<- coap://host: ACK 2.05 Content 0x0001", 1 },
    { "-- coap://host: OSCORE protects GET, Uri-Path: a", 1 },
    { "-- coap://host: OSCORE verified 2.05 Content", 1 },
    { "-- coap://host: OSCORE refuses it", 2 },
    { "-- coap://host: The address was found.", 2 },
    { "-- OSCORE protects", 2 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint verbosity = 0; verbosity <= 3; verbosity++)
      {
        g_autofree char *line = g_strconcat (cases[i].text, "\n", NULL);

        g_test_message ("%s at %u", cases[i].text, verbosity);
        assert_shown (cases[i].text, verbosity, verbosity >= cases[i].from ? line : NULL);
      }
}

static void
test_format (void)
{
  g_autofree char *colored = tool_trace_format ("-> peer", 1, TRUE);

  assert_shown ("", 2, NULL);
  assert_shown ("-", 2, NULL);
  assert_shown ("->", 1, "->\n");
  /* What a peer sent steers no terminal. */
  assert_shown ("<- a\033[2Jb", 1, "<- a\\x1b[2Jb\n");
  g_assert_true (g_str_has_prefix (colored, "\033["));
  g_assert_true (g_str_has_suffix (colored, " peer\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tools/trace/verbosity", test_verbosity);
  g_test_add_func ("/tools/trace/format", test_format);
  return g_test_run ();
}
