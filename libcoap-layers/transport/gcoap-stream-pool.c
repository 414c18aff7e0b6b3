/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Connections that were made from here, one per host and port: found again
 * while they stand, waited for while they are being made. */
#include "transport/gcoap-stream-transport-private.h"

#include <unistd.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-stream-connector-private.h"

typedef struct
{
  GcoapStreamPlace *place;
  GTask            *task;
  GSource          *source;   /* that sees it cancelled; NULL: it cannot be */
} Waiter;

static void
waiter_free (Waiter *self)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  g_object_unref (self->task);
  g_free (self);
}

static void
place_clear (gpointer data)
{
  GcoapStreamPlace *self = data;

  g_free (self->origin);
  gcoap_uri_unref (self->uri);
  g_object_unref (self->cancellable);
}

static void
place_unref (GcoapStreamPlace *self)
{
  g_rc_box_release_full (self, place_clear);
}

/* Takes the place out of the pool, and tells who waits for it. */
static void
forget (GcoapStreamPlace *self,
        const GError     *error)
{
  GcoapStreamTransport *transport = self->transport;
  Waiter *waiter;

  if (self->is_gone)
    return;
  self->is_gone = TRUE;
  gcoap_clock_unschedule (transport->runtime->clock, &self->timer);
  if (self->link != NULL)
    self->link->place = NULL;
  self->link = NULL;
  g_hash_table_remove (transport->places, self->origin);
  while ((waiter = g_queue_pop_head (&self->waiters)) != NULL)
    {
      g_task_return_error (waiter->task, g_error_copy (error));
      waiter_free (waiter);
    }
  g_cancellable_cancel (self->cancellable);
  place_unref (self);
}

static void
return_address (GTask           *task,
                GcoapStreamLink *link)
{
  GPtrArray *addresses = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (addresses, g_object_ref (link->address));
  g_task_return_pointer (task, addresses, (GDestroyNotify) g_ptr_array_unref);
}

static gboolean
cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
              gpointer      data)
{
  Waiter *self = data;
  GcoapStreamPlace *place = self->place;

  g_queue_remove (&place->waiters, self);
  g_task_return_error_if_cancelled (self->task);
  waiter_free (self);
  /* What nobody waits for any more is not made. */
  if (place->waiters.length == 0 && (place->link == NULL || !place->link->connection->was_ready))
    {
      GcoapStreamLink *link = place->link;
      g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                                      "Nobody wants the connection any more.");

      forget (place, error);
      if (link != NULL)
        gcoap_connection_release (link->connection);
    }
  return G_SOURCE_REMOVE;
}

static void
wait_for (GcoapStreamPlace *self,
          GTask            *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->place = self;
  waiter->task = g_object_ref (task);
  if (cancellable != NULL)
    {
      waiter->source = g_cancellable_source_new (cancellable);
      g_source_set_callback (waiter->source, G_SOURCE_FUNC (cancelled_cb), waiter, NULL);
      g_source_attach (waiter->source, self->transport->runtime->main_context);
    }
  g_queue_push_tail (&self->waiters, waiter);
}

static void
timed_out_cb (gpointer data)
{
  GcoapStreamPlace *self = data;
  g_autoptr (GError) error =
    g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                 "%s does not answer; it may be switched off, or a firewall may be in the way.",
                 self->origin);

  forget (self, error);
}

static void
connected_cb (GObject      *object G_GNUC_UNUSED,
              GAsyncResult *result,
              gpointer      data)
{
  GcoapStreamPlace *self = data;
  g_autoptr (GError) error = NULL;
  int fd = gcoap_stream_connector_connect_finish (result, &error);
  GcoapUdpKey key;

  if (self->is_gone)
    {
      if (fd >= 0)
        close (fd);
    }
  else if (fd < 0)
    {
      forget (self, error);
    }
  else if (!gcoap_stream_socket_get_peer (fd, &key))
    {
      close (fd);
      error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "%s closed the connection at once.", self->origin);
      forget (self, error);
    }
  else
    {
      GcoapStreamTransport *transport = g_object_ref (self->transport);

      gcoap_clock_unschedule (transport->runtime->clock, &self->timer);
      self->link = gcoap_stream_transport_add (transport, fd, &key, self->uri, &error);
      if (self->link == NULL)
        {
          forget (self, error);
        }
      else
        {
          gcoap_statistics_count (transport->runtime->statistics, GCOAP_COUNTER_CONNECTIONS_MADE);
          self->link->place = self;
          gcoap_connection_start (self->link->connection);
        }
      g_object_unref (transport);
    }
  place_unref (self);
}

static GcoapStreamPlace *
connect_to (GcoapStreamTransport *self,
            GcoapUri             *uri,
            char                 *origin)
{
  GcoapStreamPlace *place = g_rc_box_new0 (GcoapStreamPlace);
  GcoapClock *clock = self->runtime->clock;

  place->transport = self;
  place->origin = origin;
  place->uri = gcoap_uri_ref (uri);
  place->cancellable = g_cancellable_new ();
  g_queue_init (&place->waiters);
  gcoap_timer_init (&place->timer, timed_out_cb, place);
  g_hash_table_insert (self->places, place->origin, place);
  gcoap_clock_schedule (clock, &place->timer,
                        gcoap_clock_get_now (clock)
                        + self->runtime->limits->connect_timeout * G_GINT64_CONSTANT (1000));
  gcoap_stream_connector_connect_async (uri, place->cancellable, connected_cb,
                                        g_rc_box_acquire (place));
  return place;
}

/* Whether a new connection may be made now; fails the task if not. */
static gboolean
may_connect (GcoapStreamTransport *self,
             GTask                *task,
             const char           *origin)
{
  gint64 *until = g_hash_table_lookup (self->hold_offs, origin);
  gint64 now = gcoap_clock_get_now (self->runtime->clock);

  if (until != NULL && *until > now)
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                               "%s asked not to be connected to for another %d seconds.", origin,
                               (int) ((*until - now + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC));
      return FALSE;
    }
  if (until != NULL)
    g_hash_table_remove (self->hold_offs, origin);
  if (g_hash_table_size (self->links) + g_hash_table_size (self->places)
      < self->runtime->limits->max_connections)
    return TRUE;
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                           "%s is not connected to: there are as many connections as max-connections allows.",
                           origin);
  return FALSE;
}

void
gcoap_stream_pool_resolve (GcoapStreamTransport *self,
                           GTask                *task,
                           const char           *uri)
{
  GError *error = NULL;
  g_autoptr (GcoapUri) parsed = gcoap_uri_parse (uri, &error);
  g_autofree char *origin = NULL;
  GcoapStreamPlace *place;

  if (parsed == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (!g_str_equal (gcoap_uri_get_scheme (parsed), self->kind->scheme))
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                               "%s: this transport carries %s, not %s.",
                               uri, self->kind->scheme, gcoap_uri_get_scheme (parsed));
      return;
    }
  if (self->closed)
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                               "The transport for %s has been shut down.", self->kind->scheme);
      return;
    }
  if (g_task_return_error_if_cancelled (task))
    return;
  origin = gcoap_uri_dup_origin (parsed);
  place = g_hash_table_lookup (self->places, origin);
  if (place != NULL && place->link != NULL && gcoap_connection_is_usable (place->link->connection))
    {
      return_address (task, place->link);
      return;
    }
  if (place == NULL)
    {
      if (!may_connect (self, task, origin))
        return;
      place = connect_to (self, parsed, g_steal_pointer (&origin));
    }
  wait_for (place, task);
}

void
gcoap_stream_pool_note_ready (GcoapStreamLink *link)
{
  GcoapStreamPlace *place = link->place;
  Waiter *waiter;

  if (place == NULL)
    return;
  while ((waiter = g_queue_pop_head (&place->waiters)) != NULL)
    {
      return_address (waiter->task, link);
      waiter_free (waiter);
    }
}

void
gcoap_stream_pool_note_gone (GcoapStreamLink *link,
                             const GError    *error)
{
  GcoapStreamPlace *place = link->place;
  GcoapStreamTransport *self = link->transport;

  if (place == NULL)
    return;
  /* RFC 8323 §5.5: the peer may ask to be left alone for a while. */
  if (link->connection->hold_off > 0
      && g_hash_table_size (self->hold_offs) < self->runtime->limits->max_peers)
    {
      gint64 until = gcoap_clock_get_now (self->runtime->clock)
                     + link->connection->hold_off * (gint64) G_USEC_PER_SEC;

      g_hash_table_replace (self->hold_offs, g_strdup (place->origin),
                            g_memdup2 (&until, sizeof until));
    }
  forget (place, error);
}

void
gcoap_stream_pool_close (GcoapStreamTransport *self)
{
  g_autoptr (GError) error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                          "The transport for %s has been shut down.", self->kind->scheme);
  GHashTableIter iter;
  gpointer place;

  /* Who is told of the end of one may bring about that of another. */
  while (g_hash_table_iter_init (&iter, self->places), g_hash_table_iter_next (&iter, NULL, &place))
    forget (place, error);
}
