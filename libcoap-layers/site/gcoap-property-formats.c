/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-property-formats-private.h"

#include <math.h>
#include <string.h>

#include "base/gcoap-content-format.h"
#include "base/gcoap-error.h"
#include "formats/gcoap-cbor-reader.h"
#include "formats/gcoap-cbor-writer.h"
#include "formats/gcoap-senml-pack.h"
#include "site/gcoap-property-text-private.h"

/* Up to here a double is any integer, and no two are the same. */
#define MAX_EXACT_INTEGER (G_GINT64_CONSTANT (1) << 53)

const guint gcoap_property_formats[GCOAP_PROPERTY_N_FORMATS] = {
  GCOAP_CONTENT_FORMAT_TEXT_PLAIN,
  GCOAP_CONTENT_FORMAT_CBOR,
  GCOAP_CONTENT_FORMAT_SENML_JSON,
  GCOAP_CONTENT_FORMAT_SENML_CBOR,
};

/* What the many types of values come down to. */
typedef enum
{
  KIND_UNKNOWN,
  KIND_BOOLEAN,
  KIND_INTEGER,
  KIND_REAL,
  KIND_TEXT,
} Kind;

static Kind
get_kind (GType type)
{
  switch (G_TYPE_FUNDAMENTAL (type))
    {
    case G_TYPE_BOOLEAN:
      return KIND_BOOLEAN;
    case G_TYPE_CHAR:
    case G_TYPE_UCHAR:
    case G_TYPE_INT:
    case G_TYPE_UINT:
    case G_TYPE_LONG:
    case G_TYPE_ULONG:
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
      return KIND_INTEGER;
    case G_TYPE_FLOAT:
    case G_TYPE_DOUBLE:
      return KIND_REAL;
    case G_TYPE_ENUM:
    case G_TYPE_STRING:
      return KIND_TEXT;
    default:
      return KIND_UNKNOWN;
    }
}

static double
get_real (const GValue *value)
{
  return G_VALUE_HOLDS_FLOAT (value) ? (double) g_value_get_float (value) : g_value_get_double (value);
}

static GBytes *
write_cbor (const GValue *value,
            const char   *text,
            GError      **error)
{
  g_autoptr (GcoapCborWriter) writer = gcoap_cbor_writer_new ();
  guint64 number;

  switch (get_kind (G_VALUE_TYPE (value)))
    {
    case KIND_BOOLEAN:
      gcoap_cbor_writer_add_boolean (writer, g_value_get_boolean (value));
      break;
    case KIND_INTEGER:
      if (text[0] == '-')
        gcoap_cbor_writer_add_int (writer, g_ascii_strtoll (text, NULL, 10));
      else if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, &number, error))
        gcoap_cbor_writer_add_uint (writer, number);
      break;
    case KIND_REAL:
      gcoap_cbor_writer_add_double (writer, get_real (value));
      break;
    case KIND_TEXT:
    case KIND_UNKNOWN:
    default:
      gcoap_cbor_writer_add_text (writer, text, -1);
    }
  return gcoap_cbor_writer_finish (writer, error);
}

static gboolean
set_senml_number (GcoapSenmlRecord         *record,
                  double                    number,
                  const GcoapPropertyLabel *label,
                  GError                  **error)
{
  /* Neither JSON nor RFC 8428 §4.3 has infinities and what is no number. */
  if (!isfinite (number))
    {
      g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_ACCEPTABLE,
                           "SenML has no such number as the value is now.");
      return FALSE;
    }
  gcoap_senml_record_set_number (record, GCOAP_SENML_FIELD_VALUE, number);
  if (label->unit != NULL)
    gcoap_senml_record_set_text (record, GCOAP_SENML_FIELD_UNIT, label->unit);
  return TRUE;
}

static gboolean
set_senml_integer (GcoapSenmlRecord         *record,
                   const char               *text,
                   const GcoapPropertyLabel *label,
                   GError                  **error)
{
  gint64 number;

  if (g_ascii_string_to_signed (text, 10, -MAX_EXACT_INTEGER, MAX_EXACT_INTEGER, &number, NULL))
    return set_senml_number (record, (double) number, label, error);
  g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_ACCEPTABLE,
                       "The value has more digits than SenML can carry.");
  return FALSE;
}

static GBytes *
write_senml (const GValue             *value,
             const char               *text,
             guint                     format,
             const GcoapPropertyLabel *label,
             GError                  **error)
{
  g_autoptr (GcoapSenmlPack) pack = gcoap_senml_pack_new ();
  g_autoptr (GcoapSenmlRecord) record = gcoap_senml_record_new ();

  gcoap_senml_record_set_text (record, GCOAP_SENML_FIELD_NAME, label->name);
  switch (get_kind (G_VALUE_TYPE (value)))
    {
    case KIND_BOOLEAN:
      gcoap_senml_record_set_boolean (record, g_value_get_boolean (value));
      break;
    case KIND_INTEGER:
      if (!set_senml_integer (record, text, label, error))
        return NULL;
      break;
    case KIND_REAL:
      if (!set_senml_number (record, get_real (value), label, error))
        return NULL;
      break;
    case KIND_TEXT:
    case KIND_UNKNOWN:
    default:
      gcoap_senml_record_set_text (record, GCOAP_SENML_FIELD_STRING_VALUE, text);
    }
  gcoap_senml_pack_add (pack, record);
  return gcoap_senml_pack_write (pack, format, error);
}

GBytes *
gcoap_property_formats_write (const GValue             *value,
                              guint                     format,
                              const GcoapPropertyLabel *label,
                              GError                  **error)
{
  g_autofree char *text = gcoap_property_text_write (value);
  gsize length;

  if (text == NULL)
    {
      g_set_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED,
                   "Values of type %s cannot be written.", G_VALUE_TYPE_NAME (value));
      return NULL;
    }
  /* What an object says of itself may be anything, what goes out is a text. */
  if (!g_utf8_validate (text, -1, NULL))
    {
      g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR,
                           "The value is no text in UTF-8.");
      return NULL;
    }
  length = strlen (text);
  if (format == GCOAP_CONTENT_FORMAT_CBOR)
    return write_cbor (value, text, error);
  if (format != GCOAP_CONTENT_FORMAT_TEXT_PLAIN)
    return write_senml (value, text, format, label, error);
  return g_bytes_new_take (g_steal_pointer (&text), length);
}

/* What was read, as the text of a value of that kind. */
typedef struct
{
  Kind  kind;
  char *text;
} Plain;

static void
set_real (Plain *plain,
          double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  /* 5.0 is a good 5 (RFC 8428 knows but one kind of number). */
  if (number == floor (number) && fabs (number) <= (double) MAX_EXACT_INTEGER)
    {
      plain->kind = KIND_INTEGER;
      plain->text = g_strdup_printf ("%" G_GINT64_FORMAT, (gint64) number);
      return;
    }
  plain->kind = KIND_REAL;
  plain->text = g_strdup (g_ascii_dtostr (buffer, sizeof buffer, number));
}

static void
set_boolean (Plain   *plain,
             gboolean value)
{
  plain->kind = KIND_BOOLEAN;
  plain->text = g_strdup (value ? "true" : "false");
}

static gboolean
read_cbor (GBytes  *payload,
           Plain   *plain,
           GError **error)
{
  g_autoptr (GcoapCborReader) reader = gcoap_cbor_reader_new (payload, GCOAP_CBOR_READER_DEFAULT);
  GcoapCborType type = gcoap_cbor_reader_peek (reader);
  gboolean is_true;
  guint64 natural;
  gint64 integer;
  double real;

  switch ((guint) type)
    {
    case GCOAP_CBOR_TYPE_UNSIGNED:
      if (!gcoap_cbor_reader_read_uint (reader, &natural, error))
        return FALSE;
      plain->kind = KIND_INTEGER;
      plain->text = g_strdup_printf ("%" G_GUINT64_FORMAT, natural);
      break;
    case GCOAP_CBOR_TYPE_NEGATIVE:
      if (!gcoap_cbor_reader_read_int (reader, &integer, error))
        return FALSE;
      plain->kind = KIND_INTEGER;
      plain->text = g_strdup_printf ("%" G_GINT64_FORMAT, integer);
      break;
    case GCOAP_CBOR_TYPE_FLOAT:
      if (!gcoap_cbor_reader_read_double (reader, &real, error))
        return FALSE;
      set_real (plain, real);
      break;
    case GCOAP_CBOR_TYPE_BOOLEAN:
      if (!gcoap_cbor_reader_read_boolean (reader, &is_true, error))
        return FALSE;
      set_boolean (plain, is_true);
      break;
    case GCOAP_CBOR_TYPE_TEXT:
      plain->kind = KIND_TEXT;
      plain->text = gcoap_cbor_reader_dup_text (reader, error);
      if (plain->text == NULL)
        return FALSE;
      break;
    default:
      if (!gcoap_cbor_reader_skip (reader, error))
        return FALSE;
    }
  return gcoap_cbor_reader_finish (reader, error);
}

static gboolean
refuse (GError    **error,
        const char *text)
{
  g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_REQUEST, text);
  return FALSE;
}

static gboolean
take_number (GcoapSenmlRecord         *record,
             const GcoapPropertyLabel *label,
             Plain                    *plain,
             GError                  **error)
{
  const char *unit = gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_UNIT);
  double number = gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_VALUE);

  /* RFC 8798: one in a secondary unit says the same as one in the primary. */
  if (unit != NULL && g_strcmp0 (unit, label->unit) != 0)
    unit = gcoap_senml_unit_to_primary (unit, number, &number);
  if (unit != NULL && g_strcmp0 (unit, label->unit) != 0)
    return refuse (error, "The value is of another unit.");
  set_real (plain, number);
  return TRUE;
}

static gboolean
read_senml (GBytes                   *payload,
            guint                     format,
            const GcoapPropertyLabel *label,
            Plain                    *plain,
            GError                  **error)
{
  g_autoptr (GcoapSenmlPack) pack = gcoap_senml_pack_parse (payload, format, error);
  g_autoptr (GcoapSenmlPack) resolved = NULL;
  GcoapSenmlRecord *record;

  if (pack == NULL)
    return FALSE;
  resolved = gcoap_senml_pack_resolve (pack, 0, error);
  if (resolved == NULL)
    return FALSE;
  if (gcoap_senml_pack_get_n_records (resolved) != 1)
    return refuse (error, "One record is to say the value.");
  record = gcoap_senml_pack_get_record (resolved, 0);
  if (g_strcmp0 (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME), label->name) != 0)
    return refuse (error, "The record has the name of something else.");
  if (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_VALUE))
    return take_number (record, label, plain, error);
  if (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_BOOLEAN_VALUE))
    set_boolean (plain, gcoap_senml_record_get_boolean (record));
  else if (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_STRING_VALUE))
    {
      plain->kind = KIND_TEXT;
      plain->text = g_strdup (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_STRING_VALUE));
    }
  return TRUE;
}

static gboolean
kinds_go_together (Kind wanted,
                   Kind found)
{
  return wanted == found || (wanted == KIND_REAL && found == KIND_INTEGER);
}

gboolean
gcoap_property_formats_read (GBytes                   *payload,
                             guint                     format,
                             const GcoapPropertyLabel *label,
                             GParamSpec               *pspec,
                             GValue                   *value,
                             GError                  **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *text = NULL;
  Plain plain = { KIND_UNKNOWN, NULL };
  gboolean done;
  gsize length;
  const char *data = g_bytes_get_data (payload, &length);

  if (format == GCOAP_CONTENT_FORMAT_TEXT_PLAIN)
    return gcoap_property_text_read (data, length, pspec, value, error);
  if (format == GCOAP_CONTENT_FORMAT_CBOR)
    done = read_cbor (payload, &plain, &local_error);
  else
    done = read_senml (payload, format, label, &plain, &local_error);
  text = plain.text;
  if (!done)
    return refuse (error, local_error->message);
  if (get_kind (pspec->value_type) == KIND_UNKNOWN)
    return gcoap_property_text_read ("", 0, pspec, value, error);
  if (!kinds_go_together (get_kind (pspec->value_type), plain.kind))
    {
      g_set_error (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_REQUEST,
                   "This is no value of type %s.", g_type_name (pspec->value_type));
      return FALSE;
    }
  return gcoap_property_text_read (text, strlen (text), pspec, value, error);
}
