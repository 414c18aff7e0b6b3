/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-server: listens where its command line says, and offers the resources
 * of a demonstration and of the CoAP plugtests. */
#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/tool-terminal.h"
#include "gcoap-server/server-resources.h"

#define DEFAULT_URI "coap://[::]:5683"

/* As in the manual page. */
enum
{
  EXIT_USAGE = 2,
  EXIT_CANNOT_LISTEN = 6,
};

typedef struct
{
  char   **uris;
  char   **multicast_interfaces;
  char   **allowed_origins;
  gboolean no_multicast;
  gboolean verbose;
  gboolean version;
} Options;

typedef struct
{
  GMainLoop    *loop;
  GcoapContext *context;
} Server;

static const char summary[] =
  "A CoAP server with resources to try out clients by: those of a small\n"
  "demonstration, and those of the CoAP plugtests.\n"
  "\n"
  "It prints the URIs it serves, one on a line, when it is ready, and runs until\n"
  "it is interrupted.";

static gboolean
parse_options (Options *options,
               int     *argc,
               char  ***argv,
               GError **error)
{
  const GOptionEntry entries[] = {
    { "bind", 'b', 0, G_OPTION_ARG_STRING_ARRAY, &options->uris,
      "Listen here, by default at " DEFAULT_URI "; may be repeated", "URI" },
    { "multicast-interface", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->multicast_interfaces,
      "Join the groups of all CoAP nodes here, not on all interfaces; may be repeated", "NAME" },
    { "allow-origin", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->allowed_origins,
      "Let web pages from there connect by WebSockets, * for all; may be repeated", "ORIGIN" },
    { "no-multicast", 0, 0, G_OPTION_ARG_NONE, &options->no_multicast,
      "Join no groups", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose,
      "Show each message on the standard error output", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version,
      "Show the version", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) parser = g_option_context_new (NULL);

  g_option_context_set_summary (parser, summary);
  g_option_context_add_main_entries (parser, entries, NULL);
  if (!g_option_context_parse (parser, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                   "Unexpected argument %s: where to listen is said by --bind.", (*argv)[1]);
      return FALSE;
    }
  if (options->no_multicast && options->multicast_interfaces != NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--no-multicast and --multicast-interface exclude each other.");
      return FALSE;
    }
  return TRUE;
}

/* Mistakes on the command line, and what the machine refuses. */
static int
exit_code_for (const GError *error)
{
  if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI)
      || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED))
    return EXIT_USAGE;
  return EXIT_CANNOT_LISTEN;
}

static int
complain (const GError *error,
          int           code)
{
  tool_print_error ("%s", error->message);
  if (code == EXIT_USAGE)
    tool_print_stderr ("Try “gcoap-server --help”.\n");
  return code;
}

static gboolean
listen_all (GcoapContext  *context,
            char         **uris,
            GError       **error)
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

/* A server without groups is still of use: what was not asked for by name only
 * deserves a note. */
static gboolean
join_groups (GcoapContext  *context,
             const Options *options,
             GError       **error)
{
  g_autoptr (GError) local_error = NULL;
  g_auto (GStrv) uris = NULL;
  gboolean wildcard = FALSE;

  if (options->no_multicast)
    return TRUE;
  if (options->multicast_interfaces != NULL)
    return gcoap_context_join_groups (context,
                                      (const char *const *) options->multicast_interfaces, error);

  uris = gcoap_context_dup_listen_uris (context);
  for (guint i = 0; uris[i] != NULL; i++)
    wildcard = wildcard || g_str_has_prefix (uris[i], "coap://[::]")
               || g_str_has_prefix (uris[i], "coap://0.0.0.0");
  /* Nothing that is sent to a group comes to a single address. */
  if (wildcard && !gcoap_context_join_groups (context, NULL, &local_error))
    tool_print_error ("Requests to groups will not be answered: %s", local_error->message);
  return TRUE;
}

static void
trace_cb (const char *text,
          gpointer    user_data)
{
  g_autofree char *line = g_strconcat (text, "\n", NULL);

  /* The trace has made safe what peers sent. */
  tool_print_stderr (line);
}

static void
shut_cb (GObject      *source,
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

/* Whoever started us may wait for these lines. */
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

static int
serve (const Options *options)
{
  char *default_uris[] = { (char *) DEFAULT_URI, NULL };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = server_site_new ();
  g_autoptr (GError) error = NULL;
  Server server = { loop, context };

  if (options->verbose)
    {
      g_autoptr (GcoapTextTrace) trace = gcoap_text_trace_new (trace_cb, NULL, NULL);

      gcoap_context_set_trace (context, GCOAP_TRACE (trace));
    }
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  gcoap_context_set_allowed_origins (context, (const char *const *) options->allowed_origins);
  if (!listen_all (context, options->uris != NULL ? options->uris : default_uris, &error)
      || !join_groups (context, options, &error))
    return complain (error, exit_code_for (error));

  g_unix_signal_add (SIGINT, signal_cb, &server);
  g_unix_signal_add (SIGTERM, signal_cb, &server);
  if (!announce (context))
    return EXIT_FAILURE;
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}

int
main (int    argc,
      char **argv)
{
  Options options = { NULL };
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  tool_terminal_guard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("gcoap-server");
  if (!parse_options (&options, &argc, &argv, &error))
    status = complain (error, EXIT_USAGE);
  else if (options.version)
    status = puts ("gcoap-server " GCOAP_VERSION_S) < 0 || fflush (stdout) != 0 ? EXIT_FAILURE
                                                                             : EXIT_SUCCESS;
  else
    status = serve (&options);

  g_strfreev (options.uris);
  g_strfreev (options.multicast_interfaces);
  g_strfreev (options.allowed_origins);
  return status;
}
