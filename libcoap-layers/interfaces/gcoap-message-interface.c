/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-message-interface.h"

#include "base/gcoap-error.h"

/**
 * GcoapMessageInterface:
 *
 * Sends and receives datagrams that each hold one message.
 *
 * Datagrams may be lost, repeated and reordered; what to do about that is the
 * message layer's business. Calls go down through this interface, events come
 * up through [iface@MessageManager]. Only `set_manager`, `get_scheme` and
 * `send` must be implemented.
 *
 * Since: 0.1
 */

/**
 * GcoapMessageInterfaceInterface:
 * @set_manager: see gcoap_message_interface_set_manager()
 * @get_scheme: see gcoap_message_interface_get_scheme()
 * @send: see gcoap_message_interface_send()
 * @recognizes: by default recognises nothing
 * @resolve_async: by default fails
 * @resolve_finish: for the default of @resolve_async
 * @get_room: by default 1152
 * @shutdown_async: by default nothing is to be done
 * @shutdown_finish: for the default of @shutdown_async
 *
 * What a datagram transport implements.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (GcoapMessageInterface, gcoap_message_interface, G_TYPE_OBJECT)

static gboolean
recognize_nothing (GcoapMessageInterface *self G_GNUC_UNUSED,
                   GcoapEndpointAddress  *address G_GNUC_UNUSED)
{
  return FALSE;
}

/* RFC 7252 §4.6: what fits where nothing is known of the path. */
static gsize
default_room (GcoapMessageInterface *self G_GNUC_UNUSED,
              GcoapEndpointAddress  *address G_GNUC_UNUSED)
{
  return 1152;
}

static void
resolve_unsupported (GcoapMessageInterface *self,
                     const char            *uri,
                     GCancellable          *cancellable,
                     GAsyncReadyCallback    callback,
                     gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_message_interface_resolve_async);
  g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                           "Addresses cannot be looked up for %s.", uri);
}

static GPtrArray *
resolve_task_finish (GcoapMessageInterface  *self,
                     GAsyncResult           *result,
                     GError                **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
shutdown_at_once (GcoapMessageInterface *self,
                  GCancellable          *cancellable,
                  GAsyncReadyCallback    callback,
                  gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_message_interface_shutdown_async);
  g_task_return_boolean (task, TRUE);
}

static gboolean
boolean_task_finish (GcoapMessageInterface  *self,
                     GAsyncResult           *result,
                     GError                **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
gcoap_message_interface_default_init (GcoapMessageInterfaceInterface *iface)
{
  iface->recognizes = recognize_nothing;
  iface->resolve_async = resolve_unsupported;
  iface->resolve_finish = resolve_task_finish;
  iface->get_room = default_room;
  iface->shutdown_async = shutdown_at_once;
  iface->shutdown_finish = boolean_task_finish;
}

/* One look-up finds the vtable and shows that there is one; it is the dearest
 * part of a call. */
static inline GcoapMessageInterfaceInterface *
peek_iface (GcoapMessageInterface *self)
{
  return self != NULL ? GCOAP_MESSAGE_INTERFACE_GET_IFACE (self) : NULL;
}

/**
 * gcoap_message_interface_set_manager:
 * @self: a message interface
 * @manager: what events are reported to, not kept alive
 *
 * Starts the flow of events; called once, by the layer above.
 *
 * Since: 0.1
 */
void
gcoap_message_interface_set_manager (GcoapMessageInterface *self,
                                     GcoapMessageManager   *manager)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);

  iface->set_manager (self, manager);
}

/**
 * gcoap_message_interface_get_scheme:
 * @self: a message interface
 *
 * Tells the URI scheme that is served.
 *
 * Returns: such as "coap"
 *
 * Since: 0.1
 */
const char *
gcoap_message_interface_get_scheme (GcoapMessageInterface *self)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, NULL);

  return iface->get_scheme (self);
}

/**
 * gcoap_message_interface_send:
 * @self: a message interface
 * @pdu: what to send and whereto; without a message it is the Empty message
 * @error: return location for an error
 *
 * Hands one datagram to the network.
 *
 * It may leave at the end of the current turn of the main loop. A `local` that
 * is a group chooses the network interface only.
 *
 * Errors: %GCOAP_ERROR_TOO_LARGE, %GCOAP_ERROR_UNREACHABLE,
 * %GCOAP_ERROR_LIMIT (nothing leaves, and too much waits),
 * %GCOAP_ERROR_CLOSED.
 *
 * Returns: %FALSE with @error set if the datagram certainly does not leave
 *
 * Since: 0.1
 */
gboolean
gcoap_message_interface_send (GcoapMessageInterface  *self,
                              const GcoapPdu         *pdu,
                              GError                **error)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);
  g_return_val_if_fail (pdu != NULL && pdu->address != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return iface->send (self, pdu, error);
}

/**
 * gcoap_message_interface_recognizes:
 * @self: a message interface
 * @address: an address
 *
 * Tells whether messages to @address go this way.
 *
 * Returns: %TRUE if the address is one of this interface's
 *
 * Since: 0.1
 */
gboolean
gcoap_message_interface_recognizes (GcoapMessageInterface *self,
                                    GcoapEndpointAddress  *address)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address), FALSE);

  return iface->recognizes (self, address);
}

/**
 * gcoap_message_interface_resolve_async:
 * @self: a message interface
 * @uri: a URI of the interface's scheme; only scheme, host and port count
 * @cancellable: (nullable): a cancellable
 * @callback: (scope async): called when done
 * @user_data: passed to @callback
 *
 * Finds the addresses a request to @uri may go to.
 *
 * For connected and secured transports it returns after connecting.
 *
 * Since: 0.1
 */
void
gcoap_message_interface_resolve_async (GcoapMessageInterface *self,
                                       const char            *uri,
                                       GCancellable          *cancellable,
                                       GAsyncReadyCallback    callback,
                                       gpointer               user_data)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (uri != NULL);

  iface->resolve_async (self, uri, cancellable, callback, user_data);
}

/**
 * gcoap_message_interface_resolve_finish:
 * @self: a message interface
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what gcoap_message_interface_resolve_async() began.
 *
 * Errors: %GCOAP_ERROR_HOST_NOT_FOUND, %GCOAP_ERROR_INVALID_URI,
 * %GCOAP_ERROR_UNSUPPORTED, those of connecting, and %G_IO_ERROR_CANCELLED.
 *
 * Returns: (transfer container) (element-type GcoapEndpointAddress): at least one
 *   address, best first, or %NULL with @error set
 *
 * Since: 0.1
 */
GPtrArray *
gcoap_message_interface_resolve_finish (GcoapMessageInterface  *self,
                                        GAsyncResult           *result,
                                        GError                **error)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);
  GPtrArray *addresses;

  g_return_val_if_fail (iface != NULL, NULL);

  addresses = iface->resolve_finish (self, result, error);
  g_return_val_if_fail (addresses == NULL || addresses->len > 0, addresses);
  return addresses;
}

/**
 * gcoap_message_interface_get_room:
 * @self: a message interface
 * @address: an address of this interface's
 *
 * Tells how large a message to @address may be.
 *
 * Returns: bytes of a whole message; 1152 where nothing is known
 *   (RFC 7252 §4.6)
 *
 * Since: 0.1
 */
gsize
gcoap_message_interface_get_room (GcoapMessageInterface *self,
                                  GcoapEndpointAddress  *address)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, 0);
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address), 0);

  return iface->get_room (self, address);
}

/**
 * gcoap_message_interface_shutdown_async:
 * @self: a message interface
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
gcoap_message_interface_shutdown_async (GcoapMessageInterface *self,
                                        GCancellable          *cancellable,
                                        GAsyncReadyCallback    callback,
                                        gpointer               user_data)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);

  iface->shutdown_async (self, cancellable, callback, user_data);
}

/**
 * gcoap_message_interface_shutdown_finish:
 * @self: a message interface
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what gcoap_message_interface_shutdown_async() began.
 *
 * Returns: %TRUE, or %FALSE with @error set if it was cancelled
 *
 * Since: 0.1
 */
gboolean
gcoap_message_interface_shutdown_finish (GcoapMessageInterface  *self,
                                         GAsyncResult           *result,
                                         GError                **error)
{
  GcoapMessageInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);

  return iface->shutdown_finish (self, result, error);
}
