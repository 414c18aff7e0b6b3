/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-socket-transport-private.h"

#include "base/gcoap-error.h"
#include "transport/gcoap-resolver-private.h"
#include "transport/gcoap-udp-listen-uri-private.h"
#include "wire/gcoap-uri.h"

/* Longer than an answer may take: EXCHANGE_LIFETIME (RFC 7252 §4.8.2) is 247 s. */
#define DEFAULT_IDLE_TIMEOUT (300 * 1000)
#define MAX_IDLE_TIMEOUT (24 * 60 * 60 * 1000)

/* A process may usually have 1024 files open. */
#define DEFAULT_MAX_SOCKETS 256
#define MAX_MAX_SOCKETS 65536

enum
{
  PROP_MAX_SOCKETS = 1,
  PROP_IDLE_TIMEOUT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* The contract */

static void
gcoap_socket_transport_set_manager (GcoapMessageInterface *interface,
                                    GcoapMessageManager   *manager)
{
  GcoapSocketTransport *self = GCOAP_SOCKET_TRANSPORT (interface);

  g_set_weak_pointer (&self->manager, manager);
  self->manager_iface = manager != NULL ? GCOAP_MESSAGE_MANAGER_GET_IFACE (manager) : NULL;
  if (manager != NULL)
    gcoap_socket_transport_io_start (self);
}

static const char *
gcoap_socket_transport_get_scheme (GcoapMessageInterface *interface G_GNUC_UNUSED)
{
  return "coap";
}

static gboolean
gcoap_socket_transport_recognizes (GcoapMessageInterface *interface,
                                   GcoapEndpointAddress  *address)
{
  return GCOAP_SOCKET_TRANSPORT (interface)->carries_paths ? GCOAP_IS_UNIX_ADDRESS (address)
                                                           : GCOAP_IS_UDP_ADDRESS (address);
}

static gboolean
gcoap_socket_transport_send (GcoapMessageInterface  *interface,
                             const GcoapPdu         *pdu,
                             GError                **error)
{
  GcoapSocketTransport *self = GCOAP_SOCKET_TRANSPORT (interface);

  if (self->closed)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                           "The socket transport has been shut down.");
      return FALSE;
    }
  if (!gcoap_socket_transport_recognizes (interface, pdu->address))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The address is not one of this transport.");
      return FALSE;
    }
  return gcoap_socket_transport_io_send (self, pdu, error);
}

static void
return_path (GTask      *task,
             const char *text)
{
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GcoapUri) uri = NULL;
  GcoapUnixAddress *address;
  GError *error = NULL;

  uri = gcoap_uri_parse (text, &error);
  if (uri != NULL && (!gcoap_uri_host_is_path (uri) || !g_str_equal (gcoap_uri_get_scheme (uri), "coap")))
    g_set_error (&error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                 "%s names no socket in the file system, as coap://%%2Frun%%2Fdevice.sock does.", text);
  if (error != NULL || (address = gcoap_unix_address_new (gcoap_uri_get_host (uri), &error)) == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_add (addresses, address);
  g_task_return_pointer (task, g_steal_pointer (&addresses), (GDestroyNotify) g_ptr_array_unref);
}

static void
looked_up_cb (GObject      *object G_GNUC_UNUSED,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  GcoapSocketTransport *self = g_task_get_source_object (task);
  GError *error = NULL;
  g_autoptr (GPtrArray) found = gcoap_resolver_lookup_finish (result, &error);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_object_unref);

  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    {
      g_autoptr (GcoapUdpAddress) address = gcoap_udp_address_new (found->pdata[i]);
      GcoapUdpPeer *peer = gcoap_udp_address_table_take (&self->peers, &address->key,
                                                         self->runtime->limits->max_peers);

      g_ptr_array_add (addresses, g_object_ref (peer->address));
    }
  g_task_return_pointer (task, g_steal_pointer (&addresses), (GDestroyNotify) g_ptr_array_unref);
}

/* The kinds of addresses there is a socket for. */
static GcoapResolverFamilies
find_families (GcoapSocketTransport *self)
{
  GcoapResolverFamilies families = GCOAP_RESOLVER_IPV4;
  g_autoptr (GSocket) probe = NULL;

  if (self->bound != NULL)
    {
      if (g_socket_get_family (self->bound->socket) == G_SOCKET_FAMILY_IPV4)
        return GCOAP_RESOLVER_IPV4;
      return GCOAP_RESOLVER_IPV6 | (g_socket_speaks_ipv4 (self->bound->socket) ? GCOAP_RESOLVER_IPV4 : 0);
    }
  probe = gcoap_socket_link_create (G_SOCKET_FAMILY_IPV6, NULL);
  return probe != NULL ? families | GCOAP_RESOLVER_IPV6 : families;
}

static void
gcoap_socket_transport_resolve_async (GcoapMessageInterface *interface,
                                      const char            *uri,
                                      GCancellable          *cancellable,
                                      GAsyncReadyCallback    callback,
                                      gpointer               user_data)
{
  GcoapSocketTransport *self = GCOAP_SOCKET_TRANSPORT (interface);
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_socket_transport_resolve_async);
  if (self->closed)
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                             "The socket transport has been shut down.");
  else if (self->carries_paths)
    return_path (task, uri);
  else
    gcoap_resolver_lookup_async (uri, "coap", find_families (self), cancellable, looked_up_cb,
                                 g_steal_pointer (&task));
}

static GPtrArray *
gcoap_socket_transport_resolve_finish (GcoapMessageInterface  *interface G_GNUC_UNUSED,
                                       GAsyncResult           *result,
                                       GError                **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
gcoap_socket_transport_shutdown_async (GcoapMessageInterface *interface,
                                       GCancellable          *cancellable,
                                       GAsyncReadyCallback    callback,
                                       gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_socket_transport_shutdown_async);
  gcoap_socket_transport_io_stop (GCOAP_SOCKET_TRANSPORT (interface));
  g_task_return_boolean (task, TRUE);
}

static gboolean
gcoap_socket_transport_shutdown_finish (GcoapMessageInterface  *interface G_GNUC_UNUSED,
                                        GAsyncResult           *result,
                                        GError                **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
message_interface_init (GcoapMessageInterfaceInterface *iface)
{
  iface->set_manager = gcoap_socket_transport_set_manager;
  iface->get_scheme = gcoap_socket_transport_get_scheme;
  iface->send = gcoap_socket_transport_send;
  iface->recognizes = gcoap_socket_transport_recognizes;
  iface->resolve_async = gcoap_socket_transport_resolve_async;
  iface->resolve_finish = gcoap_socket_transport_resolve_finish;
  iface->shutdown_async = gcoap_socket_transport_shutdown_async;
  iface->shutdown_finish = gcoap_socket_transport_shutdown_finish;
}

/**
 * GcoapSocketTransport:
 *
 * CoAP over plain datagram sockets (RFC 7252), for a message layer to drive.
 *
 * It uses nothing that only some systems have. A client has one connected socket
 * for each peer; a server has one socket that is bound to an address. This is the
 * transport of sockets in the file system, as in
 * `coap://%2Frun%2Fdevice.sock/temperature`, and it can stand in for
 * [class@UdpTransport], which does better:
 *
 * - That a peer cannot be reached is reported of the peer, not of a message, and
 *   only to a client.
 * - A server on all addresses does not know which one it was asked at, and answers
 *   from the one the system chooses.
 * - A server does not know the network interface a request came by, nor whether it
 *   was sent to a group; so it cannot join groups. Clients can ask groups.
 * - What the network does not take at once counts as lost.
 * - What comes after a socket was idle for long is lost: see
 *   [property@SocketTransport:idle-timeout].
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapSocketTransport, gcoap_socket_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_MESSAGE_INTERFACE, message_interface_init))

static void
gcoap_socket_transport_get_property (GObject    *object,
                                     guint       property_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  GcoapSocketTransport *self = GCOAP_SOCKET_TRANSPORT (object);

  switch (property_id)
    {
    case PROP_MAX_SOCKETS:
      g_value_set_uint (value, self->max_sockets);
      break;
    case PROP_IDLE_TIMEOUT:
      g_value_set_uint (value, self->idle_timeout);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
gcoap_socket_transport_set_property (GObject      *object,
                                     guint         property_id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  GcoapSocketTransport *self = GCOAP_SOCKET_TRANSPORT (object);

  switch (property_id)
    {
    case PROP_MAX_SOCKETS:
      gcoap_socket_transport_set_max_sockets (self, g_value_get_uint (value));
      break;
    case PROP_IDLE_TIMEOUT:
      gcoap_socket_transport_set_idle_timeout (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
gcoap_socket_transport_dispose (GObject *object)
{
  GcoapSocketTransport *self = GCOAP_SOCKET_TRANSPORT (object);

  gcoap_socket_transport_io_stop (self);
  G_OBJECT_CLASS (gcoap_socket_transport_parent_class)->dispose (object);
}

static void
gcoap_socket_transport_finalize (GObject *object)
{
  GcoapSocketTransport *self = GCOAP_SOCKET_TRANSPORT (object);

  g_clear_weak_pointer (&self->manager);
  gcoap_socket_links_clear (&self->links);
  g_clear_pointer (&self->bound, gcoap_socket_link_unref);
  gcoap_udp_address_table_clear (&self->peers);
  g_free (self->buffer);
  g_free (self->uri);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_socket_transport_parent_class)->finalize (object);
}

static void
gcoap_socket_transport_class_init (GcoapSocketTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = gcoap_socket_transport_get_property;
  object_class->set_property = gcoap_socket_transport_set_property;
  object_class->dispose = gcoap_socket_transport_dispose;
  object_class->finalize = gcoap_socket_transport_finalize;

  /**
   * GcoapSocketTransport:max-sockets: (getter get_max_sockets) (setter set_max_sockets)
   *
   * How many sockets a client has open at a time, one for each peer.
   *
   * The least recently used one is closed when another is needed; what that
   * peer still sends is lost.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_SOCKETS] = g_param_spec_uint ("max-sockets", NULL, NULL, 1, MAX_MAX_SOCKETS,
                                                    DEFAULT_MAX_SOCKETS, flags);

  /**
   * GcoapSocketTransport:idle-timeout: (getter get_idle_timeout) (setter set_idle_timeout)
   *
   * How long a client keeps a socket open that nothing comes or goes by, in
   * milliseconds; 0: for ever.
   *
   * By default longer than EXCHANGE_LIFETIME (RFC 7252 §4.8.2). A notification of a
   * resource that changes more rarely is lost, until the observation is renewed.
   *
   * Since: 0.1
   */
  properties[PROP_IDLE_TIMEOUT] = g_param_spec_uint ("idle-timeout", NULL, NULL, 0, MAX_IDLE_TIMEOUT,
                                                     DEFAULT_IDLE_TIMEOUT, flags);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_socket_transport_init (GcoapSocketTransport *self)
{
  /* Without a runtime nothing can be opened. */
  self->closed = TRUE;
  self->max_sockets = DEFAULT_MAX_SOCKETS;
  self->idle_timeout = DEFAULT_IDLE_TIMEOUT;
  gcoap_socket_transport_io_init (self);
}

/* Public */

static GcoapSocketTransport *
new_transport (GcoapRuntime *runtime,
               gboolean      carries_paths)
{
  GcoapSocketTransport *self = g_object_new (GCOAP_TYPE_SOCKET_TRANSPORT, NULL);

  self->runtime = g_object_ref (runtime);
  self->closed = FALSE;
  self->carries_paths = carries_paths;
  return self;
}

/**
 * gcoap_socket_transport_new_client:
 * @runtime: the runtime of the stack
 *
 * Makes a transport for requests over UDP; it opens a socket for each peer when
 * it is needed.
 *
 * Returns: (transfer full): a new transport
 *
 * Since: 0.1
 */
GcoapSocketTransport *
gcoap_socket_transport_new_client (GcoapRuntime *runtime)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return new_transport (runtime, FALSE);
}

/**
 * gcoap_socket_transport_new_path_client:
 * @runtime: the runtime of the stack
 *
 * Makes a transport for requests to sockets in the file system of this machine.
 *
 * Returns: (transfer full): a new transport
 *
 * Since: 0.1
 */
GcoapSocketTransport *
gcoap_socket_transport_new_path_client (GcoapRuntime *runtime)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return new_transport (runtime, TRUE);
}

/* Whether "coap://%2F..." is meant; what else is wrong is said by others. */
static GcoapUri *
read_path_uri (const char *text)
{
  GcoapUri *uri = gcoap_uri_parse (text, NULL);

  if (uri != NULL && !gcoap_uri_host_is_path (uri))
    g_clear_pointer (&uri, gcoap_uri_unref);
  return uri;
}

static GcoapSocketLink *
listen_at_path (GcoapUri  *uri,
                GError   **error)
{
  g_autoptr (GcoapUnixAddress) address = NULL;

  if (!g_str_equal (gcoap_uri_get_scheme (uri), "coap"))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                   "Cannot listen on %s with %s: sockets in the file system take coap alone.",
                   gcoap_uri_get_host (uri), gcoap_uri_get_scheme (uri));
      return NULL;
    }
  address = gcoap_unix_address_new (gcoap_uri_get_host (uri), error);
  return address != NULL ? gcoap_socket_link_listen_at_path (address, error) : NULL;
}

/**
 * gcoap_socket_transport_new_server:
 * @runtime: the runtime of the stack
 * @uri: what to listen on, such as `coap://192.0.2.1:61616`, `coap://[::]` for all
 *   addresses, or `coap://%2Frun%2Fdevice.sock` for a socket at a path; the host
 *   is an IP address or a path; port 0 asks for a free one
 * @error: return location for an error
 *
 * Opens a socket where others can reach it.
 *
 * At a path, a socket that nobody listens on any more is replaced. Who may use
 * it is up to the umask of the process, and to the folder. The transport
 * removes it in the end.
 *
 * Errors: %GCOAP_ERROR_INVALID_URI, %GCOAP_ERROR_UNSUPPORTED for a host name or
 * another scheme, %GCOAP_ERROR_ADDRESS_IN_USE, %GCOAP_ERROR_PERMISSION,
 * %GCOAP_ERROR_INVALID_ARGUMENT for an address this machine does not have, or a
 * path that is too long.
 *
 * Returns: (transfer full): a new transport, or %NULL and @error is set
 *
 * Since: 0.1
 */
GcoapSocketTransport *
gcoap_socket_transport_new_server (GcoapRuntime  *runtime,
                                   const char    *uri,
                                   GError       **error)
{
  g_autoptr (GcoapUri) path_uri = NULL;
  GcoapSocketTransport *self;
  GcoapSocketLink *link;
  GcoapUdpKey key;

  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);
  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  path_uri = read_path_uri (uri);
  if (path_uri != NULL)
    link = listen_at_path (path_uri, error);
  else if (!gcoap_udp_key_from_listen_uri (&key, uri, error))
    return NULL;
  else
    link = gcoap_socket_link_listen (&key, error);
  if (link == NULL)
    return NULL;
  self = new_transport (runtime, path_uri != NULL);
  self->bound = link;
  self->uri = gcoap_socket_link_dup_uri (link);
  link->owner = self;
  return self;
}

/**
 * gcoap_socket_transport_dup_uri:
 * @self: a socket transport
 *
 * Gives what a server listens on, with the port it really has.
 *
 * Returns: (transfer full) (nullable): such as `coap://[::]:48213`, or %NULL for a
 *   client
 *
 * Since: 0.1
 */
char *
gcoap_socket_transport_dup_uri (GcoapSocketTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_SOCKET_TRANSPORT (self), NULL);

  return g_strdup (self->uri);
}

/**
 * gcoap_socket_transport_get_max_sockets: (get-property max-sockets)
 * @self: a socket transport
 *
 * Tells how many sockets a client has open at a time.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
gcoap_socket_transport_get_max_sockets (GcoapSocketTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_SOCKET_TRANSPORT (self), 0);

  return self->max_sockets;
}

/**
 * gcoap_socket_transport_set_max_sockets: (set-property max-sockets)
 * @self: a socket transport
 * @sockets: 1 to 65536
 *
 * Sets how many sockets a client has open at a time.
 *
 * Since: 0.1
 */
void
gcoap_socket_transport_set_max_sockets (GcoapSocketTransport *self,
                                        guint                 sockets)
{
  g_return_if_fail (GCOAP_IS_SOCKET_TRANSPORT (self));
  g_return_if_fail (sockets >= 1 && sockets <= MAX_MAX_SOCKETS);

  if (self->max_sockets == sockets)
    return;
  self->max_sockets = sockets;
  gcoap_socket_transport_io_tidy (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_SOCKETS]);
}

/**
 * gcoap_socket_transport_get_idle_timeout: (get-property idle-timeout)
 * @self: a socket transport
 *
 * Tells how long a client keeps a socket open that is not used.
 *
 * Returns: milliseconds; 0: for ever
 *
 * Since: 0.1
 */
guint
gcoap_socket_transport_get_idle_timeout (GcoapSocketTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_SOCKET_TRANSPORT (self), 0);

  return self->idle_timeout;
}

/**
 * gcoap_socket_transport_set_idle_timeout: (set-property idle-timeout)
 * @self: a socket transport
 * @milliseconds: up to a day; 0: for ever
 *
 * Sets how long a client keeps a socket open that is not used.
 *
 * Since: 0.1
 */
void
gcoap_socket_transport_set_idle_timeout (GcoapSocketTransport *self,
                                         guint                 milliseconds)
{
  g_return_if_fail (GCOAP_IS_SOCKET_TRANSPORT (self));
  g_return_if_fail (milliseconds <= MAX_IDLE_TIMEOUT);

  if (self->idle_timeout == milliseconds)
    return;
  self->idle_timeout = milliseconds;
  gcoap_socket_transport_io_tidy (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IDLE_TIMEOUT]);
}
