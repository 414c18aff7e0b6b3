/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR as diagnostic notation and as JSON, compact and pretty. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "helpers/message-data.h"

static const struct
{
  const char *hex;
  const char *edn;
  const char *json;     /* NULL: refused */
} values[] = {
  { "00", "0", "0" },
  { "1800", "0_0", "0" },
  { "1b0000000000000000", "0_3", "0" },
  { "1bffffffffffffffff", "18446744073709551615", "18446744073709551615" },
  { "3bffffffffffffffff", "-18446744073709551616", "-18446744073709551616" },
  { "20", "-1", "-1" },
  { "c249010000000000000000", "18446744073709551616", "18446744073709551616" },
  { "c349010000000000000000", "-18446744073709551617", "-18446744073709551617" },
  { "c349ffffffffffffffffff", "-4722366482869645213696", "-4722366482869645213696" },
  { "c24101", "2(h'01')", NULL },
  { "c24a00ffffffffffffffffff", "2(h'00ffffffffffffffffff')", NULL },
  { "d80249010000000000000000", "2_0(h'010000000000000000')", NULL },
  { "c2580101", "2(h'01'_0)", NULL },
  { "f93c00", "1.0", "1.0" },
  { "fa3f800000", "1.0_2", "1.0" },
  { "fb3ff199999999999a", "1.1", "1.1" },
  { "fb7e37e43c8800759c", "1e+300", "1e+300" },
  { "f90001", "5.9604644775390625e-08", "5.9604644775390625e-08" },
  { "f98000", "-0.0", "-0.0" },
  { "f97c00", "Infinity", NULL },
  { "faff800000", "-Infinity_2", NULL },
  { "f97e00", "NaN", NULL },
  { "fb7ff8000000000000", "NaN_3", NULL },
  { "f4", "false", "false" },
  { "f6", "null", "null" },
  { "f7", "undefined", NULL },
  { "e0", "simple(0)", NULL },
  { "f8ff", "simple(255)", NULL },
  { "40", "h''", NULL },
  { "4200ff", "h'00ff'", NULL },
  { "6822005c0a0d09c3a9", "\"\\\"\\u0000\\\\\\n\\r\\té\"", "\"\\\"\\u0000\\\\\\n\\r\\té\"" },
  { "667fc285e280a8", "\"\\u007f\\u0085\\u2028\"", "\"\\u007f\\u0085\\u2028\"" },
  { "780161", "\"a\"_0", "\"a\"" },
  { "7f61616162ff", "(_ \"a\", \"b\")", "\"ab\"" },
  { "5f4101ff", "(_ h'01')", NULL },
  { "7fff", "\"\"_", "\"\"" },
  { "5fff", "''_", NULL },
  { "80", "[]", "[]" },
  { "83018100a0", "[1,[0],{}]", "[1,[0],{}]" },
  { "9fff", "[_ ]", "[]" },
  { "9f0102ff", "[_ 1,2]", "[1,2]" },
  { "980101", "[_0 1]", "[1]" },
  { "a16161c101", "{\"a\":1(1)}", NULL },
  { "a161618101", "{\"a\":[1]}", "{\"a\":[1]}" },
  { "a10102", "{1:2}", NULL },
  { "bf616101ff", "{_ \"a\":1}", "{\"a\":1}" },
  { "c1c2c300", "1(2(3(0)))", NULL },
  { "d9d9f780", "55799([])", NULL },
};

static void
test_values (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GBytes) bytes = test_bytes_from_hex (values[i].hex);
      g_autoptr (GError) error = NULL, json_error = NULL;
      g_autofree char *edn = gcoap_edn_write (bytes, GCOAP_EDN_DEFAULT, &error);
      g_autofree char *json = gcoap_edn_write (bytes, GCOAP_EDN_JSON, &json_error);
      g_autoptr (GBytes) again = NULL;

      g_test_message ("%s", values[i].hex);
      g_assert_cmpstr (edn, ==, values[i].edn);
      g_assert_cmpstr (json, ==, values[i].json);
      g_assert_no_error (error);
      if (json == NULL)
        g_assert_error (json_error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
      again = gcoap_edn_parse (edn, -1, GCOAP_EDN_DEFAULT, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (bytes, again));
    }
}

static void
test_json_refusal (void)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex ("8261618141ff");
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_edn_write (bytes, GCOAP_EDN_JSON, &error));
  g_assert_cmpstr (error->message, ==, "A byte string cannot be written as JSON (byte 4).");
}

static void
test_pretty (void)
{
  static const char *const rows[] = {
    "[1, [2, 3], {\"a\": 4}]",
    "{}",
    "{\n"
    "  \"a long name of something\": \"with a value that is also rather long\",\n"
    "  \"numbers\": [1, 2, 3],\n"
    "  \"nested\": [\n"
    "    {\"n\": \"urn:dev:ow:10e2073a01080063\", \"u\": \"Cel\", \"v\": 23.1},\n"
    "    {\n"
    "      \"n\": \"urn:dev:ow:10e2073a01080063:voltage:of:the:battery\",\n"
    "      \"u\": \"V\",\n"
    "      \"v\": 120.1\n"
    "    },\n"
    "    []\n"
    "  ]\n"
    "}",
    "[_ \n"
    "  h'000000000000000000000000000000000000000000000000000000000000000000000000000000',\n"
    "  1(2)\n"
    "]",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = gcoap_edn_parse (rows[i], -1, GCOAP_EDN_DEFAULT, &error);
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      text = gcoap_edn_write (bytes, GCOAP_EDN_PRETTY, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (text, ==, rows[i]);
    }
}

static void
test_sequence (void)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex ("01820203");
  g_autoptr (GBytes) empty = g_bytes_new (NULL, 0);
  g_autoptr (GError) error = NULL;
  g_autofree char *compact = gcoap_edn_write (bytes, GCOAP_EDN_SEQUENCE, &error);
  g_autofree char *pretty = gcoap_edn_write (bytes, GCOAP_EDN_SEQUENCE | GCOAP_EDN_PRETTY, &error);
  g_autofree char *nothing = gcoap_edn_write (empty, GCOAP_EDN_SEQUENCE, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (compact, ==, "1,[2,3]");
  g_assert_cmpstr (pretty, ==, "1,\n[2, 3]");
  g_assert_cmpstr (nothing, ==, "");
  g_assert_null (gcoap_edn_write (bytes, GCOAP_EDN_DEFAULT, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (gcoap_edn_write (empty, GCOAP_EDN_DEFAULT, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

/* What is not valid anywhere is refused, in each way of writing. */
static void
test_invalid (void)
{
  static const char *const rows[] = { "81", "8118", "a161611c", "a11c00", "9f", "5f00ff", "c1", "bf00ff", "61ff", "7f6161" };
  static const GcoapEdnFlags flags[] = { 0, GCOAP_EDN_PRETTY, GCOAP_EDN_JSON, GCOAP_EDN_SEQUENCE };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      for (gsize j = 0; j < G_N_ELEMENTS (flags); j++)
        {
          g_autoptr (GBytes) bytes = test_bytes_from_hex (rows[i]);
          g_autoptr (GError) error = NULL;

          g_assert_null (gcoap_edn_write (bytes, flags[j], &error));
          g_assert_nonnull (error);
        }
    }
}

static void
test_depth (void)
{
  guint8 nested[GCOAP_EDN_MAX_DEPTH + 2];

  for (gsize depth = GCOAP_EDN_MAX_DEPTH; depth <= GCOAP_EDN_MAX_DEPTH + 1; depth++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      memset (nested, 0x81, depth);
      nested[depth] = 0;
      bytes = g_bytes_new (nested, depth + 1);
      text = gcoap_edn_write (bytes, GCOAP_EDN_PRETTY, &error);
      if (depth == GCOAP_EDN_MAX_DEPTH)
        g_assert_no_error (error);
      else
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edn-writer/values", test_values);
  g_test_add_func ("/edn-writer/json-refusal", test_json_refusal);
  g_test_add_func ("/edn-writer/pretty", test_pretty);
  g_test_add_func ("/edn-writer/sequence", test_sequence);
  g_test_add_func ("/edn-writer/invalid", test_invalid);
  g_test_add_func ("/edn-writer/depth", test_depth);
  return g_test_run ();
}
