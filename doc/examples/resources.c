/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server of ready-made resources: a directory, a property of an object, and
 * what a resource can ask of requests. */
#include <libcoap-layers/gcoap.h>

/* An object like any other; it knows nothing of CoAP. */
G_DECLARE_FINAL_TYPE (Oven, oven, EXAMPLE, OVEN, GObject)

struct _Oven
{
  GObject parent_instance;

  double  temperature;
};

G_DEFINE_FINAL_TYPE (Oven, oven, G_TYPE_OBJECT)

static void
oven_get_property (GObject    *object,
                   guint       property_id,
                   GValue     *value,
                   GParamSpec *pspec)
{
  g_value_set_double (value, EXAMPLE_OVEN (object)->temperature);
}

static void
oven_set_property (GObject      *object,
                   guint         property_id,
                   const GValue *value,
                   GParamSpec   *pspec)
{
  EXAMPLE_OVEN (object)->temperature = g_value_get_double (value);
}

static void
oven_class_init (OvenClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = oven_get_property;
  object_class->set_property = oven_set_property;
  g_object_class_install_property (object_class, 1,
                                   g_param_spec_double ("temperature", NULL, NULL, 0, 300, 20,
                                                        G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
oven_init (Oven *self)
{
  self->temperature = 20;
}

static gboolean
heat_cb (gpointer user_data)
{
  double temperature;

  g_object_get (user_data, "temperature", &temperature, NULL);
  g_object_set (user_data, "temperature", temperature < 250 ? temperature + 1 : 20, NULL);
  return G_SOURCE_CONTINUE;
}

static void
add_oven (GcoapSite *site,
          Oven      *oven)
{
  g_autoptr (GcoapPropertyResource) resource = NULL;

  resource = gcoap_property_resource_new (G_OBJECT (oven), "temperature");
  gcoap_property_resource_set_unit (resource, "Cel");
  gcoap_property_resource_set_writable (resource, TRUE);
  gcoap_site_add (site, "oven/temperature", GCOAP_REQUEST_INTERFACE (resource));
}

static gboolean
add_files (GcoapSite  *site,
           const char *path,
           GError    **error)
{
  g_autoptr (GFile) directory = g_file_new_for_commandline_arg (path);
  g_autoptr (GcoapDirectoryResource) files = gcoap_directory_resource_new (directory, error);

  if (files == NULL)
    return FALSE;
  gcoap_directory_resource_set_writable (files, TRUE);
  gcoap_site_add (site, "files", GCOAP_REQUEST_INTERFACE (files));
  return TRUE;
}

static gboolean
answer_cb (GcoapSimpleResource *resource,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, user_data);
  return TRUE;
}

static void
add_demanding (GcoapSite *site)
{
  g_autoptr (GcoapSimpleResource) door = gcoap_simple_resource_new ();
  g_autoptr (GcoapSimpleResource) search = gcoap_simple_resource_new ();

  /* A request to open the door that somebody has held back is of no use. */
  gcoap_resource_set_require_freshness (GCOAP_RESOURCE (door), 5000);
  g_signal_connect (door, "post", G_CALLBACK (answer_cb), (gpointer) "The door is open");
  gcoap_site_add (site, "door", GCOAP_REQUEST_INTERFACE (door));

  /* Who searches more than eight times a minute has to wait. */
  gcoap_resource_set_rate_limit (GCOAP_RESOURCE (search), 8);
  g_signal_connect (search, "get", G_CALLBACK (answer_cb), (gpointer) "Nothing found");
  gcoap_site_add (site, "search", GCOAP_REQUEST_INTERFACE (search));
}

int
main (int argc, char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "coap://[::]";
  const char *path = argc > 2 ? argv[2] : ".";
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (Oven) oven = g_object_new (oven_get_type (), NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;

  add_oven (site, oven);
  add_demanding (site);
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  /* Everybody has to show an address before large answers go there. */
  gcoap_context_set_amplification_policy (context, GCOAP_AMPLIFICATION_POLICY_ALL);
  if (!add_files (site, path, &error) || !gcoap_context_listen (context, uri, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  uris = gcoap_context_dup_listen_uris (context);
  g_print ("Serving %s\n", uris[0]);
  g_timeout_add (100, heat_cb, oven);
  g_main_loop_run (loop);
  return 0;
}
