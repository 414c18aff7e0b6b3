/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /multi-format: one state in the format that Accept names (TD_COAP_CORE_20). */
#include "gcoap-server/server-resources.h"

#include <string.h>

static const guint formats[] = {
  GCOAP_CONTENT_FORMAT_TEXT_PLAIN,
  GCOAP_CONTENT_FORMAT_XML,
};

static const char *const representations[G_N_ELEMENTS (formats)] = {
  "21.5 degrees Celsius\n",
  "<temperature unit=\"Cel\">21.5</temperature>\n",
};

static gboolean
get_cb (GcoapSimpleResource *resource,
        GcoapExchange       *exchange,
        gpointer             user_data)
{
  g_autoptr (GError) error = NULL;
  gint format = gcoap_site_negotiate (exchange, formats, G_N_ELEMENTS (formats), &error);
  g_autoptr (GBytes) payload = NULL;
  guint i = 0;

  if (format < 0)
    {
      gcoap_exchange_fail (exchange, error);
      return TRUE;
    }
  while (formats[i] != (guint) format)
    i++;
  payload = g_bytes_new_static (representations[i], strlen (representations[i]));
  gcoap_resource_answer_content (exchange, payload, format, NULL);
  return TRUE;
}

void
server_add_formats (GcoapSite *site)
{
  GcoapResource *resource = server_add (site, "multi-format", G_CALLBACK (get_cb), NULL);

  gcoap_resource_set_content_formats (resource, "0 41");
}
