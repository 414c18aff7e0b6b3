/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-resource-streams-private.h"

#include <string.h>

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "site/gcoap-site-private.h"
#include "wire/gcoap-cache-key.h"

#define NO_FORMAT -1

#define RENDERING_KEY "gcoap-rendering"

/* Streams whose requests are alike; they are told the same message.
 *
 * Those that have not been told the newest are at the head of the queue:
 * being told moves a stream to the tail. So neither a new state nor a stream
 * that goes costs a walk over all. */
typedef struct
{
  GcoapResourceStreams *streams;
  GBytes               *key;
  GQueue                members;        /* of Stream */
  GList                 link;           /* among the groups */
  GList                 telling_link;   /* among those with somebody to tell */
  GcoapExchange        *rendering;      /* not owned; NULL when none is under way */
  GcoapMessage         *newest;
  guint                 generation;     /* grows with newest */
  guint                 state;          /* the resource's, when it was last rendered */
  gboolean              is_telling;
  gboolean              again;          /* there was a new state while it was rendered */
} Group;

typedef struct
{
  GcoapResourceStreams *streams;
  Group                *group;          /* NULL until the first response */
  GcoapExchange        *exchange;
  GcoapExchange        *rendering;      /* not owned; for the first response */
  GList                 link;           /* in the group */
  GList                 all_link;
  guint                 generation;     /* of the group, as far as it was told */
  guint                 state;          /* the resource's, when it was first rendered */
  gint                  format;
} Stream;

struct _GcoapResourceStreams
{
  GcoapResource                   *resource;   /* not owned: it owns this */
  const GcoapResourceStreamsFuncs *funcs;
  GcoapRuntime                    *runtime;    /* of the latest stream */
  GcoapTransportTuning            *tuning;     /* of notifications; NULL: as the stack likes */
  GHashTable                      *by_key;     /* GBytes -> Group */
  GQueue                           groups;     /* those not rendered for the newest state first */
  GQueue                           telling;    /* groups */
  GQueue                           all;        /* of Stream */
  GcoapTimer                       timer;
  guint                            state;      /* grows with each new state */
};

static void
work_soon (GcoapResourceStreams *self)
{
  GcoapClock *clock;

  if (self->runtime == NULL || gcoap_timer_is_scheduled (&self->timer))
    return;
  clock = self->runtime->clock;
  gcoap_clock_schedule (clock, &self->timer, gcoap_clock_get_now (clock));
}

/* A request like the one of the stream, for the resource to answer once. */
static GcoapExchange *
new_rendering (Stream            *stream,
               GcoapExchangeSink  sink,
               gpointer           data)
{
  GcoapExchange *model = stream->exchange;
  GcoapMessage *request = gcoap_exchange_get_request (model);
  GcoapExchange *rendering = gcoap_exchange_new_inbound (model->runtime, request,
                                                         gcoap_exchange_get_address (model),
                                                         gcoap_exchange_get_local (model));

  gcoap_exchange_set_claims (rendering, gcoap_exchange_get_claims (model));
  gcoap_exchange_set_room (rendering, gcoap_exchange_get_room (model));
  gcoap_exchange_set_path_depth (rendering, gcoap_exchange_get_path_depth (model));
  g_object_set_data (G_OBJECT (rendering), RENDERING_KEY, GINT_TO_POINTER (TRUE));
  gcoap_exchange_open (rendering, sink, data, NULL);
  if (gcoap_message_has_option (request, GCOAP_OPTION_ACCEPT))
    gcoap_exchange_add_response_filter (rendering, gcoap_site_check_format_cb, NULL);
  return rendering;
}

static void
cancel_rendering (GcoapExchange **place)
{
  GcoapExchange *rendering = g_steal_pointer (place);

  if (rendering != NULL)
    gcoap_exchange_cancel (rendering);
}

/* What is equal for requests that get the same answer. The identity of the
 * client is part of it, for a resource may show more to some than to others. */
static GBytes *
make_key (GcoapExchange *exchange)
{
  g_autoptr (GBytes) request = gcoap_message_get_cache_key (gcoap_exchange_get_request (exchange),
                                                            NULL, 0);
  const char *const *claims = gcoap_exchange_get_claims (exchange);
  GByteArray *key;

  if (claims == NULL || claims[0] == NULL)
    return g_steal_pointer (&request);
  key = g_byte_array_new ();
  for (guint i = 0; claims[i] != NULL; i++)
    g_byte_array_append (key, (const guint8 *) claims[i], (guint) strlen (claims[i]) + 1);
  g_byte_array_append (key, g_bytes_get_data (request, NULL), (guint) g_bytes_get_size (request));
  return g_byte_array_free_to_bytes (key);
}

static Group *
take_group (GcoapResourceStreams *self,
            Stream               *stream)
{
  g_autoptr (GBytes) key = make_key (stream->exchange);
  Group *group = g_hash_table_lookup (self->by_key, key);

  if (group != NULL)
    return group;
  group = g_new0 (Group, 1);
  group->streams = self;
  group->key = g_steal_pointer (&key);
  group->link.data = group;
  group->telling_link.data = group;
  group->state = self->state;
  g_queue_init (&group->members);
  g_queue_push_tail_link (&self->groups, &group->link);
  g_hash_table_insert (self->by_key, group->key, group);
  return group;
}

static void
group_free (Group *group)
{
  GcoapResourceStreams *self = group->streams;

  g_hash_table_remove (self->by_key, group->key);
  g_queue_unlink (&self->groups, &group->link);
  if (group->is_telling)
    g_queue_unlink (&self->telling, &group->telling_link);
  cancel_rendering (&group->rendering);
  g_clear_pointer (&group->newest, gcoap_message_unref);
  g_bytes_unref (group->key);
  g_free (group);
}

/* The group is to be rendered although it was for this state. */
static void
make_stale (Group *group)
{
  GcoapResourceStreams *self = group->streams;

  group->state = self->state - 1;
  g_queue_unlink (&self->groups, &group->link);
  g_queue_push_head_link (&self->groups, &group->link);
  work_soon (self);
}

/* The exchange has ended, in whatever way. */
static void
stream_gone_cb (gpointer data)
{
  Stream *stream = data;
  GcoapResourceStreams *self = stream->streams;

  g_queue_unlink (&self->all, &stream->all_link);
  cancel_rendering (&stream->rendering);
  if (stream->group != NULL)
    {
      g_queue_unlink (&stream->group->members, &stream->link);
      if (stream->group->members.length == 0)
        group_free (stream->group);
    }
  g_object_unref (stream->exchange);
  g_free (stream);
  if (self->resource != NULL)
    self->funcs->changed (self->resource);
}

static gint
get_format (GcoapMessage *response)
{
  guint format;

  return gcoap_message_get_option_uint (response, GCOAP_OPTION_CONTENT_FORMAT, &format)
         ? (gint) format : NO_FORMAT;
}

static void
establish (Stream       *stream,
           GcoapMessage *response)
{
  GcoapResourceStreams *self = stream->streams;
  Group *group = take_group (self, stream);

  stream->format = get_format (response);
  stream->group = group;
  stream->generation = group->generation;
  g_queue_push_tail_link (&group->members, &stream->link);
  /* There has been a new state since the resource was asked. */
  if (stream->state != self->state)
    make_stale (group);
}

static void
first_response_cb (GcoapExchange *rendering,
                   gboolean       is_last,
                   gpointer       data)
{
  Stream *stream = data;
  GcoapMessage *response = gcoap_exchange_get_response (rendering);
  g_autoptr (GcoapExchange) exchange = g_object_ref (stream->exchange);

  stream->rendering = NULL;
  if (response == NULL && gcoap_exchange_get_end (rendering) == GCOAP_EXCHANGE_END_REJECTED)
    {
      gcoap_exchange_reject (exchange, gcoap_exchange_get_error (rendering));
    }
  else if (response == NULL)
    {
      gcoap_exchange_dismiss (exchange);
    }
  else if (gcoap_code_is_success (gcoap_message_get_code (response)))
    {
      establish (stream, response);
      gcoap_exchange_respond (exchange, response, FALSE);
    }
  else
    {
      gcoap_exchange_respond (exchange, response, TRUE);
    }
  if (!is_last)
    gcoap_exchange_cancel (rendering);
}

void
gcoap_resource_streams_accept (GcoapResourceStreams *self,
                               GcoapExchange        *exchange)
{
  Stream *stream = g_new0 (Stream, 1);
  GcoapExchange *rendering;

  if (!gcoap_timer_is_scheduled (&self->timer))
    g_set_object (&self->runtime, exchange->runtime);
  stream->streams = self;
  stream->exchange = g_object_ref (exchange);
  stream->link.data = stream;
  stream->all_link.data = stream;
  stream->state = self->state;
  g_queue_push_tail_link (&self->all, &stream->all_link);
  gcoap_exchange_set_cancel_callback (exchange, NULL, stream, stream_gone_cb);
  rendering = stream->rendering = new_rendering (stream, first_response_cb, stream);
  self->funcs->render (self->resource, rendering);
  g_object_unref (rendering);
  if (self->resource != NULL)
    self->funcs->changed (self->resource);
}

static void
group_response_cb (GcoapExchange *rendering,
                   gboolean       is_last,
                   gpointer       data)
{
  Group *group = data;
  GcoapResourceStreams *self = group->streams;
  GcoapMessage *response = gcoap_exchange_get_response (rendering);

  group->rendering = NULL;
  if (response != NULL)
    {
      g_clear_pointer (&group->newest, gcoap_message_unref);
      group->newest = gcoap_message_ref (response);
      group->generation++;
      if (!group->is_telling)
        g_queue_push_tail_link (&self->telling, &group->telling_link);
      group->is_telling = TRUE;
    }
  if (group->again)
    {
      group->again = FALSE;
      make_stale (group);
    }
  work_soon (self);
  if (!is_last)
    gcoap_exchange_cancel (rendering);
}

static void
render_group (Group *group)
{
  GcoapResourceStreams *self = group->streams;
  GcoapExchange *rendering;

  group->state = self->state;
  g_queue_unlink (&self->groups, &group->link);
  g_queue_push_tail_link (&self->groups, &group->link);
  if (group->rendering != NULL)
    {
      group->again = TRUE;
      return;
    }
  rendering = group->rendering = new_rendering (g_queue_peek_head (&group->members),
                                                group_response_cb, group);
  self->funcs->render (self->resource, rendering);
  g_object_unref (rendering);
}

/* The stream may be gone afterwards, and its group. */
static void
tell (Stream       *stream,
      GcoapMessage *message)
{
  GcoapCode code = gcoap_message_get_code (message);
  g_autoptr (GcoapExchange) exchange = g_object_ref (stream->exchange);
  g_autoptr (GcoapMessage) kept = gcoap_message_ref (message);

  /* RFC 7641 §4.2: the format stays what it was in the first response. */
  if (code == GCOAP_CODE_CONTENT && get_format (message) != stream->format)
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_NOT_ACCEPTABLE,
                                "The resource has changed its content format.");
      return;
    }
  gcoap_exchange_respond_full (exchange, kept, !gcoap_code_is_success (code),
                               stream->streams->tuning, NULL, NULL, NULL);
}

gboolean
gcoap_resource_streams_run_slice (GcoapResourceStreams *self,
                                  guint                 n_observers)
{
  while (n_observers > 0)
    {
      Group *group = g_queue_peek_head (&self->groups);
      Stream *stream;

      if (group != NULL && group->state != self->state)
        {
          render_group (group);
          n_observers--;
          continue;
        }
      group = g_queue_peek_head (&self->telling);
      if (group == NULL)
        return FALSE;
      stream = g_queue_peek_head (&group->members);
      if (stream->generation == group->generation)
        {
          g_queue_unlink (&self->telling, &group->telling_link);
          group->is_telling = FALSE;
          continue;
        }
      g_queue_unlink (&group->members, &stream->link);
      g_queue_push_tail_link (&group->members, &stream->link);
      stream->generation = group->generation;
      tell (stream, group->newest);
      n_observers--;
    }
  return TRUE;
}

static void
timer_cb (gpointer data)
{
  GcoapResourceStreams *self = data;
  g_autoptr (GcoapResource) resource = g_object_ref (self->resource);

  if (gcoap_resource_streams_run_slice (self, GCOAP_RESOURCE_STREAMS_SLICE))
    work_soon (self);
}

void
gcoap_resource_streams_notify (GcoapResourceStreams *self)
{
  self->state++;
  if (self->groups.length > 0)
    work_soon (self);
}

void
gcoap_resource_streams_notify_some (GcoapResourceStreams *self,
                                    GcoapStreamMatchFunc  match,
                                    gpointer              data)
{
  GList *next;

  for (GList *link = self->groups.head; link != NULL; link = next)
    {
      Group *group = link->data;
      Stream *first = g_queue_peek_head (&group->members);

      next = link->next;
      if (first != NULL && match (first->exchange, data))
        make_stale (group);
    }
  /* Those that wait for their first response have no group yet. */
  for (GList *link = self->all.head; link != NULL; link = link->next)
    {
      Stream *stream = link->data;

      if (stream->group == NULL && match (stream->exchange, data))
        stream->state = self->state - 1;
    }
}

gboolean
gcoap_resource_streams_is_rendering (GcoapExchange *exchange)
{
  return g_object_get_data (G_OBJECT (exchange), RENDERING_KEY) != NULL;
}

void
gcoap_resource_streams_end_all (GcoapResourceStreams *self,
                                GcoapCode             code,
                                const char           *diagnostic)
{
  guint n = self->all.length;

  for (; n > 0 && self->all.length > 0; n--)
    {
      Stream *stream = g_queue_peek_head (&self->all);
      g_autoptr (GcoapExchange) exchange = g_object_ref (stream->exchange);

      gcoap_exchange_fail_code (exchange, code, diagnostic);
      /* If it could not be answered just now, it is let go all the same. */
      if (g_queue_peek_head (&self->all) == stream)
        gcoap_exchange_set_cancel_callback (exchange, NULL, NULL, NULL);
    }
}

guint
gcoap_resource_streams_get_n (GcoapResourceStreams *self)
{
  return self->all.length;
}

GcoapReliability
gcoap_resource_streams_get_reliability (GcoapResourceStreams *self)
{
  return self->tuning != NULL ? gcoap_transport_tuning_get_reliability (self->tuning)
                              : GCOAP_RELIABILITY_DEFAULT;
}

void
gcoap_resource_streams_set_reliability (GcoapResourceStreams *self,
                                        GcoapReliability      reliability)
{
  g_clear_pointer (&self->tuning, gcoap_transport_tuning_unref);
  if (reliability == GCOAP_RELIABILITY_DEFAULT)
    return;
  self->tuning = gcoap_transport_tuning_new ();
  gcoap_transport_tuning_set_reliability (self->tuning, reliability);
  gcoap_transport_tuning_lock (self->tuning);
}

GcoapResourceStreams *
gcoap_resource_streams_new (GcoapResource                   *resource,
                            const GcoapResourceStreamsFuncs *funcs)
{
  GcoapResourceStreams *self = g_new0 (GcoapResourceStreams, 1);

  self->resource = resource;
  self->funcs = funcs;
  self->by_key = g_hash_table_new (g_bytes_hash, g_bytes_equal);
  g_queue_init (&self->groups);
  g_queue_init (&self->telling);
  g_queue_init (&self->all);
  gcoap_timer_init (&self->timer, timer_cb, self);
  return self;
}

void
gcoap_resource_streams_free (GcoapResourceStreams *self)
{
  self->resource = NULL;
  while (self->all.length > 0)
    gcoap_resource_streams_end_all (self, GCOAP_CODE_NOT_FOUND, "The resource is gone.");
  if (self->runtime != NULL)
    gcoap_clock_unschedule (self->runtime->clock, &self->timer);
  g_clear_pointer (&self->tuning, gcoap_transport_tuning_unref);
  g_hash_table_unref (self->by_key);
  g_clear_object (&self->runtime);
  g_free (self);
}

/**
 * gcoap_resource_notify_observers:
 * @self: a resource
 *
 * Tells all who observe the resource that it has a new state.
 *
 * The resource is asked for it, as by a request, once for all observers whose
 * requests are alike and who have the same claims, and not before the main
 * loop has its turn; a state that is replaced by another before that is never
 * seen by them. An answer that is no success ends the observations it is for
 * (RFC 7641 §4.2).
 *
 * Since: 0.1
 */
void
gcoap_resource_notify_observers (GcoapResource *self)
{
  GcoapResourceStreams *streams;

  g_return_if_fail (GCOAP_IS_RESOURCE (self));

  streams = gcoap_resource_get_streams (self, FALSE);
  if (streams != NULL)
    gcoap_resource_streams_notify (streams);
}

/**
 * gcoap_resource_end_observations:
 * @self: a resource
 * @code: an error code, such as %GCOAP_CODE_NOT_FOUND
 * @diagnostic: (nullable): a sentence for the peers' logs, or %NULL
 *
 * Ends all observations of the resource with an error.
 *
 * For a resource that is taken off its site. One that is disposed of does so
 * by itself, with 4.04.
 *
 * Since: 0.1
 */
void
gcoap_resource_end_observations (GcoapResource *self,
                                 GcoapCode      code,
                                 const char    *diagnostic)
{
  GcoapResourceStreams *streams;

  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail (gcoap_code_is_error (code));

  streams = gcoap_resource_get_streams (self, FALSE);
  if (streams != NULL)
    gcoap_resource_streams_end_all (streams, code, diagnostic);
}

/**
 * gcoap_resource_get_observer_count:
 * @self: a resource
 *
 * Tells how many observe the resource.
 *
 * Returns: a number
 *
 * Since: 0.1
 */
guint
gcoap_resource_get_observer_count (GcoapResource *self)
{
  GcoapResourceStreams *streams;

  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), 0);

  streams = gcoap_resource_get_streams (self, FALSE);
  return streams != NULL ? gcoap_resource_streams_get_n (streams) : 0;
}

/**
 * gcoap_resource_get_notification_reliability:
 * @self: a resource
 *
 * Tells whether observers must acknowledge what they are told.
 *
 * Returns: %GCOAP_RELIABILITY_DEFAULT by default
 *
 * Since: 0.1
 */
GcoapReliability
gcoap_resource_get_notification_reliability (GcoapResource *self)
{
  GcoapResourceStreams *streams;

  g_return_val_if_fail (GCOAP_IS_RESOURCE (self), GCOAP_RELIABILITY_DEFAULT);

  streams = gcoap_resource_get_streams (self, FALSE);
  return streams != NULL ? gcoap_resource_streams_get_reliability (streams)
                         : GCOAP_RELIABILITY_DEFAULT;
}

/**
 * gcoap_resource_set_notification_reliability:
 * @self: a resource
 * @reliability: the new value
 *
 * Sets whether observers must acknowledge what they are told.
 *
 * Since: 0.1
 */
void
gcoap_resource_set_notification_reliability (GcoapResource    *self,
                                             GcoapReliability  reliability)
{
  g_return_if_fail (GCOAP_IS_RESOURCE (self));
  g_return_if_fail (reliability <= GCOAP_RELIABILITY_NON_CONFIRMABLE);

  if (gcoap_resource_get_notification_reliability (self) == reliability)
    return;
  gcoap_resource_streams_set_reliability (gcoap_resource_get_streams (self, TRUE), reliability);
  g_object_notify (G_OBJECT (self), "notification-reliability");
}
