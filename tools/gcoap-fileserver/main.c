/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-fileserver: offers the files of a directory, for reading and, when it
 * is told so, for writing. */
#include <libcoap-layers/gcoap.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/tool-serve.h"
#include "common/tool-terminal.h"

#define DEFAULT_URI "coap://[::]:5683"

/* As in the manual page. */
#define EXIT_NO_DIRECTORY 3

typedef struct
{
  char   **uris;
  char    *path;
  gint     etag_length;
  gboolean write;
  gboolean no_listing;
  gboolean verbose;
  gboolean version;
  ToolCredentials credentials;
} Options;

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
  tool_credentials_add_entries (&options->credentials, parser);
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
  return tool_credentials_check (&options->credentials, error);
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
  const char *const default_uris[] = { DEFAULT_URI, NULL };
  const char *const *uris = options->uris != NULL ? (const char *const *) options->uris : default_uris;
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = NULL;
  g_autoptr (GError) error = NULL;

  site = make_site (options, &error);
  if (site == NULL)
    return tool_serve_complain (error, EXIT_NO_DIRECTORY);
  if (options->verbose)
    tool_serve_trace (context);
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  if (!tool_serve_use_credentials (context, &options->credentials, uris, &error))
    return tool_serve_complain (error, TOOL_CREDENTIALS_IS_USAGE (error) ? TOOL_SERVE_EXIT_USAGE : EXIT_FAILURE);
  if (!tool_serve_listen (context, uris, &error))
    return tool_serve_complain (error, tool_serve_get_exit_code (error));

  /* A file that grows above what the system allows is a client's problem. */
  signal (SIGXFSZ, SIG_IGN);
  return tool_serve_run (context);
}

int
main (int    argc,
      char **argv)
{
  Options options = { .etag_length = 8, .credentials = { .for_server = TRUE } };
  char **arguments = tool_credentials_take_arguments (argc, argv);
  g_autofree char **rest = g_memdup2 (arguments, sizeof *rest * ((gsize) argc + 1));
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  tool_terminal_guard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("gcoap-fileserver");
  if (!parse_options (&options, &argc, &rest, &error))
    status = tool_serve_complain (error, TOOL_SERVE_EXIT_USAGE);
  else if (options.version)
    puts ("gcoap-fileserver " GCOAP_VERSION_S);
  else
    status = serve (&options);

  tool_credentials_clear (&options.credentials);
  tool_credentials_free_arguments (arguments);
  g_strfreev (options.uris);
  g_free (options.path);
  return status;
}
