/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fields of a SenML record. */
#include <libcoap-layers/gcoap.h>

#include "helpers/message-data.h"

static void
test_fields (void)
{
  g_autoptr (GcoapSenmlRecord) record = gcoap_senml_record_new ();
  g_autoptr (GcoapSenmlRecord) same = gcoap_senml_record_ref (record);
  g_autoptr (GBytes) data = g_bytes_new ("x", 1);

  g_assert_true (same == record);
  for (guint field = 0; field <= GCOAP_SENML_FIELD_CONTENT_FORMAT; field++)
    g_assert_false (gcoap_senml_record_has (record, (GcoapSenmlField) field));
  g_assert_null (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME));
  g_assert_null (gcoap_senml_record_get_data (record));
  g_assert_false (gcoap_senml_record_get_boolean (record));
  g_assert_cmpfloat (gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_VALUE), ==, 0);

  gcoap_senml_record_set_text (record, GCOAP_SENML_FIELD_NAME, "longer");
  gcoap_senml_record_set_text (record, GCOAP_SENML_FIELD_NAME, gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME) + 4);
  g_assert_cmpstr (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME), ==, "er");
  gcoap_senml_record_set_number (record, GCOAP_SENML_FIELD_BASE_TIME, -1.5);
  g_assert_cmpfloat (gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_BASE_TIME), ==, -1.5);
  gcoap_senml_record_set_data (record, data);
  gcoap_senml_record_set_data (record, gcoap_senml_record_get_data (record));
  g_assert_true (gcoap_senml_record_get_data (record) == data);
  gcoap_senml_record_set_boolean (record, 7);
  g_assert_cmpint (gcoap_senml_record_get_boolean (record), ==, TRUE);

  gcoap_senml_record_unset (record, GCOAP_SENML_FIELD_NAME);
  gcoap_senml_record_unset (record, GCOAP_SENML_FIELD_NAME);
  gcoap_senml_record_unset (record, GCOAP_SENML_FIELD_DATA_VALUE);
  g_assert_false (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_NAME));
  g_assert_null (gcoap_senml_record_get_data (record));
  g_assert_true (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_BOOLEAN_VALUE));
}

static void
test_measurement (void)
{
  g_autoptr (GcoapSenmlRecord) record = gcoap_senml_record_new_measurement ("a", "Cel", 23.1);
  g_autoptr (GcoapSenmlRecord) bare = gcoap_senml_record_new_measurement (NULL, NULL, 1);

  g_assert_cmpstr (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME), ==, "a");
  g_assert_cmpstr (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_UNIT), ==, "Cel");
  g_assert_cmpfloat (gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_VALUE), ==, 23.1);
  g_assert_false (gcoap_senml_record_has (bare, GCOAP_SENML_FIELD_NAME));
  g_assert_false (gcoap_senml_record_has (bare, GCOAP_SENML_FIELD_UNIT));
}

/* RFC 8428 §4.3, RFC 9193 §3. */
static void
test_labels (void)
{
  static const char *const labels[] = {
    "bver", "bn", "bt", "bu", "bv", "bs", "bct", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut", "ct",
  };

  for (guint i = 0; i < G_N_ELEMENTS (labels); i++)
    g_assert_cmpstr (gcoap_senml_field_get_label ((GcoapSenmlField) i), ==, labels[i]);
}

static void
test_programming_errors (void)
{
  g_autoptr (GcoapSenmlRecord) record = gcoap_senml_record_new ();

  if (!g_test_undefined ())
    return;

  test_assert_critical ("*is_field*", gcoap_senml_record_set_number (record, GCOAP_SENML_FIELD_NAME, 1));
  test_assert_critical ("*is_field*", gcoap_senml_record_set_text (record, GCOAP_SENML_FIELD_VALUE, ""));
  test_assert_critical ("*utf8*", gcoap_senml_record_set_text (record, GCOAP_SENML_FIELD_NAME, "\xff"));
  test_assert_critical ("*isfinite*", gcoap_senml_record_set_number (record, GCOAP_SENML_FIELD_VALUE, G_MAXDOUBLE * 2));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/senml-record/fields", test_fields);
  g_test_add_func ("/senml-record/measurement", test_measurement);
  g_test_add_func ("/senml-record/labels", test_labels);
  g_test_add_func ("/senml-record/programming-errors", test_programming_errors);
  return g_test_run ();
}
