/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command of the user's that is run again and again, with something new on
 * its standard input each time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ToolCommand ToolCommand;

/* Called when a run has ended, and no other is waiting. */
typedef void (*ToolCommandIdleFunc) (gpointer data);

/* @command_line: for /bin/sh -c. */
ToolCommand *tool_command_new (const char          *command_line,
                               ToolCommandIdleFunc  idle,
                               gpointer             data) G_GNUC_WARN_UNUSED_RESULT;

/* Not while a run is under way. */
void tool_command_free (ToolCommand *self);

/* Runs it now, or when the run under way has ended: then with the newest input
 * alone. Failures are reported on standard error. */
void tool_command_run (ToolCommand *self,
                       GBytes      *input);

/* Forgets the input that waits. */
void tool_command_forget (ToolCommand *self);

gboolean tool_command_is_busy (ToolCommand *self);

gboolean tool_command_has_failed (ToolCommand *self);

/* How many inputs gave way to newer ones. */
guint tool_command_get_n_skipped (ToolCommand *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToolCommand, tool_command_free)

G_END_DECLS
