/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The resource tree of gcoap-server, put together. */
#include "gcoap-server/server-resources.h"

GcoapSite *
server_site_new (void)
{
  GcoapSite *site = gcoap_site_new ();

  server_add_index (site);
  server_add_texts (site);
  server_add_time (site);
  server_add_observed (site);
  server_add_whoami (site);
  server_add_stored (site);
  server_add_test (site);
  server_add_created (site);
  server_add_separate (site);
  server_add_query (site);
  server_add_formats (site);
  server_add_path (site);
  server_add_large (site);
  server_add_thermostat (site);
  server_add_oscore (site);
  return site;
}

GcoapResource *
server_add (GcoapSite  *site,
            const char *path,
            GCallback   get,
            gpointer    user_data)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  if (get != NULL)
    g_signal_connect (resource, "get", get, user_data);
  gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (resource));
  /* The site holds it. */
  return GCOAP_RESOURCE (resource);
}
