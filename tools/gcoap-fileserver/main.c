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

/* As in the manual page. */
#define EXIT_NO_DIRECTORY 3

typedef struct
{
  ToolServeOptions serve;
  char            *path;
  gint             etag_length;
  gboolean         write;
  gboolean         no_listing;
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
    { "write", 'w', 0, G_OPTION_ARG_NONE, &options->write,
      "Let clients change, make and delete files", NULL },
    { "etag-length", 0, 0, G_OPTION_ARG_INT, &options->etag_length,
      "Bytes of an entity-tag, 1 to 8", "N" },
    { "no-listing", 0, 0, G_OPTION_ARG_NONE, &options->no_listing,
      "Do not show what is in a directory", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) parser = g_option_context_new ("[PATH]");

  g_option_context_set_summary (parser, summary);
  g_option_context_add_main_entries (parser, entries, NULL);
  tool_serve_options_add_entries (&options->serve, parser);
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
  return tool_credentials_check (&options->serve.credentials, error);
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
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = NULL;
  g_autoptr (GError) error = NULL;
  int status;

  site = make_site (options, &error);
  if (site == NULL)
    return tool_serve_complain (error, EXIT_NO_DIRECTORY);
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  status = tool_serve_begin (&options->serve, context);
  if (status != EXIT_SUCCESS)
    return status;

  /* A file that grows above what the system allows is a client's problem. */
  signal (SIGXFSZ, SIG_IGN);
  return tool_serve_run (context);
}

int
main (int    argc,
      char **argv)
{
  Options options = { .etag_length = 8 };
  char **arguments = tool_credentials_take_arguments (argc, argv);
  g_autofree char **rest = g_memdup2 (arguments, sizeof *rest * ((gsize) argc + 1));
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  tool_terminal_guard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("gcoap-fileserver");
  if (!parse_options (&options, &argc, &rest, &error))
    status = tool_serve_complain (error, TOOL_SERVE_EXIT_USAGE);
  else if (options.serve.version)
    status = tool_serve_show_version ();
  else
    status = serve (&options);

  tool_serve_options_clear (&options.serve);
  tool_credentials_free_arguments (arguments);
  g_free (options.path);
  return status;
}
