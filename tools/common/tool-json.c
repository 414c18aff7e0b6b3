/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON text (RFC 8259): strings written, and whole texts checked token by
 * token and laid out, without ever changing a number or a string's value. */
#include "common/tool-json.h"

#include <string.h>

#include "common/tool-terminal.h"

typedef struct
{
  const char *p;
  const char *end;
  GString    *text;
  gboolean    color;
  guint       depth;
  char        brackets[TOOL_JSON_MAX_DEPTH];
} Layout;

static void
append_escaped (GString  *json,
                gunichar  c)
{
  /* RFC 8259 §7: beyond the basic plane a pair of surrogates. */
  if (c >= 0x10000)
    g_string_append_printf (json, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                            0xdc00 + ((c - 0x10000) & 0x3ff));
  else
    g_string_append_printf (json, "\\u%04x", c);
}

void
tool_json_append_string (GString    *json,
                         const char *content,
                         gssize      length)
{
  const char *p = content;
  const char *end = content + (length >= 0 ? (gsize) length : strlen (content));

  g_string_append_c (json, '"');
  while (p < end)
    {
      /* GLib takes no NUL for a character. */
      gunichar c = *p != '\0' ? g_utf8_get_char_validated (p, end - p) : 0;
      gboolean is_char = c != (gunichar) -1 && c != (gunichar) -2;

      if (!is_char)
        g_string_append (json, "\357\277\275");
      else if (c == '"' || c == '\\')
        g_string_append_printf (json, "\\%c", (char) c);
      else if (c == '\n')
        g_string_append (json, "\\n");
      else if (c == '\r')
        g_string_append (json, "\\r");
      else if (c == '\t')
        g_string_append (json, "\\t");
      else if (tool_get_safe_length (p, end) == 0)
        append_escaped (json, c);
      else
        g_string_append_unichar (json, c);
      p = is_char ? g_utf8_next_char (p) : p + 1;
    }
  g_string_append_c (json, '"');
}

static void
skip_space (Layout *layout)
{
  while (layout->p < layout->end && strchr (" \t\r\n", *layout->p) != NULL && *layout->p != '\0')
    layout->p++;
}

static gboolean
next_is (Layout *layout,
         char    c)
{
  return layout->p < layout->end && *layout->p == c;
}

static void
break_line (Layout *layout)
{
  g_string_append_c (layout->text, '\n');
  for (guint i = 0; i < layout->depth; i++)
    g_string_append (layout->text, "  ");
}

static gboolean
check_escape (Layout *layout)
{
  if (layout->end - layout->p >= 2 && layout->p[1] != '\0' && strchr ("\"\\/bfnrt", layout->p[1]) != NULL)
    {
      layout->p += 2;
      return TRUE;
    }
  if (layout->end - layout->p < 6 || layout->p[1] != 'u')
    return FALSE;
  for (guint i = 2; i < 6; i++)
    {
      if (!g_ascii_isxdigit (layout->p[i]))
        return FALSE;
    }
  layout->p += 6;
  return TRUE;
}

/* At the opening quote. */
static gboolean
take_string (Layout    *layout,
             ToolStyle  style)
{
  g_autoptr (GString) token = g_string_new ("\"");
  const char *start;

  layout->p++;
  while (layout->p < layout->end && *layout->p != '"')
    {
      gunichar c;

      start = layout->p;
      if (*layout->p == '\\')
        {
          if (!check_escape (layout))
            return FALSE;
          g_string_append_len (token, start, layout->p - start);
          continue;
        }
      c = g_utf8_get_char_validated (start, layout->end - start);
      if (c < 0x20 || c == (gunichar) -1 || c == (gunichar) -2)
        return FALSE;
      if (tool_get_safe_length (start, layout->end) == 0)
        append_escaped (token, c);
      else
        g_string_append_unichar (token, c);
      layout->p = g_utf8_next_char (start);
    }
  if (layout->p == layout->end)
    return FALSE;

  layout->p++;
  g_string_append_c (token, '"');
  tool_append_styled (layout->text, layout->color, style, token->str, (gssize) token->len);
  return TRUE;
}

static gboolean
skip_digits (Layout *layout)
{
  const char *start = layout->p;

  while (layout->p < layout->end && g_ascii_isdigit (*layout->p))
    layout->p++;

  return layout->p > start;
}

static gboolean
take_number (Layout *layout)
{
  const char *start = layout->p;

  if (next_is (layout, '-'))
    layout->p++;
  /* RFC 8259 §6: no leading zeros. */
  if (next_is (layout, '0'))
    layout->p++;
  else if (!skip_digits (layout))
    return FALSE;
  if (next_is (layout, '.'))
    {
      layout->p++;
      if (!skip_digits (layout))
        return FALSE;
    }
  if (next_is (layout, 'e') || next_is (layout, 'E'))
    {
      layout->p++;
      if (next_is (layout, '+') || next_is (layout, '-'))
        layout->p++;
      if (!skip_digits (layout))
        return FALSE;
    }

  tool_append_styled (layout->text, layout->color, TOOL_STYLE_VALUE, start, layout->p - start);
  return TRUE;
}

static gboolean
take_literal (Layout *layout)
{
  static const char *const literals[] = { "true", "false", "null" };

  for (guint i = 0; i < G_N_ELEMENTS (literals); i++)
    {
      gsize length = strlen (literals[i]);

      if ((gsize) (layout->end - layout->p) >= length && memcmp (layout->p, literals[i], length) == 0)
        {
          tool_append_styled (layout->text, layout->color, TOOL_STYLE_VALUE, literals[i], -1);
          layout->p += length;
          return TRUE;
        }
    }

  return FALSE;
}

/* The name of a member and its colon. */
static gboolean
take_name (Layout *layout)
{
  skip_space (layout);
  if (!next_is (layout, '"') || !take_string (layout, TOOL_STYLE_NAME))
    return FALSE;
  skip_space (layout);
  if (!next_is (layout, ':'))
    return FALSE;
  layout->p++;
  g_string_append (layout->text, ": ");
  return TRUE;
}

/* One value that is no container, or an empty container, or the opening of a
 * container with its first name; then *@opened. */
static gboolean
take_value (Layout   *layout,
            gboolean *opened)
{
  char open, close;

  *opened = FALSE;
  skip_space (layout);
  if (layout->p == layout->end)
    return FALSE;
  open = *layout->p;
  if (open == '"')
    return take_string (layout, TOOL_STYLE_TEXT);
  if (open != '{' && open != '[')
    return g_ascii_isalpha (open) ? take_literal (layout) : take_number (layout);

  close = open == '{' ? '}' : ']';
  layout->p++;
  g_string_append_c (layout->text, open);
  skip_space (layout);
  if (next_is (layout, close))
    {
      layout->p++;
      g_string_append_c (layout->text, close);
      return TRUE;
    }
  if (layout->depth == TOOL_JSON_MAX_DEPTH)
    return FALSE;
  layout->brackets[layout->depth++] = close;
  *opened = TRUE;
  break_line (layout);
  return open == '[' || take_name (layout);
}

/* After a value: closes what ends here, or goes to the next element. */
static gboolean
take_end (Layout *layout)
{
  while (layout->depth > 0)
    {
      char close = layout->brackets[layout->depth - 1];

      skip_space (layout);
      if (next_is (layout, ','))
        {
          layout->p++;
          g_string_append_c (layout->text, ',');
          break_line (layout);
          return close == ']' || take_name (layout);
        }
      if (!next_is (layout, close))
        return FALSE;
      layout->p++;
      layout->depth--;
      break_line (layout);
      g_string_append_c (layout->text, close);
    }

  return TRUE;
}

char *
tool_json_lay_out (const char *content,
                   gsize       length,
                   gboolean    color)
{
  g_autoptr (GString) text = g_string_new (NULL);
  Layout layout = { content, content + length, text, color, 0, { 0 } };

  do
    {
      gboolean opened;

      if (!take_value (&layout, &opened))
        return NULL;
      if (!opened && !take_end (&layout))
        return NULL;
    }
  while (layout.depth > 0);

  skip_space (&layout);
  if (layout.p != layout.end)
    return NULL;

  return g_string_free (g_steal_pointer (&text), FALSE);
}
