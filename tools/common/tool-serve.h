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

/* The arguments as GOption leaves them. */
typedef struct
{
  char           **uris;
  char           **allowed_origins;
  gboolean         verbose;
  gboolean         version;
  ToolCredentials  credentials;
} ToolServeOptions;

/* Adds the options to the main group of @context. */
void tool_serve_options_add_entries (ToolServeOptions *self,
                                     GOptionContext   *context);

void tool_serve_options_clear (ToolServeOptions *self);

/* Prints the error, and returns @code. */
int tool_serve_complain (const GError *error,
                         int           code);

/* The exit status for an error of the command line, or of what the machine refuses. */
int tool_serve_get_exit_code (const GError *error);

/* Gives @context what the command line says, and listens: what is served there has
 * to be set before. Prints what is wrong; returns the exit status, 0 if all is well. */
int tool_serve_begin (const ToolServeOptions *options,
                      GcoapContext           *context);

/* Prints the name of the program, and returns the exit status. */
int tool_serve_show_version (void);

/* Prints the URIs, for whoever started us may wait for these lines, and runs
 * until SIGINT or SIGTERM. */
int tool_serve_run (GcoapContext *context);

G_END_DECLS
