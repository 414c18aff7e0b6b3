/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-request-interface.h"

/**
 * GcoapRequestInterface:
 *
 * Answers exchanges.
 *
 * The network offers it to the application and the application offers it to
 * the network; every feature between the two is a decorator over it. Only
 * `request` must be implemented.
 *
 * Since: 0.1
 */

/**
 * GcoapRequestInterfaceInterface:
 * @request: see gcoap_request_interface_request()
 * @prepare_async: by default nothing is to be prepared
 * @prepare_finish: for the default of @prepare_async
 * @recognizes: by default recognises everything
 * @shutdown_async: by default nothing is to be done
 * @shutdown_finish: for the default of @shutdown_async
 * @find_body_handling: by default bodies are wanted assembled
 *
 * What answers exchanges implements.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (GcoapRequestInterface, gcoap_request_interface, G_TYPE_OBJECT)

static void
prepare_at_once (GcoapRequestInterface *self,
                 GcoapExchange         *exchange G_GNUC_UNUSED,
                 GCancellable          *cancellable,
                 GAsyncReadyCallback    callback,
                 gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_request_interface_prepare_async);
  g_task_return_boolean (task, TRUE);
}

static gboolean
recognize_everything (GcoapRequestInterface *self G_GNUC_UNUSED,
                      GcoapExchange         *exchange G_GNUC_UNUSED)
{
  return TRUE;
}

static GcoapBodyHandling
want_assembled (GcoapRequestInterface *self G_GNUC_UNUSED,
                GcoapExchange         *exchange G_GNUC_UNUSED)
{
  return GCOAP_BODY_HANDLING_ASSEMBLED;
}

static void
shutdown_at_once (GcoapRequestInterface *self,
                  GCancellable          *cancellable,
                  GAsyncReadyCallback    callback,
                  gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_request_interface_shutdown_async);
  g_task_return_boolean (task, TRUE);
}

static gboolean
boolean_task_finish (GcoapRequestInterface  *self,
                     GAsyncResult           *result,
                     GError                **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
gcoap_request_interface_default_init (GcoapRequestInterfaceInterface *iface)
{
  iface->prepare_async = prepare_at_once;
  iface->prepare_finish = boolean_task_finish;
  iface->recognizes = recognize_everything;
  iface->shutdown_async = shutdown_at_once;
  iface->shutdown_finish = boolean_task_finish;
  iface->find_body_handling = want_assembled;
}

/* One look-up finds the vtable and shows that there is one; it is the dearest
 * part of a call. */
static inline GcoapRequestInterfaceInterface *
peek_iface (GcoapRequestInterface *self)
{
  return self != NULL ? GCOAP_REQUEST_INTERFACE_GET_IFACE (self) : NULL;
}

/**
 * gcoap_request_interface_request:
 * @self: a request interface
 * @exchange: an open exchange
 *
 * Hands over an exchange to be answered, now or later.
 *
 * To answer later the implementation keeps a reference. It ends the exchange
 * exactly once; see [class@Exchange].
 *
 * Since: 0.1
 */
void
gcoap_request_interface_request (GcoapRequestInterface *self,
                                 GcoapExchange         *exchange)
{
  GcoapRequestInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (GCOAP_IS_EXCHANGE (exchange));
  g_return_if_fail (gcoap_exchange_is_open (exchange));

  iface->request (self, exchange);
}

/**
 * gcoap_request_interface_prepare_async:
 * @self: a request interface
 * @exchange: an exchange that is not open
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: passed to @callback
 *
 * Finds out where the exchange's request is to go.
 *
 * For whoever starts an exchange to another place; decorators pass it on.
 *
 * Since: 0.1
 */
void
gcoap_request_interface_prepare_async (GcoapRequestInterface *self,
                                       GcoapExchange         *exchange,
                                       GCancellable          *cancellable,
                                       GAsyncReadyCallback    callback,
                                       gpointer               user_data)
{
  GcoapRequestInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (GCOAP_IS_EXCHANGE (exchange));
  g_return_if_fail (gcoap_exchange_get_state (exchange) < GCOAP_EXCHANGE_STATE_OPEN);

  iface->prepare_async (self, exchange, cancellable, callback, user_data);
}

/**
 * gcoap_request_interface_prepare_finish:
 * @self: a request interface
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what gcoap_request_interface_prepare_async() began.
 *
 * Errors: those of finding an address, and %G_IO_ERROR_CANCELLED.
 *
 * Returns: %TRUE if the exchange can be opened, or %FALSE with @error set
 *
 * Since: 0.1
 */
gboolean
gcoap_request_interface_prepare_finish (GcoapRequestInterface  *self,
                                        GAsyncResult           *result,
                                        GError                **error)
{
  GcoapRequestInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);

  return iface->prepare_finish (self, result, error);
}

/**
 * gcoap_request_interface_recognizes:
 * @self: a request interface
 * @exchange: an exchange
 *
 * Tells whether the exchange is for this interface to answer.
 *
 * Returns: %TRUE if gcoap_request_interface_request() may be called with it
 *
 * Since: 0.1
 */
gboolean
gcoap_request_interface_recognizes (GcoapRequestInterface *self,
                                    GcoapExchange         *exchange)
{
  GcoapRequestInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (exchange), FALSE);

  return iface->recognizes (self, exchange);
}

/**
 * gcoap_request_interface_find_body_handling:
 * @self: a request interface
 * @exchange: an inbound exchange, which is not handed over by this
 *
 * Tells how whoever would answer the exchange wants the body of its request.
 *
 * It is asked only for requests in blocks. Decorators pass it on; a site asks
 * what stands at the path.
 *
 * Returns: how the body is wanted
 *
 * Since: 0.1
 */
GcoapBodyHandling
gcoap_request_interface_find_body_handling (GcoapRequestInterface *self,
                                           GcoapExchange         *exchange)
{
  g_return_val_if_fail (GCOAP_IS_REQUEST_INTERFACE (self), GCOAP_BODY_HANDLING_ASSEMBLED);
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (exchange), GCOAP_BODY_HANDLING_ASSEMBLED);

  return GCOAP_REQUEST_INTERFACE_GET_IFACE (self)->find_body_handling (self, exchange);
}

/**
 * gcoap_request_interface_shutdown_async:
 * @self: a request interface
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when done
 * @user_data: passed to @callback
 *
 * Ends everything that is open, in bounded time, then what lies below.
 *
 * New work is refused from now on. Calling it again is harmless.
 *
 * Since: 0.1
 */
void
gcoap_request_interface_shutdown_async (GcoapRequestInterface *self,
                                        GCancellable          *cancellable,
                                        GAsyncReadyCallback    callback,
                                        gpointer               user_data)
{
  GcoapRequestInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);

  iface->shutdown_async (self, cancellable, callback, user_data);
}

/**
 * gcoap_request_interface_shutdown_finish:
 * @self: a request interface
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what gcoap_request_interface_shutdown_async() began.
 *
 * Returns: %TRUE, or %FALSE with @error set if it was cancelled
 *
 * Since: 0.1
 */
gboolean
gcoap_request_interface_shutdown_finish (GcoapRequestInterface  *self,
                                         GAsyncResult           *result,
                                         GError                **error)
{
  GcoapRequestInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);

  return iface->shutdown_finish (self, result, error);
}
