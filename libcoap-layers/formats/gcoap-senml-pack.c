/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A list of SenML records, what it must be like, and its resolved form. */
#include "formats/gcoap-senml-private.h"

#include <math.h>
#include <string.h>

#include "base/gcoap-error.h"

/**
 * GcoapSenmlPack:
 *
 * A Sensor Measurement List (RFC 8428): records of measurements, parameters or settings.
 *
 * Understood are packs of version 10 and older, and the feature of secondary units (RFC 9100 §4).
 *
 * Since: 0.1
 */

/**
 * GCOAP_SENML_MAX_RECORDS:
 *
 * The number of records [func@SenmlPack.parse] takes.
 *
 * Since: 0.1
 */

/**
 * GCOAP_SENML_MAX_TEXT_LENGTH:
 *
 * The number of bytes of the longest name, with its base name, and of the longest unit and content format.
 *
 * Since: 0.1
 */

/* RFC 8428 §4.5.3: from here on a time is relative to 1970. */
#define FIRST_ABSOLUTE_TIME 268435456.0

/* RFC 9100 §2.1: what JSON can say without rounding. */
#define MAX_VERSION 9007199254740991.0

#define BIT(field) (1u << GCOAP_SENML_FIELD_##field)
#define TYPED_VALUES (BIT (STRING_VALUE) | BIT (BOOLEAN_VALUE) | BIT (DATA_VALUE))
#define BASE_FIELDS (BIT (BASE_VERSION) | BIT (BASE_NAME) | BIT (BASE_TIME) | BIT (BASE_UNIT) | \
                     BIT (BASE_VALUE) | BIT (BASE_SUM) | BIT (BASE_CONTENT_FORMAT))

G_DEFINE_BOXED_TYPE (GcoapSenmlPack, gcoap_senml_pack, gcoap_senml_pack_ref, gcoap_senml_pack_unref)

/* The base fields in effect at a record. */
typedef struct
{
  guint32 present;
  GcoapSenmlRecord *by_field[GCOAP_SENML_N_FIELDS];
} Bases;

static void
update_bases (Bases            *bases,
              GcoapSenmlRecord *record)
{
  for (guint field = 0; field < GCOAP_SENML_FIELD_NAME; field++)
    {
      if ((record->present & 1u << field) != 0)
        bases->by_field[field] = record;
    }
  bases->present |= record->present & BASE_FIELDS;
}

static const char *
get_base_text (const Bases     *bases,
               GcoapSenmlField  field)
{
  return bases->by_field[field] != NULL ? gcoap_senml_record_get_text (bases->by_field[field], field) : NULL;
}

static double
get_base_number (const Bases     *bases,
                 GcoapSenmlField  field)
{
  return bases->by_field[field] != NULL ? gcoap_senml_record_get_number (bases->by_field[field], field) : 0;
}

void
gcoap_senml_set_error (GError    **error,
                       int         code,
                       guint       place,
                       const char *format,
                       ...)
{
  g_autofree char *reason = NULL;
  va_list arguments;

  va_start (arguments, format);
  reason = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, GCOAP_ERROR, code, "Invalid SenML: %s (record %u).", reason, place + 1);
}

static gboolean
fail (GError    **error,
      guint       place,
      const char *reason)
{
  gcoap_senml_set_error (error, GCOAP_ERROR_MALFORMED, place, "%s", reason);
  return FALSE;
}

/* RFC 8428 §4.4, RFC 9100 §2.2: beyond version 10 every feature must be known. */
static gboolean
check_version (double   version,
               guint    place,
               GError **error)
{
  guint64 bits;

  if (version < 1 || version > MAX_VERSION || version != floor (version))
    return fail (error, place, "the base version is no positive integer");

  bits = (guint64) version;
  if (bits <= GCOAP_SENML_DEFAULT_VERSION || bits == (GCOAP_SENML_DEFAULT_VERSION | GCOAP_SENML_FEATURE_SECONDARY_UNITS))
    return TRUE;

  gcoap_senml_set_error (error, GCOAP_ERROR_UNSUPPORTED, place, "version %" G_GUINT64_FORMAT " is not supported", bits);
  return FALSE;
}

/* RFC 8428 §4.4: all records have the same version. */
static gboolean
check_versions (GcoapSenmlPack *self,
                guint           place,
                const Bases    *bases,
                GError        **error)
{
  GcoapSenmlRecord *record = gcoap_senml_pack_get_record (self, place);
  double version = gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_BASE_VERSION);

  if (!gcoap_senml_record_has (record, GCOAP_SENML_FIELD_BASE_VERSION))
    return TRUE;
  if (!check_version (version, place, error))
    return FALSE;

  if (bases->by_field[GCOAP_SENML_FIELD_BASE_VERSION] != NULL)
    return get_base_number (bases, GCOAP_SENML_FIELD_BASE_VERSION) == version ||
           fail (error, place, "the base version is another than before");

  return place == 0 || version == GCOAP_SENML_DEFAULT_VERSION ||
         fail (error, place, "the base version is another than that of the records before");
}

/* RFC 8428 §4.5.1. */
static gboolean
check_name (const char *base_name,
            const char *name,
            guint       place,
            GError    **error)
{
  const char *parts[] = { base_name != NULL ? base_name : "", name != NULL ? name : "" };
  gboolean is_first = TRUE;

  if (strlen (parts[0]) + strlen (parts[1]) > GCOAP_SENML_MAX_TEXT_LENGTH)
    {
      gcoap_senml_set_error (error, GCOAP_ERROR_LIMIT, place,
                             "a name is longer than the limit of %d bytes", GCOAP_SENML_MAX_TEXT_LENGTH);
      return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      for (const char *c = parts[i]; *c != '\0'; c++)
        {
          if (!g_ascii_isalnum (*c) && strchr ("-:./_", *c) == NULL)
            return fail (error, place, "a name may have letters of ASCII, digits and “-:./_” only");
          if (is_first && !g_ascii_isalnum (*c))
            return fail (error, place, "a name must begin with a letter or a digit");
          is_first = FALSE;
        }
    }

  return !is_first || fail (error, place, "there is neither a name nor a base name");
}

static gboolean
has_one_bit (guint32 bits)
{
  return bits != 0 && (bits & (bits - 1)) == 0;
}

static gboolean
check_record (GcoapSenmlRecord *record,
              guint             place,
              const Bases      *bases,
              GError          **error)
{
  guint32 values = record->present & (TYPED_VALUES | BIT (VALUE));

  /* RFC 8428 §5.1.7 has a record that only says the base name. */
  if ((record->present & ~BASE_FIELDS) == 0 && (bases->present & (BIT (BASE_VALUE) | BIT (BASE_SUM))) == 0)
    return TRUE;

  if (values != 0 && !has_one_bit (values))
    return fail (error, place, "there is more than one value");
  /* §4.5.4: the base value and the base sum stand in for what is missing. */
  if (values == 0 && (record->present & BIT (SUM)) == 0 &&
      (bases->present & (BIT (BASE_VALUE) | BIT (BASE_SUM))) == 0)
    return fail (error, place, "there is no value");

  return check_name (get_base_text (bases, GCOAP_SENML_FIELD_BASE_NAME),
                     gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME), place, error);
}

gboolean
gcoap_senml_pack_check (GcoapSenmlPack *self,
                        GError        **error)
{
  Bases bases = { 0 };

  for (guint i = 0; i < self->records->len; i++)
    {
      GcoapSenmlRecord *record = g_ptr_array_index (self->records, i);

      if (!check_versions (self, i, &bases, error))
        return FALSE;
      update_bases (&bases, record);
      if (!check_record (record, i, &bases, error))
        return FALSE;
    }

  return TRUE;
}

guint64
gcoap_senml_pack_get_version (GcoapSenmlPack *self)
{
  for (guint i = 0; i < self->records->len; i++)
    {
      GcoapSenmlRecord *record = g_ptr_array_index (self->records, i);

      if (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_BASE_VERSION))
        return (guint64) gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_BASE_VERSION);
    }

  return GCOAP_SENML_DEFAULT_VERSION;
}

/**
 * gcoap_senml_pack_new:
 *
 * Makes a pack without records.
 *
 * Returns: (transfer full): the pack
 *
 * Since: 0.1
 */
GcoapSenmlPack *
gcoap_senml_pack_new (void)
{
  GcoapSenmlPack *self = g_atomic_rc_box_new (GcoapSenmlPack);

  self->records = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_senml_record_unref);

  return self;
}

/**
 * gcoap_senml_pack_ref:
 * @self: a pack
 *
 * Takes a reference.
 *
 * Returns: (transfer full): the pack
 *
 * Since: 0.1
 */
GcoapSenmlPack *
gcoap_senml_pack_ref (GcoapSenmlPack *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  GcoapSenmlPack *self = data;

  g_ptr_array_unref (self->records);
}

/**
 * gcoap_senml_pack_unref:
 * @self: (transfer full): a pack
 *
 * Gives a reference back.
 *
 * Since: 0.1
 */
void
gcoap_senml_pack_unref (GcoapSenmlPack *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, clear);
}

/**
 * gcoap_senml_pack_add:
 * @self: a pack
 * @record: (transfer none): a record
 *
 * Adds a record at the end.
 *
 * Since: 0.1
 */
void
gcoap_senml_pack_add (GcoapSenmlPack   *self,
                      GcoapSenmlRecord *record)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (record != NULL);

  g_ptr_array_add (self->records, gcoap_senml_record_ref (record));
}

/**
 * gcoap_senml_pack_get_n_records:
 * @self: a pack
 *
 * Gets the number of records.
 *
 * Returns: the number
 *
 * Since: 0.1
 */
guint
gcoap_senml_pack_get_n_records (GcoapSenmlPack *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->records->len;
}

/**
 * gcoap_senml_pack_get_record:
 * @self: a pack
 * @place: which record, from 0
 *
 * Gets a record.
 *
 * Returns: (transfer none): the record
 *
 * Since: 0.1
 */
GcoapSenmlRecord *
gcoap_senml_pack_get_record (GcoapSenmlPack *self,
                             guint           place)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (place < self->records->len, NULL);

  return g_ptr_array_index (self->records, place);
}

static gboolean
set_sum (GcoapSenmlRecord *resolved,
         GcoapSenmlField   field,
         double            number,
         guint             place,
         GError          **error)
{
  if (!isfinite (number))
    return fail (error, place, "a number and its base are out of range together");

  gcoap_senml_record_set_number (resolved, field, number);

  return TRUE;
}

/* RFC 8428 §4.5.4. */
static gboolean
resolve_numbers (GcoapSenmlRecord *resolved,
                 GcoapSenmlRecord *record,
                 guint             place,
                 const Bases      *bases,
                 double            now,
                 GError          **error)
{
  double time = gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_TIME) +
                get_base_number (bases, GCOAP_SENML_FIELD_BASE_TIME);
  double value = gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_VALUE) +
                 get_base_number (bases, GCOAP_SENML_FIELD_BASE_VALUE);
  double sum = gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_SUM) +
               get_base_number (bases, GCOAP_SENML_FIELD_BASE_SUM);
  guint32 present = record->present | bases->present;

  if (now > 0 && time < FIRST_ABSOLUTE_TIME)
    time += now;
  if (time != 0 && !set_sum (resolved, GCOAP_SENML_FIELD_TIME, time, place, error))
    return FALSE;
  if ((record->present & TYPED_VALUES) == 0 && (present & (BIT (VALUE) | BIT (BASE_VALUE))) != 0 &&
      !set_sum (resolved, GCOAP_SENML_FIELD_VALUE, value, place, error))
    return FALSE;
  if ((present & (BIT (SUM) | BIT (BASE_SUM))) != 0 && !set_sum (resolved, GCOAP_SENML_FIELD_SUM, sum, place, error))
    return FALSE;
  if (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_UPDATE_TIME))
    gcoap_senml_record_set_number (resolved, GCOAP_SENML_FIELD_UPDATE_TIME,
                                   gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_UPDATE_TIME));

  return TRUE;
}

static void
resolve_texts (GcoapSenmlRecord *resolved,
               GcoapSenmlRecord *record,
               const Bases      *bases)
{
  const char *base_name = get_base_text (bases, GCOAP_SENML_FIELD_BASE_NAME);
  const char *name = gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME);
  const char *unit = gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_UNIT);
  const char *format = gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_CONTENT_FORMAT);
  const char *string = gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_STRING_VALUE);
  GBytes *data = gcoap_senml_record_get_data (record);
  g_autofree char *whole_name = g_strconcat (base_name != NULL ? base_name : "", name != NULL ? name : "", NULL);

  gcoap_senml_record_set_text (resolved, GCOAP_SENML_FIELD_NAME, whole_name);
  if (unit == NULL)
    unit = get_base_text (bases, GCOAP_SENML_FIELD_BASE_UNIT);
  if (unit != NULL)
    gcoap_senml_record_set_text (resolved, GCOAP_SENML_FIELD_UNIT, unit);
  if (string != NULL)
    gcoap_senml_record_set_text (resolved, GCOAP_SENML_FIELD_STRING_VALUE, string);
  if (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_BOOLEAN_VALUE))
    gcoap_senml_record_set_boolean (resolved, gcoap_senml_record_get_boolean (record));
  /* RFC 9193 §4: only bytes get the base content format. */
  if (format == NULL && data != NULL)
    format = get_base_text (bases, GCOAP_SENML_FIELD_BASE_CONTENT_FORMAT);
  if (data != NULL)
    gcoap_senml_record_set_data (resolved, data);
  if (format != NULL)
    gcoap_senml_record_set_text (resolved, GCOAP_SENML_FIELD_CONTENT_FORMAT, format);
}

/* Records of the same time stay in their order. */
static gint
compare_times (gconstpointer a,
               gconstpointer b,
               gpointer      data)
{
  GcoapSenmlRecord *record_a = *(GcoapSenmlRecord *const *) a;
  GcoapSenmlRecord *record_b = *(GcoapSenmlRecord *const *) b;
  double time_a = gcoap_senml_record_get_number (record_a, GCOAP_SENML_FIELD_TIME);
  double time_b = gcoap_senml_record_get_number (record_b, GCOAP_SENML_FIELD_TIME);

  return (time_a > time_b) - (time_a < time_b);
}

/**
 * gcoap_senml_pack_resolve:
 * @self: a pack
 * @now: the time that relative times are relative to, in seconds since 1970;
 *   or 0 to leave them relative
 * @error: return location for an error
 *
 * Makes a pack of resolved records (RFC 8428 §4.6): each with its whole name, its unit, time, value and sum, and in
 * chronological order.
 *
 * Records that have base fields only are left out. The error is `GCOAP_ERROR_MALFORMED` if the records do not go together, and
 * `GCOAP_ERROR_UNSUPPORTED` if their version is not supported.
 *
 * Returns: (transfer full): the pack, or %NULL
 *
 * Since: 0.1
 */
GcoapSenmlPack *
gcoap_senml_pack_resolve (GcoapSenmlPack *self,
                          double          now,
                          GError        **error)
{
  g_autoptr (GcoapSenmlPack) resolved = NULL;
  Bases bases = { 0 };
  guint64 version;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (now >= 0 && isfinite (now), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!gcoap_senml_pack_check (self, error))
    return NULL;

  resolved = gcoap_senml_pack_new ();
  version = gcoap_senml_pack_get_version (self);
  for (guint i = 0; i < self->records->len; i++)
    {
      GcoapSenmlRecord *record = g_ptr_array_index (self->records, i);
      g_autoptr (GcoapSenmlRecord) copy = gcoap_senml_record_new ();

      update_bases (&bases, record);
      if ((record->present & ~BASE_FIELDS) == 0 && (bases.present & (BIT (BASE_VALUE) | BIT (BASE_SUM))) == 0)
        continue;
      if (!resolve_numbers (copy, record, i, &bases, now, error))
        return NULL;
      resolve_texts (copy, record, &bases);
      if (version != GCOAP_SENML_DEFAULT_VERSION)
        gcoap_senml_record_set_number (copy, GCOAP_SENML_FIELD_BASE_VERSION, (double) version);
      gcoap_senml_pack_add (resolved, copy);
    }
  g_ptr_array_sort_with_data (resolved->records, compare_times, NULL);

  return g_steal_pointer (&resolved);
}
