/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-transport-private.h"

#include "base/gcoap-error.h"
#include "transport/gcoap-inherited-sockets-private.h"
#include "transport/gcoap-resolver-private.h"
#include "transport/gcoap-udp-listen-uri-private.h"

/* RFC 7252 §6.1 */
#define COAP_PORT 5683

/* RFC 7252 §4.6: what a message takes where nothing is known of the path. */
#define DEFAULT_ROOM 1152

/* The least that makes sense to tell: IPv4 carries 68 bytes everywhere. */
#define MIN_ROOM 40

enum
{
  PROP_BUSY_POLL = 1,
  PROP_MAX_WAITING,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* The contract */

static void
gcoap_udp_transport_set_manager (GcoapMessageInterface *interface,
                                 GcoapMessageManager   *manager)
{
  GcoapUdpTransport *self = GCOAP_UDP_TRANSPORT (interface);

  g_set_weak_pointer (&self->manager, manager);
  self->manager_iface = manager != NULL ? GCOAP_MESSAGE_MANAGER_GET_IFACE (manager) : NULL;
  if (manager != NULL)
    gcoap_udp_transport_io_start (self);
}

static const char *
gcoap_udp_transport_get_scheme (GcoapMessageInterface *interface G_GNUC_UNUSED)
{
  return "coap";
}

static gboolean
gcoap_udp_transport_send (GcoapMessageInterface  *interface,
                          const GcoapPdu         *pdu,
                          GError                **error)
{
  GcoapUdpTransport *self = (GcoapUdpTransport *) interface;

  if (self->closed)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                           "The UDP transport has been shut down.");
      return FALSE;
    }
  if (!GCOAP_IS_UDP_ADDRESS (pdu->address))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The address is not one of UDP.");
      return FALSE;
    }
  if (!gcoap_udp_socket_can_reach (&self->socket, &((GcoapUdpAddress *) pdu->address)->key))
    {
      g_autofree char *uri = gcoap_endpoint_address_dup_uri_base (pdu->address);

      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE,
                   "%s cannot be reached: the socket does not carry that kind of address.", uri);
      return FALSE;
    }
  return gcoap_udp_transport_io_send (self, pdu, error);
}

static gboolean
gcoap_udp_transport_recognizes (GcoapMessageInterface *interface G_GNUC_UNUSED,
                                GcoapEndpointAddress  *address)
{
  return GCOAP_IS_UDP_ADDRESS (address);
}

static void
looked_up_cb (GObject      *object G_GNUC_UNUSED,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GTask) task = data;
  GcoapUdpTransport *self = g_task_get_source_object (task);
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
      GcoapUdpAddress *address = gcoap_udp_address_new (found->pdata[i]);
      GcoapUdpPeer *peer = gcoap_udp_address_table_take (&self->peers, &address->key,
                                                         self->runtime->limits->max_peers);

      /* The one object of that peer, so that comparing is quick. */
      g_ptr_array_add (addresses, g_object_ref (peer->address));
      g_object_unref (address);
    }
  g_task_return_pointer (task, g_steal_pointer (&addresses), (GDestroyNotify) g_ptr_array_unref);
}

static void
gcoap_udp_transport_resolve_async (GcoapMessageInterface *interface,
                                   const char            *uri,
                                   GCancellable          *cancellable,
                                   GAsyncReadyCallback    callback,
                                   gpointer               user_data)
{
  GcoapUdpTransport *self = GCOAP_UDP_TRANSPORT (interface);
  GTask *task = g_task_new (interface, cancellable, callback, user_data);
  GcoapResolverFamilies families = 0;

  g_task_set_source_tag (task, gcoap_udp_transport_resolve_async);
  if (self->socket.family == AF_INET6)
    families |= GCOAP_RESOLVER_IPV6;
  if (self->socket.family == AF_INET || self->socket.is_dual)
    families |= GCOAP_RESOLVER_IPV4;
  gcoap_resolver_lookup_async (uri, "coap", families, cancellable, looked_up_cb, task);
}

static GPtrArray *
gcoap_udp_transport_resolve_finish (GcoapMessageInterface  *interface G_GNUC_UNUSED,
                                    GAsyncResult           *result,
                                    GError                **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gsize
gcoap_udp_transport_get_room (GcoapMessageInterface *interface,
                              GcoapEndpointAddress  *address)
{
  GcoapUdpTransport *self = GCOAP_UDP_TRANSPORT (interface);
  const GcoapUdpPeer *peer;
  gint64 now;
  gsize headers;

  if (!GCOAP_IS_UDP_ADDRESS (address))
    return DEFAULT_ROOM;
  peer = gcoap_udp_address_table_peek (&self->peers, &GCOAP_UDP_ADDRESS (address)->key);
  now = gcoap_clock_get_now (self->runtime->clock) / G_USEC_PER_SEC;
  if (peer == NULL || peer->mtu == 0 || peer->mtu_until <= now)
    return DEFAULT_ROOM;
  headers = IN6_IS_ADDR_V4MAPPED (&peer->address->key.address) ? 20 + 8 : 40 + 8;
  return CLAMP (peer->mtu, headers + MIN_ROOM, headers + DEFAULT_ROOM) - headers;
}

static void
gcoap_udp_transport_shutdown_async (GcoapMessageInterface *interface,
                                    GCancellable          *cancellable,
                                    GAsyncReadyCallback    callback,
                                    gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_udp_transport_shutdown_async);
  gcoap_udp_transport_io_stop (GCOAP_UDP_TRANSPORT (interface));
  g_task_return_boolean (task, TRUE);
}

static gboolean
gcoap_udp_transport_shutdown_finish (GcoapMessageInterface  *interface G_GNUC_UNUSED,
                                     GAsyncResult           *result,
                                     GError                **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
message_interface_init (GcoapMessageInterfaceInterface *iface)
{
  iface->set_manager = gcoap_udp_transport_set_manager;
  iface->get_scheme = gcoap_udp_transport_get_scheme;
  iface->send = gcoap_udp_transport_send;
  iface->recognizes = gcoap_udp_transport_recognizes;
  iface->resolve_async = gcoap_udp_transport_resolve_async;
  iface->resolve_finish = gcoap_udp_transport_resolve_finish;
  iface->get_room = gcoap_udp_transport_get_room;
  iface->shutdown_async = gcoap_udp_transport_shutdown_async;
  iface->shutdown_finish = gcoap_udp_transport_shutdown_finish;
}

/**
 * GcoapUdpTransport:
 *
 * CoAP over UDP (RFC 7252), for a message layer to drive.
 *
 * One socket serves both roles: what a server's socket sends a request from is
 * where others reach it, and a client can be asked as well. It carries IPv4 and
 * IPv6, or IPv4 alone on a machine without IPv6. An answer leaves from the
 * address the request was sent to. What the network reports as unreachable
 * is known at once.
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapUdpTransport, gcoap_udp_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_MESSAGE_INTERFACE, message_interface_init))

static void
gcoap_udp_transport_get_property (GObject    *object,
                                  guint       property_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
{
  GcoapUdpTransport *self = GCOAP_UDP_TRANSPORT (object);

  switch (property_id)
    {
    case PROP_BUSY_POLL:
      g_value_set_uint (value, self->busy_poll);
      break;
    case PROP_MAX_WAITING:
      g_value_set_uint (value, self->sender.max_waiting);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
gcoap_udp_transport_set_property (GObject      *object,
                                  guint         property_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  GcoapUdpTransport *self = GCOAP_UDP_TRANSPORT (object);

  switch (property_id)
    {
    case PROP_BUSY_POLL:
      gcoap_udp_transport_set_busy_poll (self, g_value_get_uint (value));
      break;
    case PROP_MAX_WAITING:
      gcoap_udp_transport_set_max_waiting (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
      break;
    }
}

static void
gcoap_udp_transport_dispose (GObject *object)
{
  gcoap_udp_transport_io_stop (GCOAP_UDP_TRANSPORT (object));
  G_OBJECT_CLASS (gcoap_udp_transport_parent_class)->dispose (object);
}

static void
gcoap_udp_transport_finalize (GObject *object)
{
  GcoapUdpTransport *self = GCOAP_UDP_TRANSPORT (object);

  g_clear_weak_pointer (&self->manager);
  gcoap_udp_receiver_clear (&self->receiver);
  gcoap_udp_locals_clear (&self->locals);
  gcoap_udp_address_table_clear (&self->peers);
  g_clear_pointer (&self->bound_local, gcoap_local_unref);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_udp_transport_parent_class)->finalize (object);
}

static void
gcoap_udp_transport_class_init (GcoapUdpTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = gcoap_udp_transport_get_property;
  object_class->set_property = gcoap_udp_transport_set_property;
  object_class->dispose = gcoap_udp_transport_dispose;
  object_class->finalize = gcoap_udp_transport_finalize;

  /**
   * GcoapUdpTransport:busy-poll: (getter get_busy_poll) (setter set_busy_poll)
   *
   * How long the socket is asked again after a datagram before the thread goes
   * to sleep, in microseconds; 0 switches it off.
   *
   * It is done only while it has lately paid: when a peer on the same machine
   * or a near one asks again at once. Then it doubles the rate at less work.
   *
   * Since: 0.1
   */
  properties[PROP_BUSY_POLL] = g_param_spec_uint ("busy-poll", NULL, NULL, 0, 1000, 20, flags);

  /**
   * GcoapUdpTransport:max-waiting: (getter get_max_waiting) (setter set_max_waiting)
   *
   * How many datagrams may wait while the network takes none.
   *
   * Further ones fail with %GCOAP_ERROR_LIMIT.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_WAITING] = g_param_spec_uint ("max-waiting", NULL, NULL, 1, 65536, 256, flags);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_udp_transport_init (GcoapUdpTransport *self)
{
  self->busy_poll = 20;
  /* Nothing is open yet. */
  self->closed = TRUE;
  self->socket.fd = -1;
  gcoap_udp_address_table_init (&self->peers);
  g_queue_init (&self->failures);
}

/* Public */

static GcoapUdpTransport *
new_for_socket (GcoapRuntime         *runtime,
                const GcoapUdpSocket *socket)
{
  GcoapUdpTransport *self = g_object_new (GCOAP_TYPE_UDP_TRANSPORT, NULL);

  self->runtime = g_object_ref (runtime);
  self->socket = *socket;
  self->closed = FALSE;
  self->locals.port = socket->bound.port;
  gcoap_udp_transport_io_init (self);
  if (!socket->is_wildcard)
    self->bound_local = gcoap_local_ref (gcoap_udp_locals_find (&self->locals, &socket->bound.address,
                                                                socket->bound.scope_id));
  return self;
}

/**
 * gcoap_udp_transport_new_client:
 * @runtime: the runtime of the stack
 * @error: return location for an error
 *
 * Opens a socket on all addresses of this machine, on a port that chance
 * chooses (RFC 7252 §11.4).
 *
 * Returns: (transfer full): a new transport, or %NULL if the system gives no
 *   socket
 *
 * Since: 0.1
 */
GcoapUdpTransport *
gcoap_udp_transport_new_client (GcoapRuntime  *runtime,
                                GError       **error)
{
  GcoapUdpSocket socket;

  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  if (!gcoap_udp_socket_open (&socket, NULL, FALSE, error))
    return NULL;
  return new_for_socket (runtime, &socket);
}

/**
 * gcoap_udp_transport_new_server:
 * @runtime: the runtime of the stack
 * @uri: what to listen on, such as `coap://[::]` for all addresses or
 *   `coap://192.0.2.1:61616`; the host is an IP address; port 0 asks for a free
 *   one
 * @error: return location for an error
 *
 * Opens a socket where others can reach it, or takes the one that a service
 * manager has opened there for this process (`LISTEN_FDS`).
 *
 * Errors: %GCOAP_ERROR_INVALID_URI, %GCOAP_ERROR_UNSUPPORTED for a host name or
 * another scheme, %GCOAP_ERROR_ADDRESS_IN_USE, %GCOAP_ERROR_PERMISSION,
 * %GCOAP_ERROR_INVALID_ARGUMENT for an address this machine does not have.
 *
 * Returns: (transfer full): a new transport, or %NULL and @error is set
 *
 * Since: 0.1
 */
GcoapUdpTransport *
gcoap_udp_transport_new_server (GcoapRuntime  *runtime,
                                const char    *uri,
                                GError       **error)
{
  GcoapUdpSocket socket;
  GcoapUdpKey key;
  int fd;

  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);
  g_return_val_if_fail (uri != NULL, NULL);

  if (!gcoap_udp_key_from_listen_uri (&key, uri, error))
    return NULL;
  fd = gcoap_inherited_sockets_take (SOCK_DGRAM, &key);
  if (fd >= 0 ? !gcoap_udp_socket_adopt (&socket, fd, error)
              : !gcoap_udp_socket_open (&socket, &key, runtime->reuse_port, error))
    return NULL;
  return new_for_socket (runtime, &socket);
}

/**
 * gcoap_udp_transport_new_from_fd:
 * @runtime: the runtime of the stack
 * @fd: a bound UDP socket
 * @error: return location for an error
 *
 * Takes over a socket that was opened elsewhere, such as by a service manager.
 *
 * The transport closes it in the end; on failure it stays with the caller.
 *
 * Returns: (transfer full): a new transport, or %NULL and @error is set
 *
 * Since: 0.1
 */
GcoapUdpTransport *
gcoap_udp_transport_new_from_fd (GcoapRuntime  *runtime,
                                 int            fd,
                                 GError       **error)
{
  GcoapUdpSocket socket;

  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);
  g_return_val_if_fail (fd >= 0, NULL);

  if (!gcoap_udp_socket_adopt (&socket, fd, error))
    return NULL;
  return new_for_socket (runtime, &socket);
}

/**
 * gcoap_udp_transport_dup_uri:
 * @self: a UDP transport
 *
 * Gives what the transport listens on, with the port it really has.
 *
 * Returns: (transfer full): such as `coap://[::]:48213`
 *
 * Since: 0.1
 */
char *
gcoap_udp_transport_dup_uri (GcoapUdpTransport *self)
{
  g_autofree char *hostinfo = NULL;

  g_return_val_if_fail (GCOAP_IS_UDP_TRANSPORT (self), NULL);

  hostinfo = gcoap_udp_key_dup_hostinfo (&self->socket.bound, COAP_PORT);
  return g_strconcat ("coap://", hostinfo, NULL);
}

/**
 * gcoap_udp_transport_is_wildcard:
 * @self: a UDP transport
 *
 * Tells whether the socket receives what is sent to any address of the machine.
 *
 * Only such a socket can join groups.
 *
 * Returns: %FALSE if it is bound to one address
 *
 * Since: 0.1
 */
gboolean
gcoap_udp_transport_is_wildcard (GcoapUdpTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_UDP_TRANSPORT (self), FALSE);

  return self->socket.is_wildcard;
}

/**
 * gcoap_udp_transport_join_groups:
 * @self: a UDP transport that listens on all addresses
 * @interfaces: (nullable) (array zero-terminated=1): names of network
 *   interfaces; %NULL for all that can do multicast
 * @error: return location for an error
 *
 * Joins the multicast groups of all CoAP nodes (RFC 7252 §12.8): ff02::fd,
 * ff05::fd and 224.0.1.187.
 *
 * An interface counts as joined if one of them could be.
 *
 * Returns: %TRUE, or %FALSE if a named interface is not there or cannot join,
 *   or no interface of the machine can
 *
 * Since: 0.1
 */
gboolean
gcoap_udp_transport_join_groups (GcoapUdpTransport  *self,
                                 const char *const  *interfaces,
                                 GError            **error)
{
  g_return_val_if_fail (GCOAP_IS_UDP_TRANSPORT (self), FALSE);

  if (self->closed)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                           "The UDP transport has been shut down.");
      return FALSE;
    }
  return gcoap_udp_socket_join_groups (&self->socket, interfaces, error);
}

/**
 * gcoap_udp_transport_get_busy_poll: (get-property busy-poll)
 * @self: a UDP transport
 *
 * Tells how long the socket is asked again before the thread sleeps.
 *
 * Returns: microseconds; 0 if not at all
 *
 * Since: 0.1
 */
guint
gcoap_udp_transport_get_busy_poll (GcoapUdpTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_UDP_TRANSPORT (self), 0);

  return self->busy_poll;
}

/**
 * gcoap_udp_transport_set_busy_poll: (set-property busy-poll)
 * @self: a UDP transport
 * @microseconds: 0 to 1000; 0 switches it off
 *
 * Sets how long the socket is asked again before the thread sleeps.
 *
 * Since: 0.1
 */
void
gcoap_udp_transport_set_busy_poll (GcoapUdpTransport *self,
                                   guint              microseconds)
{
  g_return_if_fail (GCOAP_IS_UDP_TRANSPORT (self));
  g_return_if_fail (microseconds <= 1000);

  if (self->busy_poll == microseconds)
    return;
  self->busy_poll = microseconds;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY_POLL]);
}

/**
 * gcoap_udp_transport_get_max_waiting: (get-property max-waiting)
 * @self: a UDP transport
 *
 * Tells how many datagrams may wait while the network takes none.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
gcoap_udp_transport_get_max_waiting (GcoapUdpTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_UDP_TRANSPORT (self), 0);

  return self->sender.max_waiting;
}

/**
 * gcoap_udp_transport_set_max_waiting: (set-property max-waiting)
 * @self: a UDP transport
 * @datagrams: 1 to 65536
 *
 * Sets how many datagrams may wait while the network takes none.
 *
 * Since: 0.1
 */
void
gcoap_udp_transport_set_max_waiting (GcoapUdpTransport *self,
                                     guint              datagrams)
{
  g_return_if_fail (GCOAP_IS_UDP_TRANSPORT (self));
  g_return_if_fail (datagrams >= 1 && datagrams <= 65536);

  if (self->sender.max_waiting == datagrams)
    return;
  self->sender.max_waiting = datagrams;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_WAITING]);
}
