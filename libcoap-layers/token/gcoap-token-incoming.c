/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of peers: made into exchanges, handed on, and their answers sent.
 *
 * One that is answered before request() returns lives on the stack; only one
 * that waits gets an entry in the table. */
#include "token/gcoap-token-layer-private.h"

#include "base/gcoap-error.h"
#include "wire/gcoap-error-message.h"

typedef struct
{
  GcoapTokenEntry     entry;
  GcoapTokenLayer    *layer;
  GcoapExchange      *exchange;   /* not owned: it tells when it closes */
  GcoapPdu            pdu;        /* the request, without its message once it waits */
  GcoapTimer          timer;      /* until the responder is thought to have forgotten */
  GcoapTokenDelivery *latest;     /* the newest response that can only be reset; not owned */
  gboolean            is_waiting; /* it is in the table, and what pdu points to is owned */
} Incoming;

static void
send_response (Incoming      *self,
               GcoapExchange *exchange,
               GcoapMessage  *response)
{
  GcoapTokenLayer *layer = self->layer;
  GcoapDeliveryReport report = gcoap_exchange_steal_report (exchange);
  GcoapTransportTuning *tuning = gcoap_exchange_get_response_tuning (exchange);
  GcoapTransmission *transmission;

  if (tuning == NULL)
    tuning = gcoap_exchange_get_tuning (exchange);
  gcoap_message_lock (response);
  /* Not or-ed: one message may answer several requests, and what one of them
   * allows is not allowed for the next. */
  gcoap_message_set_repeatable (response, gcoap_exchange_is_repeatable (exchange));
  transmission = layer->below_iface->send_response (layer->below, &self->pdu, response, tuning,
                                                    report.func != NULL);
  gcoap_statistics_count (layer->runtime->statistics, GCOAP_COUNTER_RESPONSES_SENT);
  if (report.func != NULL)
    gcoap_token_layer_watch_delivery (layer, exchange, self->pdu.address, report, transmission,
                                      self->is_waiting ? &self->latest : NULL);
  else if (transmission != NULL)
    gcoap_transmission_unref (transmission);
}

/* Nothing but the acknowledgement that may be owed. */
static void
send_nothing (GcoapTokenLayer *self,
              const GcoapPdu  *request_pdu)
{
  GcoapTransmission *transmission =
    gcoap_token_interface_send_response (self->below, request_pdu, NULL, NULL, FALSE);

  if (transmission != NULL)
    gcoap_transmission_unref (transmission);
}

static void
forget (Incoming *self)
{
  gcoap_token_table_remove (&self->layer->table, &self->entry);
  gcoap_clock_unschedule (self->layer->runtime->clock, &self->timer);
}

static void
sink_cb (GcoapExchange *exchange,
         gboolean       is_last,
         gpointer       data)
{
  Incoming *self = data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);

  if (self->is_waiting)
    {
      /* Only the first response can be forgotten: a stream speaks when it has
       * something to say. */
      gcoap_clock_unschedule (self->layer->runtime->clock, &self->timer);
      if (is_last)
        forget (self);
    }
  if (response != NULL)
    send_response (self, exchange, response);
  else if (gcoap_exchange_get_end (exchange) == GCOAP_EXCHANGE_END_REJECTED)
    gcoap_token_interface_reject (self->layer->below, &self->pdu, gcoap_exchange_get_error (exchange));
  else
    send_nothing (self->layer, &self->pdu);
}

/* The sink's destroy function: the exchange has closed, in whatever way. */
static void
incoming_free (gpointer data)
{
  Incoming *self = data;

  gcoap_token_delivery_unplace (&self->latest);
  forget (self);
  g_object_unref (self->pdu.address);
  g_clear_pointer (&self->pdu.local, gcoap_local_unref);
  g_free ((guint8 *) self->pdu.token);
  g_free (self);
}

static void
timed_out_cb (gpointer data)
{
  Incoming *self = data;
  g_autoptr (GcoapExchange) exchange = g_object_ref (self->exchange);

  gcoap_exchange_fail_code (exchange, GCOAP_CODE_INTERNAL_SERVER_ERROR,
                            "The request handler gave no answer in time.");
}

/* The request is to be answered later: what is on the stack must be kept. */
static void
keep_waiting (const Incoming *frame,
              gboolean        has_responded)
{
  GcoapTokenLayer *layer = frame->layer;
  GcoapClock *clock = layer->runtime->clock;
  guint timeout = layer->runtime->limits->request_timeout;
  Incoming *self = g_new0 (Incoming, 1);

  self->layer = layer;
  self->exchange = frame->exchange;
  self->is_waiting = TRUE;
  self->pdu = frame->pdu;
  self->pdu.message = NULL;
  self->pdu.token = g_memdup2 (frame->pdu.token, frame->pdu.token_length);
  g_object_ref (self->pdu.address);
  if (self->pdu.local != NULL)
    gcoap_local_ref (self->pdu.local);
  gcoap_timer_init (&self->timer, timed_out_cb, self);
  gcoap_token_table_add (&layer->table, &self->entry, GCOAP_TOKEN_ROLE_SERVER, self->pdu.address,
                         FALSE, self->pdu.token, self->pdu.token_length);
  if (timeout > 0 && !has_responded)
    gcoap_clock_schedule (clock, &self->timer,
                          gcoap_clock_get_now (clock) + timeout * G_GINT64_CONSTANT (1000));

  self->exchange->sink_data = self;
  self->exchange->sink_destroy = incoming_free;
}

/* Answers without an exchange. */
static void
refuse (GcoapTokenLayer *self,
        const GcoapPdu  *pdu,
        GcoapCode        code,
        const char      *diagnostic)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  GcoapTransmission *transmission;

  /* RFC 7252 §8.2: there is nothing in an error that a group request asks
   * for, and all members would say it at once. */
  if (pdu->local != NULL && gcoap_local_is_group (pdu->local))
    return;
  /* RFC 7252 §5.9.3.4: as a limit it says when to ask again. */
  if (code == GCOAP_CODE_SERVICE_UNAVAILABLE)
    error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_LIMIT, diagnostic);
  else
    error = g_error_new_literal (GCOAP_RESPONSE_ERROR, (int) code, diagnostic);
  response = gcoap_message_new_for_error (error);
  gcoap_message_lock (response);
  transmission = gcoap_token_interface_send_response (self->below, pdu, response, NULL, FALSE);
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_RESPONSES_SENT);
  if (transmission != NULL)
    gcoap_transmission_unref (transmission);
}

/* Whether this is a request that can be handed on; refuses it if not. */
static gboolean
check (GcoapTokenLayer *self,
       const GcoapPdu  *pdu)
{
  GcoapLimits *limits = self->runtime->limits;

  if (self->is_shut)
    {
      refuse (self, pdu, GCOAP_CODE_SERVICE_UNAVAILABLE, "This endpoint is shutting down");
      return FALSE;
    }
  if (self->inbound == NULL)
    {
      g_autoptr (GError) error =
        g_error_new_literal (GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_FOUND,
                             "This endpoint serves no resources.");

      gcoap_token_interface_reject (self->below, pdu, error);
      return FALSE;
    }
  if (pdu->token_length > limits->max_token_length)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      /* RFC 8974 §2.2.2: not a format error, which would deny extended tokens
       * of any length. */
      refuse (self, pdu, GCOAP_CODE_BAD_REQUEST, "The token is too long");
      return FALSE;
    }
  return TRUE;
}

/* Whether there is room for one more that waits. One that is answered at once
 * needs none, so this is asked only when the handler has returned. */
static gboolean
has_room (GcoapTokenLayer *self,
          const GcoapPdu  *pdu)
{
  GcoapLimits *limits = self->runtime->limits;
  GcoapTokenRole role = GCOAP_TOKEN_ROLE_SERVER;

  return self->table.n_entries[role] < limits->max_inbound_exchanges
         && gcoap_token_table_count_of_peer (&self->table, role, pdu->address)
            < limits->max_inbound_exchanges_per_peer;
}

/* The handler is told that nobody waits for its answer. */
static void
give_up (GcoapTokenLayer *self,
         GcoapExchange   *exchange,
         const GcoapPdu  *pdu)
{
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  gcoap_runtime_trace_note (self->runtime, pdu->address,
                            "A request is refused: too many wait for their answers");
  gcoap_exchange_cancel (exchange);
  refuse (self, pdu, GCOAP_CODE_SERVICE_UNAVAILABLE, "Too many requests wait for their answers");
}

static void
name_predecessor (GcoapTokenLayer *self,
                  GcoapExchange   *exchange,
                  const GcoapPdu  *pdu)
{
  GcoapTokenEntry *entry = gcoap_token_table_find (&self->table, GCOAP_TOKEN_ROLE_SERVER,
                                                   pdu->address, pdu->token, pdu->token_length);

  if (entry != NULL)
    gcoap_exchange_set_predecessor (exchange, ((Incoming *) entry)->exchange);
}

void
gcoap_token_layer_take_request (GcoapTokenLayer *self,
                                const GcoapPdu  *pdu)
{
  Incoming frame;
  GcoapRequestInterface *inbound;
  GcoapExchange *exchange;

  if (pdu->message == NULL || !gcoap_code_is_request (gcoap_message_get_code (pdu->message)))
    return;
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_REQUESTS_RECEIVED);
  if (!check (self, pdu))
    return;

  g_object_ref (self);
  inbound = g_object_ref (self->inbound);
  exchange = gcoap_exchange_pool_take (&self->pool, self->runtime, pdu->message, pdu->address,
                                       pdu->local);
  gcoap_exchange_set_carrier (exchange, self->below);
  name_predecessor (self, exchange, pdu);

  frame.layer = self;
  frame.exchange = exchange;
  frame.pdu = *pdu;
  frame.is_waiting = FALSE;
  gcoap_exchange_open (exchange, sink_cb, &frame, NULL);
  self->inbound_iface->request (inbound, exchange);

  if (gcoap_exchange_is_open (exchange) && !self->is_shut && !has_room (self, pdu))
    give_up (self, exchange, pdu);

  if (gcoap_exchange_is_open (exchange))
    {
      keep_waiting (&frame, exchange->responded);
      if (self->is_shut)
        gcoap_token_incoming_refuse (&((Incoming *) exchange->sink_data)->entry);
      g_object_unref (exchange);
    }
  else
    {
      gcoap_exchange_pool_give (&self->pool, exchange);
    }
  g_object_unref (inbound);
  g_object_unref (self);
}

/* The peer is gone; its exchange closes, which frees the entry. */
void
gcoap_token_incoming_cancel (GcoapTokenEntry *entry)
{
  Incoming *self = (Incoming *) entry;
  g_autoptr (GcoapExchange) exchange = g_object_ref (self->exchange);

  forget (self);
  gcoap_exchange_cancel (exchange);
}

void
gcoap_token_incoming_refuse (GcoapTokenEntry *entry)
{
  Incoming *self = (Incoming *) entry;
  g_autoptr (GcoapExchange) exchange = g_object_ref (self->exchange);

  forget (self);
  gcoap_exchange_fail_code (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE,
                            "This endpoint is shutting down.");
  /* A decorator has taken the error over, but nobody will hear it any more. */
  gcoap_exchange_cancel (exchange);
}
