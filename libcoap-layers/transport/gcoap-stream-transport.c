/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The transport as an object: a token interface over its connections. */
#include "transport/gcoap-stream-transport-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-inherited-sockets-private.h"
#include "transport/gcoap-stream-local-private.h"
#include "transport/gcoap-udp-listen-uri-private.h"
#include "wire/gcoap-error-message.h"

/* RFC 8323 §5.3.1: what a peer takes that is not known. */
#define BASE_ROOM 1152

/* What the token layer holds of a request: there is nothing to retransmit. */
typedef struct
{
  GcoapTransmission  transmission;
  GcoapConnection   *connection;   /* NULL: it is not waited for any more */
} Sending;

static void
sending_abandon (GcoapTransmission *transmission)
{
  Sending *self = (Sending *) transmission;
  GcoapConnection *connection = g_steal_pointer (&self->connection);

  if (connection == NULL)
    return;
  gcoap_connection_request_done (connection);
  gcoap_connection_unref (connection);
}

static gboolean
sending_replace (GcoapTransmission    *transmission G_GNUC_UNUSED,
                 GcoapMessage         *message G_GNUC_UNUSED,
                 GcoapTransportTuning *tuning G_GNUC_UNUSED)
{
  return FALSE;
}

static void
sending_free (GcoapTransmission *transmission)
{
  sending_abandon (transmission);
  g_free (transmission);
}

static const GcoapTransmissionFuncs sending_funcs = {
  .abandon = sending_abandon,
  .replace = sending_replace,
  .free = sending_free,
};

/* What connections tell */

/* RFC 8323 §8.5: the field Host comes before the server name of TLS. */
static void
set_local (GcoapStreamLink *link)
{
  GcoapConnection *connection = link->connection;
  const GcoapMessageFramingFuncs *funcs = connection->framing->funcs;
  const char *host = funcs->get_host != NULL ? funcs->get_host (connection->framing) : NULL;
  g_autofree char *name = host == NULL ? gcoap_byte_channel_dup_host (connection->channel) : NULL;
  g_autofree char *checked = name != NULL ? gcoap_stream_local_dup_host (name, strlen (name)) : NULL;

  connection->local = gcoap_stream_local_new (gcoap_byte_channel_get_fd (connection->channel),
                                              gcoap_uri_scheme_get_default_port (link->transport->kind->scheme),
                                              host != NULL ? host : checked);
}

static void
ready_cb (GcoapConnection *connection,
          gpointer         data G_GNUC_UNUSED)
{
  GcoapStreamLink *link = connection->owner_data;
  GcoapClaims *claims = gcoap_byte_channel_get_claims (connection->channel);

  if (claims != NULL && link->address->claims == NULL)
    link->address->claims = gcoap_claims_to_strv (claims);
  set_local (link);
  gcoap_stream_pool_note_ready (link);
}

static void
request_cb (GcoapConnection *connection,
            const GcoapPdu  *pdu,
            gpointer         data)
{
  GcoapStreamTransport *self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) response = NULL;

  if (self->manager != NULL)
    {
      gcoap_token_manager_dispatch_request (self->manager, pdu);
      return;
    }
  /* RFC 8323 §3.3: whoever serves nothing says so. */
  error = g_error_new_literal (GCOAP_RESPONSE_ERROR, GCOAP_RESPONSE_ERROR_NOT_IMPLEMENTED,
                               "Nothing is served here.");
  response = gcoap_message_new_for_error (error);
  gcoap_message_lock (response);
  gcoap_connection_send_response (connection, pdu, response);
}

/* RFC 8323 has no way to reject a response; one that nobody waits for is
 * ignored. */
static void
response_cb (GcoapConnection *connection G_GNUC_UNUSED,
             const GcoapPdu  *pdu,
             gpointer         data)
{
  GcoapStreamTransport *self = data;

  if (self->manager != NULL)
    gcoap_token_manager_dispatch_response (self->manager, pdu);
}

static gboolean
is_used_cb (GcoapConnection *connection,
            gpointer         data)
{
  GcoapStreamTransport *self = data;

  return self->manager != NULL && gcoap_token_manager_uses (self->manager, connection->address);
}

static void
watch_cb (GcoapConnection *connection,
          GIOCondition     condition,
          gpointer         data)
{
  GcoapStreamTransport *self = data;
  GcoapStreamLink *link = connection->owner_data;

  gcoap_poller_set_condition (self->poller, &link->entry, condition);
}

static void
defer_cb (GcoapConnection *connection,
          gpointer         data)
{
  GcoapStreamTransport *self = data;
  GcoapStreamLink *link = connection->owner_data;

  gcoap_poller_defer (self->poller, &link->entry);
}

static void
retired_cb (GcoapConnection *connection,
            gpointer         data G_GNUC_UNUSED)
{
  GcoapStreamLink *link = connection->owner_data;
  g_autoptr (GError) error = NULL;

  /* Who waits for it when it fails is told by ended_cb. */
  if (!connection->was_ready)
    return;
  error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The connection to %s is being closed.",
                       connection->peer);
  gcoap_stream_pool_note_gone (link, error);
}

static void
ended_cb (GcoapConnection *connection,
          const GError    *error,
          gpointer         data)
{
  GcoapStreamTransport *self = data;
  GcoapStreamLink *link = connection->owner_data;

  link->address->connection = NULL;
  gcoap_runtime_trace_note (self->runtime, connection->address, error->message);
  if (!connection->was_ready)
    gcoap_stream_pool_note_gone (link, error);
  else if (self->manager != NULL)
    gcoap_token_manager_dispatch_error (self->manager, connection->address, error);
}

static void
complete_shutdown (GcoapStreamTransport *self)
{
  g_autoptr (GPtrArray) tasks = NULL;

  if (self->shutdown_tasks == NULL || g_hash_table_size (self->links) > 0)
    return;
  tasks = g_steal_pointer (&self->shutdown_tasks);
  for (guint i = 0; i < tasks->len; i++)
    g_task_return_boolean (tasks->pdata[i], TRUE);
}

static void
closed_cb (GcoapConnection *connection,
           gpointer         data)
{
  GcoapStreamTransport *self = data;
  GcoapStreamLink *link = connection->owner_data;

  gcoap_poller_remove (self->poller, &link->entry);
  g_hash_table_remove (self->links, link);
  connection->owner_data = NULL;
  link->address->connection = NULL;
  g_object_unref (link->address);
  g_free (link);
  gcoap_connection_unref (connection);
  complete_shutdown (self);
}

static const GcoapConnectionFuncs connection_funcs = {
  .ready = ready_cb,
  .request = request_cb,
  .response = response_cb,
  .is_used = is_used_cb,
  .watch = watch_cb,
  .defer = defer_cb,
  .retired = retired_cb,
  .ended = ended_cb,
  .closed = closed_cb,
};

static void
run_cb (GIOCondition condition,
        gpointer     data)
{
  GcoapStreamLink *link = data;
  g_autoptr (GcoapStreamTransport) transport = g_object_ref (link->transport);

  gcoap_connection_run (link->connection, condition);
}

GcoapStreamLink *
gcoap_stream_transport_add (GcoapStreamTransport  *self,
                            int                    fd,
                            const GcoapUdpKey     *peer,
                            GcoapUri              *uri,
                            GError               **error)
{
  GcoapByteChannel *channel = self->kind->make_channel (fd, uri, &self->security, error);
  GcoapStreamLink *link;

  if (channel == NULL)
    return NULL;
  link = g_new0 (GcoapStreamLink, 1);
  link->transport = self;
  link->address = gcoap_stream_address_new (self->kind->scheme, self->kind->is_secure, peer, self);
  link->connection = gcoap_connection_new (&self->host, channel, self->kind->make_framing (uri, self->origins),
                                           GCOAP_ENDPOINT_ADDRESS (link->address));
  link->connection->owner_data = link;
  link->address->connection = link->connection;
  link->entry.func = run_cb;
  link->entry.data = link;
  g_hash_table_add (self->links, link);
  gcoap_poller_add (self->poller, &link->entry, gcoap_byte_channel_get_fd (channel), G_IO_IN);
  link->connection->condition = G_IO_IN;
  return link;
}

/* The contract */

static GcoapConnection *
find_connection (GcoapStreamTransport *self,
                 GcoapEndpointAddress *address)
{
  if (!GCOAP_IS_STREAM_ADDRESS (address) || GCOAP_STREAM_ADDRESS (address)->transport != self)
    return NULL;
  return GCOAP_STREAM_ADDRESS (address)->connection;
}

static void
gcoap_stream_transport_set_manager (GcoapTokenInterface *interface,
                                    GcoapTokenManager   *manager)
{
  GcoapStreamTransport *self = GCOAP_STREAM_TRANSPORT (interface);

  g_set_weak_pointer (&self->manager, manager);
  if (manager != NULL && !self->closed)
    gcoap_stream_listener_start (self);
}

static const char *
gcoap_stream_transport_get_scheme (GcoapTokenInterface *interface)
{
  return GCOAP_STREAM_TRANSPORT (interface)->kind->scheme;
}

static GcoapTransmission *
gcoap_stream_transport_send_request (GcoapTokenInterface   *interface,
                                     const GcoapPdu        *pdu,
                                     GcoapTransportTuning  *tuning G_GNUC_UNUSED,
                                     GError               **error)
{
  GcoapStreamTransport *self = GCOAP_STREAM_TRANSPORT (interface);
  GcoapConnection *connection = find_connection (self, pdu->address);
  Sending *sending;

  if (self->closed)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                   "The transport for %s has been shut down.", self->kind->scheme);
      return NULL;
    }
  if (connection == NULL)
    {
      g_autofree char *peer = gcoap_endpoint_address_dup_uri_base (pdu->address);

      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                   "There is no connection to %s any more.", peer);
      return NULL;
    }
  if (!gcoap_connection_send_request (connection, pdu, error))
    return NULL;
  sending = g_new0 (Sending, 1);
  gcoap_transmission_init (&sending->transmission, &sending_funcs);
  sending->connection = gcoap_connection_ref (connection);
  return &sending->transmission;
}

static GcoapTransmission *
gcoap_stream_transport_send_response (GcoapTokenInterface  *interface,
                                      const GcoapPdu       *request_pdu,
                                      GcoapMessage         *message,
                                      GcoapTransportTuning *tuning G_GNUC_UNUSED,
                                      gboolean              report G_GNUC_UNUSED)
{
  GcoapConnection *connection = find_connection (GCOAP_STREAM_TRANSPORT (interface),
                                                 request_pdu->address);

  /* Nothing tells whether it arrives, but that its connection ends. */
  if (connection != NULL)
    gcoap_connection_send_response (connection, request_pdu, message);
  return NULL;
}

static void
gcoap_stream_transport_reject (GcoapTokenInterface *interface,
                               const GcoapPdu      *request_pdu,
                               const GError        *error)
{
  GcoapConnection *connection = find_connection (GCOAP_STREAM_TRANSPORT (interface),
                                                 request_pdu->address);
  g_autoptr (GcoapMessage) response = NULL;

  if (connection == NULL)
    return;
  response = gcoap_message_new_for_error (error);
  gcoap_message_lock (response);
  gcoap_connection_send_response (connection, request_pdu, response);
}

static gboolean
gcoap_stream_transport_recognizes (GcoapTokenInterface  *interface,
                                   GcoapEndpointAddress *address)
{
  return GCOAP_IS_STREAM_ADDRESS (address)
         && GCOAP_STREAM_ADDRESS (address)->transport == (gconstpointer) interface;
}

static void
gcoap_stream_transport_resolve_async (GcoapTokenInterface *interface,
                                      const char          *uri,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_stream_transport_resolve_async);
  gcoap_stream_pool_resolve (GCOAP_STREAM_TRANSPORT (interface), task, uri);
}

static GPtrArray *
gcoap_stream_transport_resolve_finish (GcoapTokenInterface  *interface G_GNUC_UNUSED,
                                       GAsyncResult         *result,
                                       GError              **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gsize
gcoap_stream_transport_get_room (GcoapTokenInterface  *interface,
                                 GcoapEndpointAddress *address)
{
  GcoapConnection *connection = find_connection (GCOAP_STREAM_TRANSPORT (interface), address);

  return connection != NULL ? gcoap_connection_get_room (connection) : BASE_ROOM;
}

static GPtrArray *
dup_connections (GcoapStreamTransport *self)
{
  GPtrArray *connections = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_connection_unref);
  GHashTableIter iter;
  gpointer link;

  g_hash_table_iter_init (&iter, self->links);
  while (g_hash_table_iter_next (&iter, &link, NULL))
    g_ptr_array_add (connections, gcoap_connection_ref (((GcoapStreamLink *) link)->connection));
  return connections;
}

static void
gcoap_stream_transport_shutdown_async (GcoapTokenInterface *interface,
                                       GCancellable        *cancellable,
                                       GAsyncReadyCallback  callback,
                                       gpointer             user_data)
{
  GcoapStreamTransport *self = GCOAP_STREAM_TRANSPORT (interface);
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_stream_transport_shutdown_async);
  if (self->shutdown_tasks == NULL)
    self->shutdown_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->shutdown_tasks, g_steal_pointer (&task));
  if (!self->closed)
    {
      g_autoptr (GPtrArray) connections = dup_connections (self);

      self->closed = TRUE;
      gcoap_stream_listener_stop (self);
      gcoap_stream_pool_close (self);
      for (guint i = 0; i < connections->len; i++)
        gcoap_connection_release (connections->pdata[i]);
    }
  complete_shutdown (self);
}

static gboolean
gcoap_stream_transport_shutdown_finish (GcoapTokenInterface  *interface G_GNUC_UNUSED,
                                        GAsyncResult         *result,
                                        GError              **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
token_interface_init (GcoapTokenInterfaceInterface *iface)
{
  iface->set_manager = gcoap_stream_transport_set_manager;
  iface->get_scheme = gcoap_stream_transport_get_scheme;
  iface->send_request = gcoap_stream_transport_send_request;
  iface->send_response = gcoap_stream_transport_send_response;
  iface->reject = gcoap_stream_transport_reject;
  iface->recognizes = gcoap_stream_transport_recognizes;
  iface->resolve_async = gcoap_stream_transport_resolve_async;
  iface->resolve_finish = gcoap_stream_transport_resolve_finish;
  iface->get_room = gcoap_stream_transport_get_room;
  iface->shutdown_async = gcoap_stream_transport_shutdown_async;
  iface->shutdown_finish = gcoap_stream_transport_shutdown_finish;
}

/**
 * GcoapStreamTransport:
 *
 * CoAP over connections (RFC 8323), for a token layer to drive.
 *
 * Connections are made when a request needs one, one per host and port, and
 * are reused while they stand; those of peers are accepted where it listens.
 * Requests go both ways over either. When a connection ends, everything that
 * is open on it ends with the reason.
 *
 * It obeys the limits `max-message-size`, `max-connections`, `max-send-queue`,
 * `max-queued-bytes`, `connect-timeout`, `csm-timeout`, `send-timeout`,
 * `release-timeout`, `keepalive-interval`, `pong-timeout`, `idle-timeout` and
 * `max-upgrade-size` of [class@Limits].
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapStreamTransport, gcoap_stream_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_TOKEN_INTERFACE, token_interface_init))

static void
gcoap_stream_transport_dispose (GObject *object)
{
  GcoapStreamTransport *self = GCOAP_STREAM_TRANSPORT (object);
  g_autoptr (GPtrArray) connections = dup_connections (self);
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                                  "The transport is gone.");

  self->closed = TRUE;
  if (self->runtime != NULL)
    {
      gcoap_stream_listener_stop (self);
      gcoap_stream_pool_close (self);
    }
  /* There is no time to wait for anybody. */
  self->host.owner = NULL;
  for (guint i = 0; i < connections->len; i++)
    {
      gcoap_connection_release (connections->pdata[i]);
      gcoap_connection_close (connections->pdata[i], error);
    }
  G_OBJECT_CLASS (gcoap_stream_transport_parent_class)->dispose (object);
}

static void
gcoap_stream_transport_finalize (GObject *object)
{
  GcoapStreamTransport *self = GCOAP_STREAM_TRANSPORT (object);

  g_clear_weak_pointer (&self->manager);
  g_hash_table_unref (self->links);
  g_hash_table_unref (self->places);
  g_hash_table_unref (self->hold_offs);
  g_clear_pointer (&self->poller, gcoap_poller_free);
  g_free (self->host.scratch);
  gcoap_stream_security_clear (&self->security);
  g_clear_pointer (&self->origins, gcoap_web_origins_unref);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_stream_transport_parent_class)->finalize (object);
}

static void
gcoap_stream_transport_class_init (GcoapStreamTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gcoap_stream_transport_dispose;
  object_class->finalize = gcoap_stream_transport_finalize;
}

static void
gcoap_stream_transport_init (GcoapStreamTransport *self)
{
  self->socket.fd = -1;
  self->links = g_hash_table_new (NULL, NULL);
  self->places = g_hash_table_new (g_str_hash, g_str_equal);
  self->hold_offs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

/* Public */

/* Takes the socket over, also on failure. */
static GcoapStreamTransport *
new_for_socket (GcoapRuntime             *runtime,
                const GcoapStreamKind    *kind,
                const GcoapStreamSocket  *socket,
                GError                  **error)
{
  g_autoptr (GcoapStreamTransport) self = g_object_new (GCOAP_TYPE_STREAM_TRANSPORT, NULL);

  self->runtime = g_object_ref (runtime);
  self->kind = kind;
  if (socket != NULL)
    self->socket = *socket;
  self->host.runtime = runtime;
  self->host.funcs = &connection_funcs;
  self->host.data = self;
  self->host.owner = G_OBJECT (self);
  self->poller = gcoap_poller_new (runtime->main_context, error);
  if (self->poller == NULL)
    return NULL;
  return g_steal_pointer (&self);
}

static const GcoapStreamKind *
find_kind (const char  *scheme,
           GError     **error)
{
  const GcoapStreamKind *kind = gcoap_stream_kind_lookup (scheme);

  if (kind == NULL)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                 "The scheme %s is not one of a connection, or this build does not have it.", scheme);
  return kind;
}

/**
 * gcoap_stream_transport_carries:
 * @scheme: a URI scheme, in any case
 *
 * Tells whether there is a transport of connections for a scheme.
 *
 * Returns: %TRUE for `coap+tcp` and `coaps+tcp`, and for `coap+ws` and `coaps+ws`
 *   if the library was built with them
 *
 * Since: 0.1
 */
gboolean
gcoap_stream_transport_carries (const char *scheme)
{
  g_return_val_if_fail (scheme != NULL, FALSE);

  return gcoap_stream_kind_lookup (scheme) != NULL;
}

/**
 * gcoap_stream_transport_new_client:
 * @runtime: the runtime of the stack
 * @scheme: such as `coap+tcp`
 * @error: return location for an error
 *
 * Makes a transport that connects to others.
 *
 * Returns: (transfer full): a new transport, or %NULL with %GCOAP_ERROR_UNSUPPORTED
 *   if there is none for the scheme
 *
 * Since: 0.1
 */
GcoapStreamTransport *
gcoap_stream_transport_new_client (GcoapRuntime  *runtime,
                                   const char    *scheme,
                                   GError       **error)
{
  const GcoapStreamKind *kind;

  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);
  g_return_val_if_fail (scheme != NULL, NULL);

  kind = find_kind (scheme, error);
  return kind != NULL ? new_for_socket (runtime, kind, NULL, error) : NULL;
}

/**
 * gcoap_stream_transport_new_server:
 * @runtime: the runtime of the stack
 * @uri: what to listen on, such as `coap+tcp://[::]` for all addresses; the
 *   host is an IP address; port 0 asks for a free one
 * @error: return location for an error
 *
 * Makes a transport that others connect to, with a socket of its own, or the one
 * that a service manager has opened there for this process (`LISTEN_FDS`).
 *
 * Errors: %GCOAP_ERROR_INVALID_URI, %GCOAP_ERROR_UNSUPPORTED for a host name or
 * another scheme, %GCOAP_ERROR_ADDRESS_IN_USE, %GCOAP_ERROR_PERMISSION,
 * %GCOAP_ERROR_INVALID_ARGUMENT for an address this machine does not have.
 *
 * Returns: (transfer full): a new transport, or %NULL with @error set
 *
 * Since: 0.1
 */
GcoapStreamTransport *
gcoap_stream_transport_new_server (GcoapRuntime  *runtime,
                                   const char    *uri,
                                   GError       **error)
{
  g_autofree char *scheme = NULL;
  const GcoapStreamKind *kind;
  GcoapStreamSocket socket;
  GcoapUdpKey key;
  int fd;

  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);
  g_return_val_if_fail (uri != NULL, NULL);

  scheme = gcoap_udp_key_from_any_listen_uri (&key, uri, error);
  if (scheme == NULL)
    return NULL;
  kind = find_kind (scheme, error);
  if (kind == NULL)
    return NULL;
  fd = gcoap_inherited_sockets_take (SOCK_STREAM, &key);
  if (fd >= 0 ? !gcoap_stream_socket_adopt (&socket, fd, error)
              : !gcoap_stream_socket_listen (&socket, &key, runtime->reuse_port, error))
    return NULL;
  return new_for_socket (runtime, kind, &socket, error);
}

/**
 * gcoap_stream_transport_new_from_fd:
 * @runtime: the runtime of the stack
 * @scheme: such as `coap+tcp`
 * @fd: a socket that listens for connections; the transport closes it
 * @error: return location for an error
 *
 * Makes a transport that others connect to of a socket that was opened
 * elsewhere, such as by systemd.
 *
 * Returns: (transfer full): a new transport, or %NULL with @error set; then the
 *   descriptor is still the caller's
 *
 * Since: 0.1
 */
GcoapStreamTransport *
gcoap_stream_transport_new_from_fd (GcoapRuntime  *runtime,
                                    const char    *scheme,
                                    int            fd,
                                    GError       **error)
{
  const GcoapStreamKind *kind;
  GcoapStreamSocket socket;

  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);
  g_return_val_if_fail (scheme != NULL, NULL);

  kind = find_kind (scheme, error);
  if (kind == NULL || !gcoap_stream_socket_adopt (&socket, fd, error))
    return NULL;
  return new_for_socket (runtime, kind, &socket, error);
}

/**
 * gcoap_stream_transport_is_secure:
 * @self: a stream transport
 *
 * Tells whether connections are secured, and need credentials.
 *
 * Returns: %TRUE for `coaps+tcp` and `coaps+ws`
 *
 * Since: 0.1
 */
gboolean
gcoap_stream_transport_is_secure (GcoapStreamTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_STREAM_TRANSPORT (self), FALSE);

  return self->kind->is_secure;
}

/**
 * gcoap_stream_transport_set_credentials:
 * @self: a stream transport that carries nothing yet
 * @credentials: of a client, what is used for which server; of a server, what it
 *   shows, and which clients it knows
 * @error: return location for an error
 *
 * Says what connections are secured with; of no effect for a scheme without
 * security.
 *
 * What changes in the store holds for connections that are made later.
 *
 * Errors: %GCOAP_ERROR_INVALID_ARGUMENT if it listens, and there is nothing to
 * serve with.
 *
 * Returns: %FALSE with @error set if the transport cannot be used
 *
 * Since: 0.1
 */
gboolean
gcoap_stream_transport_set_credentials (GcoapStreamTransport  *self,
                                        GcoapCredentialStore  *credentials,
                                        GError               **error)
{
  g_return_val_if_fail (GCOAP_IS_STREAM_TRANSPORT (self), FALSE);
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (credentials), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!self->kind->is_secure)
    return TRUE;
  gcoap_stream_security_clear (&self->security);
  self->security.store = g_object_ref (credentials);
  return self->socket.fd < 0 || gcoap_stream_security_prepare_server (&self->security, error);
}

/**
 * gcoap_stream_transport_set_allowed_origins:
 * @self: a stream transport
 * @origins: (nullable) (array zero-terminated=1): whose web pages may connect;
 *   %NULL for nobody's but our own
 * @error: return location for an error
 *
 * Says which web pages may connect over WebSockets; see
 * [property@Context:allowed-origins]. Of no effect for other schemes.
 *
 * Errors: %GCOAP_ERROR_INVALID_ARGUMENT for what is not an origin.
 *
 * Returns: %FALSE with @error set if nothing was changed
 *
 * Since: 0.1
 */
gboolean
gcoap_stream_transport_set_allowed_origins (GcoapStreamTransport  *self,
                                            const char *const     *origins,
                                            GError               **error)
{
  GcoapWebOrigins *checked = NULL;

  g_return_val_if_fail (GCOAP_IS_STREAM_TRANSPORT (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (origins != NULL && (checked = gcoap_web_origins_new (origins, error)) == NULL)
    return FALSE;
  g_clear_pointer (&self->origins, gcoap_web_origins_unref);
  self->origins = checked;
  return TRUE;
}

/**
 * gcoap_stream_transport_dup_uri:
 * @self: a stream transport
 *
 * Gives what the transport listens on, with the port it really has.
 *
 * Returns: (transfer full) (nullable): such as `coap+tcp://[::]:48213`; %NULL
 *   if it does not listen
 *
 * Since: 0.1
 */
char *
gcoap_stream_transport_dup_uri (GcoapStreamTransport *self)
{
  g_autofree char *hostinfo = NULL;

  g_return_val_if_fail (GCOAP_IS_STREAM_TRANSPORT (self), NULL);

  if (self->socket.fd < 0)
    return NULL;
  hostinfo = gcoap_udp_key_dup_hostinfo (&self->socket.bound,
                                         gcoap_uri_scheme_get_default_port (self->kind->scheme));
  return g_strconcat (self->kind->scheme, "://", hostinfo, NULL);
}

/**
 * gcoap_stream_transport_get_n_connections:
 * @self: a stream transport
 *
 * Counts the connections, of both directions, that are not closed yet.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
gcoap_stream_transport_get_n_connections (GcoapStreamTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_STREAM_TRANSPORT (self), 0);

  return g_hash_table_size (self->links);
}

/**
 * gcoap_stream_transport_ping_async:
 * @self: a stream transport
 * @address: the address of a connection
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the peer has answered
 * @user_data: passed to @callback
 *
 * Sends a Ping (RFC 8323 §5.4).
 *
 * Since: 0.1
 */
void
gcoap_stream_transport_ping_async (GcoapStreamTransport *self,
                                   GcoapEndpointAddress *address,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data)
{
  GcoapConnection *connection;
  GTask *task;

  g_return_if_fail (GCOAP_IS_STREAM_TRANSPORT (self));
  g_return_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, gcoap_stream_transport_ping_async);
  connection = find_connection (self, address);
  if (connection != NULL)
    {
      gcoap_connection_ping (connection, task);
      return;
    }
  g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The connection has ended.");
  g_object_unref (task);
}

/**
 * gcoap_stream_transport_ping_finish:
 * @self: a stream transport
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@StreamTransport.ping_async] began.
 *
 * Returns: the round-trip time in microseconds, or -1 with @error set
 *
 * Since: 0.1
 */
gint64
gcoap_stream_transport_ping_finish (GcoapStreamTransport *self,
                                    GAsyncResult         *result,
                                    GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
