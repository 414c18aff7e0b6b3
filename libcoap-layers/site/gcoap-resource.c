/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands at a path of a site: answers requests, by method, and describes
 * itself in a link. */
#include "site/gcoap-resource-demands-private.h"

#include "base/gcoap-base-enum-types.h"
#include "site/gcoap-resource-streams-private.h"
#include "wire/gcoap-link-private.h"

/**
 * GcoapResource:
 *
 * Something that can be reached at a path of a [class@Site].
 *
 * A class derived from it implements [vfunc@Resource.get],
 * [vfunc@Resource.put] and so on, each of which answers an exchange, or
 * [vfunc@Resource.render] for all methods at once. A method that is not
 * implemented is answered by 4.05. The answer may come later; then the
 * resource keeps a reference to the exchange. An application that would rather
 * connect signals uses [class@SimpleResource].
 *
 * The properties describe the resource in the link that `/.well-known/core`
 * shows (RFC 6690).
 *
 * Since: 0.1
 */

typedef struct
{
  char      *title;
  char      *resource_type;
  char      *interface_description;
  char      *content_formats;
  guint64    maximum_size;
  gboolean   hidden;
  gboolean   observable;
  gboolean   subtree;
  GcoapLink *attributes; /* those the properties do not say; NULL when there are none */
  GcoapResourceStreams *streams; /* NULL when there never were any */
  GcoapResourceDemands  demands;
} GcoapResourcePrivate;

enum
{
  PROP_0,
  PROP_TITLE,
  PROP_RESOURCE_TYPE,
  PROP_INTERFACE_DESCRIPTION,
  PROP_CONTENT_FORMATS,
  PROP_HIDDEN,
  PROP_OBSERVABLE,
  PROP_OBSERVER_COUNT,
  PROP_NOTIFICATION_RELIABILITY,
  PROP_SUBTREE,
  PROP_MAXIMUM_SIZE,
  PROP_REQUIRE_FRESHNESS,
  PROP_RATE_LIMIT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GcoapResource, gcoap_resource, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GcoapResource)
                                  G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                         request_interface_init))

#define PRIV(self) ((GcoapResourcePrivate *) gcoap_resource_get_instance_private (self))

GcoapResourceDemands *
gcoap_resource_get_demands (GcoapResource *self)
{
  return &PRIV (self)->demands;
}

static void
set_text (GcoapResource *self,
          char         **place,
          const char    *attribute,
          const char    *text,
          guint          property_id)
{
  char *copy;

  /* What no link can say would spoil the whole listing. */
  g_return_if_fail (text == NULL || gcoap_link_check_attribute (attribute, text) == NULL);

  if (g_strcmp0 (*place, text) == 0)
    return;
  copy = g_strdup (text);
  g_free (*place);
  *place = copy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static void
set_flag (GcoapResource *self,
          gboolean      *place,
          gboolean       value,
          guint          property_id)
{
  value = value != FALSE;
  if (*place == value)
    return;
  *place = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property_id]);
}

static void
refuse_method (GcoapResource *self G_GNUC_UNUSED,
               GcoapExchange *exchange)
{
  gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                            "The resource does not know this method.");
}

static void
gcoap_resource_real_render (GcoapResource *self,
                            GcoapExchange *exchange)
{
  GcoapResourceClass *klass = GCOAP_RESOURCE_GET_CLASS (self);

  switch ((guint) gcoap_message_get_code (gcoap_exchange_get_request (exchange)))
    {
    case GCOAP_CODE_GET:
      klass->get (self, exchange);
      break;
    case GCOAP_CODE_POST:
      klass->post (self, exchange);
      break;
    case GCOAP_CODE_PUT:
      klass->put (self, exchange);
      break;
    case GCOAP_CODE_DELETE:
      klass->delete_ (self, exchange);
      break;
    case GCOAP_CODE_FETCH:
      klass->fetch (self, exchange);
      break;
    case GCOAP_CODE_PATCH:
      klass->patch (self, exchange);
      break;
    case GCOAP_CODE_IPATCH:
      klass->ipatch (self, exchange);
      break;
    default:
      /* RFC 7252 §5.8: a method that is not known is answered by 4.05. */
      refuse_method (self, exchange);
    }
}

static void
render (GcoapResource *self,
        GcoapExchange *exchange)
{
  GCOAP_RESOURCE_GET_CLASS (self)->render (self, exchange);
}

static void
observers_changed (GcoapResource *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OBSERVER_COUNT]);
}

GcoapResourceStreams *
gcoap_resource_get_streams (GcoapResource *self,
                            gboolean       create)
{
  static const GcoapResourceStreamsFuncs funcs = { render, observers_changed };
  GcoapResourcePrivate *priv = PRIV (self);

  if (priv->streams == NULL && create)
    priv->streams = gcoap_resource_streams_new (self, &funcs);
  return priv->streams;
}

static void
gcoap_resource_request (GcoapRequestInterface *iface,
                        GcoapExchange         *exchange)
{
  GcoapResource *self = GCOAP_RESOURCE (iface);

  if (!gcoap_resource_demands_are_default (&PRIV (self)->demands)
      && !gcoap_resource_demands_check (&PRIV (self)->demands, exchange))
    return;
  /* What is not accepted as a stream is answered once, which declines it. */
  if (gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_STREAM
      && gcoap_exchange_is_inbound (exchange) && PRIV (self)->observable)
    gcoap_resource_streams_accept (gcoap_resource_get_streams (self, TRUE), exchange);
  else
    render (self, exchange);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_resource_request;
}

static void
gcoap_resource_get_property (GObject    *object,
                             guint       property_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  GcoapResourcePrivate *priv = PRIV (GCOAP_RESOURCE (object));

  switch (property_id)
    {
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_RESOURCE_TYPE:
      g_value_set_string (value, priv->resource_type);
      break;
    case PROP_INTERFACE_DESCRIPTION:
      g_value_set_string (value, priv->interface_description);
      break;
    case PROP_CONTENT_FORMATS:
      g_value_set_string (value, priv->content_formats);
      break;
    case PROP_HIDDEN:
      g_value_set_boolean (value, priv->hidden);
      break;
    case PROP_OBSERVABLE:
      g_value_set_boolean (value, priv->observable);
      break;
    case PROP_OBSERVER_COUNT:
      g_value_set_uint (value, gcoap_resource_get_observer_count (GCOAP_RESOURCE (object)));
      break;
    case PROP_NOTIFICATION_RELIABILITY:
      g_value_set_enum (value, gcoap_resource_get_notification_reliability (GCOAP_RESOURCE (object)));
      break;
    case PROP_SUBTREE:
      g_value_set_boolean (value, priv->subtree);
      break;
    case PROP_MAXIMUM_SIZE:
      g_value_set_uint64 (value, priv->maximum_size);
      break;
    case PROP_REQUIRE_FRESHNESS:
      g_value_set_uint (value, priv->demands.require_freshness);
      break;
    case PROP_RATE_LIMIT:
      g_value_set_uint (value, priv->demands.rate_limit);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_resource_set_property (GObject      *object,
                             guint         property_id,
                             const GValue *value,
                             GParamSpec   *pspec)
{
  GcoapResource *self = GCOAP_RESOURCE (object);

  switch (property_id)
    {
    case PROP_TITLE:
      gcoap_resource_set_title (self, g_value_get_string (value));
      break;
    case PROP_RESOURCE_TYPE:
      gcoap_resource_set_resource_type (self, g_value_get_string (value));
      break;
    case PROP_INTERFACE_DESCRIPTION:
      gcoap_resource_set_interface_description (self, g_value_get_string (value));
      break;
    case PROP_CONTENT_FORMATS:
      gcoap_resource_set_content_formats (self, g_value_get_string (value));
      break;
    case PROP_HIDDEN:
      gcoap_resource_set_hidden (self, g_value_get_boolean (value));
      break;
    case PROP_OBSERVABLE:
      gcoap_resource_set_observable (self, g_value_get_boolean (value));
      break;
    case PROP_NOTIFICATION_RELIABILITY:
      gcoap_resource_set_notification_reliability (self, g_value_get_enum (value));
      break;
    case PROP_SUBTREE:
      gcoap_resource_set_subtree (self, g_value_get_boolean (value));
      break;
    case PROP_MAXIMUM_SIZE:
      gcoap_resource_set_maximum_size (self, g_value_get_uint64 (value));
      break;
    case PROP_REQUIRE_FRESHNESS:
      gcoap_resource_set_require_freshness (self, g_value_get_uint (value));
      break;
    case PROP_RATE_LIMIT:
      gcoap_resource_set_rate_limit (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_resource_dispose (GObject *object)
{
  g_clear_pointer (&PRIV (GCOAP_RESOURCE (object))->streams, gcoap_resource_streams_free);
  G_OBJECT_CLASS (gcoap_resource_parent_class)->dispose (object);
}

static void
gcoap_resource_finalize (GObject *object)
{
  GcoapResourcePrivate *priv = PRIV (GCOAP_RESOURCE (object));

  g_free (priv->title);
  g_free (priv->resource_type);
  g_free (priv->interface_description);
  g_free (priv->content_formats);
  g_clear_pointer (&priv->attributes, gcoap_link_unref);
  gcoap_resource_demands_clear (&priv->demands);
  G_OBJECT_CLASS (gcoap_resource_parent_class)->finalize (object);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS)

static void
make_text_properties (void)
{
  /**
   * GcoapResource:title: (getter get_title) (setter set_title)
   *
   * A name for people. It is the attribute `title` of the resource's link.
   *
   * Since: 0.1
   */
  properties[PROP_TITLE] =
    g_param_spec_string ("title", NULL, NULL, NULL, FLAGS);

  /**
   * GcoapResource:resource-type: (getter get_resource_type) (setter set_resource_type)
   *
   * What the resource is, in words of the application (RFC 6690 §3.1); several
   * are separated by spaces. It is the attribute `rt` of the resource's link.
   *
   * Since: 0.1
   */
  properties[PROP_RESOURCE_TYPE] =
    g_param_spec_string ("resource-type", NULL, NULL, NULL, FLAGS);

  /**
   * GcoapResource:interface-description: (getter get_interface_description) (setter set_interface_description)
   *
   * How the resource is used (RFC 6690 §3.2); several are separated by spaces.
   * It is the attribute `if` of the resource's link.
   *
   * Since: 0.1
   */
  properties[PROP_INTERFACE_DESCRIPTION] =
    g_param_spec_string ("interface-description", NULL, NULL, NULL, FLAGS);

  /**
   * GcoapResource:content-formats: (getter get_content_formats) (setter set_content_formats)
   *
   * The numbers of the content formats it is available in, separated by spaces
   * (RFC 7252 §7.2.1). It is the attribute `ct` of the resource's link.
   *
   * Since: 0.1
   */
  properties[PROP_CONTENT_FORMATS] =
    g_param_spec_string ("content-formats", NULL, NULL, NULL, FLAGS);
}

static void
make_other_properties (void)
{
  /**
   * GcoapResource:hidden: (getter get_hidden) (setter set_hidden)
   *
   * Whether `/.well-known/core` leaves the resource out.
   *
   * Since: 0.1
   */
  properties[PROP_HIDDEN] =
    g_param_spec_boolean ("hidden", NULL, NULL, FALSE, FLAGS);

  /**
   * GcoapResource:observable: (getter get_observable) (setter set_observable)
   *
   * Whether the resource can be observed (RFC 7641).
   *
   * If so, requests to observe it are accepted, each new state is told by
   * [method@Resource.notify_observers], and `/.well-known/core` says so. The
   * resource answers requests as always; it need not know whether it is asked
   * for an observer.
   *
   * Since: 0.1
   */
  properties[PROP_OBSERVABLE] =
    g_param_spec_boolean ("observable", NULL, NULL, FALSE, FLAGS);

  /**
   * GcoapResource:observer-count: (getter get_observer_count)
   *
   * How many observe the resource.
   *
   * Since: 0.1
   */
  properties[PROP_OBSERVER_COUNT] =
    g_param_spec_uint ("observer-count", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapResource:notification-reliability: (getter get_notification_reliability) (setter set_notification_reliability)
   *
   * Whether observers must acknowledge what they are told (RFC 7641 §4.5).
   *
   * Confirmable by default. Non-confirmable suits states that change often,
   * one lost here or there; some are confirmable all the same.
   *
   * Since: 0.1
   */
  properties[PROP_NOTIFICATION_RELIABILITY] =
    g_param_spec_enum ("notification-reliability", NULL, NULL,
                       GCOAP_TYPE_RELIABILITY, GCOAP_RELIABILITY_DEFAULT, FLAGS);

  /**
   * GcoapResource:subtree: (getter get_subtree) (setter set_subtree)
   *
   * Whether the resource also answers for all paths below its own.
   *
   * Since: 0.1
   */
  properties[PROP_SUBTREE] =
    g_param_spec_boolean ("subtree", NULL, NULL, FALSE, FLAGS);

  /**
   * GcoapResource:maximum-size: (getter get_maximum_size) (setter set_maximum_size)
   *
   * How many bytes a representation of the resource has, roughly; 0 when it is
   * not known, or not worth saying. It is the attribute `sz` of the resource's
   * link (RFC 6690 §3.3).
   *
   * Since: 0.1
   */
  properties[PROP_MAXIMUM_SIZE] =
    g_param_spec_uint64 ("maximum-size", NULL, NULL, 0, G_MAXUINT64, 0, FLAGS);
}

static void
gcoap_resource_class_init (GcoapResourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_resource_get_property;
  object_class->set_property = gcoap_resource_set_property;
  object_class->dispose = gcoap_resource_dispose;
  object_class->finalize = gcoap_resource_finalize;

  klass->render = gcoap_resource_real_render;
  klass->get = refuse_method;
  klass->post = refuse_method;
  klass->put = refuse_method;
  klass->delete_ = refuse_method;
  klass->fetch = refuse_method;
  klass->patch = refuse_method;
  klass->ipatch = refuse_method;

  make_text_properties ();
  make_other_properties ();
  gcoap_resource_demands_make_properties (&properties[PROP_REQUIRE_FRESHNESS]);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_resource_init (GcoapResource *self G_GNUC_UNUSED)
{
}

/**
 * gcoap_resource_get_title:
 * @self: a resource
 *
 * Gets a name for people.
 *
 * Returns: (transfer none) (nullable): the text, or %NULL
 *
 * Since: 0.1
 */
const char *
gcoap_resource_get_title (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), NULL);

  return PRIV (self)->title;
}

/**
 * gcoap_resource_set_title:
 * @self: a resource
 * @text: (nullable): the text, or %NULL
 *
 * Sets a name for people.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_title (GcoapResource *self,
                          const char    *text)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  set_text (self, &PRIV (self)->title, "title", text, PROP_TITLE);
}

/**
 * gcoap_resource_get_resource_type:
 * @self: a resource
 *
 * Gets what the resource is, in words of the application (RFC 6690 §3.1);
 * several are separated by spaces.
 *
 * Returns: (transfer none) (nullable): the text, or %NULL
 *
 * Since: 0.1
 */
const char *
gcoap_resource_get_resource_type (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), NULL);

  return PRIV (self)->resource_type;
}

/**
 * gcoap_resource_set_resource_type:
 * @self: a resource
 * @text: (nullable): the text, or %NULL
 *
 * Sets what the resource is, in words of the application (RFC 6690 §3.1);
 * several are separated by spaces.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_resource_type (GcoapResource *self,
                                  const char    *text)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  set_text (self, &PRIV (self)->resource_type, "rt", text, PROP_RESOURCE_TYPE);
}

/**
 * gcoap_resource_get_interface_description:
 * @self: a resource
 *
 * Gets how the resource is used (RFC 6690 §3.2); several are separated by
 * spaces.
 *
 * Returns: (transfer none) (nullable): the text, or %NULL
 *
 * Since: 0.1
 */
const char *
gcoap_resource_get_interface_description (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), NULL);

  return PRIV (self)->interface_description;
}

/**
 * gcoap_resource_set_interface_description:
 * @self: a resource
 * @text: (nullable): the text, or %NULL
 *
 * Sets how the resource is used (RFC 6690 §3.2); several are separated by
 * spaces.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_interface_description (GcoapResource *self,
                                          const char    *text)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  set_text (self, &PRIV (self)->interface_description, "if", text, PROP_INTERFACE_DESCRIPTION);
}

/**
 * gcoap_resource_get_content_formats:
 * @self: a resource
 *
 * Gets the numbers of the content formats it is available in, separated by
 * spaces (RFC 7252 §7.2.1).
 *
 * Returns: (transfer none) (nullable): the text, or %NULL
 *
 * Since: 0.1
 */
const char *
gcoap_resource_get_content_formats (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), NULL);

  return PRIV (self)->content_formats;
}

/**
 * gcoap_resource_set_content_formats:
 * @self: a resource
 * @text: (nullable): the text, or %NULL
 *
 * Sets the numbers of the content formats it is available in, separated by
 * spaces (RFC 7252 §7.2.1).
 *
 * Since: 0.1
 */
void
gcoap_resource_set_content_formats (GcoapResource *self,
                                    const char    *text)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  set_text (self, &PRIV (self)->content_formats, "ct", text, PROP_CONTENT_FORMATS);
}

/**
 * gcoap_resource_get_hidden:
 * @self: a resource
 *
 * Tells whether `/.well-known/core` leaves the resource out.
 *
 * Returns: %FALSE by default
 *
 * Since: 0.1
 */
gboolean
gcoap_resource_get_hidden (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), FALSE);

  return PRIV (self)->hidden;
}

/**
 * gcoap_resource_set_hidden:
 * @self: a resource
 * @hidden: the new value
 *
 * Sets whether `/.well-known/core` leaves the resource out.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_hidden (GcoapResource *self,
                           gboolean       hidden)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  set_flag (self, &PRIV (self)->hidden, hidden, PROP_HIDDEN);
}

/**
 * gcoap_resource_get_observable:
 * @self: a resource
 *
 * Tells whether the resource can be observed (RFC 7641).
 *
 * Returns: %FALSE by default
 *
 * Since: 0.1
 */
gboolean
gcoap_resource_get_observable (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), FALSE);

  return PRIV (self)->observable;
}

/**
 * gcoap_resource_set_observable:
 * @self: a resource
 * @observable: the new value
 *
 * Sets whether the resource can be observed (RFC 7641).
 *
 * Those who observe it already are not affected.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_observable (GcoapResource *self,
                               gboolean       observable)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  set_flag (self, &PRIV (self)->observable, observable, PROP_OBSERVABLE);
}

/**
 * gcoap_resource_get_subtree:
 * @self: a resource
 *
 * Tells whether the resource also answers for all paths below its own.
 *
 * Returns: %FALSE by default
 *
 * Since: 0.1
 */
gboolean
gcoap_resource_get_subtree (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), FALSE);

  return PRIV (self)->subtree;
}

/**
 * gcoap_resource_set_subtree:
 * @self: a resource
 * @subtree: the new value
 *
 * Sets whether the resource also answers for all paths below its own.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_subtree (GcoapResource *self,
                            gboolean       subtree)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  set_flag (self, &PRIV (self)->subtree, subtree, PROP_SUBTREE);
}

/**
 * gcoap_resource_get_maximum_size:
 * @self: a resource
 *
 * Gets how many bytes a representation of the resource has.
 *
 * Returns: bytes, or 0 when it is not known
 *
 * Since: 0.1
 */
guint64
gcoap_resource_get_maximum_size (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), 0);

  return PRIV (self)->maximum_size;
}

/**
 * gcoap_resource_set_maximum_size:
 * @self: a resource
 * @bytes: how many bytes, or 0 when it is not known
 *
 * Sets how many bytes a representation of the resource has.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_maximum_size (GcoapResource *self,
                                 guint64        bytes)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  if (PRIV (self)->maximum_size == bytes)
    return;
  PRIV (self)->maximum_size = bytes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAXIMUM_SIZE]);
}

/**
 * gcoap_resource_add_attribute:
 * @self: a resource
 * @name: the name of a link attribute
 * @value: (nullable): its value, or %NULL for an attribute without one
 *
 * Adds an attribute to the resource's link, besides those the properties say;
 * see [method@Link.add_attribute].
 *
 * Since: 0.1
 */
void
gcoap_resource_add_attribute (GcoapResource *self,
                              const char    *name,
                              const char    *value)
{
  GcoapResourcePrivate *priv = PRIV (self);

  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail (name != NULL);

  if (priv->attributes == NULL)
    priv->attributes = gcoap_link_new ("/");
  gcoap_link_add_attribute (priv->attributes, name, value);
}

static void
add_if_set (GcoapLink  *link,
            const char *name,
            const char *value)
{
  if (value != NULL)
    gcoap_link_add_attribute (link, name, value);
}

/**
 * gcoap_resource_get_link:
 * @self: a resource
 * @path: where it is, as a URI reference such as “/sensors/1”
 *
 * Describes the resource as `/.well-known/core` shows it.
 *
 * Returns: (transfer full): a link with @path as target
 *
 * Since: 0.1
 */
GcoapLink *
gcoap_resource_get_link (GcoapResource *self,
                         const char    *path)
{
  GcoapResourcePrivate *priv = PRIV (self);
  GcoapLink *link;

  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  link = gcoap_link_new (path);
  add_if_set (link, "title", priv->title);
  add_if_set (link, "rt", priv->resource_type);
  add_if_set (link, "if", priv->interface_description);
  add_if_set (link, "ct", priv->content_formats);
  if (priv->maximum_size > 0)
    {
      g_autofree char *size = g_strdup_printf ("%" G_GUINT64_FORMAT, priv->maximum_size);

      gcoap_link_add_attribute (link, "sz", size);
    }
  if (priv->observable)
    gcoap_link_add_attribute (link, "obs", NULL);
  for (guint i = 0;
       priv->attributes != NULL && i < gcoap_link_get_n_attributes (priv->attributes);
       i++)
    gcoap_link_add_attribute (link, gcoap_link_get_attribute_name_at (priv->attributes, i),
                              gcoap_link_get_attribute_value_at (priv->attributes, i));
  return link;
}
