/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A record whose numbers are all free is worth nothing, for a new one would
 * start at a random number as well. So it is dropped, and nothing is dropped
 * before: a number would be used again too early. */
#include "message/gcoap-peers-private.h"

#include "base/gcoap-random-private.h"

static guint
peer_hash (gconstpointer key)
{
  return gcoap_endpoint_address_hash (((const GcoapPeer *) key)->address);
}

static gboolean
peer_equal (gconstpointer a,
            gconstpointer b)
{
  GcoapEndpointAddress *first = ((const GcoapPeer *) a)->address;
  GcoapEndpointAddress *second = ((const GcoapPeer *) b)->address;

  return first == second || gcoap_endpoint_address_equal (first, second);
}

static void
peer_free (gpointer data)
{
  GcoapPeer *peer = data;

  g_object_unref (peer->address);
  g_free (peer);
}

void
gcoap_peers_init (GcoapPeers *self)
{
  self->table = g_hash_table_new_full (peer_hash, peer_equal, peer_free, NULL);
  g_queue_init (&self->idle);
  g_queue_init (&self->debtors);
}

void
gcoap_peers_clear (GcoapPeers *self)
{
  g_queue_init (&self->idle);
  g_queue_init (&self->debtors);
  g_clear_pointer (&self->table, g_hash_table_unref);
}

guint
gcoap_peers_get_size (GcoapPeers *self)
{
  return g_hash_table_size (self->table);
}

GcoapPeer *
gcoap_peers_find (GcoapPeers           *self,
                  GcoapEndpointAddress *address)
{
  GcoapPeer probe = { .address = address };

  return g_hash_table_lookup (self->table, &probe);
}

static void
unlink_idle (GcoapPeers *self,
             GcoapPeer  *peer)
{
  g_queue_unlink (peer->is_debtor ? &self->debtors : &self->idle, &peer->idle_link);
  peer->is_debtor = FALSE;
}

static void
drop (GcoapPeers *self,
      GcoapPeer  *peer)
{
  unlink_idle (self, peer);
  g_hash_table_remove (self->table, peer);
}

static gint64
get_paid_at (GcoapPeer *peer)
{
  return MAX (peer->unanswered.paid_at, peer->given_up.paid_at);
}

static void
make_room (GcoapPeers *self,
           guint       max_peers,
           gint64      now)
{
  gcoap_peers_expire (self, now);
  /* A debt is for the sake of the network, not of correctness. */
  if (gcoap_peers_get_size (self) >= max_peers && self->debtors.length > 0)
    drop (self, g_queue_peek_head (&self->debtors));
}

GcoapPeer *
gcoap_peers_take (GcoapPeers           *self,
                  GcoapEndpointAddress *address,
                  guint                 max_peers,
                  gint64                now)
{
  GcoapPeer *peer = gcoap_peers_find (self, address);

  if (peer == NULL)
    {
      if (gcoap_peers_get_size (self) >= max_peers)
        make_room (self, max_peers, now);
      if (gcoap_peers_get_size (self) >= max_peers)
        return NULL;

      peer = g_new0 (GcoapPeer, 1);
      peer->address = g_object_ref (address);
      peer->idle_link.data = peer;
      gcoap_message_ids_init (&peer->ids, GCOAP_MESSAGE_IDS_OWN, gcoap_random_uint32 ());
      gcoap_nstart_init (&peer->nstart);
      gcoap_probing_init (&peer->unanswered);
      gcoap_probing_init (&peer->given_up);
      g_queue_init (&peer->transmissions);
      g_hash_table_add (self->table, peer);
    }
  else if (peer->n_users == 0)
    {
      unlink_idle (self, peer);
    }

  peer->n_users++;
  return peer;
}

void
gcoap_peers_note_heard (GcoapPeer *peer)
{
  gcoap_probing_note_heard (&peer->unanswered);
  gcoap_probing_note_heard (&peer->given_up);
}

void
gcoap_peers_release (GcoapPeers *self,
                     GcoapPeer  *peer)
{
  g_return_if_fail (peer->n_users > 0);

  if (--peer->n_users == 0)
    g_queue_push_tail_link (&self->idle, &peer->idle_link);
}

void
gcoap_peers_forget (GcoapPeers           *self,
                    GcoapEndpointAddress *address)
{
  GcoapPeer *peer = gcoap_peers_find (self, address);

  if (peer != NULL && peer->n_users == 0)
    drop (self, peer);
}

void
gcoap_peers_expire (GcoapPeers *self,
                    gint64      now)
{
  GcoapPeer *peer;

  /* With unlike lifetimes a later one may be free before an earlier; it then
   * waits for that one, which costs memory and no correctness. */
  while ((peer = g_queue_peek_head (&self->idle)) != NULL
         && peer->ids.busy_until <= now)
    if (get_paid_at (peer) <= now)
      drop (self, peer);
    else
      {
        g_queue_unlink (&self->idle, &peer->idle_link);
        g_queue_push_tail_link (&self->debtors, &peer->idle_link);
        peer->is_debtor = TRUE;
      }
  while ((peer = g_queue_peek_head (&self->debtors)) != NULL && get_paid_at (peer) <= now)
    drop (self, peer);
}

gint64
gcoap_peers_get_next_expiry (GcoapPeers *self)
{
  GcoapPeer *peer = g_queue_peek_head (&self->idle);
  GcoapPeer *debtor = g_queue_peek_head (&self->debtors);

  return MIN (peer != NULL ? peer->ids.busy_until : G_MAXINT64,
              debtor != NULL ? get_paid_at (debtor) : G_MAXINT64);
}
