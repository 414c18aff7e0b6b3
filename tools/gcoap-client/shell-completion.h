/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a word of the shell may become when Tab is pressed. */
#pragma once

#include "gcoap-client/shell-location.h"

G_BEGIN_DECLS

/* What there is to choose from. */
typedef struct
{
  ShellLocation *location;
  GPtrArray     *links;         /* NULL: not known (yet) */
  GPtrArray     *numbers;       /* of observations, as text */
} ShellKnown;

typedef struct
{
  gsize      start;         /* where the word begins in the line */
  GPtrArray *candidates;    /* words to put there; more follows those that end
                             * with / or = */
  gboolean   wants_links;   /* the links of the server are needed and not known */
} ShellCompletion;

ShellCompletion *shell_completion_new (const ShellKnown *known,
                                       const char       *line,
                                       gsize             point) G_GNUC_WARN_UNUSED_RESULT;

void shell_completion_free (ShellCompletion *self);

/* What all candidates begin with, and a space if there is only one. */
char *shell_completion_dup_common (ShellCompletion *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShellCompletion, shell_completion_free)

G_END_DECLS
