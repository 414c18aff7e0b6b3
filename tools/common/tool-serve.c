/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/tool-serve.h"

#include <glib-unix.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/tool-terminal.h"

#define DEFAULT_URI "coap://[::]:5683"

typedef struct
{
  GMainLoop    *loop;
  GcoapContext *context;
} Server;

void
tool_serve_options_add_entries (ToolServeOptions *self,
                                GOptionContext   *context)
{
  const GOptionEntry entries[] = {
    { "bind", 'b', 0, G_OPTION_ARG_STRING_ARRAY, &self->uris,
      "Listen here, by default at " DEFAULT_URI "; may be repeated", "URI" },
    { "allow-origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->allowed_origins,
      "Let web pages from there connect by WebSockets, * for all; may be repeated", "ORIGIN" },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &self->verbose,
      "Show each message on the standard error output", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version,
      "Show the version", NULL },
    { NULL }
  };

  self->credentials.for_server = TRUE;
  g_option_context_add_main_entries (context, entries, NULL);
  tool_credentials_add_entries (&self->credentials, context);
}

void
tool_serve_options_clear (ToolServeOptions *self)
{
  tool_credentials_clear (&self->credentials);
  g_clear_pointer (&self->uris, g_strfreev);
  g_clear_pointer (&self->allowed_origins, g_strfreev);
}

int
tool_serve_complain (const GError *error,
                     int           code)
{
  g_autofree char *hint = g_strdup_printf ("Try “%s --help”.\n", g_get_prgname ());

  tool_print_error ("%s", error->message);
  if (code == TOOL_SERVE_EXIT_USAGE)
    tool_print_stderr (hint);
  return code;
}

/* Mistakes on the command line, and what the machine refuses. */
int
tool_serve_get_exit_code (const GError *error)
{
  if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI)
      || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED))
    return TOOL_SERVE_EXIT_USAGE;
  return TOOL_SERVE_EXIT_CANNOT_LISTEN;
}

static void
trace_cb (const char *text,
          gpointer    user_data G_GNUC_UNUSED)
{
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  /* The trace has made safe what peers sent. */
  tool_print_stderr (line);
}

static void
show_messages (GcoapContext *context)
{
  g_autoptr (GcoapTextTrace) trace = gcoap_text_trace_new (trace_cb, NULL, NULL);

  gcoap_context_set_trace (context, GCOAP_TRACE (trace));
}

static gboolean
use_credentials (GcoapContext           *context,
                 const ToolCredentials  *credentials,
                 const char *const      *uris,
                 GError                **error)
{
  g_autoptr (GcoapCredentialStore) store = NULL;

  if (!tool_credentials_check_uris (credentials, uris, error))
    return FALSE;
  if (!tool_credentials_is_given (credentials))
    return TRUE;
  store = tool_credentials_load (credentials, error);
  if (store == NULL)
    return FALSE;
  gcoap_context_set_server_credentials (context, store);
  return TRUE;
}

static gboolean
listen_at (GcoapContext       *context,
           const char *const  *uris,
           GError            **error)
{
  for (guint i = 0; uris[i] != NULL; i++)
    if (!gcoap_context_listen (context, uris[i], error))
      {
        /* Other messages name the address. */
        if (error != NULL && g_error_matches (*error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI))
          g_prefix_error (error, "Cannot listen at %s. ", uris[i]);
        return FALSE;
      }
  return TRUE;
}

int
tool_serve_begin (const ToolServeOptions *options,
                  GcoapContext           *context)
{
  const char *const default_uris[] = { DEFAULT_URI, NULL };
  const char *const *uris = options->uris != NULL ? (const char *const *) options->uris : default_uris;
  g_autoptr (GError) error = NULL;

  if (options->verbose)
    show_messages (context);
  gcoap_context_set_allowed_origins (context, (const char *const *) options->allowed_origins);
  if (!use_credentials (context, &options->credentials, uris, &error))
    return tool_serve_complain (error, TOOL_CREDENTIALS_IS_USAGE (error) ? TOOL_SERVE_EXIT_USAGE : EXIT_FAILURE);
  if (!listen_at (context, uris, &error))
    return tool_serve_complain (error, tool_serve_get_exit_code (error));
  return EXIT_SUCCESS;
}

int
tool_serve_show_version (void)
{
  return printf ("%s %s\n", g_get_prgname (), GCOAP_VERSION_S) < 0 || fflush (stdout) != 0 ? EXIT_FAILURE
                                                                                        : EXIT_SUCCESS;
}

static void
shut_cb (GObject      *source G_GNUC_UNUSED,
         GAsyncResult *result,
         gpointer      user_data)
{
  Server *server = user_data;

  gcoap_context_shutdown_finish (server->context, result, NULL);
  g_main_loop_quit (server->loop);
}

/* A second signal finds its default action again, and ends us at once. */
static gboolean
signal_cb (gpointer user_data)
{
  Server *server = user_data;

  gcoap_context_shutdown_async (server->context, NULL, shut_cb, server);
  return G_SOURCE_REMOVE;
}

static gboolean
announce (GcoapContext *context)
{
  g_auto (GStrv) uris = gcoap_context_dup_listen_uris (context);

  for (guint i = 0; uris[i] != NULL; i++)
    puts (uris[i]);
  if (fflush (stdout) == 0)
    return TRUE;
  tool_print_error ("Cannot write to standard output");
  return FALSE;
}

int
tool_serve_run (GcoapContext *context)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Server server = { loop, context };

  g_unix_signal_add (SIGINT, signal_cb, &server);
  g_unix_signal_add (SIGTERM, signal_cb, &server);
  if (!announce (context))
    return EXIT_FAILURE;
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}
