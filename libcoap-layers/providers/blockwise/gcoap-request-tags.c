/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-request-tags-private.h"

#include <string.h>

#include "base/gcoap-random-private.h"

struct _GcoapRequestTagsEntry
{
  GcoapEndpointAddress *peer;
  GBytes               *key;
  guint                 n_open;      /* operations under way */
  gint64                forget_at;   /* G_MININT64: all have been concluded */
  GList                 link;        /* in burned, when none is under way */
};

static guint
entry_hash (gconstpointer p)
{
  const GcoapRequestTagsEntry *entry = p;

  return g_bytes_hash (entry->key) ^ gcoap_endpoint_address_hash (entry->peer);
}

static gboolean
entry_equal (gconstpointer a,
             gconstpointer b)
{
  const GcoapRequestTagsEntry *one = a;
  const GcoapRequestTagsEntry *other = b;

  return gcoap_endpoint_address_equal (one->peer, other->peer) && g_bytes_equal (one->key, other->key);
}

static void
entry_free (gpointer p)
{
  GcoapRequestTagsEntry *entry = p;

  g_object_unref (entry->peer);
  g_bytes_unref (entry->key);
  g_free (entry);
}

void
gcoap_request_tags_init (GcoapRequestTags *self,
                         guint             maximum)
{
  self->table = g_hash_table_new_full (entry_hash, entry_equal, entry_free, NULL);
  g_queue_init (&self->burned);
  self->maximum = maximum;
  /* A process before this one began somewhere else, most likely. */
  self->next_value = gcoap_random_uint32 ();
  self->all_until = G_MININT64;
}

void
gcoap_request_tags_clear (GcoapRequestTags *self)
{
  g_clear_pointer (&self->table, g_hash_table_unref);
  g_queue_init (&self->burned);
}

guint
gcoap_request_tags_get_size (const GcoapRequestTags *self)
{
  return g_hash_table_size (self->table);
}

static void
forget (GcoapRequestTags      *self,
        GcoapRequestTagsEntry *entry)
{
  g_queue_unlink (&self->burned, &entry->link);
  g_hash_table_remove (self->table, entry);
}

static void
forget_old (GcoapRequestTags *self,
            gint64            now)
{
  while (self->burned.head != NULL
         && ((GcoapRequestTagsEntry *) self->burned.head->data)->forget_at <= now)
    forget (self, self->burned.head->data);
}

static void
choose_value (GcoapRequestTags *self,
              GcoapRequestTag  *tag)
{
  guint32 value = GUINT32_TO_BE (self->next_value++);

  tag->is_present = TRUE;
  tag->length = sizeof (value);
  memcpy (tag->value, &value, sizeof (value));
}

void
gcoap_request_tags_begin (GcoapRequestTags     *self,
                          GcoapEndpointAddress *peer,
                          GBytes               *key,
                          gint64                now,
                          GcoapRequestTag      *tag)
{
  GcoapRequestTagsEntry wanted = { .peer = peer, .key = key };
  GcoapRequestTagsEntry *entry;

  forget_old (self, now);
  *tag = (GcoapRequestTag) { NULL };
  entry = g_hash_table_lookup (self->table, &wanted);
  if (entry != NULL)
    {
      choose_value (self, tag);
      if (entry->n_open == 0)
        g_queue_unlink (&self->burned, &entry->link);
    }
  else
    {
      if (now < self->all_until)
        choose_value (self, tag);
      entry = g_new0 (GcoapRequestTagsEntry, 1);
      entry->peer = g_object_ref (peer);
      entry->key = g_bytes_ref (key);
      entry->forget_at = G_MININT64;
      entry->link.data = entry;
      g_hash_table_add (self->table, entry);
    }
  entry->n_open++;
  tag->entry = entry;
}

void
gcoap_request_tags_end (GcoapRequestTags *self,
                        GcoapRequestTag  *tag,
                        gboolean          concluded,
                        gint64            forget_at)
{
  GcoapRequestTagsEntry *entry = g_steal_pointer (&tag->entry);

  if (entry == NULL)
    return;
  /* A value of the counter does not come back by itself; the absence of the
   * option, which is what the first one used, does. */
  if (!concluded && !tag->is_present)
    entry->forget_at = MAX (entry->forget_at, forget_at);
  if (--entry->n_open > 0)
    return;
  if (entry->forget_at == G_MININT64)
    {
      g_hash_table_remove (self->table, entry);
      return;
    }
  g_queue_push_tail_link (&self->burned, &entry->link);
  /* When it is not known any more who must not go without the option, nobody
   * goes without it. */
  while (self->burned.length > self->maximum)
    {
      GcoapRequestTagsEntry *oldest = self->burned.head->data;

      self->all_until = MAX (self->all_until, oldest->forget_at);
      forget (self, oldest);
    }
}
