/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table finds the entries by (address, message ID); queues order them by
 * age in total, by age per endpoint, and by age of the response kept. All
 * links are inside the entries. */
#include "message/gcoap-duplicates-private.h"

#include <string.h>

#include "wire/gcoap-datagram-codec-private.h"

/* The overhead of a kept response beside its bytes on the wire, so that many
 * tiny ones are not free. */
#define KEPT_OVERHEAD 128

struct _GcoapDuplicatesPeer
{
  GcoapEndpointAddress *address;
  guint                 hash;      /* of the address, which is asked for several times with each message */
  GQueue                entries;   /* oldest first */
};

static inline gboolean
same_address (GcoapEndpointAddress *a,
              GcoapEndpointAddress *b)
{
  return a == b || gcoap_endpoint_address_equal (a, b);
}

static guint
duplicate_hash (gconstpointer key)
{
  const GcoapDuplicate *duplicate = key;

  return duplicate->peer->hash ^ (duplicate->message_id * 0x9e3779b1u);
}

static gboolean
duplicate_equal (gconstpointer a,
                 gconstpointer b)
{
  const GcoapDuplicate *first = a;
  const GcoapDuplicate *second = b;

  return first->message_id == second->message_id
         && same_address (first->peer->address, second->peer->address);
}

static guint
peer_hash (gconstpointer key)
{
  return ((const GcoapDuplicatesPeer *) key)->hash;
}

static gboolean
peer_equal (gconstpointer a,
            gconstpointer b)
{
  return same_address (((const GcoapDuplicatesPeer *) a)->address,
                       ((const GcoapDuplicatesPeer *) b)->address);
}

static void
peer_free (gpointer data)
{
  GcoapDuplicatesPeer *peer = data;

  g_object_unref (peer->address);
  g_free (peer);
}

static void
drop_response (GcoapDuplicates *self,
               GcoapDuplicate  *duplicate)
{
  if (duplicate->response == NULL)
    return;
  g_queue_unlink (&self->kept, &duplicate->kept_link);
  self->kept_bytes -= duplicate->kept_bytes;
  g_clear_pointer (&duplicate->response, gcoap_message_unref);
}

/* Everything but its memory, and the peer. */
static void
take_out (GcoapDuplicates *self,
          GcoapDuplicate  *duplicate)
{
  drop_response (self, duplicate);
  g_hash_table_remove (self->table, duplicate);
  g_queue_unlink (&self->ages[duplicate->type], &duplicate->age_link);
  g_queue_unlink (&duplicate->peer->entries, &duplicate->peer_link);
}

static void
drop (GcoapDuplicates *self,
      GcoapDuplicate  *duplicate)
{
  GcoapDuplicatesPeer *peer = duplicate->peer;

  take_out (self, duplicate);
  if (peer->entries.length == 0)
    g_hash_table_remove (self->peers, peer);
  g_free (duplicate);
}

void
gcoap_duplicates_init (GcoapDuplicates *self,
                       GcoapLimits     *limits)
{
  self->limits = limits;
  self->table = g_hash_table_new (duplicate_hash, duplicate_equal);
  self->peers = g_hash_table_new_full (peer_hash, peer_equal, peer_free, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (self->ages); i++)
    g_queue_init (&self->ages[i]);
  g_queue_init (&self->kept);
  self->kept_bytes = 0;
}

void
gcoap_duplicates_clear (GcoapDuplicates *self)
{
  if (self->table == NULL)
    return;
  gcoap_duplicates_expire (self, G_MAXINT64);
  g_clear_pointer (&self->table, g_hash_table_unref);
  g_clear_pointer (&self->peers, g_hash_table_unref);
}

guint
gcoap_duplicates_get_size (const GcoapDuplicates *self)
{
  return self->ages[0].length + self->ages[1].length;
}

static GcoapDuplicate *
look_up (GcoapDuplicates      *self,
         GcoapEndpointAddress *address,
         guint16               message_id)
{
  GcoapDuplicatesPeer peer = { .address = address };
  GcoapDuplicate probe = { .peer = &peer, .message_id = message_id };

  /* Requests answered at once leave no trace, so this is the usual case. */
  if (gcoap_duplicates_get_size (self) == 0)
    return NULL;
  peer.hash = gcoap_endpoint_address_hash (address);
  return g_hash_table_lookup (self->table, &probe);
}

/* FNV-1a. That two requests have this and the message ID in common is no chance. */
static guint32
hash_token (const GcoapPdu *pdu)
{
  guint32 hash = 0x811c9dc5u;

  for (guint32 i = 0; i < pdu->token_length; i++)
    hash = (hash ^ pdu->token[i]) * 0x01000193u;
  return hash;
}

gboolean
gcoap_duplicate_is_copy (const GcoapDuplicate *duplicate,
                         const GcoapPdu       *pdu)
{
  return duplicate->token_hash == hash_token (pdu);
}

GcoapDuplicate *
gcoap_duplicates_find (GcoapDuplicates      *self,
                       GcoapEndpointAddress *address,
                       guint16               message_id,
                       gint64                now)
{
  GcoapDuplicate *duplicate = look_up (self, address, message_id);

  /* RFC 7252 §4.4: after its lifetime a message ID may mean a new message. */
  if (duplicate != NULL && duplicate->expires_at <= now)
    {
      drop (self, duplicate);
      return NULL;
    }
  return duplicate;
}

/* Which of all is the oldest: that which expires first. */
static GcoapDuplicate *
get_oldest (const GcoapDuplicates *self)
{
  GcoapDuplicate *oldest = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (self->ages); i++)
    {
      GcoapDuplicate *first = self->ages[i].head != NULL ? self->ages[i].head->data : NULL;

      if (first != NULL && (oldest == NULL || first->expires_at < oldest->expires_at))
        oldest = first;
    }
  return oldest;
}

static GcoapDuplicatesPeer *
ensure_peer (GcoapDuplicates      *self,
             GcoapEndpointAddress *address)
{
  GcoapDuplicatesPeer probe = { .address = address, .hash = gcoap_endpoint_address_hash (address) };
  GcoapDuplicatesPeer *peer = g_hash_table_lookup (self->peers, &probe);

  if (peer == NULL)
    {
      peer = g_new0 (GcoapDuplicatesPeer, 1);
      peer->address = g_object_ref (address);
      peer->hash = probe.hash;
      g_queue_init (&peer->entries);
      g_hash_table_add (self->peers, peer);
    }
  return peer;
}

static GcoapDuplicate *
add (GcoapDuplicates *self,
     const GcoapPdu  *pdu,
     gint64           expires_at,
     guint           *n_given_up)
{
  GcoapDuplicatesPeer *peer;
  GcoapDuplicate *duplicate;

  while (gcoap_duplicates_get_size (self) >= self->limits->max_duplicates)
    {
      drop (self, get_oldest (self));
      (*n_given_up)++;
    }
  peer = ensure_peer (self, pdu->address);
  if (peer->entries.length >= self->limits->max_duplicates_per_peer && peer->entries.length > 0)
    {
      /* A busy peer is here with each message: the oldest one becomes the newest. */
      duplicate = g_queue_peek_head (&peer->entries);
      take_out (self, duplicate);
      memset (duplicate, 0, sizeof *duplicate);
      (*n_given_up)++;
    }
  else
    duplicate = g_new0 (GcoapDuplicate, 1);

  duplicate->peer = peer;
  duplicate->message_id = pdu->message_id;
  duplicate->type = pdu->type == GCOAP_MESSAGE_TYPE_CON ? 0 : 1;
  duplicate->token_hash = hash_token (pdu);
  duplicate->expires_at = expires_at;
  duplicate->age_link.data = duplicate;
  duplicate->peer_link.data = duplicate;
  duplicate->kept_link.data = duplicate;
  g_queue_push_tail_link (&self->ages[duplicate->type], &duplicate->age_link);
  g_queue_push_tail_link (&peer->entries, &duplicate->peer_link);
  g_hash_table_add (self->table, duplicate);
  return duplicate;
}

static gsize
get_cost (const GcoapPdu *request,
          GcoapMessage   *response)
{
  GcoapPdu pdu = *request;

  pdu.type = GCOAP_MESSAGE_TYPE_ACK;
  pdu.message = response;
  return gcoap_datagram_get_size (&pdu) + KEPT_OVERHEAD;
}

static guint
keep_response (GcoapDuplicates *self,
               GcoapDuplicate  *duplicate,
               GcoapMessage    *response,
               gsize            cost)
{
  guint n_given_up = 0;

  /* One whose response is given up stays known: a request that must not be
   * executed twice is then ignored when it comes again, and its sender, who
   * has most likely got the response, times out. */
  while (self->kept.length > 0 && self->kept_bytes + cost > self->limits->max_kept_bytes)
    {
      GcoapDuplicate *oldest = self->kept.head->data;

      drop_response (self, oldest);
      oldest->reply = GCOAP_REPLY_NONE;
      n_given_up++;
    }
  if (self->kept_bytes + cost > self->limits->max_kept_bytes)
    {
      duplicate->reply = GCOAP_REPLY_NONE;
      return n_given_up + 1;
    }
  duplicate->response = gcoap_message_ref (response);
  duplicate->kept_bytes = cost;
  self->kept_bytes += cost;
  g_queue_push_tail_link (&self->kept, &duplicate->kept_link);
  return n_given_up;
}

guint
gcoap_duplicates_remember (GcoapDuplicates *self,
                           const GcoapPdu  *pdu,
                           GcoapReply       reply,
                           GcoapMessage    *response,
                           gint64           expires_at)
{
  guint n_given_up = 0;
  GcoapDuplicate *duplicate = look_up (self, pdu->address, pdu->message_id);

  g_return_val_if_fail ((reply == GCOAP_REPLY_RESPONSE) == (response != NULL), 0);

  if (duplicate == NULL)
    duplicate = add (self, pdu, expires_at, &n_given_up);
  drop_response (self, duplicate);
  duplicate->reply = (guint8) reply;
  if (response != NULL)
    n_given_up += keep_response (self, duplicate, response, get_cost (pdu, response));
  return n_given_up;
}

void
gcoap_duplicates_remove (GcoapDuplicates      *self,
                         GcoapEndpointAddress *address,
                         guint16               message_id)
{
  GcoapDuplicate *duplicate = look_up (self, address, message_id);

  if (duplicate != NULL)
    drop (self, duplicate);
}

void
gcoap_duplicates_forget (GcoapDuplicates      *self,
                         GcoapEndpointAddress *address)
{
  GcoapDuplicatesPeer probe = { .address = address, .hash = gcoap_endpoint_address_hash (address) };
  GcoapDuplicatesPeer *peer = g_hash_table_lookup (self->peers, &probe);

  /* Dropping the last one drops the peer. */
  for (guint n = peer != NULL ? peer->entries.length : 0; n > 0; n--)
    drop (self, g_queue_peek_head (&peer->entries));
}

void
gcoap_duplicates_expire (GcoapDuplicates *self,
                         gint64           now)
{
  GcoapDuplicate *oldest;

  while ((oldest = get_oldest (self)) != NULL && oldest->expires_at <= now)
    drop (self, oldest);
}

gint64
gcoap_duplicates_get_next_expiry (const GcoapDuplicates *self)
{
  GcoapDuplicate *oldest = get_oldest (self);

  return oldest != NULL ? oldest->expires_at : G_MAXINT64;
}
