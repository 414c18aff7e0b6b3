/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the token layer asks for: requests, responses, rejections. Here is
 * decided in which message a response goes (RFC 7252 §5.2). */
#include "message/gcoap-message-layer-private.h"

#include "base/gcoap-error.h"
#include "base/gcoap-random-private.h"
#include "wire/gcoap-datagram-codec-private.h"
#include "wire/gcoap-error-message.h"

/* Whoever forges source addresses makes us answer many endpoints. They get at
 * most three quarters of the records, so that there is room for those we ask;
 * with the default limits that is as many as may observe. */
static guint
get_answerable (GcoapMessageLayer *self)
{
  return self->runtime->limits->max_peers / 4 * 3;
}

/* Frees one that was never sent. */
static void
discard (GcoapMessageTransmission *transmission)
{
  gcoap_message_transmission_end (transmission);
}

/* The layer keeps its reference until the end, the caller gets another. */
static GcoapTransmission *
hand_out (GcoapMessageTransmission *transmission)
{
  return gcoap_transmission_ref (&transmission->base);
}

static gboolean
check_request (GcoapMessageLayer     *self,
               const GcoapPdu        *pdu,
               GcoapTransportTuning  *tuning,
               GError               **error)
{
  if (self->closed)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                           "Nothing is sent any more: the connection is being shut down.");
      return FALSE;
    }
  /* RFC 7252 §8.1: a request to a group is non-confirmable. */
  if (gcoap_endpoint_address_is_multicast (pdu->address)
      && gcoap_transport_tuning_get_reliability (tuning) == GCOAP_RELIABILITY_CONFIRMABLE)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "A request to a group cannot be confirmable.");
      return FALSE;
    }
  return TRUE;
}

GcoapTransmission *
gcoap_message_layer_send_request (GcoapTokenInterface   *iface,
                                  const GcoapPdu        *pdu,
                                  GcoapTransportTuning  *tuning,
                                  GError               **error)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (iface);
  gboolean is_group = gcoap_endpoint_address_is_multicast (pdu->address);
  gint64 now = gcoap_message_layer_get_now (self);
  gint64 retry_at;
  GcoapPeer *peer = NULL;
  GcoapMessageTransmission *transmission;
  gboolean sent;

  if (tuning == NULL)
    tuning = self->tuning;
  if (!check_request (self, pdu, tuning, error))
    return NULL;

  if (!is_group)
    {
      peer = gcoap_peers_take (&self->peers, pdu->address, self->runtime->limits->max_peers, now);
      if (peer == NULL)
        {
          gcoap_message_layer_count (self, GCOAP_COUNTER_LIMIT_HITS);
          g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                               "Messages were sent to too many different endpoints lately.");
          return NULL;
        }
    }

  gcoap_message_lock (pdu->message);
  transmission = gcoap_message_transmission_new (self, pdu, peer, pdu->message, tuning);
  transmission->is_request = TRUE;
  if (is_group
      || gcoap_transport_tuning_get_reliability (tuning) == GCOAP_RELIABILITY_NON_CONFIRMABLE)
    {
      transmission->type = GCOAP_MESSAGE_TYPE_NON;
      sent = (is_group || gcoap_message_layer_may_probe (self, peer, &peer->unanswered, error))
             && gcoap_message_transmission_send_first (transmission, now, &retry_at, error);
    }
  else
    sent = gcoap_message_transmission_submit (transmission, now, error);

  if (!sent)
    {
      discard (transmission);
      return NULL;
    }
  return hand_out (transmission);
}

GcoapMessage *
gcoap_message_layer_replace_response (GcoapMessageLayer    *self,
                                      GcoapEndpointAddress *address,
                                      GcoapMessage         *response,
                                      const GError         *error)
{
  g_autoptr (GError) reply = NULL;
  g_autoptr (GcoapMessage) replacement = NULL;
  g_autofree char *note = NULL;
  GcoapPdu old_pdu = { .message = response };
  GcoapPdu new_pdu = { .message = NULL };

  if (!g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE))
    return NULL;
  reply = g_error_new_literal (GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR,
                               "The response is too long for a message.");
  replacement = gcoap_message_new_for_error (reply);
  gcoap_message_lock (replacement);
  new_pdu.message = replacement;
  if (gcoap_datagram_get_size (&old_pdu) <= gcoap_datagram_get_size (&new_pdu))
    return NULL;
  note = g_strdup_printf ("Warning: 5.00 is sent instead of a response that is too long. %s",
                          error->message);
  gcoap_runtime_trace_note (self->runtime, address, note);
  return g_steal_pointer (&replacement);
}

/* A NON response nobody wants to hear of: no transmission is made. */
static void
send_unwatched (GcoapMessageLayer    *self,
                GcoapPeer            *peer,
                const GcoapPdu       *request_pdu,
                GcoapMessage         *message,
                GcoapTransportTuning *tuning)
{
  GcoapPdu pdu = *request_pdu;
  gint64 retry_at;

  pdu.type = GCOAP_MESSAGE_TYPE_NON;
  pdu.message = message;
  if (gcoap_message_layer_take_id (self, peer, pdu.address, pdu.type, tuning,
                                   gcoap_message_layer_get_now (self), &pdu.message_id,
                                   &retry_at, NULL))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapMessage) replacement = NULL;

      if (!gcoap_message_interface_send (self->below, &pdu, &error))
        replacement = gcoap_message_layer_replace_response (self, pdu.address, message, error);
      if (replacement != NULL)
        {
          pdu.message = replacement;
          gcoap_message_interface_send (self->below, &pdu, NULL);
        }
    }
  if (peer != NULL)
    gcoap_peers_release (&self->peers, peer);
  gcoap_message_layer_arm (self);
}

/* RFC 7252 §8.2: at a random moment within the leisure, so that the members
 * of a group do not answer all at once. */
static GcoapTransmission *
send_at_leisure (GcoapMessageLayer    *self,
                 const GcoapPdu       *request_pdu,
                 GcoapMessage         *message,
                 GcoapTransportTuning *tuning,
                 gboolean              report)
{
  gint64 leisure = (gint64) gcoap_transport_tuning_get_leisure (tuning) * 1000;
  gint64 now = gcoap_message_layer_get_now (self);
  GcoapMessageTransmission *transmission;
  GcoapPeer *peer;

  /* A server may always ignore a request to a group. */
  if (self->n_delayed >= self->runtime->limits->max_inbound_exchanges)
    {
      gcoap_message_layer_count (self, GCOAP_COUNTER_LIMIT_HITS);
      return NULL;
    }
  peer = gcoap_peers_take (&self->peers, request_pdu->address,
                           get_answerable (self), now);
  transmission = gcoap_message_transmission_new (self, request_pdu, peer, message, tuning);
  transmission->type = GCOAP_MESSAGE_TYPE_NON;
  transmission->report = report;
  transmission->state = GCOAP_TRANSMISSION_DELAYED;
  self->n_delayed++;
  gcoap_transmissions_set_deadline (&self->transmissions, &transmission->sent,
                                    now + (gint64) ((double) leisure * gcoap_random_double ()));
  gcoap_message_layer_arm (self);
  return report ? hand_out (transmission) : NULL;
}

/* A response in a message of its own (RFC 7252 §5.2.2, §5.2.3). */
static GcoapTransmission *
send_separate (GcoapMessageLayer    *self,
               const GcoapPdu       *request_pdu,
               GcoapMessage         *message,
               GcoapTransportTuning *tuning,
               gboolean              report)
{
  gint64 now = gcoap_message_layer_get_now (self);
  gint64 retry_at;
  GcoapReliability reliability = gcoap_transport_tuning_get_reliability (tuning);
  gboolean is_con = reliability == GCOAP_RELIABILITY_CONFIRMABLE
                    || (reliability == GCOAP_RELIABILITY_DEFAULT
                        && request_pdu->type == GCOAP_MESSAGE_TYPE_CON);
  GcoapMessageTransmission *transmission;
  GError *error = NULL;
  gboolean sent;

  GcoapPeer *peer = gcoap_peers_take (&self->peers, request_pdu->address,
                                      get_answerable (self), now);

  if (peer == NULL)
    {
      gcoap_message_layer_count (self, GCOAP_COUNTER_LIMIT_HITS);
      is_con = FALSE;
    }
  if (!is_con && !report)
    {
      send_unwatched (self, peer, request_pdu, message, tuning);
      return NULL;
    }

  transmission = gcoap_message_transmission_new (self, request_pdu, peer, message, tuning);
  transmission->report = report != FALSE;
  if (is_con)
    sent = gcoap_message_transmission_submit (transmission, now, &error);
  else
    {
      transmission->type = GCOAP_MESSAGE_TYPE_NON;
      sent = gcoap_message_transmission_send_first (transmission, now, &retry_at, &error);
    }

  if (sent)
    return hand_out (transmission);
  if (report)
    {
      gcoap_message_transmission_fail_later (transmission, error);
      return hand_out (transmission);
    }
  discard (transmission);
  /* RFC 7252 §5.2.3: better in a message that may get lost than not at all. */
  if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT))
    send_unwatched (self,
                    gcoap_peers_take (&self->peers, request_pdu->address,
                                      get_answerable (self), now),
                    request_pdu, message, tuning);
  g_error_free (error);
  return NULL;
}

/* Gives what was sent in the end. */
static GcoapMessage *
send_piggybacked (GcoapMessageLayer *self,
                  const GcoapPdu    *request_pdu,
                  GcoapMessage      *message)
{
  g_autoptr (GError) error = NULL;
  GcoapMessage *replacement;

  if (gcoap_message_layer_send_plain (self, request_pdu, GCOAP_MESSAGE_TYPE_ACK, message, &error))
    return gcoap_message_ref (message);
  replacement = gcoap_message_layer_replace_response (self, request_pdu->address, message, error);
  if (replacement == NULL)
    return gcoap_message_ref (message);
  gcoap_message_layer_send_plain (self, request_pdu, GCOAP_MESSAGE_TYPE_ACK, replacement, NULL);
  return replacement;
}

/* Answers a request that is being dispatched right now. */
static GcoapTransmission *
answer_incoming (GcoapMessageLayer    *self,
                 GcoapIncoming        *incoming,
                 GcoapMessage         *message,
                 GcoapTransportTuning *tuning,
                 gboolean              report)
{
  const GcoapPdu *pdu = incoming->pdu;
  gboolean repeatable = message != NULL && gcoap_message_is_repeatable (message);

  incoming->answered = TRUE;
  if (pdu->type == GCOAP_MESSAGE_TYPE_CON && !incoming->acknowledged)
    {
      g_autoptr (GcoapMessage) sent = NULL;

      if (message == NULL)
        gcoap_message_layer_send_empty_ack (self, pdu);
      else
        sent = send_piggybacked (self, pdu, message);
      if (message == NULL)
        gcoap_message_layer_remember (self, pdu, GCOAP_REPLY_ACK, NULL);
      else if (!repeatable)
        gcoap_message_layer_remember (self, pdu, GCOAP_REPLY_RESPONSE, sent);
      return NULL;
    }

  if (pdu->type == GCOAP_MESSAGE_TYPE_CON)
    gcoap_message_layer_remember (self, pdu, GCOAP_REPLY_ACK, NULL);
  else if (!repeatable || gcoap_pdu_came_to_group (pdu))
    gcoap_message_layer_remember (self, pdu, GCOAP_REPLY_NONE, NULL);

  if (message == NULL)
    return NULL;
  if (gcoap_pdu_came_to_group (pdu))
    return send_at_leisure (self, pdu, message, tuning, report);
  return send_separate (self, pdu, message, tuning, report);
}

/* Answers a request whose acknowledgement is still owed. */
static void
answer_pending (GcoapMessageLayer *self,
                const GcoapPdu    *request_pdu,
                GcoapMessage      *message)
{
  g_autoptr (GcoapMessage) sent = NULL;

  if (message == NULL)
    {
      gcoap_message_layer_send_empty_ack (self, request_pdu);
      return;
    }

  sent = send_piggybacked (self, request_pdu, message);
  if (gcoap_message_is_repeatable (message))
    gcoap_duplicates_remove (&self->duplicates, request_pdu->address, request_pdu->message_id);
  else
    gcoap_message_layer_remember (self, request_pdu, GCOAP_REPLY_RESPONSE, sent);
}

GcoapTransmission *
gcoap_message_layer_send_response (GcoapTokenInterface  *iface,
                                   const GcoapPdu       *request_pdu,
                                   GcoapMessage         *message,
                                   GcoapTransportTuning *tuning,
                                   gboolean              report)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (iface);
  GcoapIncoming *incoming;

  if (self->closed)
    return NULL;
  if (tuning == NULL)
    tuning = self->tuning;
  if (message != NULL)
    gcoap_message_lock (message);

  incoming = gcoap_message_layer_find_incoming (self, request_pdu);
  if (incoming != NULL && incoming->is_request && !incoming->answered)
    return answer_incoming (self, incoming, message, tuning, report);

  if (request_pdu->type == GCOAP_MESSAGE_TYPE_CON
      && gcoap_pending_acks_take (&self->pending_acks, request_pdu->address,
                                  request_pdu->message_id))
    {
      answer_pending (self, request_pdu, message);
      return NULL;
    }

  if (message == NULL)
    return NULL;
  if (gcoap_pdu_came_to_group (request_pdu))
    return send_at_leisure (self, request_pdu, message, tuning, report);
  return send_separate (self, request_pdu, message, tuning, report);
}

void
gcoap_message_layer_reject (GcoapTokenInterface *iface,
                            const GcoapPdu      *request_pdu,
                            const GError        *error)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (iface);
  GcoapIncoming *incoming;

  if (self->closed)
    return;

  if (request_pdu->type == GCOAP_MESSAGE_TYPE_CON)
    {
      g_autoptr (GcoapMessage) response = gcoap_message_new_for_error (error);
      GcoapTransmission *transmission;

      transmission = gcoap_message_layer_send_response (iface, request_pdu, response, NULL, FALSE);
      g_clear_pointer (&transmission, gcoap_transmission_unref);
      return;
    }

  incoming = gcoap_message_layer_find_incoming (self, request_pdu);
  if (incoming != NULL && incoming->is_request && !incoming->answered)
    {
      incoming->answered = TRUE;
      gcoap_message_layer_remember (self, request_pdu, GCOAP_REPLY_NONE, NULL);
    }
  /* RFC 7252 §4.3, §8.1: a NON may be reset, unless it came to a group. */
  if (!gcoap_pdu_came_to_group (request_pdu))
    gcoap_message_layer_send_reset (self, request_pdu);
}
