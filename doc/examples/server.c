/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A server with a note that can be read and written, and a slow resource. */
#include <libcoap-layers/gcoap.h>

/* A resource that takes its time: it is derived, and answers later. */
G_DECLARE_FINAL_TYPE (SlowResource, slow_resource, SLOW, RESOURCE, GcoapResource)

struct _SlowResource
{
  GcoapResource parent_instance;
};

G_DEFINE_FINAL_TYPE (SlowResource, slow_resource, GCOAP_TYPE_RESOURCE)

static gboolean
answer_cb (gpointer user_data)
{
  gcoap_resource_answer_text (user_data, "Done");
  return G_SOURCE_REMOVE;
}

static void
slow_resource_get (GcoapResource *resource,
                   GcoapExchange *exchange)
{
  /* The reference is what makes it possible to answer later. */
  g_timeout_add_full (G_PRIORITY_DEFAULT, 500, answer_cb, g_object_ref (exchange), g_object_unref);
}

static void
slow_resource_class_init (SlowResourceClass *klass)
{
  GCOAP_RESOURCE_CLASS (klass)->get = slow_resource_get;
}

static void
slow_resource_init (SlowResource *self)
{
  gcoap_resource_set_title (GCOAP_RESOURCE (self), "Half a second");
}

/* The note: a resource whose methods are signals. */
static gboolean
get_note_cb (GcoapSimpleResource *resource,
             GcoapExchange       *exchange,
             gpointer             user_data)
{
  GBytes **note = user_data;

  gcoap_resource_answer_content (exchange, *note, GCOAP_CONTENT_FORMAT_TEXT_PLAIN, NULL);
  return TRUE;
}

static gboolean
put_note_cb (GcoapSimpleResource *resource,
             GcoapExchange       *exchange,
             gpointer             user_data)
{
  GBytes **note = user_data;
  GBytes *payload = gcoap_message_get_payload (gcoap_exchange_get_request (exchange));
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);

  if (payload == NULL)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_BAD_REQUEST, "A note has some text");
      return TRUE;
    }
  g_bytes_unref (*note);
  *note = g_bytes_ref (payload);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

int
main (int argc, char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "coap://[::]";
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GBytes) note = g_bytes_new_static ("Nothing", 7);
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapSimpleResource) note_resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapRequestInterface) slow = g_object_new (slow_resource_get_type (), NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;

  g_signal_connect (note_resource, "get", G_CALLBACK (get_note_cb), &note);
  g_signal_connect (note_resource, "put", G_CALLBACK (put_note_cb), &note);
  gcoap_site_add (site, "note", GCOAP_REQUEST_INTERFACE (note_resource));
  gcoap_site_add (site, "slow", slow);

  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));
  if (!gcoap_context_listen (context, uri, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  uris = gcoap_context_dup_listen_uris (context);
  g_print ("Serving %s\n", uris[0]);
  g_main_loop_run (loop);
  return 0;
}
