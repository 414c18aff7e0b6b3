/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The commands of the shell as a table: what the parser accepts, what help
 * prints and what Tab offers come from here. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SHELL_COMMAND_HELP,
  SHELL_COMMAND_OPEN,
  SHELL_COMMAND_CD,
  SHELL_COMMAND_PWD,
  SHELL_COMMAND_LS,
  SHELL_COMMAND_REQUEST,
  SHELL_COMMAND_OBSERVE,
  SHELL_COMMAND_OBSERVATIONS,
  SHELL_COMMAND_CANCEL,
  SHELL_COMMAND_WAIT,
  SHELL_COMMAND_PING,
  SHELL_COMMAND_SET,
  SHELL_COMMAND_HISTORY,
  SHELL_COMMAND_QUIT,
} ShellCommandId;

/* What a word of a command stands for. */
typedef enum
{
  SHELL_WORD_NONE,      /* there is no such word */
  SHELL_WORD_ANY,
  SHELL_WORD_PATH,
  SHELL_WORD_FILTER,
  SHELL_WORD_FILE,
  SHELL_WORD_PAYLOAD,   /* text, or @ and the name of a file */
  SHELL_WORD_FORMAT,
  SHELL_WORD_OPTION,    /* the name of an option of CoAP, =, and its value */
  SHELL_WORD_COMMAND,
  SHELL_WORD_SETTING,
  SHELL_WORD_SWITCH,    /* on or off */
  SHELL_WORD_NUMBER_OR_ALL,
} ShellWordKind;

typedef struct
{
  char           letter;        /* '\0': none */
  const char    *name;
  ShellWordKind  value;
  const char    *value_name;
  const char    *summary;
} ShellOption;

typedef struct
{
  const char        *name;
  ShellCommandId     id;
  const char        *usage;     /* behind the name and [OPTION...] */
  const char        *summary;
  const ShellOption *options;   /* ends with one without name; NULL: none */
  guint              min_words;
  guint              max_words;
  ShellWordKind      words[2];  /* the second one is that of all others too */
} ShellCommand;

/* In the order of help; the last has no name. */
const ShellCommand *shell_commands_get_all (void);

/* NULL with @error set, which may suggest another one. */
const ShellCommand *shell_commands_find (const char *name,
                                         GError    **error);

const ShellOption *shell_commands_find_option (const ShellCommand *command,
                                               const char         *name,
                                               gsize               length);

/* The text of "help" (@name is NULL) or "help NAME". */
char *shell_commands_dup_help (const char *name,
                               GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* The names of what "set" sets; the last is NULL. */
extern const char *const shell_setting_names[];

G_END_DECLS
