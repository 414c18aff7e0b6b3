/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A decorator stands before a site, and sees what passes. */
#include "logging-provider.c"

static gboolean
hello_cb (GcoapSimpleResource *resource,
          GcoapExchange       *exchange,
          gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, "Hello");
  return TRUE;
}

int
main (int argc, char **argv)
{
  const char *uri = argc > 1 ? argv[1] : "coap://[::]";
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapSimpleResource) hello = gcoap_simple_resource_new ();
  g_autoptr (GcoapRequestInterface) provider = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) uris = NULL;

  g_signal_connect (hello, "get", G_CALLBACK (hello_cb), NULL);
  gcoap_site_add (site, "hello", GCOAP_REQUEST_INTERFACE (hello));

  provider = g_object_new (logging_provider_get_type (), "next", site, NULL);
  gcoap_context_set_site (context, provider);

  if (!gcoap_context_listen (context, uri, &error))
    g_error ("%s", error->message);
  uris = gcoap_context_dup_listen_uris (context);
  g_print ("Serving %s\n", uris[0]);
  g_main_loop_run (loop);
  return 0;
}
