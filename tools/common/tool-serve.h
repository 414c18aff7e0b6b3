/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the programs that serve have in common: they listen, say where, trace, and
 * run until they are interrupted. */
#pragma once

#include <libcoap-layers/gcoap.h>

#include "common/tool-credentials.h"

G_BEGIN_DECLS

/* As in the manual pages. */
enum
{
  TOOL_SERVE_EXIT_USAGE = 2,
  TOOL_SERVE_EXIT_CANNOT_LISTEN = 6,
};

/* Prints the error, and returns @code. */
int tool_serve_complain (const GError *error,
                         int           code);

/* The exit status for an error of tool_serve_listen(). */
int tool_serve_get_exit_code (const GError *error);

/* Shows each message on the standard error output. */
void tool_serve_trace (GcoapContext *context);

/* Takes the credentials of the command line, if there are any, for these URIs. */
gboolean tool_serve_use_credentials (GcoapContext          *context,
                                     const ToolCredentials *credentials,
                                     const char *const     *uris,
                                     GError               **error);

gboolean tool_serve_listen (GcoapContext      *context,
                            const char *const *uris,
                            GError           **error);

/* Prints the URIs, for whoever started us may wait for these lines, and runs
 * until SIGINT or SIGTERM. */
int tool_serve_run (GcoapContext *context);

G_END_DECLS
