/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of the shell as a table. */
#include "gcoap-client/shell-commands.h"

#include <libcoap-layers/gcoap.h>

#include <string.h>

#define MAX_NAME 24

const char *const shell_setting_names[] = { "block-size", "json", "non", "timeout", "verbosity", NULL };

#define ACCEPT_OPTION \
  { 'a', "accept", SHELL_WORD_FORMAT, "FORMAT", "the format that the response shall have" }
#define COMMON_OPTIONS \
  { '\0', "option", SHELL_WORD_OPTION, "NAME=VALUE", "add an option to the request; may be repeated" }, \
  { '\0', "non", SHELL_WORD_NONE, NULL, "send non-confirmable messages" }
#define OUTPUT_OPTION \
  { 'o', "output", SHELL_WORD_FILE, "FILE", "write the payload to FILE" }

static const ShellOption get_options[] = { ACCEPT_OPTION, COMMON_OPTIONS, OUTPUT_OPTION, { '\0', NULL } };

static const ShellOption payload_options[] = {
  ACCEPT_OPTION,
  { 'c', "content-format", SHELL_WORD_FORMAT, "FORMAT", "what the payload is" },
  { '\0', "raw-payload", SHELL_WORD_NONE, NULL, "send text as it is, also where CBOR is to be sent" },
  COMMON_OPTIONS,
  OUTPUT_OPTION,
  { '\0', NULL }
};

static const ShellOption observe_options[] = { ACCEPT_OPTION, COMMON_OPTIONS, { '\0', NULL } };

static const ShellOption list_options[] = {
  { 'l', "long", SHELL_WORD_NONE, NULL, "show the attributes too" },
  { 'R', "recursive", SHELL_WORD_NONE, NULL, "show what is further down too" },
  { 'u', "update", SHELL_WORD_NONE, NULL, "ask the server again" },
  { '\0', NULL }
};

static const ShellOption history_options[] = {
  { 'c', "clear", SHELL_WORD_NONE, NULL, "forget all, also the file" },
  { '\0', NULL }
};

#define WITH_PAYLOAD(name, summary) \
  { name, SHELL_COMMAND_REQUEST, "PATH [TEXT|@FILE]", summary, payload_options, 1, 2, \
    { SHELL_WORD_PATH, SHELL_WORD_PAYLOAD } }

static const ShellCommand commands[] = {
  { "open", SHELL_COMMAND_OPEN, "URI", "Go to a server", NULL, 1, 1, { SHELL_WORD_ANY } },
  { "cd", SHELL_COMMAND_CD, "[PATH]", "Go to a path; without one, to /", NULL, 0, 1, { SHELL_WORD_PATH } },
  { "pwd", SHELL_COMMAND_PWD, "", "Print where this is", NULL, 0, 0, { SHELL_WORD_NONE } },
  { "ls", SHELL_COMMAND_LS, "[PATH] [ATTRIBUTE=VALUE...]", "List resources, by the links of the server",
    list_options, 0, 8, { SHELL_WORD_PATH, SHELL_WORD_FILTER } },
  { "get", SHELL_COMMAND_REQUEST, "[PATH]", "Get a resource", get_options, 0, 1, { SHELL_WORD_PATH } },
  WITH_PAYLOAD ("put", "Make or replace a resource"),
  WITH_PAYLOAD ("post", "Send something to a resource"),
  { "delete", SHELL_COMMAND_REQUEST, "PATH", "Delete a resource", get_options, 1, 1, { SHELL_WORD_PATH } },
  WITH_PAYLOAD ("fetch", "Get a part of a resource"),
  WITH_PAYLOAD ("patch", "Change a part of a resource"),
  WITH_PAYLOAD ("ipatch", "Change a part, as often as one likes"),
  { "observe", SHELL_COMMAND_OBSERVE, "[PATH]", "Print a resource whenever it changes", observe_options, 0, 1,
    { SHELL_WORD_PATH } },
  { "observations", SHELL_COMMAND_OBSERVATIONS, "", "List what is observed", NULL, 0, 0, { SHELL_WORD_NONE } },
  { "cancel", SHELL_COMMAND_CANCEL, "N|all", "End an observation, or all", NULL, 1, 1,
    { SHELL_WORD_NUMBER_OR_ALL } },
  { "wait", SHELL_COMMAND_WAIT, "SECONDS", "Do nothing but print notifications", NULL, 1, 1, { SHELL_WORD_ANY } },
  { "ping", SHELL_COMMAND_PING, "", "Ask the server whether it is there", NULL, 0, 0, { SHELL_WORD_NONE } },
  { "set", SHELL_COMMAND_SET, "[NAME [VALUE]]", "Show settings, or change one", NULL, 0, 2,
    { SHELL_WORD_SETTING, SHELL_WORD_SWITCH } },
  { "history", SHELL_COMMAND_HISTORY, "[N]", "Print the lines typed before, or the last N", history_options, 0, 1,
    { SHELL_WORD_ANY } },
  { "help", SHELL_COMMAND_HELP, "[COMMAND]", "Explain the commands, or one of them", NULL, 0, 1,
    { SHELL_WORD_COMMAND } },
  { "quit", SHELL_COMMAND_QUIT, "", "End; so do exit and Ctrl-D", NULL, 0, 0, { SHELL_WORD_NONE } },
  { "exit", SHELL_COMMAND_QUIT, "", "The same as quit", NULL, 0, 0, { SHELL_WORD_NONE } },
  { NULL },
};

const ShellCommand *
shell_commands_get_all (void)
{
  return commands;
}

/* How many letters must be changed, added or left out (Levenshtein). */
static guint
get_distance (const char *a,
              const char *b)
{
  guint row[MAX_NAME + 1];
  gsize n = strlen (b);

  for (guint j = 0; j <= n; j++)
    row[j] = j;
  for (guint i = 1; a[i - 1] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = i;
      for (guint j = 1; j <= n; j++)
        {
          guint replaced = diagonal + (a[i - 1] != b[j - 1]);

          diagonal = row[j];
          row[j] = MIN (replaced, MIN (row[j], row[j - 1]) + 1);
        }
    }

  return row[n];
}

static const char *
find_similar (const char *name)
{
  const char *similar = NULL;
  guint best = 3;

  if (strlen (name) > MAX_NAME)
    return NULL;
  for (guint i = 0; commands[i].name != NULL; i++)
    {
      guint distance = get_distance (name, commands[i].name);

      if (distance < best && distance < strlen (commands[i].name))
        {
          best = distance;
          similar = commands[i].name;
        }
      else if (similar == NULL && strlen (name) > 1 && g_str_has_prefix (commands[i].name, name))
        similar = commands[i].name;
    }

  return similar;
}

const ShellCommand *
shell_commands_find (const char *name,
                     GError    **error)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);
  const char *similar;

  for (guint i = 0; commands[i].name != NULL; i++)
    {
      if (strcmp (commands[i].name, lower) == 0)
        return &commands[i];
    }

  similar = find_similar (lower);
  if (similar != NULL)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                 "There is no command “%s”; did you mean “%s”?", name, similar);
  else
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                 "There is no command “%s”; “help” lists them.", name);
  return NULL;
}

const ShellOption *
shell_commands_find_option (const ShellCommand *command,
                            const char         *name,
                            gsize               length)
{
  for (const ShellOption *o = command->options; o != NULL && o->name != NULL; o++)
    {
      if (strlen (o->name) == length && strncmp (o->name, name, length) == 0)
        return o;
    }

  return NULL;
}

static void
append_option (GString           *text,
               const ShellOption *option)
{
  g_autofree char *letter = option->letter != '\0' ? g_strdup_printf ("-%c, ", option->letter) : g_strdup ("    ");
  g_autofree char *name = g_strdup_printf ("%s--%s%s%s", letter, option->name,
                                           option->value_name != NULL ? " " : "",
                                           option->value_name != NULL ? option->value_name : "");

  g_string_append_printf (text, "  %-30s%s\n", name, option->summary);
}

static const char *
get_detail (const ShellCommand *command)
{
  switch (command->id)
    {
    case SHELL_COMMAND_REQUEST:
    case SHELL_COMMAND_OBSERVE:
      return "\nPATH begins at the place that the prompt shows, or with / at the root, and may have\n"
             "a query: get 'query?a=1'. A whole URI goes to another server.\n";
    case SHELL_COMMAND_SET:
      return "\n  timeout SECONDS   how long to wait for a response; 0: as RFC 7252 says\n"
             "  block-size BYTES  16, 32, ... 1024: the blocks of large payloads\n"
             "  non on|off        whether messages are sent unconfirmed\n"
             "  json on|off       whether responses are printed as JSON objects\n"
             "  verbosity 0|1|2   show messages; also addresses and notes\n";
    case SHELL_COMMAND_LS:
      return "\nA filter keeps some of the links: ls rt=Type1, ls -l 'if=sensor*'. The links are\n"
             "asked for once; -u asks again.\n";
    case SHELL_COMMAND_HISTORY:
      return "\nLines that begin with a space are not kept.\n";
    case SHELL_COMMAND_HELP:
    case SHELL_COMMAND_OPEN:
    case SHELL_COMMAND_CD:
    case SHELL_COMMAND_PWD:
    case SHELL_COMMAND_OBSERVATIONS:
    case SHELL_COMMAND_CANCEL:
    case SHELL_COMMAND_WAIT:
    case SHELL_COMMAND_PING:
    case SHELL_COMMAND_QUIT:
    default:
      return "";
    }
}

char *
shell_commands_dup_help (const char *name,
                         GError    **error)
{
  GString *text;
  const ShellCommand *command = name != NULL ? shell_commands_find (name, error) : NULL;

  if (name != NULL && command == NULL)
    return NULL;

  text = g_string_new (NULL);
  if (command == NULL)
    {
      for (guint i = 0; commands[i].name != NULL; i++)
        {
          g_autofree char *line = g_strdup_printf ("%s %s", commands[i].name, commands[i].usage);

          g_string_append_printf (text, "  %-32s%s\n", line, commands[i].summary);
        }
      g_string_append (text, "\n“help COMMAND” tells the options of a command. Words are quoted as in a shell.\n"
                             "Tab completes, Ctrl-C ends what is under way, Ctrl-D ends the shell.\n");
      return g_string_free (text, FALSE);
    }

  g_string_append_printf (text, "%s%s%s%s\n  %s.\n", command->name, command->options != NULL ? " [OPTION...]" : "",
                          *command->usage != '\0' ? " " : "", command->usage, command->summary);
  if (command->options != NULL)
    g_string_append_c (text, '\n');
  for (const ShellOption *o = command->options; o != NULL && o->name != NULL; o++)
    append_option (text, o);
  g_string_append (text, get_detail (command));
  return g_string_free (text, FALSE);
}
