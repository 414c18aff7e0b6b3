/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A table to find them by (address, message ID), and a queue by time. */
#include "message/gcoap-pending-acks-private.h"

static guint
ack_hash (gconstpointer key)
{
  const GcoapPendingAck *ack = key;

  return gcoap_endpoint_address_hash (ack->address) ^ (ack->message_id * 0x9e3779b1u);
}

static gboolean
ack_equal (gconstpointer a,
           gconstpointer b)
{
  const GcoapPendingAck *first = a;
  const GcoapPendingAck *second = b;

  return first->message_id == second->message_id
         && (first->address == second->address
             || gcoap_endpoint_address_equal (first->address, second->address));
}

void
gcoap_pending_ack_free (GcoapPendingAck *ack)
{
  g_object_unref (ack->address);
  g_clear_pointer (&ack->local, gcoap_local_unref);
  g_free (ack);
}

/* The caller owns it then. */
static void
steal (GcoapPendingAcks *self,
       GcoapPendingAck  *ack)
{
  g_hash_table_remove (self->table, ack);
  g_queue_unlink (&self->queue, &ack->link);
}

void
gcoap_pending_acks_init (GcoapPendingAcks *self)
{
  self->table = g_hash_table_new (ack_hash, ack_equal);
  g_queue_init (&self->queue);
}

void
gcoap_pending_acks_forget_all (GcoapPendingAcks *self)
{
  GcoapPendingAck *ack;

  while ((ack = g_queue_peek_head (&self->queue)) != NULL)
    {
      steal (self, ack);
      gcoap_pending_ack_free (ack);
    }
}

void
gcoap_pending_acks_clear (GcoapPendingAcks *self)
{
  gcoap_pending_acks_forget_all (self);
  g_clear_pointer (&self->table, g_hash_table_unref);
}

gboolean
gcoap_pending_acks_add (GcoapPendingAcks     *self,
                        GcoapEndpointAddress *address,
                        GcoapLocal           *local,
                        guint16               message_id,
                        gint64                deadline,
                        guint                 max_pending)
{
  GcoapPendingAck *ack;

  gcoap_pending_acks_take (self, address, message_id);
  if (self->queue.length >= max_pending)
    return FALSE;

  ack = g_new0 (GcoapPendingAck, 1);
  ack->address = g_object_ref (address);
  ack->local = local != NULL ? gcoap_local_ref (local) : NULL;
  ack->message_id = message_id;
  ack->deadline = deadline;
  ack->link.data = ack;
  g_hash_table_add (self->table, ack);
  g_queue_push_tail_link (&self->queue, &ack->link);
  return TRUE;
}

gboolean
gcoap_pending_acks_take (GcoapPendingAcks     *self,
                         GcoapEndpointAddress *address,
                         guint16               message_id)
{
  GcoapPendingAck probe = { .address = address, .message_id = message_id };
  GcoapPendingAck *ack;

  if (self->queue.length == 0)
    return FALSE;
  ack = g_hash_table_lookup (self->table, &probe);
  if (ack == NULL)
    return FALSE;
  steal (self, ack);
  gcoap_pending_ack_free (ack);
  return TRUE;
}

GcoapPendingAck *
gcoap_pending_acks_pop_due (GcoapPendingAcks *self,
                            gint64            now)
{
  GcoapPendingAck *ack;

  if (gcoap_pending_acks_get_next_expiry (self) > now)
    return NULL;
  ack = g_queue_peek_head (&self->queue);
  steal (self, ack);
  return ack;
}

gint64
gcoap_pending_acks_get_next_expiry (GcoapPendingAcks *self)
{
  GcoapPendingAck *ack = g_queue_peek_head (&self->queue);

  return ack != NULL ? ack->deadline : G_MAXINT64;
}

void
gcoap_pending_acks_forget (GcoapPendingAcks     *self,
                           GcoapEndpointAddress *address)
{
  for (GList *link = self->queue.head, *next; link != NULL; link = next)
    {
      GcoapPendingAck *ack = link->data;

      next = link->next;
      if (ack->address == address || gcoap_endpoint_address_equal (ack->address, address))
        {
          steal (self, ack);
          gcoap_pending_ack_free (ack);
        }
    }
}
