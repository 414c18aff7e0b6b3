/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What arrives: told apart by type and code (RFC 7252 §4.2, §4.3), stripped of
 * duplicates (§4.5), and handed to the token layer. */
#include "message/gcoap-message-layer-private.h"

#include <string.h>

#include "base/gcoap-code.h"
#include "base/gcoap-error.h"
#include "wire/gcoap-error-message.h"

GcoapIncoming *
gcoap_message_layer_find_incoming (GcoapMessageLayer *self,
                                   const GcoapPdu    *pdu)
{
  for (GcoapIncoming *incoming = self->incoming; incoming != NULL; incoming = incoming->outer)
    if (incoming->pdu == pdu
        || (incoming->pdu->message_id == pdu->message_id
            && (incoming->pdu->address == pdu->address
                || gcoap_endpoint_address_equal (incoming->pdu->address, pdu->address))))
      return incoming;
  return NULL;
}

void
gcoap_message_layer_send_empty_ack (GcoapMessageLayer *self,
                                    const GcoapPdu    *pdu)
{
  gcoap_message_layer_send_plain (self, pdu, GCOAP_MESSAGE_TYPE_ACK, NULL, NULL);
}

void
gcoap_message_layer_send_reset (GcoapMessageLayer *self,
                                const GcoapPdu    *pdu)
{
  /* A reset is never longer than what provoked it, but a flood of them would
   * still be one. */
  if (!gcoap_rate_limit_pass (&self->resets, self->max_resets_per_second,
                              gcoap_message_layer_get_now (self)))
    {
      gcoap_message_layer_count (self, GCOAP_COUNTER_LIMIT_HITS);
      return;
    }
  gcoap_message_layer_count (self, GCOAP_COUNTER_RESETS_SENT);
  gcoap_message_layer_send_plain (self, pdu, GCOAP_MESSAGE_TYPE_RST, NULL, NULL);
}

void
gcoap_message_layer_remember (GcoapMessageLayer *self,
                              const GcoapPdu    *pdu,
                              GcoapReply         reply,
                              GcoapMessage      *response)
{
  gint64 lifetime = pdu->type == GCOAP_MESSAGE_TYPE_CON ? self->exchange_lifetime
                                                        : self->non_lifetime;
  guint n_given_up;

  n_given_up = gcoap_duplicates_remember (&self->duplicates, pdu, reply, response,
                                          gcoap_message_layer_get_now (self) + lifetime);
  if (n_given_up > 0)
    gcoap_statistics_add (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS, n_given_up);
  gcoap_message_layer_arm (self);
}

/* RFC 7252 §4.5: each copy of a CON is acknowledged alike, and processed once;
 * further copies of a NON are ignored. */
static void
answer_duplicate (GcoapMessageLayer *self,
                  const GcoapPdu    *pdu,
                  GcoapDuplicate    *duplicate)
{
  g_autoptr (GcoapMessage) response = NULL;

  if (pdu->type != GCOAP_MESSAGE_TYPE_CON)
    return;

  switch ((GcoapReply) duplicate->reply)
    {
    case GCOAP_REPLY_ACK:
      /* RFC 7252 §5.2.2: whoever asks again is told to wait, and once told
       * gets the response in a message of its own. */
      gcoap_pending_acks_take (&self->pending_acks, pdu->address, pdu->message_id);
      gcoap_message_layer_send_empty_ack (self, pdu);
      break;

    case GCOAP_REPLY_RESPONSE:
      response = gcoap_message_ref (duplicate->response);
      gcoap_message_layer_send_plain (self, pdu, GCOAP_MESSAGE_TYPE_ACK, response, NULL);
      break;

    case GCOAP_REPLY_NONE:
    default:
      break;
    }
}

/* A copy of a message whose handler has not returned yet. */
static void
answer_nested_duplicate (GcoapMessageLayer *self,
                         const GcoapPdu    *pdu,
                         GcoapIncoming     *incoming)
{
  if (pdu->type != GCOAP_MESSAGE_TYPE_CON || !incoming->is_request || incoming->answered)
    return;
  incoming->acknowledged = TRUE;
  gcoap_message_layer_send_empty_ack (self, pdu);
}

static gboolean
take_duplicate (GcoapMessageLayer *self,
                const GcoapPdu    *pdu)
{
  GcoapIncoming *incoming;
  GcoapDuplicate *duplicate;

  if (G_UNLIKELY (gcoap_duplicates_get_size (&self->duplicates) > 0))
    {
      duplicate = gcoap_duplicates_find (&self->duplicates, pdu->address, pdu->message_id,
                                         gcoap_message_layer_get_now (self));
      /* RFC 7252 §4.4 forbids to use an ID again so soon, but a client that was started
       * again does not know which ones it has used. It must not get the answer to
       * another request. */
      if (duplicate != NULL && !gcoap_duplicate_is_copy (duplicate, pdu))
        {
          gcoap_pending_acks_take (&self->pending_acks, pdu->address, pdu->message_id);
          gcoap_duplicates_remove (&self->duplicates, pdu->address, pdu->message_id);
        }
      else if (duplicate != NULL)
        {
          gcoap_message_layer_count (self, GCOAP_COUNTER_DUPLICATES_RECEIVED);
          gcoap_runtime_trace_note (self->runtime, pdu->address, "A duplicate");
          answer_duplicate (self, pdu, duplicate);
          return TRUE;
        }
    }

  if (G_UNLIKELY (self->incoming != NULL))
    {
      incoming = gcoap_message_layer_find_incoming (self, pdu);
      if (incoming != NULL)
        {
          gcoap_message_layer_count (self, GCOAP_COUNTER_DUPLICATES_RECEIVED);
          answer_nested_duplicate (self, pdu, incoming);
          return TRUE;
        }
    }
  return FALSE;
}

/* The handler has returned without an answer. */
static void
keep_unanswered (GcoapMessageLayer *self,
                 GcoapIncoming     *incoming)
{
  const GcoapPdu *pdu = incoming->pdu;

  if (pdu->type != GCOAP_MESSAGE_TYPE_CON)
    {
      gcoap_message_layer_remember (self, pdu, GCOAP_REPLY_NONE, NULL);
      return;
    }

  gcoap_message_layer_remember (self, pdu, GCOAP_REPLY_ACK, NULL);
  if (incoming->acknowledged)
    return;
  if (gcoap_pending_acks_add (&self->pending_acks, pdu->address, pdu->local, pdu->message_id,
                              gcoap_message_layer_get_now (self) + self->empty_ack_delay,
                              self->runtime->limits->max_inbound_exchanges))
    {
      gcoap_message_layer_arm (self);
      return;
    }
  /* When too many wait already, this one is told at once that its response
   * will be separate. */
  gcoap_message_layer_count (self, GCOAP_COUNTER_LIMIT_HITS);
  gcoap_message_layer_send_empty_ack (self, pdu);
}

static void
dispatch_request (GcoapMessageLayer *self,
                  const GcoapPdu    *pdu)
{
  GcoapIncoming incoming = { .outer = self->incoming, .pdu = pdu, .is_request = TRUE };

  /* RFC 7252 §8.1: requests to a group are non-confirmable; this one must be
   * neither acknowledged nor reset. */
  if (pdu->type == GCOAP_MESSAGE_TYPE_CON && gcoap_pdu_came_to_group (pdu))
    {
      gcoap_runtime_trace_note (self->runtime, pdu->address,
                                "A confirmable request to a group is ignored");
      return;
    }
  if (take_duplicate (self, pdu))
    return;

  /* A mark on the stack instead of a reference: this is the hot path. */
  self->incoming = &incoming;
  self->manager_iface->dispatch_request (self->manager, pdu);
  if (G_UNLIKELY (incoming.is_orphan))
    return;
  self->incoming = incoming.outer;
  if (!incoming.answered && !self->closed)
    keep_unanswered (self, &incoming);
}

/* A response in a message of its own. */
static void
dispatch_separate_response (GcoapMessageLayer *self,
                            const GcoapPdu    *pdu)
{
  GcoapIncoming incoming = { .outer = self->incoming, .pdu = pdu };
  gboolean is_con = pdu->type == GCOAP_MESSAGE_TYPE_CON;
  gboolean taken;

  if (is_con && gcoap_pdu_came_to_group (pdu))
    return;
  if (take_duplicate (self, pdu))
    return;

  g_object_ref (self);
  self->incoming = &incoming;
  taken = gcoap_token_manager_dispatch_response (self->manager, pdu);
  self->incoming = incoming.outer;

  if (taken)
    {
      GcoapPeer *peer = gcoap_peers_find (&self->peers, pdu->address);

      if (peer != NULL)
        gcoap_peers_note_heard (peer);
      /* RFC 7252 §5.2.2: the acknowledgement of a response is Empty. */
      if (is_con)
        gcoap_message_layer_send_empty_ack (self, pdu);
      if (!self->closed)
        gcoap_message_layer_remember (self, pdu, is_con ? GCOAP_REPLY_ACK : GCOAP_REPLY_NONE, NULL);
    }
  /* RFC 7252 §5.3.2: an unexpected response is rejected. */
  else if (!gcoap_pdu_came_to_group (pdu))
    gcoap_message_layer_send_reset (self, pdu);
  g_object_unref (self);
}

static gboolean
has_token (GcoapMessageTransmission *transmission,
           const GcoapPdu           *pdu)
{
  return transmission->token_length == pdu->token_length
         && (pdu->token_length == 0
             || memcmp (transmission->token, pdu->token, pdu->token_length) == 0);
}

static void
dispatch_ack (GcoapMessageLayer *self,
              const GcoapPdu    *pdu)
{
  GcoapMessageTransmission *transmission;

  transmission = gcoap_message_layer_find_transmission (self, pdu->address, pdu->message_id);
  /* RFC 7252 §4.2: an acknowledgement of nothing is ignored; so is one of a
   * NON, which has none. */
  if (transmission == NULL || transmission->state != GCOAP_TRANSMISSION_WAITING)
    return;
  gcoap_peers_note_heard (transmission->peer);

  /* RFC 7252 §5.2.2: a response is acknowledged by any matching ACK, whatever
   * that carries. */
  if (pdu->message == NULL || !transmission->is_request)
    {
      gcoap_message_transmission_acknowledge (transmission);
      return;
    }

  /* RFC 7252 §5.3.2: for a piggybacked response to match, message ID and token
   * must. One that does not match is ignored, and acknowledges nothing. */
  if (!has_token (transmission, pdu))
    return;
  g_object_ref (self);
  gcoap_message_transmission_end (transmission);
  gcoap_token_manager_dispatch_response (self->manager, pdu);
  g_object_unref (self);
}

static void
dispatch_reset (GcoapMessageLayer *self,
                const GcoapPdu    *pdu)
{
  GcoapMessageTransmission *transmission;

  gcoap_message_layer_count (self, GCOAP_COUNTER_RESETS_RECEIVED);
  transmission = gcoap_message_layer_find_transmission (self, pdu->address, pdu->message_id);
  if (transmission != NULL
      && (transmission->state == GCOAP_TRANSMISSION_WAITING
          || transmission->state == GCOAP_TRANSMISSION_WATCHED))
    {
      if (transmission->peer != NULL)
        gcoap_peers_note_heard (transmission->peer);
      gcoap_message_transmission_reset (transmission);
    }
}

/* RFC 7252 §4.2, §4.3: what is Empty or of a reserved class. A CON is answered
 * with RST, which makes an Empty CON a ping; anything else is ignored. */
static void
reject_unusable (GcoapMessageLayer *self,
                 const GcoapPdu    *pdu)
{
  if (pdu->type == GCOAP_MESSAGE_TYPE_CON && !gcoap_pdu_came_to_group (pdu))
    gcoap_message_layer_send_reset (self, pdu);
}

/* RFC 7252 §4.3, Table 1: which form may carry what. */
void
gcoap_message_layer_dispatch_pdu (GcoapMessageManager *manager,
                                  const GcoapPdu      *pdu)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (manager);
  guint code = pdu->message != NULL ? gcoap_message_get_code (pdu->message) : 0;
  guint code_class = code >> 5;
  gboolean is_request = code != 0 && code_class == 0;
  /* RFC 7252 §12.1: 2.00 to 5.31 are for responses. */
  gboolean is_response = code_class >= 2 && code_class <= 5;

  if (self->closed || self->manager == NULL)
    return;
  if (G_UNLIKELY (self->liveness.table != NULL))
    gcoap_liveness_note_heard (&self->liveness, pdu->address, gcoap_message_layer_get_now (self));

  switch (pdu->type)
    {
    case GCOAP_MESSAGE_TYPE_CON:
    case GCOAP_MESSAGE_TYPE_NON:
      if (is_request)
        dispatch_request (self, pdu);
      else if (is_response)
        dispatch_separate_response (self, pdu);
      else
        reject_unusable (self, pdu);
      break;

    case GCOAP_MESSAGE_TYPE_ACK:
      /* RFC 7252 §4.2: one with a request or a reserved code is ignored. */
      if (pdu->message == NULL || is_response)
        dispatch_ack (self, pdu);
      break;

    case GCOAP_MESSAGE_TYPE_RST:
      /* RFC 7252 §4.2: one that is not Empty is ignored. */
      if (pdu->message == NULL)
        dispatch_reset (self, pdu);
      break;

    default:
      break;
    }
}

/* A response that is longer than what is received: it will not be shorter next
 * time, so the request fails. */
static void
dispatch_long_response (GcoapMessageLayer *self,
                        const GcoapPdu    *pdu,
                        const GError      *error)
{
  g_object_ref (self);
  if (pdu->type == GCOAP_MESSAGE_TYPE_ACK)
    {
      GcoapMessageTransmission *transmission;

      transmission = gcoap_message_layer_find_transmission (self, pdu->address, pdu->message_id);
      if (transmission != NULL && transmission->state == GCOAP_TRANSMISSION_WAITING
          && transmission->is_request && has_token (transmission, pdu))
        {
          gcoap_peers_note_heard (transmission->peer);
          gcoap_message_transmission_end (transmission);
          gcoap_token_manager_dispatch_bad_response (self->manager, pdu, error);
        }
    }
  else if (pdu->type != GCOAP_MESSAGE_TYPE_RST && !gcoap_pdu_came_to_group (pdu))
    {
      gcoap_token_manager_dispatch_bad_response (self->manager, pdu, error);
      /* RFC 7252 §5.2.2: rejected, so that it is not sent again. */
      gcoap_message_layer_send_reset (self, pdu);
    }
  g_object_unref (self);
}

/* RFC 7252 §5.9.2.9: a request that is longer than what is received. */
static void
answer_long_request (GcoapMessageLayer *self,
                     const GcoapPdu    *pdu)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  if (pdu->type != GCOAP_MESSAGE_TYPE_CON || gcoap_pdu_came_to_group (pdu))
    return;
  error = g_error_new (GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_REQUEST_ENTITY_TOO_LARGE,
                       "A message may have %u bytes at most.", self->runtime->limits->max_datagram_size);
  response = gcoap_message_new_for_error (error);
  gcoap_message_lock (response);
  gcoap_message_layer_send_plain (self, pdu, GCOAP_MESSAGE_TYPE_ACK, response, NULL);
}

void
gcoap_message_layer_dispatch_malformed (GcoapMessageManager *manager,
                                        const GcoapPdu      *pdu,
                                        const GError        *error)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (manager);
  gboolean is_long = pdu->message != NULL
                     && g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);

  gcoap_message_layer_count (self, GCOAP_COUNTER_DATAGRAMS_MALFORMED);
  if (self->closed || self->manager == NULL)
    return;
  if (is_long && gcoap_code_is_request (gcoap_message_get_code (pdu->message)))
    answer_long_request (self, pdu);
  else if (is_long)
    dispatch_long_response (self, pdu, error);
  else
    reject_unusable (self, pdu);
}

static void
dispatch_address_error (GcoapMessageLayer    *self,
                        GcoapEndpointAddress *address,
                        const GError         *error)
{
  g_autoptr (GPtrArray) all = gcoap_message_layer_list_transmissions (self, address);

  for (guint i = 0; i < all->len; i++)
    {
      GcoapMessageTransmission *transmission = g_ptr_array_index (all, i);

      /* The outcome of one may have ended another. */
      if (transmission->state != GCOAP_TRANSMISSION_ENDED)
        gcoap_message_transmission_finish (transmission, GCOAP_OUTCOME_UNREACHABLE, error);
    }

  /* A secured address is one association: it will not be back. The others
   * stay known, for such reports can be forged. */
  if (gcoap_endpoint_address_is_secure (address))
    {
      gcoap_duplicates_forget (&self->duplicates, address);
      gcoap_pending_acks_forget (&self->pending_acks, address);
      gcoap_peers_forget (&self->peers, address);
    }
  if (self->manager != NULL && !self->closed)
    gcoap_token_manager_dispatch_error (self->manager, address, error);
}

void
gcoap_message_layer_dispatch_error (GcoapMessageManager  *manager,
                                    GcoapEndpointAddress *address,
                                    int                   message_id,
                                    const GError         *error)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (manager);
  GcoapMessageTransmission *transmission;

  if (self->closed)
    return;

  g_object_ref (self);
  if (message_id < 0 || message_id > G_MAXUINT16)
    dispatch_address_error (self, address, error);
  else
    {
      transmission = gcoap_message_layer_find_transmission (self, address, (guint16) message_id);
      if (transmission != NULL)
        gcoap_message_transmission_finish (transmission, GCOAP_OUTCOME_UNREACHABLE, error);
    }
  g_object_unref (self);
}

void
gcoap_message_layer_watch (GcoapMessageLayer    *self,
                           GcoapEndpointAddress *address)
{
  gcoap_liveness_watch (&self->liveness, address);
}

void
gcoap_message_layer_unwatch (GcoapMessageLayer    *self,
                             GcoapEndpointAddress *address)
{
  gcoap_liveness_unwatch (&self->liveness, address);
}

gint64
gcoap_message_layer_get_last_heard (GcoapMessageLayer    *self,
                                    GcoapEndpointAddress *address)
{
  return gcoap_liveness_get_last_heard (&self->liveness, address);
}

void
gcoap_message_layer_give_up_peer (GcoapMessageLayer    *self,
                                  GcoapEndpointAddress *address,
                                  const GError         *error)
{
  if (self->closed)
    return;
  g_object_ref (self);
  dispatch_address_error (self, address, error);
  g_object_unref (self);
}
