/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gcoap-keygen: makes what the other tools and programs have as credentials. */
#include <libcoap-layers/gcoap.h>
#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "common/tool-terminal.h"
#include "gcoap-keygen/keygen-commands.h"

/* As in the manual page. */
enum
{
  EXIT_ERROR = 1,
  EXIT_USAGE = 2,
};

static gboolean (*const commands[KEYGEN_N_COMMANDS]) (const KeygenOptions *options,
                                                      GError             **error) = {
  [KEYGEN_COMMAND_KEY] = keygen_key_run,
  [KEYGEN_COMMAND_CERTIFICATE] = keygen_certificate_run,
  [KEYGEN_COMMAND_PSK] = keygen_psk_run,
  [KEYGEN_COMMAND_OSCORE] = keygen_oscore_run,
  [KEYGEN_COMMAND_FINGERPRINT] = keygen_fingerprint_run,
};

static int
complain (const GError *error)
{
  gboolean is_usage = error->domain == G_OPTION_ERROR
                      || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);

  tool_print_error ("%s", error->message);
  if (!is_usage)
    return EXIT_ERROR;
  tool_print_stderr ("Try “gcoap-keygen --help”.\n");
  return EXIT_USAGE;
}

static void
protect (void)
{
  const struct rlimit none = { 0, 0 };

  /* A core dump would hold keys. */
  setrlimit (RLIMIT_CORE, &none);
  /* What does not fit is an error, and not the end. */
  signal (SIGXFSZ, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (KeygenOptions) options = NULL;
  g_autoptr (GError) error = NULL;

  tool_terminal_guard_descriptors ();
  setlocale (LC_ALL, "");
  g_set_prgname ("gcoap-keygen");
  if (sodium_init () < 0)
    {
      tool_print_error ("There are no random numbers.");
      return EXIT_ERROR;
    }
  options = keygen_options_parse (&argc, &argv, &error);
  if (options == NULL)
    return complain (error);
  if (options->version)
    {
      puts ("gcoap-keygen " GCOAP_VERSION_S);
      return EXIT_SUCCESS;
    }
  protect ();
  return commands[options->command] (options, &error) ? EXIT_SUCCESS : complain (error);
}
