/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/tool-trace.h"

#include <string.h>

#include "common/tool-terminal.h"

#define ARROW 2

/* The message inside of a protected one, which is told as a note. */
static gboolean
is_inner_message (const char *text)
{
  const char *note = strstr (text, ": OSCORE ");

  return note != NULL && (g_str_has_prefix (note, ": OSCORE protects ")
                          || g_str_has_prefix (note, ": OSCORE verified "));
}

/* Notes begin with two dashes; the others are for those who ask twice. */
static gboolean
is_wanted (const char *text,
           guint       verbosity)
{
  if (verbosity == 0 || strlen (text) < ARROW)
    return FALSE;
  return verbosity > 1 || !g_str_has_prefix (text, "--") || is_inner_message (text);
}

char *
tool_trace_format (const char *text,
                   guint       verbosity,
                   gboolean    color)
{
  ToolStyle style = g_str_has_prefix (text, "->") ? TOOL_STYLE_NAME : TOOL_STYLE_VALUE;
  GString *line;

  if (!is_wanted (text, verbosity))
    return NULL;
  line = g_string_new (NULL);
  tool_append_styled (line, color, style, text, ARROW);
  tool_append_safe (line, TOOL_LINES_MANY, text + ARROW, -1);
  g_string_append_c (line, '\n');
  return g_string_free (line, FALSE);
}
