/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-token-interface.h"

#include "base/gcoap-error.h"

/**
 * GcoapTokenInterface:
 *
 * Sends requests and responses that are told apart by tokens.
 *
 * The message layer implements it over datagrams, and reliable transports
 * implement it directly. Calls go down through this interface, events come up
 * through [iface@TokenManager].
 *
 * Since: 0.1
 */

/**
 * GcoapTokenInterfaceInterface:
 * @set_manager: see gcoap_token_interface_set_manager()
 * @get_scheme: see gcoap_token_interface_get_scheme()
 * @send_request: see gcoap_token_interface_send_request()
 * @send_response: see gcoap_token_interface_send_response()
 * @reject: see gcoap_token_interface_reject()
 * @recognizes: by default recognises nothing
 * @resolve_async: by default fails
 * @resolve_finish: for the default of @resolve_async
 * @get_room: by default 1152
 * @shutdown_async: by default nothing is to be done
 * @shutdown_finish: for the default of @shutdown_async
 *
 * What a message layer or a reliable transport implements.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (GcoapTokenInterface, gcoap_token_interface, G_TYPE_OBJECT)

static gboolean
recognize_nothing (GcoapTokenInterface  *self G_GNUC_UNUSED,
                   GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return FALSE;
}

/* RFC 7252 §4.6: what fits where nothing is known of the path. */
static gsize
default_room (GcoapTokenInterface  *self G_GNUC_UNUSED,
              GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return 1152;
}

static void
resolve_unsupported (GcoapTokenInterface *self,
                     const char          *uri,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_token_interface_resolve_async);
  g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                           "Addresses cannot be looked up for %s.", uri);
}

static GPtrArray *
resolve_task_finish (GcoapTokenInterface  *self,
                     GAsyncResult         *result,
                     GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
shutdown_at_once (GcoapTokenInterface *self,
                  GCancellable        *cancellable,
                  GAsyncReadyCallback  callback,
                  gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_token_interface_shutdown_async);
  g_task_return_boolean (task, TRUE);
}

static gboolean
boolean_task_finish (GcoapTokenInterface  *self,
                     GAsyncResult         *result,
                     GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
gcoap_token_interface_default_init (GcoapTokenInterfaceInterface *iface)
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
static inline GcoapTokenInterfaceInterface *
peek_iface (GcoapTokenInterface *self)
{
  return self != NULL ? GCOAP_TOKEN_INTERFACE_GET_IFACE (self) : NULL;
}

/**
 * gcoap_token_interface_set_manager:
 * @self: a token interface
 * @manager: what events are reported to, not kept alive
 *
 * Starts the flow of events; called once, by the layer above.
 *
 * Since: 0.1
 */
void
gcoap_token_interface_set_manager (GcoapTokenInterface *self,
                                   GcoapTokenManager   *manager)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);

  iface->set_manager (self, manager);
}

/**
 * gcoap_token_interface_get_scheme:
 * @self: a token interface
 *
 * Tells the URI scheme that is served.
 *
 * Returns: such as "coap"
 *
 * Since: 0.1
 */
const char *
gcoap_token_interface_get_scheme (GcoapTokenInterface *self)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, NULL);

  return iface->get_scheme (self);
}

/**
 * gcoap_token_interface_send_request:
 * @self: a token interface
 * @pdu: the request with address, local and token; type and message ID are not
 *   for the caller to choose
 * @tuning: (nullable): how to send it, or %NULL for the default
 * @error: return location for an error
 *
 * Sends a request.
 *
 * What becomes of it is reported through
 * gcoap_token_manager_dispatch_outcome(), at most once, never from inside this
 * call, and not after gcoap_transmission_abandon(). A piggybacked response is
 * its own acknowledgement and comes without an outcome before it.
 *
 * Errors: %GCOAP_ERROR_LIMIT, %GCOAP_ERROR_MESSAGE_IDS,
 * %GCOAP_ERROR_TOO_LARGE, %GCOAP_ERROR_UNREACHABLE, %GCOAP_ERROR_CLOSED.
 *
 * Returns: (transfer full): the transmission, or %NULL with @error set
 *
 * Since: 0.1
 */
GcoapTransmission *
gcoap_token_interface_send_request (GcoapTokenInterface   *self,
                                    const GcoapPdu        *pdu,
                                    GcoapTransportTuning  *tuning,
                                    GError               **error)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);
  GcoapTransmission *transmission;

  g_return_val_if_fail (iface != NULL, NULL);
  g_return_val_if_fail (pdu != NULL && pdu->address != NULL && pdu->message != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  transmission = iface->send_request (self, pdu, tuning, error);
  g_return_val_if_fail (transmission != NULL || error == NULL || *error != NULL, NULL);
  return transmission;
}

/**
 * gcoap_token_interface_send_response:
 * @self: a token interface
 * @request_pdu: the request, as it was reported, without its message
 * @message: (nullable): the response, or %NULL to send only the Empty
 *   acknowledgement that may be owed
 * @tuning: (nullable): how to send it, or %NULL for the default
 * @report: whether the outcome is to be reported
 *
 * Sends a response.
 *
 * Returns: (transfer full) (nullable): the transmission if @report or if it may
 *   be retransmitted, or %NULL
 *
 * Since: 0.1
 */
GcoapTransmission *
gcoap_token_interface_send_response (GcoapTokenInterface  *self,
                                     const GcoapPdu       *request_pdu,
                                     GcoapMessage         *message,
                                     GcoapTransportTuning *tuning,
                                     gboolean              report)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, NULL);
  g_return_val_if_fail (request_pdu != NULL && request_pdu->address != NULL, NULL);

  return iface->send_response (self, request_pdu, message, tuning, report);
}

/**
 * gcoap_token_interface_reject:
 * @self: a token interface
 * @request_pdu: the request, as it was reported, without its message
 * @error: why
 *
 * Refuses a request: an error response to a confirmable one, RST to a
 * non-confirmable one, silence to a group (RFC 7252 §4.2, §4.3, §8.1).
 *
 * Since: 0.1
 */
void
gcoap_token_interface_reject (GcoapTokenInterface *self,
                              const GcoapPdu      *request_pdu,
                              const GError        *error)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (request_pdu != NULL && request_pdu->address != NULL);
  g_return_if_fail (error != NULL);

  iface->reject (self, request_pdu, error);
}

/**
 * gcoap_token_interface_recognizes:
 * @self: a token interface
 * @address: an address
 *
 * Tells whether messages to @address go this way.
 *
 * Returns: %TRUE if the address is one of this interface's
 *
 * Since: 0.1
 */
gboolean
gcoap_token_interface_recognizes (GcoapTokenInterface  *self,
                                  GcoapEndpointAddress *address)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address), FALSE);

  return iface->recognizes (self, address);
}

/**
 * gcoap_token_interface_resolve_async:
 * @self: a token interface
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
gcoap_token_interface_resolve_async (GcoapTokenInterface *self,
                                     const char          *uri,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (uri != NULL);

  iface->resolve_async (self, uri, cancellable, callback, user_data);
}

/**
 * gcoap_token_interface_resolve_finish:
 * @self: a token interface
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what gcoap_token_interface_resolve_async() began.
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
gcoap_token_interface_resolve_finish (GcoapTokenInterface  *self,
                                      GAsyncResult         *result,
                                      GError              **error)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);
  GPtrArray *addresses;

  g_return_val_if_fail (iface != NULL, NULL);

  addresses = iface->resolve_finish (self, result, error);
  g_return_val_if_fail (addresses == NULL || addresses->len > 0, addresses);
  return addresses;
}

/**
 * gcoap_token_interface_get_room:
 * @self: a token interface
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
gcoap_token_interface_get_room (GcoapTokenInterface  *self,
                                GcoapEndpointAddress *address)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, 0);
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address), 0);

  return iface->get_room (self, address);
}

/**
 * gcoap_token_interface_shutdown_async:
 * @self: a token interface
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
gcoap_token_interface_shutdown_async (GcoapTokenInterface *self,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);

  iface->shutdown_async (self, cancellable, callback, user_data);
}

/**
 * gcoap_token_interface_shutdown_finish:
 * @self: a token interface
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what gcoap_token_interface_shutdown_async() began.
 *
 * Returns: %TRUE, or %FALSE with @error set if it was cancelled
 *
 * Since: 0.1
 */
gboolean
gcoap_token_interface_shutdown_finish (GcoapTokenInterface  *self,
                                       GAsyncResult         *result,
                                       GError              **error)
{
  GcoapTokenInterfaceInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);

  return iface->shutdown_finish (self, result, error);
}
