/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-property-resource.h"

#include <string.h>

#include "base/gcoap-content-format.h"
#include "site/gcoap-negotiation.h"
#include "site/gcoap-property-text-private.h"
#include "site/gcoap-representation.h"

/**
 * GcoapPropertyResource:
 *
 * A property of an object.
 *
 * GET gives its value as text: numbers in decimal, booleans as "true" and
 * "false", values of enumerations by their nicks. Observers are told when the
 * object notifies of the property. PUT sets it if
 * [property@PropertyResource:writable]; a value that the property does not take
 * is answered by 4.00, one out of its range by 4.22.
 *
 * Since: 0.1
 */
struct _GcoapPropertyResource
{
  GcoapResource parent_instance;

  GObject    *object;
  char       *property_name;
  GParamSpec *pspec;         /* NULL: the object has no such property */
  gboolean    writable;
};

enum
{
  PROP_0,
  PROP_OBJECT,
  PROP_PROPERTY_NAME,
  PROP_WRITABLE,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static const guint formats[] = { GCOAP_CONTENT_FORMAT_TEXT_PLAIN };

G_DEFINE_FINAL_TYPE (GcoapPropertyResource, gcoap_property_resource, GCOAP_TYPE_RESOURCE)

/* The value as text; NULL with the exchange answered. */
static char *
dup_text (GcoapPropertyResource *self,
          GcoapExchange         *exchange)
{
  g_auto (GValue) value = G_VALUE_INIT;
  char *text;

  g_value_init (&value, self->pspec->value_type);
  g_object_get_property (self->object, self->property_name, &value);
  text = gcoap_property_text_write (&value);
  if (text == NULL)
    gcoap_exchange_fail_code (exchange, GCOAP_CODE_NOT_IMPLEMENTED,
                              "The value cannot be written as text.");
  return text;
}

static void
gcoap_property_resource_get (GcoapResource *resource,
                             GcoapExchange *exchange)
{
  GcoapPropertyResource *self = GCOAP_PROPERTY_RESOURCE (resource);
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) etag = NULL;
  g_autoptr (GError) error = NULL;
  char *text;

  if (self->pspec == NULL || !(self->pspec->flags & G_PARAM_READABLE))
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                                "The value cannot be read.");
      return;
    }
  if (gcoap_site_negotiate (exchange, formats, G_N_ELEMENTS (formats), &error) < 0)
    {
      gcoap_exchange_fail (exchange, error);
      return;
    }
  text = dup_text (self, exchange);
  if (text == NULL)
    return;
  payload = g_bytes_new_take (text, strlen (text));
  etag = gcoap_etag_for_bytes (payload);
  gcoap_resource_answer_content (exchange, payload, GCOAP_CONTENT_FORMAT_TEXT_PLAIN, etag);
}

static gboolean
check_state (GcoapPropertyResource *self,
             GcoapExchange         *exchange,
             GError               **error)
{
  g_autoptr (GBytes) etag = NULL;
  g_autofree char *text = NULL;
  g_auto (GValue) value = G_VALUE_INIT;

  if (self->pspec->flags & G_PARAM_READABLE)
    {
      g_value_init (&value, self->pspec->value_type);
      g_object_get_property (self->object, self->property_name, &value);
      text = gcoap_property_text_write (&value);
    }
  if (text != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

      etag = gcoap_etag_for_bytes (bytes);
    }
  return gcoap_resource_check_preconditions (exchange, TRUE, etag, error);
}

static void
gcoap_property_resource_put (GcoapResource *resource,
                             GcoapExchange *exchange)
{
  GcoapPropertyResource *self = GCOAP_PROPERTY_RESOURCE (resource);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;
  const guint8 *data;
  gsize length = 0;

  if (!self->writable || self->pspec == NULL || !(self->pspec->flags & G_PARAM_WRITABLE)
      || (self->pspec->flags & G_PARAM_CONSTRUCT_ONLY))
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                                "The value can only be read.");
      return;
    }
  data = gcoap_message_get_payload_data (gcoap_exchange_get_request (exchange), &length);
  g_value_init (&value, self->pspec->value_type);
  if (!gcoap_site_check_content_format (exchange, formats, G_N_ELEMENTS (formats), &error)
      || !check_state (self, exchange, &error)
      || !gcoap_property_text_read ((const char *) data, length, self->pspec, &value, &error))
    {
      gcoap_exchange_fail (exchange, error);
      return;
    }
  g_object_set_property (self->object, self->property_name, &value);
  gcoap_resource_answer_content (exchange, NULL, -1, NULL);
}

static void
gcoap_property_resource_get_property (GObject    *object,
                                      guint       property_id,
                                      GValue     *value,
                                      GParamSpec *pspec)
{
  GcoapPropertyResource *self = GCOAP_PROPERTY_RESOURCE (object);

  switch (property_id)
    {
    case PROP_OBJECT:
      g_value_set_object (value, self->object);
      break;
    case PROP_PROPERTY_NAME:
      g_value_set_string (value, self->property_name);
      break;
    case PROP_WRITABLE:
      g_value_set_boolean (value, self->writable);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_property_resource_set_property (GObject      *object,
                                      guint         property_id,
                                      const GValue *value,
                                      GParamSpec   *pspec)
{
  GcoapPropertyResource *self = GCOAP_PROPERTY_RESOURCE (object);

  switch (property_id)
    {
    case PROP_OBJECT:
      self->object = g_value_dup_object (value);
      break;
    case PROP_PROPERTY_NAME:
      self->property_name = g_value_dup_string (value);
      break;
    case PROP_WRITABLE:
      gcoap_property_resource_set_writable (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_property_resource_constructed (GObject *object)
{
  GcoapPropertyResource *self = GCOAP_PROPERTY_RESOURCE (object);
  g_autofree char *signal = NULL;

  G_OBJECT_CLASS (gcoap_property_resource_parent_class)->constructed (object);
  if (self->object != NULL && self->property_name != NULL)
    self->pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self->object),
                                                self->property_name);
  if (self->pspec == NULL)
    {
      g_critical ("There is no property %s to serve.", self->property_name);
      return;
    }
  signal = g_strconcat ("notify::", self->pspec->name, NULL);
  g_signal_connect_object (self->object, signal, G_CALLBACK (gcoap_resource_notify_observers), self,
                           G_CONNECT_SWAPPED);
}

static void
gcoap_property_resource_finalize (GObject *object)
{
  GcoapPropertyResource *self = GCOAP_PROPERTY_RESOURCE (object);

  g_clear_object (&self->object);
  g_free (self->property_name);
  G_OBJECT_CLASS (gcoap_property_resource_parent_class)->finalize (object);
}

static void
gcoap_property_resource_class_init (GcoapPropertyResourceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GcoapResourceClass *resource_class = GCOAP_RESOURCE_CLASS (klass);

  object_class->get_property = gcoap_property_resource_get_property;
  object_class->set_property = gcoap_property_resource_set_property;
  object_class->constructed = gcoap_property_resource_constructed;
  object_class->finalize = gcoap_property_resource_finalize;

  resource_class->get = gcoap_property_resource_get;
  resource_class->put = gcoap_property_resource_put;

  /**
   * GcoapPropertyResource:object: (getter get_object)
   *
   * The object.
   *
   * Since: 0.1
   */
  properties[PROP_OBJECT] =
    g_param_spec_object ("object", NULL, NULL, G_TYPE_OBJECT,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapPropertyResource:property-name: (getter get_property_name)
   *
   * The name of the property.
   *
   * Since: 0.1
   */
  properties[PROP_PROPERTY_NAME] =
    g_param_spec_string ("property-name", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapPropertyResource:writable: (getter get_writable) (setter set_writable)
   *
   * Whether PUT sets the property; %FALSE by default.
   *
   * Since: 0.1
   */
  properties[PROP_WRITABLE] =
    g_param_spec_boolean ("writable", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_property_resource_init (GcoapPropertyResource *self)
{
  g_object_set (self, "content-formats", "0", "observable", TRUE, NULL);
}

/**
 * gcoap_property_resource_new:
 * @object: an object
 * @property_name: the name of one of its properties
 *
 * Makes a resource of a property.
 *
 * Returns: (transfer full): a new resource, which keeps the object alive
 *
 * Since: 0.1
 */
GcoapPropertyResource *
gcoap_property_resource_new (GObject    *object,
                             const char *property_name)
{
  g_return_val_if_fail (G_IS_OBJECT (object), NULL);
  g_return_val_if_fail (property_name != NULL, NULL);
  g_return_val_if_fail (g_object_class_find_property (G_OBJECT_GET_CLASS (object), property_name) != NULL,
                        NULL);

  return g_object_new (GCOAP_TYPE_PROPERTY_RESOURCE,
                       "object", object, "property-name", property_name, NULL);
}

/**
 * gcoap_property_resource_get_object: (get-property object)
 * @self: a resource
 *
 * Gets the object.
 *
 * Returns: (transfer none): the object
 *
 * Since: 0.1
 */
GObject *
gcoap_property_resource_get_object (GcoapPropertyResource *self)
{
  g_return_val_if_fail (GCOAP_IS_PROPERTY_RESOURCE (self), NULL);

  return self->object;
}

/**
 * gcoap_property_resource_get_property_name: (get-property property-name)
 * @self: a resource
 *
 * Gets the name of the property.
 *
 * Returns: (transfer none): the name
 *
 * Since: 0.1
 */
const char *
gcoap_property_resource_get_property_name (GcoapPropertyResource *self)
{
  g_return_val_if_fail (GCOAP_IS_PROPERTY_RESOURCE (self), NULL);

  return self->property_name;
}

/**
 * gcoap_property_resource_get_writable: (get-property writable)
 * @self: a resource
 *
 * Tells whether PUT sets the property.
 *
 * Returns: %FALSE by default
 *
 * Since: 0.1
 */
gboolean
gcoap_property_resource_get_writable (GcoapPropertyResource *self)
{
  g_return_val_if_fail (GCOAP_IS_PROPERTY_RESOURCE (self), FALSE);

  return self->writable;
}

/**
 * gcoap_property_resource_set_writable: (set-property writable)
 * @self: a resource
 * @writable: the new value
 *
 * Says whether PUT sets the property.
 *
 * Since: 0.1
 */
void
gcoap_property_resource_set_writable (GcoapPropertyResource *self,
                                      gboolean               writable)
{
  g_return_if_fail (GCOAP_IS_PROPERTY_RESOURCE (self));

  writable = writable != FALSE;
  if (self->writable == writable)
    return;
  self->writable = writable;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WRITABLE]);
}
