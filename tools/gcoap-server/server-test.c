/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /test, the resource most plugtests are made with, the one that POST to it
 * makes, and /alternate, another name of it.
 *
 * DELETE gives /test its first text again, so that every test can be run again
 * in any order. */
#include "gcoap-server/server-resources.h"
#include "gcoap-server/server-stored-resource.h"

#define LOCATION "location1/location2/location3"

/* TD_COAP_CORE_18: a location of three segments. There is but one, and each
 * POST makes it anew: so no number of them takes more room. */
static void
post_cb (GcoapExchange *exchange,
         gpointer       user_data)
{
  static const char *const location[] = { "location1", "location2", "location3", NULL };
  ServerStoredResource *created = user_data;
  g_autoptr (GcoapMessage) response = NULL;

  if (!server_stored_resource_take (created, exchange))
    return;
  response = gcoap_message_new (GCOAP_CODE_CREATED);
  gcoap_message_set_location_path (response, location);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static gboolean
get_alternate_cb (GcoapSimpleResource *resource,
                  GcoapExchange       *exchange,
                  gpointer             user_data)
{
  gcoap_request_interface_request (user_data, exchange);
  return TRUE;
}

void
server_add_test (GcoapSite *site)
{
  g_autoptr (ServerStoredResource) test = server_stored_resource_new ("This is a test.\n");
  g_autoptr (ServerStoredResource) created = server_stored_resource_new (NULL);
  GcoapResource *alternate;

  server_stored_resource_set_post (test, post_cb, created);
  gcoap_site_add (site, "test", GCOAP_REQUEST_INTERFACE (test));
  gcoap_site_add (site, LOCATION, GCOAP_REQUEST_INTERFACE (created));

  /* TD_COAP_LINK_10 */
  alternate = server_add (site, "alternate", G_CALLBACK (get_alternate_cb), test);
  gcoap_resource_add_attribute (alternate, "anchor", "/test");
  gcoap_resource_add_attribute (alternate, "rel", "alternate");
}
