/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One SenML record: its fields, by a table. */
#include "formats/gcoap-senml-private.h"

#include <math.h>
#include <string.h>

/**
 * GcoapSenmlField:
 * @GCOAP_SENML_FIELD_BASE_VERSION: `bver`: the version of SenML, a bitmap of features (RFC 9100); a number
 * @GCOAP_SENML_FIELD_BASE_NAME: `bn`: what stands in front of names; text
 * @GCOAP_SENML_FIELD_BASE_TIME: `bt`: what is added to times; a number of seconds
 * @GCOAP_SENML_FIELD_BASE_UNIT: `bu`: the unit where none is said; text
 * @GCOAP_SENML_FIELD_BASE_VALUE: `bv`: what is added to values; a number
 * @GCOAP_SENML_FIELD_BASE_SUM: `bs`: what is added to sums; a number
 * @GCOAP_SENML_FIELD_BASE_CONTENT_FORMAT: `bct`: the content format where none is said (RFC 9193); text
 * @GCOAP_SENML_FIELD_NAME: `n`: the name of what is measured; text
 * @GCOAP_SENML_FIELD_UNIT: `u`: the unit of value and sum; text
 * @GCOAP_SENML_FIELD_VALUE: `v`: the value, if it is a number
 * @GCOAP_SENML_FIELD_STRING_VALUE: `vs`: the value, if it is text
 * @GCOAP_SENML_FIELD_BOOLEAN_VALUE: `vb`: the value, if it is true or false
 * @GCOAP_SENML_FIELD_DATA_VALUE: `vd`: the value, if it is bytes
 * @GCOAP_SENML_FIELD_SUM: `s`: the integral of the values over time; a number
 * @GCOAP_SENML_FIELD_TIME: `t`: the time of measurement, in seconds; a number below 2²⁸ is relative to now, others to 1970
 * @GCOAP_SENML_FIELD_UPDATE_TIME: `ut`: when to expect the next value at the latest; a number of seconds
 * @GCOAP_SENML_FIELD_CONTENT_FORMAT: `ct`: the content format of bytes (RFC 9193), as a number or media type; text
 *
 * The fields of a SenML record (RFC 8428 §4.3).
 *
 * Base fields hold for their record and all that follow, up to the next with the same field.
 *
 * Since: 0.1
 */

/**
 * GcoapSenmlRecord:
 *
 * One record of a [struct@SenmlPack].
 *
 * Since: 0.1
 */

const GcoapSenmlFieldInfo gcoap_senml_fields[GCOAP_SENML_N_FIELDS] = {
  [GCOAP_SENML_FIELD_BASE_VERSION] = { "bver", GCOAP_SENML_KIND_NUMBER, -1 },
  [GCOAP_SENML_FIELD_BASE_NAME] = { "bn", GCOAP_SENML_KIND_TEXT, -2 },
  [GCOAP_SENML_FIELD_BASE_TIME] = { "bt", GCOAP_SENML_KIND_NUMBER, -3 },
  [GCOAP_SENML_FIELD_BASE_UNIT] = { "bu", GCOAP_SENML_KIND_TEXT, -4 },
  [GCOAP_SENML_FIELD_BASE_VALUE] = { "bv", GCOAP_SENML_KIND_NUMBER, -5 },
  [GCOAP_SENML_FIELD_BASE_SUM] = { "bs", GCOAP_SENML_KIND_NUMBER, -6 },
  [GCOAP_SENML_FIELD_BASE_CONTENT_FORMAT] = { "bct", GCOAP_SENML_KIND_TEXT, GCOAP_SENML_NO_NUMBER },
  [GCOAP_SENML_FIELD_NAME] = { "n", GCOAP_SENML_KIND_TEXT, 0 },
  [GCOAP_SENML_FIELD_UNIT] = { "u", GCOAP_SENML_KIND_TEXT, 1 },
  [GCOAP_SENML_FIELD_VALUE] = { "v", GCOAP_SENML_KIND_NUMBER, 2 },
  [GCOAP_SENML_FIELD_STRING_VALUE] = { "vs", GCOAP_SENML_KIND_TEXT, 3 },
  [GCOAP_SENML_FIELD_BOOLEAN_VALUE] = { "vb", GCOAP_SENML_KIND_BOOLEAN, 4 },
  [GCOAP_SENML_FIELD_DATA_VALUE] = { "vd", GCOAP_SENML_KIND_DATA, 8 },
  [GCOAP_SENML_FIELD_SUM] = { "s", GCOAP_SENML_KIND_NUMBER, 5 },
  [GCOAP_SENML_FIELD_TIME] = { "t", GCOAP_SENML_KIND_NUMBER, 6 },
  [GCOAP_SENML_FIELD_UPDATE_TIME] = { "ut", GCOAP_SENML_KIND_NUMBER, 7 },
  [GCOAP_SENML_FIELD_CONTENT_FORMAT] = { "ct", GCOAP_SENML_KIND_TEXT, GCOAP_SENML_NO_NUMBER },
};

G_DEFINE_BOXED_TYPE (GcoapSenmlRecord, gcoap_senml_record, gcoap_senml_record_ref, gcoap_senml_record_unref)

static gboolean
is_field (GcoapSenmlField field,
          GcoapSenmlKind  kind)
{
  return (guint) field < GCOAP_SENML_N_FIELDS && gcoap_senml_fields[field].kind == kind;
}

/**
 * gcoap_senml_record_new:
 *
 * Makes a record without fields.
 *
 * Returns: (transfer full): the record
 *
 * Since: 0.1
 */
GcoapSenmlRecord *
gcoap_senml_record_new (void)
{
  return g_atomic_rc_box_new0 (GcoapSenmlRecord);
}

/**
 * gcoap_senml_record_new_measurement:
 * @name: (nullable): the name of what was measured, or of its part behind the
 *   base name
 * @unit: (nullable): the unit
 * @value: the value
 *
 * Makes a record of a number.
 *
 * Returns: (transfer full): the record
 *
 * Since: 0.1
 */
GcoapSenmlRecord *
gcoap_senml_record_new_measurement (const char *name,
                                    const char *unit,
                                    double      value)
{
  GcoapSenmlRecord *self = gcoap_senml_record_new ();

  if (name != NULL)
    gcoap_senml_record_set_text (self, GCOAP_SENML_FIELD_NAME, name);
  if (unit != NULL)
    gcoap_senml_record_set_text (self, GCOAP_SENML_FIELD_UNIT, unit);
  gcoap_senml_record_set_number (self, GCOAP_SENML_FIELD_VALUE, value);

  return self;
}

/**
 * gcoap_senml_record_ref:
 * @self: a record
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the record
 *
 * Since: 0.1
 */
GcoapSenmlRecord *
gcoap_senml_record_ref (GcoapSenmlRecord *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  for (guint field = 0; field < GCOAP_SENML_N_FIELDS; field++)
    gcoap_senml_record_unset (data, (GcoapSenmlField) field);
}

/**
 * gcoap_senml_record_unref:
 * @self: (transfer full): a record
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
gcoap_senml_record_unref (GcoapSenmlRecord *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * gcoap_senml_record_has:
 * @self: a record
 * @field: a field
 *
 * Tells whether a field is present.
 *
 * Returns: %TRUE if it is
 *
 * Since: 0.1
 */
gboolean
gcoap_senml_record_has (GcoapSenmlRecord *self,
                        GcoapSenmlField   field)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail ((guint) field < GCOAP_SENML_N_FIELDS, FALSE);

  return (self->present & 1u << field) != 0;
}

/**
 * gcoap_senml_record_unset:
 * @self: a record
 * @field: a field
 *
 * Takes a field out.
 *
 * Since: 0.1
 */
void
gcoap_senml_record_unset (GcoapSenmlRecord *self,
                          GcoapSenmlField   field)
{
  if (!gcoap_senml_record_has (self, field))
    return;

  if (gcoap_senml_fields[field].kind == GCOAP_SENML_KIND_TEXT)
    g_free (self->values[field].text);
  else if (gcoap_senml_fields[field].kind == GCOAP_SENML_KIND_DATA)
    g_bytes_unref (self->values[field].data);
  self->present &= ~(1u << field);
}

/**
 * gcoap_senml_record_get_number:
 * @self: a record
 * @field: a field that is a number
 *
 * Gets a number.
 *
 * Returns: the number, or 0 if there is none
 *
 * Since: 0.1
 */
double
gcoap_senml_record_get_number (GcoapSenmlRecord *self,
                               GcoapSenmlField   field)
{
  g_return_val_if_fail (is_field (field, GCOAP_SENML_KIND_NUMBER), 0);

  return gcoap_senml_record_has (self, field) ? self->values[field].number : 0;
}

/**
 * gcoap_senml_record_set_number:
 * @self: a record
 * @field: a field that is a number
 * @value: the number, which must be finite
 *
 * Sets a number.
 *
 * Since: 0.1
 */
void
gcoap_senml_record_set_number (GcoapSenmlRecord *self,
                               GcoapSenmlField   field,
                               double            value)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (is_field (field, GCOAP_SENML_KIND_NUMBER));
  g_return_if_fail (isfinite (value));

  self->values[field].number = value;
  self->present |= 1u << field;
}

/**
 * gcoap_senml_record_get_text:
 * @self: a record
 * @field: a field that is text
 *
 * Gets a text.
 *
 * Returns: (nullable): the text, or %NULL if there is none
 *
 * Since: 0.1
 */
const char *
gcoap_senml_record_get_text (GcoapSenmlRecord *self,
                             GcoapSenmlField   field)
{
  g_return_val_if_fail (is_field (field, GCOAP_SENML_KIND_TEXT), NULL);

  return gcoap_senml_record_has (self, field) ? self->values[field].text : NULL;
}

/**
 * gcoap_senml_record_set_text:
 * @self: a record
 * @field: a field that is text
 * @value: the text, in UTF-8
 *
 * Sets a text.
 *
 * Since: 0.1
 */
void
gcoap_senml_record_set_text (GcoapSenmlRecord *self,
                             GcoapSenmlField   field,
                             const char       *value)
{
  char *copy;

  g_return_if_fail (self != NULL);
  g_return_if_fail (is_field (field, GCOAP_SENML_KIND_TEXT));
  g_return_if_fail (value != NULL && g_utf8_validate (value, -1, NULL));

  copy = g_strdup (value);
  gcoap_senml_record_unset (self, field);
  self->values[field].text = copy;
  self->present |= 1u << field;
}

/**
 * gcoap_senml_record_get_boolean:
 * @self: a record
 *
 * Gets %GCOAP_SENML_FIELD_BOOLEAN_VALUE.
 *
 * Returns: the value, or %FALSE if there is none
 *
 * Since: 0.1
 */
gboolean
gcoap_senml_record_get_boolean (GcoapSenmlRecord *self)
{
  return gcoap_senml_record_has (self, GCOAP_SENML_FIELD_BOOLEAN_VALUE) &&
         self->values[GCOAP_SENML_FIELD_BOOLEAN_VALUE].boolean;
}

/**
 * gcoap_senml_record_set_boolean:
 * @self: a record
 * @value: the value
 *
 * Sets %GCOAP_SENML_FIELD_BOOLEAN_VALUE.
 *
 * Since: 0.1
 */
void
gcoap_senml_record_set_boolean (GcoapSenmlRecord *self,
                                gboolean          value)
{
  g_return_if_fail (self != NULL);

  self->values[GCOAP_SENML_FIELD_BOOLEAN_VALUE].boolean = value ? TRUE : FALSE;
  self->present |= 1u << GCOAP_SENML_FIELD_BOOLEAN_VALUE;
}

/**
 * gcoap_senml_record_get_data:
 * @self: a record
 *
 * Gets %GCOAP_SENML_FIELD_DATA_VALUE.
 *
 * Returns: (transfer none) (nullable): the bytes, or %NULL if there are none
 *
 * Since: 0.1
 */
GBytes *
gcoap_senml_record_get_data (GcoapSenmlRecord *self)
{
  return gcoap_senml_record_has (self, GCOAP_SENML_FIELD_DATA_VALUE)
         ? self->values[GCOAP_SENML_FIELD_DATA_VALUE].data : NULL;
}

/**
 * gcoap_senml_record_set_data:
 * @self: a record
 * @value: the bytes
 *
 * Sets %GCOAP_SENML_FIELD_DATA_VALUE.
 *
 * Since: 0.1
 */
void
gcoap_senml_record_set_data (GcoapSenmlRecord *self,
                             GBytes           *value)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (value != NULL);

  g_bytes_ref (value);
  gcoap_senml_record_unset (self, GCOAP_SENML_FIELD_DATA_VALUE);
  self->values[GCOAP_SENML_FIELD_DATA_VALUE].data = value;
  self->present |= 1u << GCOAP_SENML_FIELD_DATA_VALUE;
}

/**
 * gcoap_senml_field_get_label:
 * @field: a field
 *
 * Gets the label a field has in JSON, such as `bn`.
 *
 * Returns: the label
 *
 * Since: 0.1
 */
const char *
gcoap_senml_field_get_label (GcoapSenmlField field)
{
  g_return_val_if_fail ((guint) field < GCOAP_SENML_N_FIELDS, NULL);

  return gcoap_senml_fields[field].label;
}
