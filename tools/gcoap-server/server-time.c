/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Resources whose value changes by itself: the time, and those the plugtests
 * observe, which count. */
#include "gcoap-server/server-resources.h"

/* How often the resources of the observe tests change. */
#define PERIOD_SECONDS 5

static void
answer (GcoapExchange *exchange,
        const char    *text,
        guint          max_age)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (GCOAP_CODE_CONTENT, text);

  gcoap_message_set_content_format (response, GCOAP_CONTENT_FORMAT_TEXT_PLAIN);
  gcoap_message_set_max_age (response, max_age);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static gboolean
get_time_cb (GcoapSimpleResource *resource,
             GcoapExchange       *exchange,
             gpointer             user_data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *text = g_date_time_format (now, "%F %T UTC\n");

  answer (exchange, text, 1);
  return TRUE;
}

static gboolean
get_count_cb (GcoapSimpleResource *resource,
              GcoapExchange       *exchange,
              gpointer             user_data)
{
  gint64 count = g_get_monotonic_time () / G_USEC_PER_SEC / PERIOD_SECONDS;
  g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT "\n", count);

  answer (exchange, text, PERIOD_SECONDS);
  return TRUE;
}

void
server_add_time (GcoapSite *site)
{
  server_add (site, "time", G_CALLBACK (get_time_cb), NULL);
  server_add (site, "obs", G_CALLBACK (get_count_cb), NULL);
  server_add (site, "obs-non", G_CALLBACK (get_count_cb), NULL);
}
