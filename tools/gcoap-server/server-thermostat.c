/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /thermostat/temperature and /thermostat/target: two properties of one object,
 * as text, CBOR or SenML. While somebody observes the temperature it moves
 * towards the target. */
#include "gcoap-server/server-resources.h"

/* How often it moves, and how far, in seconds and kelvins. */
#define PERIOD_SECONDS 2
#define STEP 0.5

#define SERVER_TYPE_THERMOSTAT (server_thermostat_get_type ())
G_DECLARE_FINAL_TYPE (ServerThermostat, server_thermostat, SERVER, THERMOSTAT, GObject)

struct _ServerThermostat
{
  GObject parent_instance;

  double  temperature;   /* degrees Celsius */
  double  target;
  guint   source;        /* 0: nobody observes */
};

enum
{
  PROP_0,
  PROP_TEMPERATURE,
  PROP_TARGET,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (ServerThermostat, server_thermostat, G_TYPE_OBJECT)

static gboolean
move_cb (gpointer user_data)
{
  ServerThermostat *self = user_data;

  if (self->temperature == self->target)
    return G_SOURCE_CONTINUE;
  self->temperature += CLAMP (self->target - self->temperature, -STEP, STEP);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TEMPERATURE]);
  return G_SOURCE_CONTINUE;
}

static void
observers_changed_cb (GcoapResource    *resource,
                      GParamSpec       *pspec,
                      ServerThermostat *self)
{
  gboolean is_observed = gcoap_resource_get_observer_count (resource) > 0;

  if (is_observed && self->source == 0)
    self->source = g_timeout_add_seconds (PERIOD_SECONDS, move_cb, self);
  else if (!is_observed)
    g_clear_handle_id (&self->source, g_source_remove);
}

static void
server_thermostat_get_property (GObject    *object,
                                guint       property_id,
                                GValue     *value,
                                GParamSpec *pspec)
{
  ServerThermostat *self = SERVER_THERMOSTAT (object);

  if (property_id == PROP_TEMPERATURE)
    g_value_set_double (value, self->temperature);
  else
    g_value_set_double (value, self->target);
}

static void
server_thermostat_set_property (GObject      *object,
                                guint         property_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  ServerThermostat *self = SERVER_THERMOSTAT (object);

  if (self->target == g_value_get_double (value))
    return;
  self->target = g_value_get_double (value);
  g_object_notify_by_pspec (object, pspec);
}

static void
server_thermostat_finalize (GObject *object)
{
  g_clear_handle_id (&SERVER_THERMOSTAT (object)->source, g_source_remove);
  G_OBJECT_CLASS (server_thermostat_parent_class)->finalize (object);
}

static void
server_thermostat_class_init (ServerThermostatClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = server_thermostat_get_property;
  object_class->set_property = server_thermostat_set_property;
  object_class->finalize = server_thermostat_finalize;

  properties[PROP_TEMPERATURE] =
    g_param_spec_double ("temperature", NULL, NULL, 5, 30, 18,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_TARGET] =
    g_param_spec_double ("target", NULL, NULL, 5, 30, 18,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
server_thermostat_init (ServerThermostat *self)
{
  self->temperature = 18;
  self->target = 18;
}

static GcoapPropertyResource *
add (GcoapSite        *site,
     const char       *path,
     ServerThermostat *thermostat,
     const char       *property)
{
  g_autoptr (GcoapPropertyResource) resource =
    gcoap_property_resource_new (G_OBJECT (thermostat), property);

  gcoap_property_resource_set_unit (resource, "Cel");
  gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (resource));
  return resource;
}

void
server_add_thermostat (GcoapSite *site)
{
  g_autoptr (ServerThermostat) thermostat = g_object_new (SERVER_TYPE_THERMOSTAT, NULL);
  GcoapPropertyResource *temperature = add (site, "thermostat/temperature", thermostat, "temperature");

  /* The resource holds the object. */
  g_signal_connect (temperature, "notify::observer-count", G_CALLBACK (observers_changed_cb), thermostat);
  gcoap_property_resource_set_writable (add (site, "thermostat/target", thermostat, "target"), TRUE);
}
