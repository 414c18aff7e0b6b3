/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the command line of gcoap-client asks for. */
#pragma once

#include <libcoap-layers/gcoap.h>

G_BEGIN_DECLS

/* The exit statuses; the manual page lists them. */
typedef enum
{
  CLIENT_EXIT_SUCCESS = 0,
  CLIENT_EXIT_FAILURE = 1,
  CLIENT_EXIT_USAGE = 2,
  CLIENT_EXIT_CLIENT_ERROR = 4,
  CLIENT_EXIT_SERVER_ERROR = 5,
  CLIENT_EXIT_NETWORK = 6,
  CLIENT_EXIT_TIMEOUT = 7,
  CLIENT_EXIT_SIGNAL = 128,     /* plus the number of the signal */
} ClientExit;

typedef enum
{
  CLIENT_PROGRESS_AUTO,
  CLIENT_PROGRESS_ALWAYS,
  CLIENT_PROGRESS_NEVER,
} ClientProgress;

typedef struct
{
  gboolean       interactive;   /* then the request comes with the commands */
  char          *uri;
  GcoapCredentialStore *credentials;
  gboolean       has_credentials; /* else there is only what the system trusts */
  /* NULL with ping. */
  GcoapMessage  *request;
  /* What the payload is to be read from while it is sent, "-" for standard
   * input; NULL: the request has it. */
  char          *payload_path;
  guint          block_size;    /* 0: the library's */
  gboolean       ping;
  gboolean       non_confirmable;
  guint          timeout;       /* milliseconds; 0: the library's */
  gboolean       multicast;
  guint          wait;          /* milliseconds, for the members of a group */
  char          *interface;     /* NULL: the system's choice */
  gboolean       observe;
  char          *observe_exec;  /* NULL: notifications are printed */
  guint          observe_count; /* 0: no end */
  guint          observe_duration;      /* milliseconds; 0: no end */
  gboolean       no_deregister;
  guint          repeat;
  guint          interval;      /* milliseconds */
  char          *output;
  gboolean       json;
  gboolean       color;         /* of standard output */
  gboolean       error_color;   /* of standard error */
  gboolean       pretty;
  ClientProgress progress;
  guint          verbosity;
  gboolean       quiet;
} ClientOptions;

/* NULL if the program is to end now, with *@status. */
ClientOptions *client_options_parse (int    *argc,
                                     char ***argv,
                                     int    *status) G_GNUC_WARN_UNUSED_RESULT;

void client_options_free (ClientOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ClientOptions, client_options_free)

G_END_DECLS
