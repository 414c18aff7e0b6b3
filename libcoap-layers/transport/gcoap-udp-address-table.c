/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-address-table-private.h"

static void
peer_free (gpointer data)
{
  GcoapUdpPeer *peer = data;

  g_object_unref (peer->address);
  g_free (peer);
}

void
gcoap_udp_address_table_init (GcoapUdpAddressTable *self)
{
  self->peers = g_hash_table_new_full (gcoap_udp_key_hash, gcoap_udp_key_equal, NULL, peer_free);
  self->newest = self->oldest = NULL;
}

void
gcoap_udp_address_table_clear (GcoapUdpAddressTable *self)
{
  self->newest = self->oldest = NULL;
  g_clear_pointer (&self->peers, g_hash_table_unref);
}

guint
gcoap_udp_address_table_get_size (GcoapUdpAddressTable *self)
{
  return g_hash_table_size (self->peers);
}

static void
detach (GcoapUdpAddressTable *self,
        GcoapUdpPeer         *peer)
{
  if (peer->newer != NULL)
    peer->newer->older = peer->older;
  else
    self->newest = peer->older;
  if (peer->older != NULL)
    peer->older->newer = peer->newer;
  else
    self->oldest = peer->newer;
}

static void
attach_newest (GcoapUdpAddressTable *self,
               GcoapUdpPeer         *peer)
{
  peer->newer = NULL;
  peer->older = self->newest;
  if (self->newest != NULL)
    self->newest->newer = peer;
  else
    self->oldest = peer;
  self->newest = peer;
}

GcoapUdpPeer *
gcoap_udp_address_table_peek (GcoapUdpAddressTable *self,
                              const GcoapUdpKey    *key)
{
  /* An answer goes to who was just heard. */
  if (self->newest != NULL && gcoap_udp_key_equal (&self->newest->address->key, key))
    return self->newest;
  return g_hash_table_lookup (self->peers, key);
}

GcoapUdpPeer *
gcoap_udp_address_table_take (GcoapUdpAddressTable *self,
                              const GcoapUdpKey    *key,
                              guint                 max_peers)
{
  GcoapUdpPeer *peer = gcoap_udp_address_table_peek (self, key);

  if (peer != NULL)
    {
      if (peer != self->newest)
        {
          detach (self, peer);
          attach_newest (self, peer);
        }
      return peer;
    }

  while (self->oldest != NULL && g_hash_table_size (self->peers) >= max_peers)
    {
      GcoapUdpPeer *oldest = self->oldest;

      detach (self, oldest);
      g_hash_table_remove (self->peers, &oldest->address->key);
    }
  peer = g_new0 (GcoapUdpPeer, 1);
  peer->address = gcoap_udp_address_new_for_key (key);
  g_hash_table_insert (self->peers, &peer->address->key, peer);
  attach_newest (self, peer);
  return peer;
}
