/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /: what a person who looks in finds here, as a text, or, for programs, the
 * links of the site. */
#include "gcoap-server/server-resources.h"

#include <string.h>

static const char index_text[] =
  "This is gcoap-server of libcoap-layers. It offers:\n"
  "\n"
  "/hello           a greeting\n"
  "/time            the time\n"
  "/whoami          who you are, as seen from here\n"
  "/note            a text that PUT changes\n"
  "/query           says back the query it is asked with\n"
  "/other/block     more than 1 kB, to be read and changed\n"
  "/big             1 MB, to be read and changed\n"
  "/other/separate  an answer after 3 seconds\n"
  "/thermostat/...  the temperature of a room, and that it shall have\n"
  "/path            a collection: POST adds to it\n"
  "\n"
  "and the resources of the CoAP plugtests. /.well-known/core lists them all.\n";

static gboolean
get_cb (GcoapSimpleResource *resource,
        GcoapExchange       *exchange,
        gpointer             user_data)
{
  static const guint formats[] = { GCOAP_CONTENT_FORMAT_TEXT_PLAIN,
                                   GCOAP_CONTENT_FORMAT_LINK_FORMAT };
  GcoapSite *site = user_data;
  g_autoptr (GError) error = NULL;
  gint format = gcoap_site_negotiate (exchange, formats, G_N_ELEMENTS (formats), &error);

  if (format < 0)
    gcoap_exchange_fail (exchange, error);
  else if (format == GCOAP_CONTENT_FORMAT_LINK_FORMAT)
    {
      g_autoptr (GPtrArray) links = gcoap_site_get_links (site, "");
      char *text = gcoap_link_format_write (links);
      g_autoptr (GBytes) payload = g_bytes_new_take (text, strlen (text));

      gcoap_resource_answer_content (exchange, payload, format, NULL);
    }
  else
    gcoap_resource_answer_text (exchange, index_text);
  return TRUE;
}

void
server_add_index (GcoapSite *site)
{
  /* The site holds the resource, not the other way round. */
  GcoapResource *resource = server_add (site, "", G_CALLBACK (get_cb), site);

  gcoap_resource_set_content_formats (resource, "0 40");
}
