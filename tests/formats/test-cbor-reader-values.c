/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading numbers, strings and the rest. */
#include <math.h>
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "helpers/message-data.h"

static GcoapCborReader *
read_hex (const char *hex)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (hex);

  return gcoap_cbor_reader_new (bytes, GCOAP_CBOR_READER_INDEFINITE);
}

static void
test_integers (void)
{
  const struct
  {
    const char *hex;
    gboolean fits;
    gint64 value;
  } rows[] = {
    { "00", TRUE, 0 },
    { "1b7fffffffffffffff", TRUE, G_MAXINT64 },
    { "1b8000000000000000", FALSE, 0 },
    { "20", TRUE, -1 },
    { "3b7fffffffffffffff", TRUE, G_MININT64 },
    { "3b8000000000000000", FALSE, 0 },
    { "f90000", FALSE, 0 },
    { "4100", FALSE, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapCborReader) reader = read_hex (rows[i].hex);
      g_autoptr (GcoapCborReader) other = read_hex (rows[i].hex);
      g_autoptr (GError) error = NULL;
      gint64 value = 0;
      guint64 positive = 0;

      g_assert_cmpint (gcoap_cbor_reader_read_int (reader, &value, &error), ==, rows[i].fits);
      g_assert_cmpint (value, ==, rows[i].value);
      g_assert_cmpint (error == NULL, ==, rows[i].fits);
      g_assert_cmpuint (gcoap_cbor_reader_get_offset (reader), ==, rows[i].fits ? strlen (rows[i].hex) / 2 : 0);

      g_assert_cmpint (gcoap_cbor_reader_read_uint (other, &positive, NULL), ==, rows[i].hex[0] < '2');
      if (rows[i].fits && rows[i].value >= 0)
        g_assert_cmpuint (positive, ==, (guint64) rows[i].value);
    }
}

static void
test_doubles (void)
{
  const struct
  {
    const char *hex;
    double value;
  } rows[] = {
    { "18ff", 255 },
    { "3863", -100 },
    { "3bffffffffffffffff", -18446744073709551616.0 },
    { "f93e00", 1.5 },
    { "f90001", 5.9604644775390625e-8 },
    { "f9fc00", -HUGE_VAL },
    { "fa47c35000", 100000 },
    { "fb3ff199999999999a", 1.1 },
  };
  g_autoptr (GcoapCborReader) nan_reader = read_hex ("f97e00");
  g_autoptr (GcoapCborReader) text_reader = read_hex ("6131");
  double value;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GcoapCborReader) reader = read_hex (rows[i].hex);

      g_assert_true (gcoap_cbor_reader_read_double (reader, &value, NULL));
      g_assert_cmpfloat (value, ==, rows[i].value);
      g_assert_true (gcoap_cbor_reader_finish (reader, NULL));
    }
  g_assert_true (gcoap_cbor_reader_read_double (nan_reader, &value, NULL));
  g_assert_true (isnan (value));
  g_assert_false (gcoap_cbor_reader_read_double (text_reader, &value, NULL));
}

static void
test_simple (void)
{
  g_autoptr (GcoapCborReader) reader = read_hex ("f4f5f6f7f0f8ff");
  static const GcoapCborType types[] = {
    GCOAP_CBOR_TYPE_BOOLEAN, GCOAP_CBOR_TYPE_BOOLEAN, GCOAP_CBOR_TYPE_NULL, GCOAP_CBOR_TYPE_UNDEFINED,
    GCOAP_CBOR_TYPE_SIMPLE, GCOAP_CBOR_TYPE_SIMPLE,
  };
  static const guint8 numbers[] = { 20, 21, 22, 23, 16, 255 };
  g_autoptr (GcoapCborReader) other = read_hex ("f5f4f93c00");
  gboolean value = FALSE;
  guint8 number;

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_assert_cmpint (gcoap_cbor_reader_peek (reader), ==, types[i]);
      g_assert_true (gcoap_cbor_reader_read_simple (reader, &number, NULL));
      g_assert_cmpuint (number, ==, numbers[i]);
    }
  g_assert_true (gcoap_cbor_reader_finish (reader, NULL));

  g_assert_false (gcoap_cbor_reader_read_null (other, NULL));
  g_assert_true (gcoap_cbor_reader_read_boolean (other, &value, NULL));
  g_assert_true (value);
  g_assert_true (gcoap_cbor_reader_read_boolean (other, &value, NULL));
  g_assert_false (value);
  g_assert_false (gcoap_cbor_reader_read_boolean (other, &value, NULL));
  g_assert_false (gcoap_cbor_reader_read_simple (other, &number, NULL));
  g_assert_cmpint (gcoap_cbor_reader_peek (other), ==, GCOAP_CBOR_TYPE_FLOAT);
}

static void
test_strings (void)
{
  /* 'ab', "c\0", (_ h'01', h'', h'02'), "d" */
  g_autoptr (GcoapCborReader) reader = read_hex ("426162" "626300" "5f4101404102ff" "6164");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *copy = NULL;
  const guint8 *data;
  const char *text;
  gsize length;

  g_assert_true (gcoap_cbor_reader_read_bytes (reader, &data, &length, &error));
  g_assert_cmpmem (data, length, "ab", 2);

  /* A NUL is refused where it would end the string too early. */
  g_assert_null (gcoap_cbor_reader_dup_text (reader, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_false (gcoap_cbor_reader_read_bytes (reader, &data, &length, NULL));
  g_assert_true (gcoap_cbor_reader_read_text (reader, &text, &length, &error));
  g_assert_cmpmem (text, length, "c\0", 2);

  /* What is in pieces cannot be looked at in one piece. */
  g_assert_false (gcoap_cbor_reader_read_bytes (reader, &data, &length, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (gcoap_cbor_reader_dup_text (reader, NULL));
  bytes = gcoap_cbor_reader_dup_bytes (reader, &error);
  g_assert_no_error (error);
  test_assert_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "0102");

  copy = gcoap_cbor_reader_dup_text (reader, &error);
  g_assert_cmpstr (copy, ==, "d");
  g_assert_true (gcoap_cbor_reader_finish (reader, NULL));
}

/* A string whose third piece is missing leaves the reader where it was. */
static void
test_broken_string (void)
{
  g_autoptr (GcoapCborReader) reader = read_hex ("815f4101");
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_cbor_reader_enter_array (reader, NULL, NULL));
  g_assert_null (gcoap_cbor_reader_dup_bytes (reader, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_assert_cmpuint (gcoap_cbor_reader_get_offset (reader), ==, 1);
  g_assert_cmpint (gcoap_cbor_reader_peek (reader), ==, GCOAP_CBOR_TYPE_BYTES);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cbor-reader-values/integers", test_integers);
  g_test_add_func ("/cbor-reader-values/doubles", test_doubles);
  g_test_add_func ("/cbor-reader-values/simple", test_simple);
  g_test_add_func ("/cbor-reader-values/strings", test_strings);
  g_test_add_func ("/cbor-reader-values/broken-string", test_broken_string);
  return g_test_run ();
}
