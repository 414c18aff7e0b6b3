/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The resources of the observe plugtests: they count, until PUT gives them
 * something else to show. /obs-large always takes several blocks, and
 * /obs-pumping every other time (TD_COAP_OBS_13 and 14). */
#include "gcoap-server/server-resources.h"

#include <string.h>

#include "gcoap-server/server-stored-resource.h"

/* How often they change. */
#define PERIOD_SECONDS 5

/* More than the largest block. */
#define LARGE_LINES 40

/* After the count. */
typedef enum
{
  LINES_NEVER,
  LINES_ALWAYS,
  LINES_EVERY_OTHER_TIME,
} Lines;

typedef struct
{
  GBytes *payload;   /* NULL: the count */
  guint   format;
  Lines   lines;
} Shown;

static void
shown_free (gpointer data)
{
  Shown *shown = data;

  g_clear_pointer (&shown->payload, g_bytes_unref);
  g_free (shown);
}

static GBytes *
dup_count (Lines lines)
{
  gint64 count = g_get_monotonic_time () / G_USEC_PER_SEC / PERIOD_SECONDS;
  gboolean is_large = lines == LINES_ALWAYS || (lines == LINES_EVERY_OTHER_TIME && count % 2 == 1);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, "%" G_GINT64_FORMAT "\n", count);
  for (guint i = 0; is_large && i < LARGE_LINES; i++)
    g_string_append_printf (text, "%" G_GINT64_FORMAT " %02u ..............................\n", count, i);
  return g_string_free_to_bytes (text);
}

static gboolean
get_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       user_data)
{
  Shown *shown = user_data;
  g_autoptr (GBytes) payload = shown->payload != NULL ? g_bytes_ref (shown->payload)
                                                       : dup_count (shown->lines);
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
     const char *path,
     Lines       lines)
{
  Shown *shown = g_new0 (Shown, 1);
  GcoapResource *resource = server_add (site, path, G_CALLBACK (get_cb), shown);

  shown->lines = lines;
  g_object_set_data_full (G_OBJECT (resource), "shown", shown, shown_free);
  g_signal_connect (resource, "put", G_CALLBACK (put_cb), shown);
  g_signal_connect (resource, "delete", G_CALLBACK (delete_cb), shown);
  server_tick (resource, PERIOD_SECONDS);
  return resource;
}

void
server_add_observed (GcoapSite *site)
{
  add (site, "obs", LINES_NEVER);
  add (site, "obs-large", LINES_ALWAYS);
  add (site, "obs-pumping", LINES_EVERY_OTHER_TIME);
  gcoap_resource_set_notification_reliability (add (site, "obs-non", LINES_NEVER),
                                               GCOAP_RELIABILITY_NON_CONFIRMABLE);
}
