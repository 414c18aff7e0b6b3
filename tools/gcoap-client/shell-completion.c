/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a word of the shell may become: by the table of commands, the links of
 * the server, and the files of this machine. */
#include "gcoap-client/shell-completion.h"

#include <string.h>

#include "gcoap-client/shell-commands.h"
#include "gcoap-client/shell-links.h"
#include "gcoap-client/shell-words.h"

/* A folder may hold any number of files. */
#define MAX_FILES 10000

static const char *const formats[] = {
  "cbor", "cbor-seq", "json", "link-format", "octet-stream", "senml-cbor", "senml-json", "text", "xml", NULL
};
static const char *const option_names[] = {
  "Block1=", "Block2=", "ETag=", "Echo=", "Hop-Limit=", "If-Match=", "If-None-Match", "No-Response=",
  "Proxy-Scheme=", "Proxy-Uri=", "Request-Tag=", "Size1=", "Size2=", "Uri-Host=", "Uri-Port=", "Uri-Query=", NULL
};
static const char *const filters[] = { "ct=", "if=", "obs=", "rel=", "rt=", "title=", NULL };
static const char *const switches[] = { "off", "on", NULL };
static const char *const verbosities[] = { "0", "1", "2", NULL };
static const char *const block_sizes[] = { "16", "32", "64", "128", "256", "512", "1024", NULL };
static const char *const all[] = { "all", NULL };

static void
add (ShellCompletion *self,
     const char      *before,
     const char      *name,
     const char      *after)
{
  g_autofree char *word = g_strconcat (before, name, after, NULL);

  g_ptr_array_add (self->candidates, shell_words_escape (word));
}

static void
add_matching (ShellCompletion   *self,
              const char        *prefix,
              const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (g_ascii_strncasecmp (names[i], prefix, strlen (prefix)) == 0)
        add (self, "", names[i], "");
    }
}

static void
add_commands (ShellCompletion *self,
              const char      *prefix)
{
  for (const ShellCommand *c = shell_commands_get_all (); c->name != NULL; c++)
    {
      if (g_str_has_prefix (c->name, prefix))
        add (self, "", c->name, "");
    }
}

static void
add_options (ShellCompletion    *self,
             const ShellCommand *command,
             const char         *prefix)
{
  for (const ShellOption *o = command->options; o != NULL && o->name != NULL; o++)
    {
      g_autofree char *name = g_strconcat ("--", o->name, NULL);

      if (g_str_has_prefix (name, prefix))
        add (self, "", name, "");
    }
}

static void
add_paths (ShellCompletion  *self,
           const ShellKnown *known,
           const char       *prefix)
{
  const char *slash = strrchr (prefix, '/');
  g_autofree char *before = slash != NULL ? g_strndup (prefix, (gsize) (slash + 1 - prefix)) : g_strdup ("");
  const char *name = prefix + strlen (before);
  g_autofree char *directory = NULL;
  g_autoptr (GPtrArray) entries = NULL;

  if (strstr (prefix, "://") != NULL || strchr (prefix, '?') != NULL
      || shell_location_get_origin (known->location) == NULL)
    return;
  directory = shell_location_resolve_path (known->location, before, NULL);
  if (directory == NULL)
    return;
  if (known->links == NULL)
    {
      self->wants_links = TRUE;
      return;
    }

  entries = shell_links_list (known->links, shell_location_get_origin (known->location), directory, FALSE);
  for (guint i = 0; i < entries->len; i++)
    {
      ShellEntry *entry = g_ptr_array_index (entries, i);

      if (!g_str_has_prefix (entry->name, name) || strcmp (entry->name, ".") == 0)
        continue;
      if (entry->link != NULL)
        add (self, before, entry->name, "");
      if (entry->has_children)
        add (self, before, entry->name, "/");
    }
}

/* The values that links have for the attribute that is named. */
static void
add_filters (ShellCompletion  *self,
             const ShellKnown *known,
             const char       *prefix)
{
  const char *equals = strchr (prefix, '=');
  g_autofree char *name = NULL;

  if (equals == NULL)
    {
      add_matching (self, prefix, filters);
      return;
    }
  self->wants_links = known->links == NULL && shell_location_get_origin (known->location) != NULL;

  name = g_strndup (prefix, (gsize) (equals - prefix));
  for (guint i = 0; known->links != NULL && i < known->links->len; i++)
    {
      const char *value = gcoap_link_get_attribute (g_ptr_array_index (known->links, i), name);
      g_auto (GStrv) values = g_strsplit (value != NULL ? value : "", " ", -1);

      for (guint j = 0; values[j] != NULL; j++)
        {
          g_autofree char *word = g_strconcat (name, "=", values[j], NULL);
          g_autofree char *safe = g_strescape (word, NULL);

          if (*values[j] != '\0' && g_str_has_prefix (word, prefix) && strcmp (word, safe) == 0)
            add (self, "", word, "");
        }
    }
}

static void
add_files (ShellCompletion *self,
           const char      *mark,
           const char      *prefix)
{
  const char *slash = strrchr (prefix, '/');
  g_autofree char *folder = slash != NULL ? g_strndup (prefix, (gsize) (slash + 1 - prefix)) : g_strdup ("");
  g_autofree char *before = g_strconcat (mark, folder, NULL);
  const char *name = prefix + strlen (folder);
  g_autoptr (GDir) dir = g_dir_open (*folder != '\0' ? folder : ".", 0, NULL);
  const char *file;

  for (guint i = 0; dir != NULL && i < MAX_FILES && (file = g_dir_read_name (dir)) != NULL; i++)
    {
      g_autofree char *path = g_build_filename (*folder != '\0' ? folder : ".", file, NULL);
      g_autofree char *safe = g_utf8_make_valid (file, -1);
      gboolean is_hidden = file[0] == '.' && name[0] != '.';

      if (g_str_has_prefix (file, name) && !is_hidden && strcmp (safe, file) == 0 && strpbrk (file, "\n\033") == NULL)
        add (self, before, file, g_file_test (path, G_FILE_TEST_IS_DIR) ? "/" : "");
    }
}

static void
add_values_of_setting (ShellCompletion *self,
                       const char      *name,
                       const char      *prefix)
{
  if (strcmp (name, "non") == 0 || strcmp (name, "json") == 0)
    add_matching (self, prefix, switches);
  else if (strcmp (name, "verbosity") == 0)
    add_matching (self, prefix, verbosities);
  else if (strcmp (name, "block-size") == 0)
    add_matching (self, prefix, block_sizes);
}

static void
add_words (ShellCompletion  *self,
           const ShellKnown *known,
           ShellWordKind     kind,
           const ShellWords *words)
{
  switch (kind)
    {
    case SHELL_WORD_PATH:
      add_paths (self, known, words->prefix);
      break;
    case SHELL_WORD_FILTER:
      add_filters (self, known, words->prefix);
      break;
    case SHELL_WORD_FILE:
      add_files (self, "", words->prefix);
      break;
    case SHELL_WORD_PAYLOAD:
      if (words->prefix[0] == '@')
        add_files (self, "@", words->prefix + 1);
      break;
    case SHELL_WORD_FORMAT:
      add_matching (self, words->prefix, formats);
      break;
    case SHELL_WORD_OPTION:
      add_matching (self, words->prefix, option_names);
      break;
    case SHELL_WORD_COMMAND:
      add_commands (self, words->prefix);
      break;
    case SHELL_WORD_SETTING:
      add_matching (self, words->prefix, shell_setting_names);
      break;
    case SHELL_WORD_SWITCH:
      add_values_of_setting (self, g_ptr_array_index (words->before, words->before->len - 1), words->prefix);
      break;
    case SHELL_WORD_NUMBER_OR_ALL:
      for (guint i = 0; known->numbers != NULL && i < known->numbers->len; i++)
        {
          const char *number = g_ptr_array_index (known->numbers, i);

          if (g_str_has_prefix (number, words->prefix))
            add (self, "", number, "");
        }
      add_matching (self, words->prefix, all);
      break;
    case SHELL_WORD_NONE:
    case SHELL_WORD_ANY:
    default:
      break;
    }
}

/* The option that takes the word behind @word as its value, or NULL. */
static const ShellOption *
find_open_option (const ShellCommand *command,
                  const char         *word)
{
  for (const ShellOption *o = command->options; o != NULL && o->name != NULL; o++)
    {
      if (o->value != SHELL_WORD_NONE && word[0] == '-'
          && (word[1] == '-' ? strcmp (word + 2, o->name) == 0 : word[1] == o->letter && word[2] == '\0'))
        return o;
    }

  return NULL;
}

static void
complete_command (ShellCompletion    *self,
                  const ShellKnown   *known,
                  const ShellCommand *command,
                  const ShellWords   *words)
{
  const ShellOption *open = NULL;
  guint position = 0;

  for (guint i = 1; i < words->before->len; i++)
    {
      const char *word = g_ptr_array_index (words->before, i);

      if (open != NULL)
        open = NULL;
      else if (word[0] == '-' && word[1] != '\0')
        open = find_open_option (command, word);
      else
        position++;
    }

  if (open != NULL)
    add_words (self, known, open->value, words);
  else if (words->prefix[0] == '-')
    add_options (self, command, words->prefix);
  else if (position < command->max_words)
    {
      add_words (self, known, command->words[MIN (position, 1)], words);
      /* Filters may stand where the path is left out. */
      if (position == 0 && command->words[1] == SHELL_WORD_FILTER && strchr (words->prefix, '=') != NULL)
        add_words (self, known, SHELL_WORD_FILTER, words);
    }
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  const char *const *first = a;
  const char *const *second = b;

  return strcmp (*first, *second);
}

ShellCompletion *
shell_completion_new (const ShellKnown *known,
                      const char       *line,
                      gsize             point)
{
  ShellCompletion *self = g_new0 (ShellCompletion, 1);
  g_autoptr (ShellWords) words = shell_words_new (line, point);
  const ShellCommand *command = NULL;

  self->start = words->start;
  self->candidates = g_ptr_array_new_with_free_func (g_free);
  if (words->before->len == 0)
    add_commands (self, words->prefix);
  else
    command = shell_commands_find (g_ptr_array_index (words->before, 0), NULL);
  if (command != NULL)
    complete_command (self, known, command, words);

  g_ptr_array_sort (self->candidates, compare);
  for (guint i = self->candidates->len; i > 1; i--)
    {
      if (strcmp (g_ptr_array_index (self->candidates, i - 1), g_ptr_array_index (self->candidates, i - 2)) == 0)
        g_ptr_array_remove_index (self->candidates, i - 1);
    }
  return self;
}

void
shell_completion_free (ShellCompletion *self)
{
  g_ptr_array_unref (self->candidates);
  g_free (self);
}

char *
shell_completion_dup_common (ShellCompletion *self)
{
  const char *first = self->candidates->len > 0 ? g_ptr_array_index (self->candidates, 0) : "";
  gsize length = strlen (first);

  if (self->candidates->len == 1)
    return g_strconcat (first, g_str_has_suffix (first, "/") || g_str_has_suffix (first, "=") ? "" : " ", NULL);
  for (guint i = 1; i < self->candidates->len; i++)
    {
      const char *other = g_ptr_array_index (self->candidates, i);
      gsize common = 0;

      while (common < length && first[common] == other[common])
        common++;
      length = common;
    }
  /* Neither half a character, nor a backslash without what it is for. */
  while (length > 0 && (first[length] & 0xc0) == 0x80)
    length--;
  if (length > 0 && first[length - 1] == '\\')
    length--;

  return g_strndup (first, length);
}
