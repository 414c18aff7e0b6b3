/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Words of a command line that is still being typed. A complete line is split
 * by g_shell_parse_argv(); this agrees with it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GPtrArray *before;    /* the words in front, without their quotes */
  gsize      start;     /* where the last word begins in the line */
  char      *prefix;    /* what is typed of it, without its quotes */
} ShellWords;

ShellWords *shell_words_new (const char *line,
                             gsize       point) G_GNUC_WARN_UNUSED_RESULT;

void shell_words_free (ShellWords *self);

/* @word so that it is one word of a command line. */
char *shell_words_escape (const char *word) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShellWords, shell_words_free)

G_END_DECLS
