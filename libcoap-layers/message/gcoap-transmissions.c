/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arithmetic of RFC 7252 §4.2 over a table and a heap of deadlines. */
#include "message/gcoap-transmissions-private.h"

static guint
compute_hash (GcoapEndpointAddress *address,
              guint16               message_id)
{
  return gcoap_endpoint_address_hash (address) ^ (message_id * 0x9e3779b1u);
}

/* It is computed once: the table asks for it several times per message. */
static guint
sent_hash (gconstpointer key)
{
  return ((const GcoapSentMessage *) key)->hash;
}

static gboolean
sent_equal (gconstpointer a,
            gconstpointer b)
{
  const GcoapSentMessage *first = a;
  const GcoapSentMessage *second = b;

  return first->message_id == second->message_id
         && (first->address == second->address
             || gcoap_endpoint_address_equal (first->address, second->address));
}

void
gcoap_transmissions_init (GcoapTransmissions *self)
{
  self->table = g_hash_table_new (sent_hash, sent_equal);
  gcoap_deadlines_init (&self->deadlines);
}

void
gcoap_transmissions_clear (GcoapTransmissions *self)
{
  g_clear_pointer (&self->table, g_hash_table_unref);
  gcoap_deadlines_clear (&self->deadlines);
}

gboolean
gcoap_transmissions_list (GcoapTransmissions *self,
                          GcoapSentMessage   *sent,
                          guint16             message_id)
{
  GcoapSentMessage probe = {
    .address = sent->address,
    .message_id = message_id,
    .hash = compute_hash (sent->address, message_id),
  };

  if (g_hash_table_lookup (self->table, &probe) != NULL)
    return FALSE;
  if (sent->listed)
    g_hash_table_remove (self->table, sent);
  sent->message_id = message_id;
  sent->hash = probe.hash;
  sent->listed = TRUE;
  g_hash_table_add (self->table, sent);
  return TRUE;
}

void
gcoap_transmissions_remove (GcoapTransmissions *self,
                            GcoapSentMessage   *sent)
{
  if (sent->listed)
    g_hash_table_remove (self->table, sent);
  sent->listed = FALSE;
  gcoap_deadlines_unset (&self->deadlines, &sent->deadline);
}

GcoapSentMessage *
gcoap_transmissions_find (GcoapTransmissions   *self,
                          GcoapEndpointAddress *address,
                          guint16               message_id)
{
  GcoapSentMessage probe = { .address = address, .message_id = message_id };

  if (g_hash_table_size (self->table) == 0)
    return NULL;
  probe.hash = compute_hash (address, message_id);
  return g_hash_table_lookup (self->table, &probe);
}

void
gcoap_transmissions_start (GcoapTransmissions   *self,
                           GcoapSentMessage     *sent,
                           GcoapTransportTuning *tuning,
                           double                random,
                           gint64                now)
{
  double factor = gcoap_transport_tuning_get_ack_random_factor (tuning);

  sent->min_spacing = (gint64) gcoap_transport_tuning_get_ack_timeout (tuning) * 1000;
  sent->timeout = (gint64) ((double) sent->min_spacing * (1.0 + random * (factor - 1.0)));
  sent->span_end = now + (gint64) gcoap_transport_tuning_get_max_transmit_span (tuning) * 1000;
  sent->wait_end = now + (gint64) gcoap_transport_tuning_get_max_transmit_wait (tuning) * 1000;
  sent->n_retransmissions = 0;
  sent->max_retransmit = (guint8) gcoap_transport_tuning_get_max_retransmit (tuning);
  gcoap_transmissions_set_deadline (self, sent, now + sent->timeout);
}

GcoapTimeoutAction
gcoap_transmissions_back_off (GcoapTransmissions *self,
                              GcoapSentMessage   *sent,
                              gint64              now)
{
  gint64 due;

  if (sent->n_retransmissions >= sent->max_retransmit)
    return GCOAP_TIMEOUT_GIVE_UP;

  /* RFC 7252 §4.2: the sequence stays within MAX_TRANSMIT_SPAN, even if that
   * means to miss an opportunity, as after a sleep. */
  if (now > sent->span_end)
    {
      sent->n_retransmissions = sent->max_retransmit;
      if (now >= sent->wait_end)
        return GCOAP_TIMEOUT_GIVE_UP;
      gcoap_transmissions_set_deadline (self, sent, sent->wait_end);
      return GCOAP_TIMEOUT_WAIT;
    }

  /* The next timeout counts from when this one was due, so that being late
   * does not add up; but messages are at least ACK_TIMEOUT apart. */
  sent->n_retransmissions++;
  sent->timeout *= 2;
  due = MAX (sent->deadline.at + sent->timeout, now + sent->min_spacing);
  gcoap_transmissions_set_deadline (self, sent, due);
  return GCOAP_TIMEOUT_RETRANSMIT;
}

GcoapSentMessage *
gcoap_transmissions_pop_due (GcoapTransmissions *self,
                             gint64              now)
{
  GcoapDeadline *deadline = gcoap_deadlines_pop_due (&self->deadlines, now);

  G_STATIC_ASSERT (G_STRUCT_OFFSET (GcoapSentMessage, deadline) == 0);
  return (GcoapSentMessage *) deadline;
}
