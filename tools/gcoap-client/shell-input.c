/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the command lines come from. Without an editor lines are read as they
 * come, one after the other. */
#include "gcoap-client/shell-input.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "common/tool-terminal.h"
#include "gcoap-client/shell-editor.h"

#define MAX_LINE 65536
#define READ_SIZE 4096

struct _ShellInput
{
  ShellInputFuncs  funcs;
  gpointer         data;
  gboolean         is_interactive;
  ShellEditor     *editor;      /* NULL: lines as they come */
  GString         *read;
  guint            source_id;
  gboolean         is_skipping; /* the rest of a line that was too long */
  gboolean         has_ended;
};

ShellInput *
shell_input_new (const ShellInputFuncs *funcs,
                 gpointer               data)
{
  ShellInput *self = g_new0 (ShellInput, 1);

  self->funcs = *funcs;
  self->data = data;
  self->read = g_string_new (NULL);
  self->is_interactive = isatty (STDIN_FILENO);
  if (self->is_interactive && isatty (STDOUT_FILENO))
    self->editor = shell_editor_new (funcs, data);

  return self;
}

void
shell_input_free (ShellInput *self)
{
  shell_input_stop (self);
  g_clear_pointer (&self->editor, shell_editor_free);
  g_string_free (self->read, TRUE);
  g_free (self);
}

gboolean
shell_input_is_interactive (ShellInput *self)
{
  return self->is_interactive;
}

/* Gives the next line away if there is one: then nobody asks any more. */
static gboolean
take_line (ShellInput *self)
{
  const char *end = memchr (self->read->str, '\n', self->read->len);
  g_autofree char *line = NULL;
  gsize length = end != NULL ? (gsize) (end - self->read->str) : self->read->len;

  if (length > MAX_LINE)
    {
      self->is_skipping = TRUE;
      g_string_erase (self->read, 0, (gssize) length);
      length = 0;
      end = memchr (self->read->str, '\n', self->read->len);
    }
  if (end == NULL && !self->has_ended)
    return FALSE;

  if (end != NULL || length > 0 || self->is_skipping)
    line = g_strndup (self->read->str, length);
  g_string_erase (self->read, 0, (gssize) (length + (end != NULL ? 1 : 0)));
  shell_input_stop (self);
  if (self->is_skipping)
    {
      self->is_skipping = FALSE;
      self->funcs.refuse ("A line is longer than 65536 bytes.", self->data);
    }
  else
    self->funcs.line (line, self->data);
  return TRUE;
}

static gboolean
readable_cb (int          fd,
             GIOCondition condition G_GNUC_UNUSED,
             gpointer     data)
{
  ShellInput *self = data;
  char buffer[READ_SIZE];
  gssize n_read = read (fd, buffer, sizeof buffer);

  if (n_read < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (n_read > 0)
    g_string_append_len (self->read, buffer, n_read);
  else
    self->has_ended = TRUE;

  take_line (self);
  return G_SOURCE_CONTINUE;
}

void
shell_input_ask (ShellInput *self,
                 const char *prompt)
{
  if (self->editor != NULL)
    {
      shell_editor_ask (self->editor, prompt);
      return;
    }

  if (self->is_interactive)
    tool_print_stderr (prompt);
  if (!take_line (self) && self->source_id == 0)
    self->source_id = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, readable_cb, self);
}

void
shell_input_stop (ShellInput *self)
{
  if (self->editor != NULL)
    shell_editor_stop (self->editor);
  g_clear_handle_id (&self->source_id, g_source_remove);
}

void
shell_input_hide (ShellInput *self)
{
  if (self->editor != NULL)
    shell_editor_hide (self->editor);
}

void
shell_input_show (ShellInput *self)
{
  if (self->editor != NULL)
    shell_editor_show (self->editor);
}

void
shell_input_complete_again (ShellInput *self)
{
  if (self->editor != NULL)
    shell_editor_complete_again (self->editor);
}

void
shell_input_remember (ShellInput *self,
                      const char *line)
{
  if (self->editor != NULL)
    shell_editor_remember (self->editor, line);
}

void
shell_input_forget (ShellInput *self)
{
  if (self->editor != NULL)
    shell_editor_forget (self->editor);
}
