/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The credentials that a command line names: in a file, or one by one. */
#pragma once

#include <libcoap-layers/gcoap.h>

G_BEGIN_DECLS

/* The arguments as GOption leaves them. */
typedef struct
{
  gboolean  for_server;
  char    **files;
  char    **psks;
  char     *certificate;
  char     *key;
  char    **trust_anchors;
  char     *raw_public_key;
  char    **peer_keys;
  gboolean  insecure;
} ToolCredentials;

/* A copy of the arguments, to be freed by tool_credentials_free_arguments(). What
 * others could read of a key in the list of processes is wiped. GOption wants an
 * array of its own, for it takes out what it has read. */
char **tool_credentials_take_arguments (int    argc,
                                        char **argv) G_GNUC_WARN_UNUSED_RESULT;

void tool_credentials_free_arguments (char **arguments);

/* Adds the options to the main group of @context. */
void tool_credentials_add_entries (ToolCredentials *self,
                                   GOptionContext  *context);

/* Whether there is anything of it on the command line. */
gboolean tool_credentials_is_given (const ToolCredentials *self);

/* Whether the options go together. */
gboolean tool_credentials_check (const ToolCredentials *self,
                                 GError               **error);

/* Whether the options and these URIs, at least one, go together: none is of use where
 * nothing is secure, and a secure server needs some. */
gboolean tool_credentials_check_uris (const ToolCredentials *self,
                                      const char *const     *uris,
                                      GError               **error);

/* What is to blame for an error of tool_credentials_load() is the command line, or not. */
#define TOOL_CREDENTIALS_IS_USAGE(error) ((error)->domain == G_OPTION_ERROR)

/* Reads it all into a store; NULL with @error. It turns the main context of the
 * thread. A client that nothing was given trusts what the system trusts. */
GcoapCredentialStore *tool_credentials_load (const ToolCredentials *self,
                                             GError               **error) G_GNUC_WARN_UNUSED_RESULT;

/* Wipes what was a secret. */
void tool_credentials_clear (ToolCredentials *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (ToolCredentials, tool_credentials_clear)

G_END_DECLS
