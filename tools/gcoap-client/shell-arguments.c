/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command line of the shell, parsed: the command, its options in any place,
 * and the other words. */
#include "gcoap-client/shell-arguments.h"

#include <libcoap-layers/gcoap.h>

#include <string.h>

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError    **error,
        const char *format,
        ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, format, arguments);
  va_end (arguments);
  return FALSE;
}

static void
add_option (ShellArguments    *self,
            const ShellOption *option,
            const char        *value)
{
  g_ptr_array_add (self->names, (gpointer) option->name);
  g_ptr_array_add (self->values, g_strdup (value));
}

/* "--name=value" or "--name value"; *@next is the word behind it, or NULL. */
static gboolean
add_long_option (ShellArguments *self,
                 const char     *word,
                 char         ***next,
                 GError        **error)
{
  const char *name = word + 2;
  gsize length = strcspn (name, "=");
  const ShellOption *option = shell_commands_find_option (self->command, name, length);
  const char *value = name[length] == '=' ? name + length + 1 : NULL;

  if (option == NULL)
    return refuse (error, "%s has no option %.*s; see “help %s”.", self->command->name, (int) length + 2, word,
                   self->command->name);
  if (option->value == SHELL_WORD_NONE && value != NULL)
    return refuse (error, "--%s takes no value.", option->name);
  if (option->value != SHELL_WORD_NONE && value == NULL)
    value = *(*next) != NULL ? *(*next)++ : NULL;
  if (option->value != SHELL_WORD_NONE && value == NULL)
    return refuse (error, "--%s needs a value: %s.", option->name, option->value_name);

  add_option (self, option, value);
  return TRUE;
}

/* "-l", "-lR", "-ofile" or "-o file". */
static gboolean
add_letters (ShellArguments *self,
             const char     *word,
             char         ***next,
             GError        **error)
{
  for (const char *p = word + 1; *p != '\0'; p++)
    {
      const ShellOption *option = self->command->options;
      const char *value = NULL;

      while (option != NULL && option->name != NULL && option->letter != *p)
        option++;
      if (option == NULL || option->name == NULL)
        return refuse (error, "%s has no option “%s”; see “help %s”. What begins with a dash goes behind --.",
                       self->command->name, word, self->command->name);
      if (option->value != SHELL_WORD_NONE)
        {
          value = p[1] != '\0' ? p + 1 : *(*next);
          if (value == NULL)
            return refuse (error, "-%c needs a value: %s.", *p, option->value_name);
          if (p[1] == '\0')
            (*next)++;
        }
      add_option (self, option, value);
      if (value != NULL)
        break;
    }

  return TRUE;
}

static gboolean
read_words (ShellArguments *self,
            char          **next,
            GError        **error)
{
  gboolean options_end = FALSE;

  while (*next != NULL)
    {
      const char *word = *next++;

      /* A number that is negative is no option. */
      if (options_end || word[0] != '-' || word[1] == '\0' || g_ascii_isdigit (word[1]) || word[1] == '.')
        g_ptr_array_add (self->words, g_strdup (word));
      else if (strcmp (word, "--") == 0)
        options_end = TRUE;
      else if (word[1] == '-' ? !add_long_option (self, word, &next, error)
                              : !add_letters (self, word, &next, error))
        return FALSE;
    }

  self->n_words = self->words->len;
  if (self->n_words < self->command->min_words)
    return refuse (error, "Something is missing: %s %s.", self->command->name, self->command->usage);
  if (self->n_words > self->command->max_words)
    return refuse (error, "“%s” is too much: %s%s%s.%s",
                   (const char *) g_ptr_array_index (self->words, self->command->max_words), self->command->name,
                   *self->command->usage != '\0' ? " " : "", self->command->usage,
                   self->command->words[1] == SHELL_WORD_PAYLOAD ? " Text of several words needs quotes." : "");
  g_ptr_array_add (self->words, NULL);
  return TRUE;
}

ShellArguments *
shell_arguments_parse (const char *line,
                       GError    **error)
{
  g_autoptr (ShellArguments) self = NULL;
  g_autoptr (GError) local_error = NULL;
  g_auto (GStrv) argv = NULL;

  if (!g_utf8_validate (line, -1, NULL))
    {
      refuse (error, "The line is not UTF-8.");
      return NULL;
    }
  /* GLib knows comments behind a space only. */
  line += strspn (line, " \t");
  if (!g_shell_parse_argv (line, NULL, &argv, &local_error))
    {
      if (g_error_matches (local_error, G_SHELL_ERROR, G_SHELL_ERROR_BAD_QUOTING))
        refuse (error, "A quote is open: text stands in '...' or \"...\", and a backslash in front of a quote "
                       "makes it one of the text.");
      else if (!g_error_matches (local_error, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING))
        refuse (error, "%s", local_error->message);
      return NULL;
    }

  self = g_new0 (ShellArguments, 1);
  self->words = g_ptr_array_new_with_free_func (g_free);
  self->names = g_ptr_array_new ();
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->command = shell_commands_find (argv[0], error);
  if (self->command == NULL || !read_words (self, argv + 1, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
shell_arguments_free (ShellArguments *self)
{
  g_ptr_array_unref (self->words);
  g_ptr_array_unref (self->names);
  g_ptr_array_unref (self->values);
  g_free (self);
}

const char *
shell_arguments_get_word (const ShellArguments *self,
                          guint                 position)
{
  return position < self->n_words ? g_ptr_array_index (self->words, position) : NULL;
}

gboolean
shell_arguments_has (const ShellArguments *self,
                     const char           *option)
{
  for (guint i = 0; i < self->names->len; i++)
    {
      if (strcmp (g_ptr_array_index (self->names, i), option) == 0)
        return TRUE;
    }

  return FALSE;
}

const char *
shell_arguments_get (const ShellArguments *self,
                     const char           *option)
{
  const char *value = NULL;

  for (guint i = 0; i < self->names->len; i++)
    {
      if (strcmp (g_ptr_array_index (self->names, i), option) == 0)
        value = g_ptr_array_index (self->values, i);
    }

  return value;
}

char **
shell_arguments_dup_all (const ShellArguments *self,
                         const char           *option)
{
  GPtrArray *all = g_ptr_array_new ();

  for (guint i = 0; i < self->names->len; i++)
    {
      if (strcmp (g_ptr_array_index (self->names, i), option) == 0)
        g_ptr_array_add (all, g_strdup (g_ptr_array_index (self->values, i)));
    }
  g_ptr_array_add (all, NULL);

  return (char **) g_ptr_array_free (all, FALSE);
}
