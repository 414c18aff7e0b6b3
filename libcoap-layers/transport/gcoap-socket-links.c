/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-socket-links-private.h"

static guint
hash_address (gconstpointer key)
{
  return gcoap_endpoint_address_hash ((GcoapEndpointAddress *) key);
}

static gboolean
equal_addresses (gconstpointer a,
                 gconstpointer b)
{
  return gcoap_endpoint_address_equal ((GcoapEndpointAddress *) a, (GcoapEndpointAddress *) b);
}

void
gcoap_socket_links_init (GcoapSocketLinks *self)
{
  self->by_peer = g_hash_table_new (hash_address, equal_addresses);
  self->by_local = g_hash_table_new (NULL, NULL);
  g_queue_init (&self->used);
}

void
gcoap_socket_links_clear (GcoapSocketLinks *self)
{
  GcoapSocketLink *link;

  while ((link = gcoap_socket_links_get_oldest (self)) != NULL)
    gcoap_socket_links_remove (self, link);
  g_clear_pointer (&self->by_peer, g_hash_table_unref);
  g_clear_pointer (&self->by_local, g_hash_table_unref);
}

guint
gcoap_socket_links_get_size (GcoapSocketLinks *self)
{
  return self->used.length;
}

GcoapSocketLink *
gcoap_socket_links_find (GcoapSocketLinks     *self,
                         GcoapEndpointAddress *peer,
                         GcoapLocal           *local)
{
  GcoapSocketLink *link = local != NULL ? g_hash_table_lookup (self->by_local, local) : NULL;

  if (link != NULL && (!link->is_connected || gcoap_endpoint_address_equal (link->peer, peer)))
    return link;
  return g_hash_table_lookup (self->by_peer, peer);
}

void
gcoap_socket_links_add (GcoapSocketLinks *self,
                        GcoapSocketLink  *link,
                        gint64            now)
{
  g_hash_table_insert (self->by_peer, link->peer, link);
  g_hash_table_insert (self->by_local, link->local, link);
  link->used = now;
  g_queue_push_head_link (&self->used, &link->node);
}

void
gcoap_socket_links_touch (GcoapSocketLinks *self,
                          GcoapSocketLink  *link,
                          gint64            now)
{
  link->used = now;
  if (self->used.head == &link->node)
    return;
  g_queue_unlink (&self->used, &link->node);
  g_queue_push_head_link (&self->used, &link->node);
}

void
gcoap_socket_links_remove (GcoapSocketLinks *self,
                           GcoapSocketLink  *link)
{
  g_queue_unlink (&self->used, &link->node);
  g_hash_table_remove (self->by_peer, link->peer);
  g_hash_table_remove (self->by_local, link->local);
  gcoap_socket_link_close (link);
  gcoap_socket_link_unref (link);
}

GcoapSocketLink *
gcoap_socket_links_get_oldest (GcoapSocketLinks *self)
{
  return self->used.tail != NULL ? self->used.tail->data : NULL;
}
