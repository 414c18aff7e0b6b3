/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time, which can be observed, and how such resources tick. */
#include "gcoap-server/server-resources.h"

static gboolean
get_time_cb (GcoapSimpleResource *resource,
             GcoapExchange       *exchange,
             gpointer             user_data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *text = g_date_time_format (now, "%F %T UTC\n");
  g_autoptr (GcoapMessage) response = gcoap_message_new_text (GCOAP_CODE_CONTENT, text);

  gcoap_message_set_content_format (response, GCOAP_CONTENT_FORMAT_TEXT_PLAIN);
  gcoap_message_set_max_age (response, 1);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

typedef struct
{
  guint seconds;
  guint source;   /* 0: nobody observes */
} Ticker;

static void
ticker_free (gpointer data)
{
  Ticker *ticker = data;

  if (ticker->source != 0)
    g_source_remove (ticker->source);
  g_free (ticker);
}

static gboolean
tick_cb (gpointer resource)
{
  gcoap_resource_notify_observers (resource);
  return G_SOURCE_CONTINUE;
}

/* Nothing wakes the server up while nobody observes. */
static void
observers_changed_cb (GcoapResource *resource,
                      GParamSpec    *pspec,
                      Ticker        *ticker)
{
  gboolean is_observed = gcoap_resource_get_observer_count (resource) > 0;

  if (is_observed && ticker->source == 0)
    ticker->source = g_timeout_add_seconds (ticker->seconds, tick_cb, resource);
  else if (!is_observed && ticker->source != 0)
    {
      g_source_remove (ticker->source);
      ticker->source = 0;
    }
}

void
server_tick (GcoapResource *resource,
             guint          seconds)
{
  Ticker *ticker = g_new0 (Ticker, 1);

  ticker->seconds = seconds;
  gcoap_resource_set_observable (resource, TRUE);
  g_object_set_data_full (G_OBJECT (resource), "ticker", ticker, ticker_free);
  g_signal_connect (resource, "notify::observer-count", G_CALLBACK (observers_changed_cb), ticker);
}

void
server_add_time (GcoapSite *site)
{
  GcoapResource *resource = server_add (site, "time", G_CALLBACK (get_time_cb), NULL);

  /* Notifications are confirmable, as the round-trip times that they tell are
   * what allows one per second (RFC 7641 §4.5.1). */
  server_tick (resource, 1);
}
