/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /path, a collection (TD_COAP_LINK_09): GET lists what is below it, POST adds
 * to it, DELETE of a member takes it away. */
#include "gcoap-server/server-resources.h"

#include <string.h>

#include "gcoap-server/server-stored-resource.h"

/* How many members there can be. The first is always there. */
#define MAX_MEMBERS 16

static gboolean
get_cb (GcoapSimpleResource *resource,
        GcoapExchange       *exchange,
        gpointer             user_data)
{
  g_autoptr (GPtrArray) links = gcoap_site_get_links (user_data, "");
  g_autoptr (GPtrArray) members = g_ptr_array_new ();
  g_autoptr (GBytes) payload = NULL;
  char *text;

  for (guint i = 0; i < links->len; i++)
    if (g_str_has_prefix (gcoap_link_get_target (g_ptr_array_index (links, i)), "/path/"))
      g_ptr_array_add (members, g_ptr_array_index (links, i));
  text = gcoap_link_format_write (members);
  payload = g_bytes_new_take (text, strlen (text));
  gcoap_resource_answer_content (exchange, payload, GCOAP_CONTENT_FORMAT_LINK_FORMAT, NULL);
  return TRUE;
}

/* The first member that has no content, and its name. */
static ServerStoredResource *
find_free (GcoapSite *site,
           char     **name)
{
  for (guint i = 1; i <= MAX_MEMBERS; i++)
    {
      g_autofree char *path = g_strdup_printf ("path/sub%u", i);
      GcoapRequestInterface *member = gcoap_site_lookup (site, path);

      if (gcoap_resource_get_hidden (GCOAP_RESOURCE (member)))
        {
          *name = g_strdup_printf ("sub%u", i);
          return SERVER_STORED_RESOURCE (member);
        }
    }
  return NULL;
}

static gboolean
post_cb (GcoapSimpleResource *resource,
         GcoapExchange       *exchange,
         gpointer             user_data)
{
  g_autofree char *name = NULL;
  ServerStoredResource *member = find_free (user_data, &name);
  g_autoptr (GcoapMessage) response = NULL;

  if (member == NULL)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_SERVICE_UNAVAILABLE,
                                "The collection is full: delete something first.");
      return TRUE;
    }
  if (!server_stored_resource_take (member, exchange))
    return TRUE;
  response = gcoap_message_new (GCOAP_CODE_CREATED);
  gcoap_message_add_location_path (response, "path");
  gcoap_message_add_location_path (response, name);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

void
server_add_path (GcoapSite *site)
{
  GcoapResource *resource = server_add (site, "path", G_CALLBACK (get_cb), site);

  g_signal_connect (resource, "post", G_CALLBACK (post_cb), site);
  gcoap_resource_set_content_formats (resource, "40");
  for (guint i = 1; i <= MAX_MEMBERS; i++)
    {
      g_autofree char *path = g_strdup_printf ("path/sub%u", i);
      g_autoptr (ServerStoredResource) member =
        server_stored_resource_new (i == 1 ? "The first member.\n" : NULL);

      gcoap_site_add (site, path, GCOAP_REQUEST_INTERFACE (member));
    }
}
