/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of a command line that is still being typed: quotes may be open. */
#include "gcoap-client/shell-words.h"

#include <string.h>

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\n';
}

/* Reads one word from @p on, and returns where it ends. */
static const char *
read_word (const char *p,
           const char *end,
           GString    *word)
{
  char quote = '\0';

  for (; p < end; p++)
    {
      if (quote == '\0' && is_space (*p))
        break;
      if (quote == '\0' && (*p == '\'' || *p == '"'))
        quote = *p;
      else if (quote != '\0' && *p == quote)
        quote = '\0';
      /* Between double quotes a backslash is itself, except in front of a few. */
      else if (*p == '\\' && quote != '\'' && p + 1 < end
               && (quote == '\0' || strchr ("\"\\$`", p[1]) != NULL))
        g_string_append_c (word, *++p);
      else if (*p != '\\' || quote != '\0')
        g_string_append_c (word, *p);
    }

  return p;
}

ShellWords *
shell_words_new (const char *line,
                 gsize       point)
{
  ShellWords *self = g_new0 (ShellWords, 1);
  const char *p = line;
  const char *end = line + MIN (point, strlen (line));

  self->before = g_ptr_array_new_with_free_func (g_free);
  while (TRUE)
    {
      g_autoptr (GString) word = g_string_new (NULL);

      while (p < end && is_space (*p))
        p++;
      self->start = (gsize) (p - line);
      p = read_word (p, end, word);
      if (p == end)
        {
          self->prefix = g_strdup (word->str);
          return self;
        }
      g_ptr_array_add (self->before, g_strdup (word->str));
    }
}

void
shell_words_free (ShellWords *self)
{
  g_ptr_array_unref (self->before);
  g_free (self->prefix);
  g_free (self);
}

char *
shell_words_escape (const char *word)
{
  GString *escaped = g_string_new (NULL);

  for (const char *p = word; *p != '\0'; p++)
    {
      /* A hash begins a comment only at the start of a word. */
      if (is_space (*p) || strchr ("'\"\\", *p) != NULL || (*p == '#' && p == word))
        g_string_append_c (escaped, '\\');
      g_string_append_c (escaped, *p);
    }

  return g_string_free (escaped, FALSE);
}
