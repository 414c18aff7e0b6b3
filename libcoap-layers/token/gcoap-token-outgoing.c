/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of our own: each has a token, one transmission and, in the end, an
 * answer or a reason why there is none. */
#include "token/gcoap-token-layer-private.h"

#include <string.h>

#include "base/gcoap-error.h"

typedef struct
{
  GcoapTokenEntry    entry;
  GcoapTokenLayer   *layer;
  GcoapExchange     *exchange;      /* owned; NULL once it has ended */
  GcoapTransmission *transmission;  /* NULL once it does not matter any more */
  GcoapTimer         timer;         /* until a group's deadline */
  gboolean           is_sending;    /* send_request() is on the stack and needs us */
} Outgoing;

static void
abandon (Outgoing *self)
{
  if (self->transmission == NULL)
    return;
  if (self->exchange != NULL)
    self->exchange->transmission = NULL;
  gcoap_transmission_set_manager_data (self->transmission, NULL);
  gcoap_transmission_abandon (self->transmission);
  g_clear_pointer (&self->transmission, gcoap_transmission_unref);
}

/* Forgets the request before anybody is told of its end, because who is told
 * may send the next one with the same exchange (another candidate address).
 * Returns the caller's reference to the exchange. */
static GcoapExchange *
finish (Outgoing *self)
{
  GcoapExchange *exchange;

  gcoap_token_table_remove (&self->layer->table, &self->entry);
  gcoap_clock_unschedule (self->layer->runtime->clock, &self->timer);
  abandon (self);
  exchange = g_steal_pointer (&self->exchange);
  gcoap_exchange_set_cancel_callback (exchange, NULL, NULL, NULL);
  if (!self->is_sending)
    g_free (self);
  return exchange;
}

static void
cancelled_cb (GcoapExchange *exchange G_GNUC_UNUSED,
              gpointer       data)
{
  g_object_unref (finish (data));
}

static void
group_deadline_cb (gpointer data)
{
  Outgoing *self = data;
  GcoapExpects expects = gcoap_exchange_get_expects (self->exchange);
  g_autofree char *group = gcoap_endpoint_address_dup_uri_base (gcoap_token_entry_get_address (&self->entry));
  g_autoptr (GcoapExchange) exchange = finish (self);

  if (expects == GCOAP_EXPECTS_GROUP)
    {
      gcoap_exchange_finish_group (exchange);
    }
  else
    {
      g_autoptr (GError) error =
        g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                     "Nobody in the group %s answered; it may have no members within reach.", group);

      gcoap_exchange_fail (exchange, error);
    }
}

static void
fail_new (GcoapExchange *exchange,
          GcoapError     code,
          const char    *sentence)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, (int) code, sentence);

  gcoap_exchange_fail (exchange, error);
}

/* Whether this can be sent at all; answers the exchange if not. */
static gboolean
check (GcoapTokenLayer *self,
       GcoapExchange   *exchange)
{
  if (self->is_shut)
    {
      fail_new (exchange, GCOAP_ERROR_CLOSED, "The request cannot be sent: the endpoint has been shut down.");
      return FALSE;
    }
  if (gcoap_exchange_get_address (exchange) == NULL)
    {
      fail_new (exchange, GCOAP_ERROR_INVALID_ARGUMENT,
                "The request cannot be sent: it has no address and was not prepared.");
      return FALSE;
    }
  if (!gcoap_code_is_request (gcoap_message_get_code (gcoap_exchange_get_request (exchange))))
    {
      fail_new (exchange, GCOAP_ERROR_INVALID_ARGUMENT,
                "The request cannot be sent: its code is not that of a request.");
      return FALSE;
    }
  if (self->table.n_entries[GCOAP_TOKEN_ROLE_CLIENT] >= self->runtime->limits->max_outbound_exchanges)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      fail_new (exchange, GCOAP_ERROR_LIMIT,
                "The request cannot be sent: too many requests wait for their responses.");
      return FALSE;
    }
  return TRUE;
}

static gboolean
is_token_in_use (GcoapTokenLayer      *self,
                 GcoapEndpointAddress *address,
                 const guint8         *token,
                 gsize                 length)
{
  GcoapTokenRole role = GCOAP_TOKEN_ROLE_CLIENT;

  return gcoap_token_table_find (&self->table, role, address, token, length) != NULL
         || gcoap_token_table_find (&self->table, role, NULL, token, length) != NULL;
}

/* Leaves the token with the exchange, where a successor finds it even when
 * this one has ended: RFC 7641 §3.6 cancels an observation by a request with
 * the token of the registration. */
static void
choose_token (GcoapTokenLayer      *self,
              GcoapExchange        *exchange,
              GcoapEndpointAddress *address)
{
  GcoapExchange *predecessor = gcoap_exchange_get_predecessor (exchange);

  /* A decorator may have sent another one in the predecessor's stead. */
  while (predecessor != NULL && predecessor->token_length == 0)
    predecessor = predecessor->latest_derived;
  if (predecessor != NULL && predecessor->token_length > 0 && predecessor->address != NULL
      && gcoap_endpoint_address_equal (predecessor->address, address))
    {
      memcpy (exchange->token, predecessor->token, predecessor->token_length);
      exchange->token_length = predecessor->token_length;
      return;
    }
  do
    exchange->token_length =
      (guint8) gcoap_token_generator_next (&self->generator, address,
                                           self->runtime->limits->max_peers, exchange->token);
  while (is_token_in_use (self, address, exchange->token, exchange->token_length));
}

static void
start_timer (Outgoing *self)
{
  GcoapClock *clock = self->layer->runtime->clock;
  GcoapExpects expects = gcoap_exchange_get_expects (self->exchange);

  /* RFC 7252 §8.1: nothing acknowledges a request to a group, so one that
   * nobody answers would wait for ever. */
  if (expects == GCOAP_EXPECTS_GROUP
      || (expects == GCOAP_EXPECTS_ONE && self->entry.by_token_alone))
    gcoap_clock_schedule (clock, &self->timer,
                          gcoap_clock_get_now (clock)
                          + gcoap_exchange_get_group_wait (self->exchange) * G_GINT64_CONSTANT (1000));
}

/* Whether an acknowledgement will tell that the request has arrived. */
static gboolean
is_acknowledged (Outgoing *self)
{
  GcoapEndpointAddress *address = gcoap_token_entry_get_address (&self->entry);
  GcoapTransportTuning *tuning = gcoap_exchange_get_tuning (self->exchange);

  return !self->entry.by_token_alone
         && !gcoap_endpoint_address_is_reliable (address)
         && (tuning == NULL
             || gcoap_transport_tuning_get_reliability (tuning) != GCOAP_RELIABILITY_NON_CONFIRMABLE);
}

static Outgoing *
outgoing_new (GcoapTokenLayer      *layer,
              GcoapExchange        *exchange,
              GcoapEndpointAddress *address)
{
  Outgoing *self = g_new0 (Outgoing, 1);

  self->layer = layer;
  self->exchange = g_object_ref (exchange);
  gcoap_timer_init (&self->timer, group_deadline_cb, self);
  gcoap_token_table_add (&layer->table, &self->entry, GCOAP_TOKEN_ROLE_CLIENT, address,
                         gcoap_endpoint_address_is_multicast (address),
                         exchange->token, exchange->token_length);
  gcoap_exchange_set_cancel_callback (exchange, cancelled_cb, self, NULL);
  return self;
}

/* Hands the request to the layer below. The answer may arrive, or the request
 * be cancelled, before this returns. */
static void
transmit (Outgoing      *self,
          GcoapExchange *exchange)
{
  GcoapTokenLayer *layer = self->layer;
  GcoapTransmission *transmission;
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = {
    .token_length = exchange->token_length,
    .token = exchange->token,
    .address = gcoap_exchange_get_address (exchange),
    .local = gcoap_exchange_get_local (exchange),
    .message = gcoap_exchange_get_request (exchange),
  };

  self->is_sending = TRUE;
  transmission = gcoap_token_interface_send_request (layer->below, &pdu,
                                                     gcoap_exchange_get_tuning (exchange), &error);
  self->is_sending = FALSE;
  if (transmission != NULL)
    gcoap_statistics_count (layer->runtime->statistics, GCOAP_COUNTER_REQUESTS_SENT);

  if (self->exchange == NULL)
    {
      if (transmission != NULL)
        {
          gcoap_transmission_abandon (transmission);
          gcoap_transmission_unref (transmission);
        }
      g_free (self);
    }
  else if (transmission == NULL)
    {
      g_object_unref (finish (self));
      gcoap_exchange_fail (exchange, error);
    }
  else if (gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_NONE && !is_acknowledged (self))
    {
      /* It is under way, or in a queue, and is to go on; only nobody here
       * waits for anything. */
      gcoap_transmission_unref (transmission);
      g_object_unref (finish (self));
      gcoap_exchange_dismiss (exchange);
    }
  else
    {
      self->transmission = transmission;
      exchange->transmission = transmission;
      gcoap_transmission_set_manager_data (transmission, &self->entry);
    }
}

void
gcoap_token_layer_send_request (GcoapTokenLayer *self,
                                GcoapExchange   *exchange)
{
  GcoapEndpointAddress *address;
  Outgoing *outgoing;

  if (!check (self, exchange))
    return;
  g_object_ref (exchange);
  address = gcoap_exchange_get_address (exchange);
  choose_token (self, exchange, address);
  outgoing = outgoing_new (self, exchange, address);
  start_timer (outgoing);
  transmit (outgoing, exchange);
  g_object_unref (exchange);
}

/* RFC 7252 §5.3.2: by endpoint and token; §8.2: the answers to a group request
 * come from others than it went to, so by token alone. */
static Outgoing *
find (GcoapTokenLayer *self,
      const GcoapPdu  *pdu)
{
  GcoapTokenEntry *entry;
  guint code_class;

  if (pdu->message == NULL)
    return NULL;
  /* RFC 7252 §12.1: 2.00 to 5.31, of which class 3 has no meaning yet. The
   * message layer has ended the repetition of the request, so whoever waits has
   * to hear of it. */
  code_class = gcoap_code_get_class (gcoap_message_get_code (pdu->message));
  if (code_class < 2 || code_class > 5)
    return NULL;
  entry = gcoap_token_table_find (&self->table, GCOAP_TOKEN_ROLE_CLIENT, pdu->address,
                                  pdu->token, pdu->token_length);
  if (entry == NULL)
    entry = gcoap_token_table_find (&self->table, GCOAP_TOKEN_ROLE_CLIENT, NULL,
                                    pdu->token, pdu->token_length);
  return (Outgoing *) entry;
}

/* RFC 7252 §5.4.1: a response with a critical option that is not understood
 * is rejected, which FALSE makes the layer below do. The request will not
 * get a better answer, so it ends as well; only of a group others may yet
 * answer. */
static void
refuse_response (Outgoing       *self,
                 const GcoapPdu *pdu,
                 guint           option)
{
  g_autofree char *peer = NULL;
  g_autoptr (GError) error = NULL;

  if (self->entry.by_token_alone)
    return;
  peer = gcoap_endpoint_address_dup_uri_base (pdu->address);
  error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNKNOWN_OPTION,
                       "The response of %s has the critical option %u, which is not understood "
                       "or has no valid value.", peer, option);
  gcoap_token_outgoing_fail (&self->entry, error);
}

gboolean
gcoap_token_layer_take_response (GcoapTokenLayer *self,
                                 const GcoapPdu  *pdu)
{
  GcoapStatistics *statistics = self->runtime->statistics;
  Outgoing *outgoing = find (self, pdu);
  g_autoptr (GcoapExchange) exchange = NULL;
  gboolean is_last;
  guint bad_option;

  if (outgoing == NULL)
    {
      gcoap_statistics_count (statistics, GCOAP_COUNTER_RESPONSES_UNMATCHED);
      return FALSE;
    }
  bad_option = gcoap_message_find_bad_critical_option (pdu->message);
  if (bad_option != 0)
    {
      refuse_response (outgoing, pdu, bad_option);
      return FALSE;
    }

  gcoap_statistics_count (statistics, GCOAP_COUNTER_RESPONSES_RECEIVED);
  switch (gcoap_exchange_get_expects (outgoing->exchange))
    {
    case GCOAP_EXPECTS_STREAM:
    case GCOAP_EXPECTS_GROUP:
      is_last = FALSE;
      break;
    case GCOAP_EXPECTS_ONE:
    case GCOAP_EXPECTS_NONE:
    default:
      is_last = TRUE;
      break;
    }

  if (is_last)
    {
      exchange = finish (outgoing);
    }
  else
    {
      exchange = g_object_ref (outgoing->exchange);
      /* RFC 7252 §5.2.2: a response says more than the acknowledgement that
       * was lost or overtaken. A request to a group is not retransmitted. */
      if (!outgoing->entry.by_token_alone)
        abandon (outgoing);
    }
  if (gcoap_endpoint_address_equal (pdu->address, gcoap_exchange_get_address (exchange)))
    gcoap_exchange_respond (exchange, pdu->message, is_last);
  else
    gcoap_exchange_respond_from (exchange, pdu->message, is_last, pdu->address);
  return TRUE;
}

static GError *
error_for_outcome (Outgoing     *self,
                   GcoapOutcome  outcome,
                   const GError *error)
{
  GcoapEndpointAddress *address = gcoap_token_entry_get_address (&self->entry);
  g_autofree char *peer = gcoap_endpoint_address_dup_uri_base (address);

  switch (outcome)
    {
    case GCOAP_OUTCOME_RESET:
      return g_error_new (GCOAP_ERROR, GCOAP_ERROR_RESET,
                          "%s rejected the request with a reset; it may have restarted, "
                          "serve no requests, or not understand this one.", peer);
    case GCOAP_OUTCOME_TIMED_OUT:
      return g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                          "%s does not answer; it may be switched off, or a firewall may be in the way.",
                          peer);
    case GCOAP_OUTCOME_UNREACHABLE:
    case GCOAP_OUTCOME_ACKNOWLEDGED:
    default:
      /* An error of ours is a sentence that names the peer already. */
      if (error != NULL && error->domain == GCOAP_ERROR)
        return g_error_copy (error);
      if (error != NULL)
        return g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE,
                            "%s cannot be reached: %s.", peer, error->message);
      return g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE,
                          "%s cannot be reached: the network has no way to it, "
                          "or nothing listens there.", peer);
    }
}

void
gcoap_token_outgoing_settle (GcoapTokenEntry *entry,
                             GcoapOutcome     outcome,
                             const GError    *cause)
{
  Outgoing *self = (Outgoing *) entry;

  if (outcome == GCOAP_OUTCOME_ACKNOWLEDGED)
    {
      if (gcoap_exchange_get_expects (self->exchange) == GCOAP_EXPECTS_NONE)
        {
          g_autoptr (GcoapExchange) exchange = finish (self);

          gcoap_exchange_dismiss (exchange);
        }
      return;
    }
  /* One member of a group that rejects the request does not speak for the
   * others. */
  if (self->entry.by_token_alone && outcome == GCOAP_OUTCOME_RESET)
    return;
  else
    {
      g_autoptr (GError) error = error_for_outcome (self, outcome, cause);

      gcoap_token_outgoing_fail (entry, error);
    }
}

void
gcoap_token_outgoing_fail (GcoapTokenEntry *entry,
                           const GError    *error)
{
  g_autoptr (GcoapExchange) exchange = finish ((Outgoing *) entry);

  gcoap_exchange_fail (exchange, error);
}
