/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payloads laid out by their formats. */
#include <libcoap-layers/gcoap.h>

#include <string.h>

#include "common/tool-pretty.h"

static void
assert_pretty (guint       format,
               const char *content,
               gsize       length,
               const char *expected)
{
  g_autofree char *text = tool_pretty_payload (format, (const guint8 *) content, length, FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_kinds (void)
{
  static const struct { guint format; const char *content; ToolPayloadKind kind; } cases[] = {
    { GCOAP_CONTENT_FORMAT_TEXT_PLAIN, "a", TOOL_PAYLOAD_TEXT },
    { GCOAP_CONTENT_FORMAT_TEXT_PLAIN, "\xff", TOOL_PAYLOAD_BINARY },
    { GCOAP_CONTENT_FORMAT_JSON, "1", TOOL_PAYLOAD_JSON },
    { GCOAP_CONTENT_FORMAT_SENML_JSON, "1", TOOL_PAYLOAD_JSON },
    { GCOAP_CONTENT_FORMAT_LINK_FORMAT, "</a>", TOOL_PAYLOAD_LINKS },
    { GCOAP_CONTENT_FORMAT_XML, "<a/>", TOOL_PAYLOAD_TEXT },
    { GCOAP_CONTENT_FORMAT_CBOR, "a", TOOL_PAYLOAD_BINARY },
    { GCOAP_CONTENT_FORMAT_OCTET_STREAM, "a", TOOL_PAYLOAD_BINARY },
    { TOOL_CONTENT_FORMAT_NONE, "a", TOOL_PAYLOAD_TEXT },
    { TOOL_CONTENT_FORMAT_NONE, "\xff", TOOL_PAYLOAD_BINARY },
    { 65000, "a", TOOL_PAYLOAD_TEXT },
    /* JSON, but compressed. */
    { 11050, "a", TOOL_PAYLOAD_BINARY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const guint8 *data = (const guint8 *) cases[i].content;

      g_assert_cmpint (tool_payload_get_kind (cases[i].format, data, strlen (cases[i].content)), ==,
                       cases[i].kind);
    }
  g_assert_cmpint (tool_payload_get_kind (TOOL_CONTENT_FORMAT_NONE, NULL, 0), ==, TOOL_PAYLOAD_TEXT);
  g_assert_cmpint (tool_payload_get_kind (TOOL_CONTENT_FORMAT_NONE, (const guint8 *) "a\0b", 3), ==,
                   TOOL_PAYLOAD_BINARY);
}

static void
test_text (void)
{
  assert_pretty (0, "", 0, "");
  assert_pretty (0, "a\033[m", 4, "a\\x1b[m\n");
  assert_pretty (0, "a\n", 2, "a\n");
  assert_pretty (50, "[1]", 3, "[\n  1\n]\n");
  assert_pretty (50, "[1\a", 3, "[1\\x07\n");
}

static void
test_links (void)
{
  static const char links[] = "</a>;rt=\"x,y\",<coap://h/b>;obs";

  assert_pretty (40, links, sizeof links - 1, "</a>;rt=\"x,y\",\n<coap://h/b>;obs\n");
  assert_pretty (40, "</a>;title=\"\033[2J\"", 17, "</a>;title=\"\\x1b[2J\"\n");
  assert_pretty (40, "not links", 9, "not links\n");
}

static void
test_dump (void)
{
  static const char bytes[] = "\x00\x01 ABCDEFGHIJKLMNO\xff";

  assert_pretty (42, bytes, sizeof bytes - 1,
                 "00000000 00 01 20 41 42 43 44 45  46 47 48 49 4a 4b 4c 4d  |.. ABCDEFGHIJKLM|\n"
                 "00000010 4e 4f ff                                          |NO.|\n");
}

/* Hostile payloads of every kind: no control character is left, and nothing
 * but text. Most of them are JSON or links with a few bytes changed. */
static void
test_random (void)
{
  static const char seed[] = "{\"a\":[1.5e3,\"\\u00e4\\n\",null],\"b\":{}}";
  static const char links[] = "</a>;rt=\"x y\";ct=40,<coap://h/b>;obs";
  static const guint formats[] = { 0, 40, 42, 50, 110, TOOL_CONTENT_FORMAT_NONE };

  for (guint round = 0; round < 20000; round++)
    {
      guint format = formats[round % G_N_ELEMENTS (formats)];
      gsize length = format == 40 ? sizeof links - 1 : sizeof seed - 1;
      g_autofree char *payload = g_memdup2 (format == 40 ? links : seed, length);
      g_autofree char *text = NULL;

      for (int i = g_test_rand_int_range (0, 4); i > 0; i--)
        payload[g_test_rand_int_range (0, (gint32) length)] = (char) g_test_rand_int_range (0, 256);
      length = (gsize) g_test_rand_int_range (0, (gint32) length + 1);
      text = tool_pretty_payload (format, (const guint8 *) payload, length, FALSE);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_true (*text == '\0' || g_str_has_suffix (text, "\n"));
      for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
        g_assert_true (*p == '\n' || *p == '\t' || !g_unichar_iscntrl (g_utf8_get_char (p)));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tools/pretty/kinds", test_kinds);
  g_test_add_func ("/tools/pretty/text", test_text);
  g_test_add_func ("/tools/pretty/links", test_links);
  g_test_add_func ("/tools/pretty/dump", test_dump);
  g_test_add_func ("/tools/pretty/random", test_random);

  return g_test_run ();
}
