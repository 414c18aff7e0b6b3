/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-client --interactive: commands, one after the other, in one context. */
#pragma once

#include "gcoap-client/client-options.h"
#include "gcoap-client/shell-arguments.h"
#include "gcoap-client/shell-history.h"
#include "gcoap-client/shell-input.h"
#include "gcoap-client/shell-location.h"

G_BEGIN_DECLS

typedef struct _Shell Shell;
typedef struct _ShellObservations ShellObservations;

struct _Shell
{
  ClientOptions       settings;     /* what holds for all commands */
  GMainLoop          *loop;
  GcoapContext       *context;
  GcoapTrace         *trace;
  guint               response_timeout; /* that of the library */
  ShellInput         *input;
  ShellHistory       *history;
  ShellLocation      *location;
  ShellObservations  *observations;

  GPtrArray          *links;        /* of the open server; NULL: not asked for */
  GCancellable       *links_cancellable;
  gboolean            links_failed;

  /* The command under way. */
  GCancellable       *cancellable;  /* NULL: there is none that takes time */
  guint               timeout_id;
  guint               ask_id;
  gint64              started;
  gboolean            timed_out;
  gboolean            was_interrupted;

  gboolean            is_quitting;
  int                 signal_number;
  int                 status;       /* of the first command that failed */
};

/* Returns the exit status. */
int shell_run (const ClientOptions *options);

/* Begins something that takes time and can be cancelled, also by the setting
 * timeout if @limited; the cancellable belongs to the shell. */
GCancellable *shell_begin (Shell   *shell,
                           gboolean limited);

/* Ends the command: each does this once, now or later. */
void shell_finish (Shell *shell,
                   int    status);

/* Explains why there is no response, and ends the command. */
void shell_fail (Shell        *shell,
                 const GError *error);

/* Prints with the line that is being typed out of the way. */
void shell_print (Shell      *shell,
                  const char *text);

void shell_print_error (Shell        *shell,
                        const GError *error);

/* The settings as what prints responses takes them. */
ClientOptions shell_get_output_options (Shell *shell);

/* The setting timeout has changed. */
void shell_apply_timeout (Shell *shell);

/* The commands. */
void shell_request (Shell                *shell,
                    const ShellArguments *arguments);

void shell_ping (Shell *shell);

void shell_list (Shell                *shell,
                 const ShellArguments *arguments);

void shell_set (Shell                *shell,
                const ShellArguments *arguments);

/* What a request of these arguments is; NULL with @error. */
GcoapMessage *shell_make_request (Shell                *shell,
                                  const ShellArguments *arguments,
                                  const char           *method,
                                  GError              **error) G_GNUC_WARN_UNUSED_RESULT;

GcoapTransportTuning *shell_make_tuning (Shell                *shell,
                                         const ShellArguments *arguments) G_GNUC_WARN_UNUSED_RESULT;

/* Asks for the links in the background, for completion. */
void shell_fetch_links (Shell *shell);

void shell_forget_links (Shell *shell);

/* Observations */
ShellObservations *shell_observations_new (Shell *shell) G_GNUC_WARN_UNUSED_RESULT;

/* Ends them all. */
void shell_observations_free (ShellObservations *self);

void shell_observe (Shell                *shell,
                    const ShellArguments *arguments);

void shell_observations_list (Shell *shell);

void shell_observations_cancel (Shell      *shell,
                                const char *which);

/* Their numbers, as text. */
GPtrArray *shell_observations_dup_numbers (ShellObservations *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
