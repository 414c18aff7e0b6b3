/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Our server, as an application would write it on the public API: a context, a
 * site, and resources. All limits but one are the default; notifications are as
 * frequent as changes, for else their number is what is set. With --oscore it
 * opens requests of so many clients, too (RFC 8613). */
#include "bench-peer.h"

#include <libcoap-layers/gcoap.h>

#define BENCH_TYPE_RESOURCE (bench_resource_get_type ())
G_DECLARE_FINAL_TYPE (BenchResource, bench_resource, BENCH, RESOURCE, GcoapResource)

struct _BenchResource
{
  GcoapResource parent_instance;
};

G_DEFINE_FINAL_TYPE (BenchResource, bench_resource, GCOAP_TYPE_RESOURCE)

#define MAX_OSCORE_CLIENTS 65535

static int option_oscore;

static const GOptionEntry entries[] = {
  { "oscore", 0, 0, G_OPTION_ARG_INT, &option_oscore, "Know the OSCORE contexts of so many clients (0)", "N" },
  { NULL }
};

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

/* A large body that is kept as it was put. */
static gboolean
get_big_cb (GcoapSimpleResource *resource,
            GcoapExchange       *exchange,
            GBytes             **body)
{
  gcoap_resource_answer_content (exchange, *body, GCOAP_CONTENT_FORMAT_OCTET_STREAM, NULL);
  return TRUE;
}

static gboolean
put_big_cb (GcoapSimpleResource *resource,
            GcoapExchange       *exchange,
            GBytes             **body)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);

  g_bytes_unref (*body);
  *body = g_bytes_ref (gcoap_message_get_payload (gcoap_exchange_get_request (exchange)));
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gboolean
get_observed_cb (GcoapSimpleResource *resource,
                 GcoapExchange       *exchange,
                 gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, BENCH_PAYLOAD);
  return TRUE;
}

static gboolean
change_cb (GcoapSimpleResource *resource,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);

  gcoap_exchange_respond (exchange, response, TRUE);
  gcoap_resource_notify_observers (GCOAP_RESOURCE (resource));
  return TRUE;
}

static void
add_big (GcoapSite *site,
         GBytes   **body)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  g_signal_connect (resource, "get", G_CALLBACK (get_big_cb), body);
  g_signal_connect (resource, "put", G_CALLBACK (put_big_cb), body);
  gcoap_site_add (site, BENCH_BIG_PATH, GCOAP_REQUEST_INTERFACE (resource));
}

static void
add_observed (GcoapSite       *site,
              const char      *path,
              GcoapReliability reliability)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  gcoap_resource_set_observable (GCOAP_RESOURCE (resource), TRUE);
  gcoap_resource_set_notification_reliability (GCOAP_RESOURCE (resource), reliability);
  g_signal_connect (resource, "get", G_CALLBACK (get_observed_cb), NULL);
  g_signal_connect (resource, "post", G_CALLBACK (change_cb), NULL);
  gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (resource));
}

/* One client, whom the generator of load plays. */
static void
add_client (GcoapCredentialStore *store)
{
  g_autoptr (GBytes) identity = g_bytes_new_static (BENCH_PSK_IDENTITY, sizeof (BENCH_PSK_IDENTITY) - 1);
  g_autoptr (GBytes) key = g_bytes_new_static (BENCH_PSK_KEY, sizeof (BENCH_PSK_KEY) - 1);
  g_autoptr (GcoapPskCredential) credential = gcoap_psk_credential_new (identity, key, NULL);

  if (!gcoap_credential_store_add_client (store, "bench", credential, NULL))
    g_error ("The client cannot be added.");
}

/* Many of them, for each run of a generator is one that begins anew. */
static void
add_oscore_clients (GcoapCredentialStore *store)
{
  g_autoptr (GBytes) secret = g_bytes_new_static (BENCH_OSCORE_SECRET, sizeof (BENCH_OSCORE_SECRET) - 1);

  for (int i = 0; i < MIN (option_oscore, MAX_OSCORE_CLIENTS); i++)
    {
      guint8 client[BENCH_OSCORE_ID_LENGTH];
      guint8 server[BENCH_OSCORE_ID_LENGTH];
      g_autofree char *name = g_strdup_printf ("client-%d", i);
      g_autoptr (GBytes) client_id = NULL;
      g_autoptr (GBytes) server_id = NULL;
      g_autoptr (GcoapOscoreCredential) credential = NULL;
      g_autoptr (GError) error = NULL;

      bench_peer_make_oscore_id ('c', (guint) i, client);
      bench_peer_make_oscore_id ('s', (guint) i, server);
      client_id = g_bytes_new (client, sizeof client);
      server_id = g_bytes_new (server, sizeof server);
      credential = gcoap_oscore_credential_new (secret, server_id, client_id, &error);
      if (credential == NULL || !gcoap_credential_store_add_client_context (store, name, credential, &error))
        g_error ("%s", error->message);
    }
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GcoapContext) context = NULL;
  g_autoptr (GcoapSite) site = NULL;
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (BenchResource) resource = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *uri = NULL;
  GBytes *body = g_bytes_new_take (g_malloc0 (BENCH_BIG_LENGTH), BENCH_BIG_LENGTH);
  GcoapRequestProvider *observe;
  BenchPeer peer;

  bench_peer_init (&peer, "Our server with one small resource.", entries, &argc, &argv);
  loop = g_main_loop_new (NULL, FALSE);
  context = gcoap_context_new ();
  /* The generators play many hosts, but have a few addresses only. */
  g_object_set (gcoap_context_get_limits (context), "max-connections-per-host", 65536u, NULL);
  site = gcoap_site_new ();
  resource = g_object_new (BENCH_TYPE_RESOURCE, NULL);
  gcoap_site_add (site, BENCH_PATH, GCOAP_REQUEST_INTERFACE (resource));
  add_big (site, &body);
  add_observed (site, BENCH_OBSERVED_PATH, GCOAP_RELIABILITY_NON_CONFIRMABLE);
  add_observed (site, BENCH_CONFIRMED_PATH, GCOAP_RELIABILITY_CONFIRMABLE);
  gcoap_context_set_site (context, GCOAP_REQUEST_INTERFACE (site));

  observe = gcoap_context_get_inbound_provider (context, GCOAP_TYPE_OBSERVE);
  gcoap_observe_set_non_confirmable_interval (GCOAP_OBSERVE (observe), 0);
  if (g_str_has_prefix (peer.scheme, "coaps"))
    add_client (store);
  if (option_oscore > 0)
    add_oscore_clients (store);
  if (g_str_has_prefix (peer.scheme, "coaps") || option_oscore > 0)
    gcoap_context_set_server_credentials (context, store);
  uri = g_strdup_printf ("%s://%s:%d", peer.scheme, peer.host, peer.port);
  if (!gcoap_context_listen (context, uri, &error))
    {
      g_printerr ("%s\n", error->message);
      return 1;
    }
  bench_peer_announce (&peer);
  g_main_loop_run (loop);
  g_bytes_unref (body);

  return 0;
}
