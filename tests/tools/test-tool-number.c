/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers of the command line: what is taken, and what is not. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "common/tool-number.h"

static void
test_uint (void)
{
  static const char *const bad[] = {
    "", " 1", "1 ", "+1", "-1", "0x10", "1.0", "11", "1e1", "18446744073709551616", "99999999999999999999999",
  };
  guint64 value;

  g_assert_true (tool_parse_uint ("0", "It", 0, 10, &value, NULL));
  g_assert_cmpuint (value, ==, 0);
  g_assert_true (tool_parse_uint ("010", "It", 0, 10, &value, NULL));
  g_assert_cmpuint (value, ==, 10);
  g_assert_true (tool_parse_uint ("18446744073709551615", "It", 0, G_MAXUINT64, &value, NULL));
  g_assert_cmpuint (value, ==, G_MAXUINT64);
  g_assert_false (tool_parse_uint ("4", "It", 5, 10, &value, NULL));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (tool_parse_uint (bad[i], "It", 0, 10, &value, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
      g_assert_true (g_str_has_prefix (error->message, "It is a whole number from 0 to 10"));
    }
}

static void
test_seconds (void)
{
  static const struct { const char *text; guint milliseconds; } good[] = {
    { "0", 0 }, { "1", 1000 }, { "1.5", 1500 }, { ".25", 250 }, { "2.", 2000 }, { "0.001", 1 },
    { "0.0001", 1 }, { "0.0010000", 1 }, { "1.2345", 1235 }, { "60.000", 60000 },
  };
  static const char *const bad[] = {
    "", ".", "-1", "+1", "1s", "1,5", "1.5.5", "inf", "nan", "1e3", "0x1", " 1", "60.0001", "61",
    "99999999999999999999999999999",
  };
  g_autoptr (GError) long_error = NULL;
  guint milliseconds;

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (tool_parse_seconds (good[i].text, "It", 0, 60000, &milliseconds, NULL));
      g_assert_cmpuint (milliseconds, ==, good[i].milliseconds);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (tool_parse_seconds (bad[i], "It", 0, 60000, &milliseconds, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
    }
  g_assert_false (tool_parse_seconds ("0", "It", 1, 60000, &milliseconds, NULL));

  g_assert_false (tool_parse_seconds ("0", "It", 1, 4233600000u, &milliseconds, &long_error));
  g_assert_nonnull (strstr (long_error->message, "from 0.001 to 4233600, "));
}

static void
test_hex (void)
{
  static const char *const bad[] = { "", "0", "00", "0x1", "0xgg", "0x1g", "x00", "0x 1", "1x00" };
  g_autoptr (GByteArray) bytes = tool_parse_hex ("0x00fFA5", NULL);
  g_autoptr (GByteArray) empty = tool_parse_hex ("0X", NULL);

  g_assert_cmpmem (bytes->data, bytes->len, "\x00\xff\xa5", 3);
  g_assert_cmpuint (empty->len, ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tool_parse_hex (bad[i], &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/tools/number/uint", test_uint);
  g_test_add_func ("/tools/number/seconds", test_seconds);
  g_test_add_func ("/tools/number/hex", test_hex);

  return g_test_run ();
}
