/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-property-resource.h"

#include <string.h>

#include "base/gcoap-content-format.h"
#include "formats/gcoap-senml-pack.h"
#include "site/gcoap-negotiation.h"
#include "site/gcoap-property-formats-private.h"
#include "site/gcoap-representation-private.h"

/**
 * GcoapPropertyResource:
 *
 * A property of an object.
 *
 * GET gives its value in the format that Accept asks for, else as text: numbers
 * in decimal, booleans as "true" and "false", values of enumerations by their
 * nicks. `application/cbor` has it as a number, boolean or text, and
 * `application/senml+json` and `application/senml+cbor` as a list of one record
 * (RFC 8428), with the unit of [property@PropertyResource:unit]. The record's
 * name is the path of the resource, such as "sensors/temperature", with "_" in
 * place of what a name cannot have. A value that has no exact representation in
 * SenML, such as an integer above 2⁵³, is answered by 4.06.
 *
 * Observers are told when the object notifies of the property. PUT sets it if
 * [property@PropertyResource:writable], in any of these formats; a value that
 * the property does not take is answered by 4.00, one out of its range by 4.22.
 * A SenML record must have the name and, if it has one, the unit that GET shows;
 * secondary units (RFC 8798) are converted.
 *
 * Since: 0.1
 */
struct _GcoapPropertyResource
{
  GcoapResource parent_instance;

  GObject    *object;
  char       *property_name;
  GParamSpec *pspec;         /* NULL: the object has no such property */
  char       *unit;
  gboolean    writable;
};

enum
{
  PROP_0,
  PROP_OBJECT,
  PROP_PROPERTY_NAME,
  PROP_WRITABLE,
  PROP_UNIT,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (GcoapPropertyResource, gcoap_property_resource, GCOAP_TYPE_RESOURCE)

/* RFC 8428 §4.5.1: what a name may consist of, and begin with. */
static gboolean
is_name_char (char     c,
              gboolean is_first)
{
  return g_ascii_isalnum (c) || (!is_first && c != '\0' && strchr ("-:./_", c) != NULL);
}

/* The path of the request as a name; that of the property if there is nothing
 * in it that a name can begin with. */
static char *
dup_name (GcoapPropertyResource *self,
          GcoapExchange         *exchange)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GString *name = g_string_new (NULL);
  const guint8 *segment;
  gsize length;

  for (guint i = 0; (segment = gcoap_message_peek_option (request, GCOAP_OPTION_URI_PATH, i, &length)) != NULL; i++)
    {
      if (name->len > 0)
        g_string_append_c (name, '/');
      for (gsize j = 0; j < length; j++)
        if (is_name_char ((char) segment[j], name->len == 0))
          g_string_append_c (name, (char) segment[j]);
        else if (name->len > 0)
          g_string_append_c (name, '_');
    }
  if (name->len == 0 || name->len > GCOAP_SENML_MAX_TEXT_LENGTH)
    g_string_assign (name, self->pspec->name);
  return g_string_free (name, FALSE);
}

static GBytes *
dup_payload (GcoapPropertyResource *self,
             GcoapExchange         *exchange,
             guint                  format,
             GError               **error)
{
  g_auto (GValue) value = G_VALUE_INIT;
  g_autofree char *name = dup_name (self, exchange);
  GcoapPropertyLabel label = { name, self->unit };

  g_value_init (&value, self->pspec->value_type);
  g_object_get_property (self->object, self->property_name, &value);
  return gcoap_property_formats_write (&value, format, &label, error);
}

static void
gcoap_property_resource_get (GcoapResource *resource,
                             GcoapExchange *exchange)
{
  GcoapPropertyResource *self = GCOAP_PROPERTY_RESOURCE (resource);
  g_autoptr (GBytes) payload = NULL;
  g_autoptr (GBytes) etag = NULL;
  g_autoptr (GError) error = NULL;
  gint format;

  if (self->pspec == NULL || !(self->pspec->flags & G_PARAM_READABLE))
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                                "The value cannot be read.");
      return;
    }
  format = gcoap_site_negotiate (exchange, gcoap_property_formats, GCOAP_PROPERTY_N_FORMATS, &error);
  if (format >= 0)
    payload = dup_payload (self, exchange, (guint) format, &error);
  if (payload == NULL)
    {
      gcoap_exchange_fail (exchange, error);
      return;
    }
  etag = gcoap_etag_for_bytes (payload);
  gcoap_resource_answer_content (exchange, payload, format, etag);
}

/* Each representation has a tag of its own, and If-Match may name any. */
static gboolean
check_state (GcoapPropertyResource *self,
             GcoapExchange         *exchange,
             GError               **error)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autoptr (GBytes) etag = NULL;
  gboolean is_named = !gcoap_message_has_option (request, GCOAP_OPTION_IF_MATCH)
                      || !(self->pspec->flags & G_PARAM_READABLE);

  for (guint i = 0; !is_named && i < GCOAP_PROPERTY_N_FORMATS; i++)
    {
      g_autoptr (GBytes) payload = dup_payload (self, exchange, gcoap_property_formats[i], NULL);

      if (payload == NULL)
        continue;
      g_clear_pointer (&etag, g_bytes_unref);
      etag = gcoap_etag_for_bytes (payload);
      is_named = gcoap_representation_names_etag (request, GCOAP_OPTION_IF_MATCH, etag);
    }
  return gcoap_resource_check_preconditions (exchange, TRUE, etag, error);
}

static gboolean
read_payload (GcoapPropertyResource *self,
              GcoapExchange         *exchange,
              GValue                *value,
              GError               **error)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autofree char *name = dup_name (self, exchange);
  GcoapPropertyLabel label = { name, self->unit };
  guint format = GCOAP_CONTENT_FORMAT_TEXT_PLAIN;
  g_autoptr (GBytes) payload = NULL;
  gsize length = 0;
  const guint8 *data = gcoap_message_get_payload_data (request, &length);

  payload = g_bytes_new_static (data, length);
  gcoap_message_get_option_uint (request, GCOAP_OPTION_CONTENT_FORMAT, &format);
  return gcoap_property_formats_read (payload, format, &label, self->pspec, value, error);
}

static void
gcoap_property_resource_put (GcoapResource *resource,
                             GcoapExchange *exchange)
{
  GcoapPropertyResource *self = GCOAP_PROPERTY_RESOURCE (resource);
  g_auto (GValue) value = G_VALUE_INIT;
  g_autoptr (GError) error = NULL;

  if (!self->writable || self->pspec == NULL || !(self->pspec->flags & G_PARAM_WRITABLE)
      || (self->pspec->flags & G_PARAM_CONSTRUCT_ONLY))
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED,
                                "The value can only be read.");
      return;
    }
  g_value_init (&value, self->pspec->value_type);
  if (!gcoap_site_check_content_format (exchange, gcoap_property_formats, GCOAP_PROPERTY_N_FORMATS, &error)
      || !check_state (self, exchange, &error)
      || !read_payload (self, exchange, &value, &error))
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
    case PROP_UNIT:
      g_value_set_string (value, self->unit);
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
    case PROP_UNIT:
      gcoap_property_resource_set_unit (self, g_value_get_string (value));
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
  g_free (self->unit);
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

  /**
   * GcoapPropertyResource:unit: (getter get_unit) (setter set_unit)
   *
   * The unit of the value in SenML, such as "Cel" or "%RH" (RFC 8428 §12.1), or
   * %NULL for none; at most 512 bytes.
   *
   * Since: 0.1
   */
  properties[PROP_UNIT] =
    g_param_spec_string ("unit", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_property_resource_init (GcoapPropertyResource *self)
{
  g_object_set (self, "content-formats", "0 60 110 112", "observable", TRUE, NULL);
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

/**
 * gcoap_property_resource_get_unit: (get-property unit)
 * @self: a resource
 *
 * Gets the unit of the value.
 *
 * Returns: (transfer none) (nullable): the unit, or %NULL
 *
 * Since: 0.1
 */
const char *
gcoap_property_resource_get_unit (GcoapPropertyResource *self)
{
  g_return_val_if_fail (GCOAP_IS_PROPERTY_RESOURCE (self), NULL);

  return self->unit;
}

/**
 * gcoap_property_resource_set_unit: (set-property unit)
 * @self: a resource
 * @unit: (nullable): the unit, or %NULL for none
 *
 * Sets the unit of the value.
 *
 * Since: 0.1
 */
void
gcoap_property_resource_set_unit (GcoapPropertyResource *self,
                                  const char            *unit)
{
  g_return_if_fail (GCOAP_IS_PROPERTY_RESOURCE (self));
  g_return_if_fail (unit == NULL || (unit[0] != '\0' && strlen (unit) <= GCOAP_SENML_MAX_TEXT_LENGTH
                                     && g_utf8_validate (unit, -1, NULL)));

  if (g_strcmp0 (self->unit, unit) == 0)
    return;
  g_free (self->unit);
  self->unit = g_strdup (unit);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_UNIT]);
}
