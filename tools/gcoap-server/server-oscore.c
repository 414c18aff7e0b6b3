/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* /oscore: the resources of the OSCORE plugtests. All but one answer only
 * requests that are protected. */
#include "gcoap-server/server-resources.h"

#include <string.h>

#define GREETING "Hello World!"

/* What an observer of the plugtests waits for. */
#define STEP_SECONDS 1

static const guint8 query_tag[] = { 0x2b };
static const guint8 stored_tag[] = { 0x7b };

/* What is shown while somebody observes: "one", "two", and the end if there is
 * one. */
typedef struct
{
  GcoapResource *resource;   /* holds this */
  guint          step;
  guint          timeout;
  gboolean       has_end;
  gboolean       is_observed;
} Steps;

static GcoapMessage *
new_text (GcoapCode   code,
          const char *text)
{
  GcoapMessage *message = gcoap_message_new (code);

  gcoap_message_set_payload_data (message, (const guint8 *) text, strlen (text));
  gcoap_message_set_content_format (message, GCOAP_CONTENT_FORMAT_TEXT_PLAIN);
  return message;
}

static gboolean
hello_cb (GcoapResource *resource,
          GcoapExchange *exchange,
          gpointer       user_data)
{
  g_autoptr (GcoapMessage) response = new_text (GCOAP_CODE_CONTENT, GREETING);

  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gboolean
tagged_cb (GcoapResource *resource,
           GcoapExchange *exchange,
           gpointer       user_data)
{
  g_autoptr (GcoapMessage) response = new_text (GCOAP_CODE_CONTENT, GREETING);

  gcoap_message_set_option (response, GCOAP_OPTION_ETAG, query_tag, sizeof query_tag);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gboolean
short_lived_cb (GcoapResource *resource,
                GcoapExchange *exchange,
                gpointer       user_data)
{
  g_autoptr (GcoapMessage) response = new_text (GCOAP_CODE_CONTENT, GREETING);

  gcoap_message_set_max_age (response, 5);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static gboolean
post_cb (GcoapResource *resource,
         GcoapExchange *exchange,
         gpointer       user_data)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);

  gcoap_message_set_payload (response, gcoap_message_get_payload (gcoap_exchange_get_request (exchange)));
  gcoap_message_set_content_format (response, GCOAP_CONTENT_FORMAT_TEXT_PLAIN);
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

/* RFC 7252 §5.10.8: it exists, and its entity-tag is always the same. */
static gboolean
meets_condition (GcoapMessage *request)
{
  guint n = 0;
  gsize length;
  const guint8 *tag;

  if (gcoap_message_has_option (request, GCOAP_OPTION_IF_NONE_MATCH))
    return FALSE;
  for (; (tag = gcoap_message_peek_option (request, GCOAP_OPTION_IF_MATCH, n, &length)) != NULL; n++)
    if (length == 0 || (length == sizeof stored_tag && tag[0] == stored_tag[0]))
      return TRUE;
  return n == 0;
}

static gboolean
put_cb (GcoapResource *resource,
        GcoapExchange *exchange,
        gpointer       user_data)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CHANGED);

  if (meets_condition (gcoap_exchange_get_request (exchange)))
    gcoap_exchange_respond (exchange, response, TRUE);
  else
    gcoap_exchange_fail_code (exchange, GCOAP_CODE_PRECONDITION_FAILED, NULL);
  return TRUE;
}

static gboolean
delete_cb (GcoapResource *resource,
           GcoapExchange *exchange,
           gpointer       user_data)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_DELETED);

  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

/* Observation */

static void
steps_free (gpointer data)
{
  Steps *self = data;

  g_clear_handle_id (&self->timeout, g_source_remove);
  g_free (self);
}

static gboolean
step_cb (gpointer user_data)
{
  Steps *self = user_data;

  self->step++;
  if (self->step == 1)
    gcoap_resource_notify_observers (self->resource);
  if (self->step == 1 && self->has_end)
    return G_SOURCE_CONTINUE;
  self->timeout = 0;
  if (self->has_end)
    gcoap_resource_end_observations (self->resource, GCOAP_CODE_INTERNAL_SERVER_ERROR, "Terminate Observe");
  return G_SOURCE_REMOVE;
}

static void
observers_changed_cb (GcoapResource *resource,
                      GParamSpec    *pspec,
                      Steps         *self)
{
  self->is_observed = gcoap_resource_get_observer_count (resource) > 0;
  if (self->is_observed && self->timeout == 0 && self->step == 0)
    self->timeout = g_timeout_add_seconds (STEP_SECONDS, step_cb, self);
  if (!self->is_observed)
    g_clear_handle_id (&self->timeout, g_source_remove);
}

/* It begins with the first observer, and stays as it is when the last one has
 * gone: who cancels is answered with what was shown last. */
static gboolean
observe_cb (GcoapResource *resource,
            GcoapExchange *exchange,
            gpointer       user_data)
{
  Steps *self = user_data;
  g_autoptr (GcoapMessage) response = NULL;

  /* The first observer is counted when it is answered, and told of afterwards. */
  if (!self->is_observed && gcoap_resource_get_observer_count (resource) > 0)
    self->step = 0;
  response = new_text (GCOAP_CODE_CONTENT, self->step == 0 ? "one" : "two");
  gcoap_exchange_respond (exchange, response, TRUE);
  return TRUE;
}

static GcoapResource *
add_protected (GcoapSite  *site,
               const char *path,
               const char *method,
               GCallback   callback)
{
  GcoapResource *resource = server_add (site, path, NULL, NULL);

  g_signal_connect (resource, method, callback, NULL);
  gcoap_site_require (site, path, "oscore:*");
  return resource;
}

static void
add_observed (GcoapSite  *site,
              const char *path,
              gboolean    has_end)
{
  Steps *steps = g_new0 (Steps, 1);

  steps->has_end = has_end;
  steps->resource = server_add (site, path, G_CALLBACK (observe_cb), steps);
  gcoap_resource_set_observable (steps->resource, TRUE);
  g_signal_connect (steps->resource, "notify::observer-count", G_CALLBACK (observers_changed_cb), steps);
  g_object_set_data_full (G_OBJECT (steps->resource), "steps", steps, steps_free);
  gcoap_site_require (site, path, "oscore:*");
}

void
server_add_oscore (GcoapSite *site)
{
  server_add (site, "oscore/hello/coap", G_CALLBACK (hello_cb), NULL);
  add_protected (site, "oscore/hello/1", "get", G_CALLBACK (hello_cb));
  add_protected (site, "oscore/hello/2", "get", G_CALLBACK (tagged_cb));
  add_protected (site, "oscore/hello/3", "get", G_CALLBACK (short_lived_cb));
  add_protected (site, "oscore/hello/6", "post", G_CALLBACK (post_cb));
  add_protected (site, "oscore/hello/7", "put", G_CALLBACK (put_cb));
  add_protected (site, "oscore/test", "delete", G_CALLBACK (delete_cb));
  add_observed (site, "oscore/observe1", TRUE);
  add_observed (site, "oscore/observe2", FALSE);
}
