/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the parts of the loader of credential maps share. */
#pragma once

#include <gio/gio.h>

#include "credentials/gcoap-credential-node-private.h"
#include "credentials/gcoap-credential-store-impl-private.h"

G_BEGIN_DECLS

/* Entries that references and lists lead to, all together. */
#define GCOAP_CREDENTIAL_MAX_VISITS 16384
/* References that lead from one to the next, and lists within lists. */
#define GCOAP_CREDENTIAL_MAX_REFERENCES 32
/* Files that one map names. */
#define GCOAP_CREDENTIAL_MAX_FILES 1024

typedef struct
{
  const char           *text;
  /* Where relative file names begin; NULL: there are none. */
  const char           *directory;
  GCancellable         *cancellable;
  GcoapCredentialNode  *root;
  GcoapCredentialStore *store;
  guint                 n_visits;
  guint                 depth;
  guint                 n_files;
  gboolean              has_secrets;
} GcoapCredentialMap;

/* At most one credential for each kind. */
typedef enum
{
  GCOAP_CREDENTIAL_KIND_DTLS,
  GCOAP_CREDENTIAL_KIND_TLS,
  GCOAP_CREDENTIAL_KIND_OSCORE,
  GCOAP_CREDENTIAL_N_KINDS,
} GcoapCredentialKind;

typedef struct
{
  /* Borrowed from the nodes. */
  GcoapCredential     *credentials[GCOAP_CREDENTIAL_N_KINDS];
  /* Where each of them stands. */
  GcoapCredentialNode *nodes[GCOAP_CREDENTIAL_N_KINDS];
} GcoapCredentialSet;

/* Reads a map to a new store. @has_secrets: whether its text holds any. */
GcoapCredentialStore *gcoap_credential_map_read (const char   *text,
                                                 gsize         length,
                                                 const char   *directory,
                                                 GCancellable *cancellable,
                                                 gboolean     *has_secrets,
                                                 GError      **error) G_GNUC_WARN_UNUSED_RESULT;

/* An error with line and column; always FALSE. */
gboolean gcoap_credential_map_fail (GcoapCredentialMap  *self,
                                    GcoapCredentialNode *at,
                                    GError             **error,
                                    const char          *format,
                                    ...) G_GNUC_PRINTF (4, 5);

gboolean gcoap_credential_map_fail_code (GcoapCredentialMap  *self,
                                         GcoapCredentialNode *at,
                                         gint                 code,
                                         GError             **error,
                                         const char          *format,
                                         ...) G_GNUC_PRINTF (5, 6);

/* Takes @cause, and gives it line and column; always FALSE. */
gboolean gcoap_credential_map_wrap (GcoapCredentialMap  *self,
                                    GcoapCredentialNode *at,
                                    GError              *cause,
                                    GError             **error);

/* Whether @node is a map with no keys but these, which end with NULL. */
gboolean gcoap_credential_map_check_keys (GcoapCredentialMap  *self,
                                          GcoapCredentialNode *node,
                                          const char          *what,
                                          const char *const   *keys,
                                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean gcoap_credential_map_check_type (GcoapCredentialMap  *self,
                                          GcoapCredentialNode *node,
                                          GcoapCborType        type,
                                          const char          *what,
                                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* A byte string, {"hex": text} or {"ascii": text}; wiped when it is freed. */
GBytes *gcoap_credential_map_take_bytes (GcoapCredentialMap  *self,
                                         GcoapCredentialNode *node,
                                         const char          *what,
                                         GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* One hash of a key, or an array of them. */
char **gcoap_credential_map_take_hashes (GcoapCredentialMap  *self,
                                         GcoapCredentialNode *node,
                                         const char          *what,
                                         GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* The name of a file, relative to the directory of the map. */
char *gcoap_credential_map_take_path (GcoapCredentialMap  *self,
                                      GcoapCredentialNode *node,
                                      const char          *what,
                                      GError             **error) G_GNUC_WARN_UNUSED_RESULT;

GBytes *gcoap_credential_map_take_file (GcoapCredentialMap  *self,
                                        GcoapCredentialNode *node,
                                        const char          *what,
                                        gboolean             is_secret,
                                        GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* What stands behind "dtls", "tls", "oscore" or "edhoc-oscore". */
gboolean gcoap_credential_map_take_session (GcoapCredentialMap  *self,
                                            GcoapCredentialNode *node,
                                            GcoapCredentialKind  kind,
                                            GError             **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean gcoap_credential_map_take_oscore (GcoapCredentialMap  *self,
                                           GcoapCredentialNode *node,
                                           GError             **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean gcoap_credential_map_take_edhoc (GcoapCredentialMap  *self,
                                          GcoapCredentialNode *node,
                                          GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* Adds what an entry or a reference leads to. */
gboolean gcoap_credential_map_resolve (GcoapCredentialMap  *self,
                                       GcoapCredentialNode *node,
                                       GcoapCredentialSet  *set,
                                       GError             **error) G_GNUC_WARN_UNUSED_RESULT;

gboolean gcoap_credential_map_take_server (GcoapCredentialMap  *self,
                                           GcoapCredentialNode *node,
                                           GError             **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads a regular file that is not too large. @mode_mask: permissions that it
 * must not have. @mode: what it has, or NULL. */
GBytes *gcoap_credential_file_read (const char *path,
                                    guint       mode_mask,
                                    guint      *mode,
                                    GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads @file, which an error calls @path, of an open directory. With
 * @is_missing, no file is no error. */
GBytes *gcoap_credential_file_read_at (int         directory,
                                       const char *file,
                                       const char *path,
                                       guint       mode_mask,
                                       guint      *mode,
                                       gboolean   *is_missing,
                                       GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
