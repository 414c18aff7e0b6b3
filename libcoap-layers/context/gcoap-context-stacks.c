/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The transports of a context, and the layers that are put over each. */
#include "context/gcoap-context-private.h"

#include "base/gcoap-error.h"
#include "transport/gcoap-dtls-transport.h"
#include "transport/gcoap-socket-transport.h"
#include "transport/gcoap-stream-transport.h"
#include "transport/gcoap-udp-transport.h"
#include "wire/gcoap-uri.h"

/* How the transport of a scheme is made. */
typedef struct
{
  const char *scheme;

  gpointer (*make_client) (GcoapContext  *context,
                           const char    *scheme,
                           GError       **error);

  gpointer (*make_server) (GcoapContext  *context,
                           const char    *uri,
                           GError       **error);

  char    *(*dup_uri)     (gpointer       transport);
} Transport;

/* Which transport carries coap: what was set, else what the environment says. */
static gboolean
wants_sockets (const char  *set,
               const char  *variable,
               const char  *property,
               gboolean    *sockets,
               GError     **error)
{
  const char *value = set != NULL ? set : g_getenv (variable);

  *sockets = g_strcmp0 (value, "socket") == 0;
  if (*sockets || value == NULL || *value == '\0' || g_str_equal (value, "udp"))
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
               "There is no transport “%s”, which %s asks for: it may be udp or socket.",
               value, set != NULL ? property : variable);
  return FALSE;
}

static gboolean
names_path (const char *uri)
{
  g_autoptr (GcoapUri) parsed = gcoap_uri_parse (uri, NULL);

  return parsed != NULL && gcoap_uri_host_is_path (parsed);
}

static gpointer
make_coap_client (GcoapContext  *context,
                  const char    *scheme G_GNUC_UNUSED,
                  GError       **error)
{
  gboolean sockets;

  if (!wants_sockets (context->client_transport, "GCOAP_CLIENT_TRANSPORT", "client-transport", &sockets,
                      error))
    return NULL;
  if (sockets)
    return gcoap_socket_transport_new_client (context->runtime);
  return gcoap_udp_transport_new_client (context->runtime, error);
}

static gpointer
make_coap_server (GcoapContext  *context,
                  const char    *uri,
                  GError       **error)
{
  gboolean sockets = names_path (uri);

  if (!sockets
      && !wants_sockets (context->server_transport, "GCOAP_SERVER_TRANSPORT", "server-transport", &sockets,
                         error))
    return NULL;
  if (sockets)
    return gcoap_socket_transport_new_server (context->runtime, uri, error);
  return gcoap_udp_transport_new_server (context->runtime, uri, error);
}

static char *
dup_coap_uri (gpointer transport)
{
  if (GCOAP_IS_SOCKET_TRANSPORT (transport))
    return gcoap_socket_transport_dup_uri (transport);
  return gcoap_udp_transport_dup_uri (transport);
}

static gboolean
has_credentials (GcoapCredentialStore *credentials,
                 const char           *property,
                 GError              **error)
{
  if (credentials == NULL)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                 "A secure transport needs credentials, and %s of the CoAP context is not set.", property);
  return credentials != NULL;
}

/* TLS needs them, TCP not. */
static gboolean
secure (GcoapStreamTransport  *transport,
        GcoapCredentialStore  *credentials,
        const char            *property,
        GError               **error)
{
  if (!gcoap_stream_transport_is_secure (transport))
    return TRUE;
  return has_credentials (credentials, property, error)
         && gcoap_stream_transport_set_credentials (transport, credentials, error);
}

static gpointer
make_stream_client (GcoapContext  *context,
                    const char    *scheme,
                    GError       **error)
{
  g_autoptr (GcoapStreamTransport) transport = gcoap_stream_transport_new_client (context->runtime, scheme, error);

  if (transport == NULL
      || !secure (transport, context->credentials, "credentials", error))
    return NULL;
  return g_steal_pointer (&transport);
}

static gpointer
make_stream_server (GcoapContext  *context,
                    const char    *uri,
                    GError       **error)
{
  g_autoptr (GcoapStreamTransport) transport = gcoap_stream_transport_new_server (context->runtime, uri, error);

  if (transport == NULL
      || !secure (transport, context->server_credentials, "server-credentials", error)
      || !gcoap_stream_transport_set_allowed_origins (transport, (const char *const *) context->allowed_origins,
                                                      error))
    return NULL;
  return g_steal_pointer (&transport);
}

static char *
dup_stream_uri (gpointer transport)
{
  return gcoap_stream_transport_dup_uri (transport);
}

static gpointer
make_dtls_client (GcoapContext  *context,
                  const char    *scheme G_GNUC_UNUSED,
                  GError       **error)
{
  if (!has_credentials (context->credentials, "credentials", error))
    return NULL;
  return gcoap_dtls_transport_new_client (context->runtime, context->credentials);
}

static gpointer
make_dtls_server (GcoapContext  *context,
                  const char    *uri,
                  GError       **error)
{
  if (!has_credentials (context->server_credentials, "server-credentials", error))
    return NULL;
  return gcoap_dtls_transport_new_server (context->runtime, uri, context->server_credentials, error);
}

static char *
dup_dtls_uri (gpointer transport)
{
  return gcoap_dtls_transport_dup_uri (transport);
}

/* A line per scheme. */
static const Transport transports[] = {
  { "coap", make_coap_client, make_coap_server, dup_coap_uri },
  { "coaps", make_dtls_client, make_dtls_server, dup_dtls_uri },
  { "coap+tcp", make_stream_client, make_stream_server, dup_stream_uri },
  { "coaps+tcp", make_stream_client, make_stream_server, dup_stream_uri },
  { "coap+ws", make_stream_client, make_stream_server, dup_stream_uri },
  { "coaps+ws", make_stream_client, make_stream_server, dup_stream_uri },
};

/* NULL: there is none for that scheme, which may be NULL. */
static const Transport *
find_transport (const char *scheme)
{
  for (gsize i = 0; scheme != NULL && i < G_N_ELEMENTS (transports); i++)
    if (g_ascii_strcasecmp (transports[i].scheme, scheme) == 0)
      return &transports[i];
  return NULL;
}

void
gcoap_context_stack_free (GcoapContextStack *stack)
{
  g_clear_object (&stack->token_layer);
  g_clear_object (&stack->message_layer);
  g_clear_object (&stack->transport);
  g_free (stack->scheme);
  g_free (stack);
}

GcoapContextStack *
gcoap_context_add_stack (GcoapContext *self,
                         gpointer      transport,
                         gboolean      for_requests,
                         gboolean      listens)
{
  GcoapContextStack *stack = g_new0 (GcoapContextStack, 1);
  GcoapTokenInterface *carrier;

  stack->transport = g_object_ref (transport);
  if (GCOAP_IS_TOKEN_INTERFACE (transport))
    {
      carrier = GCOAP_TOKEN_INTERFACE (transport);
    }
  else
    {
      stack->message_layer = gcoap_message_layer_new (GCOAP_MESSAGE_INTERFACE (transport),
                                                      self->runtime, self->tuning);
      carrier = GCOAP_TOKEN_INTERFACE (stack->message_layer);
    }
  stack->token_layer = gcoap_token_layer_new (carrier, self->runtime);
  stack->scheme = g_strdup (gcoap_token_interface_get_scheme (carrier));
  stack->listens = listens;
  gcoap_token_layer_set_inbound (stack->token_layer, self->inbound);
  if (for_requests)
    gcoap_router_add (self->router, stack->scheme, GCOAP_REQUEST_INTERFACE (stack->token_layer));
  g_ptr_array_add (self->stacks, stack);
  return stack;
}

GcoapContextStack *
gcoap_context_find_client (GcoapContext *self,
                           const char   *scheme)
{
  GcoapRequestInterface *token_layer = gcoap_router_lookup (self->router, scheme);

  for (guint i = 0; token_layer != NULL && i < self->stacks->len; i++)
    {
      GcoapContextStack *stack = g_ptr_array_index (self->stacks, i);

      if (GCOAP_REQUEST_INTERFACE (stack->token_layer) == token_layer)
        return stack;
    }
  return NULL;
}

static gboolean
fail_if_closed (GcoapContext *self,
                GError      **error)
{
  if (self->closed)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                         "The CoAP context has been shut down.");
  return self->closed;
}

gboolean
gcoap_context_ensure_client (GcoapContext *self,
                             const char   *scheme,
                             GError      **error)
{
  const Transport *line = find_transport (scheme);
  g_autoptr (GObject) transport = NULL;
  GcoapContextStack *stack;
  gboolean is_path;

  if (fail_if_closed (self, error))
    return FALSE;
  is_path = scheme != NULL && g_ascii_strcasecmp (scheme, "coap" GCOAP_ROUTER_PATH) == 0;
  if ((line == NULL && !is_path) || gcoap_router_lookup (self->router, scheme) != NULL)
    return TRUE;
  transport = is_path ? G_OBJECT (gcoap_socket_transport_new_path_client (self->runtime))
                      : line->make_client (self, line->scheme, error);
  if (transport == NULL)
    return FALSE;
  stack = gcoap_context_add_stack (self, transport, FALSE, FALSE);
  gcoap_router_add (self->router, scheme, GCOAP_REQUEST_INTERFACE (stack->token_layer));
  return TRUE;
}

/**
 * gcoap_context_listen:
 * @self: a context
 * @uri: scheme, address and port to serve at, such as "coap://[::]:5683"; the
 *   port 0 lets the system choose one; or the path of a socket, such as
 *   "coap://%2Frun%2Fdevice.sock"
 * @error: return location for an error
 *
 * Accepts requests at an address.
 *
 * The scheme chooses the transport: `coap` is UDP, `coaps` DTLS (RFC 7252 §9.1),
 * `coap+tcp` TCP, `coaps+tcp` TLS, `coap+ws` WebSockets at `/.well-known/coap`,
 * and `coaps+ws` those over TLS (RFC 8323).
 * `coap://[::]` is every address of the machine, of both IP versions. If a
 * service manager has opened a socket for this process that is bound to just
 * this address and port (`LISTEN_FDS`, see sd_listen_fds(3)), that is taken.
 * [method@Context.dup_listen_uris] tells the ports that were chosen.
 *
 * Errors: %GCOAP_ERROR_INVALID_URI, also for a path behind the address,
 * %GCOAP_ERROR_UNSUPPORTED for a host name, and
 * for WebSockets where the library was built without them, %GCOAP_ERROR_ADDRESS_IN_USE, %GCOAP_ERROR_PERMISSION,
 * %GCOAP_ERROR_INVALID_ARGUMENT for an address this machine does not have, a path
 * that is too long, or an unknown [property@Context:server-transport],
 * %GCOAP_ERROR_CLOSED.
 *
 * Returns: %TRUE if requests are accepted from now on
 *
 * Since: 0.1
 */
gboolean
gcoap_context_listen (GcoapContext *self,
                      const char   *uri,
                      GError      **error)
{
  g_autoptr (GObject) transport = NULL;
  g_autofree char *scheme = NULL;
  const Transport *line;

  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), FALSE);
  g_return_val_if_fail (uri != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (fail_if_closed (self, error))
    return FALSE;
  scheme = g_uri_parse_scheme (uri);
  line = find_transport (scheme);
  /* What is no CoAP URI at all, the first of them says best. */
  if (line == NULL)
    line = &transports[0];
  transport = line->make_server (self, uri, error);
  if (transport == NULL)
    return FALSE;
  gcoap_context_add_stack (self, transport, FALSE, TRUE);
  return TRUE;
}

/**
 * gcoap_context_dup_listen_uris:
 * @self: a context
 *
 * Tells where requests are accepted.
 *
 * Returns: (transfer full) (array zero-terminated=1): a URI for each successful
 *   [method@Context.listen], with the real port
 *
 * Since: 0.1
 */
char **
gcoap_context_dup_listen_uris (GcoapContext *self)
{
  GPtrArray *uris;

  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  uris = g_ptr_array_new ();
  for (guint i = 0; i < self->stacks->len; i++)
    {
      GcoapContextStack *stack = g_ptr_array_index (self->stacks, i);
      char *uri = stack->listens ? find_transport (stack->scheme)->dup_uri (stack->transport) : NULL;

      /* One that was shut down listens no more. */
      if (uri != NULL)
        g_ptr_array_add (uris, uri);
    }
  g_ptr_array_add (uris, NULL);
  return (char **) g_ptr_array_free (uris, FALSE);
}

/**
 * gcoap_context_join_groups:
 * @self: a context that listens
 * @interfaces: (nullable) (array zero-terminated=1): names of network
 *   interfaces, or %NULL for all that can do multicast
 * @error: return location for an error
 *
 * Joins the groups of all CoAP nodes (RFC 7252 §12.8) on every socket that
 * listens at all addresses.
 *
 * The transport “socket” cannot, for it does not know what came to a group.
 *
 * Errors: those of joining; %GCOAP_ERROR_INVALID_ARGUMENT if no such socket
 * listens.
 *
 * Returns: %TRUE if at least one group was joined on each such socket
 *
 * Since: 0.1
 */
gboolean
gcoap_context_join_groups (GcoapContext      *self,
                           const char *const *interfaces,
                           GError           **error)
{
  gboolean any = FALSE;

  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  for (guint i = 0; i < self->stacks->len; i++)
    {
      GcoapContextStack *stack = g_ptr_array_index (self->stacks, i);

      if (!stack->listens || !GCOAP_IS_UDP_TRANSPORT (stack->transport)
          || !gcoap_udp_transport_is_wildcard (GCOAP_UDP_TRANSPORT (stack->transport)))
        continue;
      if (!gcoap_udp_transport_join_groups (GCOAP_UDP_TRANSPORT (stack->transport), interfaces,
                                            error))
        return FALSE;
      any = TRUE;
    }
  if (!any)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                         "Only what listens at all addresses can join a group.");
  return any;
}

/**
 * gcoap_context_add_message_interface:
 * @self: a context
 * @transport: a transport of the same runtime
 * @error: return location for an error
 *
 * Puts the layers over a transport of one's own, for requests both ways.
 *
 * With a simulated link a whole application is tested without a network.
 *
 * Errors: %GCOAP_ERROR_CLOSED.
 *
 * Returns: %FALSE with @error set if the context has been shut down
 *
 * Since: 0.1
 */
gboolean
gcoap_context_add_message_interface (GcoapContext          *self,
                                     GcoapMessageInterface *transport,
                                     GError               **error)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), FALSE);
  g_return_val_if_fail (GCOAP_IS_MESSAGE_INTERFACE (transport), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (fail_if_closed (self, error))
    return FALSE;
  gcoap_context_add_stack (self, transport, TRUE, FALSE);
  return TRUE;
}

/**
 * gcoap_context_get_reuse_port: (get-property reuse-port)
 * @self: a context
 *
 * Tells whether what listens shares its ports.
 *
 * Returns: %TRUE if others of the same user may listen there as well
 *
 * Since: 0.1
 */
gboolean
gcoap_context_get_reuse_port (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), FALSE);

  return self->runtime->reuse_port;
}

/**
 * gcoap_context_set_reuse_port: (set-property reuse-port)
 * @self: a context
 * @reuse_port: whether others of the same user may listen there as well
 *
 * Sets whether what listens from now on shares its ports.
 *
 * Since: 0.1
 */
void
gcoap_context_set_reuse_port (GcoapContext *self,
                              gboolean      reuse_port)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));

  if (self->runtime->reuse_port == !!reuse_port)
    return;
  self->runtime->reuse_port = !!reuse_port;
  g_object_notify (G_OBJECT (self), "reuse-port");
}

/**
 * gcoap_context_get_client_transport:
 * @self: a context
 *
 * Gets the name of the transport that requests leave by.
 *
 * Returns: (transfer none) (nullable): “udp” or “socket”, or %NULL if the
 *   environment variable `GCOAP_CLIENT_TRANSPORT` decides
 *
 * Since: 0.1
 */
const char *
gcoap_context_get_client_transport (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->client_transport;
}

/**
 * gcoap_context_set_client_transport:
 * @self: a context
 * @name: (nullable): “udp” or “socket”, or %NULL
 *
 * Sets which transport is made for requests to coap URIs; see
 * [property@Context:client-transport].
 *
 * Since: 0.1
 */
void
gcoap_context_set_client_transport (GcoapContext *self,
                                    const char   *name)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));

  if (g_strcmp0 (self->client_transport, name) == 0)
    return;
  g_free (self->client_transport);
  self->client_transport = g_strdup (name);
  g_object_notify (G_OBJECT (self), "client-transport");
}

/**
 * gcoap_context_get_server_transport:
 * @self: a context
 *
 * Gets the name of the transport that [method@Context.listen] opens.
 *
 * Returns: (transfer none) (nullable): “udp” or “socket”, or %NULL if the
 *   environment variable `GCOAP_SERVER_TRANSPORT` decides
 *
 * Since: 0.1
 */
const char *
gcoap_context_get_server_transport (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->server_transport;
}

/**
 * gcoap_context_set_server_transport:
 * @self: a context
 * @name: (nullable): “udp” or “socket”, or %NULL
 *
 * Sets which transport is made to listen at coap URIs; see
 * [property@Context:server-transport].
 *
 * Since: 0.1
 */
void
gcoap_context_set_server_transport (GcoapContext *self,
                                    const char   *name)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));

  if (g_strcmp0 (self->server_transport, name) == 0)
    return;
  g_free (self->server_transport);
  self->server_transport = g_strdup (name);
  g_object_notify (G_OBJECT (self), "server-transport");
}

/**
 * gcoap_context_get_allowed_origins: (get-property allowed-origins)
 * @self: a context
 *
 * Gets whose web pages may connect.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): origins, or
 *   %NULL for none but those of this server
 *
 * Since: 0.1
 */
const char *const *
gcoap_context_get_allowed_origins (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return (const char *const *) self->allowed_origins;
}

/**
 * gcoap_context_set_allowed_origins: (set-property allowed-origins)
 * @self: a context
 * @origins: (nullable) (array zero-terminated=1): origins, or %NULL
 *
 * Sets whose web pages may connect to what listens from now on; see
 * [property@Context:allowed-origins].
 *
 * Since: 0.1
 */
void
gcoap_context_set_allowed_origins (GcoapContext      *self,
                                   const char *const *origins)
{
  char **copy;

  g_return_if_fail (GCOAP_IS_CONTEXT (self));

  if (origins == (const char *const *) self->allowed_origins
      || (origins != NULL && self->allowed_origins != NULL
          && g_strv_equal (origins, (const char *const *) self->allowed_origins)))
    return;
  copy = g_strdupv ((char **) origins);
  g_strfreev (self->allowed_origins);
  self->allowed_origins = copy;
  g_object_notify (G_OBJECT (self), "allowed-origins");
}
