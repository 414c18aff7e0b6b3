/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line. All commands share one table of options, so that --help
 * shows them all; each option knows whose it is. */
#include "gcoap-keygen/keygen-options.h"

#include <stdarg.h>
#include <string.h>

static const char summary[] =
  "Makes keys, certificates and OSCORE contexts, and shows what to write about them\n"
  "in a map of credentials.\n"
  "\n"
  "Commands:\n"
  "  key FILE                      A private key, for a raw public key or a certificate\n"
  "  certificate FILE              A certificate that vouches for itself, for tests\n"
  "  psk                           A pre-shared key\n"
  "  oscore CLIENT_DIR SERVER_DIR  Two directories with both sides of an OSCORE context\n"
  "  fingerprint FILE              The hash of the public key of a key or certificate";

static const struct
{
  const char *name;
  const char *arguments;
  guint       n_arguments;
} commands[KEYGEN_N_COMMANDS] = {
  [KEYGEN_COMMAND_KEY] = { "key", "FILE", 1 },
  [KEYGEN_COMMAND_CERTIFICATE] = { "certificate", "FILE", 1 },
  [KEYGEN_COMMAND_PSK] = { "psk", "no argument", 0 },
  [KEYGEN_COMMAND_OSCORE] = { "oscore", "CLIENT_DIR SERVER_DIR", 2 },
  [KEYGEN_COMMAND_FINGERPRINT] = { "fingerprint", "FILE", 1 },
};

gboolean
keygen_options_fail (GError    **error,
                     const char *format,
                     ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, format, arguments);
  va_end (arguments);
  return FALSE;
}

static gboolean
parse_entries (KeygenOptions *self,
               int           *argc,
               char        ***argv,
               GError       **error)
{
  const GOptionEntry entries[] = {
    { "type", 0, 0, G_OPTION_ARG_STRING, &self->type,
      "key: p256 (the default) or ed25519", "TYPE" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &self->key,
      "certificate: The private key, as “key” makes it", "FILE" },
    { "host", 0, 0, G_OPTION_ARG_STRING_ARRAY, &self->hosts,
      "The server's name or address; certificate: needed, may be repeated", "NAME" },
    { "days", 0, 0, G_OPTION_ARG_STRING, &self->days,
      "certificate: How long it is valid, 365 by default", "N" },
    { "identity", 0, 0, G_OPTION_ARG_STRING, &self->identity,
      "psk: The client's identity, by default a random one", "NAME" },
    { "bytes", 0, 0, G_OPTION_ARG_STRING, &self->bytes,
      "psk: The length of the key, 16 (the default) to 64", "N" },
    { "algorithm", 0, 0, G_OPTION_ARG_STRING, &self->algorithm,
      "oscore: By default AES-CCM-16-64-128; “help” lists them", "NAME" },
    { "id-context", 0, 0, G_OPTION_ARG_STRING, &self->id_context,
      "oscore: The ID Context, by default none", "HEX" },
    { "client-id", 0, 0, G_OPTION_ARG_STRING, &self->client_id,
      "oscore: The client's Sender ID, 01 by default", "HEX" },
    { "server-id", 0, 0, G_OPTION_ARG_STRING, &self->server_id,
      "oscore: The server's Sender ID, 02 by default", "HEX" },
    { "force", 'f', 0, G_OPTION_ARG_NONE, &self->force,
      "Replace what is there", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &self->version,
      "Show the version", NULL },
    { NULL }
  };
  g_autoptr (GOptionContext) parser = g_option_context_new ("COMMAND");

  g_option_context_set_summary (parser, summary);
  g_option_context_add_main_entries (parser, entries, NULL);
  return g_option_context_parse (parser, argc, argv, error);
}

static gboolean
find_command (KeygenOptions *self,
              const char    *name,
              GError       **error)
{
  for (guint i = 0; i < KEYGEN_N_COMMANDS; i++)
    if (g_str_equal (commands[i].name, name))
      {
        self->command = (KeygenCommand) i;
        return TRUE;
      }
  return keygen_options_fail (error, "There is no command “%s”; there are "
                              "key, certificate, psk, oscore and fingerprint.", name);
}

/* An option that would have no effect was meant for something else. */
static gboolean
check_options (KeygenOptions *self,
               GError       **error)
{
  const guint key = 1 << KEYGEN_COMMAND_KEY;
  const guint certificate = 1 << KEYGEN_COMMAND_CERTIFICATE;
  const guint psk = 1 << KEYGEN_COMMAND_PSK;
  const guint oscore = 1 << KEYGEN_COMMAND_OSCORE;
  const struct { const char *name; gboolean is_given; guint owners; } given[] = {
    { "type", self->type != NULL, key },
    { "key", self->key != NULL, certificate },
    { "host", self->hosts != NULL, key | certificate | psk | oscore },
    { "days", self->days != NULL, certificate },
    { "identity", self->identity != NULL, psk },
    { "bytes", self->bytes != NULL, psk },
    { "algorithm", self->algorithm != NULL, oscore },
    { "id-context", self->id_context != NULL, oscore },
    { "client-id", self->client_id != NULL, oscore },
    { "server-id", self->server_id != NULL, oscore },
    { "force", self->force, key | certificate | oscore },
  };

  for (guint i = 0; i < G_N_ELEMENTS (given); i++)
    if (given[i].is_given && (given[i].owners & 1 << self->command) == 0)
      return keygen_options_fail (error, "“%s” has no option --%s.", commands[self->command].name, given[i].name);
  if (self->hosts != NULL && self->hosts[1] != NULL && self->command != KEYGEN_COMMAND_CERTIFICATE)
    return keygen_options_fail (error, "Only a certificate can have more than one --host.");
  return TRUE;
}

static gboolean
check_arguments (KeygenOptions *self,
                 GError       **error)
{
  guint n = commands[self->command].n_arguments;
  gboolean lists_algorithms = self->command == KEYGEN_COMMAND_OSCORE && g_strcmp0 (self->algorithm, "help") == 0;
  /* A “-” has a meaning for reading only; a key is not to be shown by mistake. */
  gboolean writes = self->command != KEYGEN_COMMAND_FINGERPRINT;

  if (g_strv_length (self->arguments) != n && !(lists_algorithms && self->arguments[0] == NULL))
    return keygen_options_fail (error, "“%s” takes %s.", commands[self->command].name,
                                commands[self->command].arguments);
  for (guint i = 0; self->arguments[i] != NULL; i++)
    if (*self->arguments[i] == '\0' || (writes && g_str_equal (self->arguments[i], "-")))
      return keygen_options_fail (error, "“%s” is not the name of a file.", self->arguments[i]);
  if (self->key != NULL && (*self->key == '\0' || g_str_equal (self->key, "-")))
    return keygen_options_fail (error, "“%s” is not the name of a file with a key.", self->key);
  return TRUE;
}

KeygenOptions *
keygen_options_parse (int     *argc,
                      char  ***argv,
                      GError **error)
{
  g_autoptr (KeygenOptions) self = g_new0 (KeygenOptions, 1);
  char **rest;

  if (!parse_entries (self, argc, argv, error))
    return NULL;
  if (self->version)
    return g_steal_pointer (&self);
  rest = *argv + 1;
  /* What follows “--” begins with it. */
  if (*argc > 1 && g_str_equal (*rest, "--"))
    rest++;
  if (*argc < 1 || *rest == NULL)
    {
      keygen_options_fail (error, "A command is missing: key, certificate, psk, oscore or fingerprint.");
      return NULL;
    }
  if (!find_command (self, *rest, error))
    return NULL;
  rest++;
  if (*rest != NULL && g_str_equal (*rest, "--"))
    rest++;
  self->arguments = g_strdupv (rest);
  return check_options (self, error) && check_arguments (self, error) ? g_steal_pointer (&self) : NULL;
}

void
keygen_options_free (KeygenOptions *self)
{
  g_strfreev (self->arguments);
  g_free (self->type);
  g_free (self->key);
  g_strfreev (self->hosts);
  g_free (self->days);
  g_free (self->identity);
  g_free (self->bytes);
  g_free (self->algorithm);
  g_free (self->id_context);
  g_free (self->client_id);
  g_free (self->server_id);
  g_free (self);
}
