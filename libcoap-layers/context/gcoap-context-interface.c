/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The context as a request interface: by the network outbound, by the site
 * inbound, and its orderly end. */
#include "context/gcoap-context-private.h"

#include "base/gcoap-error.h"

static void
gcoap_context_request_exchange (GcoapRequestInterface *iface,
                                GcoapExchange         *exchange)
{
  GcoapContext *self = GCOAP_CONTEXT (iface);

  if (gcoap_exchange_is_inbound (exchange))
    gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (self->slot), exchange);
  else
    gcoap_request_interface_request (self->outbound, exchange);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gcoap_request_interface_prepare_finish (GCOAP_REQUEST_INTERFACE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
gcoap_context_prepare_async (GcoapRequestInterface *iface,
                             GcoapExchange         *exchange,
                             GCancellable          *cancellable,
                             GAsyncReadyCallback    callback,
                             gpointer               user_data)
{
  GcoapContext *self = GCOAP_CONTEXT (iface);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  const char *destination = gcoap_message_get_destination (gcoap_exchange_get_request (exchange));
  g_autofree char *scheme = destination != NULL ? gcoap_router_dup_key (destination) : NULL;
  GError *error = NULL;

  g_task_set_source_tag (task, gcoap_context_prepare_async);
  if (self->closed)
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                             "The CoAP context has been shut down.");
  else if (!gcoap_context_ensure_client (self, scheme, &error))
    g_task_return_error (task, error);
  else
    gcoap_request_interface_prepare_async (self->outbound, exchange, cancellable, prepared_cb,
                                           g_object_ref (task));
}

static gboolean
boolean_task_finish (GcoapRequestInterface *iface,
                     GAsyncResult          *result,
                     GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, iface), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Shuts one thing after another: the way out, the way in, then each stack, for
 * a router knows only those that requests leave by. */
static void shut_next (GTask *task);

static void
shut_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  /* What cannot be ended in an orderly way is ended when the layers go. */
  gcoap_request_interface_shutdown_finish (GCOAP_REQUEST_INTERFACE (source), result, NULL);
  shut_next (task);
}

static void
contexts_closed_cb (GObject      *source G_GNUC_UNUSED,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  g_task_propagate_boolean (G_TASK (result), NULL);
  g_task_return_boolean (task, TRUE);
}

static void
shut_next (GTask *task)
{
  GcoapContext *self = g_task_get_source_object (task);
  GPtrArray *waiting = g_task_get_task_data (task);
  g_autoptr (GcoapRequestInterface) next = NULL;

  /* Nothing is sent any more that would need a number. */
  if (waiting->len == 0)
    {
      gcoap_oscore_contexts_close_async (self->oscore, self, contexts_closed_cb, g_object_ref (task));
      return;
    }
  next = g_ptr_array_steal_index (waiting, 0);
  gcoap_request_interface_shutdown_async (next, g_task_get_cancellable (task), shut_cb,
                                          g_object_ref (task));
}

static void
gcoap_context_shutdown_interface_async (GcoapRequestInterface *iface,
                                        GCancellable          *cancellable,
                                        GAsyncReadyCallback    callback,
                                        gpointer               user_data)
{
  GcoapContext *self = GCOAP_CONTEXT (iface);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GPtrArray *waiting = g_ptr_array_new_with_free_func (g_object_unref);

  g_task_set_source_tag (task, gcoap_context_shutdown_async);
  g_task_set_task_data (task, waiting, (GDestroyNotify) g_ptr_array_unref);
  self->closed = TRUE;
  g_ptr_array_add (waiting, g_object_ref (self->outbound));
  g_ptr_array_add (waiting, g_object_ref (self->inbound));
  for (guint i = 0; i < self->stacks->len; i++)
    {
      GcoapContextStack *stack = g_ptr_array_index (self->stacks, i);

      g_ptr_array_add (waiting, g_object_ref (stack->token_layer));
    }
  shut_next (task);
}

void
gcoap_context_request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_context_request_exchange;
  iface->prepare_async = gcoap_context_prepare_async;
  iface->prepare_finish = boolean_task_finish;
  iface->shutdown_async = gcoap_context_shutdown_interface_async;
  iface->shutdown_finish = boolean_task_finish;
}

/**
 * gcoap_context_shutdown_async:
 * @self: a context
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when done
 * @user_data: passed to @callback
 *
 * Ends everything in an orderly way: new requests are refused, open ones end
 * with %GCOAP_ERROR_CLOSED or 5.03, sockets are closed.
 *
 * Since: 0.1
 */
void
gcoap_context_shutdown_async (GcoapContext        *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));

  gcoap_context_shutdown_interface_async (GCOAP_REQUEST_INTERFACE (self), cancellable, callback,
                                          user_data);
}

/**
 * gcoap_context_shutdown_finish:
 * @self: a context
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@Context.shutdown_async] began.
 *
 * Returns: %TRUE, or %FALSE with @error set if it was cancelled
 *
 * Since: 0.1
 */
gboolean
gcoap_context_shutdown_finish (GcoapContext *self,
                               GAsyncResult *result,
                               GError      **error)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), FALSE);

  return boolean_task_finish (GCOAP_REQUEST_INTERFACE (self), result, error);
}
