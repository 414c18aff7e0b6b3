/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-server: listens where its command line says, and offers the resources
 * of a demonstration and of the CoAP plugtests. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/tool-serve.h"
#include "common/tool-terminal.h"
#include "gcoap-server/server-resources.h"

typedef struct
{
  ToolServeOptions serve;
  char           **multicast_interfaces;
  gboolean         no_multicast;
} Options;

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
    { "multicast-interface", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->multicast_interfaces,
      "Join the groups of all CoAP nodes here, not on all interfaces; may be repeated", "NAME" },
    { "no-multicast", 0, 0, G_OPTION_ARG_NONE, &options->no_multicast,
      "Join no groups", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) parser = g_option_context_new (NULL);

  g_option_context_set_summary (parser, summary);
  g_option_context_add_main_entries (parser, entries, NULL);
  tool_serve_options_add_entries (&options->serve, parser);
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
  return tool_credentials_check (&options->serve.credentials, error);
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

static int
serve (const Options *options)
{
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = server_site_new ();
  g_autoptr (GError) error = NULL;
  int status;

  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  status = tool_serve_begin (&options->serve, context);
  if (status != EXIT_SUCCESS)
    return status;
  if (!join_groups (context, options, &error))
    return tool_serve_complain (error, tool_serve_get_exit_code (error));
  return tool_serve_run (context);
}

int
main (int    argc,
      char **argv)
{
  Options options = { 0 };
  char **arguments = tool_credentials_take_arguments (argc, argv);
  g_autofree char **rest = g_memdup2 (arguments, sizeof *rest * ((gsize) argc + 1));
  g_autoptr (GError) error = NULL;
  int status = EXIT_SUCCESS;

  tool_terminal_guard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("gcoap-server");
  if (!parse_options (&options, &argc, &rest, &error))
    status = tool_serve_complain (error, TOOL_SERVE_EXIT_USAGE);
  else if (options.serve.version)
    status = tool_serve_show_version ();
  else
    status = serve (&options);

  tool_serve_options_clear (&options.serve);
  tool_credentials_free_arguments (arguments);
  g_strfreev (options.multicast_interfaces);
  return status;
}
