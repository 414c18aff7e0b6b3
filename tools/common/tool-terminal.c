/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may go to a terminal: escape sequences and characters that reorder a
 * line come from peers nobody vouches for, so they are shown, not obeyed. */
#include "common/tool-terminal.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const style_codes[] = {
  [TOOL_STYLE_PLAIN] = "",
  [TOOL_STYLE_GOOD] = "32",
  [TOOL_STYLE_WARNING] = "33",
  [TOOL_STYLE_BAD] = "1;31",
  [TOOL_STYLE_NAME] = "34",
  [TOOL_STYLE_TEXT] = "32",
  [TOOL_STYLE_VALUE] = "36",
  [TOOL_STYLE_FAINT] = "2",
};

void
tool_terminal_guard_descriptors (void)
{
  for (int fd = 0; fd <= 2; fd++)
    {
      /* Opened the wrong way round: to use it fails, as if it were closed. */
      if (fcntl (fd, F_GETFD) == -1
          && open ("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
        _exit (1);
    }
}

gboolean
tool_terminal_has_color (int fd)
{
  const char *no_color = g_getenv ("NO_COLOR");
  const char *term = g_getenv ("TERM");

  return isatty (fd)
         && (no_color == NULL || *no_color == '\0')
         && term != NULL && *term != '\0' && strcmp (term, "dumb") != 0;
}

void
tool_append_styled (GString    *text,
                    gboolean    color,
                    ToolStyle   style,
                    const char *content,
                    gssize      length)
{
  if (!color || style == TOOL_STYLE_PLAIN)
    {
      g_string_append_len (text, content, length);
      return;
    }

  g_string_append_printf (text, "\033[%sm", style_codes[style]);
  g_string_append_len (text, content, length);
  g_string_append (text, "\033[0m");
}

/* Marks, overrides and isolates make a line look like another one. */
static gboolean
is_reordering (gunichar c)
{
  return c == 0x061c || c == 0x200e || c == 0x200f
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

gsize
tool_get_safe_length (const char *p,
                      const char *end)
{
  gunichar c = g_utf8_get_char_validated (p, end - p);

  if (c == (gunichar) -1 || c == (gunichar) -2 || g_unichar_iscntrl (c) || is_reordering (c)
      || c == 0x2028 || c == 0x2029)
    return 0;

  return (gsize) (g_utf8_next_char (p) - p);
}

void
tool_append_safe (GString    *text,
                  ToolLines   lines,
                  const char *content,
                  gssize      length)
{
  const char *p = content;
  const char *end = content + (length >= 0 ? (gsize) length : strlen (content));

  while (p < end)
    {
      gsize safe = tool_get_safe_length (p, end);

      if (safe > 0)
        {
          g_string_append_len (text, p, (gssize) safe);
          p += safe;
        }
      else if (lines == TOOL_LINES_MANY && (*p == '\n' || *p == '\t'))
        g_string_append_c (text, *p++);
      else if (lines == TOOL_LINES_MANY && *p == '\r' && p + 1 < end && p[1] == '\n')
        p++;
      else
        g_string_append_printf (text, "\\x%02x", (guint8) *p++);
    }
}

char *
tool_make_safe (const char *content)
{
  GString *text = g_string_new (NULL);

  tool_append_safe (text, TOOL_LINES_ONE, content, -1);

  return g_string_free (text, FALSE);
}

void
tool_print_stderr (const char *text)
{
  /* Not g_printerr(), which changes what the locale's charset lacks. */
  fputs (text, stderr);
  fflush (stderr);
}

void
tool_print_error (const char *format,
                  ...)
{
  g_autofree char *message = NULL;
  g_autofree char *safe = NULL;
  g_autofree char *line = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  safe = tool_make_safe (message);
  line = g_strdup_printf ("%s: %s\n", g_get_prgname (), safe);
  tool_print_stderr (line);
}
