/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /query says back what it was asked with; /location-query answers POST by a
 * location that is a query (TD_COAP_CORE_14 and 19). */
#include "gcoap-server/server-resources.h"

static gboolean
get_cb (GcoapSimpleResource *resource,
        GcoapExchange       *exchange,
        gpointer             user_data)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  guint n = gcoap_message_count_option (request, GCOAP_OPTION_URI_QUERY);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *argument = gcoap_message_get_option_string (request, GCOAP_OPTION_URI_QUERY, i);

      g_string_append_printf (text, "%s\n", argument != NULL ? argument : "(not a text)");
    }
  gcoap_resource_answer_text (exchange, n > 0 ? text->str : "There was no query.\n");
  return TRUE;
}

static gboolean
post_cb (GcoapSimpleResource *resource,
         GcoapExchange       *exchange,
         gpointer             user_data)
{
  static const char *const location[] = { "first=1", "second=2", NULL };
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CREATED);

  gcoap_message_set_location_query (response, location);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

void
server_add_query (GcoapSite *site)
{
  GcoapResource *resource;

  server_add (site, "query", G_CALLBACK (get_cb), NULL);
  resource = server_add (site, "location-query", NULL, NULL);
  g_signal_connect (resource, "post", G_CALLBACK (post_cb), NULL);
}
