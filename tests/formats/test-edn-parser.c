/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Containers, tags, comments and errors of diagnostic notation and JSON. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "formats/gcoap-edn-private.h"
#include "helpers/message-data.h"

typedef struct
{
  const char *text;
  const char *hex;
} Row;

static void
check (const Row    *rows,
       gsize         n_rows,
       GcoapEdnFlags flags)
{
  for (gsize i = 0; i < n_rows; i++)
    {
      /* No NUL, and nothing else, behind the text. */
      gsize length = strlen (rows[i].text);
      g_autofree char *name = g_strescape (rows[i].text, NULL);
      g_autofree char *exact = g_memdup2 (rows[i].text, MAX (length, 1));
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) bytes = gcoap_edn_parse (exact, (gssize) length, flags, &error);

      g_test_message ("%s", name);
      g_assert_no_error (error);
      test_assert_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), rows[i].hex);
    }
}

static void
test_values (void)
{
  static const Row rows[] = {
    { " [ ] ", "80" },
    { "{}", "a0" },
    { "[1, [2, 3], {}]", "83018202 03a0" },
    { "[1,]", "8101" },
    { "[1 2\n3]", "83010203" },
    { "{2: 1, 1: 2,}", "a202010102" },
    { "{\"a\": {\"b\": []}}", "a16161a1616280" },
    { "{[1]: 2, 1(2): 3}", "a2810102c10203" },
    { "{1: 2 3: 4}", "a201020304" },
    { "[_ 1, {_ 2: 3}]", "9f01bf0203ffff" },
    { "[_]", "9fff" },
    { "[_1 1]", "99000101" },
    { "{_0 1: 2}", "b8010102" },
    { "1(2)", "c102" },
    { "1_1( 2(h'00') )", "d90001c24100" },
    { "55799([])", "d9d9f780" },
    { "true", "f5" },
    { "[false, null, undefined]", "83f4f6f7" },
    { "simple(16)", "f0" },
    { "simple( 255 )", "f8ff" },
    { "simple(21)", "f5" },
    { "# one\n1 // two\n", "01" },
    { "/ a b /1/* c / d */ #", "01" },
    { "[1/x/2]", "820102" },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_DEFAULT);
}

static void
test_json (void)
{
  static const Row rows[] = {
    { "\t{ \"a\" : [ 1 , true , null ] ,\r\n \"b\":{}}", "a261618301f5f66162a0" },
    { "[]", "80" },
    { "false", "f4" },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_JSON);
}

static void
test_sequence (void)
{
  static const Row rows[] = {
    { "", "" },
    { " # nothing\n", "" },
    { "1, 2 3,", "010203" },
    { "{} []", "a080" },
  };

  check (rows, G_N_ELEMENTS (rows), GCOAP_EDN_SEQUENCE);
}

static void
test_errors (void)
{
  const struct
  {
    GcoapEdnFlags flags;
    const char *text;
    const char *message;
  } rows[] = {
    { 0, "", "the input ends where a value must follow (line 1, column 1)" },
    { 0, "1 2", "something follows the value (line 1, column 3)" },
    { 0, "[1\n, 2", "the input ends where “]” must follow (line 2, column 4)" },
    { 0, "[\"\xc3\xa9\" !]", "a value must be here (line 1, column 6)" },
    { 0, "[1true]", "“t” cannot be in this number (line 1, column 3)" },
    { 0, "[[]true]", "a comma or ] must follow (line 1, column 4)" },
    { 0, "[,]", "a value must be here (line 1, column 2)" },
    { 0, "[1,,2]", "a value must be here (line 1, column 4)" },
    { 0, "{1}", "“:” and a value must follow (line 1, column 3)" },
    { 0, "{1:}", "a value must be here (line 1, column 4)" },
    { 0, "{1:2,\n 0x1:3}", "a map has the same key twice (line 2, column 2)" },
    { 0, "{_ 1:2, 1_1:3}", "a map has the same key twice (line 1, column 9)" },
    { 0, "1()", "a tag must have one item (line 1, column 1)" },
    { 0, "1(2,3)", "a tag must have one item (line 1, column 1)" },
    { 0, "1(2", "the input ends where “)” must follow (line 1, column 4)" },
    { 0, "-1(2)", "this is no number of a tag (line 1, column 1)" },
    { 0, "1.0(2)", "this is no number of a tag (line 1, column 1)" },
    { 0, "0x1(2)", "this is no number of a tag (line 1, column 1)" },
    { 0, "18446744073709551616(2)", "this is no number of a tag (line 1, column 1)" },
    { 0, "1_(2)", "does not fit its encoding indicator (line 1, column 1)" },
    { 0, "[_i 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24]", "does not fit its encoding indicator" },
    { 0, "[_x 1]", "there is no such encoding indicator (line 1, column 2)" },
    { 0, "simple(24)", "there is no such simple value (line 1, column 1)" },
    { 0, "simple(256)", "there is no such simple value (line 1, column 1)" },
    { 0, "simple(1.0)", "there is no such simple value (line 1, column 1)" },
    { 0, "simple(-1)", "the number of a simple value must follow" },
    { 0, "simple(1", "“)” must follow" },
    { 0, "simple", "“(” must follow" },
    { 0, "True", "“True” is no value (line 1, column 1)" },
    { 0, "dt'2013'", "strings that begin with “dt'” are not known (line 1, column 1)" },
    { 0, "1 /x", "a comment has no end (line 1, column 3)" },
    { 0, "1 /* x", "a comment has no end (line 1, column 3)" },
    { 0, "/", "a comment has no end (line 1, column 1)" },
    { 0, "\"\xc3\"", "the text is not in UTF-8 (line 1, column 2)" },
    { GCOAP_EDN_JSON, "[1,]", "JSON has no comma behind the last value (line 1, column 3)" },
    { GCOAP_EDN_JSON, "[1 2]", "a comma or ] must follow (line 1, column 4)" },
    { GCOAP_EDN_JSON, "{1:2}", "the name of a member must be a string (line 1, column 2)" },
    { GCOAP_EDN_JSON, "{\"a\":1,\"a\":2}", "a map has the same key twice (line 1, column 8)" },
    { GCOAP_EDN_JSON, "1 # x", "something follows the value (line 1, column 3)" },
    { GCOAP_EDN_JSON, "undefined", "“undefined” is no value" },
    { GCOAP_EDN_JSON, "simple(1)", "“simple” is no value" },
    { GCOAP_EDN_JSON, "[_ 1]", "a value must be here (line 1, column 2)" },
    { GCOAP_EDN_SEQUENCE, "1, , 2", "a value must be here (line 1, column 4)" },
    { GCOAP_EDN_SEQUENCE, "[]true", "a comma or the end must follow (line 1, column 3)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize length = strlen (rows[i].text);
      g_autofree char *name = g_strescape (rows[i].text, NULL);
      g_autofree char *exact = g_memdup2 (rows[i].text, MAX (length, 1));
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", name);
      g_assert_null (gcoap_edn_parse (exact, (gssize) length, rows[i].flags, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      g_assert_true (g_str_has_prefix (error->message, (rows[i].flags & GCOAP_EDN_JSON) != 0
                                       ? "Invalid JSON: " : "Invalid diagnostic notation: "));
      if (strstr (error->message, rows[i].message) == NULL)
        g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_nul (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_edn_parse ("1\0", 2, GCOAP_EDN_DEFAULT, &error));
  g_assert_cmpstr (error->message, ==, "Invalid diagnostic notation: the text holds a NUL (line 1, column 2).");
}

static void
test_depth (void)
{
  const struct
  {
    const char *open;
    const char *close;
  } rows[] = {
    { "[", "]" }, { "{0:", "}" }, { "1(", ")" }, { "<<", ">>" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      for (guint depth = GCOAP_EDN_MAX_DEPTH; depth <= GCOAP_EDN_MAX_DEPTH + 1; depth++)
        {
          g_autoptr (GString) text = g_string_new (NULL);
          g_autoptr (GError) error = NULL;
          g_autoptr (GBytes) bytes = NULL;

          for (guint j = 0; j < depth; j++)
            g_string_append (text, rows[i].open);
          g_string_append_c (text, '0');
          for (guint j = 0; j < depth; j++)
            g_string_append (text, rows[i].close);
          bytes = gcoap_edn_parse (text->str, -1, GCOAP_EDN_DEFAULT, &error);
          if (depth == GCOAP_EDN_MAX_DEPTH)
            g_assert_no_error (error);
          else
            g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
        }
    }
}

/* RFC 8949, Appendix A: what the JSON, or the notation, beside each example
 * says is encoded as the example, if that has the preferred encoding. */
static void
check_example (GcoapCborReader *reader)
{
  g_autofree char *hex = NULL, *diagnostic = NULL;
  g_autoptr (GBytes) parsed = NULL;
  const guint8 *decoded = NULL;
  gboolean is_preferred = FALSE;
  gsize length = 0;

  g_assert_true (gcoap_cbor_reader_enter_map (reader, NULL, NULL));
  while (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_END)
    {
      g_autofree char *key = gcoap_cbor_reader_dup_text (reader, NULL);

      if (strcmp (key, "hex") == 0)
        hex = gcoap_cbor_reader_dup_text (reader, NULL);
      else if (strcmp (key, "diagnostic") == 0)
        diagnostic = gcoap_cbor_reader_dup_text (reader, NULL);
      else if (strcmp (key, "roundtrip") == 0)
        g_assert_true (gcoap_cbor_reader_read_boolean (reader, &is_preferred, NULL));
      else if (strcmp (key, "decoded") == 0)
        g_assert_true (gcoap_cbor_reader_read_item (reader, &decoded, &length, NULL));
      else
        g_assert_true (gcoap_cbor_reader_skip (reader, NULL));
    }
  g_assert_true (gcoap_cbor_reader_leave (reader, NULL));
  if (!is_preferred)
    return;

  g_test_message ("%s", hex);
  if (diagnostic != NULL)
    {
      parsed = gcoap_edn_parse (diagnostic, -1, GCOAP_EDN_DEFAULT, NULL);
      /* RFC 7049 still had this value. */
      if (strcmp (diagnostic, "simple(24)") == 0)
        {
          g_assert_null (parsed);
          return;
        }
      decoded = g_bytes_get_data (parsed, &length);
    }
  test_assert_bytes (decoded, length, hex);
}

static void
test_examples (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "cbor", "appendix-a.json", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GcoapCborReader) reader = NULL;
  g_autoptr (GError) error = NULL;
  gint64 n_examples;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  bytes = gcoap_edn_parse (text, -1, GCOAP_EDN_JSON, &error);
  g_assert_no_error (error);
  reader = gcoap_cbor_reader_new (bytes, GCOAP_CBOR_READER_UNIQUE_KEYS);
  g_assert_true (gcoap_cbor_reader_enter_array (reader, &n_examples, NULL));
  g_assert_cmpint (n_examples, ==, 82);
  while (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_END)
    check_example (reader);
}

static void
test_secret (void)
{
  static const char text[] = "{\n  'ä': [<<1, 2>>, (_ 'a' 'b')],\n  2: 3(4)}";
  /* The map, its key, the array, two strings, a key, a tag and what it tags. */
  static const guint places[][2] = {
    { 1, 1 }, { 2, 3 }, { 2, 8 }, { 2, 9 }, { 2, 19 }, { 3, 3 }, { 3, 6 }, { 3, 8 },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) positions = NULL;
  g_autoptr (GArray) none = NULL;
  g_autoptr (GBytes) plain = gcoap_edn_parse (text, -1, GCOAP_EDN_DEFAULT, &error);
  g_autoptr (GBytes) bytes = gcoap_edn_parse_secret (text, strlen (text), &positions, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (plain, bytes));
  g_assert_cmpuint (positions->len, ==, G_N_ELEMENTS (places));
  for (guint i = 0; i < positions->len; i++)
    {
      guint line;
      glong column;

      gcoap_edn_get_place (text, g_array_index (positions, gsize, i), &line, &column);
      g_assert_cmpuint (line, ==, places[i][0]);
      g_assert_cmpint (column, ==, places[i][1]);
    }

  g_assert_null (gcoap_edn_parse_secret ("[hunter2]", 9, &none, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_assert_null (strstr (error->message, "hunter2"));
  g_assert_nonnull (strstr (error->message, "column 2"));
  g_assert_null (none);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/edn-parser/values", test_values);
  g_test_add_func ("/edn-parser/json", test_json);
  g_test_add_func ("/edn-parser/sequence", test_sequence);
  g_test_add_func ("/edn-parser/errors", test_errors);
  g_test_add_func ("/edn-parser/nul", test_nul);
  g_test_add_func ("/edn-parser/depth", test_depth);
  g_test_add_func ("/edn-parser/examples", test_examples);
  g_test_add_func ("/edn-parser/secret", test_secret);
  return g_test_run ();
}
