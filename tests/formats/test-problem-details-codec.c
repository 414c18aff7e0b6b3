/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Problem details as bytes (RFC 9290): its examples, and what is refused. */
#include <string.h>

#include <libcoap-layers/gcoap.h>

#include "helpers/message-data.h"

static GcoapProblemDetails *
parse (const char *edn,
       GError    **error)
{
  g_autoptr (GError) edn_error = NULL;
  g_autoptr (GBytes) bytes = gcoap_edn_parse (edn, -1, GCOAP_EDN_DEFAULT, &edn_error);

  g_assert_no_error (edn_error);

  return gcoap_problem_details_parse (bytes, error);
}

/* RFC 9290 §3.2, figures 3 and 4. */
static void
test_examples (void)
{
  static const char *const keys[] = { "\"tag:3gpp.org,2022-03:TS29112\"", "4711" };
  static const char *const names[] = { "tag:3gpp.org,2022-03:TS29112", "4711" };
  const char *entry = "{0: \"machine-readable error cause\", 1: [[\"first parameter name\", \"must be a positive integer\"],"
                      "[\"second parameter name\"]], 2: \"d34db33f\"}";

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *edn = g_strdup_printf ("{-1: \"title of the error\", -2: \"detailed information about the error\","
                                              "-3: \"coaps://pd.example/FA317434\", -4: 128, %s: %s}", keys[i], entry);
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapProblemDetails) details = parse (edn, &error);
      g_autoptr (GBytes) expected = gcoap_edn_parse (entry, -1, GCOAP_EDN_DEFAULT, NULL);
      g_autoptr (GBytes) written = NULL;
      g_autoptr (GcoapProblemDetails) again = NULL;
      GBytes *found;

      g_assert_no_error (error);
      g_assert_cmpstr (gcoap_problem_details_get_title (details), ==, "title of the error");
      g_assert_cmpstr (gcoap_problem_details_get_detail (details), ==, "detailed information about the error");
      g_assert_cmpstr (gcoap_problem_details_get_instance (details), ==, "coaps://pd.example/FA317434");
      g_assert_cmpuint (gcoap_problem_details_get_response_code (details), ==, GCOAP_CODE_BAD_REQUEST);
      found = gcoap_problem_details_get_entry (details, names[i]);
      g_assert_true (g_bytes_equal (found, expected));

      written = gcoap_problem_details_write (details, &error);
      g_assert_no_error (error);
      again = gcoap_problem_details_parse (written, &error);
      g_assert_no_error (error);
      g_assert_true (g_bytes_equal (gcoap_problem_details_get_entry (again, names[i]), expected));
      g_assert_cmpstr (gcoap_problem_details_get_title (again), ==, "title of the error");
    }
}

/* RFC 9290, Appendix A.3. */
static void
test_languages (void)
{
  g_autoptr (GBytes) bytes = test_bytes_from_hex ("a2 20 d8 26 82 62 656e 65 48656c6c6f"
                                                  "21 d8 26 83 62 6865 68 d7a9d79cd795d79d f5");
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_parse (bytes, &error);
  g_autoptr (GBytes) written = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (gcoap_problem_details_get_title (details), ==, "Hello");
  g_assert_cmpstr (gcoap_problem_details_get_title_language (details), ==, "en");
  g_assert_cmpint (gcoap_problem_details_get_title_direction (details), ==, GCOAP_TEXT_DIRECTION_UNSPECIFIED);
  g_assert_cmpstr (gcoap_problem_details_get_detail (details), ==, "שלום");
  g_assert_cmpstr (gcoap_problem_details_get_detail_language (details), ==, "he");
  g_assert_cmpint (gcoap_problem_details_get_detail_direction (details), ==, GCOAP_TEXT_DIRECTION_RIGHT_TO_LEFT);
  written = gcoap_problem_details_write (details, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (written, bytes));
}

static void
test_all (void)
{
  static const char *const rows[] = {
    "{-1:\"a\",-4:132,-5:\"coap://h/\",-6:\"de\",-7:false,-8:[9,60],-30:[1],7807:{0:\"x\"},\"tag:x\":{1:2}}",
    "{-7:true}", "{-7:null}", "{-8:9}", "{-1:38([\"en\",\"x\",null])}", "{-1:38([\"en\",\"x\",false])}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapProblemDetails) details = parse (rows[i], &error);
      g_autoptr (GBytes) written = NULL;
      g_autoptr (GBytes) parsed = gcoap_edn_parse (rows[i], -1, GCOAP_EDN_DEFAULT, NULL);
      g_autofree char *text = NULL;

      g_test_message ("%s", rows[i]);
      g_assert_no_error (error);
      written = gcoap_problem_details_write (details, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (written), ==, g_bytes_get_size (parsed));
      text = gcoap_edn_write (written, GCOAP_EDN_DEFAULT, NULL);
      if (i > 0)
        g_assert_cmpstr (text, ==, rows[i]);
    }
}

static void
test_refused (void)
{
  static const char *const rows[] = {
    "{}", "[]", "1", "{-1: 1}", "{-1: 'a'}", "{-1: 39([\"en\", \"x\"])}", "{-1: 38([\"en\"])}", "{-1: 38(\"x\")}",
    "{-1: 38([\"e_n\", \"x\"])}", "{-1: 38([\"en\", \"x\", 1])}", "{-1: 38([\"en\", \"x\", true, 1])}", "{-3: 1}",
    "{-4: 256}", "{-4: -1}", "{-4: \"4.04\"}", "{-6: \"\"}", "{-7: 1}", "{-8: 65536}", "{-8: [-1]}", "{-8: \"x\"}",
    "{\"x\": {}}", "{1.5: {}}", "{-18446744073709551616: 1}", "{-1: \"\\u0000\"}", "{[]: 1}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i]);
      g_assert_null (parse (rows[i], &error));
      g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
    }
}

static void
test_duplicate (void)
{
  g_autoptr (GBytes) twice = test_bytes_from_hex ("a220616120 6162");
  g_autoptr (GBytes) behind = test_bytes_from_hex ("a120616100");
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_problem_details_parse (twice, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  g_clear_error (&error);
  g_assert_null (gcoap_problem_details_parse (behind, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

static void
test_limits (void)
{
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) options = NULL, large = NULL, largest = NULL;
  g_autofree char *text = g_strnfill (GCOAP_PROBLEM_DETAILS_MAX_BYTES, 'a');
  g_autoptr (GcoapProblemDetails) details = NULL;

  gcoap_cbor_writer_add_map (writer, 1);
  gcoap_cbor_writer_add_int (writer, -8);
  gcoap_cbor_writer_add_array (writer, GCOAP_PROBLEM_DETAILS_MAX_OPTIONS + 1);
  for (guint i = 0; i <= GCOAP_PROBLEM_DETAILS_MAX_OPTIONS; i++)
    gcoap_cbor_writer_add_uint (writer, i);
  options = gcoap_cbor_writer_finish (writer, NULL);
  g_assert_null (gcoap_problem_details_parse (options, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);

  /* The map, the key and the head of the text take five bytes. */
  gcoap_cbor_writer_add_map (writer, 1);
  gcoap_cbor_writer_add_int (writer, -1);
  gcoap_cbor_writer_add_text (writer, text, GCOAP_PROBLEM_DETAILS_MAX_BYTES - 4);
  large = gcoap_cbor_writer_finish (writer, NULL);
  g_assert_null (gcoap_problem_details_parse (large, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_clear_error (&error);

  gcoap_cbor_writer_add_map (writer, 1);
  gcoap_cbor_writer_add_int (writer, -1);
  gcoap_cbor_writer_add_text (writer, text, GCOAP_PROBLEM_DETAILS_MAX_BYTES - 5);
  largest = gcoap_cbor_writer_finish (writer, NULL);
  details = gcoap_problem_details_parse (largest, &error);
  g_assert_no_error (error);
}

static void
test_write_failures (void)
{
  g_autoptr (GcoapProblemDetails) details = gcoap_problem_details_new ();
  g_autoptr (GBytes) broken = g_bytes_new ("\x18", 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_problem_details_write (details, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  gcoap_problem_details_set_entry (details, "1", broken);
  g_assert_null (gcoap_problem_details_write (details, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/problem-details-codec/examples", test_examples);
  g_test_add_func ("/problem-details-codec/languages", test_languages);
  g_test_add_func ("/problem-details-codec/all", test_all);
  g_test_add_func ("/problem-details-codec/refused", test_refused);
  g_test_add_func ("/problem-details-codec/duplicate", test_duplicate);
  g_test_add_func ("/problem-details-codec/limits", test_limits);
  g_test_add_func ("/problem-details-codec/write-failures", test_write_failures);
  return g_test_run ();
}
