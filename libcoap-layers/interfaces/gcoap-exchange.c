/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of an exchange: made, opened, answered or cancelled, dropped. */
#include "interfaces/gcoap-exchange-private.h"

#include <string.h>

#include "interfaces/gcoap-runtime-private.h"

/**
 * GcoapExchange:
 *
 * One request and its responses.
 *
 * The requester makes an exchange, opens it with a sink and hands it to a
 * [iface@RequestInterface]. The responder answers at once or later; to answer
 * later it takes a reference. It ends the exchange exactly once: by
 * [method@Exchange.respond] with `is_last`, [method@Exchange.fail],
 * [method@Exchange.dismiss] or [method@Exchange.reject]. The requester may end
 * it by [method@Exchange.cancel]. A responder that gives up its last reference
 * without an end is a programming error: a warning is logged and the requester
 * gets a 5.00.
 *
 * Decorators between the two pass the exchange on as it is, watch what comes
 * back through [method@Exchange.add_response_filter], or
 * [method@Exchange.derive] another one.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (GcoapExchange, gcoap_exchange, G_TYPE_OBJECT)

static void
forget_sink (GcoapExchange *self)
{
  GDestroyNotify destroy = self->sink_destroy;
  gpointer data = self->sink_data;

  self->sink = NULL;
  self->sink_data = NULL;
  self->sink_destroy = NULL;
  if (destroy != NULL)
    destroy (data);
}

static void
forget_cancel_callback (GcoapExchange *self)
{
  GDestroyNotify destroy = self->cancel_destroy;
  gpointer data = self->cancel_data;

  self->cancel_func = NULL;
  self->cancel_data = NULL;
  self->cancel_destroy = NULL;
  if (destroy != NULL)
    destroy (data);
}

static void
parent_cancelled_cb (GcoapExchange *parent G_GNUC_UNUSED,
                     gpointer       data)
{
  gcoap_exchange_cancel (data);
}

/* The parent does not own what was derived from it, or a responder's
 * forgetting would go unnoticed. */
static void
leave_parent (GcoapExchange *self)
{
  GcoapExchange *parent = self->parent;

  if (parent == NULL)
    return;
  if (parent->latest_derived == self)
    {
      parent->latest_derived = NULL;
      /* It went out to the same place, and a successor may follow it there. */
      if (self->token_length > 0 && self->address == parent->address)
        {
          memcpy (parent->token, self->token, self->token_length);
          parent->token_length = self->token_length;
        }
    }
  if (parent->cancel_func == parent_cancelled_cb && parent->cancel_data == self)
    forget_cancel_callback (parent);
  g_clear_object (&self->parent);
}

static void
drop_filters (GcoapExchange *self)
{
  self->n_filters = 0;
  if (self->filters != self->inline_filters)
    g_free (self->filters);
  self->filters = self->inline_filters;
}

/* Everything that belongs to one request; the runtime stays for the next. */
static void
clear (GcoapExchange *self)
{
  forget_sink (self);
  forget_cancel_callback (self);
  leave_parent (self);
  drop_filters (self);
  self->activity = NULL;
  self->transmission = NULL;
  g_clear_pointer (&self->request, gcoap_message_unref);
  g_clear_object (&self->address);
  g_clear_pointer (&self->local, gcoap_local_unref);
  g_clear_pointer (&self->tuning, gcoap_transport_tuning_unref);
  g_clear_object (&self->predecessor);
  g_clear_pointer (&self->claims, g_strfreev);
  g_clear_object (&self->request_body);
  g_clear_object (&self->response_body);
  gcoap_exchange_clear_bodies (self);
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  g_clear_error (&self->error);
}

/* Runs from an idle source, not from dispose: what the requester does with the
 * end may call into a language whose garbage collector is what dropped the
 * exchange. */
static gboolean
answer_dropped_cb (gpointer data)
{
  GcoapExchange *self = data;

  if (gcoap_exchange_is_open (self))
    gcoap_exchange_fail_code (self, GCOAP_CODE_INTERNAL_SERVER_ERROR,
                              "The request handler gave no answer.");
  return G_SOURCE_REMOVE;
}

static void
answer_later (GcoapExchange *self)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  g_autoptr (GMainContext) context = NULL;

  context = self->runtime != NULL ? g_main_context_ref (self->runtime->main_context)
                                  : g_main_context_ref_thread_default ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "GcoapExchange dropped");
  /* The source's reference brings the exchange back from its disposal. */
  g_source_set_callback (source, answer_dropped_cb, g_object_ref (self), g_object_unref);
  g_source_attach (source, context);
}

static void
gcoap_exchange_dispose (GObject *object)
{
  GcoapExchange *self = GCOAP_EXCHANGE (object);

  if (self->state == GCOAP_EXCHANGE_STATE_OPEN && self->sink != NULL && !self->dropped)
    {
      self->dropped = TRUE;
      g_warning ("A request was dropped without an answer; "
                 "a responder must respond, fail, dismiss or reject.");
      if (self->runtime != NULL)
        gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_EXCHANGES_DROPPED);
      answer_later (self);
      return;
    }
  G_OBJECT_CLASS (gcoap_exchange_parent_class)->dispose (object);
}

static void
gcoap_exchange_finalize (GObject *object)
{
  GcoapExchange *self = GCOAP_EXCHANGE (object);

  clear (self);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_exchange_parent_class)->finalize (object);
}

static void
gcoap_exchange_class_init (GcoapExchangeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gcoap_exchange_dispose;
  object_class->finalize = gcoap_exchange_finalize;
}

static void
gcoap_exchange_init (GcoapExchange *self)
{
  self->filters = self->inline_filters;
  /* For those that a language binding makes without a request. */
  self->age = -1;
  self->group_wait = GCOAP_EXCHANGE_DEFAULT_GROUP_WAIT;
}

/* Fields that are not pointers, as they are at the start of every request. */
static void
fill (GcoapExchange        *self,
      GcoapMessage         *request,
      GcoapEndpointAddress *address,
      GcoapLocal           *local,
      gboolean              inbound)
{
  gcoap_message_lock (request);
  self->request = gcoap_message_ref (request);
  self->address = address != NULL ? g_object_ref (address) : NULL;
  self->local = local != NULL ? gcoap_local_ref (local) : NULL;
  self->challenge_func = NULL;
  self->age = -1;
  self->room = 0;
  self->carrier = NULL;
  self->group_wait = GCOAP_EXCHANGE_DEFAULT_GROUP_WAIT;
  self->path_depth = 0;
  self->expects = GCOAP_EXPECTS_ONE;
  self->state = GCOAP_EXCHANGE_STATE_NEW;
  self->end = GCOAP_EXCHANGE_END_NONE;
  self->inbound = inbound;
  self->repeatable = FALSE;
  self->responded = FALSE;
  self->filtering = FALSE;
  self->dropped = FALSE;
}

/**
 * gcoap_exchange_new:
 * @request: a request, locked by this
 *
 * Makes an outbound exchange for a request.
 *
 * Returns: (transfer full): a new exchange, state new
 *
 * Since: 0.1
 */
GcoapExchange *
gcoap_exchange_new (GcoapMessage *request)
{
  GcoapExchange *self;

  g_return_val_if_fail (request != NULL, NULL);

  self = g_object_new (GCOAP_TYPE_EXCHANGE, NULL);
  fill (self, request, NULL, NULL, FALSE);
  return self;
}

GcoapExchange *
gcoap_exchange_new_inbound (GcoapRuntime         *runtime,
                            GcoapMessage         *request,
                            GcoapEndpointAddress *address,
                            GcoapLocal           *local)
{
  GcoapExchange *self = g_object_new (GCOAP_TYPE_EXCHANGE, NULL);

  gcoap_exchange_set_runtime (self, runtime);
  fill (self, request, address, local, TRUE);
  return self;
}

/* Makes @derived, which is new or was cleared, stand for @self. */
static GcoapExchange *
derive_into (GcoapExchange *self,
             GcoapMessage  *request,
             GcoapExchange *derived)
{
  if (self->runtime != NULL)
    gcoap_exchange_set_runtime (derived, self->runtime);
  fill (derived, request, self->address, self->local, self->inbound);
  derived->parent = g_object_ref (self);
  self->latest_derived = derived;
  derived->claims = g_strdupv (self->claims);
  gcoap_exchange_set_freshness (derived, self->age, self->challenge_func, self->challenge_data);
  derived->room = gcoap_exchange_get_room (self);
  derived->group_wait = self->group_wait;
  derived->path_depth = self->path_depth;
  derived->expects = self->expects;
  derived->tuning = self->tuning != NULL ? gcoap_transport_tuning_ref (self->tuning) : NULL;
  derived->candidates = self->candidates != NULL ? g_ptr_array_ref (self->candidates) : NULL;
  g_set_object (&derived->request_body, self->request_body);
  g_set_object (&derived->response_body, self->response_body);
  gcoap_exchange_copy_bodies (self, derived);
  derived->activity = self->activity;
  derived->activity_data = self->activity_data;
  if (self->predecessor != NULL)
    {
      GcoapExchange *predecessor = self->predecessor->latest_derived;

      if (predecessor == NULL)
        predecessor = self->predecessor;
      g_set_object (&derived->predecessor, predecessor);
    }

  gcoap_exchange_set_cancel_callback (self, parent_cancelled_cb, derived, NULL);
  return derived;
}

/**
 * gcoap_exchange_derive:
 * @self: an open exchange
 * @request: the request to go on with, locked by this
 *
 * Makes another exchange that stands for this one further down the chain.
 *
 * For decorators that change the request. It copies address, local, claims,
 * freshness, room, expects, tuning, path depth and bodies. If this exchange is the
 * successor of one from which another was derived, the new exchange is the
 * successor of that; else of the same. Cancelling this exchange cancels the
 * new one; it keeps this one alive. The caller opens the new exchange with a
 * sink of its own and answers this one from it; it takes the place of this
 * one's cancel callback.
 *
 * Returns: (transfer full): a new exchange, state new
 *
 * Since: 0.1
 */
GcoapExchange *
gcoap_exchange_derive (GcoapExchange *self,
                       GcoapMessage  *request)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);
  g_return_val_if_fail (request != NULL, NULL);

  return derive_into (self, request, g_object_new (GCOAP_TYPE_EXCHANGE, NULL));
}

void
gcoap_exchange_set_runtime (GcoapExchange *self,
                            GcoapRuntime  *runtime)
{
  g_set_object (&self->runtime, runtime);
}

void
gcoap_exchange_set_carrier (GcoapExchange       *self,
                            GcoapTokenInterface *carrier)
{
  self->carrier = carrier;
}

void
gcoap_exchange_set_state_preparing (GcoapExchange *self)
{
  g_return_if_fail (self->state == GCOAP_EXCHANGE_STATE_NEW);

  self->state = GCOAP_EXCHANGE_STATE_PREPARING;
}

gboolean
gcoap_exchange_was_dropped (GcoapExchange *self)
{
  return self->dropped;
}

/**
 * gcoap_exchange_open:
 * @self: an exchange that is new or prepared
 * @sink: (scope notified) (closure user_data) (destroy destroy): receives
 *   responses and the end
 * @user_data: passed to @sink
 * @destroy: (nullable): frees @user_data when no more comes
 *
 * Opens the exchange: from now on a responder may answer it.
 *
 * Since: 0.1
 */
void
gcoap_exchange_open (GcoapExchange     *self,
                     GcoapExchangeSink  sink,
                     gpointer           user_data,
                     GDestroyNotify     destroy)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (sink != NULL);
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN);

  self->sink = sink;
  self->sink_data = user_data;
  self->sink_destroy = destroy;
  self->state = GCOAP_EXCHANGE_STATE_OPEN;
}

/* Drops what keeps others alive once the exchange has ended. */
void
gcoap_exchange_close (GcoapExchange    *self,
                      GcoapExchangeEnd  end)
{
  self->state = GCOAP_EXCHANGE_STATE_CLOSED;
  self->end = end;
  self->carrier = NULL;
  forget_cancel_callback (self);
}

void
gcoap_exchange_release (GcoapExchange *self)
{
  drop_filters (self);
  forget_sink (self);
  gcoap_exchange_clear_bodies (self);
  self->activity = NULL;
  g_clear_object (&self->predecessor);
}

/**
 * gcoap_exchange_cancel:
 * @self: an exchange
 *
 * Ends the exchange from the requester's side.
 *
 * Filters see the end, the responder's cancel callback is called, and the sink
 * is not called any more. Before the exchange is open it goes straight to
 * closed. Cancelling a closed exchange does nothing.
 *
 * Since: 0.1
 */
void
gcoap_exchange_cancel (GcoapExchange *self)
{
  g_autoptr (GcoapExchange) derived = NULL;
  gboolean was_open;
  GcoapExchangeCancelFunc func;
  gpointer data;
  GDestroyNotify destroy;

  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  if (self->state == GCOAP_EXCHANGE_STATE_CLOSED)
    return;
  /* A filter may let go of it, and it is not ours. */
  if (self->cancel_func == parent_cancelled_cb)
    derived = g_object_ref (self->cancel_data);
  g_object_ref (self);
  was_open = self->state == GCOAP_EXCHANGE_STATE_OPEN;

  func = self->cancel_func;
  data = self->cancel_data;
  destroy = self->cancel_destroy;
  self->cancel_func = NULL;
  self->cancel_destroy = NULL;
  gcoap_exchange_close (self, GCOAP_EXCHANGE_END_CANCELLED);
  if (was_open)
    gcoap_exchange_run_filters_on_cancel (self);
  if (func != NULL)
    func (self, data);
  if (destroy != NULL)
    destroy (data);
  gcoap_exchange_release (self);
  g_object_unref (self);
}

/**
 * gcoap_exchange_set_cancel_callback:
 * @self: an open exchange
 * @callback: (nullable) (scope notified) (closure user_data) (destroy destroy):
 *   called when the requester cancels
 * @user_data: passed to @callback
 * @destroy: (nullable): frees @user_data when the exchange has ended, or
 *   another callback takes the place
 *
 * Lets the responder know when nobody waits for the answer any more.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_cancel_callback (GcoapExchange           *self,
                                    GcoapExchangeCancelFunc  callback,
                                    gpointer                 user_data,
                                    GDestroyNotify           destroy)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  forget_cancel_callback (self);
  self->cancel_func = callback;
  self->cancel_data = user_data;
  self->cancel_destroy = destroy;
}

/* AddressSanitizer finds a use after free only if there is a free. */
#if defined (__SANITIZE_ADDRESS__)
#define RECYCLING FALSE
#elif defined (__has_feature)
#if __has_feature (address_sanitizer)
#define RECYCLING FALSE
#endif
#endif
#ifndef RECYCLING
#define RECYCLING TRUE
#endif

gboolean
gcoap_is_reusable (gpointer object)
{
  GObject *self = object;

  /* The low bits of qdata are GObject's own flags. */
  return RECYCLING && g_atomic_int_get ((gint *) &self->ref_count) == 1
         && ((gsize) self->qdata & ~(gsize) 7) == 0;
}

GcoapExchange *
gcoap_exchange_pool_take (GcoapExchangePool    *pool,
                          GcoapRuntime         *runtime,
                          GcoapMessage         *request,
                          GcoapEndpointAddress *address,
                          GcoapLocal           *local)
{
  GcoapExchange *self;

  if (pool->n_kept == 0)
    return gcoap_exchange_new_inbound (runtime, request, address, local);
  self = pool->kept[--pool->n_kept];
  gcoap_exchange_set_runtime (self, runtime);
  fill (self, request, address, local, TRUE);
  return self;
}

GcoapExchange *
gcoap_exchange_pool_derive (GcoapExchangePool *pool,
                            GcoapExchange     *exchange,
                            GcoapMessage      *request)
{
  if (pool->n_kept == 0)
    return gcoap_exchange_derive (exchange, request);
  return derive_into (exchange, request, pool->kept[--pool->n_kept]);
}

void
gcoap_exchange_pool_give (GcoapExchangePool *pool,
                          GcoapExchange     *exchange)
{
  if (pool->n_kept < G_N_ELEMENTS (pool->kept)
      && exchange->state == GCOAP_EXCHANGE_STATE_CLOSED
      && exchange->latest_derived == NULL && gcoap_is_reusable (exchange))
    {
      clear (exchange);
      pool->kept[pool->n_kept++] = exchange;
    }
  else
    g_object_unref (exchange);
}

void
gcoap_exchange_pool_clear (GcoapExchangePool *pool)
{
  while (pool->n_kept > 0)
    g_object_unref (pool->kept[--pool->n_kept]);
}
