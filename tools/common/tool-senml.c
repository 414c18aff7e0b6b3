/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* SenML as a table: a resolved record a line (RFC 8428 §4.6), and only the
 * columns that say something. */
#include "common/tool-cbor.h"

#include <libcoap-layers/gcoap.h>

#include <math.h>
#include <string.h>

#include "common/tool-terminal.h"

enum
{
  COLUMN_NAME,
  COLUMN_VALUE,
  COLUMN_UNIT,
  COLUMN_SUM,
  COLUMN_TIME,
  COLUMN_UPDATE_TIME,
  N_COLUMNS
};

/* One long cell does not make all others as long. */
#define MAX_WIDTH 48

static const char *const titles[N_COLUMNS] = { "NAME", "VALUE", "UNIT", "SUM", "TIME", "UPDATE" };

/* RFC 8428 §4.5.3: from here on a time is absolute. */
#define FIRST_ABSOLUTE_TIME 268435456.0

static char *
dup_number (double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (digits, sizeof digits, "%.15g", number);
  if (g_ascii_strtod (digits, NULL) != number)
    g_ascii_dtostr (digits, sizeof digits, number);

  return g_strdup (digits);
}

static char *
dup_time (double time)
{
  g_autoptr (GDateTime) date = NULL;
  g_autofree char *number = NULL;
  g_autofree char *day = NULL;
  double seconds = floor (time);

  if (time == 0)
    return g_strdup ("");
  if (time >= FIRST_ABSOLUTE_TIME && time < (double) G_MAXINT32 * 100)
    date = g_date_time_new_from_unix_utc ((gint64) seconds);
  if (date == NULL)
    {
      number = dup_number (time);
      return g_strdup_printf ("%s%s s", time > 0 ? "+" : "", number);
    }
  day = g_date_time_format (date, "%Y-%m-%d %H:%M:%S");
  if (time == seconds)
    return g_strconcat (day, "Z", NULL);

  return g_strdup_printf ("%s.%03dZ", day, (int) ((time - seconds) * 1000));
}

static char *
dup_data (GcoapSenmlRecord *record)
{
  const char *format = gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_CONTENT_FORMAT);
  GString *text = g_string_new ("h'");
  gsize length;
  const guint8 *data = g_bytes_get_data (gcoap_senml_record_get_data (record), &length);

  for (gsize i = 0; i < length; i++)
    g_string_append_printf (text, "%02x", data[i]);
  g_string_append_c (text, '\'');
  if (format != NULL)
    {
      g_string_append (text, " (");
      tool_append_safe (text, TOOL_LINES_ONE, format, -1);
      g_string_append_c (text, ')');
    }

  return g_string_free (text, FALSE);
}

static char *
dup_value (GcoapSenmlRecord *record)
{
  const char *string = gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_STRING_VALUE);
  g_autofree char *safe = NULL;

  if (string != NULL)
    {
      safe = tool_make_safe (string);
      return g_strdup_printf ("\"%s\"", safe);
    }
  if (gcoap_senml_record_get_data (record) != NULL)
    return dup_data (record);
  if (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_BOOLEAN_VALUE))
    return g_strdup (gcoap_senml_record_get_boolean (record) ? "true" : "false");
  if (gcoap_senml_record_has (record, GCOAP_SENML_FIELD_VALUE))
    return dup_number (gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_VALUE));

  return g_strdup ("");
}

static char *
dup_seconds (GcoapSenmlRecord *record,
             GcoapSenmlField   field,
             const char       *unit)
{
  g_autofree char *number = NULL;

  if (!gcoap_senml_record_has (record, field))
    return g_strdup ("");
  number = dup_number (gcoap_senml_record_get_number (record, field));

  return g_strconcat (number, unit, NULL);
}

static char *
dup_cell (GcoapSenmlRecord *record,
          guint             column)
{
  const char *text;

  switch (column)
    {
    case COLUMN_NAME:
      return tool_make_safe (gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_NAME));
    case COLUMN_VALUE:
      return dup_value (record);
    case COLUMN_UNIT:
      text = gcoap_senml_record_get_text (record, GCOAP_SENML_FIELD_UNIT);
      return tool_make_safe (text != NULL ? text : "");
    case COLUMN_SUM:
      return dup_seconds (record, GCOAP_SENML_FIELD_SUM, "");
    case COLUMN_TIME:
      return dup_time (gcoap_senml_record_get_number (record, GCOAP_SENML_FIELD_TIME));
    case COLUMN_UPDATE_TIME:
    default:
      return dup_seconds (record, GCOAP_SENML_FIELD_UPDATE_TIME, " s");
    }
}

/* The last cell is not filled up. */
static void
append_cell (GString    *line,
             const char *cell,
             guint       width)
{
  glong length = g_utf8_strlen (cell, -1);

  g_string_append (line, cell);
  for (glong i = length; i < (glong) width + 2; i++)
    g_string_append_c (line, ' ');
}

static void
finish_line (GString *text,
             GString *line,
             gboolean color,
             ToolStyle style)
{
  while (line->len > 0 && line->str[line->len - 1] == ' ')
    g_string_truncate (line, line->len - 1);
  tool_append_styled (text, color, style, line->str, (gssize) line->len);
  g_string_append_c (text, '\n');
  g_string_truncate (line, 0);
}

static char *
lay_cells_out (GPtrArray *cells,
               gboolean   color)
{
  GString *text = g_string_new (NULL);
  g_autoptr (GString) line = g_string_new (NULL);
  guint widths[N_COLUMNS] = { 0 };

  for (guint i = 0; i < cells->len; i++)
    {
      glong length = g_utf8_strlen (g_ptr_array_index (cells, i), -1);

      widths[i % N_COLUMNS] = MAX (widths[i % N_COLUMNS], (guint) MIN (length, MAX_WIDTH));
    }
  for (guint column = 0; column < N_COLUMNS; column++)
    {
      if (widths[column] == 0)
        continue;
      widths[column] = MAX (widths[column], (guint) strlen (titles[column]));
      append_cell (line, titles[column], widths[column]);
    }
  finish_line (text, line, color, TOOL_STYLE_FAINT);
  for (guint i = 0; i < cells->len; i++)
    {
      if (widths[i % N_COLUMNS] > 0)
        append_cell (line, g_ptr_array_index (cells, i), widths[i % N_COLUMNS]);
      if (i % N_COLUMNS == N_COLUMNS - 1)
        finish_line (text, line, color, TOOL_STYLE_PLAIN);
    }

  return g_string_free (text, FALSE);
}

char *
tool_senml_lay_out (guint         content_format,
                    const guint8 *data,
                    gsize         length,
                    gboolean      color)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GcoapSenmlPack) pack = NULL;
  g_autoptr (GcoapSenmlPack) resolved = NULL;
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);
  guint n_records;

  if (!gcoap_senml_pack_is_format (content_format))
    return NULL;

  bytes = g_bytes_new (data, length);
  pack = gcoap_senml_pack_parse (bytes, content_format, NULL);
  resolved = pack != NULL ? gcoap_senml_pack_resolve (pack, 0, NULL) : NULL;
  n_records = resolved != NULL ? gcoap_senml_pack_get_n_records (resolved) : 0;
  if (n_records == 0)
    return NULL;

  for (guint i = 0; i < n_records; i++)
    {
      for (guint column = 0; column < N_COLUMNS; column++)
        g_ptr_array_add (cells, dup_cell (gcoap_senml_pack_get_record (resolved, i), column));
    }

  return lay_cells_out (cells, color);
}
