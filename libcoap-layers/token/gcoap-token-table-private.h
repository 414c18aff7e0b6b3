/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The open exchanges of one token layer, of both roles, by (role, address,
 * token); those for a group by token alone. It knows no exchange: whoever
 * waits embeds an entry. */
#pragma once

#include <sodium.h>

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_TOKEN_ROLE_CLIENT,   /* a request of ours waits for a response */
  GCOAP_TOKEN_ROLE_SERVER,   /* a request of a peer waits for ours */
  GCOAP_TOKEN_ROLE_REPORT,   /* a response of ours is under way; has no token */
  GCOAP_N_TOKEN_ROLES,
} GcoapTokenRole;

typedef struct _GcoapTokenEntry GcoapTokenEntry;
typedef struct _GcoapTokenPeer GcoapTokenPeer;

/* RFC 7252 §5.3.1: what fits without an allocation; longer ones are rare
 * (RFC 8974). */
#define GCOAP_TOKEN_INLINE_LENGTH 8

struct _GcoapTokenEntry
{
  GcoapTokenEntry  *next;              /* in the bucket */
  GcoapTokenEntry **place;             /* what points to it there */
  GcoapTokenPeer   *peer;              /* NULL: not in a table */
  GcoapTokenEntry  *previous_of_peer;
  GcoapTokenEntry  *next_of_peer;
  guint64           serial;            /* grows from entry to entry */
  guint             hash;
  guint8            role;
  guint8            by_token_alone;
  guint32           token_length;
  union
  {
    guint8          bytes[GCOAP_TOKEN_INLINE_LENGTH];
    guint8         *pointer;
  } token;
};

typedef struct
{
  guint8            hash_key[crypto_shorthash_KEYBYTES];
  GcoapTokenEntry **buckets;
  guint             n_buckets;         /* a power of two */
  guint             n_hashed;
  guint             n_entries[GCOAP_N_TOKEN_ROLES];
  GHashTable       *peers;             /* address -> GcoapTokenPeer */
  guint64           last_serial;
} GcoapTokenTable;

void gcoap_token_table_init (GcoapTokenTable *self);

/* The table must be empty. */
void gcoap_token_table_clear (GcoapTokenTable *self);

void gcoap_token_table_add (GcoapTokenTable      *self,
                            GcoapTokenEntry      *entry,
                            GcoapTokenRole        role,
                            GcoapEndpointAddress *address,
                            gboolean              by_token_alone,
                            const guint8         *token,
                            gsize                 token_length);

/* Removing an entry that is in no table does nothing. */
void gcoap_token_table_remove (GcoapTokenTable *self,
                               GcoapTokenEntry *entry);

/* The newest entry of that key; address NULL: of those by token alone. */
GcoapTokenEntry *gcoap_token_table_find (GcoapTokenTable      *self,
                                         GcoapTokenRole        role,
                                         GcoapEndpointAddress *address,
                                         const guint8         *token,
                                         gsize                 token_length);

guint gcoap_token_table_count_of_peer (GcoapTokenTable      *self,
                                       GcoapTokenRole        role,
                                       GcoapEndpointAddress *address);

/* The oldest entry of any role at that address, or at any if it is NULL. */
GcoapTokenEntry *gcoap_token_table_first (GcoapTokenTable      *self,
                                          GcoapEndpointAddress *address);

static inline const guint8 *
gcoap_token_entry_get_token (const GcoapTokenEntry *entry)
{
  return entry->token_length <= GCOAP_TOKEN_INLINE_LENGTH ? entry->token.bytes
                                                          : entry->token.pointer;
}

static inline gboolean
gcoap_token_entry_is_in_table (const GcoapTokenEntry *entry)
{
  return entry->peer != NULL;
}

GcoapEndpointAddress *gcoap_token_entry_get_address (const GcoapTokenEntry *entry);

G_END_DECLS
