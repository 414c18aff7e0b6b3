/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-client: makes a CoAP request and prints the payload of the response. */
#include <locale.h>

#include "common/tool-credentials.h"
#include "common/tool-terminal.h"
#include "gcoap-client/client-options.h"
#include "gcoap-client/client-session.h"
#include "gcoap-client/shell.h"

int
main (int    argc,
      char **argv)
{
  g_autoptr (ClientOptions) options = NULL;
  char **arguments = tool_credentials_take_arguments (argc, argv);
  g_autofree char **rest = g_memdup2 (arguments, sizeof *rest * ((gsize) argc + 1));
  int status;

  tool_terminal_guard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("gcoap-client");

  options = client_options_parse (&argc, &rest, &status);
  tool_credentials_free_arguments (arguments);
  if (options == NULL)
    return status;

  return options->interactive ? shell_run (options) : client_session_run (options);
}
