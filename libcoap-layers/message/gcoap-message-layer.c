/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The object: properties, its one timer, what it passes through, and its
 * shutdown. */
#include "message/gcoap-message-layer-private.h"

#include "base/gcoap-error.h"
#include "base/gcoap-random-private.h"

/**
 * GcoapMessageLayer:
 *
 * Makes messages carry requests and responses: acknowledges and repeats them,
 * and deals with each only once (RFC 7252 §4).
 *
 * It stands between a [iface@MessageInterface], such as UDP, and a
 * [iface@TokenManager], the token layer.
 *
 * The number of confirmable messages to one endpoint whose acknowledgement is
 * still expected is limited to NSTART (RFC 7252 §4.7), be they requests,
 * responses or pings; more of them wait in a queue per endpoint. Requests that
 * are not confirmable do not count; to an endpoint that answers none of them
 * they go at PROBING_RATE, after the first
 * [property@Limits:max-unanswered-per-peer], and fail with %GCOAP_ERROR_LIMIT
 * where they would exceed it. An acknowledgement, a reset or a response is an
 * answer.
 *
 * Message IDs are taken from a range per endpoint; of the records this needs,
 * [property@Limits:max-peers] in all, those who only send requests get at most
 * three quarters, and share a range beyond that. There are 57344 for each, and none is
 * used again within EXCHANGE_LIFETIME, even when the message was acknowledged
 * (RFC 7252 §4.4). When they run out, confirmable messages wait until one is
 * free, minutes in the worst case, and the time does not count as that of the
 * peer; pings and other requests fail with %GCOAP_ERROR_MESSAGE_IDS, which says
 * when the next is free, and other responses are not sent.
 *
 * Since: 0.1
 */

enum
{
  PROP_BELOW = 1,
  PROP_RUNTIME,
  PROP_TUNING,
  PROP_MAX_RESETS_PER_SECOND,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

#define DEFAULT_MAX_RESETS_PER_SECOND 1000

static void token_interface_init (GcoapTokenInterfaceInterface *iface);
static void message_manager_init (GcoapMessageManagerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapMessageLayer, gcoap_message_layer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_TOKEN_INTERFACE,
                                                      token_interface_init)
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_MESSAGE_MANAGER,
                                                      message_manager_init))

/* Sees to it that the timer fires in time. It is not moved to a later time,
 * for that would be done for every message; to fire in vain does no harm. */
void
gcoap_message_layer_arm (GcoapMessageLayer *self)
{
  gint64 next = gcoap_transmissions_get_next_expiry (&self->transmissions);

  next = MIN (next, gcoap_pending_acks_get_next_expiry (&self->pending_acks));
  next = MIN (next, gcoap_duplicates_get_next_expiry (&self->duplicates));
  next = MIN (next, gcoap_peers_get_next_expiry (&self->peers));
  if (next == G_MAXINT64
      || (gcoap_timer_is_scheduled (&self->timer) && self->timer.deadline <= next))
    return;
  gcoap_clock_schedule (self->runtime->clock, &self->timer, next);
}

static void
send_due_acks (GcoapMessageLayer *self,
               gint64             now)
{
  GcoapPendingAck *due;

  /* RFC 7252 §5.2.2: the response takes longer than the requester should be
   * left to wonder; it will be separate. */
  while ((due = gcoap_pending_acks_pop_due (&self->pending_acks, now)) != NULL)
    {
      g_autoptr (GcoapPendingAck) ack = due;
      GcoapPdu pdu = {
        .message_id = ack->message_id,
        .address = ack->address,
        .local = ack->local,
      };

      gcoap_message_layer_send_empty_ack (self, &pdu);
    }
}

static void
timer_cb (gpointer data)
{
  GcoapMessageLayer *self = data;
  gint64 now = gcoap_message_layer_get_now (self);
  GcoapSentMessage *due;

  g_object_ref (self);
  send_due_acks (self, now);
  while (!self->closed
         && (due = gcoap_transmissions_pop_due (&self->transmissions, now)) != NULL)
    gcoap_message_transmission_handle_deadline (gcoap_message_transmission_from_sent (due), now);
  if (!self->closed)
    {
      gcoap_duplicates_expire (&self->duplicates, now);
      gcoap_peers_expire (&self->peers, now);
      gcoap_message_layer_arm (self);
    }
  g_object_unref (self);
}

gboolean
gcoap_message_layer_send_plain (GcoapMessageLayer  *self,
                                const GcoapPdu     *to,
                                GcoapMessageType    type,
                                GcoapMessage       *message,
                                GError            **error)
{
  GcoapPdu pdu = {
    .type = type,
    .message_id = to->message_id,
    .address = to->address,
    .local = to->local,
    .message = message,
  };

  /* RFC 7252 §4.1: an Empty message has no token. */
  if (message != NULL)
    {
      pdu.token = to->token;
      pdu.token_length = to->token_length;
    }
  return self->below_iface->send (self->below, &pdu, error);
}

static void
gcoap_message_layer_set_manager (GcoapTokenInterface *iface,
                                 GcoapTokenManager   *manager)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (iface);

  g_set_weak_pointer (&self->manager, manager);
  self->manager_iface = manager != NULL ? GCOAP_TOKEN_MANAGER_GET_IFACE (manager) : NULL;
  gcoap_message_interface_set_manager (self->below, GCOAP_MESSAGE_MANAGER (self));
}

static const char *
gcoap_message_layer_get_scheme (GcoapTokenInterface *iface)
{
  return gcoap_message_interface_get_scheme (GCOAP_MESSAGE_LAYER (iface)->below);
}

static gboolean
gcoap_message_layer_recognizes (GcoapTokenInterface  *iface,
                                GcoapEndpointAddress *address)
{
  return gcoap_message_interface_recognizes (GCOAP_MESSAGE_LAYER (iface)->below, address);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  GPtrArray *addresses;

  addresses = gcoap_message_interface_resolve_finish (GCOAP_MESSAGE_INTERFACE (source), result,
                                                      &error);
  if (addresses != NULL)
    g_task_return_pointer (task, addresses, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
gcoap_message_layer_resolve_async (GcoapTokenInterface *iface,
                                   const char          *uri,
                                   GCancellable        *cancellable,
                                   GAsyncReadyCallback  callback,
                                   gpointer             user_data)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (iface);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_message_layer_resolve_async);
  gcoap_message_interface_resolve_async (self->below, uri, cancellable, resolved_cb, task);
}

static GPtrArray *
gcoap_message_layer_resolve_finish (GcoapTokenInterface  *iface,
                                    GAsyncResult         *result,
                                    GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, iface), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gsize
gcoap_message_layer_get_room (GcoapTokenInterface  *iface,
                              GcoapEndpointAddress *address)
{
  return gcoap_message_interface_get_room (GCOAP_MESSAGE_LAYER (iface)->below, address);
}

/* What still waits for its turn goes once, without acknowledgement: the last
 * responses of those who are told goodbye. */
static void
flush_queued_response (GcoapMessageLayer        *self,
                       GcoapMessageTransmission *transmission)
{
  GcoapPdu pdu = {
    .type = GCOAP_MESSAGE_TYPE_NON,
    .token_length = transmission->token_length,
    .token = transmission->token_length > 0 ? transmission->token : NULL,
    .address = transmission->address,
    .local = transmission->local,
    .message = transmission->message,
  };
  gint64 retry_at;

  if (transmission->state == GCOAP_TRANSMISSION_QUEUED && !transmission->is_request
      && transmission->message != NULL
      && gcoap_message_layer_take_id (self, transmission->peer, transmission->address, pdu.type,
                                      transmission->tuning, gcoap_message_layer_get_now (self),
                                      &pdu.message_id, &retry_at, NULL))
    gcoap_message_interface_send (self->below, &pdu, NULL);
}

static void
close_all (GcoapMessageLayer *self)
{
  g_autoptr (GPtrArray) all = gcoap_message_layer_list_transmissions (self, NULL);
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                                  "The connection was shut down.");

  self->closed = TRUE;
  for (guint i = 0; i < all->len; i++)
    {
      GcoapMessageTransmission *transmission = g_ptr_array_index (all, i);

      if (transmission->state == GCOAP_TRANSMISSION_ENDED)
        continue;
      flush_queued_response (self, transmission);
      gcoap_message_transmission_finish (transmission, GCOAP_OUTCOME_UNREACHABLE, error);
    }

  gcoap_pending_acks_forget_all (&self->pending_acks);
  gcoap_duplicates_expire (&self->duplicates, G_MAXINT64);
  gcoap_clock_unschedule (self->runtime->clock, &self->timer);
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;

  if (gcoap_message_interface_shutdown_finish (GCOAP_MESSAGE_INTERFACE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
gcoap_message_layer_shutdown_async (GcoapTokenInterface *iface,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (iface);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_message_layer_shutdown_async);
  if (!self->closed)
    close_all (self);
  gcoap_message_interface_shutdown_async (self->below, cancellable, shut_down_cb, task);
}

static gboolean
gcoap_message_layer_shutdown_finish (GcoapTokenInterface  *iface,
                                     GAsyncResult         *result,
                                     GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, iface), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
token_interface_init (GcoapTokenInterfaceInterface *iface)
{
  iface->set_manager = gcoap_message_layer_set_manager;
  iface->get_scheme = gcoap_message_layer_get_scheme;
  iface->send_request = gcoap_message_layer_send_request;
  iface->send_response = gcoap_message_layer_send_response;
  iface->reject = gcoap_message_layer_reject;
  iface->recognizes = gcoap_message_layer_recognizes;
  iface->resolve_async = gcoap_message_layer_resolve_async;
  iface->resolve_finish = gcoap_message_layer_resolve_finish;
  iface->get_room = gcoap_message_layer_get_room;
  iface->shutdown_async = gcoap_message_layer_shutdown_async;
  iface->shutdown_finish = gcoap_message_layer_shutdown_finish;
}

static void
message_manager_init (GcoapMessageManagerInterface *iface)
{
  iface->dispatch_pdu = gcoap_message_layer_dispatch_pdu;
  iface->dispatch_malformed = gcoap_message_layer_dispatch_malformed;
  iface->dispatch_error = gcoap_message_layer_dispatch_error;
}

static void
gcoap_message_layer_constructed (GObject *object)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (object);
  GcoapTransportTuning *tuning;

  G_OBJECT_CLASS (gcoap_message_layer_parent_class)->constructed (object);

  if (self->tuning == NULL)
    self->tuning = gcoap_transport_tuning_new ();
  tuning = self->tuning;
  gcoap_transport_tuning_lock (tuning);
  self->empty_ack_delay = (gint64) gcoap_transport_tuning_get_empty_ack_delay (tuning) * 1000;
  self->exchange_lifetime = (gint64) gcoap_transport_tuning_get_exchange_lifetime (tuning) * 1000;
  self->non_lifetime = (gint64) gcoap_transport_tuning_get_non_lifetime (tuning) * 1000;
  gcoap_duplicates_init (&self->duplicates, self->runtime->limits);
}

static void
gcoap_message_layer_dispose (GObject *object)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (object);

  g_clear_weak_pointer (&self->manager);
  if (!self->closed)
    {
      g_autoptr (GPtrArray) all = gcoap_message_layer_list_transmissions (self, NULL);

      /* Their owners may hold them for longer than the layer lives. */
      self->closed = TRUE;
      for (guint i = 0; i < all->len; i++)
        gcoap_message_transmission_end (g_ptr_array_index (all, i));
    }
  gcoap_clock_unschedule (self->runtime->clock, &self->timer);
  G_OBJECT_CLASS (gcoap_message_layer_parent_class)->dispose (object);
}

static void
gcoap_message_layer_finalize (GObject *object)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (object);

  for (GcoapIncoming *incoming = self->incoming; incoming != NULL; incoming = incoming->outer)
    incoming->is_orphan = TRUE;
  gcoap_transmissions_clear (&self->transmissions);
  gcoap_duplicates_clear (&self->duplicates);
  gcoap_pending_acks_clear (&self->pending_acks);
  gcoap_liveness_clear (&self->liveness);
  gcoap_peers_clear (&self->peers);
  gcoap_transport_tuning_unref (self->tuning);
  g_object_unref (self->below);
  g_object_unref (self->runtime);
  G_OBJECT_CLASS (gcoap_message_layer_parent_class)->finalize (object);
}

static void
gcoap_message_layer_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (object);

  switch (property_id)
    {
    case PROP_BELOW:
      g_value_set_object (value, self->below);
      break;
    case PROP_RUNTIME:
      g_value_set_object (value, self->runtime);
      break;
    case PROP_TUNING:
      g_value_set_boxed (value, self->tuning);
      break;
    case PROP_MAX_RESETS_PER_SECOND:
      g_value_set_uint (value, self->max_resets_per_second);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_message_layer_set_property (GObject      *object,
                                  guint         property_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  GcoapMessageLayer *self = GCOAP_MESSAGE_LAYER (object);

  switch (property_id)
    {
    case PROP_BELOW:
      self->below = g_value_dup_object (value);
      if (self->below != NULL)
        self->below_iface = GCOAP_MESSAGE_INTERFACE_GET_IFACE (self->below);
      break;
    case PROP_RUNTIME:
      self->runtime = g_value_dup_object (value);
      break;
    case PROP_TUNING:
      self->tuning = g_value_dup_boxed (value);
      break;
    case PROP_MAX_RESETS_PER_SECOND:
      gcoap_message_layer_set_max_resets_per_second (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_message_layer_class_init (GcoapMessageLayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags construct = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = gcoap_message_layer_constructed;
  object_class->dispose = gcoap_message_layer_dispose;
  object_class->finalize = gcoap_message_layer_finalize;
  object_class->get_property = gcoap_message_layer_get_property;
  object_class->set_property = gcoap_message_layer_set_property;

  /**
   * GcoapMessageLayer:below:
   *
   * What carries the messages.
   *
   * Since: 0.1
   */
  properties[PROP_BELOW] = g_param_spec_object ("below", NULL, NULL,
                                                GCOAP_TYPE_MESSAGE_INTERFACE, construct);

  /**
   * GcoapMessageLayer:runtime:
   *
   * What it shares with the other layers of its stack.
   *
   * Since: 0.1
   */
  properties[PROP_RUNTIME] = g_param_spec_object ("runtime", NULL, NULL, GCOAP_TYPE_RUNTIME,
                                                  construct);

  /**
   * GcoapMessageLayer:tuning: (getter get_tuning)
   *
   * How messages are sent that come without a tuning of their own, and how
   * long received ones are remembered.
   *
   * Since: 0.1
   */
  properties[PROP_TUNING] = g_param_spec_boxed ("tuning", NULL, NULL,
                                                GCOAP_TYPE_TRANSPORT_TUNING, construct);

  /**
   * GcoapMessageLayer:max-resets-per-second: (getter get_max_resets_per_second) (setter set_max_resets_per_second)
   *
   * How many resets are sent in a second, answers to pings included; what
   * would need more is ignored.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_RESETS_PER_SECOND] =
    g_param_spec_uint ("max-resets-per-second", NULL, NULL, 0, G_USEC_PER_SEC,
                       DEFAULT_MAX_RESETS_PER_SECOND,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_message_layer_init (GcoapMessageLayer *self)
{
  self->max_resets_per_second = DEFAULT_MAX_RESETS_PER_SECOND;
  gcoap_timer_init (&self->timer, timer_cb, self);
  gcoap_transmissions_init (&self->transmissions);
  gcoap_pending_acks_init (&self->pending_acks);
  gcoap_peers_init (&self->peers);
  gcoap_message_ids_init (&self->shared_ids, GCOAP_MESSAGE_IDS_SHARED, gcoap_random_uint32 ());
  gcoap_message_ids_init (&self->group_ids, GCOAP_MESSAGE_IDS_GROUPS, gcoap_random_uint32 ());
  g_queue_init (&self->peerless);
  g_queue_init (&self->watched);
}

/**
 * gcoap_message_layer_new:
 * @below: what carries the messages
 * @runtime: what it shares with the other layers of its stack
 * @tuning: (nullable): how messages are sent that come without a tuning of
 *   their own, or %NULL for the values of RFC 7252 §4.8; locked
 *
 * Makes a message layer.
 *
 * It starts when it is given its manager.
 *
 * Returns: (transfer full): a new message layer
 *
 * Since: 0.1
 */
GcoapMessageLayer *
gcoap_message_layer_new (GcoapMessageInterface *below,
                         GcoapRuntime          *runtime,
                         GcoapTransportTuning  *tuning)
{
  g_return_val_if_fail (GCOAP_IS_MESSAGE_INTERFACE (below), NULL);
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return g_object_new (GCOAP_TYPE_MESSAGE_LAYER,
                       "below", below,
                       "runtime", runtime,
                       "tuning", tuning,
                       NULL);
}

/**
 * gcoap_message_layer_get_tuning: (get-property tuning)
 * @self: a message layer
 *
 * Tells how messages are sent that come without a tuning of their own.
 *
 * Returns: (transfer none): the tuning, locked
 *
 * Since: 0.1
 */
GcoapTransportTuning *
gcoap_message_layer_get_tuning (GcoapMessageLayer *self)
{
  g_return_val_if_fail (GCOAP_IS_MESSAGE_LAYER (self), NULL);

  return self->tuning;
}

/**
 * gcoap_message_layer_get_max_resets_per_second: (get-property max-resets-per-second)
 * @self: a message layer
 *
 * Tells how many resets are sent in a second.
 *
 * Returns: the number, 1000 by default
 *
 * Since: 0.1
 */
guint
gcoap_message_layer_get_max_resets_per_second (GcoapMessageLayer *self)
{
  g_return_val_if_fail (GCOAP_IS_MESSAGE_LAYER (self), 0);

  return self->max_resets_per_second;
}

/**
 * gcoap_message_layer_set_max_resets_per_second: (set-property max-resets-per-second)
 * @self: a message layer
 * @count: how many, at most a million; 0 for none at all
 *
 * Sets how many resets are sent in a second.
 *
 * Since: 0.1
 */
void
gcoap_message_layer_set_max_resets_per_second (GcoapMessageLayer *self,
                                               guint              count)
{
  g_return_if_fail (GCOAP_IS_MESSAGE_LAYER (self));
  g_return_if_fail (count <= G_USEC_PER_SEC);

  if (self->max_resets_per_second == count)
    return;
  self->max_resets_per_second = count;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_RESETS_PER_SECOND]);
}
