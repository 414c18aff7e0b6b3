/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SenML as JSON and CBOR: the examples of RFC 8428, and what is refused. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "helpers/message-data.h"

static GcoapSenmlPack *
parse_json (const char *json,
            GError    **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (json, strlen (json));

  return gcoap_senml_pack_parse (bytes, GCOAP_CONTENT_FORMAT_SENML_JSON, error);
}

static GcoapSenmlPack *
parse_edn (const char *edn,
           guint       content_format,
           GError    **error)
{
  g_autoptr (GError) edn_error = NULL;
  g_autoptr (GBytes) bytes = gcoap_edn_parse (edn, -1, GCOAP_EDN_DEFAULT, &edn_error);

  g_assert_no_error (edn_error);

  return gcoap_senml_pack_parse (bytes, content_format, error);
}

/* RFC 8428 §5.1: all of them are read, and written as they were but for white
 * space and the form of numbers. */
static void
test_examples (void)
{
  static const char *const rows[] = {
    "[{\"n\":\"urn:dev:ow:10e2073a01080063\",\"u\":\"Cel\",\"v\":23.1}]",
    "[{\"bn\":\"urn:dev:ow:10e2073a01080063:\",\"n\":\"voltage\",\"u\":\"V\",\"v\":120.1},{\"n\":\"current\",\"u\":\"A\",\"v\":1.2}]",
    "[{\"bver\":5,\"bn\":\"urn:dev:ow:10e2073a0108006:\",\"bt\":1276020076.001,\"bu\":\"A\",\"n\":\"voltage\",\"u\":\"V\",\"v\":120.1},"
    "{\"n\":\"current\",\"v\":1.2,\"t\":-5},{\"n\":\"current\",\"v\":1.3,\"t\":-4},{\"n\":\"current\",\"v\":1.7}]",
    "[{\"bn\":\"urn:dev:ow:10e2073a01080063:\",\"n\":\"temp\",\"u\":\"Cel\",\"v\":23.1},{\"n\":\"label\",\"vs\":\"Machine Room\"},"
    "{\"n\":\"open\",\"vb\":false},{\"n\":\"nfc-reader\",\"vd\":\"aGkgCg\"}]",
    "[{\"bn\":\"2001:db8::2/\",\"bt\":1320078429,\"n\":\"temperature\",\"u\":\"Cel\",\"v\":25.2},{\"n\":\"humidity\",\"u\":\"%RH\",\"v\":30}]",
    "[{\"bn\":\"urn:dev:ow:10e2073a01080063:\"},{\"n\":\"temp\",\"u\":\"Cel\",\"v\":23.1},{\"n\":\"heat\",\"u\":\"/\",\"v\":1}]",
    "[{\"bt\":1320078429,\"bu\":\"/\",\"n\":\"2001:db8::3\",\"v\":0.5},{\"n\":\"2001:db8::3\",\"v\":0,\"t\":0.1}]",
  };
  static const guint formats[] = {
    GCOAP_CONTENT_FORMAT_SENML_JSON, GCOAP_CONTENT_FORMAT_SENSML_JSON,
    GCOAP_CONTENT_FORMAT_SENML_CBOR, GCOAP_CONTENT_FORMAT_SENSML_CBOR,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapSenmlPack) pack = parse_json (rows[i], &error);

      g_assert_no_error (error);
      /* Through each format and back. */
      for (gsize j = 0; j < G_N_ELEMENTS (formats); j++)
        {
          g_autoptr (GBytes) bytes = gcoap_senml_pack_write (pack, formats[j], &error);
          g_autoptr (GcoapSenmlPack) again = NULL;
          g_autoptr (GBytes) json = NULL;

          g_assert_no_error (error);
          again = gcoap_senml_pack_parse (bytes, formats[j], &error);
          g_assert_no_error (error);
          json = gcoap_senml_pack_write (again, GCOAP_CONTENT_FORMAT_SENML_JSON, &error);
          g_assert_cmpmem (g_bytes_get_data (json, NULL), g_bytes_get_size (json), rows[i], strlen (rows[i]));
        }
    }
}

/* RFC 8428 §6. Its bytes are not sorted as RFC 8949 §4.2 wants them; so they
 * are read, and written sorted. */
static void
test_cbor_example (void)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex (
    "87 a7 21 78 1b 75 72 6e 3a 64 65 76 3a 6f 77 3a 31 30 65 32 30 37 33 61 30 31 30 38 30 30 36 3a"
    "22 fb 41 d3 03 a1 5b 00 10 62 23 61 41 20 05 00 67 76 6f 6c 74 61 67 65 01 61 56 02 fb 40 5e 06"
    "66 66 66 66 66 a3 00 67 63 75 72 72 65 6e 74 06 24 02 fb 3f f3 33 33 33 33 33 33 a3 00 67 63 75"
    "72 72 65 6e 74 06 23 02 fb 3f f4 cc cc cc cc cc cd a3 00 67 63 75 72 72 65 6e 74 06 22 02 fb 3f"
    "f6 66 66 66 66 66 66 a3 00 67 63 75 72 72 65 6e 74 06 21 02 f9 3e 00 a3 00 67 63 75 72 72 65 6e"
    "74 06 20 02 fb 3f f9 99 99 99 99 99 9a a3 00 67 63 75 72 72 65 6e 74 06 00 02 fb 3f fb 33 33 33"
    "33 33 33");
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapSenmlPack) pack = gcoap_senml_pack_parse (bytes, GCOAP_CONTENT_FORMAT_SENML_CBOR, &error);
  g_autoptr (GBytes) written = NULL;
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (gcoap_senml_pack_get_n_records (pack), ==, 7);
  written = gcoap_senml_pack_write (pack, GCOAP_CONTENT_FORMAT_SENML_CBOR, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (written), ==, g_bytes_get_size (bytes));
  text = gcoap_edn_write (written, GCOAP_EDN_DEFAULT, &error);
  g_assert_true (g_str_has_prefix (text, "[{0:\"voltage\",1:\"V\",2:120.1,-1:5,-2:\"urn:dev:ow:10e2073a0108006:\","
                                         "-3:1276020076.001,-4:\"A\"},{0:\"current\",2:1.2,6:-5},"));
}

static void
test_numbers (void)
{
  const struct
  {
    const char *edn;
    double value;       /* 0: refused */
  } rows[] = {
    { "[{0: \"a\", 2: 18446744073709551615}]", 18446744073709551615.0 },
    { "[{0: \"a\", 2: -18446744073709551616}]", -18446744073709551616.0 },
    { "[{0: \"a\", 2: 36893488147419103232}]", 36893488147419103232.0 },
    { "[{0: \"a\", 2: -36893488147419103232}]", -36893488147419103232.0 },
    { "[{0: \"a\", 2: 4([-2, 27315])}]", 273.15 },
    { "[{0: \"a\", 2: 4([400, -1])}]", 0 },
    { "[{0: \"a\", 2: 4([9223372036854775807, 1])}]", 0 },
    { "[{0: \"a\", 2: 4([1])}]", 0 },
    { "[{0: \"a\", 2: 5([-1, 3])}]", 0 },
    { "[{0: \"a\", 2: 1(3)}]", 0 },
    { "[{0: \"a\", 2: NaN}]", 0 },
    { "[{0: \"a\", 2: Infinity}]", 0 },
    { "[{0: \"a\", 2: \"1\"}]", 0 },
    { "[{0: \"a\", 2: null}]", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapSenmlPack) pack = parse_edn (rows[i].edn, GCOAP_CONTENT_FORMAT_SENML_CBOR, &error);

      g_test_message ("%s", rows[i].edn);
      if (rows[i].value == 0)
        {
          g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpfloat (gcoap_senml_record_get_number (gcoap_senml_pack_get_record (pack, 0), GCOAP_SENML_FIELD_VALUE),
                         ==, rows[i].value);
    }
}

static void
test_cbor_keys (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapSenmlPack) pack = NULL;
  GcoapSenmlRecord *record;

  /* What is not known is passed over; what came after RFC 8428 has no number. */
  pack = parse_edn ("[{\"n\": \"a\", 8: h'0102', \"ct\": \"60\", \"x\": [1, {}], 99: 1, -99: 2, 127: 3}]",
                    GCOAP_CONTENT_FORMAT_SENML_CBOR, &error);
  g_assert_no_error (error);
  record = gcoap_senml_pack_get_record (pack, 0);
  g_assert_cmpstr (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME), ==, "a");
  g_assert_cmpstr (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_CONTENT_FORMAT), ==, "60");
  g_assert_false (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_BASE_CONTENT_FORMAT));

  g_assert_null (parse_edn ("[{0: \"a\", \"n\": \"a\", 2: 1}]", GCOAP_CONTENT_FORMAT_SENML_CBOR, &error));
  g_assert_cmpstr (error->message, ==, "Invalid SenML: record 1, n: the field is there twice.");
  g_clear_error (&error);
  g_assert_null (parse_edn ("[{0: \"a\", 2: 1, \"x_\": 1}]", GCOAP_CONTENT_FORMAT_SENML_CBOR, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
}

/* RFC 8428 §6: only a stream may have no length. */
static void
test_stream (void)
{
  const char *edn = "[_ {0: \"a\", 2: 1}]";
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapSenmlPack) pack = parse_edn (edn, GCOAP_CONTENT_FORMAT_SENSML_CBOR, &error);
  g_autoptr (GBytes) written = NULL;

  g_assert_no_error (error);
  written = gcoap_senml_pack_write (pack, GCOAP_CONTENT_FORMAT_SENSML_CBOR, &error);
  test_assert_bytes (g_bytes_get_data (written, NULL), g_bytes_get_size (written), "9fa20061610201ff");
  g_assert_null (parse_edn (edn, GCOAP_CONTENT_FORMAT_SENML_CBOR, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

static void
test_refused (void)
{
  const struct
  {
    const char *json;
    GcoapError code;
    const char *message;
  } rows[] = {
    { "", GCOAP_ERROR_MALFORMED, "(line 1, column 1)" },
    { "{}", GCOAP_ERROR_MALFORMED, "record 1: Invalid CBOR: a map stands where an array must" },
    { "[1]", GCOAP_ERROR_MALFORMED, "record 1: Invalid CBOR: an unsigned integer stands where a map must" },
    { "[{\"n\":\"a\",\"v\":1},{\"n\":1}]", GCOAP_ERROR_MALFORMED, "record 2, n: Invalid CBOR: an unsigned integer stands where a text must" },
    { "[{\"n\":\"a\",\"vb\":1}]", GCOAP_ERROR_MALFORMED, "record 1, vb:" },
    { "[{\"n\":\"a\",\"v\":true}]", GCOAP_ERROR_MALFORMED, "record 1, v:" },
    { "[{\"n\":\"a\",\"vd\":\"A\"}]", GCOAP_ERROR_MALFORMED, "record 1, vd: the text is no base64url without padding" },
    { "[{\"n\":\"a\",\"vd\":\"AA==\"}]", GCOAP_ERROR_MALFORMED, "vd: the text is no base64url" },
    { "[{\"n\":\"a\",\"vd\":\"A+\"}]", GCOAP_ERROR_MALFORMED, "vd: the text is no base64url" },
    { "[{\"n\":\"a\",\"vd\":\"AA' + 'b\"}]", GCOAP_ERROR_MALFORMED, "vd: the text is no base64url" },
    { "[{\"n\":\"a\",\"v\":1,\"x_\":2}]", GCOAP_ERROR_UNSUPPORTED, "a field that must be understood is not known" },
    { "[{\"n\":\"a\\u0000\",\"v\":1}]", GCOAP_ERROR_MALFORMED, "record 1, n:" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].json);
      g_assert_null (parse_json (rows[i].json, &error));
      g_assert_error (error, GCOAP_ERROR, (int) rows[i].code);
      if (strstr (error->message, rows[i].message) == NULL)
        g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_limits (void)
{
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();
  g_autofree char *long_text = g_strnfill (GCOAP_SENML_MAX_TEXT_LENGTH + 1, 'a');
  g_autofree char *long_unit = g_strdup_printf ("[{\"n\":\"a\",\"u\":\"%s\",\"v\":1}]", long_text);
  g_autofree char *long_value = g_strdup_printf ("[{\"n\":\"a\",\"vs\":\"%s\"}]", long_text);
  g_autoptr (GcoapSenmlPack) pack = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize n_records = GCOAP_SENML_MAX_RECORDS; n_records <= GCOAP_SENML_MAX_RECORDS + 1; n_records++)
    {
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GcoapSenmlPack) many = NULL;

      gcoap_cbor_writer_add_array (writer, n_records);
      for (gsize i = 0; i < n_records; i++)
        gcoap_cbor_writer_add_encoded (writer, (const guint8 *) "\xa2\x00\x61\x61\x02\x00", 6);
      bytes = gcoap_cbor_writer_finish (writer, NULL);
      many = gcoap_senml_pack_parse (bytes, GCOAP_CONTENT_FORMAT_SENML_CBOR, &error);
      if (n_records == GCOAP_SENML_MAX_RECORDS)
        g_assert_no_error (error);
      else
        g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
    }
  g_clear_error (&error);

  g_assert_null (parse_json (long_unit, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);
  pack = parse_json (long_value, &error);
  g_assert_no_error (error);
}

static void
test_formats (void)
{
  g_autoptr (GcoapSenmlPack) pack = gcoap_senml_pack_new ();
  g_autoptr (GBytes) bytes = g_bytes_new ("[]", 2);
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_senml_pack_is_format (GCOAP_CONTENT_FORMAT_SENML_CBOR));
  g_assert_false (gcoap_senml_pack_is_format (GCOAP_CONTENT_FORMAT_SENML_XML));
  g_assert_null (gcoap_senml_pack_parse (bytes, GCOAP_CONTENT_FORMAT_SENML_XML, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (gcoap_senml_pack_write (pack, GCOAP_CONTENT_FORMAT_SENML_EXI, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
}

/* RFC 9100 §4. */
static void
test_secondary_units (void)
{
  g_autoptr (GcoapSenmlPack) pack = gcoap_senml_pack_new ();
  g_autoptr (GcoapSenmlRecord) record = gcoap_senml_record_new_measurement ("a", "km/h", 50);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  gcoap_senml_pack_add (pack, record);
  g_assert_null (gcoap_senml_pack_write (pack, GCOAP_CONTENT_FORMAT_SENML_JSON, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  gcoap_senml_record_set_number (record, GCOAP_SENML_FIELD_BASE_VERSION, 26);
  bytes = gcoap_senml_pack_write (pack, GCOAP_CONTENT_FORMAT_SENML_JSON, &error);
  g_assert_no_error (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/senml-codec/examples", test_examples);
  g_test_add_func ("/senml-codec/cbor-example", test_cbor_example);
  g_test_add_func ("/senml-codec/numbers", test_numbers);
  g_test_add_func ("/senml-codec/cbor-keys", test_cbor_keys);
  g_test_add_func ("/senml-codec/stream", test_stream);
  g_test_add_func ("/senml-codec/refused", test_refused);
  g_test_add_func ("/senml-codec/limits", test_limits);
  g_test_add_func ("/senml-codec/formats", test_formats);
  g_test_add_func ("/senml-codec/secondary-units", test_secondary_units);
  return g_test_run ();
}
