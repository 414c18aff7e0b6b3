/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * SenML as bytes. JSON is read as CBOR with text for keys, so that there is one
 * way in and one way out.
 */
#include "formats/gcoap-senml-private.h"

#include <math.h>
#include <string.h>

#include "base/gcoap-content-format.h"
#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-reader-private.h"
#include "formats/gcoap-cbor-writer-private.h"
#include "formats/gcoap-edn.h"

/* RFC 8949 §3.4.3, §3.4.4. */
#define TAG_BIGNUM 2
#define TAG_NEGATIVE_BIGNUM 3
#define TAG_DECIMAL_FRACTION 4

/* Larger ones are zero or out of range anyway. */
#define MAX_EXPONENT 1000

typedef struct
{
  GcoapCborReader *reader;
  gboolean is_json;
  /* What is being read, for messages. */
  guint place;
  const char *label;
} Input;

static gboolean
fail (GError    **error,
      const char *reason)
{
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, reason);
  return FALSE;
}

/* Says where in the pack it was. */
static void
place_error (Input   *self,
             GError  *reason,
             GError **error)
{
  const char *bytes = strstr (reason->message, " (byte");
  /* The bytes that the reader counts are not those of the JSON. */
  g_autofree char *text = self->is_json && bytes != NULL
                          ? g_strndup (reason->message, (gsize) (bytes - reason->message))
                          : g_strdup (reason->message);

  /* One sentence within another. */
  if (g_str_has_suffix (text, "."))
    text[strlen (text) - 1] = '\0';

  g_set_error (error, GCOAP_ERROR, reason->code, "Invalid SenML: record %u%s%s: %s.", self->place + 1,
               self->label != NULL ? ", " : "", self->label != NULL ? self->label : "", text);
}

/* A number beyond 64 bits, as JSON may have it. */
static gboolean
read_bignum (Input   *self,
             gboolean is_negative,
             double  *value,
             GError **error)
{
  const guint8 *bytes;
  gsize length;

  if (!gcoap_cbor_reader_read_bytes (self->reader, &bytes, &length, error))
    return FALSE;

  *value = 0;
  for (gsize i = 0; i < length && isfinite (*value); i++)
    *value = *value * 256 + bytes[i];
  if (is_negative)
    *value = -1 - *value;

  return TRUE;
}

/* RFC 8949 §3.4.4: [exponent, mantissa]. */
static gboolean
read_decimal (Input   *self,
              double  *value,
              GError **error)
{
  char digits[64];
  gint64 exponent, mantissa;

  if (!gcoap_cbor_reader_enter_array (self->reader, NULL, error) ||
      !gcoap_cbor_reader_read_int (self->reader, &exponent, error) ||
      !gcoap_cbor_reader_read_int (self->reader, &mantissa, error) ||
      !gcoap_cbor_reader_leave (self->reader, error))
    return FALSE;

  exponent = CLAMP (exponent, -MAX_EXPONENT, MAX_EXPONENT);
  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT "e%" G_GINT64_FORMAT, mantissa, exponent);
  *value = g_ascii_strtod (digits, NULL);

  return TRUE;
}

static gboolean
read_number (Input   *self,
             double  *value,
             GError **error)
{
  gboolean success;
  guint64 tag;

  if (gcoap_cbor_reader_peek (self->reader) == GCOAP_CBOR_TYPE_TAG)
    {
      if (!gcoap_cbor_reader_read_tag (self->reader, &tag, error))
        return FALSE;
      if (tag == TAG_BIGNUM || tag == TAG_NEGATIVE_BIGNUM)
        success = read_bignum (self, tag == TAG_NEGATIVE_BIGNUM, value, error);
      else if (tag == TAG_DECIMAL_FRACTION)
        success = read_decimal (self, value, error);
      else
        return fail (error, "a number has an unexpected tag");
    }
  else
    success = gcoap_cbor_reader_read_double (self->reader, value, error);

  if (success && !isfinite (*value))
    return fail (error, "a number is not finite");

  return success;
}

/* RFC 8428 §5: base64 with the alphabet for URLs and without padding. */
static GBytes *
decode_base64 (const char *text,
               GError    **error)
{
  g_autofree char *literal = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GcoapCborReader) reader = NULL;

  if (text[strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")] == '\0')
    {
      literal = g_strconcat ("b64'", text, "'", NULL);
      encoded = gcoap_edn_parse (literal, -1, GCOAP_EDN_DEFAULT, NULL);
    }
  if (encoded == NULL)
    {
      fail (error, "the text is no base64url without padding");
      return NULL;
    }
  reader = gcoap_cbor_reader_new (encoded, GCOAP_CBOR_READER_DEFAULT);

  return gcoap_cbor_reader_dup_bytes (reader, error);
}

static gboolean
read_text (Input            *self,
           GcoapSenmlRecord *record,
           GcoapSenmlField   field,
           GError          **error)
{
  g_autofree char *text = gcoap_cbor_reader_dup_text (self->reader, error);

  if (text == NULL)
    return FALSE;
  if (field != GCOAP_SENML_FIELD_STRING_VALUE && strlen (text) > GCOAP_SENML_MAX_TEXT_LENGTH)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT, "a text is longer than the limit of %d bytes.",
                   GCOAP_SENML_MAX_TEXT_LENGTH);
      return FALSE;
    }
  gcoap_senml_record_set_text (record, field, text);

  return TRUE;
}

static gboolean
read_data (Input            *self,
           GcoapSenmlRecord *record,
           GError          **error)
{
  g_autoptr (GBytes) data = NULL;
  g_autofree char *text = NULL;

  if (self->is_json)
    {
      text = gcoap_cbor_reader_dup_text (self->reader, error);
      data = text != NULL ? decode_base64 (text, error) : NULL;
    }
  else
    data = gcoap_cbor_reader_dup_bytes (self->reader, error);
  if (data == NULL)
    return FALSE;

  gcoap_senml_record_set_data (record, data);

  return TRUE;
}

static gboolean
read_field (Input            *self,
            GcoapSenmlRecord *record,
            GcoapSenmlField   field,
            GError          **error)
{
  const GcoapSenmlFieldInfo *info = &gcoap_senml_fields[field];
  gboolean boolean;
  double number;

  /* The reader refuses keys that are there twice; but one may be there as
   * number and as text. */
  self->label = info->label;
  if (gcoap_senml_record_has (record, field))
    return fail (error, "the field is there twice");

  switch (info->kind)
    {
    case GCOAP_SENML_KIND_TEXT:
      return read_text (self, record, field, error);

    case GCOAP_SENML_KIND_DATA:
      return read_data (self, record, error);

    case GCOAP_SENML_KIND_BOOLEAN:
      if (!gcoap_cbor_reader_read_boolean (self->reader, &boolean, error))
        return FALSE;
      gcoap_senml_record_set_boolean (record, boolean);
      return TRUE;

    case GCOAP_SENML_KIND_NUMBER:
    default:
      if (!read_number (self, &number, error))
        return FALSE;
      gcoap_senml_record_set_number (record, field, number);
      return TRUE;
    }
}

/* The field of a key, or the number of fields if it is not known. */
static gboolean
read_key (Input   *self,
          guint   *field,
          GError **error)
{
  const char *label;
  gsize length;
  gint64 number;

  if (!self->is_json && gcoap_cbor_reader_peek (self->reader) != GCOAP_CBOR_TYPE_TEXT)
    {
      if (!gcoap_cbor_reader_read_int (self->reader, &number, error))
        return FALSE;
      for (*field = 0; *field < GCOAP_SENML_N_FIELDS; (*field)++)
        {
          if (gcoap_senml_fields[*field].number == number && number != GCOAP_SENML_NO_NUMBER)
            break;
        }
      return TRUE;
    }

  if (!gcoap_cbor_reader_read_text (self->reader, &label, &length, error))
    return FALSE;
  for (*field = 0; *field < GCOAP_SENML_N_FIELDS; (*field)++)
    {
      if (strlen (gcoap_senml_fields[*field].label) == length &&
          memcmp (gcoap_senml_fields[*field].label, label, length) == 0)
        return TRUE;
    }
  /* RFC 8428 §4.4: what must be understood. */
  if (length > 0 && label[length - 1] == '_')
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                           "a field that must be understood is not known.");
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_record (Input            *self,
             GcoapSenmlRecord *record,
             GError          **error)
{
  if (!gcoap_cbor_reader_enter_map (self->reader, NULL, error))
    return FALSE;

  while (gcoap_cbor_reader_peek (self->reader) != GCOAP_CBOR_TYPE_END)
    {
      gboolean success;
      guint field;

      self->label = NULL;
      if (!read_key (self, &field, error))
        return FALSE;
      success = field < GCOAP_SENML_N_FIELDS
                ? read_field (self, record, (GcoapSenmlField) field, error)
                : gcoap_cbor_reader_skip (self->reader, error);
      if (!success)
        return FALSE;
    }

  self->label = NULL;

  return gcoap_cbor_reader_leave (self->reader, error);
}

static gboolean
read_records (Input          *self,
              GcoapSenmlPack *pack,
              GError        **error)
{
  if (!gcoap_cbor_reader_enter_array (self->reader, NULL, error))
    return FALSE;

  for (; gcoap_cbor_reader_peek (self->reader) != GCOAP_CBOR_TYPE_END; self->place++)
    {
      g_autoptr (GcoapSenmlRecord) record = gcoap_senml_record_new ();

      if (self->place >= GCOAP_SENML_MAX_RECORDS)
        {
          g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                       "there are more records than the limit of %d.", GCOAP_SENML_MAX_RECORDS);
          return FALSE;
        }
      if (!read_record (self, record, error))
        return FALSE;
      gcoap_senml_pack_add (pack, record);
    }

  return gcoap_cbor_reader_leave (self->reader, error) && gcoap_cbor_reader_finish (self->reader, error);
}

static gboolean
is_json_format (guint content_format)
{
  return content_format == GCOAP_CONTENT_FORMAT_SENML_JSON || content_format == GCOAP_CONTENT_FORMAT_SENSML_JSON;
}

/**
 * gcoap_senml_pack_is_format:
 * @content_format: the number of a content format
 *
 * Tells whether packs can be read and written in a content format: SenML or SenSML, as JSON or CBOR.
 *
 * Returns: %TRUE if they can
 *
 * Since: 0.1
 */
gboolean
gcoap_senml_pack_is_format (guint content_format)
{
  return is_json_format (content_format) || content_format == GCOAP_CONTENT_FORMAT_SENML_CBOR ||
         content_format == GCOAP_CONTENT_FORMAT_SENSML_CBOR;
}

static gboolean
check_format (guint    content_format,
              GError **error)
{
  if (gcoap_senml_pack_is_format (content_format))
    return TRUE;

  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
               "Content format %u is not SenML in JSON or CBOR.", content_format);
  return FALSE;
}

/**
 * gcoap_senml_pack_parse:
 * @payload: the bytes of a pack
 * @content_format: what they are: a content format of
 *   [func@SenmlPack.is_format]
 * @error: return location for an error
 *
 * Reads a pack.
 *
 * Fields that are not known are passed over, unless their label says that they must be understood. The error is
 * `GCOAP_ERROR_MALFORMED`; `GCOAP_ERROR_UNSUPPORTED` for a content format, a version or a field that is not supported; and
 * `GCOAP_ERROR_LIMIT` for more than %GCOAP_SENML_MAX_RECORDS records, or a text longer than %GCOAP_SENML_MAX_TEXT_LENGTH.
 *
 * Returns: (transfer full): the pack, or %NULL
 *
 * Since: 0.1
 */
GcoapSenmlPack *
gcoap_senml_pack_parse (GBytes  *payload,
                        guint    content_format,
                        GError **error)
{
  g_autoptr (GcoapSenmlPack) pack = NULL;
  g_autoptr (GBytes) encoded = NULL;
  g_autoptr (GError) reason = NULL;
  GcoapCborReader reader;
  GcoapCborReaderFlags flags = GCOAP_CBOR_READER_UNIQUE_KEYS;
  Input self = { .reader = &reader };
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (payload != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!check_format (content_format, error))
    return NULL;

  self.is_json = is_json_format (content_format);
  data = g_bytes_get_data (payload, &length);
  if (self.is_json)
    {
      encoded = gcoap_edn_parse (data != NULL ? (const char *) data : "", (gssize) length, GCOAP_EDN_JSON, error);
      if (encoded == NULL)
        return NULL;
      data = g_bytes_get_data (encoded, &length);
    }
  /* RFC 8428 §6: only a stream has no length. */
  if (content_format == GCOAP_CONTENT_FORMAT_SENSML_CBOR)
    flags |= GCOAP_CBOR_READER_INDEFINITE;

  pack = gcoap_senml_pack_new ();
  gcoap_cbor_reader_init (&reader, data, length, flags);
  if (!read_records (&self, pack, &reason))
    {
      place_error (&self, reason, error);
      return NULL;
    }
  if (!gcoap_senml_pack_check (pack, error))
    return NULL;

  return g_steal_pointer (&pack);
}

/* Whole numbers are written as such. */
static void
write_number (GcoapCborWriter *writer,
              double           number)
{
  const double most = 9007199254740992.0;

  if (number == floor (number) && fabs (number) <= most && !(number == 0 && signbit (number)))
    gcoap_cbor_writer_add_int (writer, (gint64) number);
  else
    gcoap_cbor_writer_add_double (writer, number);
}

static void
write_data (GcoapCborWriter *writer,
            GBytes          *data,
            gboolean         is_json)
{
  gsize length;
  const guint8 *bytes = g_bytes_get_data (data, &length);
  g_autofree char *text = NULL;

  if (!is_json)
    {
      gcoap_cbor_writer_add_bytes (writer, bytes, length);
      return;
    }
  text = length > 0 ? g_base64_encode (bytes, length) : g_strdup ("");
  g_strdelimit (text, "+", '-');
  g_strdelimit (text, "/", '_');
  gcoap_cbor_writer_add_text (writer, text, (gssize) strcspn (text, "="));
}

static void
write_field (GcoapCborWriter  *writer,
             GcoapSenmlRecord *record,
             GcoapSenmlField   field,
             gboolean          is_json)
{
  const GcoapSenmlFieldInfo *info = &gcoap_senml_fields[field];

  if (is_json || info->number == GCOAP_SENML_NO_NUMBER)
    gcoap_cbor_writer_add_text (writer, info->label, -1);
  else
    gcoap_cbor_writer_add_int (writer, info->number);

  switch (info->kind)
    {
    case GCOAP_SENML_KIND_TEXT:
      gcoap_cbor_writer_add_text (writer, gcoap_senml_record_get_text (record, field), -1);
      break;
    case GCOAP_SENML_KIND_DATA:
      write_data (writer, gcoap_senml_record_get_data (record), is_json);
      break;
    case GCOAP_SENML_KIND_BOOLEAN:
      gcoap_cbor_writer_add_boolean (writer, gcoap_senml_record_get_boolean (record));
      break;
    case GCOAP_SENML_KIND_NUMBER:
    default:
      write_number (writer, gcoap_senml_record_get_number (record, field));
      break;
    }
}

static guint
count_fields (GcoapSenmlRecord *record)
{
  guint n_fields = 0;

  for (guint32 rest = record->present; rest != 0; rest &= rest - 1)
    n_fields++;

  return n_fields;
}

/* Fields in JSON have the order of the table; those in CBOR that of §4.2 of
 * RFC 8949. */
static void
write_record (GcoapCborWriter  *writer,
              GcoapSenmlRecord *record,
              gboolean          is_json)
{
  if (is_json)
    gcoap_cbor_writer_add_map (writer, count_fields (record));
  else
    gcoap_cbor_writer_begin_map (writer);
  for (guint field = 0; field < GCOAP_SENML_N_FIELDS; field++)
    {
      if ((record->present & 1u << field) != 0)
        write_field (writer, record, (GcoapSenmlField) field, is_json);
    }
  if (!is_json)
    gcoap_cbor_writer_end (writer);
}

/* RFC 9100 §4. */
static gboolean
check_units (GcoapSenmlPack *self,
             GError        **error)
{
  static const GcoapSenmlField fields[] = { GCOAP_SENML_FIELD_BASE_UNIT, GCOAP_SENML_FIELD_UNIT };

  if ((gcoap_senml_pack_get_version (self) & GCOAP_SENML_FEATURE_SECONDARY_UNITS) != 0)
    return TRUE;

  for (guint i = 0; i < self->records->len; i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (fields); j++)
        {
          const char *unit = gcoap_senml_record_get_text (g_ptr_array_index (self->records, i), fields[j]);

          if (unit == NULL || !gcoap_senml_unit_is_secondary (unit))
            continue;
          gcoap_senml_set_error (error, GCOAP_ERROR_INVALID_ARGUMENT, i,
                                 "the unit %s may be used only with base version %d", unit,
                                 GCOAP_SENML_DEFAULT_VERSION | GCOAP_SENML_FEATURE_SECONDARY_UNITS);
          return FALSE;
        }
    }

  return TRUE;
}

/**
 * gcoap_senml_pack_write:
 * @self: a pack
 * @content_format: a content format of [func@SenmlPack.is_format]
 * @error: return location for an error
 *
 * Writes a pack.
 *
 * Fails as [func@SenmlPack.parse] does if the records do not go together, and with `GCOAP_ERROR_INVALID_ARGUMENT` for a
 * secondary unit in a pack whose base version does not say so.
 *
 * Returns: (transfer full): the bytes, or %NULL
 *
 * Since: 0.1
 */
GBytes *
gcoap_senml_pack_write (GcoapSenmlPack *self,
                        guint           content_format,
                        GError        **error)
{
  g_auto (GcoapCborWriter) writer;
  g_autoptr (GBytes) encoded = NULL;
  gboolean is_stream = content_format == GCOAP_CONTENT_FORMAT_SENSML_CBOR;
  gboolean is_json = is_json_format (content_format);
  char *text;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  gcoap_cbor_writer_init (&writer, NULL, 0);
  if (!check_format (content_format, error) || !gcoap_senml_pack_check (self, error) || !check_units (self, error))
    return NULL;

  gcoap_cbor_writer_add_head (&writer, GCOAP_CBOR_MAJOR_ARRAY, self->records->len,
                              is_stream ? GCOAP_CBOR_WIDTH_INDEFINITE : GCOAP_CBOR_WIDTH_SHORTEST);
  for (guint i = 0; i < self->records->len; i++)
    write_record (&writer, g_ptr_array_index (self->records, i), is_json);
  if (is_stream)
    gcoap_cbor_writer_add_raw (&writer, (const guint8 *) "\xff", 1);

  encoded = gcoap_cbor_writer_finish (&writer, error);
  if (encoded == NULL || !is_json)
    return g_steal_pointer (&encoded);

  text = gcoap_edn_write (encoded, GCOAP_EDN_JSON, error);

  return text != NULL ? g_bytes_new_take (text, strlen (text)) : NULL;
}
