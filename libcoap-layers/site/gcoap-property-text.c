/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-property-text-private.h"

#include <errno.h>
#include <math.h>
#include <string.h>

#include "base/gcoap-error.h"

/* Longer is no number. */
#define MAX_NUMBER_LENGTH 64

static char *
write_double (double number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_dtostr (buffer, sizeof buffer, number));
}

/* A float shows its own digits, not those of the double nearest to it. */
static char *
write_float (float number)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.9g", (double) number));
}

static char *
write_enum (const GValue *value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *entry = g_enum_get_value (klass, g_value_get_enum (value));

  return entry != NULL ? g_strdup (entry->value_nick) : NULL;
}

char *
gcoap_property_text_write (const GValue *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_BOOLEAN:
      return g_strdup (g_value_get_boolean (value) ? "true" : "false");
    case G_TYPE_CHAR:
      return g_strdup_printf ("%d", g_value_get_schar (value));
    case G_TYPE_UCHAR:
      return g_strdup_printf ("%u", g_value_get_uchar (value));
    case G_TYPE_INT:
      return g_strdup_printf ("%d", g_value_get_int (value));
    case G_TYPE_UINT:
      return g_strdup_printf ("%u", g_value_get_uint (value));
    case G_TYPE_LONG:
      return g_strdup_printf ("%ld", g_value_get_long (value));
    case G_TYPE_ULONG:
      return g_strdup_printf ("%lu", g_value_get_ulong (value));
    case G_TYPE_INT64:
      return g_strdup_printf ("%" G_GINT64_FORMAT, g_value_get_int64 (value));
    case G_TYPE_UINT64:
      return g_strdup_printf ("%" G_GUINT64_FORMAT, g_value_get_uint64 (value));
    case G_TYPE_FLOAT:
      return write_float (g_value_get_float (value));
    case G_TYPE_DOUBLE:
      return write_double (g_value_get_double (value));
    case G_TYPE_ENUM:
      return write_enum (value);
    case G_TYPE_STRING:
      return g_strdup (g_value_get_string (value) != NULL ? g_value_get_string (value) : "");
    default:
      return NULL;
    }
}

static gboolean
read_boolean (const char *text,
              GValue     *value)
{
  gboolean is_true = g_str_equal (text, "true") || g_str_equal (text, "1");

  if (!is_true && !g_str_equal (text, "false") && !g_str_equal (text, "0"))
    return FALSE;
  g_value_set_boolean (value, is_true);
  return TRUE;
}

static gboolean
read_real (const char *text,
           GValue     *value)
{
  char *end;
  double number;

  errno = 0;
  number = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || g_ascii_isspace (text[0]) || !isfinite (number)
      || (G_VALUE_HOLDS_FLOAT (value) && fabs (number) > G_MAXFLOAT))
    return FALSE;
  if (G_VALUE_HOLDS_FLOAT (value))
    g_value_set_float (value, (float) number);
  else
    g_value_set_double (value, number);
  return TRUE;
}

static gboolean
read_enum (const char *text,
           GValue     *value)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (G_VALUE_TYPE (value));
  GEnumValue *entry = g_enum_get_value_by_nick (klass, text);

  if (entry == NULL)
    return FALSE;
  g_value_set_enum (value, entry->value);
  return TRUE;
}

#define READ_SIGNED(TYPE, setter, low, high) \
  case G_TYPE_##TYPE: \
    { \
      gint64 number; \
\
      if (!g_ascii_string_to_signed (text, 10, low, high, &number, NULL)) \
        return FALSE; \
      setter (value, number); \
      return TRUE; \
    }

#define READ_UNSIGNED(TYPE, setter, high) \
  case G_TYPE_##TYPE: \
    { \
      guint64 number; \
\
      if (!g_ascii_string_to_unsigned (text, 10, 0, high, &number, NULL)) \
        return FALSE; \
      setter (value, number); \
      return TRUE; \
    }

static gboolean
read_integer (const char *text,
              GValue     *value)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    READ_SIGNED (CHAR, g_value_set_schar, G_MININT8, G_MAXINT8)
    READ_SIGNED (INT, g_value_set_int, G_MININT, G_MAXINT)
    READ_SIGNED (LONG, g_value_set_long, G_MINLONG, G_MAXLONG)
    READ_SIGNED (INT64, g_value_set_int64, G_MININT64, G_MAXINT64)
    READ_UNSIGNED (UCHAR, g_value_set_uchar, G_MAXUINT8)
    READ_UNSIGNED (UINT, g_value_set_uint, G_MAXUINT)
    READ_UNSIGNED (ULONG, g_value_set_ulong, G_MAXULONG)
    READ_UNSIGNED (UINT64, g_value_set_uint64, G_MAXUINT64)
    default:
      return FALSE;
    }
}

static gboolean
read_value (const char *text,
            gsize       length,
            GValue     *value,
            gboolean   *is_known)
{
  GType type = G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value));

  *is_known = TRUE;
  if (type == G_TYPE_STRING)
    {
      g_value_set_string (value, text);
      return TRUE;
    }
  if (length > MAX_NUMBER_LENGTH)
    return FALSE;
  switch (type)
    {
    case G_TYPE_BOOLEAN:
      return read_boolean (text, value);
    case G_TYPE_FLOAT:
    case G_TYPE_DOUBLE:
      return read_real (text, value);
    case G_TYPE_ENUM:
      return read_enum (text, value);
    case G_TYPE_CHAR:
    case G_TYPE_INT:
    case G_TYPE_LONG:
    case G_TYPE_INT64:
    case G_TYPE_UCHAR:
    case G_TYPE_UINT:
    case G_TYPE_ULONG:
    case G_TYPE_UINT64:
      return read_integer (text, value);
    default:
      *is_known = FALSE;
      return FALSE;
    }
}

gboolean
gcoap_property_text_read (const char  *data,
                          gsize        length,
                          GParamSpec  *pspec,
                          GValue      *value,
                          GError     **error)
{
  g_autofree char *text = NULL;
  gboolean is_known;

  /* A NUL would end it early. */
  if (!g_utf8_validate_len (data, length, NULL) || (length > 0 && memchr (data, '\0', length) != NULL))
    {
      g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_BAD_REQUEST,
                           "The value is no text in UTF-8.");
      return FALSE;
    }
  /* Of no bytes, g_strndup() makes NULL. */
  text = length > 0 ? g_strndup (data, length) : g_strdup ("");
  if (!read_value (text, length, value, &is_known))
    {
      g_set_error (error, GCOAP_RESPONSE_ERROR,
                   is_known ? GCOAP_RESPONSE_ERROR_BAD_REQUEST : GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED,
                   is_known ? "This is no value of type %s." : "Values of type %s cannot be written as text.",
                   g_type_name (G_VALUE_TYPE (value)));
      return FALSE;
    }
  if (g_param_value_validate (pspec, value))
    {
      g_set_error_literal (error, GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_UNPROCESSABLE_ENTITY,
                           "The value is out of range.");
      return FALSE;
    }
  return TRUE;
}
