/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The end of the outbound chain: hands each request to the token layer that
 * reaches its address. */
#include "request/gcoap-router-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "interfaces/gcoap-exchange-private.h"

/**
 * GcoapRouter:
 *
 * Chooses the token layer that a request leaves by.
 *
 * It holds the token layers of a stack, each under the scheme it serves. A
 * request that names a destination is prepared by the first layer of that
 * scheme; one that has an address is sent by the first layer that recognizes
 * it. When a host has several addresses and the one in use cannot be reached,
 * the next is tried, as long as no response has come.
 *
 * Since: 0.1
 */
typedef struct
{
  char                  *scheme;
  GcoapRequestInterface *layer;
} Route;

struct _GcoapRouter
{
  GObject parent_instance;

  GPtrArray *routes; /* (element-type Route), in the order they were added */
};

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapRouter, gcoap_router, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

static void
route_free (gpointer data)
{
  Route *route = data;

  g_free (route->scheme);
  g_object_unref (route->layer);
  g_free (route);
}

static GcoapRequestInterface *
find_by_address (GcoapRouter   *self,
                 GcoapExchange *exchange,
                 GError       **error)
{
  g_autofree char *uri_base = NULL;

  if (gcoap_exchange_get_address (exchange) == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The request has no address to go to; it was not prepared.");
      return NULL;
    }
  for (guint i = 0; i < self->routes->len; i++)
    {
      Route *route = g_ptr_array_index (self->routes, i);

      if (gcoap_request_interface_recognizes (route->layer, exchange))
        return route->layer;
    }
  uri_base = gcoap_endpoint_address_dup_uri_base (gcoap_exchange_get_address (exchange));
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
               "%s cannot be asked: the transport that reached it is gone.", uri_base);
  return NULL;
}

/* Sending */

typedef struct
{
  GcoapRouter   *router;
  GcoapExchange *exchange;
} Retry;

static void
retry_free (gpointer data)
{
  Retry *retry = data;

  g_object_unref (retry->router);
  g_object_unref (retry->exchange);
  g_free (retry);
}

static gboolean
retry_cb (gpointer data)
{
  Retry *retry = data;

  /* It may have been cancelled meanwhile. */
  if (gcoap_exchange_is_open (retry->exchange))
    gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (retry->router), retry->exchange);
  return G_SOURCE_REMOVE;
}

/* The token layer that failed is still on the stack, and may be busy with
 * everything else that went to that address. */
static void
retry_later (GcoapRouter   *self,
             GcoapExchange *exchange)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  Retry *retry = g_new (Retry, 1);

  retry->router = g_object_ref (self);
  retry->exchange = g_object_ref (exchange);
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "GcoapRouter next address");
  g_source_set_callback (source, retry_cb, retry, retry_free);
  g_source_attach (source, context);
}

/* Errors that say nothing has arrived at the address. Not a time-out: the
 * request may have been executed there. */
static gboolean
never_arrived (const GError *error)
{
  return g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE)
         || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_REFUSED)
         || g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_PERMISSION);
}

static GcoapVerdict
try_next_cb (GcoapExchange *exchange,
             gboolean       is_last,
             gpointer       user_data)
{
  GcoapRouter *self = user_data;

  if (!is_last || gcoap_exchange_get_end (exchange) != GCOAP_EXCHANGE_END_FAILED
      || !never_arrived (gcoap_exchange_get_error (exchange))
      || !gcoap_exchange_try_next_candidate (exchange))
    return GCOAP_VERDICT_PASS;

  retry_later (self, exchange);
  return GCOAP_VERDICT_TAKE;
}

static void
gcoap_router_request (GcoapRequestInterface *iface,
                      GcoapExchange         *exchange)
{
  GcoapRouter *self = GCOAP_ROUTER (iface);
  g_autoptr (GError) error = NULL;
  GcoapRequestInterface *layer = find_by_address (self, exchange, &error);

  if (layer == NULL)
    {
      gcoap_exchange_fail (exchange, error);
      return;
    }
  if (exchange->candidates != NULL && exchange->candidates->len > 0)
    gcoap_exchange_add_response_filter (exchange, try_next_cb, self);
  gcoap_request_interface_request (layer, exchange);
}

/* Preparing */

/* A request made by hand may say things here that no URI can. */
static gboolean
check_authority (GcoapMessage *request,
                 GError      **error)
{
  gsize length = 0;

  if (gcoap_message_peek_option (request, GCOAP_OPTION_URI_HOST, 0, &length) != NULL
      && (length == 0 || length > 255))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION,
                   "Uri-Host is %" G_GSIZE_FORMAT " bytes long; it must be 1 to 255.", length);
      return FALSE;
    }
  if (gcoap_message_peek_option (request, GCOAP_OPTION_URI_PORT, 0, &length) != NULL && length > 2)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_OPTION,
                           "Uri-Port is above 65535.");
      return FALSE;
    }
  return TRUE;
}

static GcoapRequestInterface *
find_for_preparing (GcoapRouter   *self,
                    GcoapExchange *exchange,
                    GError       **error)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  const char *destination = gcoap_message_get_destination (request);
  g_autofree char *key = NULL;
  GcoapRequestInterface *layer;
  const char *colon;

  if (!check_authority (request, error))
    return NULL;
  if (gcoap_exchange_get_address (exchange) != NULL)
    return find_by_address (self, exchange, error);

  if (destination == NULL || (colon = strchr (destination, ':')) == NULL)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The request names no destination; make it from a URI, "
                           "or give it an address.");
      return NULL;
    }
  layer = gcoap_router_lookup (self, key = gcoap_router_dup_key (destination));
  if (layer == NULL)
    g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                 "%s cannot be asked: there is no transport for %.*s here.",
                 destination, (int) (colon - destination), destination);
  return layer;
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (gcoap_request_interface_prepare_finish (g_task_get_task_data (task), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
gcoap_router_prepare_async (GcoapRequestInterface *iface,
                            GcoapExchange         *exchange,
                            GCancellable          *cancellable,
                            GAsyncReadyCallback    callback,
                            gpointer               user_data)
{
  GcoapRouter *self = GCOAP_ROUTER (iface);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  GError *error = NULL;
  GcoapRequestInterface *layer = find_for_preparing (self, exchange, &error);

  g_task_set_source_tag (task, gcoap_router_prepare_async);
  if (layer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_set_task_data (task, g_object_ref (layer), g_object_unref);
  gcoap_request_interface_prepare_async (layer, exchange, cancellable, prepared_cb,
                                         g_steal_pointer (&task));
}

static gboolean
gcoap_router_prepare_finish (GcoapRequestInterface *iface,
                             GAsyncResult          *result,
                             GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, iface), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
gcoap_router_recognizes (GcoapRequestInterface *iface,
                         GcoapExchange         *exchange)
{
  return find_by_address (GCOAP_ROUTER (iface), exchange, NULL) != NULL;
}

/* Shutting down */

typedef struct
{
  guint   pending;
  GError *error; /* the first */
} Shutdown;

static void
shutdown_free (gpointer data)
{
  Shutdown *all = data;

  g_clear_error (&all->error);
  g_free (all);
}

static void
shutdown_step (GTask *task)
{
  Shutdown *all = g_task_get_task_data (task);

  if (--all->pending > 0)
    return;
  if (all->error != NULL)
    g_task_return_error (task, g_steal_pointer (&all->error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
layer_shut_down_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Shutdown *all = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!gcoap_request_interface_shutdown_finish (GCOAP_REQUEST_INTERFACE (source), result, &error)
      && all->error == NULL)
    all->error = g_steal_pointer (&error);
  shutdown_step (task);
}

static void
gcoap_router_shutdown_async (GcoapRequestInterface *iface,
                             GCancellable          *cancellable,
                             GAsyncReadyCallback    callback,
                             gpointer               user_data)
{
  GcoapRouter *self = GCOAP_ROUTER (iface);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) routes = g_ptr_array_ref (self->routes);
  Shutdown *all = g_new0 (Shutdown, 1);

  g_task_set_source_tag (task, gcoap_router_shutdown_async);
  g_task_set_task_data (task, all, shutdown_free);
  /* One more than there are layers, so that the end cannot come in the loop. */
  all->pending = 1;
  for (guint i = 0; i < routes->len; i++)
    {
      Route *route = g_ptr_array_index (routes, i);

      all->pending++;
      gcoap_request_interface_shutdown_async (route->layer, cancellable, layer_shut_down_cb,
                                              g_object_ref (task));
    }
  shutdown_step (task);
}

static gboolean
gcoap_router_shutdown_finish (GcoapRequestInterface *iface,
                              GAsyncResult          *result,
                              GError               **error)
{
  g_return_val_if_fail (g_task_is_valid (result, iface), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_router_request;
  iface->prepare_async = gcoap_router_prepare_async;
  iface->prepare_finish = gcoap_router_prepare_finish;
  iface->recognizes = gcoap_router_recognizes;
  iface->shutdown_async = gcoap_router_shutdown_async;
  iface->shutdown_finish = gcoap_router_shutdown_finish;
}

static void
gcoap_router_dispose (GObject *object)
{
  GcoapRouter *self = GCOAP_ROUTER (object);

  g_ptr_array_set_size (self->routes, 0);
  G_OBJECT_CLASS (gcoap_router_parent_class)->dispose (object);
}

static void
gcoap_router_finalize (GObject *object)
{
  GcoapRouter *self = GCOAP_ROUTER (object);

  g_ptr_array_unref (self->routes);
  G_OBJECT_CLASS (gcoap_router_parent_class)->finalize (object);
}

static void
gcoap_router_class_init (GcoapRouterClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gcoap_router_dispose;
  object_class->finalize = gcoap_router_finalize;
}

static void
gcoap_router_init (GcoapRouter *self)
{
  self->routes = g_ptr_array_new_with_free_func (route_free);
}

/**
 * gcoap_router_new:
 *
 * Makes a router without token layers.
 *
 * Returns: (transfer full): a new router
 *
 * Since: 0.1
 */
GcoapRouter *
gcoap_router_new (void)
{
  return g_object_new (GCOAP_TYPE_ROUTER, NULL);
}

/**
 * gcoap_router_add:
 * @self: a router
 * @scheme: the scheme the layer serves, such as “coap+tcp”; “coap://%2F” for what
 *   serves sockets in the file system alone
 * @layer: a token layer
 *
 * Adds a token layer.
 *
 * Of several layers with one scheme the first prepares requests; the others
 * still send what goes to addresses they recognize. A layer may be added under
 * several schemes.
 *
 * Since: 0.1
 */
void
gcoap_router_add (GcoapRouter           *self,
                  const char            *scheme,
                  GcoapRequestInterface *layer)
{
  Route *route;

  g_return_if_fail (GCOAP_IS_ROUTER (self));
  g_return_if_fail (scheme != NULL && *scheme != '\0');
  g_return_if_fail (GCOAP_IS_REQUEST_INTERFACE (layer));

  route = g_new (Route, 1);
  route->scheme = g_strdup (scheme);
  route->layer = g_object_ref (layer);
  g_ptr_array_add (self->routes, route);
}

/**
 * gcoap_router_remove:
 * @self: a router
 * @layer: a token layer
 *
 * Removes a token layer, under whatever schemes it was added.
 *
 * Returns: %FALSE if it was not there
 *
 * Since: 0.1
 */
gboolean
gcoap_router_remove (GcoapRouter           *self,
                     GcoapRequestInterface *layer)
{
  guint before;

  g_return_val_if_fail (GCOAP_IS_ROUTER (self), FALSE);

  before = self->routes->len;
  for (guint i = before; i > 0; i--)
    {
      Route *route = g_ptr_array_index (self->routes, i - 1);

      if (route->layer == layer)
        g_ptr_array_remove_index (self->routes, i - 1);
    }
  return self->routes->len < before;
}

/**
 * gcoap_router_lookup:
 * @self: a router
 * @scheme: a scheme
 *
 * Finds the token layer that prepares requests of a scheme.
 *
 * Returns: (transfer none) (nullable): the layer, or %NULL if there is none
 *
 * Since: 0.1
 */
GcoapRequestInterface *
gcoap_router_lookup (GcoapRouter *self,
                     const char  *scheme)
{
  g_return_val_if_fail (GCOAP_IS_ROUTER (self), NULL);
  g_return_val_if_fail (scheme != NULL, NULL);

  for (guint i = 0; i < self->routes->len; i++)
    {
      Route *route = g_ptr_array_index (self->routes, i);

      if (g_ascii_strcasecmp (route->scheme, scheme) == 0)
        return route->layer;
    }
  return NULL;
}

char *
gcoap_router_dup_key (const char *uri)
{
  const char *colon = strchr (uri, ':');

  if (colon == NULL)
    return NULL;
  return g_ascii_strncasecmp (colon, GCOAP_ROUTER_PATH, strlen (GCOAP_ROUTER_PATH)) == 0
    ? g_strndup (uri, (gsize) (colon - uri) + strlen (GCOAP_ROUTER_PATH))
    : g_strndup (uri, (gsize) (colon - uri));
}
