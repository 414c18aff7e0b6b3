/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What stands at a path of a site: answers requests, by method, and describes
 * itself in a link. */
#include "site/gcoap-resource.h"

#include "interfaces/gcoap-interfaces-enum-types.h"
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
  GcoapBodyHandling body_handling;
  gboolean   hidden;
  gboolean   observable;
  gboolean   subtree;
  GcoapLink *attributes; /* those the properties do not say; NULL when there are none */
  GArray    *options;    /* (element-type guint16); NULL when there are none */
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
  PROP_SUBTREE,
  PROP_MAXIMUM_SIZE,
  PROP_BODY_HANDLING,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (GcoapResource, gcoap_resource, G_TYPE_OBJECT,
                                  G_ADD_PRIVATE (GcoapResource)
                                  G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                         request_interface_init))

#define PRIV(self) ((GcoapResourcePrivate *) gcoap_resource_get_instance_private (self))

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
gcoap_resource_request (GcoapRequestInterface *iface,
                        GcoapExchange         *exchange)
{
  GcoapResource *self = GCOAP_RESOURCE (iface);

  GCOAP_RESOURCE_GET_CLASS (self)->render (self, exchange);
}

static GcoapBodyHandling
gcoap_resource_real_find_body_handling (GcoapRequestInterface *iface,
                                       GcoapExchange         *exchange G_GNUC_UNUSED)
{
  return gcoap_resource_get_body_handling (GCOAP_RESOURCE (iface));
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_resource_request;
  iface->find_body_handling = gcoap_resource_real_find_body_handling;
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
    case PROP_SUBTREE:
      g_value_set_boolean (value, priv->subtree);
      break;
    case PROP_MAXIMUM_SIZE:
      g_value_set_uint64 (value, priv->maximum_size);
      break;
    case PROP_BODY_HANDLING:
      g_value_set_enum (value, (gint) priv->body_handling);
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
    case PROP_SUBTREE:
      gcoap_resource_set_subtree (self, g_value_get_boolean (value));
      break;
    case PROP_MAXIMUM_SIZE:
      gcoap_resource_set_maximum_size (self, g_value_get_uint64 (value));
      break;
    case PROP_BODY_HANDLING:
      gcoap_resource_set_body_handling (self, (GcoapBodyHandling) g_value_get_enum (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
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
  g_clear_pointer (&priv->options, g_array_unref);
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
   * Whether `/.well-known/core` says that the resource can be observed (RFC
   * 7641 §6).
   *
   * Since: 0.1
   */
  properties[PROP_OBSERVABLE] =
    g_param_spec_boolean ("observable", NULL, NULL, FALSE, FLAGS);

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

  /**
   * GcoapResource:body-handling: (getter get_body_handling) (setter set_body_handling)
   *
   * How the resource wants request bodies that come in blocks (RFC 7959).
   *
   * Since: 0.1
   */
  properties[PROP_BODY_HANDLING] =
    g_param_spec_enum ("body-handling", NULL, NULL, GCOAP_TYPE_BODY_HANDLING,
                       GCOAP_BODY_HANDLING_ASSEMBLED, FLAGS);
}

static void
gcoap_resource_class_init (GcoapResourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_resource_get_property;
  object_class->set_property = gcoap_resource_set_property;
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
 * Tells whether `/.well-known/core` says that the resource can be observed (RFC
 * 7641 §6).
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
 * Sets whether `/.well-known/core` says that the resource can be observed (RFC
 * 7641 §6).
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
 * gcoap_resource_get_body_handling: (get-property body-handling)
 * @self: a resource
 *
 * Tells how the resource wants request bodies that come in blocks.
 *
 * Returns: how
 *
 * Since: 0.1
 */
GcoapBodyHandling
gcoap_resource_get_body_handling (GcoapResource *self)
{
  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), GCOAP_BODY_HANDLING_ASSEMBLED);

  return PRIV (self)->body_handling;
}

/**
 * gcoap_resource_set_body_handling: (set-property body-handling)
 * @self: a resource
 * @handling: how
 *
 * Says how the resource wants request bodies that come in blocks.
 *
 * With %GCOAP_BODY_HANDLING_BLOCKS it also says by
 * [method@Resource.handle_option] that it deals with Block1 and Block2.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_body_handling (GcoapResource     *self,
                                  GcoapBodyHandling  handling)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail ((gint) handling >= GCOAP_BODY_HANDLING_ASSEMBLED
                    && (gint) handling <= GCOAP_BODY_HANDLING_STREAM);

  if (PRIV (self)->body_handling == handling)
    return;
  PRIV (self)->body_handling = handling;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BODY_HANDLING]);
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

/**
 * gcoap_resource_handle_option:
 * @self: a resource
 * @number: the number of a critical option, 0 to 65535
 *
 * Declares that the resource deals with an option itself.
 *
 * A site refuses requests with critical options that nobody deals with
 * (RFC 7252 §5.4.1). It counts on resources for Uri-Query, Accept, If-Match
 * and If-None-Match; others are declared here.
 *
 * Since: 0.1
 */
void
gcoap_resource_handle_option (GcoapResource *self,
                              guint          number)
{
  GcoapResourcePrivate *priv = PRIV (self);
  guint16 element = number & 0xffff;

  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail (number <= G_MAXUINT16);

  if (gcoap_resource_handles_option (self, number))
    return;
  if (priv->options == NULL)
    priv->options = g_array_new (FALSE, FALSE, sizeof (guint16));
  g_array_append_val (priv->options, element);
}

/**
 * gcoap_resource_handles_option:
 * @self: a resource
 * @number: an option number
 *
 * Tells whether [method@Resource.handle_option] was called with this number.
 *
 * Returns: %TRUE if it was
 *
 * Since: 0.1
 */
gboolean
gcoap_resource_handles_option (GcoapResource *self,
                               guint          number)
{
  GcoapResourcePrivate *priv = PRIV (self);

  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), FALSE);

  for (guint i = 0; priv->options != NULL && i < priv->options->len; i++)
    if (g_array_index (priv->options, guint16, i) == number)
      return TRUE;
  return FALSE;
}
