/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of the application: from the call, by any thread, to the end of the
 * exchange and the return of the task. */
#include "context/gcoap-context-private.h"

#include <net/if.h>

#include "base/gcoap-error.h"
#include "interfaces/gcoap-exchange-private.h"

/* One request under way; owned by its task, which it keeps alive until the end,
 * as does the exchange's sink. */
typedef struct
{
  GcoapContext  *context;
  GcoapExchange *exchange;
  GCancellable  *preparing;     /* cancels the search for an address */
  GSource       *cancelled;     /* waits for the caller's cancellable */
  GcoapTimer     timeout;
  GTask         *task;          /* owned until finish(); NULL when returned */

  /* For a group request */
  GcoapGroupResponseFunc each;
  gpointer               each_data;
  GDestroyNotify         each_destroy;
  gssize                 n_responses;
} Call;

static void
call_free (Call *call)
{
  gcoap_clock_unschedule (call->context->runtime->clock, &call->timeout);
  if (call->cancelled != NULL)
    {
      g_source_destroy (call->cancelled);
      g_source_unref (call->cancelled);
    }
  g_clear_object (&call->preparing);
  g_clear_object (&call->exchange);
  g_clear_object (&call->context);
  if (call->each_destroy != NULL)
    call->each_destroy (call->each_data);
  g_free (call);
}

/* The end of the waiting: nothing later reaches the caller. Releases the
 * reference that start() took. */
static GTask *
finish (Call *call)
{
  GTask *task = call->task;

  call->task = NULL;
  gcoap_clock_unschedule (call->context->runtime->clock, &call->timeout);
  if (call->cancelled != NULL)
    g_source_destroy (call->cancelled);
  return task;
}

static void
fail (Call   *call,
      GError *error)
{
  g_autoptr (GTask) task = finish (call);

  gcoap_exchange_cancel (call->exchange);
  g_cancellable_cancel (call->preparing);
  g_task_return_error (task, error);
}

/* The response timeout is for the peer's silence: it starts anew with each
 * block of a large body. */
static void
start_timeout (gpointer data)
{
  Call *call = data;
  GcoapContext *self = call->context;

  if (self->response_timeout > 0 && call->task != NULL
      && gcoap_exchange_get_expects (call->exchange) != GCOAP_EXPECTS_GROUP)
    gcoap_clock_schedule (self->runtime->clock, &call->timeout,
                          gcoap_clock_get_now (self->runtime->clock)
                          + (gint64) self->response_timeout * 1000);
}

/* RFC 7252 §4.4: a large body can use up all message IDs there are, and then
 * waits for one to be free again. That is not the peer's silence. */
static gboolean
is_parked (Call *call)
{
  GcoapExchange *exchange = call->exchange;

  while (exchange->latest_derived != NULL)
    exchange = exchange->latest_derived;
  return exchange->transmission != NULL && exchange->transmission->is_parked;
}

static void
call_timeout_cb (gpointer data)
{
  Call *call = data;
  GcoapEndpointAddress *address = gcoap_exchange_get_address (call->exchange);
  g_autofree char *peer = NULL;

  if (is_parked (call))
    {
      start_timeout (call);
      return;
    }
  peer = address != NULL
         ? gcoap_endpoint_address_dup_uri_base (address)
         : g_strdup (gcoap_message_get_destination (gcoap_exchange_get_request (call->exchange)));
  fail (call, g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                           "%s did not answer in time. It may be off, asleep, "
                           "or not speak CoAP.", peer != NULL ? peer : "The peer"));
}

static gboolean
call_cancelled_cb (GCancellable *cancellable,
                   gpointer      data)
{
  GError *error = NULL;

  g_cancellable_set_error_if_cancelled (cancellable, &error);
  fail (data, error);
  return G_SOURCE_REMOVE;
}

static GError *
error_for_silence (GcoapExchange *exchange)
{
  return g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_FAILED,
                              gcoap_exchange_get_end (exchange) == GCOAP_EXCHANGE_END_DISMISSED
                              ? "The request was sent; no response was asked for."
                              : "The request ended without a response.");
}

/* Responses come until the time is over; having none is no failure. */
static void
group_sink_cb (GcoapExchange *exchange,
               gboolean       is_last,
               gpointer       user_data)
{
  Call *call = g_task_get_task_data (user_data);
  const GError *error = gcoap_exchange_get_error (exchange);
  g_autoptr (GTask) task = NULL;

  if (call->task == NULL)
    return;
  if (gcoap_exchange_get_response (exchange) != NULL)
    {
      call->n_responses++;
      if (call->each != NULL)
        call->each (exchange, call->each_data);
    }
  /* What was called may have cancelled the request. */
  if (!is_last || call->task == NULL)
    return;
  task = finish (call);
  if (error != NULL)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_int (task, call->n_responses);
}

static void
sink_cb (GcoapExchange *exchange,
         gboolean       is_last,
         gpointer       user_data)
{
  Call *call = g_task_get_task_data (user_data);
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  const GError *error = gcoap_exchange_get_error (exchange);
  g_autoptr (GTask) task = NULL;

  if (call->task == NULL || (!is_last && response == NULL))
    return;
  task = finish (call);
  if (response != NULL)
    g_task_return_pointer (task, gcoap_message_ref (response), (GDestroyNotify) gcoap_message_unref);
  else
    g_task_return_error (task, error != NULL ? g_error_copy (error) : error_for_silence (exchange));
  /* Nobody hears what a stream would yet bring. */
  if (!is_last)
    gcoap_exchange_cancel (exchange);
}

static GError *
new_cancelled_error (void)
{
  return g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The request was cancelled.");
}

/* The exchange has ended. Where nothing was said of that, the application has
 * cancelled the exchange it gave to send_async(). */
static void
sink_destroy_cb (gpointer user_data)
{
  g_autoptr (GTask) sink_task = user_data;
  Call *call = g_task_get_task_data (sink_task);

  if (call->task != NULL)
    {
      g_autoptr (GTask) task = finish (call);

      g_task_return_error (task, new_cancelled_error ());
    }
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  gcoap_request_interface_prepare_finish (GCOAP_REQUEST_INTERFACE (source), result, &error);
  if (call->task == NULL)
    return;
  if (error != NULL)
    {
      fail (call, g_steal_pointer (&error));
      return;
    }
  if (gcoap_exchange_get_state (call->exchange) == GCOAP_EXCHANGE_STATE_CLOSED)
    {
      fail (call, new_cancelled_error ());
      return;
    }
  gcoap_exchange_open (call->exchange,
                       gcoap_exchange_get_expects (call->exchange) == GCOAP_EXPECTS_GROUP
                       ? group_sink_cb : sink_cb,
                       g_object_ref (task), sink_destroy_cb);
  gcoap_request_interface_request (call->context->outbound, call->exchange);
}

static char *
dup_scheme (GcoapExchange *exchange)
{
  GcoapEndpointAddress *address = gcoap_exchange_get_address (exchange);
  const char *destination = gcoap_message_get_destination (gcoap_exchange_get_request (exchange));

  if (address != NULL)
    {
      g_autofree char *uri_base = gcoap_endpoint_address_dup_uri_base (address);

      return gcoap_router_dup_key (uri_base);
    }
  return destination != NULL ? gcoap_router_dup_key (destination) : NULL;
}

/* Whether the exchange is this call's. Another that was made of it in another
 * thread must not touch it. */
static gboolean
take_exchange (Call *call)
{
  GcoapExchangeState state = gcoap_exchange_get_state (call->exchange);
  g_autoptr (GTask) task = NULL;

  if (state == GCOAP_EXCHANGE_STATE_NEW)
    gcoap_exchange_set_state_preparing (call->exchange);
  if (state == GCOAP_EXCHANGE_STATE_NEW || state == GCOAP_EXCHANGE_STATE_CLOSED)
    return TRUE;
  task = finish (call);
  g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The exchange has been sent already.");
  return FALSE;
}

/* Runs in the stack's thread. */
static gboolean
start_cb (gpointer data)
{
  GTask *task = data;
  Call *call = g_task_get_task_data (task);
  GcoapContext *self = call->context;
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autofree char *scheme = NULL;
  GError *error = NULL;

  if (!take_exchange (call))
    return G_SOURCE_REMOVE;
  scheme = dup_scheme (call->exchange);
  if (self->closed)
    g_set_error_literal (&error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                         "The CoAP context has been shut down.");
  if (error != NULL || g_cancellable_set_error_if_cancelled (cancellable, &error)
      || !gcoap_context_ensure_client (self, scheme, &error))
    {
      fail (call, error);
      return G_SOURCE_REMOVE;
    }
  if (cancellable != NULL)
    {
      call->cancelled = g_cancellable_source_new (cancellable);
      g_source_set_callback (call->cancelled, G_SOURCE_FUNC (call_cancelled_cb), call, NULL);
      g_source_attach (call->cancelled, self->runtime->main_context);
    }
  start_timeout (call);
  call->exchange->activity = start_timeout;
  call->exchange->activity_data = call;
  gcoap_request_interface_prepare_async (self->outbound, call->exchange, call->preparing,
                                         prepared_cb, g_object_ref (task));
  return G_SOURCE_REMOVE;
}

static Call *
call_new (GcoapContext        *self,
          GcoapExchange       *exchange,
          gpointer             source_tag,
          GCancellable        *cancellable,
          GAsyncReadyCallback  callback,
          gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call *call = g_new0 (Call, 1);

  g_task_set_source_tag (task, source_tag);
  /* The exchange decides whether a cancelled request had an answer already. */
  g_task_set_check_cancellable (task, FALSE);
  call->context = g_object_ref (self);
  call->exchange = g_object_ref (exchange);
  call->preparing = g_cancellable_new ();
  gcoap_timer_init (&call->timeout, call_timeout_cb, call);
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  call->task = task;
  return call;
}

static void
start (Call *call)
{
  GcoapContext *self = call->context;
  g_autoptr (GTask) task = g_object_ref (call->task);

  if (g_thread_self () == self->thread)
    {
      start_cb (task);
    }
  else
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      /* Not g_main_context_invoke(): that would run it in this thread while
       * the stack's own is between two turns of its loop. */
      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_static_name (source, "GcoapContext request");
      g_source_set_callback (source, start_cb, g_steal_pointer (&task), g_object_unref);
      g_source_attach (source, self->runtime->main_context);
    }
}

/**
 * gcoap_context_request_async:
 * @self: a context
 * @request: a request made for a URI, locked by this
 * @cancellable: (nullable): cancels the request, on the wire too
 * @callback: (nullable) (scope async): called with the response, in the
 *   caller's main context
 * @user_data: passed to @callback
 *
 * Sends a request and waits for its response.
 *
 * May be called from any thread.
 *
 * Since: 0.1
 */
void
gcoap_context_request_async (GcoapContext        *self,
                             GcoapMessage        *request,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  g_autoptr (GcoapExchange) exchange = NULL;

  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  exchange = gcoap_exchange_new (request);
  start (call_new (self, exchange, gcoap_context_request_async, cancellable, callback, user_data));
}

/**
 * gcoap_context_request_finish:
 * @self: a context
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@Context.request_async] began.
 *
 * A 4.xx or 5.xx of the peer is a response like any other;
 * [method@Message.to_error] makes an error of it.
 *
 * Errors: %GCOAP_ERROR_TIMED_OUT, %GCOAP_ERROR_RESET,
 * %GCOAP_ERROR_UNREACHABLE, %GCOAP_ERROR_HOST_NOT_FOUND,
 * %GCOAP_ERROR_UNSUPPORTED for a scheme without a transport,
 * %GCOAP_ERROR_LIMIT, %GCOAP_ERROR_CLOSED, %G_IO_ERROR_CANCELLED, and others
 * of %GCOAP_ERROR.
 *
 * Returns: (transfer full): the response, locked, or %NULL with @error set
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_context_request_finish (GcoapContext *self,
                              GAsyncResult *result,
                              GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * gcoap_context_send_async:
 * @self: a context
 * @exchange: a new exchange, with what it needs set
 * @cancellable: (nullable): cancels the request, on the wire too
 * @callback: (nullable) (scope async): called with the response, in the
 *   caller's main context
 * @user_data: passed to @callback
 *
 * Sends the request of an exchange and waits for its response.
 *
 * The long form of [method@Context.request_async]: the exchange carries
 * tuning, the address of an earlier exchange, and more. For many responses
 * prepare and open the exchange oneself, and hand it to the context as a
 * [iface@RequestInterface].
 *
 * Since: 0.1
 */
void
gcoap_context_send_async (GcoapContext        *self,
                          GcoapExchange       *exchange,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (GCOAP_IS_EXCHANGE (exchange));
  g_return_if_fail (gcoap_exchange_get_state (exchange) == GCOAP_EXCHANGE_STATE_NEW);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  start (call_new (self, exchange, gcoap_context_send_async, cancellable, callback, user_data));
}

/**
 * gcoap_context_send_finish:
 * @self: a context
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@Context.send_async] began.
 *
 * Errors: those of [method@Context.request_finish].
 *
 * Returns: (transfer full): the response, locked, or %NULL with @error set
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_context_send_finish (GcoapContext *self,
                           GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * gcoap_context_request_group_async:
 * @self: a context
 * @request: a request made for the URI of a group, locked by this
 * @network_interface: (nullable): the name of the network interface to send
 *   from, or %NULL for the system's choice
 * @wait: how long to wait for responses, in milliseconds, 1 to 86400000
 * @cancellable: (nullable): ends the waiting
 * @response_func: (nullable) (scope notified) (closure response_data)
 *   (destroy response_destroy): receives each response, in the main context of
 *   the stack
 * @response_data: passed to @response_func
 * @response_destroy: (nullable): frees @response_data
 * @callback: (nullable) (scope async): called when the waiting is over
 * @user_data: passed to @callback
 *
 * Asks all members of a group (RFC 7252 §8).
 *
 * The request is non-confirmable, and members answer at their leisure, by
 * default within 5 seconds.
 *
 * Since: 0.1
 */
void
gcoap_context_request_group_async (GcoapContext           *self,
                                   GcoapMessage           *request,
                                   const char             *network_interface,
                                   guint                   wait,
                                   GCancellable           *cancellable,
                                   GcoapGroupResponseFunc  response_func,
                                   gpointer                response_data,
                                   GDestroyNotify          response_destroy,
                                   GAsyncReadyCallback     callback,
                                   gpointer                user_data)
{
  g_autoptr (GcoapExchange) exchange = NULL;
  guint index = 0;
  Call *call;

  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (request != NULL);
  g_return_if_fail (wait >= 1 && wait <= 24 * 60 * 60 * 1000);
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  exchange = gcoap_exchange_new (request);
  gcoap_exchange_set_expects (exchange, GCOAP_EXPECTS_GROUP);
  gcoap_exchange_set_group_wait (exchange, wait);
  call = call_new (self, exchange, gcoap_context_request_group_async, cancellable, callback,
                   user_data);
  call->each = response_func;
  call->each_data = response_data;
  call->each_destroy = response_destroy;
  if (network_interface != NULL)
    {
      g_autoptr (GcoapLocal) local = NULL;

      index = if_nametoindex (network_interface);
      if (index == 0)
        {
          fail (call, g_error_new (GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                                   "There is no network interface %s.", network_interface));
          return;
        }
      local = gcoap_local_new (NULL, index, FALSE);
      gcoap_exchange_set_local (exchange, local);
    }
  start (call);
}

/**
 * gcoap_context_request_group_finish:
 * @self: a context
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@Context.request_group_async] began.
 *
 * Errors: those of sending; that nobody answers is none.
 *
 * Returns: how many responses came, or -1 with @error set
 *
 * Since: 0.1
 */
gssize
gcoap_context_request_group_finish (GcoapContext *self,
                                    GAsyncResult *result,
                                    GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

static void
store_result_cb (GObject      *source G_GNUC_UNUSED,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

/* A synchronous call turns the stack's own loop, so it needs the owner's
 * thread, and no callback of that loop below it on the stack: everything else
 * in it would happen inside that callback. */
static gboolean
may_block (GcoapContext *self,
           GError      **error)
{
  GSource *source = g_main_current_source ();

  if (g_thread_self () != self->thread || !g_main_context_acquire (self->runtime->main_context))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_BUSY,
                           "A synchronous request can only be made by the thread "
                           "the CoAP context belongs to.");
      return FALSE;
    }
  if (source != NULL && g_source_get_context (source) == self->runtime->main_context)
    {
      g_main_context_release (self->runtime->main_context);
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_BUSY,
                           "A synchronous request cannot be made from inside a callback; "
                           "use an asynchronous one.");
      return FALSE;
    }
  return TRUE;
}

/**
 * gcoap_context_request:
 * @self: a context
 * @request: a request made for a URI, locked by this
 * @cancellable: (nullable): cancels the request, on the wire too
 * @error: return location for an error
 *
 * Sends a request and blocks until its response is there.
 *
 * For scripts. It turns the main context of the stack meanwhile, so callbacks
 * of that context run; it is refused in other threads and inside such
 * callbacks.
 *
 * Errors: those of [method@Context.request_finish], and %GCOAP_ERROR_BUSY
 * where it is refused.
 *
 * Returns: (transfer full): the response, locked, or %NULL with @error set
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_context_request (GcoapContext *self,
                       GcoapMessage *request,
                       GCancellable *cancellable,
                       GError      **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  GMainContext *main_context;

  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);
  g_return_val_if_fail (request != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!may_block (self, error))
    return NULL;
  main_context = self->runtime->main_context;
  g_main_context_push_thread_default (main_context);
  gcoap_context_request_async (self, request, cancellable, store_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (main_context, TRUE);
  g_main_context_pop_thread_default (main_context);
  g_main_context_release (main_context);
  return gcoap_context_request_finish (self, result, error);
}
