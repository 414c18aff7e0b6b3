/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "message/gcoap-liveness-private.h"

typedef struct
{
  GcoapEndpointAddress *address;
  guint                 n_watchers;
  gint64                last_heard;
} Watched;

static guint
watched_hash (gconstpointer key)
{
  return gcoap_endpoint_address_hash (((const Watched *) key)->address);
}

static gboolean
watched_equal (gconstpointer a,
               gconstpointer b)
{
  return gcoap_endpoint_address_equal (((const Watched *) a)->address,
                                       ((const Watched *) b)->address);
}

static void
watched_free (gpointer data)
{
  Watched *watched = data;

  g_object_unref (watched->address);
  g_free (watched);
}

static Watched *
find (GcoapLiveness        *self,
      GcoapEndpointAddress *address)
{
  Watched probe = { .address = address };

  return self->table != NULL ? g_hash_table_lookup (self->table, &probe) : NULL;
}

void
gcoap_liveness_clear (GcoapLiveness *self)
{
  g_clear_pointer (&self->table, g_hash_table_unref);
}

void
gcoap_liveness_watch (GcoapLiveness        *self,
                      GcoapEndpointAddress *address)
{
  Watched *watched = find (self, address);

  if (watched == NULL)
    {
      if (self->table == NULL)
        self->table = g_hash_table_new_full (watched_hash, watched_equal, watched_free, NULL);
      watched = g_new0 (Watched, 1);
      watched->address = g_object_ref (address);
      watched->last_heard = G_MININT64;
      g_hash_table_add (self->table, watched);
    }
  watched->n_watchers++;
}

void
gcoap_liveness_unwatch (GcoapLiveness        *self,
                        GcoapEndpointAddress *address)
{
  Watched *watched = find (self, address);

  g_return_if_fail (watched != NULL);

  if (--watched->n_watchers > 0)
    return;
  g_hash_table_remove (self->table, watched);
  if (g_hash_table_size (self->table) == 0)
    gcoap_liveness_clear (self);
}

void
gcoap_liveness_note_heard (GcoapLiveness        *self,
                           GcoapEndpointAddress *address,
                           gint64                now)
{
  Watched *watched = find (self, address);

  if (watched != NULL)
    watched->last_heard = now;
}

gint64
gcoap_liveness_get_last_heard (GcoapLiveness        *self,
                               GcoapEndpointAddress *address)
{
  Watched *watched = find (self, address);

  return watched != NULL ? watched->last_heard : G_MININT64;
}
