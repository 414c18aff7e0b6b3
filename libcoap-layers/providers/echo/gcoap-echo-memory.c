/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/echo/gcoap-echo-memory-private.h"

typedef struct
{
  GcoapEndpointAddress *address;
  GBytes               *value;
  gint64                since;   /* microseconds of the clock */
  GList                 link;    /* in order */
} Remembered;

static void
remembered_free (gpointer data)
{
  Remembered *self = data;

  g_object_unref (self->address);
  g_bytes_unref (self->value);
  g_free (self);
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
gcoap_echo_memory_init (GcoapEchoMemory *self)
{
  self->values = NULL;
  g_queue_init (&self->order);
}

void
gcoap_echo_memory_clear (GcoapEchoMemory *self)
{
  g_clear_pointer (&self->values, g_hash_table_unref);
  g_queue_init (&self->order);
}

static void
drop (GcoapEchoMemory *self,
      Remembered      *entry)
{
  g_queue_unlink (&self->order, &entry->link);
  g_hash_table_remove (self->values, entry->address);
}

static Remembered *
find (GcoapEchoMemory      *self,
      GcoapEndpointAddress *address)
{
  return self->values != NULL ? g_hash_table_lookup (self->values, address) : NULL;
}

void
gcoap_echo_memory_forget (GcoapEchoMemory      *self,
                          GcoapEndpointAddress *address)
{
  Remembered *entry = find (self, address);

  if (entry != NULL)
    drop (self, entry);
}

void
gcoap_echo_memory_keep (GcoapEchoMemory      *self,
                        GcoapEndpointAddress *address,
                        const guint8         *value,
                        gsize                 length,
                        gint64                now)
{
  Remembered *entry;

  if (self->values == NULL)
    self->values = g_hash_table_new_full (address_hash, address_equal, NULL, remembered_free);
  gcoap_echo_memory_forget (self, address);
  if (self->order.length >= GCOAP_ECHO_MEMORY_MAX_SERVERS)
    drop (self, self->order.head->data);

  entry = g_new0 (Remembered, 1);
  entry->address = g_object_ref (address);
  entry->value = g_bytes_new (value, length);
  entry->since = now;
  entry->link.data = entry;
  g_hash_table_insert (self->values, entry->address, entry);
  g_queue_push_tail_link (&self->order, &entry->link);
}

GBytes *
gcoap_echo_memory_find (GcoapEchoMemory      *self,
                        GcoapEndpointAddress *address,
                        gint64                now,
                        guint                 window)
{
  Remembered *entry = find (self, address);

  if (entry == NULL)
    return NULL;
  if (now - entry->since <= (gint64) window * 1000)
    return entry->value;
  drop (self, entry);
  return NULL;
}

guint
gcoap_echo_memory_get_size (GcoapEchoMemory *self)
{
  return self->order.length;
}
