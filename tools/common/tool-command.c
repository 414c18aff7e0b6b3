/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runs of a command, one at a time: while one is under way only the newest
 * input waits, because it is the state of things that matters. */
#include "common/tool-command.h"

#include <gio/gio.h>

#include "common/tool-terminal.h"

struct _ToolCommand
{
  char                *command_line;
  ToolCommandIdleFunc  idle;
  gpointer             data;
  GSubprocess         *process;     /* NULL: none is running */
  GBytes              *waiting;
  guint                n_skipped;
  gboolean             has_failed;
};

ToolCommand *
tool_command_new (const char          *command_line,
                  ToolCommandIdleFunc  idle,
                  gpointer             data)
{
  ToolCommand *self = g_new0 (ToolCommand, 1);

  self->command_line = g_strdup (command_line);
  self->idle = idle;
  self->data = data;
  return self;
}

void
tool_command_free (ToolCommand *self)
{
  g_return_if_fail (self->process == NULL);

  tool_command_forget (self);
  g_free (self->command_line);
  g_free (self);
}

gboolean
tool_command_is_busy (ToolCommand *self)
{
  return self->process != NULL;
}

gboolean
tool_command_has_failed (ToolCommand *self)
{
  return self->has_failed;
}

guint
tool_command_get_n_skipped (ToolCommand *self)
{
  return self->n_skipped;
}

void
tool_command_forget (ToolCommand *self)
{
  g_clear_pointer (&self->waiting, g_bytes_unref);
}

static void
report (ToolCommand *self,
        GSubprocess *process)
{
  if (g_subprocess_get_if_signaled (process))
    tool_print_error ("The command “%s” was ended by signal %d", self->command_line,
                      g_subprocess_get_term_sig (process));
  else if (g_subprocess_get_if_exited (process) && g_subprocess_get_exit_status (process) != 0)
    tool_print_error ("The command “%s” failed with status %d", self->command_line,
                      g_subprocess_get_exit_status (process));
  else
    return;
  self->has_failed = TRUE;
}

static void
go_on (ToolCommand *self)
{
  g_autoptr (GBytes) next = g_steal_pointer (&self->waiting);

  if (next != NULL)
    tool_command_run (self, next);
  else if (self->idle != NULL)
    self->idle (self->data);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  ToolCommand *self = data;
  g_autoptr (GSubprocess) process = g_steal_pointer (&self->process);

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  report (self, process);
  go_on (self);
}

static void
fed_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  /* A command need not read all that it is given, so a broken pipe is no
   * failure; its status tells. */
  g_subprocess_communicate_finish (G_SUBPROCESS (source), result, NULL, NULL, NULL);
  g_subprocess_wait_async (G_SUBPROCESS (source), NULL, ended_cb, data);
}

void
tool_command_run (ToolCommand *self,
                  GBytes      *input)
{
  const char *const arguments[] = { "/bin/sh", "-c", self->command_line, NULL };
  g_autoptr (GError) error = NULL;

  if (self->process != NULL)
    {
      if (self->waiting != NULL)
        self->n_skipped++;
      tool_command_forget (self);
      self->waiting = g_bytes_ref (input);
      return;
    }
  self->process = g_subprocess_newv (arguments, G_SUBPROCESS_FLAGS_STDIN_PIPE, &error);
  if (self->process == NULL)
    {
      tool_print_error ("Cannot run the command: %s", error->message);
      self->has_failed = TRUE;
      return;
    }
  g_subprocess_communicate_async (self->process, input, NULL, fed_cb, self);
}
