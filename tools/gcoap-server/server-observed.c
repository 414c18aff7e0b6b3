/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The resources of the observe plugtests: they count, until PUT gives them
 * something else to show. */
#include "gcoap-server/server-resources.h"

#include <string.h>

#include "gcoap-server/server-stored-resource.h"

/* How often they change. */
#define PERIOD_SECONDS 5

typedef struct
{
  GBytes *payload;   /* NULL: the count */
  guint   format;
} Shown;

static void
shown_free (gpointer data)
{
  Shown *shown = data;

  g_clear_pointer (&shown->payload, g_bytes_unref);
  g_free (shown);
}

static GBytes *
dup_count (void)
{
  gint64 count = g_get_monotonic_time () / G_USEC_PER_SEC / PERIOD_SECONDS;
  char *text = g_strdup_printf ("%" G_GINT64_FORMAT "\n", count);

  return g_bytes_new_take (text, strlen (text));
}

static gboolean
get_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       user_data)
{
  Shown *shown = user_data;
  g_autoptr (GBytes) payload = shown->payload != NULL ? g_bytes_ref (shown->payload) : dup_count ();
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);

  gcoap_message_set_payload (response, payload);
  gcoap_message_set_content_format (response, shown->format);
  gcoap_message_set_max_age (response, PERIOD_SECONDS);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gboolean
put_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       user_data)
{
  Shown *shown = user_data;
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (request, &length);

  if (length > SERVER_STORED_MAX_SIZE)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE, NULL);
      return TRUE;
    }
  g_clear_pointer (&shown->payload, g_bytes_unref);
  shown->payload = g_bytes_new (data, length);
  if (!gcoap_message_get_content_format (request, &shown->format))
    shown->format = GCOAP_CONTENT_FORMAT_TEXT_PLAIN;
  gcoap_resource_notify_observers (resource);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gboolean
delete_cb (GcoapResource *resource,
           GcoapExchange *exchange,
           gpointer       user_data)
{
  Shown *shown = user_data;
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_DELETED);

  g_clear_pointer (&shown->payload, g_bytes_unref);
  shown->format = GCOAP_CONTENT_FORMAT_TEXT_PLAIN;
  gcoap_resource_end_observations (resource, GCOAP_CODE_NOT_FOUND, "The resource was deleted.");
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static GcoapResource *
add (GcoapSite  *site,
     const char *path)
{
  Shown *shown = g_new0 (Shown, 1);
  GcoapResource *resource = server_add (site, path, G_CALLBACK (get_cb), shown);

  g_object_set_data_full (G_OBJECT (resource), "shown", shown, shown_free);
  g_signal_connect (resource, "put", G_CALLBACK (put_cb), shown);
  g_signal_connect (resource, "delete", G_CALLBACK (delete_cb), shown);
  server_tick (resource, PERIOD_SECONDS);
  return resource;
}

void
server_add_observed (GcoapSite *site)
{
  add (site, "obs");
  gcoap_resource_set_notification_reliability (add (site, "obs-non"),
                                               GCOAP_RELIABILITY_NON_CONFIRMABLE);
}
