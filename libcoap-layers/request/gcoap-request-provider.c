/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The abstract decorator: sorts requests by direction, and passes on whatever
 * the class derived from it does not care about. */
#include "request/gcoap-request-provider.h"

#include "base/gcoap-error.h"

/**
 * GcoapRequestProvider:
 *
 * A decorator over a request interface.
 *
 * It stands in a chain before [property@RequestProvider:next]. A class derived
 * from it implements [vfunc@RequestProvider.outbound],
 * [vfunc@RequestProvider.inbound] or both, and in them does one of three
 * things with an exchange: it passes it on by
 * [method@RequestProvider.pass], perhaps after
 * [method@Exchange.add_response_filter]; it passes on another one, made by
 * [method@Exchange.derive]; or it answers itself.
 *
 * Since: 0.1
 */

typedef struct
{
  GcoapRequestInterface          *next;
  GcoapRequestInterfaceInterface *next_iface; /* found once, for every request needs it */
  gboolean                        used;
} GcoapRequestProviderPrivate;

enum
{
  PROP_0,
  PROP_NEXT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GcoapRequestProvider, gcoap_request_provider, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GcoapRequestProvider)
                                  G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                         request_interface_init))

/* The next interface; from here on it stays what it is. */
static GcoapRequestInterface *
use_next (GcoapRequestProvider *self)
{
  GcoapRequestProviderPrivate *priv = gcoap_request_provider_get_instance_private (self);

  priv->used = TRUE;
  return priv->next;
}

static void
gcoap_request_provider_request (GcoapRequestInterface *iface,
                                GcoapExchange         *exchange)
{
  GcoapRequestProvider *self = GCOAP_REQUEST_PROVIDER (iface);
  GcoapRequestProviderClass *klass = GCOAP_REQUEST_PROVIDER_GET_CLASS (self);

  if (gcoap_exchange_is_inbound (exchange))
    klass->inbound (self, exchange);
  else
    klass->outbound (self, exchange);
}

/* Nothing is wrapped: the task is that of whoever stands at the end of the
 * chain, and its finish function is found along the same way. */
static void
gcoap_request_provider_prepare_async (GcoapRequestInterface *iface,
                                      GcoapExchange         *exchange,
                                      GCancellable          *cancellable,
                                      GAsyncReadyCallback    callback,
                                      gpointer               user_data)
{
  GcoapRequestInterface *next = use_next (GCOAP_REQUEST_PROVIDER (iface));

  if (next == NULL)
    {
      g_task_report_new_error (iface, callback, user_data, gcoap_request_provider_prepare_async,
                               GCOAP_ERROR, GCOAP_ERROR_FAILED,
                               "%s has nobody to pass a request to.", G_OBJECT_TYPE_NAME (iface));
      return;
    }
  gcoap_request_interface_prepare_async (next, exchange, cancellable, callback, user_data);
}

static gboolean
gcoap_request_provider_prepare_finish (GcoapRequestInterface *iface,
                                       GAsyncResult          *result,
                                       GError               **error)
{
  if (g_task_is_valid (result, iface))
    return g_task_propagate_boolean (G_TASK (result), error);
  return gcoap_request_interface_prepare_finish (use_next (GCOAP_REQUEST_PROVIDER (iface)),
                                                 result, error);
}

static gboolean
gcoap_request_provider_recognizes (GcoapRequestInterface *iface,
                                   GcoapExchange         *exchange)
{
  GcoapRequestInterface *next = use_next (GCOAP_REQUEST_PROVIDER (iface));

  return next != NULL && gcoap_request_interface_recognizes (next, exchange);
}

static void
gcoap_request_provider_shutdown_async (GcoapRequestInterface *iface,
                                       GCancellable          *cancellable,
                                       GAsyncReadyCallback    callback,
                                       gpointer               user_data)
{
  GcoapRequestInterface *next = use_next (GCOAP_REQUEST_PROVIDER (iface));
  g_autoptr (GTask) task = NULL;

  if (next != NULL)
    {
      gcoap_request_interface_shutdown_async (next, cancellable, callback, user_data);
      return;
    }
  task = g_task_new (iface, cancellable, callback, user_data);
  g_task_set_source_tag (task, gcoap_request_provider_shutdown_async);
  g_task_return_boolean (task, TRUE);
}

static gboolean
gcoap_request_provider_shutdown_finish (GcoapRequestInterface *iface,
                                        GAsyncResult          *result,
                                        GError               **error)
{
  if (g_task_is_valid (result, iface))
    return g_task_propagate_boolean (G_TASK (result), error);
  return gcoap_request_interface_shutdown_finish (use_next (GCOAP_REQUEST_PROVIDER (iface)),
                                                  result, error);
}

static GcoapBodyHandling
gcoap_request_provider_find_body_handling (GcoapRequestInterface *iface,
                                          GcoapExchange         *exchange)
{
  GcoapRequestInterface *next = use_next (GCOAP_REQUEST_PROVIDER (iface));

  return next != NULL ? gcoap_request_interface_find_body_handling (next, exchange)
                      : GCOAP_BODY_HANDLING_ASSEMBLED;
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_request_provider_request;
  iface->prepare_async = gcoap_request_provider_prepare_async;
  iface->prepare_finish = gcoap_request_provider_prepare_finish;
  iface->recognizes = gcoap_request_provider_recognizes;
  iface->shutdown_async = gcoap_request_provider_shutdown_async;
  iface->shutdown_finish = gcoap_request_provider_shutdown_finish;
  iface->find_body_handling = gcoap_request_provider_find_body_handling;
}

static void
gcoap_request_provider_get_property (GObject    *object,
                                     guint       property_id,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_NEXT:
      g_value_set_object (value, gcoap_request_provider_get_next (GCOAP_REQUEST_PROVIDER (object)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_request_provider_set_property (GObject      *object,
                                     guint         property_id,
                                     const GValue *value,
                                     GParamSpec   *pspec)
{
  switch (property_id)
    {
    case PROP_NEXT:
      gcoap_request_provider_set_next (GCOAP_REQUEST_PROVIDER (object), g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_request_provider_dispose (GObject *object)
{
  GcoapRequestProvider *self = GCOAP_REQUEST_PROVIDER (object);
  GcoapRequestProviderPrivate *priv = gcoap_request_provider_get_instance_private (self);

  g_clear_object (&priv->next);
  priv->next_iface = NULL;
  G_OBJECT_CLASS (gcoap_request_provider_parent_class)->dispose (object);
}

static void
gcoap_request_provider_class_init (GcoapRequestProviderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_request_provider_get_property;
  object_class->set_property = gcoap_request_provider_set_property;
  object_class->dispose = gcoap_request_provider_dispose;

  klass->outbound = gcoap_request_provider_pass;
  klass->inbound = gcoap_request_provider_pass;

  /**
   * GcoapRequestProvider:next: (getter get_next) (setter set_next)
   *
   * Who a request is passed on to.
   *
   * It can be set until the provider has been used.
   *
   * Since: 0.1
   */
  properties[PROP_NEXT] =
    g_param_spec_object ("next", NULL, NULL,
                         GCOAP_TYPE_REQUEST_INTERFACE,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_request_provider_init (GcoapRequestProvider *self G_GNUC_UNUSED)
{
}

/**
 * gcoap_request_provider_get_next: (get-property next)
 * @self: a provider
 *
 * Tells who a request is passed on to.
 *
 * Returns: (transfer none) (nullable): the next interface of the chain
 *
 * Since: 0.1
 */
GcoapRequestInterface *
gcoap_request_provider_get_next (GcoapRequestProvider *self)
{
  GcoapRequestProviderPrivate *priv = gcoap_request_provider_get_instance_private (self);

  g_return_val_if_fail (GCOAP_IS_REQUEST_PROVIDER (self), NULL);

  return priv->next;
}

/**
 * gcoap_request_provider_set_next: (set-property next)
 * @self: a provider that has not been used
 * @next: (nullable): the next interface of the chain
 *
 * Says who a request is passed on to.
 *
 * A chain that has been used does not change any more: what it was asked is
 * answered along the way it went.
 *
 * Since: 0.1
 */
void
gcoap_request_provider_set_next (GcoapRequestProvider  *self,
                                 GcoapRequestInterface *next)
{
  GcoapRequestProviderPrivate *priv = gcoap_request_provider_get_instance_private (self);

  g_return_if_fail (GCOAP_IS_REQUEST_PROVIDER (self));
  g_return_if_fail (next == NULL || GCOAP_IS_REQUEST_INTERFACE (next));
  g_return_if_fail (!priv->used);

  if (!g_set_object (&priv->next, next))
    return;
  priv->next_iface = next != NULL ? GCOAP_REQUEST_INTERFACE_GET_IFACE (next) : NULL;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NEXT]);
}

/**
 * gcoap_request_provider_pass:
 * @self: a provider
 * @exchange: an open exchange
 *
 * Passes an exchange on to the next interface of the chain.
 *
 * For use by derived classes. Without a next interface the exchange fails.
 *
 * Since: 0.1
 */
void
gcoap_request_provider_pass (GcoapRequestProvider *self,
                             GcoapExchange        *exchange)
{
  GcoapRequestProviderPrivate *priv;
  g_autoptr (GError) error = NULL;

  /* The look at the type is left out: it costs as much as all else here, and
   * every request passes several providers. */
  g_return_if_fail (self != NULL);
  g_return_if_fail (gcoap_exchange_is_open (exchange));

  priv = gcoap_request_provider_get_instance_private (self);

  priv->used = TRUE;
  if (priv->next != NULL)
    {
      priv->next_iface->request (priv->next, exchange);
      return;
    }
  error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_FAILED,
                       "%s has nobody to pass a request to.", G_OBJECT_TYPE_NAME (self));
  gcoap_exchange_fail (exchange, error);
}
