/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Strings in diagnostic notation and in JSON. */
#include <libcoap-layers/gcoap.h>

#include "helpers/message-data.h"

typedef struct
{
  const char *text;
  const char *hex;      /* NULL: refused */
} Row;

static void
check (const Row    *rows,
       gsize         n_rows,
       GcoapEdnFlags flags)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      g_autofree char *name = g_strescape (rows[i].text, NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = gcoap_edn_parse (rows[i].text, -1, flags, &error);

      g_test_message ("%s", name);
      if (rows[i].hex == NULL)
        {
          g_assert_null (bytes);
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
          continue;
        }
      g_assert_no_error (error);
      test_assert_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), rows[i].hex);
    }
}

static void
test_text (void)
{
  static const Row rows[] = {
    { "\"\"", "60" },
    { "\"a'b\"", "63612762" },
    { "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "68225c2f080c0a0d09" },
    { "\"\\u00e9\\u20AC\"", "65c3a9e282ac" },
    { "\"\\u0000\"", "6100" },
    { "\"\\ud83d\\ude00\"", "64f09f9880" },
    { "\"\\u{1F600}\\u{0}\"", "65f09f988000" },
    { "\"\xc3\xa9\"", "62c3a9" },
    { "\"a\nb\r\nc\"", "65610a620a63" },
    { "\"\\ud83d\"", NULL },
    { "\"\\ud83d\\u0041\"", NULL },
    { "\"\\ude00\"", NULL },
    { "\"\\ud83dx\"", NULL },
    { "\"\\u{d83d}\"", NULL },
    { "\"\\u{110000}\"", NULL },
    { "\"\\u{ffffffffffffffff}\"", NULL },
    { "\"\\u{}\"", NULL },
    { "\"\\u{41\"", NULL },
    { "\"\\u12\"", NULL },
    { "\"\\u12", NULL },
    { "\"\\x\"", NULL },
    { "\"\\'\"", NULL },
    { "\"\\", NULL },
    { "\"", NULL },
    { "\"abc", NULL },
    { "\"\t\"", NULL },
    { "\"\x01\"", NULL },
    { "\"\xff\"", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_DEFAULT);
}

static void
test_bytes (void)
{
  static const Row rows[] = {
    { "''", "40" },
    { "'a\"b'", "43612262" },
    { "'\\'\\n\\u{e9}'", "44270ac3a9" },
    { "'\\\"'", NULL },
    { "'\\/'", NULL },
    { "'a", NULL },
    { "h''", "40" },
    { "h'0aFf'", "420aff" },
    { "h' 0 a /comment/ f # other\n f '", "420aff" },
    { "h'0'", NULL },
    { "h'0g'", NULL },
    { "h'00", NULL },
    { "h'00 /x'", NULL },
    { "h '00'", NULL },
    { "b64''", "40" },
    { "b64'Zg=='", "4166" },
    { "b64'Zg'", "4166" },
    { "b64'Zm8='", "42666f" },
    { "b64'Zm9vYg'", "44666f6f62" },
    { "b64'Zm9v YmFy # x\n'", "46666f6f626172" },
    { "b64'-_+/'", "43fbffbf" },
    { "b64'Z'", NULL },
    { "b64'Zm9vY'", NULL },
    { "b64'Zh=='", NULL },
    { "b64'Zm9='", NULL },
    { "b64'Zg='", NULL },
    { "b64'Zg==='", NULL },
    { "b64'Zg==Zg=='", NULL },
    { "b64'='", NULL },
    { "b64'Zm9v=='", NULL },
    { "b64'Z!=='", NULL },
    { "b64'Zg==", NULL },
    { "<<>>", "40" },
    { "<<1, [2]>>", "43018102" },
    { "<< <<1>> >>", "424101" },
    { "<<1", NULL },
    { "<<1>", NULL },
    { "b32'AA'", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_DEFAULT);
}

static void
test_joined (void)
{
  static const Row rows[] = {
    { "\"a\" + \"b\"", "626162" },
    { "\"a\"+\n'b' /x/ + h'63'", "63616263" },
    { "h'ff' + \"a\"", "42ff61" },
    { "\"a\" + h'ff'", NULL },
    { "\"a\" + h'c3' + h'a9'", "6361c3a9" },
    { "\"a\" + 1", NULL },
    { "\"a\" +", NULL },
    { "[\"a\" +1]", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_DEFAULT);
}

static void
test_pieces (void)
{
  static const Row rows[] = {
    { "(_ h'01', '2')", "5f41014132ff" },
    { "(_ \"a\" \"b\",)", "7f61616162ff" },
    { "(_ \"a\" + \"b\")", "7f626162ff" },
    { "(_ \"a\"_0)", "7f780161ff" },
    { "''_", "5fff" },
    { "\"\"_", "7fff" },
    { "\"a\"_0", "780161" },
    { "h'00'_3", "5b000000000000000100" },
    { "\"a\"_", NULL },
    { "(_ )", NULL },
    { "(_ \"a\", 'b')", NULL },
    { "(_ 1)", NULL },
    { "(_ \"a\"", NULL },
    { "(1)", NULL },
    { "\"012345678901234567890123\"_i", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_DEFAULT);
}

static void
test_json (void)
{
  static const Row rows[] = {
    { "\"a\"", "6161" },
    { "\"\\/\"", "612f" },
    { "\"a\nb\"", NULL },
    { "\"\\u{41}\"", NULL },
    { "'a'", NULL },
    { "h'00'", NULL },
    { "b64'Zg'", NULL },
    { "<<1>>", NULL },
    { "\"a\" + \"b\"", NULL },
    { "\"a\"_0", NULL },
    { "(_ \"a\")", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_JSON);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edn-strings/text", test_text);
  g_test_add_func ("/edn-strings/bytes", test_bytes);
  g_test_add_func ("/edn-strings/joined", test_joined);
  g_test_add_func ("/edn-strings/pieces", test_pieces);
  g_test_add_func ("/edn-strings/json", test_json);
  return g_test_run ();
}
