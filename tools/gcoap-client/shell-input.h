/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the command lines come from: a terminal with editing, or standard input
 * as it is. */
#pragma once

#include "gcoap-client/shell-completion.h"

G_BEGIN_DECLS

/* Lines kept, on the screen and in the file. */
#define SHELL_HISTORY_MAX 1000

typedef struct
{
  /* @line is NULL at the end of the input. */
  void (*line) (const char *line,
                gpointer    data);
  /* A line was too long. */
  void (*refuse) (const char *reason,
                  gpointer    data);
  ShellCompletion *(*complete) (const char *line,
                                gsize       point,
                                gpointer    data);
} ShellInputFuncs;

typedef struct _ShellInput ShellInput;

ShellInput *shell_input_new (const ShellInputFuncs *funcs,
                             gpointer               data) G_GNUC_WARN_UNUSED_RESULT;

void shell_input_free (ShellInput *self);

/* Whether somebody types, and not a script. */
gboolean shell_input_is_interactive (ShellInput *self);

/* Asks for one line. */
void shell_input_ask (ShellInput *self,
                      const char *prompt);

/* Drops what is typed, and asks for no line any more. */
void shell_input_stop (ShellInput *self);

/* Takes the line that is being typed off the screen, so that something else can
 * be printed, and puts it back. */
void shell_input_hide (ShellInput *self);

void shell_input_show (ShellInput *self);

/* The links that a completion wanted are there. */
void shell_input_complete_again (ShellInput *self);

/* For the arrow keys. */
void shell_input_remember (ShellInput *self,
                           const char *line);

void shell_input_forget (ShellInput *self);

G_END_DECLS
