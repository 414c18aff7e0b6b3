/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The DTLS transport as an object: a message interface over its sessions. */
#include "transport/gcoap-dtls-transport-private.h"

#include "base/gcoap-error.h"
#include "transport/gcoap-datagram-input-private.h"
#include "wire/gcoap-datagram-codec-private.h"

/* RFC 7252 §4.6: what a message takes where nothing is known of the path. */
#define DEFAULT_ROOM 1152

/* What fits into a datagram that passes everywhere: RFC 8200 §5 says 1280 bytes,
 * of which IPv6 and UDP take 48. */
#define DEFAULT_MTU 1232

/* A header and a block of 16 bytes fit, encrypted. */
#define MIN_MTU 128

/* RFC 5246 §6.2.1 */
#define MAX_RECORD 16384

enum
{
  PROP_CREDENTIALS = 1,
  PROP_MAX_HANDSHAKES,
  PROP_MAX_HANDSHAKES_PER_HOST,
  PROP_MAX_SESSIONS,
  PROP_HANDSHAKE_TIMEOUT,
  PROP_IDLE_TIMEOUT,
  PROP_MTU,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

/* What both halves do */

/* A file with the keys of all sessions opens them to whoever reads it: that is
 * for those who look for faults, and nobody else should have it unawares. */
static void
warn_of_logged_keys (GcoapDtlsTransport   *self,
                     GcoapDtlsAssociation *association)
{
  const char *text = "SSLKEYLOGFILE is set: the keys of all sessions are written to that file.";

  if (self->has_warned || g_getenv ("SSLKEYLOGFILE") == NULL)
    return;
  self->has_warned = TRUE;
  g_message ("%s", text);
  gcoap_runtime_trace_note (self->runtime, GCOAP_ENDPOINT_ADDRESS (association->address), text);
}

void
gcoap_dtls_transport_note_opened (GcoapDtlsTransport   *self,
                                  GcoapDtlsAssociation *association)
{
  warn_of_logged_keys (self, association);
}

void
gcoap_dtls_transport_take_record (GcoapDtlsTransport   *self,
                                  GcoapDtlsAssociation *association,
                                  const guint8         *bytes,
                                  gsize                 length)
{
  g_autoptr (GObject) kept = g_object_ref (G_OBJECT (self));
  g_autoptr (GcoapEndpointAddress) address = g_object_ref (GCOAP_ENDPOINT_ADDRESS (association->address));
  g_autoptr (GcoapLocal) local = association->local != NULL ? gcoap_local_ref (association->local) : NULL;

  if (self->manager != NULL && !self->closed)
    gcoap_datagram_input (self->runtime, &self->manager, self->manager_iface, bytes, length, length, address,
                          local);
}

void
gcoap_dtls_transport_note_ended (GcoapDtlsTransport   *self,
                                 GcoapDtlsAssociation *association,
                                 const GError         *error)
{
  g_autoptr (GcoapEndpointAddress) address = NULL;

  if (association->address == NULL)
    return;
  address = g_object_ref (GCOAP_ENDPOINT_ADDRESS (association->address));
  gcoap_runtime_trace_note (self->runtime, address, error->message);
  if (self->manager != NULL && !self->closed)
    gcoap_message_manager_dispatch_error (self->manager, address, -1, error);
}

/* The contract */

static void
gcoap_dtls_transport_set_manager (GcoapMessageInterface *interface,
                                  GcoapMessageManager   *manager)
{
  GcoapDtlsTransport *self = GCOAP_DTLS_TRANSPORT (interface);

  g_set_weak_pointer (&self->manager, manager);
  self->manager_iface = manager != NULL ? GCOAP_MESSAGE_MANAGER_GET_IFACE (manager) : NULL;
  if (manager != NULL && self->port != NULL)
    gcoap_dtls_port_start (self->port);
}

static const char *
gcoap_dtls_transport_get_scheme (GcoapMessageInterface *interface G_GNUC_UNUSED)
{
  return "coaps";
}

static gboolean
gcoap_dtls_transport_recognizes (GcoapMessageInterface *interface,
                                 GcoapEndpointAddress  *address)
{
  return GCOAP_IS_DTLS_ADDRESS (address) && GCOAP_DTLS_ADDRESS (address)->transport == interface;
}

static GcoapDtlsAssociation *
find_association (GcoapDtlsTransport    *self,
                  GcoapEndpointAddress  *address,
                  GError               **error)
{
  if (!gcoap_dtls_transport_recognizes (GCOAP_MESSAGE_INTERFACE (self), address))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The address is not one of this DTLS transport.");
      return NULL;
    }
  if (self->closed)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The DTLS transport has been shut down.");
  else if (GCOAP_DTLS_ADDRESS (address)->association == NULL)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The DTLS session has ended.");
  else
    return GCOAP_DTLS_ADDRESS (address)->association;
  return NULL;
}

static gboolean
gcoap_dtls_transport_send (GcoapMessageInterface  *interface,
                           const GcoapPdu         *pdu,
                           GError                **error)
{
  GcoapDtlsTransport *self = GCOAP_DTLS_TRANSPORT (interface);
  GcoapDtlsAssociation *association = find_association (self, pdu->address, error);
  g_autoptr (GcoapDtlsAssociation) kept = NULL;
  guint8 buffer[MAX_RECORD];
  g_autoptr (GError) local_error = NULL;
  gsize length;

  if (association == NULL)
    return FALSE;
  kept = gcoap_dtls_association_ref (association);
  length = gcoap_datagram_encode (pdu, buffer, sizeof buffer, &local_error);
  if (length == 0 || !gcoap_dtls_association_send (association, buffer, length, &local_error))
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_SEND_ERRORS);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  if (self->port == NULL)
    gcoap_dtls_client_note_sent (self, association);
  gcoap_runtime_trace_message (self->runtime, TRUE, pdu);
  return TRUE;
}

static void
gcoap_dtls_transport_resolve_async (GcoapMessageInterface *interface,
                                    const char            *uri,
                                    GCancellable          *cancellable,
                                    GAsyncReadyCallback    callback,
                                    gpointer               user_data)
{
  GcoapDtlsTransport *self = GCOAP_DTLS_TRANSPORT (interface);
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_dtls_transport_resolve_async);
  if (self->closed)
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The DTLS transport has been shut down.");
  else if (self->port != NULL)
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                             "%s cannot be reached by a socket that serves: it begins no DTLS session.", uri);
  else
    gcoap_dtls_client_connect (self, uri, task);
}

static GPtrArray *
gcoap_dtls_transport_resolve_finish (GcoapMessageInterface  *interface G_GNUC_UNUSED,
                                     GAsyncResult           *result,
                                     GError                **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gsize
gcoap_dtls_transport_get_room (GcoapMessageInterface *interface,
                               GcoapEndpointAddress  *address)
{
  GcoapDtlsAssociation *association = find_association (GCOAP_DTLS_TRANSPORT (interface), address, NULL);

  return association != NULL ? gcoap_tls_session_get_room (association->session) : DEFAULT_ROOM;
}

static void
stop (GcoapDtlsTransport *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  gcoap_dtls_server_close (self);
  gcoap_dtls_client_close (self);
}

static void
gcoap_dtls_transport_shutdown_async (GcoapMessageInterface *interface,
                                     GCancellable          *cancellable,
                                     GAsyncReadyCallback    callback,
                                     gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_dtls_transport_shutdown_async);
  stop (GCOAP_DTLS_TRANSPORT (interface));
  g_task_return_boolean (task, TRUE);
}

static gboolean
gcoap_dtls_transport_shutdown_finish (GcoapMessageInterface  *interface G_GNUC_UNUSED,
                                      GAsyncResult           *result,
                                      GError                **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
message_interface_init (GcoapMessageInterfaceInterface *iface)
{
  iface->set_manager = gcoap_dtls_transport_set_manager;
  iface->get_scheme = gcoap_dtls_transport_get_scheme;
  iface->send = gcoap_dtls_transport_send;
  iface->recognizes = gcoap_dtls_transport_recognizes;
  iface->resolve_async = gcoap_dtls_transport_resolve_async;
  iface->resolve_finish = gcoap_dtls_transport_resolve_finish;
  iface->get_room = gcoap_dtls_transport_get_room;
  iface->shutdown_async = gcoap_dtls_transport_shutdown_async;
  iface->shutdown_finish = gcoap_dtls_transport_shutdown_finish;
}

/**
 * GcoapDtlsTransport:
 *
 * CoAP over DTLS 1.2 (RFC 7252 §9.1), for a message layer to drive.
 *
 * A server has one socket for all peers. Who has not shown that it can be
 * reached at its address costs no memory, and who has a session keeps it
 * whatever others send in its name. A client has a socket and a session for each
 * server and credential; a session whose server does not answer any more is
 * replaced at the next request.
 *
 * Pre-shared keys, raw public keys and certificates come from a
 * [class@CredentialStore]. What a peer has proven is in the claims of its
 * [class@DtlsAddress].
 *
 * Since: 0.1
 */
G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapDtlsTransport, gcoap_dtls_transport, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_MESSAGE_INTERFACE, message_interface_init))

static guint *
find_number (GcoapDtlsTransport *self,
             guint               property)
{
  switch (property)
    {
    case PROP_MAX_HANDSHAKES:
      return &self->max_handshakes;
    case PROP_MAX_HANDSHAKES_PER_HOST:
      return &self->max_handshakes_per_host;
    case PROP_MAX_SESSIONS:
      return &self->max_sessions;
    case PROP_HANDSHAKE_TIMEOUT:
      return &self->times.handshake_timeout;
    case PROP_IDLE_TIMEOUT:
      return &self->times.idle_timeout;
    case PROP_MTU:
      return &self->times.mtu;
    default:
      return NULL;
    }
}

static void
set_number (GcoapDtlsTransport *self,
            guint               property,
            guint               value)
{
  guint *number = find_number (self, property);

  if (*number == value)
    return;
  *number = value;
  if (self->port != NULL && !self->closed)
    gcoap_dtls_server_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static void
gcoap_dtls_transport_get_property (GObject    *object,
                                   guint       property_id,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  GcoapDtlsTransport *self = GCOAP_DTLS_TRANSPORT (object);
  const guint *number = find_number (self, property_id);

  if (number != NULL)
    g_value_set_uint (value, *number);
  else if (property_id == PROP_CREDENTIALS)
    g_value_set_object (value, self->credentials);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
gcoap_dtls_transport_set_property (GObject      *object,
                                   guint         property_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  GcoapDtlsTransport *self = GCOAP_DTLS_TRANSPORT (object);

  if (find_number (self, property_id) != NULL)
    set_number (self, property_id, g_value_get_uint (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
}

static void
gcoap_dtls_transport_dispose (GObject *object)
{
  stop (GCOAP_DTLS_TRANSPORT (object));
  G_OBJECT_CLASS (gcoap_dtls_transport_parent_class)->dispose (object);
}

static void
gcoap_dtls_transport_finalize (GObject *object)
{
  GcoapDtlsTransport *self = GCOAP_DTLS_TRANSPORT (object);

  g_clear_weak_pointer (&self->manager);
  g_clear_pointer (&self->port, gcoap_dtls_port_unref);
  g_clear_pointer (&self->links, g_ptr_array_unref);
  g_clear_pointer (&self->resumptions, gcoap_tls_resumptions_unref);
  gcoap_udp_receiver_clear (&self->input.receiver);
  gcoap_udp_locals_clear (&self->locals);
  g_clear_pointer (&self->bound_local, gcoap_local_unref);
  g_clear_object (&self->credentials);
  g_clear_object (&self->runtime);
  g_free (self->uri);
  G_OBJECT_CLASS (gcoap_dtls_transport_parent_class)->finalize (object);
}

static void
make_limits (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * GcoapDtlsTransport:credentials: (getter get_credentials)
   *
   * What the sessions are made with.
   *
   * Since: 0.1
   */
  properties[PROP_CREDENTIALS] = g_param_spec_object ("credentials", NULL, NULL, GCOAP_TYPE_CREDENTIAL_STORE,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapDtlsTransport:max-handshakes: (getter get_max_handshakes) (setter set_max_handshakes)
   *
   * How many handshakes may be going on at a time.
   *
   * A server drops further hellos, so that clients try again; a request that
   * needs a further one fails with %GCOAP_ERROR_LIMIT.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_HANDSHAKES] = g_param_spec_uint ("max-handshakes", NULL, NULL, 1, 65536, 256, flags);

  /**
   * GcoapDtlsTransport:max-handshakes-per-host: (getter get_max_handshakes_per_host) (setter set_max_handshakes_per_host)
   *
   * How many of the handshakes that go on with a server may be those of one
   * IP address, so that no host can take all there are.
   *
   * Further hellos from there are dropped. Clients behind one router that
   * translates addresses are one host.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_HANDSHAKES_PER_HOST] =
    g_param_spec_uint ("max-handshakes-per-host", NULL, NULL, 1, 65536, 64, flags);

  /**
   * GcoapDtlsTransport:max-sessions: (getter get_max_sessions) (setter set_max_sessions)
   *
   * How many sessions are kept at a time.
   *
   * The one that was silent longest ends when there is another. Only a handshake
   * that was completed makes one; each takes about 10 kB.
   *
   * Since: 0.1
   */
  properties[PROP_MAX_SESSIONS] = g_param_spec_uint ("max-sessions", NULL, NULL, 1, 1000000, 4096, flags);
}

static void
make_times (void)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  /**
   * GcoapDtlsTransport:handshake-timeout: (getter get_handshake_timeout) (setter set_handshake_timeout)
   *
   * How long a handshake may take, in milliseconds.
   *
   * Since: 0.1
   */
  properties[PROP_HANDSHAKE_TIMEOUT] = g_param_spec_uint ("handshake-timeout", NULL, NULL, 100, 600000, 20000, flags);

  /**
   * GcoapDtlsTransport:idle-timeout: (getter get_idle_timeout) (setter set_idle_timeout)
   *
   * How long a session may stay when nothing comes from the peer, in
   * milliseconds; 0: for ever.
   *
   * By default 25 hours, for observers hear from a server at least once a day
   * (RFC 7641 §4.5).
   *
   * Since: 0.1
   */
  properties[PROP_IDLE_TIMEOUT] = g_param_spec_uint ("idle-timeout", NULL, NULL, 0, 2000000000, 90000000, flags);

  /**
   * GcoapDtlsTransport:mtu: (getter get_mtu) (setter set_mtu)
   *
   * How long a datagram may be, in bytes, without the headers of IP and UDP.
   *
   * Messages of a handshake that are longer are sent in fragments. What a CoAP
   * message may take in a record is the `room` of the exchange, at the default
   * 1195 or 1203 bytes, and block-wise transfer chooses its blocks by it.
   * The default passes everywhere in IPv6 (RFC 8200 §5). When a router says that
   * less fits, a session makes do with that, but with no less than 548 bytes in
   * IPv4 and 1232 in IPv6, for anybody on the way could say so.
   *
   * Since: 0.1
   */
  properties[PROP_MTU] = g_param_spec_uint ("mtu", NULL, NULL, MIN_MTU, MAX_RECORD, DEFAULT_MTU, flags);
}

static void
gcoap_dtls_transport_class_init (GcoapDtlsTransportClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_dtls_transport_get_property;
  object_class->set_property = gcoap_dtls_transport_set_property;
  object_class->dispose = gcoap_dtls_transport_dispose;
  object_class->finalize = gcoap_dtls_transport_finalize;

  make_limits ();
  make_times ();
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_dtls_transport_init (GcoapDtlsTransport *self)
{
  self->times = (GcoapDtlsTimes) { 20000, 90000000, DEFAULT_MTU };
  self->max_handshakes = 256;
  self->max_handshakes_per_host = 64;
  self->max_sessions = 4096;
}

/* Public */

static GcoapDtlsTransport *
new_transport (GcoapRuntime         *runtime,
               GcoapCredentialStore *credentials)
{
  GcoapDtlsTransport *self = g_object_new (GCOAP_TYPE_DTLS_TRANSPORT, NULL);

  self->runtime = g_object_ref (runtime);
  self->credentials = g_object_ref (credentials);
  gcoap_dtls_client_init (self);
  return self;
}

/**
 * gcoap_dtls_transport_new_client:
 * @runtime: the runtime of the stack
 * @credentials: what is used for which server
 *
 * Makes a transport for requests; it opens a socket for each session when it is
 * needed.
 *
 * Returns: (transfer full): a new transport
 *
 * Since: 0.1
 */
GcoapDtlsTransport *
gcoap_dtls_transport_new_client (GcoapRuntime         *runtime,
                                 GcoapCredentialStore *credentials)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (credentials), NULL);

  return new_transport (runtime, credentials);
}

/**
 * gcoap_dtls_transport_new_server:
 * @runtime: the runtime of the stack
 * @uri: what to listen on, such as `coaps://[::]` for all addresses; the host is
 *   an IP address; port 0 asks for a free one
 * @credentials: what the server shows, and which clients it knows
 * @error: return location for an error
 *
 * Opens a socket where others can reach it, or takes the one that a service
 * manager has opened there for this process (`LISTEN_FDS`).
 *
 * A client that is taken out of the store loses its session.
 *
 * Errors: %GCOAP_ERROR_INVALID_URI, %GCOAP_ERROR_UNSUPPORTED for a host name or
 * another scheme, %GCOAP_ERROR_ADDRESS_IN_USE, %GCOAP_ERROR_PERMISSION,
 * %GCOAP_ERROR_INVALID_ARGUMENT for an address this machine does not have, and
 * if there are no credentials to serve with.
 *
 * Returns: (transfer full): a new transport, or %NULL and @error is set
 *
 * Since: 0.1
 */
GcoapDtlsTransport *
gcoap_dtls_transport_new_server (GcoapRuntime          *runtime,
                                 const char            *uri,
                                 GcoapCredentialStore  *credentials,
                                 GError               **error)
{
  g_autoptr (GcoapDtlsTransport) self = NULL;

  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);
  g_return_val_if_fail (uri != NULL, NULL);
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (credentials), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  self = new_transport (runtime, credentials);
  return gcoap_dtls_server_open (self, uri, error) ? g_steal_pointer (&self) : NULL;
}

/**
 * gcoap_dtls_transport_dup_uri:
 * @self: a DTLS transport
 *
 * Tells where it listens.
 *
 * Returns: (transfer full) (nullable): the URI with the real port, or %NULL for
 *   a client, and after a shutdown
 *
 * Since: 0.1
 */
char *
gcoap_dtls_transport_dup_uri (GcoapDtlsTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_TRANSPORT (self), NULL);

  return self->closed ? NULL : g_strdup (self->uri);
}

/**
 * gcoap_dtls_transport_get_credentials: (get-property credentials)
 * @self: a DTLS transport
 *
 * Gets what the sessions are made with.
 *
 * Returns: (transfer none): the store
 *
 * Since: 0.1
 */
GcoapCredentialStore *
gcoap_dtls_transport_get_credentials (GcoapDtlsTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_TRANSPORT (self), NULL);

  return self->credentials;
}

/**
 * gcoap_dtls_transport_get_max_handshakes: (get-property max-handshakes)
 * @self: a DTLS transport
 *
 * Tells how many handshakes may be going on at a time.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
gcoap_dtls_transport_get_max_handshakes (GcoapDtlsTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_TRANSPORT (self), 0);

  return self->max_handshakes;
}

/**
 * gcoap_dtls_transport_set_max_handshakes: (set-property max-handshakes)
 * @self: a DTLS transport
 * @handshakes: 1 to 65536
 *
 * Sets how many handshakes may be going on at a time.
 *
 * It holds for sessions that begin after that.
 *
 * Since: 0.1
 */
void
gcoap_dtls_transport_set_max_handshakes (GcoapDtlsTransport *self,
                                         guint               handshakes)
{
  g_return_if_fail (GCOAP_IS_DTLS_TRANSPORT (self));
  g_return_if_fail (handshakes >= 1 && handshakes <= 65536);

  set_number (self, PROP_MAX_HANDSHAKES, handshakes);
}

/**
 * gcoap_dtls_transport_get_max_sessions: (get-property max-sessions)
 * @self: a DTLS transport
 *
 * Tells how many sessions are kept at a time.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
gcoap_dtls_transport_get_max_sessions (GcoapDtlsTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_TRANSPORT (self), 0);

  return self->max_sessions;
}

/**
 * gcoap_dtls_transport_set_max_sessions: (set-property max-sessions)
 * @self: a DTLS transport
 * @sessions: 1 to 1000000
 *
 * Sets how many sessions are kept at a time.
 *
 * It holds for sessions that begin after that.
 *
 * Since: 0.1
 */
void
gcoap_dtls_transport_set_max_sessions (GcoapDtlsTransport *self,
                                       guint               sessions)
{
  g_return_if_fail (GCOAP_IS_DTLS_TRANSPORT (self));
  g_return_if_fail (sessions >= 1 && sessions <= 1000000);

  set_number (self, PROP_MAX_SESSIONS, sessions);
}

/**
 * gcoap_dtls_transport_get_handshake_timeout: (get-property handshake-timeout)
 * @self: a DTLS transport
 *
 * Tells how long a handshake may take.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
gcoap_dtls_transport_get_handshake_timeout (GcoapDtlsTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_TRANSPORT (self), 0);

  return self->times.handshake_timeout;
}

/**
 * gcoap_dtls_transport_set_handshake_timeout: (set-property handshake-timeout)
 * @self: a DTLS transport
 * @milliseconds: 100 to 600000
 *
 * Sets how long a handshake may take.
 *
 * It holds for sessions that begin after that.
 *
 * Since: 0.1
 */
void
gcoap_dtls_transport_set_handshake_timeout (GcoapDtlsTransport *self,
                                            guint               milliseconds)
{
  g_return_if_fail (GCOAP_IS_DTLS_TRANSPORT (self));
  g_return_if_fail (milliseconds >= 100 && milliseconds <= 600000);

  set_number (self, PROP_HANDSHAKE_TIMEOUT, milliseconds);
}

/**
 * gcoap_dtls_transport_get_idle_timeout: (get-property idle-timeout)
 * @self: a DTLS transport
 *
 * Tells how long a session may stay when nothing comes.
 *
 * Returns: milliseconds
 *
 * Since: 0.1
 */
guint
gcoap_dtls_transport_get_idle_timeout (GcoapDtlsTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_TRANSPORT (self), 0);

  return self->times.idle_timeout;
}

/**
 * gcoap_dtls_transport_set_idle_timeout: (set-property idle-timeout)
 * @self: a DTLS transport
 * @milliseconds: 0 to 2000000000
 *
 * Sets how long a session may stay when nothing comes.
 *
 * It holds for sessions that begin after that.
 *
 * Since: 0.1
 */
void
gcoap_dtls_transport_set_idle_timeout (GcoapDtlsTransport *self,
                                       guint               milliseconds)
{
  g_return_if_fail (GCOAP_IS_DTLS_TRANSPORT (self));
  g_return_if_fail (milliseconds <= 2000000000);

  set_number (self, PROP_IDLE_TIMEOUT, milliseconds);
}

/**
 * gcoap_dtls_transport_get_max_handshakes_per_host: (get-property max-handshakes-per-host)
 * @self: a DTLS transport
 *
 * Tells how many handshakes one IP address may have going on with a server.
 *
 * Returns: how many
 *
 * Since: 0.1
 */
guint
gcoap_dtls_transport_get_max_handshakes_per_host (GcoapDtlsTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_TRANSPORT (self), 0);

  return self->max_handshakes_per_host;
}

/**
 * gcoap_dtls_transport_set_max_handshakes_per_host: (set-property max-handshakes-per-host)
 * @self: a DTLS transport
 * @handshakes: 1 to 65536
 *
 * Sets how many handshakes one IP address may have going on with a server.
 *
 * It holds for sessions that begin after that.
 *
 * Since: 0.1
 */
void
gcoap_dtls_transport_set_max_handshakes_per_host (GcoapDtlsTransport *self,
                                                  guint               handshakes)
{
  g_return_if_fail (GCOAP_IS_DTLS_TRANSPORT (self));
  g_return_if_fail (handshakes >= 1 && handshakes <= 65536);

  set_number (self, PROP_MAX_HANDSHAKES_PER_HOST, handshakes);
}

/**
 * gcoap_dtls_transport_get_mtu: (get-property mtu)
 * @self: a DTLS transport
 *
 * Tells how long a datagram may be.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint
gcoap_dtls_transport_get_mtu (GcoapDtlsTransport *self)
{
  g_return_val_if_fail (GCOAP_IS_DTLS_TRANSPORT (self), 0);

  return self->times.mtu;
}

/**
 * gcoap_dtls_transport_set_mtu: (set-property mtu)
 * @self: a DTLS transport
 * @bytes: 128 to 16384
 *
 * Sets how long a datagram may be.
 *
 * It holds for sessions that begin after that.
 *
 * Since: 0.1
 */
void
gcoap_dtls_transport_set_mtu (GcoapDtlsTransport *self,
                              guint               bytes)
{
  g_return_if_fail (GCOAP_IS_DTLS_TRANSPORT (self));
  g_return_if_fail (bytes >= MIN_MTU && bytes <= MAX_RECORD);

  set_number (self, PROP_MTU, bytes);
}
