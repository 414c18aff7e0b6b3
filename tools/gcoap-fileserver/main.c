/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-fileserver: offers the files of a directory, for reading and, when it
 * is told so, for writing. */
#include <glib-unix.h>
#include <libcoap-layers/gcoap.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/tool-terminal.h"

#define DEFAULT_URI "coap://[::]:5683"

/* As in the manual page. */
enum
{
  EXIT_USAGE = 2,
  EXIT_NO_DIRECTORY = 3,
  EXIT_CANNOT_LISTEN = 6,
};

typedef struct
{
  char   **uris;
  char    *path;
  gint     etag_length;
  gboolean write;
  gboolean no_listing;
  gboolean verbose;
  gboolean version;
} Options;

typedef struct
{
  GMainLoop    *loop;
  GcoapContext *context;
} Server;

static const char summary[] =
  "A CoAP server for the files of a directory, by default the current one.\n"
  "Nothing outside of it can be reached.\n"
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
    { "write", 'w', 0, G_OPTION_ARG_NONE, &options->write,
      "Let clients change, make and delete files", NULL },
    { "etag-length", 0, 0, G_OPTION_ARG_INT, &options->etag_length,
      "Bytes of an entity-tag, 1 to 8", "N" },
    { "no-listing", 0, 0, G_OPTION_ARG_NONE, &options->no_listing,
      "Do not show what is in a directory", NULL },
    { "verbose", 'v', 0, G_OPTION_ARG_NONE, &options->verbose,
      "Show each message on the standard error output", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version,
      "Show the version", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) parser = g_option_context_new ("[PATH]");

  g_option_context_set_summary (parser, summary);
  g_option_context_add_main_entries (parser, entries, NULL);
  if (!g_option_context_parse (parser, argc, argv, error))
    return FALSE;
  if (*argc > 2)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                   "Unexpected argument %s: only one directory can be served.", (*argv)[2]);
      return FALSE;
    }
  if (options->etag_length < 1 || options->etag_length > 8)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "%d is no length for an entity-tag: 1 to 8 bytes.", options->etag_length);
      return FALSE;
    }
  options->path = g_strdup (*argc > 1 ? (*argv)[1] : ".");
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
    tool_print_stderr ("Try “gcoap-fileserver --help”.\n");
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

static void
announce (GcoapContext *context)
{
  g_auto (GStrv) uris = gcoap_context_dup_listen_uris (context);

  for (guint i = 0; uris[i] != NULL; i++)
    puts (uris[i]);
  fflush (stdout);
}

/* What stands at the root; NULL with @error. */
static GcoapSite *
make_site (const Options *options,
           GError       **error)
{
  g_autoptr (GFile) directory = g_file_new_for_commandline_arg (options->path);
  g_autoptr (GcoapDirectoryResource) resource = gcoap_directory_resource_new (directory, error);
  GcoapSite *site;

  if (resource == NULL)
    return NULL;
  g_object_set (resource,
                "title", "Files",
                "content-formats", "40 0",
                "writable", options->write,
                "lists", !options->no_listing,
                "etag-length", (guint) options->etag_length,
                NULL);
  site = gcoap_site_new ();
  gcoap_site_add (site, "", GCOAP_REQUEST_INTERFACE (resource));
  return site;
}

static int
serve (const Options *options)
{
  char *default_uris[] = { (char *) DEFAULT_URI, NULL };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = NULL;
  g_autoptr (GError) error = NULL;
  Server server = { loop, context };

  site = make_site (options, &error);
  if (site == NULL)
    return complain (error, EXIT_NO_DIRECTORY);
  if (options->verbose)
    {
      g_autoptr (GcoapTextTrace) trace = gcoap_text_trace_new (trace_cb, NULL, NULL);

      gcoap_context_set_trace (context, GCOAP_TRACE (trace));
    }
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  if (!listen_all (context, options->uris != NULL ? options->uris : default_uris, &error))
    return complain (error, exit_code_for (error));

  /* A file that grows above what the system allows is a client's problem. */
  signal (SIGXFSZ, SIG_IGN);
  g_unix_signal_add (SIGINT, signal_cb, &server);
  g_unix_signal_add (SIGTERM, signal_cb, &server);
  announce (context);
  g_main_loop_run (loop);
  return EXIT_SUCCESS;
}

int
main (int    argc,
      char **argv)
{
  Options options = { .etag_length = 8 };
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  tool_terminal_guard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("gcoap-fileserver");
  if (!parse_options (&options, &argc, &argv, &error))
    status = complain (error, EXIT_USAGE);
  else if (options.version)
    puts ("gcoap-fileserver " GCOAP_VERSION_S);
  else
    status = serve (&options);

  g_strfreev (options.uris);
  g_free (options.path);
  return status;
}
