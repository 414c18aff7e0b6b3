/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command line of the shell, parsed. */
#pragma once

#include "gcoap-client/shell-commands.h"

G_BEGIN_DECLS

typedef struct
{
  const ShellCommand *command;
  GPtrArray          *words;    /* without options; the last is NULL */
  guint               n_words;
  GPtrArray          *names;    /* of the options given, as in the table */
  GPtrArray          *values;   /* of these; NULL for those without value */
} ShellArguments;

/* NULL without @error for a line that is empty or a comment. */
ShellArguments *shell_arguments_parse (const char *line,
                                       GError    **error) G_GNUC_WARN_UNUSED_RESULT;

void shell_arguments_free (ShellArguments *self);

/* NULL if there are fewer words. */
const char *shell_arguments_get_word (const ShellArguments *self,
                                      guint                 position);

gboolean shell_arguments_has (const ShellArguments *self,
                              const char           *option);

/* The value given last; NULL if there is none. */
const char *shell_arguments_get (const ShellArguments *self,
                                 const char           *option);

/* All of them, in order. */
char **shell_arguments_dup_all (const ShellArguments *self,
                                const char           *option) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShellArguments, shell_arguments_free)

G_END_DECLS
