/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines edited on a terminal, by libedit. */
#pragma once

#include "gcoap-client/shell-input.h"

G_BEGIN_DECLS

typedef struct _ShellEditor ShellEditor;

/* NULL without libedit, or if the terminal is none that it can work with. */
ShellEditor *shell_editor_new (const ShellInputFuncs *funcs,
                               gpointer               data) G_GNUC_WARN_UNUSED_RESULT;

void shell_editor_free (ShellEditor *self);

/* These are what those of ShellInput do. */
void shell_editor_ask (ShellEditor *self,
                       const char  *prompt);

void shell_editor_stop (ShellEditor *self);

void shell_editor_hide (ShellEditor *self);

void shell_editor_show (ShellEditor *self);

void shell_editor_complete_again (ShellEditor *self);

void shell_editor_remember (ShellEditor *self,
                            const char  *line);

void shell_editor_forget (ShellEditor *self);

G_END_DECLS
