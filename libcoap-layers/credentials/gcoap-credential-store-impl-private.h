/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two sources of the store share: its client and its server half. */
#pragma once

#include "credentials/gcoap-credential-store-private.h"

G_BEGIN_DECLS

#define GCOAP_PSK_INDEX_SIZE 32

typedef struct
{
  /* A pattern, normalized, or the name of a client; NULL for the server's own. */
  char            *name;
  /* NULL for a client that is known by its key. */
  GcoapCredential *credential;
  char            *key_hash;
} GcoapCredentialEntry;

struct _GcoapCredentialStore
{
  GObject parent_instance;

  guint64     serial;
  GPtrArray  *patterns;
  GPtrArray  *own;
  GPtrArray  *clients;
  /* From the keyed hash of an identity to the client's entry. */
  GHashTable *psks;
  guint8      index_key[GCOAP_PSK_INDEX_SIZE];
};

GcoapCredentialEntry *gcoap_credential_entry_new (const char      *name,
                                                  GcoapCredential *credential,
                                                  const char      *key_hash) G_GNUC_WARN_UNUSED_RESULT;

/* Gives @self all that @other has, whose contents are undefined then. */
void gcoap_credential_store_replace (GcoapCredentialStore *self,
                                     GcoapCredentialStore *other);

void gcoap_credential_store_init_psks (GcoapCredentialStore *self);

/* Raises the serial. */
void gcoap_credential_store_change (GcoapCredentialStore *self);

gboolean gcoap_credential_store_has_room (GPtrArray *entries,
                                          GError   **error);

G_END_DECLS
