/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SenML as a table. */
#include <libcoap-layers/gcoap.h>

#include <string.h>

#include "common/tool-cbor.h"

static void
assert_table (const char *json,
              const char *expected)
{
  g_autofree char *text = tool_senml_lay_out (GCOAP_CONTENT_FORMAT_SENML_JSON, (const guint8 *) json, strlen (json), FALSE);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_columns (void)
{
  assert_table ("[{\"n\":\"a\",\"v\":23.1}]", "NAME  VALUE\na     23.1\n");
  assert_table ("[{\"bn\":\"urn:dev:x:\",\"bt\":1320067464,\"bu\":\"%RH\",\"v\":20,\"n\":\"h\"},"
                "{\"n\":\"temp\",\"u\":\"Cel\",\"v\":-1e-7,\"t\":60.25,\"ut\":30},{\"n\":\"e\",\"s\":1.5}]",
                "NAME            VALUE   UNIT  SUM  TIME                      UPDATE\n"
                "urn:dev:x:h     20      %RH        2011-10-31 13:24:24Z\n"
                "urn:dev:x:e             %RH   1.5  2011-10-31 13:24:24Z\n"
                "urn:dev:x:temp  -1e-07  Cel        2011-10-31 13:25:24.250Z  30 s\n");
  assert_table ("[{\"n\":\"a\",\"v\":1,\"t\":-5},{\"n\":\"b\",\"v\":2,\"t\":0.5},{\"n\":\"c\",\"v\":3}]",
                "NAME  VALUE  TIME\na     1      -5 s\nc     3\nb     2      +0.5 s\n");
}

static void
test_values (void)
{
  assert_table ("[{\"n\":\"a\",\"vs\":\"b\\u001b\\n\"},{\"n\":\"b\",\"vb\":false},{\"n\":\"c\",\"vd\":\"AP8\",\"ct\":\"60\"},"
                "{\"n\":\"d\",\"vd\":\"\"}]",
                "NAME  VALUE\na     \"b\\x1b\\x0a\"\nb     false\nc     h'00ff' (60)\nd     h''\n");
  assert_table ("[{\"n\":\"a\",\"v\":1e300,\"t\":1e300}]", "NAME  VALUE   TIME\na     1e+300  +1e+300 s\n");
}

/* One long text does not make every line as long. */
static void
test_width (void)
{
  g_autofree char *value = g_strnfill (1000, 'x');
  g_autofree char *json = g_strdup_printf ("[{\"n\":\"a\",\"vs\":\"%s\"},{\"n\":\"b\",\"v\":1,\"t\":1}]", value);
  g_autofree char *text = tool_senml_lay_out (GCOAP_CONTENT_FORMAT_SENML_JSON, (const guint8 *) json, strlen (json), FALSE);

  g_assert_nonnull (strstr (text, value));
  g_assert_cmpuint (strlen (text), <, 1200);
}

static void
test_refused (void)
{
  assert_table ("[]", NULL);
  assert_table ("{}", NULL);
  assert_table ("[{\"v\":1}]", NULL);
  g_assert_null (tool_senml_lay_out (GCOAP_CONTENT_FORMAT_JSON, (const guint8 *) "[{\"n\":\"a\",\"v\":1}]", 17, FALSE));
}

static void
test_color (void)
{
  const char *json = "[{\"n\":\"a\",\"v\":1}]";
  g_autofree char *text = tool_senml_lay_out (GCOAP_CONTENT_FORMAT_SENML_JSON, (const guint8 *) json, strlen (json), TRUE);

  g_assert_nonnull (strstr (text, "\033["));
  g_assert_true (g_str_has_suffix (text, "\na     1\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tool-senml/columns", test_columns);
  g_test_add_func ("/tool-senml/values", test_values);
  g_test_add_func ("/tool-senml/width", test_width);
  g_test_add_func ("/tool-senml/refused", test_refused);
  g_test_add_func ("/tool-senml/color", test_color);
  return g_test_run ();
}
