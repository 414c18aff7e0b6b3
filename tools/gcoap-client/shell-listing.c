/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What ls prints: names in columns, or a table with the attributes. */
#include "gcoap-client/shell-links.h"

#include <string.h>

#include "common/tool-terminal.h"

#define GAP 2

enum
{
  COLUMN_NAME,
  COLUMN_TYPE,
  COLUMN_INTERFACE,
  COLUMN_FORMAT,
  COLUMN_OBSERVABLE,
  COLUMN_SIZE,
  COLUMN_TITLE,
  N_COLUMNS,
};

static const char *const headings[N_COLUMNS] = { "NAME", "RT", "IF", "CT", "OBS", "SIZE", "TITLE" };

/* In cells of a terminal. The text is safe, so it has no control characters. */
static guint
get_width (const char *text)
{
  guint width = 0;

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      width += g_unichar_iszerowidth (c) ? 0 : g_unichar_iswide (c) ? 2 : 1;
    }

  return width;
}

static char *
dup_shown_name (ShellEntry *entry)
{
  return g_strconcat (entry->name, entry->has_children ? "/" : "", NULL);
}

static void
append_cell (GString    *text,
             const char *content,
             guint       width,
             gboolean    color,
             ToolStyle   style)
{
  tool_append_styled (text, color, style, content, -1);
  for (guint i = get_width (content); i < width; i++)
    g_string_append_c (text, ' ');
}

static ToolStyle
get_style (ShellEntry *entry)
{
  return entry->has_children ? TOOL_STYLE_NAME : TOOL_STYLE_PLAIN;
}

char *
shell_links_lay_out (GPtrArray *entries,
                     guint      width,
                     gboolean   color)
{
  GString *text = g_string_new (NULL);
  guint cell = 1;
  guint n_columns;
  guint n_rows;

  for (guint i = 0; i < entries->len; i++)
    {
      g_autofree char *name = dup_shown_name (g_ptr_array_index (entries, i));

      cell = MAX (cell, get_width (name) + GAP);
    }
  n_columns = MAX (1, width / cell);
  n_rows = (entries->len + n_columns - 1) / n_columns;

  for (guint row = 0; row < n_rows; row++)
    {
      for (guint i = row; i < entries->len; i += n_rows)
        {
          ShellEntry *entry = g_ptr_array_index (entries, i);
          g_autofree char *name = dup_shown_name (entry);

          append_cell (text, name, i + n_rows < entries->len ? cell : 0, color, get_style (entry));
        }
      g_string_append_c (text, '\n');
    }

  return g_string_free (text, FALSE);
}

/* The numbers of ct by their short names. */
static char *
dup_formats (const char *value)
{
  g_auto (GStrv) numbers = g_strsplit (value, " ", -1);
  GString *names = g_string_new (NULL);

  for (guint i = 0; numbers[i] != NULL; i++)
    {
      guint64 number;
      const char *nick = g_ascii_string_to_unsigned (numbers[i], 10, 0, G_MAXUINT16, &number, NULL)
                         ? gcoap_content_format_get_nick ((guint) number) : NULL;

      if (i > 0)
        g_string_append_c (names, ' ');
      g_string_append (names, nick != NULL ? nick : numbers[i]);
    }

  return g_string_free (names, FALSE);
}

static char *
dup_cell (ShellEntry *entry,
          guint       column)
{
  static const char *const names[N_COLUMNS] = { NULL, "rt", "if", "ct", "obs", "sz", NULL };
  const char *value = NULL;
  g_autofree char *text = NULL;

  if (column == COLUMN_NAME)
    return dup_shown_name (entry);
  if (entry->link != NULL && names[column] != NULL)
    value = gcoap_link_get_attribute (entry->link, names[column]);

  if (entry->link != NULL && column == COLUMN_TITLE)
    text = gcoap_link_dup_title (entry->link);
  else if (value != NULL && column == COLUMN_OBSERVABLE)
    text = g_strdup ("yes");
  else if (value != NULL && column == COLUMN_FORMAT)
    text = dup_formats (value);
  else
    text = g_strdup (value);

  return tool_make_safe (text != NULL ? text : "");
}

char *
shell_links_lay_out_long (GPtrArray *entries,
                          gboolean   color)
{
  GString *text = g_string_new (NULL);
  guint widths[N_COLUMNS] = { 0 };
  guint last = COLUMN_NAME;

  for (guint i = 0; i < entries->len; i++)
    {
      for (guint column = 0; column < N_COLUMNS; column++)
        {
          g_autofree char *cell = dup_cell (g_ptr_array_index (entries, i), column);

          widths[column] = MAX (widths[column], get_width (cell));
        }
    }
  /* A column that nobody fills is left out. */
  for (guint column = 0; column < N_COLUMNS; column++)
    {
      if (widths[column] > 0)
        {
          widths[column] = MAX (widths[column], get_width (headings[column]));
          last = column;
        }
    }

  for (guint row = 0; entries->len > 0 && row <= entries->len; row++)
    {
      ShellEntry *entry = row > 0 ? g_ptr_array_index (entries, row - 1) : NULL;
      gsize end;

      for (guint column = 0; column <= last; column++)
        {
          g_autofree char *cell = entry != NULL ? dup_cell (entry, column) : g_strdup (headings[column]);
          ToolStyle style = entry == NULL ? TOOL_STYLE_FAINT
                                          : column == COLUMN_NAME ? get_style (entry) : TOOL_STYLE_PLAIN;

          if (widths[column] > 0)
            append_cell (text, cell, column < last ? widths[column] + GAP : 0,
                         color && *cell != '\0', style);
        }
      for (end = text->len; end > 0 && text->str[end - 1] == ' '; end--)
        continue;
      g_string_truncate (text, end);
      g_string_append_c (text, '\n');
    }

  return g_string_free (text, FALSE);
}
