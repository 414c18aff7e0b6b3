/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lines typed before, kept in a file for the next time. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ShellHistory ShellHistory;

/* @path is the file; NULL: none, the lines are forgotten at the end. */
ShellHistory *shell_history_new (const char *path,
                                 guint       max) G_GNUC_WARN_UNUSED_RESULT;

void shell_history_free (ShellHistory *self);

/* Where the file of this user is. */
char *shell_history_dup_path (void) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the line is one to keep: not one that begins with a space, nor the
 * one before again. */
gboolean shell_history_add (ShellHistory *self,
                            const char   *line);

void shell_history_clear (ShellHistory *self);

guint shell_history_get_length (ShellHistory *self);

const char *shell_history_get (ShellHistory *self,
                               guint         position);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShellHistory, shell_history_free)

G_END_DECLS
