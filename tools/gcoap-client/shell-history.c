/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines typed before. Each is appended to the file at once, so that two
 * shells do not undo each other's work; the file is cut when it is read. That
 * it cannot be written is no reason to disturb anybody. */
#include "gcoap-client/shell-history.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A longer file is not ours. */
#define MAX_BYTES (4 * 1024 * 1024)
#define MAX_LINE 4096

struct _ShellHistory
{
  char      *path;
  guint      max;
  GPtrArray *lines;
};

char *
shell_history_dup_path (void)
{
  return g_build_filename (g_get_user_state_dir (), "gcoap-client", "history", NULL);
}

static gboolean
write_all (int         fd,
           const char *text,
           gsize       length)
{
  while (length > 0)
    {
      gssize written = write (fd, text, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0)
        return FALSE;
      text += written;
      length -= (gsize) written;
    }

  return TRUE;
}

static void
rewrite (ShellHistory *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (self->path == NULL)
    return;
  for (guint i = 0; i < self->lines->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (self->lines, i));
  g_file_set_contents_full (self->path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static void
append (ShellHistory *self,
        const char   *line)
{
  g_autofree char *text = g_strconcat (line, "\n", NULL);
  int fd;

  if (self->path == NULL)
    return;
  fd = open (self->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (fd < 0)
    return;
  /* Payloads are among the lines: nobody else reads them. */
  if (fchmod (fd, 0600) == 0)
    write_all (fd, text, strlen (text));
  close (fd);
}

static void
load (ShellHistory *self)
{
  g_autofree char *folder = g_path_get_dirname (self->path);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  struct stat state;
  guint n_lines = 0;

  if (g_mkdir_with_parents (folder, 0700) != 0 || stat (self->path, &state) != 0 || !S_ISREG (state.st_mode)
      || state.st_size > MAX_BYTES || !g_file_get_contents (self->path, &text, NULL, NULL))
    return;

  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (*lines[i] == '\0' || strlen (lines[i]) > MAX_LINE || !g_utf8_validate (lines[i], -1, NULL))
        continue;
      g_ptr_array_add (self->lines, g_strdup (lines[i]));
      n_lines++;
    }
  if (n_lines > self->max)
    {
      g_ptr_array_remove_range (self->lines, 0, n_lines - self->max);
      rewrite (self);
    }
}

ShellHistory *
shell_history_new (const char *path,
                   guint       max)
{
  ShellHistory *self = g_new0 (ShellHistory, 1);

  self->path = g_strdup (path);
  self->max = max;
  self->lines = g_ptr_array_new_with_free_func (g_free);
  if (path != NULL)
    load (self);

  return self;
}

void
shell_history_free (ShellHistory *self)
{
  g_ptr_array_unref (self->lines);
  g_free (self->path);
  g_free (self);
}

gboolean
shell_history_add (ShellHistory *self,
                   const char   *line)
{
  guint length = self->lines->len;

  if (*line == '\0' || g_ascii_isspace (*line) || strlen (line) > MAX_LINE || !g_utf8_validate (line, -1, NULL)
      || (length > 0 && strcmp (g_ptr_array_index (self->lines, length - 1), line) == 0))
    return FALSE;

  g_ptr_array_add (self->lines, g_strdup (line));
  if (length + 1 > self->max)
    g_ptr_array_remove_index (self->lines, 0);
  append (self, line);
  return TRUE;
}

void
shell_history_clear (ShellHistory *self)
{
  g_ptr_array_set_size (self->lines, 0);
  rewrite (self);
}

guint
shell_history_get_length (ShellHistory *self)
{
  return self->lines->len;
}

const char *
shell_history_get (ShellHistory *self,
                   guint         position)
{
  return position < self->lines->len ? g_ptr_array_index (self->lines, position) : NULL;
}
