/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A chained hash table, and a list per peer: a dead association must be found
 * by its address, and the exchanges of one peer be counted, without a walk
 * over those of all others. */
#include "token/gcoap-token-table-private.h"

#include <string.h>

#include "base/gcoap-random-private.h"

#define MIN_BUCKETS 16

struct _GcoapTokenPeer
{
  GcoapEndpointAddress *address;
  guint                 n_entries[GCOAP_N_TOKEN_ROLES];
  GcoapTokenEntry      *first;
  GcoapTokenEntry      *last;
};

/* Peers choose their tokens, so the hash has a key they do not know: else they
 * could put all entries into one bucket. */
static guint
hash_of (GcoapTokenTable      *self,
         GcoapTokenRole        role,
         GcoapEndpointAddress *address,
         const guint8         *token,
         gsize                 token_length)
{
  guint8 digest[crypto_shorthash_BYTES];
  guint hash;

  G_STATIC_ASSERT (crypto_shorthash_BYTES >= sizeof hash);
  crypto_shorthash (digest, token_length > 0 ? token : (const guint8 *) "", token_length,
                    self->hash_key);
  memcpy (&hash, digest, sizeof hash);
  if (address != NULL)
    hash += gcoap_endpoint_address_hash (address) * 2654435769u;
  return hash + (guint) role;
}

static void
link_into_bucket (GcoapTokenTable *self,
                  GcoapTokenEntry *entry)
{
  GcoapTokenEntry **bucket = &self->buckets[entry->hash & (self->n_buckets - 1)];

  entry->next = *bucket;
  if (entry->next != NULL)
    entry->next->place = &entry->next;
  entry->place = bucket;
  *bucket = entry;
}

static GcoapTokenEntry *
reverse (GcoapTokenEntry *chain)
{
  GcoapTokenEntry *reversed = NULL;

  while (chain != NULL)
    {
      GcoapTokenEntry *next = chain->next;

      chain->next = reversed;
      reversed = chain;
      chain = next;
    }
  return reversed;
}

static void
grow (GcoapTokenTable *self)
{
  GcoapTokenEntry **old = self->buckets;
  guint n_old = self->n_buckets;

  self->n_buckets = n_old * 2;
  self->buckets = g_new0 (GcoapTokenEntry *, self->n_buckets);
  for (guint i = 0; i < n_old; i++)
    {
      /* Among those of one key the newest stays in front. */
      GcoapTokenEntry *chain = reverse (old[i]);

      while (chain != NULL)
        {
          GcoapTokenEntry *next = chain->next;

          link_into_bucket (self, chain);
          chain = next;
        }
    }
  g_free (old);
}

void
gcoap_token_table_init (GcoapTokenTable *self)
{
  memset (self, 0, sizeof *self);
  gcoap_random_fill (self->hash_key, sizeof self->hash_key);
  self->n_buckets = MIN_BUCKETS;
  self->buckets = g_new0 (GcoapTokenEntry *, self->n_buckets);
  self->peers = g_hash_table_new ((GHashFunc) gcoap_endpoint_address_hash,
                                  (GEqualFunc) gcoap_endpoint_address_equal);
}

void
gcoap_token_table_clear (GcoapTokenTable *self)
{
  g_assert (g_hash_table_size (self->peers) == 0);
  g_clear_pointer (&self->peers, g_hash_table_unref);
  g_clear_pointer (&self->buckets, g_free);
}

static void
link_to_peer (GcoapTokenTable      *self,
              GcoapTokenEntry      *entry,
              GcoapEndpointAddress *address)
{
  GcoapTokenPeer *peer = g_hash_table_lookup (self->peers, address);

  if (peer == NULL)
    {
      peer = g_new0 (GcoapTokenPeer, 1);
      peer->address = g_object_ref (address);
      g_hash_table_insert (self->peers, peer->address, peer);
    }
  entry->peer = peer;
  entry->next_of_peer = NULL;
  entry->previous_of_peer = peer->last;
  if (peer->last != NULL)
    peer->last->next_of_peer = entry;
  else
    peer->first = entry;
  peer->last = entry;
  peer->n_entries[entry->role]++;
}

static void
unlink_from_peer (GcoapTokenTable *self,
                  GcoapTokenEntry *entry)
{
  GcoapTokenPeer *peer = g_steal_pointer (&entry->peer);

  if (entry->previous_of_peer != NULL)
    entry->previous_of_peer->next_of_peer = entry->next_of_peer;
  else
    peer->first = entry->next_of_peer;
  if (entry->next_of_peer != NULL)
    entry->next_of_peer->previous_of_peer = entry->previous_of_peer;
  else
    peer->last = entry->previous_of_peer;
  peer->n_entries[entry->role]--;

  if (peer->first == NULL)
    {
      g_hash_table_remove (self->peers, peer->address);
      g_object_unref (peer->address);
      g_free (peer);
    }
}

void
gcoap_token_table_add (GcoapTokenTable      *self,
                       GcoapTokenEntry      *entry,
                       GcoapTokenRole        role,
                       GcoapEndpointAddress *address,
                       gboolean              by_token_alone,
                       const guint8         *token,
                       gsize                 token_length)
{
  entry->role = role;
  entry->by_token_alone = by_token_alone != FALSE;
  entry->serial = ++self->last_serial;
  entry->token_length = (guint32) token_length;
  if (token_length > GCOAP_TOKEN_INLINE_LENGTH)
    entry->token.pointer = g_memdup2 (token, token_length);
  else if (token_length > 0)
    memcpy (entry->token.bytes, token, token_length);

  entry->place = NULL;
  entry->next = NULL;
  if (role != GCOAP_TOKEN_ROLE_REPORT)
    {
      if (self->n_hashed >= self->n_buckets)
        grow (self);
      entry->hash = hash_of (self, role, by_token_alone ? NULL : address, token, token_length);
      link_into_bucket (self, entry);
      self->n_hashed++;
    }
  link_to_peer (self, entry, address);
  self->n_entries[role]++;
}

void
gcoap_token_table_remove (GcoapTokenTable *self,
                          GcoapTokenEntry *entry)
{
  if (entry->peer == NULL)
    return;
  if (entry->place != NULL)
    {
      *entry->place = entry->next;
      if (entry->next != NULL)
        entry->next->place = entry->place;
      self->n_hashed--;
    }
  unlink_from_peer (self, entry);
  self->n_entries[entry->role]--;
  if (entry->token_length > GCOAP_TOKEN_INLINE_LENGTH)
    g_free (entry->token.pointer);
  entry->token_length = 0;
}

GcoapTokenEntry *
gcoap_token_table_find (GcoapTokenTable      *self,
                        GcoapTokenRole        role,
                        GcoapEndpointAddress *address,
                        const guint8         *token,
                        gsize                 token_length)
{
  guint hash;

  if (self->n_entries[role] == 0)
    return NULL;
  hash = hash_of (self, role, address, token, token_length);
  for (GcoapTokenEntry *entry = self->buckets[hash & (self->n_buckets - 1)];
       entry != NULL; entry = entry->next)
    if (entry->hash == hash && entry->role == role && entry->token_length == token_length
        && entry->by_token_alone == (address == NULL)
        && (token_length == 0
            || memcmp (gcoap_token_entry_get_token (entry), token, token_length) == 0)
        && (address == NULL || gcoap_endpoint_address_equal (entry->peer->address, address)))
      return entry;
  return NULL;
}

guint
gcoap_token_table_count_of_peer (GcoapTokenTable      *self,
                                 GcoapTokenRole        role,
                                 GcoapEndpointAddress *address)
{
  GcoapTokenPeer *peer;

  if (self->n_entries[role] == 0)
    return 0;
  peer = g_hash_table_lookup (self->peers, address);
  return peer != NULL ? peer->n_entries[role] : 0;
}

GcoapTokenEntry *
gcoap_token_table_first (GcoapTokenTable      *self,
                         GcoapEndpointAddress *address)
{
  GcoapTokenPeer *peer = NULL;

  if (address != NULL)
    {
      peer = g_hash_table_lookup (self->peers, address);
    }
  else
    {
      GHashTableIter iter;
      gpointer value;

      g_hash_table_iter_init (&iter, self->peers);
      if (g_hash_table_iter_next (&iter, NULL, &value))
        peer = value;
    }
  return peer != NULL ? peer->first : NULL;
}

GcoapEndpointAddress *
gcoap_token_entry_get_address (const GcoapTokenEntry *entry)
{
  return entry->peer->address;
}
