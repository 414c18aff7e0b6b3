/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers in diagnostic notation and in JSON. */
#include <string.h>

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
test_integers (void)
{
  static const Row rows[] = {
    { "0", "00" },
    { "-0", "00" },
    { "+7", "07" },
    { "007", "07" },
    { "-1", "20" },
    { "-256", "38ff" },
    { "-257", "390100" },
    { "18446744073709551615", "1bffffffffffffffff" },
    { "18446744073709551616", "c249010000000000000000" },
    { "-18446744073709551616", "3bffffffffffffffff" },
    { "-18446744073709551617", "c349010000000000000000" },
    { "-0x10000000000000000", "3bffffffffffffffff" },
    { "00000000000000000000000000000000000000001", "01" },
    { "987654321098765432310", "c249358a750438f380f5f6" },
    { "0xff", "18ff" },
    { "0XfF", "18ff" },
    { "-0xff", "38fe" },
    { "0o17", "0f" },
    { "0b101", "05" },
    { "-0b1", "20" },
    { "0b2", NULL },
    { "0b", NULL },
    { "0o8", NULL },
    { "0x", NULL },
    { "0xg", NULL },
    { "1a", NULL },
    { "-", NULL },
    { "+", NULL },
    { "--1", NULL },
    { "1-", NULL },
    { "1.2.3", NULL },
    { "0b1.1", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_DEFAULT);
}

static void
test_floats (void)
{
  static const Row rows[] = {
    { "1.5", "f93e00" },
    { "-1.5", "f9be00" },
    { "1e0", "f93c00" },
    { "1E+2", "f95640" },
    { "1e-1", "fb3fb999999999999a" },
    { "5.", "f94500" },
    { ".5", "f93800" },
    { "-.5", "f9b800" },
    { "-0.0", "f98000" },
    { "1.1", "fb3ff199999999999a" },
    { "100000.0", "fa47c35000" },
    { "0x1.8p3", "f94a00" },
    { "0x1p-1", "f93800" },
    { "0x.8p0", "f93800" },
    { "1e-400", "f90000" },
    { "Infinity", "f97c00" },
    { "-Infinity", "f9fc00" },
    { "NaN", "f97e00" },
    { "1e400", NULL },
    { "-1e400", NULL },
    { "1e", NULL },
    { "1e+", NULL },
    { "1.e", NULL },
    { ".", NULL },
    { "-.", NULL },
    { ".e1", NULL },
    { "0x1.8", NULL },
    { "0x1.8p", NULL },
    { "0x.p1", NULL },
    { "+Infinity", NULL },
    { "Infinit", NULL },
    { "-Infinite", NULL },
    { "nan", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_DEFAULT);
}

static void
test_indicators (void)
{
  static const Row rows[] = {
    { "1_i", "01" },
    { "1_0", "1801" },
    { "1_1", "190001" },
    { "1_2", "1a00000001" },
    { "1_3", "1b0000000000000001" },
    { "-1_0", "3800" },
    { "1.5_1", "f93e00" },
    { "1.5_2", "fa3fc00000" },
    { "1.5_3", "fb3ff8000000000000" },
    { "NaN_2", "fa7fc00000" },
    { "-Infinity_3", "fbfff0000000000000" },
    { "24_i", NULL },
    { "256_0", NULL },
    { "1.1_2", NULL },
    { "1.5_0", NULL },
    { "1.5_i", NULL },
    { "1_", NULL },
    { "1.5_", NULL },
    { "1_4", NULL },
    { "1_00", NULL },
    { "18446744073709551616_3", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_DEFAULT);
}

static void
test_json (void)
{
  static const Row rows[] = {
    { "0", "00" },
    { "-0", "00" },
    { "10", "0a" },
    { "1.5e0", "f93e00" },
    { "1E2", "f95640" },
    { "01", NULL },
    { "-01", NULL },
    { "+1", NULL },
    { "1.", NULL },
    { ".5", NULL },
    { "0x10", NULL },
    { "1_0", NULL },
    { "1(2)", NULL },
    { "NaN", NULL },
    { "-Infinity", NULL },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_JSON);
}

static void
test_length (void)
{
  for (gsize length = GCOAP_EDN_MAX_NUMBER_LENGTH; length <= GCOAP_EDN_MAX_NUMBER_LENGTH + 1; length++)
    {
      static const char *const prefixes[] = { "0x", "1.", "9" };

      for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
        {
          g_autofree char *digits = g_strnfill (length - strlen (prefixes[i]), '9');
          g_autofree char *text = g_strconcat (prefixes[i], digits, NULL);
          g_autoptr (GError) error = NULL;
          g_autoptr (GBytes) bytes = gcoap_edn_parse (text, -1, GCOAP_EDN_DEFAULT, &error);

          g_assert_cmpint (bytes != NULL, ==, length == GCOAP_EDN_MAX_NUMBER_LENGTH);
          g_assert_cmpint (error != NULL, ==, length > GCOAP_EDN_MAX_NUMBER_LENGTH);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edn-numbers/integers", test_integers);
  g_test_add_func ("/edn-numbers/floats", test_floats);
  g_test_add_func ("/edn-numbers/indicators", test_indicators);
  g_test_add_func ("/edn-numbers/json", test_json);
  g_test_add_func ("/edn-numbers/length", test_length);
  return g_test_run ();
}
