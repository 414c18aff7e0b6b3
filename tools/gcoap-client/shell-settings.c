/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* set: what holds for all commands. */
#include "gcoap-client/shell.h"

#include <string.h>

#include "common/tool-number.h"

#define MAX_TIMEOUT (24 * 60 * 60 * 1000)

static GcoapBlockwise *
get_blockwise (Shell *shell)
{
  return GCOAP_BLOCKWISE (gcoap_context_get_outbound_provider (shell->context, GCOAP_TYPE_BLOCKWISE));
}

static char *
dup_value (Shell      *shell,
           const char *name)
{
  if (strcmp (name, "timeout") == 0)
    return shell->settings.timeout > 0 ? g_strdup_printf ("%g s", shell->settings.timeout / 1000.0)
                                       : g_strdup ("0 (as RFC 7252 says)");
  if (strcmp (name, "block-size") == 0)
    return g_strdup_printf ("%u", gcoap_blockwise_get_block_size (get_blockwise (shell)));
  if (strcmp (name, "non") == 0)
    return g_strdup (shell->settings.non_confirmable ? "on" : "off");
  if (strcmp (name, "json") == 0)
    return g_strdup (shell->settings.json ? "on" : "off");

  return g_strdup_printf ("%u", shell->settings.verbosity);
}

static gboolean
parse_switch (const char *text,
              const char *name,
              gboolean   *value,
              GError    **error)
{
  if (strcmp (text, "on") != 0 && strcmp (text, "off") != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, "%s is on or off, not “%s”.", name, text);
      return FALSE;
    }
  *value = strcmp (text, "on") == 0;
  return TRUE;
}

static gboolean
set_block_size (Shell      *shell,
                const char *text,
                GError    **error)
{
  guint64 size;

  if (!tool_parse_uint (text, "block-size", 16, 1024, &size, error))
    return FALSE;
  /* RFC 7959 §2.2: the size is a power of two. */
  if ((size & (size - 1)) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "Blocks have 16, 32, 64, 128, 256, 512 or 1024 bytes, not %s.", text);
      return FALSE;
    }
  gcoap_blockwise_set_block_size (get_blockwise (shell), (guint) size);
  return TRUE;
}

static gboolean
set_timeout (Shell      *shell,
             const char *text,
             GError    **error)
{
  if (!tool_parse_seconds (text, "timeout", 0, MAX_TIMEOUT, &shell->settings.timeout, error))
    return FALSE;
  shell_apply_timeout (shell);
  return TRUE;
}

static gboolean
set_value (Shell      *shell,
           const char *name,
           const char *text,
           GError    **error)
{
  guint64 verbosity;

  if (strcmp (name, "timeout") == 0)
    return set_timeout (shell, text, error);
  if (strcmp (name, "block-size") == 0)
    return set_block_size (shell, text, error);
  if (strcmp (name, "non") == 0)
    return parse_switch (text, name, &shell->settings.non_confirmable, error);
  if (strcmp (name, "json") == 0)
    return parse_switch (text, name, &shell->settings.json, error);

  if (!tool_parse_uint (text, "verbosity", 0, 2, &verbosity, error))
    return FALSE;
  shell->settings.verbosity = (guint) verbosity;
  gcoap_context_set_trace (shell->context, verbosity > 0 ? shell->trace : NULL);
  return TRUE;
}

void
shell_set (Shell                *shell,
           const ShellArguments *arguments)
{
  const char *name = shell_arguments_get_word (arguments, 0);
  const char *value = shell_arguments_get_word (arguments, 1);
  g_autoptr (GError) error = NULL;

  if (name != NULL && !g_strv_contains (shell_setting_names, name))
    g_set_error (&error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                 "There is no setting “%s”; “set” shows them.", name);
  else if (value != NULL)
    set_value (shell, name, value, &error);
  if (error != NULL)
    shell_print_error (shell, error);

  for (guint i = 0; value == NULL && error == NULL && shell_setting_names[i] != NULL; i++)
    {
      g_autofree char *shown = dup_value (shell, shell_setting_names[i]);
      g_autofree char *line = g_strdup_printf ("%-12s%s\n", shell_setting_names[i], shown);

      if (name == NULL || strcmp (name, shell_setting_names[i]) == 0)
        shell_print (shell, line);
    }
  shell_finish (shell, error != NULL ? CLIENT_EXIT_USAGE : CLIENT_EXIT_SUCCESS);
}
