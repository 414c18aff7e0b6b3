/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader's way through containers, its limits, and the vectors of the
 * CBOR working group. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "helpers/message-data.h"

#define ALL (GCOAP_CBOR_READER_INDEFINITE | GCOAP_CBOR_READER_UNIQUE_KEYS)

static GcoapCborReader *
read_hex (const char           *hex,
          GcoapCborReaderFlags  flags)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (hex);

  return gcoap_cbor_reader_new (bytes, flags);
}

static gboolean
is_whole (GcoapCborReader *reader,
          GError         **error)
{
  return gcoap_cbor_reader_skip (reader, error) && gcoap_cbor_reader_finish (reader, error);
}

static void
test_walk (void)
{
  /* {1: [2, "x"], "y": 3(null)} */
  g_autoptr (GcoapCborReader) reader = read_hex ("a201820261786179c3f6", GCOAP_CBOR_READER_DEFAULT);
  g_autoptr (GcoapCborReader) same = gcoap_cbor_reader_ref (reader);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL, *key = NULL;
  gint64 count;
  guint64 value;

  g_assert_true (same == reader);
  g_assert_cmpint (gcoap_cbor_reader_peek (reader), ==, GCOAP_CBOR_TYPE_MAP);
  g_assert_true (gcoap_cbor_reader_enter_map (reader, &count, &error));
  g_assert_cmpint (count, ==, 2);
  g_assert_true (gcoap_cbor_reader_read_uint (reader, &value, &error));
  g_assert_cmpuint (value, ==, 1);
  g_assert_true (gcoap_cbor_reader_enter_array (reader, &count, &error));
  g_assert_cmpint (count, ==, 2);
  g_assert_true (gcoap_cbor_reader_read_uint (reader, &value, &error));

  /* What is left cannot be left behind, and a wrong guess changes nothing. */
  g_assert_false (gcoap_cbor_reader_leave (reader, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_cmpuint (gcoap_cbor_reader_get_offset (reader), ==, 4);
  g_assert_false (gcoap_cbor_reader_read_uint (reader, &value, &error));
  g_assert_cmpstr (error->message, ==, "Invalid CBOR: a text stands where an unsigned integer must (byte 4).");
  g_clear_error (&error);
  g_assert_cmpuint (gcoap_cbor_reader_get_offset (reader), ==, 4);

  text = gcoap_cbor_reader_dup_text (reader, &error);
  g_assert_cmpstr (text, ==, "x");
  g_assert_cmpint (gcoap_cbor_reader_peek (reader), ==, GCOAP_CBOR_TYPE_END);
  g_assert_false (gcoap_cbor_reader_skip (reader, NULL));
  g_assert_true (gcoap_cbor_reader_leave (reader, &error));
  key = gcoap_cbor_reader_dup_text (reader, &error);
  g_assert_cmpstr (key, ==, "y");
  g_assert_true (gcoap_cbor_reader_read_tag (reader, &value, &error));
  g_assert_cmpuint (value, ==, 3);
  g_assert_true (gcoap_cbor_reader_read_null (reader, &error));
  g_assert_true (gcoap_cbor_reader_leave (reader, &error));
  g_assert_true (gcoap_cbor_reader_finish (reader, &error));
  g_assert_no_error (error);
}

static void
test_indefinite (void)
{
  /* [_ (_ "a", "b"), {_ 1: 2}] */
  const char *hex = "9f7f61616162ffbf0102ffff";
  g_autoptr (GcoapCborReader) reader = read_hex (hex, ALL);
  g_autoptr (GcoapCborReader) strict = read_hex (hex, GCOAP_CBOR_READER_DEFAULT);
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gint64 count;

  g_assert_false (gcoap_cbor_reader_skip (strict, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);

  g_assert_true (gcoap_cbor_reader_enter_array (reader, &count, &error));
  g_assert_cmpint (count, ==, -1);
  text = gcoap_cbor_reader_dup_text (reader, &error);
  g_assert_cmpstr (text, ==, "ab");
  g_assert_true (gcoap_cbor_reader_enter_map (reader, &count, &error));
  g_assert_cmpint (count, ==, -1);
  g_assert_true (gcoap_cbor_reader_skip (reader, &error));
  g_assert_false (gcoap_cbor_reader_leave (reader, NULL));
  g_assert_true (gcoap_cbor_reader_skip (reader, &error));
  g_assert_cmpint (gcoap_cbor_reader_peek (reader), ==, GCOAP_CBOR_TYPE_END);
  g_assert_true (gcoap_cbor_reader_leave (reader, &error));
  g_assert_true (gcoap_cbor_reader_leave (reader, &error));
  g_assert_true (gcoap_cbor_reader_finish (reader, &error));
}

static void
test_invalid (void)
{
  const struct
  {
    const char *hex;
    const char *reason;
  } rows[] = {
    { "", "there is no item left (byte 0)" },
    { "0000", "something follows the last item (byte 1)" },
    { "c1", "must follow (byte 1)" },
    { "8201", "2 items cannot be in the 1 bytes left (byte 0)" },
    { "9a0200000000", "cannot be in the 1 bytes left (byte 0)" },
    { "9bffffffffffffffff00", "cannot be in the 1 bytes left (byte 0)" },
    { "bb800000000000000000", "cannot be in the 1 bytes left (byte 0)" },
    { "a2010203", "2 pairs cannot be in the 3 bytes left (byte 0)" },
    { "ff", "there is nothing to end here (byte 0)" },
    { "81ff", "there is nothing to end here (byte 1)" },
    { "9fc1ff", "a tag has no item (byte 2)" },
    { "bf00ff", "a key of a map has no value (byte 2)" },
    { "5f00ff", "this cannot be a piece of a string (byte 1)" },
    { "5f6100ff", "this cannot be a piece of a string (byte 1)" },
    { "5f5f4100ffff", "this cannot be a piece of a string (byte 1)" },
    { "7f61c361a9ff", "a text is not in UTF-8 (byte 1)" },
    { "8261ff00", "a text is not in UTF-8 (byte 1)" },
    { "9f00", "must follow (byte 2)" },
    { "820041", "inside an item (byte 2)" },
    { "a201000100", "a map has the same key twice (byte 3)" },
    { "a20100180100", "a map has the same key twice (byte 3)" },
    { "81a2616100616100", "a map has the same key twice (byte 5)" },
    { "a101a201000100", "a map has the same key twice (byte 5)" },
    { "bf5f4101ff0000ff", "a key may not be a string in pieces (byte 1)" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapCborReader) reader = read_hex (rows[i].hex, ALL);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].hex);
      g_assert_false (is_whole (reader, &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
      if (strstr (error->message, rows[i].reason) == NULL)
        g_assert_cmpstr (error->message, ==, rows[i].reason);
    }
}

/* Only who asks for it has keys compared. */
static void
test_duplicates_allowed (void)
{
  g_autoptr (GcoapCborReader) reader = read_hex ("a201000100", GCOAP_CBOR_READER_DEFAULT);

  g_assert_true (is_whole (reader, NULL));
}

static void
test_depth (void)
{
  static const guint8 heads[] = { 0x81, 0xc1, 0x9f };

  for (gsize i = 0; i < G_N_ELEMENTS (heads); i++)
    {
      guint8 nested[2 * GCOAP_CBOR_MAX_DEPTH + 1];
      gsize inside = GCOAP_CBOR_DEFAULT_DEPTH;

      for (gsize depth = inside; depth <= inside + 1; depth++)
        {
          g_autoptr (GBytes) bytes = NULL;
          g_autoptr (GcoapCborReader) reader = NULL;
          g_autoptr (GError) error = NULL;
          gsize length = depth + 1;

          memset (nested, heads[i], depth);
          nested[depth] = 0;
          for (gsize j = 0; heads[i] == 0x9f && j < depth; j++)
            nested[length++] = 0xff;
          bytes = g_bytes_new (nested, length);
          reader = gcoap_cbor_reader_new (bytes, ALL);
          g_assert_cmpuint (gcoap_cbor_reader_get_max_depth (reader), ==, GCOAP_CBOR_DEFAULT_DEPTH);
          g_assert_cmpint (is_whole (reader, &error), ==, depth == inside);
          if (depth == inside)
            continue;
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
          g_assert_cmpuint (gcoap_cbor_reader_get_offset (reader), ==, 0);
          gcoap_cbor_reader_set_max_depth (reader, GCOAP_CBOR_MAX_DEPTH);
          g_assert_true (is_whole (reader, NULL));
        }
    }
}

/* Tags in front of containers count with them. */
static void
test_depth_of_tags (void)
{
  g_autoptr (GcoapCborReader) reader = read_hex ("81c181c10080", GCOAP_CBOR_READER_DEFAULT);
  g_autoptr (GError) error = NULL;

  gcoap_cbor_reader_set_max_depth (reader, 3);
  g_assert_false (gcoap_cbor_reader_skip (reader, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  gcoap_cbor_reader_set_max_depth (reader, 4);
  g_assert_true (gcoap_cbor_reader_skip (reader, NULL));
  gcoap_cbor_reader_set_max_depth (reader, 1);
  g_assert_true (is_whole (reader, NULL));
}

static void
test_sequence (void)
{
  g_autoptr (GcoapCborReader) reader = read_hex ("01820203f5", GCOAP_CBOR_READER_DEFAULT);
  const guint8 *data;
  gsize length;

  g_assert_true (gcoap_cbor_reader_skip (reader, NULL));
  g_assert_true (gcoap_cbor_reader_read_item (reader, &data, &length, NULL));
  test_assert_bytes (data, length, "820203");
  g_assert_false (gcoap_cbor_reader_finish (reader, NULL));
  g_assert_true (gcoap_cbor_reader_skip (reader, NULL));
  g_assert_cmpint (gcoap_cbor_reader_peek (reader), ==, GCOAP_CBOR_TYPE_END);
  g_assert_true (gcoap_cbor_reader_finish (reader, NULL));
}

/* A map of very many keys is compared in a moment. */
static void
test_many_keys (void)
{
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GcoapCborReader) reader = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_cbor_writer_add_map (writer, 100000);
  for (guint i = 0; i < 100000; i++)
    {
      gcoap_cbor_writer_add_uint (writer, i == 99999 ? 0 : i);
      gcoap_cbor_writer_add_null (writer);
    }
  bytes = gcoap_cbor_writer_finish (writer, &error);
  g_assert_no_error (error);
  reader = gcoap_cbor_reader_new (bytes, ALL);
  g_assert_false (gcoap_cbor_reader_enter_map (reader, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_assert_cmpint (gcoap_cbor_reader_peek (reader), ==, GCOAP_CBOR_TYPE_MAP);
}

/* The vectors are EDN: they say what is parsed, and so test the parser too. */
static GcoapCborReader *
load_vectors (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "vectors", "cbor", name, NULL);
  g_autofree char *text = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  bytes = gcoap_edn_parse (text, (gssize) length, GCOAP_EDN_DEFAULT, &error);
  g_assert_no_error (error);

  return gcoap_cbor_reader_new (bytes, GCOAP_CBOR_READER_UNIQUE_KEYS);
}

/* Goes to the value of a key of the map that the reader is in. */
static gboolean
find (GcoapCborReader *reader,
      const char      *wanted)
{
  while (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_END)
    {
      g_autofree char *key = gcoap_cbor_reader_dup_text (reader, NULL);

      if (strcmp (key, wanted) == 0)
        return TRUE;
      g_assert_true (gcoap_cbor_reader_skip (reader, NULL));
    }

  return FALSE;
}

static void
test_bad_vectors (void)
{
  g_autoptr (GcoapCborReader) vectors = load_vectors ("rfc8949-bad.edn");
  guint n_vectors = 0;

  g_assert_true (gcoap_cbor_reader_enter_map (vectors, NULL, NULL));
  g_assert_true (find (vectors, "tests"));
  g_assert_true (gcoap_cbor_reader_enter_array (vectors, NULL, NULL));
  for (; gcoap_cbor_reader_peek (vectors) != GCOAP_CBOR_TYPE_END; n_vectors++)
    {
      g_autofree char *description = NULL;
      g_autoptr (GBytes) encoded = NULL;
      g_autoptr (GcoapCborReader) reader = NULL;
      g_autoptr (GError) error = NULL;

      g_assert_true (gcoap_cbor_reader_enter_map (vectors, NULL, NULL));
      g_assert_true (find (vectors, "description"));
      description = gcoap_cbor_reader_dup_text (vectors, NULL);
      g_assert_true (find (vectors, "encoded"));
      encoded = gcoap_cbor_reader_dup_bytes (vectors, NULL);
      g_assert_true (gcoap_cbor_reader_leave (vectors, NULL));
      g_test_message ("%s", description);

      /* What a tag may be about is for those to say who know the tag. */
      reader = gcoap_cbor_reader_new (encoded, ALL);
      if (g_str_has_prefix (description, "date:"))
        {
          g_assert_true (is_whole (reader, NULL));
          continue;
        }
      g_assert_false (is_whole (reader, &error));
      g_assert_nonnull (error);
    }
  g_assert_cmpuint (n_vectors, >, 40);
}

/* What the value looks like in EDN is encoded as the vector says, if that is
 * the preferred encoding; and what is written of the vector is encoded as it. */
static void
check_good_vector (GBytes       *encoded,
                   const guint8 *decoded,
                   gsize         length,
                   gboolean      is_preferred)
{
  g_autoptr (GcoapCborReader) reader = gcoap_cbor_reader_new (encoded, ALL);
  g_autoptr (GError) error = NULL;
  g_autofree char *written = NULL;
  g_autoptr (GBytes) again = NULL;

  g_assert_true (is_whole (reader, &error));
  g_assert_no_error (error);
  if (is_preferred)
    g_assert_cmpmem (g_bytes_get_data (encoded, NULL), g_bytes_get_size (encoded), decoded, length);

  written = gcoap_edn_write (encoded, GCOAP_EDN_DEFAULT, &error);
  g_assert_no_error (error);
  again = gcoap_edn_parse (written, -1, GCOAP_EDN_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (again, encoded));
}

static void
test_good_vectors (void)
{
  g_autoptr (GcoapCborReader) vectors = load_vectors ("rfc8949-good.edn");
  guint n_vectors = 0;

  g_assert_true (gcoap_cbor_reader_enter_map (vectors, NULL, NULL));
  g_assert_true (find (vectors, "tests"));
  g_assert_true (gcoap_cbor_reader_enter_array (vectors, NULL, NULL));
  for (; gcoap_cbor_reader_peek (vectors) != GCOAP_CBOR_TYPE_END; n_vectors++)
    {
      g_autoptr (GBytes) encoded = NULL;
      const guint8 *decoded = NULL;
      gsize length = 0;
      gboolean is_preferred = TRUE;

      g_assert_true (gcoap_cbor_reader_enter_map (vectors, NULL, NULL));
      while (gcoap_cbor_reader_peek (vectors) != GCOAP_CBOR_TYPE_END)
        {
          g_autofree char *key = gcoap_cbor_reader_dup_text (vectors, NULL);

          if (strcmp (key, "encoded") == 0)
            encoded = gcoap_cbor_reader_dup_bytes (vectors, NULL);
          else if (strcmp (key, "decoded") == 0)
            g_assert_true (gcoap_cbor_reader_read_item (vectors, &decoded, &length, NULL));
          else if (strcmp (key, "roundtrip") == 0)
            g_assert_true (gcoap_cbor_reader_read_boolean (vectors, &is_preferred, NULL));
          else
            g_assert_true (gcoap_cbor_reader_skip (vectors, NULL));
        }
      g_assert_true (gcoap_cbor_reader_leave (vectors, NULL));
      check_good_vector (encoded, decoded, length, is_preferred);
    }
  g_assert_cmpuint (n_vectors, >, 80);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cbor-reader/walk", test_walk);
  g_test_add_func ("/cbor-reader/indefinite", test_indefinite);
  g_test_add_func ("/cbor-reader/invalid", test_invalid);
  g_test_add_func ("/cbor-reader/duplicates-allowed", test_duplicates_allowed);
  g_test_add_func ("/cbor-reader/depth", test_depth);
  g_test_add_func ("/cbor-reader/depth-of-tags", test_depth_of_tags);
  g_test_add_func ("/cbor-reader/sequence", test_sequence);
  g_test_add_func ("/cbor-reader/many-keys", test_many_keys);
  g_test_add_func ("/cbor-reader/bad-vectors", test_bad_vectors);
  g_test_add_func ("/cbor-reader/good-vectors", test_good_vectors);
  return g_test_run ();
}
