/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our server, as an application would write it on the public API: a context, a
 * site, and a resource that answers a small text. All limits are the default. */
#include "bench-peer.h"

#include <libcoap-layers/gcoap.h>

#define BENCH_TYPE_RESOURCE (bench_resource_get_type ())
G_DECLARE_FINAL_TYPE (BenchResource, bench_resource, BENCH, RESOURCE, GcoapResource)

struct _BenchResource
{
  GcoapResource parent_instance;
};

G_DEFINE_FINAL_TYPE (BenchResource, bench_resource, GCOAP_TYPE_RESOURCE)

/* The response is made anew for each request, as it would be if it changed. */
static void
bench_resource_get (GcoapResource *resource,
                    GcoapExchange *exchange)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (GCOAP_CODE_CONTENT, BENCH_PAYLOAD);

  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
bench_resource_class_init (BenchResourceClass *klass)
{
  GCOAP_RESOURCE_CLASS (klass)->get = bench_resource_get;
}

static void
bench_resource_init (BenchResource *self)
{
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GcoapContext) context = NULL;
  g_autoptr (GcoapSite) site = NULL;
  g_autoptr (BenchResource) resource = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  BenchPeer peer;

  bench_peer_init (&peer, "Our server with one small resource.", NULL, &argc, &argv);
  loop = g_main_loop_new (NULL, FALSE);
  context = gcoap_context_new ();
  site = gcoap_site_new ();
  resource = g_object_new (BENCH_TYPE_RESOURCE, NULL);
  gcoap_site_add (site, BENCH_PATH, GCOAP_REQUEST_INTERFACE (resource));
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));

  uri = g_strdup_printf ("coap://%s:%d", peer.host, peer.port);
  if (!gcoap_context_listen (context, uri, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  bench_peer_announce (&peer);
  g_main_loop_run (loop);

  return 0;
}
