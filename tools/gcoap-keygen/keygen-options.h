/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command line: one command, what it is about, and options that are its. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  KEYGEN_COMMAND_KEY,
  KEYGEN_COMMAND_CERTIFICATE,
  KEYGEN_COMMAND_PSK,
  KEYGEN_COMMAND_OSCORE,
  KEYGEN_COMMAND_FINGERPRINT,
  KEYGEN_N_COMMANDS,
} KeygenCommand;

typedef struct
{
  KeygenCommand  command;
  char         **arguments;     /* without the command; as many as it takes */

  char          *type;
  char          *key;
  char         **hosts;
  char          *days;
  char          *identity;
  char          *bytes;
  char          *algorithm;
  char          *id_context;
  char          *client_id;
  char          *server_id;
  gboolean       force;
  gboolean       version;
} KeygenOptions;

/* NULL with an error: the command line is wrong. --help ends the program. */
KeygenOptions *keygen_options_parse (int     *argc,
                                     char  ***argv,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;

void keygen_options_free (KeygenOptions *self);

/* Sets an error that is the fault of the command line. */
gboolean keygen_options_fail (GError    **error,
                              const char *format,
                              ...) G_GNUC_PRINTF (2, 3);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeygenOptions, keygen_options_free)

G_END_DECLS
