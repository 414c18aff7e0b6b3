/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message on its way: queued, sent, sent again, ended; and its one
 * outcome. The layer holds a reference while it is open, its owner another. */
#include "message/gcoap-message-layer-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "base/gcoap-random-private.h"
#include "wire/gcoap-datagram-codec-private.h"

static void pump (GcoapMessageLayer *layer, GcoapPeer *peer, gint64 now);

/* Where it waits for NSTART; all queues together have a limit, for there may
 * be as many queues as an attacker forges addresses. */
static gboolean
enter_queue (GcoapMessageTransmission *self)
{
  GcoapMessageLayer *layer = self->layer;
  GcoapLimits *limits = layer->runtime->limits;

  if (layer->n_queued >= limits->max_queued
      || !gcoap_nstart_wait (&self->peer->nstart, &self->queue_link, limits->max_queued_per_peer))
    return FALSE;
  layer->n_queued++;
  self->state = GCOAP_TRANSMISSION_QUEUED;
  return TRUE;
}

/* To be called when it is not linked into the queue any more. */
static void
leave_queue (GcoapMessageTransmission *self)
{
  self->layer->n_queued--;
  self->state = GCOAP_TRANSMISSION_NEW;
}

static gsize
get_size (GcoapMessageTransmission *self)
{
  GcoapPdu pdu = { .token_length = self->token_length, .message = self->message };

  return gcoap_datagram_get_size (&pdu);
}

gboolean
gcoap_message_layer_may_probe (GcoapMessageLayer   *self,
                               GcoapPeer           *peer,
                               const GcoapProbing  *probing,
                               GError             **error)
{
  gint64 now = gcoap_message_layer_get_now (self);
  g_autofree char *hostinfo = NULL;
  gint64 seconds;

  if (gcoap_probing_may_send (probing, self->runtime->limits->max_unanswered_per_peer, now))
    return TRUE;

  gcoap_message_layer_count (self, GCOAP_COUNTER_LIMIT_HITS);
  hostinfo = gcoap_endpoint_address_dup_hostinfo (peer->address);
  seconds = (probing->paid_at - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
               "%s has not answered any of the last %u messages; the next may be sent to it "
               "in %" G_GINT64_FORMAT " seconds, or when it shows a sign of life.",
               hostinfo, probing->n_sent, seconds);
  return FALSE;
}

/* Whoever cancels requests and makes others is not held back by NSTART. */
void
gcoap_message_transmission_give_away (GcoapMessageTransmission *self)
{
  if (self->state == GCOAP_TRANSMISSION_WAITING && (self->is_request || self->message == NULL))
    gcoap_probing_note_sent (&self->peer->given_up,
                             get_size (self) * (1u + self->sent.n_retransmissions),
                             gcoap_transport_tuning_get_probing_rate (self->tuning),
                             gcoap_message_layer_get_now (self->layer));
  gcoap_message_transmission_end (self);
}

static void
gcoap_message_transmission_abandon (GcoapTransmission *base)
{
  gcoap_message_transmission_give_away ((GcoapMessageTransmission *) base);
}

static gboolean
gcoap_message_transmission_replace (GcoapTransmission    *base,
                                    GcoapMessage         *message,
                                    GcoapTransportTuning *tuning)
{
  GcoapMessageTransmission *self = (GcoapMessageTransmission *) base;

  gcoap_message_lock (message);
  switch (self->state)
    {
    case GCOAP_TRANSMISSION_QUEUED:
    case GCOAP_TRANSMISSION_DELAYED:
      self->queued_at = gcoap_message_layer_get_now (self->layer);
      gcoap_message_unref (self->message);
      self->message = gcoap_message_ref (message);
      break;

    case GCOAP_TRANSMISSION_WAITING:
      /* RFC 7641 §4.5.2: not before the current attempt is completed. */
      g_clear_pointer (&self->newer, gcoap_message_unref);
      self->newer = gcoap_message_ref (message);
      break;

    default:
      /* A NON is complete once it is sent. */
      return FALSE;
    }

  if (tuning != NULL && tuning != self->tuning)
    {
      gcoap_transport_tuning_lock (tuning);
      gcoap_transport_tuning_unref (self->tuning);
      self->tuning = gcoap_transport_tuning_ref (tuning);
    }
  return TRUE;
}

static void
gcoap_message_transmission_free (GcoapTransmission *base)
{
  GcoapMessageTransmission *self = (GcoapMessageTransmission *) base;

  g_object_unref (self->address);
  g_clear_pointer (&self->local, gcoap_local_unref);
  g_clear_pointer (&self->message, gcoap_message_unref);
  g_clear_pointer (&self->newer, gcoap_message_unref);
  gcoap_transport_tuning_unref (self->tuning);
  g_clear_error (&self->error);
  g_free (self);
}

static const GcoapTransmissionFuncs funcs = {
  .abandon = gcoap_message_transmission_abandon,
  .replace = gcoap_message_transmission_replace,
  .free = gcoap_message_transmission_free,
};

/* Takes over one use of @peer, which may be NULL. The reference returned is
 * the layer's. */
GcoapMessageTransmission *
gcoap_message_transmission_new (GcoapMessageLayer    *layer,
                                const GcoapPdu       *pdu,
                                GcoapPeer            *peer,
                                GcoapMessage         *message,
                                GcoapTransportTuning *tuning)
{
  GcoapMessageTransmission *self = g_malloc0 (sizeof *self + pdu->token_length);

  gcoap_transmission_init (&self->base, &funcs);
  gcoap_transport_tuning_lock (tuning);
  self->layer = layer;
  self->peer = peer;
  self->address = g_object_ref (pdu->address);
  self->sent.address = self->address;
  self->local = pdu->local != NULL ? gcoap_local_ref (pdu->local) : NULL;
  self->message = message != NULL ? gcoap_message_ref (message) : NULL;
  self->tuning = gcoap_transport_tuning_ref (tuning);
  self->type = GCOAP_MESSAGE_TYPE_CON;
  self->state = GCOAP_TRANSMISSION_NEW;
  self->token_length = pdu->token_length;
  if (pdu->token_length > 0)
    memcpy (self->token, pdu->token, pdu->token_length);
  self->link.data = self;
  self->queue_link.data = self;
  g_queue_push_tail_link (peer != NULL ? &peer->transmissions : &layer->peerless, &self->link);
  return self;
}

/* A message ID from the range the address belongs to. */
gboolean
gcoap_message_layer_take_id (GcoapMessageLayer     *self,
                             GcoapPeer             *peer,
                             GcoapEndpointAddress  *address,
                             GcoapMessageType       type,
                             GcoapTransportTuning  *tuning,
                             gint64                 now,
                             guint16               *message_id,
                             gint64                *retry_at,
                             GError               **error)
{
  g_autofree char *hostinfo = NULL;
  GcoapMessageIds *ids;
  gint64 lifetime;

  if (tuning == self->tuning)
    lifetime = type == GCOAP_MESSAGE_TYPE_CON ? self->exchange_lifetime : self->non_lifetime;
  else if (type == GCOAP_MESSAGE_TYPE_CON)
    lifetime = (gint64) gcoap_transport_tuning_get_exchange_lifetime (tuning) * 1000;
  else
    lifetime = (gint64) gcoap_transport_tuning_get_non_lifetime (tuning) * 1000;

  if (peer != NULL)
    ids = &peer->ids;
  else if (gcoap_endpoint_address_is_multicast (address))
    ids = &self->group_ids;
  else
    ids = &self->shared_ids;

  if (gcoap_message_ids_take (ids, now, lifetime, message_id, retry_at))
    return TRUE;

  /* RFC 7252 §4.4: rather not sent than with a message ID still in use. */
  gcoap_message_layer_count (self, GCOAP_COUNTER_LIMIT_HITS);
  hostinfo = gcoap_endpoint_address_dup_hostinfo (address);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MESSAGE_IDS,
               "All message IDs for messages to %s were used within the last %" G_GINT64_FORMAT
               " seconds; the next is free in %" G_GINT64_FORMAT " seconds.",
               hostinfo, lifetime / G_USEC_PER_SEC,
               (*retry_at - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
  return FALSE;
}

static gboolean
transmit (GcoapMessageTransmission  *self,
          GError                   **error)
{
  GcoapPdu pdu = {
    .type = self->type,
    .message_id = self->sent.message_id,
    .token_length = self->token_length,
    .token = self->token_length > 0 ? self->token : NULL,
    .address = self->address,
    .local = self->local,
    .message = self->message,
  };

  return self->layer->below_iface->send (self->layer->below, &pdu, error);
}

/* A response that is too long is replaced by an error, for whoever asked would
 * wait in vain. Who wants a report gets one of the failure all the same. */
static gboolean
transmit_or_replace (GcoapMessageTransmission  *self,
                     GError                   **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GcoapMessage) replacement = NULL;

  if (transmit (self, &local_error))
    return TRUE;
  if (!self->is_request && self->message != NULL
      && (self->local == NULL || !gcoap_local_is_group (self->local)))
    replacement = gcoap_message_layer_replace_response (self->layer, self->address, self->message,
                                                        local_error);
  if (replacement != NULL)
    {
      gcoap_message_unref (self->message);
      self->message = g_steal_pointer (&replacement);
      if (transmit (self, self->report ? NULL : error) && !self->report)
        return TRUE;
      if (!self->report)
        return FALSE;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Gives the transmission a message ID nobody else has. */
static gboolean
take_id (GcoapMessageTransmission  *self,
         gint64                     now,
         gint64                    *retry_at,
         GError                   **error)
{
  guint16 message_id;

  /* With odd parameters one may be open longer than its message ID is taken,
   * and with very odd ones all may be. */
  for (guint i = 0; i <= G_MAXUINT16; i++)
    {
      if (!gcoap_message_layer_take_id (self->layer, self->peer, self->address, self->type,
                                        self->tuning, now, &message_id, retry_at, error))
        return FALSE;
      if (gcoap_transmissions_list (&self->layer->transmissions, &self->sent, message_id))
        return TRUE;
    }
  *retry_at = 0;
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_MESSAGE_IDS,
                       "Every message ID belongs to a message that is still open.");
  return FALSE;
}

/* A NON that is sent stays known, for it may be reset; the oldest makes room. */
static void
watch (GcoapMessageTransmission *self,
       gint64                    now)
{
  GcoapMessageLayer *layer = self->layer;
  gint64 lifetime = (gint64) gcoap_transport_tuning_get_non_lifetime (self->tuning) * 1000;

  if (layer->watched.length >= layer->runtime->limits->max_outbound_exchanges)
    {
      gcoap_message_layer_count (layer, GCOAP_COUNTER_LIMIT_HITS);
      gcoap_message_transmission_end (g_queue_peek_head (&layer->watched));
    }
  self->state = GCOAP_TRANSMISSION_WATCHED;
  gcoap_transmission_set_complete (&self->base);
  g_queue_push_tail_link (&layer->watched, &self->queue_link);
  g_clear_pointer (&self->message, gcoap_message_unref);
  gcoap_transmissions_set_deadline (&layer->transmissions, &self->sent, now + lifetime);
}

/* On failure *retry_at is not 0 if only a message ID was missing. */
gboolean
gcoap_message_transmission_send_first (GcoapMessageTransmission  *self,
                                       gint64                     now,
                                       gint64                    *retry_at,
                                       GError                   **error)
{
  GcoapMessageLayer *layer = self->layer;

  *retry_at = 0;
  if (!take_id (self, now, retry_at, error))
    {
      self->base.is_parked = *retry_at != 0;
      return FALSE;
    }
  self->base.is_parked = FALSE;
  if (!transmit_or_replace (self, error))
    {
      gcoap_transmissions_remove (&layer->transmissions, &self->sent);
      return FALSE;
    }

  self->first_sent = now;
  if (self->is_request && self->type == GCOAP_MESSAGE_TYPE_NON && self->peer != NULL)
    gcoap_probing_note_sent (&self->peer->unanswered, get_size (self),
                             gcoap_transport_tuning_get_probing_rate (self->tuning), now);
  if (self->type == GCOAP_MESSAGE_TYPE_CON)
    {
      self->state = GCOAP_TRANSMISSION_WAITING;
      gcoap_transmissions_start (&layer->transmissions, &self->sent, self->tuning,
                                 gcoap_random_double (), now);
    }
  else
    watch (self, now);
  gcoap_message_layer_arm (layer);
  return TRUE;
}

/* Who pings wants to know now, and is told when no message ID is free; all else
 * waits until one is, for a transfer in many blocks is to go on. */
static gboolean
is_ping (GcoapMessageTransmission *self)
{
  return self->message == NULL;
}

gboolean
gcoap_message_transmission_submit (GcoapMessageTransmission  *self,
                                   gint64                     now,
                                   GError                   **error)
{
  GcoapMessageLayer *layer = self->layer;
  GcoapNstart *nstart = &self->peer->nstart;

  if ((self->is_request || is_ping (self))
      && !gcoap_message_layer_may_probe (layer, self->peer, &self->peer->given_up, error))
    return FALSE;
  if (gcoap_nstart_enter (nstart, gcoap_transport_tuning_get_nstart (self->tuning)))
    {
      g_autoptr (GError) local_error = NULL;
      gint64 retry_at;

      if (gcoap_message_transmission_send_first (self, now, &retry_at, &local_error))
        return TRUE;
      gcoap_nstart_leave (nstart);
      if (retry_at == 0 || is_ping (self))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
      gcoap_transmissions_set_deadline (&layer->transmissions, &self->sent, retry_at);
    }

  self->queued_at = now;
  if (!enter_queue (self))
    {
      g_autofree char *hostinfo = gcoap_endpoint_address_dup_hostinfo (self->address);

      gcoap_message_layer_count (layer, GCOAP_COUNTER_LIMIT_HITS);
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "Too many messages wait to be sent to %s.", hostinfo);
      return FALSE;
    }
  gcoap_message_layer_arm (layer);
  return TRUE;
}

/* Takes @error. The failure is reported from the timer, so that no caller
 * hears of it from inside a call of its own. */
void
gcoap_message_transmission_fail_later (GcoapMessageTransmission *self,
                                       GError                   *error)
{
  GcoapMessageLayer *layer = self->layer;

  self->state = GCOAP_TRANSMISSION_FAILING;
  self->error = error;
  gcoap_transmissions_set_deadline (&layer->transmissions, &self->sent,
                                    gcoap_message_layer_get_now (layer));
  gcoap_message_layer_arm (layer);
}

/* RFC 7252 §4.8.2: after EXCHANGE_LIFETIME nobody waits for the response any
 * more. A peer that acknowledges nothing would otherwise keep its whole queue
 * for hours, one MAX_TRANSMIT_WAIT after the other. */
static gboolean
is_stale (GcoapMessageTransmission *self,
          gint64                    now)
{
  return !self->is_request && self->message != NULL
         && now - self->queued_at > self->layer->exchange_lifetime;
}

static void
drop_stale (GcoapMessageTransmission *self)
{
  g_autofree char *hostinfo = gcoap_endpoint_address_dup_hostinfo (self->address);

  gcoap_nstart_stop_waiting (&self->peer->nstart, &self->queue_link);
  leave_queue (self);
  gcoap_message_transmission_fail_later (self,
                                         g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                                                      "%s acknowledges nothing; the message "
                                                      "was never sent.", hostinfo));
}

/* Sends what waits for @peer, as far as NSTART allows. */
static void
pump (GcoapMessageLayer *layer,
      GcoapPeer         *peer,
      gint64             now)
{
  GcoapMessageTransmission *next;

  while ((next = gcoap_nstart_peek (&peer->nstart)) != NULL)
    {
      GError *error = NULL;
      gint64 retry_at;

      if (is_stale (next, now))
        {
          drop_stale (next);
          continue;
        }
      if (!gcoap_nstart_advance (&peer->nstart, gcoap_transport_tuning_get_nstart (next->tuning)))
        break;
      leave_queue (next);
      gcoap_transmissions_remove (&layer->transmissions, &next->sent);
      if (gcoap_message_transmission_send_first (next, now, &retry_at, &error))
        continue;
      if (retry_at != 0 && !is_ping (next))
        {
          g_error_free (error);
          gcoap_nstart_retreat (&peer->nstart, &next->queue_link);
          layer->n_queued++;
          next->state = GCOAP_TRANSMISSION_QUEUED;
          gcoap_transmissions_set_deadline (&layer->transmissions, &next->sent, retry_at);
          gcoap_message_layer_arm (layer);
          break;
        }
      gcoap_nstart_leave (&peer->nstart);
      gcoap_message_transmission_fail_later (next, error);
    }
}

/* Takes it out of everything, without outcome; what waited behind it goes. */
void
gcoap_message_transmission_end (GcoapMessageTransmission *self)
{
  GcoapMessageLayer *layer = self->layer;
  GcoapPeer *peer = self->peer;
  guint8 state = self->state;

  if (state == GCOAP_TRANSMISSION_ENDED)
    return;
  self->state = GCOAP_TRANSMISSION_ENDED;
  self->layer = NULL;
  self->peer = NULL;

  gcoap_transmissions_remove (&layer->transmissions, &self->sent);
  g_queue_unlink (peer != NULL ? &peer->transmissions : &layer->peerless, &self->link);
  if (state == GCOAP_TRANSMISSION_WATCHED)
    g_queue_unlink (&layer->watched, &self->queue_link);
  else if (state == GCOAP_TRANSMISSION_DELAYED)
    layer->n_delayed--;
  else if (state == GCOAP_TRANSMISSION_QUEUED)
    {
      gcoap_nstart_stop_waiting (&peer->nstart, &self->queue_link);
      layer->n_queued--;
    }
  else if (state == GCOAP_TRANSMISSION_WAITING)
    gcoap_nstart_leave (&peer->nstart);

  if (self->cancel_source != NULL)
    {
      g_source_destroy (self->cancel_source);
      g_clear_pointer (&self->cancel_source, g_source_unref);
    }
  if (peer != NULL)
    {
      /* One that was only watched kept nobody waiting. */
      if (!layer->closed && state != GCOAP_TRANSMISSION_WATCHED)
        pump (layer, peer, gcoap_message_layer_get_now (layer));
      gcoap_peers_release (&layer->peers, peer);
      gcoap_message_layer_arm (layer);
    }
  gcoap_transmission_unref (&self->base);
}

static void
finish_ping (GTask        *task,
             gint64        round_trip,
             GcoapOutcome  outcome,
             const GError *error)
{
  /* RFC 7252 §4.3: RST is the answer to a ping. One that acknowledges it is
   * as much alive. */
  if (outcome == GCOAP_OUTCOME_RESET || outcome == GCOAP_OUTCOME_ACKNOWLEDGED)
    g_task_return_int (task, MAX (round_trip, 0));
  else
    g_task_return_error (task, g_error_copy (error));
}

void
gcoap_message_transmission_finish (GcoapMessageTransmission *self,
                                   GcoapOutcome              outcome,
                                   const GError             *error)
{
  g_autoptr (GcoapMessageLayer) layer = g_object_ref (self->layer);
  g_autoptr (GcoapTransmission) base = gcoap_transmission_ref (&self->base);
  gint64 first_sent = self->first_sent;

  gcoap_message_transmission_end (self);
  if (self->ping != NULL)
    {
      g_autoptr (GTask) task = g_steal_pointer (&self->ping);

      finish_ping (task, gcoap_message_layer_get_now (layer) - first_sent, outcome, error);
    }
  else if ((self->is_request || self->report) && layer->manager != NULL)
    gcoap_token_manager_dispatch_outcome (layer->manager, base, outcome, error);
}

void
gcoap_message_transmission_acknowledge (GcoapMessageTransmission *self)
{
  GcoapMessageLayer *layer = self->layer;
  gint64 now;
  gint64 retry_at;

  if (self->newer == NULL)
    {
      gcoap_message_transmission_finish (self, GCOAP_OUTCOME_ACKNOWLEDGED, NULL);
      return;
    }

  /* RFC 7641 §4.5.2, items 3 and 4: the older message has arrived; the newer
   * one is sent with parameters initialized as usual. */
  now = gcoap_message_layer_get_now (layer);
  gcoap_message_unref (self->message);
  self->message = g_steal_pointer (&self->newer);
  gcoap_transmissions_remove (&layer->transmissions, &self->sent);
  {
    GError *error = NULL;

    if (gcoap_message_transmission_send_first (self, now, &retry_at, &error))
      return;
    gcoap_nstart_leave (&self->peer->nstart);
    gcoap_message_transmission_fail_later (self, error);
  }
}

void
gcoap_message_transmission_reset (GcoapMessageTransmission *self)
{
  g_autofree char *hostinfo = gcoap_endpoint_address_dup_hostinfo (self->address);
  g_autoptr (GError) error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_RESET,
                                          "%s rejected the message with a reset.", hostinfo);

  gcoap_message_transmission_finish (self, GCOAP_OUTCOME_RESET, error);
}

static void
give_up (GcoapMessageTransmission *self)
{
  g_autofree char *hostinfo = gcoap_endpoint_address_dup_hostinfo (self->address);
  g_autoptr (GError) error = NULL;

  gcoap_message_layer_count (self->layer, GCOAP_COUNTER_TIMEOUTS);
  error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                       "%s did not acknowledge the message; it may be off or out of reach.",
                       hostinfo);
  gcoap_message_transmission_finish (self, GCOAP_OUTCOME_TIMED_OUT, error);
}

static void
retransmit (GcoapMessageTransmission *self,
            gint64                    now)
{
  g_autoptr (GError) error = NULL;

  if (self->newer != NULL)
    {
      gint64 retry_at;

      /* RFC 7641 §4.5.2, item 4: a new message ID, counter and timeout as
       * they are. Where no message ID is free the older one goes once more. */
      if (take_id (self, now, &retry_at, NULL))
        {
          gcoap_message_unref (self->message);
          self->message = g_steal_pointer (&self->newer);
        }
    }

  gcoap_message_layer_count (self->layer, GCOAP_COUNTER_RETRANSMISSIONS);
  if (!transmit (self, &error))
    gcoap_message_transmission_finish (self, GCOAP_OUTCOME_UNREACHABLE, error);
}

static void
send_delayed (GcoapMessageTransmission *self,
              gint64                    now)
{
  GError *error = NULL;
  gint64 retry_at;

  self->state = GCOAP_TRANSMISSION_NEW;
  self->layer->n_delayed--;
  if (!gcoap_message_transmission_send_first (self, now, &retry_at, &error))
    gcoap_message_transmission_fail_later (self, error);
  else if (!self->report)
    gcoap_message_transmission_end (self);
}

void
gcoap_message_transmission_handle_deadline (GcoapMessageTransmission *self,
                                            gint64                    now)
{
  switch ((GcoapTransmissionState) self->state)
    {
    case GCOAP_TRANSMISSION_QUEUED:
      pump (self->layer, self->peer, now);
      break;

    case GCOAP_TRANSMISSION_DELAYED:
      send_delayed (self, now);
      break;

    case GCOAP_TRANSMISSION_WAITING:
      switch (gcoap_transmissions_back_off (&self->layer->transmissions, &self->sent, now))
        {
        case GCOAP_TIMEOUT_RETRANSMIT:
          retransmit (self, now);
          break;
        case GCOAP_TIMEOUT_GIVE_UP:
          give_up (self);
          break;
        case GCOAP_TIMEOUT_WAIT:
        default:
          break;
        }
      break;

    case GCOAP_TRANSMISSION_WATCHED:
      /* Nobody resets what was sent so long ago, and its message ID is free. */
      gcoap_message_transmission_end (self);
      break;

    case GCOAP_TRANSMISSION_FAILING:
      gcoap_message_transmission_finish (self, GCOAP_OUTCOME_UNREACHABLE, self->error);
      break;

    case GCOAP_TRANSMISSION_NEW:
    case GCOAP_TRANSMISSION_ENDED:
    default:
      break;
    }
}

GcoapMessageTransmission *
gcoap_message_layer_find_transmission (GcoapMessageLayer    *self,
                                       GcoapEndpointAddress *address,
                                       guint16               message_id)
{
  GcoapSentMessage *sent = gcoap_transmissions_find (&self->transmissions, address, message_id);

  return sent != NULL ? gcoap_message_transmission_from_sent (sent) : NULL;
}

static void
collect (GPtrArray *into,
         GQueue    *transmissions)
{
  for (GList *link = transmissions->head; link != NULL; link = link->next)
    {
      GcoapMessageTransmission *transmission = link->data;

      g_ptr_array_add (into, gcoap_transmission_ref (&transmission->base));
    }
}

GPtrArray *
gcoap_message_layer_list_transmissions (GcoapMessageLayer    *self,
                                        GcoapEndpointAddress *address)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_transmission_unref);
  GHashTableIter iter;
  gpointer key;

  if (address == NULL)
    {
      g_hash_table_iter_init (&iter, self->peers.table);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        collect (all, &((GcoapPeer *) key)->transmissions);
      collect (all, &self->peerless);
      return all;
    }

  {
    GcoapPeer *peer = gcoap_peers_find (&self->peers, address);

    if (peer != NULL)
      collect (all, &peer->transmissions);
  }
  for (GList *link = self->peerless.head; link != NULL; link = link->next)
    {
      GcoapMessageTransmission *transmission = link->data;

      if (gcoap_endpoint_address_equal (transmission->address, address))
        g_ptr_array_add (all, gcoap_transmission_ref (&transmission->base));
    }
  return all;
}
