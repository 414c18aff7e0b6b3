/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Deterministic encoding (RFC 8949 §4.2): shortest forms, sorted maps. */
#include <math.h>
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "formats/gcoap-cbor-writer-private.h"
#include "helpers/message-data.h"

static void
assert_finish (GcoapCborWriter *writer,
               const char      *hex)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = gcoap_cbor_writer_finish (writer, &error);

  g_assert_no_error (error);
  test_assert_bytes (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), hex);
}

static void
assert_failure (GcoapCborWriter *writer,
                GcoapError       code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_cbor_writer_finish (writer, &error));
  g_assert_error (error, GCOAP_ERROR, (int) code);
  /* Then it begins anew. */
  gcoap_cbor_writer_add_uint (writer, 1);
  assert_finish (writer, "01");
}

static void
test_values (void)
{
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();
  g_autoptr (GcoapCborWriter) same = gcoap_cbor_writer_ref (writer);

  g_assert_true (same == writer);
  gcoap_cbor_writer_add_uint (writer, 23);
  gcoap_cbor_writer_add_uint (writer, 24);
  gcoap_cbor_writer_add_uint (writer, 256);
  gcoap_cbor_writer_add_uint (writer, 65536);
  gcoap_cbor_writer_add_uint (writer, G_GUINT64_CONSTANT (0x100000000));
  assert_finish (writer, "17" "1818" "190100" "1a00010000" "1b0000000100000000");

  gcoap_cbor_writer_add_int (writer, -1);
  gcoap_cbor_writer_add_int (writer, G_MININT64);
  gcoap_cbor_writer_add_int (writer, 500);
  assert_finish (writer, "20" "3b7fffffffffffffff" "1901f4");

  gcoap_cbor_writer_add_bytes (writer, (const guint8 *) "\1\2", 2);
  gcoap_cbor_writer_add_bytes (writer, NULL, 0);
  gcoap_cbor_writer_add_text (writer, "a", -1);
  gcoap_cbor_writer_add_text (writer, "a\0b", 3);
  gcoap_cbor_writer_add_boolean (writer, TRUE);
  gcoap_cbor_writer_add_boolean (writer, FALSE);
  gcoap_cbor_writer_add_null (writer);
  gcoap_cbor_writer_add_simple (writer, 255);
  gcoap_cbor_writer_add_tag (writer, 38);
  gcoap_cbor_writer_add_array (writer, 2);
  gcoap_cbor_writer_add_uint (writer, 1);
  gcoap_cbor_writer_add_encoded (writer, (const guint8 *) "\xa1\x01\x02", 3);
  assert_finish (writer, "420102" "40" "6161" "63610062" "f5" "f4" "f6" "f8ff" "d8268201a10102");
  assert_finish (writer, "");
}

static void
test_floats (void)
{
  const struct
  {
    double value;
    const char *hex;
  } rows[] = {
    { 0.0, "f90000" },
    { -0.0, "f98000" },
    { 1.5, "f93e00" },
    { 65504.0, "f97bff" },
    { 65505.0, "fa477fe100" },
    { 65536.0, "fa47800000" },
    { 5.960464477539063e-8, "f90001" },
    { 5.960464477539063e-8 / 2, "fa33000000" },
    { 6.103515625e-5, "f90400" },
    { 6.097555160522461e-5, "f903ff" },
    { 6.1005353927612305e-5, "fa387fe000" },
    { 3.4028234663852886e+38, "fa7f7fffff" },
    { 3.4028234663852889e+38, "fb47efffffe0000001" },
    { 1.401298464324817e-45, "fa00000001" },
    { 1.1, "fb3ff199999999999a" },
    { 5e-324, "fb0000000000000001" },
    { HUGE_VAL, "f97c00" },
    { -HUGE_VAL, "f9fc00" },
    { NAN, "f97e00" },
  };
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gcoap_cbor_writer_add_double (writer, rows[i].value);
      assert_finish (writer, rows[i].hex);
    }
}

/* Every half is found to be one, and comes back as the same bits. */
static void
test_all_halves (void)
{
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();

  for (guint bits = 0; bits <= G_MAXUINT16; bits++)
    {
      guint8 encoded[3] = { 0xf9, (guint8) (bits >> 8), (guint8) bits };
      g_autoptr (GBytes) bytes = g_bytes_new (encoded, sizeof encoded);
      g_autoptr (GcoapCborReader) reader = gcoap_cbor_reader_new (bytes, GCOAP_CBOR_READER_DEFAULT);
      g_autoptr (GBytes) again = NULL;
      double value;

      g_assert_true (gcoap_cbor_reader_read_double (reader, &value, NULL));
      if (isnan (value))
        continue;
      gcoap_cbor_writer_add_double (writer, value);
      again = gcoap_cbor_writer_finish (writer, NULL);
      g_assert_true (g_bytes_equal (bytes, again));
    }
}

static void
test_containers (void)
{
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();

  /* RFC 8949 §4.2.1, the example: 10, 100, -1, "z", "aa", [100], [-1], false. */
  gcoap_cbor_writer_begin_map (writer);
  gcoap_cbor_writer_add_boolean (writer, FALSE);
  gcoap_cbor_writer_add_uint (writer, 8);
  gcoap_cbor_writer_begin_array (writer);
  gcoap_cbor_writer_add_int (writer, -1);
  gcoap_cbor_writer_end (writer);
  gcoap_cbor_writer_add_uint (writer, 7);
  gcoap_cbor_writer_add_text (writer, "aa", -1);
  gcoap_cbor_writer_add_uint (writer, 5);
  gcoap_cbor_writer_add_uint (writer, 10);
  gcoap_cbor_writer_begin_map (writer);
  gcoap_cbor_writer_end (writer);
  gcoap_cbor_writer_add_text (writer, "z", -1);
  gcoap_cbor_writer_add_tag (writer, 1);
  gcoap_cbor_writer_add_uint (writer, 4);
  gcoap_cbor_writer_add_int (writer, -1);
  gcoap_cbor_writer_add_uint (writer, 3);
  gcoap_cbor_writer_begin_array (writer);
  gcoap_cbor_writer_add_uint (writer, 100);
  gcoap_cbor_writer_end (writer);
  gcoap_cbor_writer_add_uint (writer, 6);
  gcoap_cbor_writer_add_uint (writer, 100);
  gcoap_cbor_writer_add_uint (writer, 2);
  gcoap_cbor_writer_end (writer);
  assert_finish (writer, "a8" "0aa0" "186402" "2003" "617ac104" "62616105" "81186406" "812007" "f408");

  gcoap_cbor_writer_begin_array (writer);
  for (guint i = 0; i < 25; i++)
    gcoap_cbor_writer_add_uint (writer, 0);
  gcoap_cbor_writer_end (writer);
  assert_finish (writer, "9819" "00000000000000000000000000000000000000000000000000");

  /* Given with a number, the order is the caller's. */
  gcoap_cbor_writer_add_map (writer, 2);
  gcoap_cbor_writer_add_uint (writer, 2);
  gcoap_cbor_writer_add_null (writer);
  gcoap_cbor_writer_add_uint (writer, 1);
  gcoap_cbor_writer_add_null (writer);
  assert_finish (writer, "a202f601f6");
}

static void
test_failures (void)
{
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();

  gcoap_cbor_writer_add_text (writer, "\xff", -1);
  assert_failure (writer, GCOAP_ERROR_INVALID_ARGUMENT);

  gcoap_cbor_writer_begin_array (writer);
  assert_failure (writer, GCOAP_ERROR_INVALID_ARGUMENT);

  gcoap_cbor_writer_begin_map (writer);
  for (guint i = 0; i < 4; i++)
    gcoap_cbor_writer_add_uint (writer, 0);
  gcoap_cbor_writer_end (writer);
  assert_failure (writer, GCOAP_ERROR_INVALID_ARGUMENT);

  gcoap_cbor_writer_begin_map (writer);
  gcoap_cbor_writer_add_uint (writer, 0);
  gcoap_cbor_writer_end (writer);
  assert_failure (writer, GCOAP_ERROR_MALFORMED);

  gcoap_cbor_writer_add_array (writer, 2);
  gcoap_cbor_writer_add_uint (writer, 0);
  assert_failure (writer, GCOAP_ERROR_MALFORMED);

  gcoap_cbor_writer_add_tag (writer, 0);
  assert_failure (writer, GCOAP_ERROR_MALFORMED);

  gcoap_cbor_writer_add_encoded (writer, (const guint8 *) "\x18", 1);
  assert_failure (writer, GCOAP_ERROR_MALFORMED);
}

/* On the stack, and on from there when the buffer is full. */
static void
test_stack (void)
{
  guint8 buffer[8];
  g_auto (GcoapCborWriter) writer;

  gcoap_cbor_writer_init (&writer, buffer, sizeof buffer);
  gcoap_cbor_writer_add_bytes (&writer, (const guint8 *) "1234567", 7);
  g_assert_true (writer.data == buffer);
  g_assert_cmpuint (writer.length, ==, 8);
  gcoap_cbor_writer_add_null (&writer);
  g_assert_true (writer.data != buffer);
  test_assert_bytes (writer.data, writer.length, "4731323334353637f6");

  gcoap_cbor_writer_reset (&writer);
  g_assert_false (gcoap_cbor_writer_add_head (&writer, 0, 24, 0));
  g_assert_false (gcoap_cbor_writer_add_float (&writer, 1.1, 4));
  g_assert_true (gcoap_cbor_writer_add_head (&writer, 0, 24, 4));
  g_assert_true (gcoap_cbor_writer_add_float (&writer, NAN, 4));
  g_assert_true (gcoap_cbor_writer_add_float (&writer, 1.5, 8));
  g_assert_true (gcoap_cbor_writer_insert_head (&writer, 0, 4, 0, GCOAP_CBOR_WIDTH_INDEFINITE));
  test_assert_bytes (writer.data, writer.length, "9f" "1a00000018" "fa7fc00000" "fb3ff8000000000000");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cbor-writer/values", test_values);
  g_test_add_func ("/cbor-writer/floats", test_floats);
  g_test_add_func ("/cbor-writer/all-halves", test_all_halves);
  g_test_add_func ("/cbor-writer/containers", test_containers);
  g_test_add_func ("/cbor-writer/failures", test_failures);
  g_test_add_func ("/cbor-writer/stack", test_stack);
  return g_test_run ();
}
