/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-bodies-private.h"

struct _GcoapBodiesPeer
{
  GcoapEndpointAddress *address;
  GQueue                bodies;   /* least recently used first */
};

static guint
body_hash (gconstpointer p)
{
  const GcoapBody *body = p;

  return g_bytes_hash (body->key) ^ gcoap_endpoint_address_hash (body->peer->address) ^ body->kind;
}

static gboolean
body_equal (gconstpointer a,
            gconstpointer b)
{
  const GcoapBody *one = a;
  const GcoapBody *other = b;

  return one->kind == other->kind
         && (one->peer == other->peer
             || gcoap_endpoint_address_equal (one->peer->address, other->peer->address))
         && g_bytes_equal (one->key, other->key);
}

static guint
address_hash (gconstpointer address)
{
  return gcoap_endpoint_address_hash ((GcoapEndpointAddress *) address);
}

static gboolean
address_equal (gconstpointer a,
               gconstpointer b)
{
  return gcoap_endpoint_address_equal ((GcoapEndpointAddress *) a, (GcoapEndpointAddress *) b);
}

void
gcoap_bodies_init (GcoapBodies *self,
                   GcoapLimits *limits)
{
  self->limits = limits;
  self->table = g_hash_table_new (body_hash, body_equal);
  self->peers = g_hash_table_new (address_hash, address_equal);
  g_queue_init (&self->ages);
  self->bytes = 0;
  self->n_given_up = 0;
}

void
gcoap_bodies_give_up_all (GcoapBodies *self)
{
  while (self->ages.head != NULL)
    gcoap_bodies_remove (self, self->ages.head->data);
}

void
gcoap_bodies_clear (GcoapBodies *self)
{
  gcoap_bodies_give_up_all (self);
  g_clear_pointer (&self->table, g_hash_table_unref);
  g_clear_pointer (&self->peers, g_hash_table_unref);
}

guint
gcoap_bodies_get_size (const GcoapBodies *self)
{
  return self->ages.length;
}

GcoapBody *
gcoap_bodies_find (GcoapBodies          *self,
                   GcoapBodyKind         kind,
                   GcoapEndpointAddress *peer,
                   GBytes               *key,
                   gint64                now)
{
  GcoapBodiesPeer wanted_peer = { .address = peer };
  GcoapBody wanted = { .kind = kind, .peer = &wanted_peer, .key = key };
  GcoapBody *body = g_hash_table_lookup (self->table, &wanted);

  return body != NULL && body->expires_at > now ? body : NULL;
}

void
gcoap_bodies_remove (GcoapBodies *self,
                     GcoapBody   *body)
{
  GcoapBodiesPeer *peer = body->peer;

  g_hash_table_remove (self->table, body);
  g_queue_unlink (&self->ages, &body->age_link);
  g_queue_unlink (&peer->bodies, &body->peer_link);
  self->bytes -= body->bytes;
  body->bytes = 0;
  body->peer = NULL;
  g_clear_pointer (&body->key, g_bytes_unref);
  if (peer->bodies.length == 0)
    {
      g_hash_table_remove (self->peers, peer->address);
      g_object_unref (peer->address);
      g_free (peer);
    }
  body->free_func (body);
}

static void
give_up (GcoapBodies *self,
         GcoapBody   *body)
{
  self->n_given_up++;
  gcoap_bodies_remove (self, body);
}

static gboolean
give_up_dispensable (GcoapBodies *self,
                     GcoapBody   *but)
{
  for (GList *l = self->ages.head; l != NULL; l = l->next)
    {
      GcoapBody *body = l->data;

      if (body->is_dispensable && body != but)
        {
          give_up (self, body);
          return TRUE;
        }
    }
  return FALSE;
}

static GcoapBodiesPeer *
need_peer (GcoapBodies          *self,
           GcoapEndpointAddress *address)
{
  GcoapBodiesPeer *peer = g_hash_table_lookup (self->peers, address);

  if (peer == NULL)
    {
      peer = g_new0 (GcoapBodiesPeer, 1);
      peer->address = g_object_ref (address);
      g_queue_init (&peer->bodies);
      g_hash_table_insert (self->peers, peer->address, peer);
    }
  return peer;
}

static guint
count_of_peer (GcoapBodies          *self,
               GcoapEndpointAddress *address)
{
  GcoapBodiesPeer *peer = g_hash_table_lookup (self->peers, address);

  return peer != NULL ? peer->bodies.length : 0;
}

gboolean
gcoap_bodies_add (GcoapBodies          *self,
                  GcoapBody            *body,
                  GcoapEndpointAddress *address,
                  GBytes               *key,
                  gint64                now)
{
  GcoapBodiesPeer wanted_peer = { .address = address };
  GcoapBody wanted = { .kind = body->kind, .peer = &wanted_peer, .key = key };
  GcoapBody *former;

  gcoap_bodies_expire (self, now);
  former = g_hash_table_lookup (self->table, &wanted);
  if (former != NULL)
    gcoap_bodies_remove (self, former);
  while (count_of_peer (self, address) >= self->limits->max_bodies_per_peer)
    {
      GcoapBodiesPeer *peer = g_hash_table_lookup (self->peers, address);

      give_up (self, peer->bodies.head->data);
    }
  while (self->ages.length >= self->limits->max_bodies)
    if (!give_up_dispensable (self, NULL))
      return FALSE;

  body->peer = need_peer (self, address);
  body->key = g_bytes_ref (key);
  body->bytes = 0;
  body->expires_at = now + self->limits->body_timeout * G_GINT64_CONSTANT (1000);
  body->age_link = (GList) { .data = body };
  body->peer_link = (GList) { .data = body };
  g_queue_push_tail_link (&self->ages, &body->age_link);
  g_queue_push_tail_link (&body->peer->bodies, &body->peer_link);
  g_hash_table_add (self->table, body);
  return TRUE;
}

gboolean
gcoap_bodies_resize (GcoapBodies *self,
                     GcoapBody   *body,
                     gsize        bytes)
{
  while (bytes > self->limits->max_body_bytes
         || self->bytes - body->bytes > self->limits->max_body_bytes - bytes)
    if (bytes > self->limits->max_body_bytes || !give_up_dispensable (self, body))
      return FALSE;

  self->bytes += bytes - body->bytes;
  body->bytes = bytes;
  return TRUE;
}

void
gcoap_bodies_touch (GcoapBodies *self,
                    GcoapBody   *body,
                    gint64       now)
{
  body->expires_at = now + self->limits->body_timeout * G_GINT64_CONSTANT (1000);
  g_queue_unlink (&self->ages, &body->age_link);
  g_queue_push_tail_link (&self->ages, &body->age_link);
  g_queue_unlink (&body->peer->bodies, &body->peer_link);
  g_queue_push_tail_link (&body->peer->bodies, &body->peer_link);
}

void
gcoap_bodies_expire (GcoapBodies *self,
                     gint64       now)
{
  while (self->ages.head != NULL && ((GcoapBody *) self->ages.head->data)->expires_at <= now)
    gcoap_bodies_remove (self, self->ages.head->data);
}

gint64
gcoap_bodies_get_next_expiry (const GcoapBodies *self)
{
  return self->ages.head != NULL ? ((GcoapBody *) self->ages.head->data)->expires_at : G_MAXINT64;
}
