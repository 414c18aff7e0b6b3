/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * CBOR. The first byte chooses what the reader takes; the rest is read as a
 * sequence, and written as diagnostic notation that is encoded as the same.
 */
#include <string.h>

#include <libcoap-layers/gcoap.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Every read method is tried, so that each meets each kind of item. */
static gboolean
try_all (GcoapCborReader *reader)
{
  const guint8 *data;
  guint64 number;
  gint64 integer;
  gboolean boolean;
  double real;
  guint8 simple;
  gsize length;
  g_autofree char *text = gcoap_cbor_reader_dup_text (reader, NULL);
  g_autoptr (GBytes) bytes = text == NULL ? gcoap_cbor_reader_dup_bytes (reader, NULL) : NULL;

  return text != NULL || bytes != NULL || gcoap_cbor_reader_read_uint (reader, &number, NULL) ||
         gcoap_cbor_reader_read_int (reader, &integer, NULL) || gcoap_cbor_reader_read_double (reader, &real, NULL) ||
         gcoap_cbor_reader_read_boolean (reader, &boolean, NULL) || gcoap_cbor_reader_read_null (reader, NULL) ||
         gcoap_cbor_reader_read_simple (reader, &simple, NULL) || gcoap_cbor_reader_read_tag (reader, &number, NULL) ||
         gcoap_cbor_reader_read_bytes (reader, &data, &length, NULL);
}

/* Goes through everything there is, in steps. */
static gboolean
walk (GcoapCborReader *reader)
{
  guint depth = 0;

  for (;;)
    {
      gsize offset = gcoap_cbor_reader_get_offset (reader);

      if (gcoap_cbor_reader_enter_array (reader, NULL, NULL) || gcoap_cbor_reader_enter_map (reader, NULL, NULL))
        depth++;
      else if (gcoap_cbor_reader_peek (reader) == GCOAP_CBOR_TYPE_END)
        {
          if (depth == 0)
            return gcoap_cbor_reader_finish (reader, NULL);
          g_assert_true (gcoap_cbor_reader_leave (reader, NULL));
          depth--;
        }
      else if (!try_all (reader) && !gcoap_cbor_reader_skip (reader, NULL))
        return FALSE;
      else
        g_assert_cmpuint (gcoap_cbor_reader_get_offset (reader), >, offset);
    }
}

static gboolean
skip_all (GcoapCborReader *reader)
{
  while (gcoap_cbor_reader_peek (reader) != GCOAP_CBOR_TYPE_END)
    {
      g_autoptr (GError) error = NULL;

      if (!gcoap_cbor_reader_skip (reader, &error))
        {
          g_assert_nonnull (error);
          return FALSE;
        }
      g_assert_no_error (error);
    }

  return TRUE;
}

/* A NaN is written without what it carries. */
static gboolean
has_nan (const char *text)
{
  return strstr (text, "NaN") != NULL;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  GcoapCborReaderFlags flags = size > 0 ? data[0] & 3 : 0;
  g_autoptr (GBytes) bytes = g_bytes_new (size > 0 ? data + 1 : NULL, size > 0 ? size - 1 : 0);
  g_autoptr (GcoapCborReader) skipping = gcoap_cbor_reader_new (bytes, flags);
  g_autoptr (GcoapCborReader) walking = gcoap_cbor_reader_new (bytes, flags);
  g_autofree char *text = gcoap_edn_write (bytes, GCOAP_EDN_SEQUENCE, NULL);
  g_autofree char *pretty = gcoap_edn_write (bytes, GCOAP_EDN_SEQUENCE | GCOAP_EDN_PRETTY, NULL);
  g_autofree char *json = gcoap_edn_write (bytes, GCOAP_EDN_SEQUENCE | GCOAP_EDN_JSON, NULL);
  gboolean is_valid = skip_all (skipping);

  g_assert_cmpint (walk (walking), ==, is_valid);
  g_assert_true (!is_valid || text != NULL);
  g_assert_cmpint (text != NULL, ==, pretty != NULL);
  g_assert_true (json == NULL || text != NULL);
  if (text != NULL)
    {
      g_autoptr (GBytes) again = gcoap_edn_parse (text, -1, GCOAP_EDN_SEQUENCE, NULL);
      g_autoptr (GBytes) from_pretty = gcoap_edn_parse (pretty, -1, GCOAP_EDN_SEQUENCE, NULL);

      /* Diagnostic notation has no key twice, and shorter limits for tags. */
      if (again != NULL && !has_nan (text))
        g_assert_true (g_bytes_equal (bytes, again));
      g_assert_cmpint (again != NULL, ==, from_pretty != NULL);
      if (flags == (GCOAP_CBOR_READER_INDEFINITE | GCOAP_CBOR_READER_UNIQUE_KEYS) && is_valid && !has_nan (text))
        g_assert_nonnull (again);
    }

  return 0;
}
