/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Takes the connections of peers. */
#include "transport/gcoap-stream-transport-private.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/gcoap-error.h"

/* After so many others get their turn. */
#define MAX_ACCEPTED 64

/* How long to wait when the process has no descriptor left. */
#define PAUSE G_USEC_PER_SEC

/* How long one that does not introduce itself is safe from having to make room
 * for another. */
#define PATIENCE G_USEC_PER_SEC

static void
refuse (GcoapStreamTransport *self,
        int                   fd)
{
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_CONNECTIONS_REFUSED);
  /* As far as it goes at once: nothing is kept for those who are too many. */
  if (self->kind->farewell != NULL
      && send (fd, self->kind->farewell, self->kind->farewell_length, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
    shutdown (fd, SHUT_WR);
  close (fd);
}

/* Those who came and say nothing do not keep others out. */
static void
make_room (GcoapStreamTransport *self)
{
  GcoapStreamLink *oldest = g_queue_peek_head (&self->newcomers);
  g_autoptr (GError) error = NULL;

  if (oldest == NULL || gcoap_clock_get_now (self->runtime->clock) - oldest->accepted < PATIENCE)
    return;
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                       "%s did not say what it can do while others waited for its place.",
                       oldest->connection->peer);
  gcoap_connection_close (oldest->connection, error);
}

/* Whoever has one address has all its ports. */
static GcoapUdpKey
get_host (const GcoapUdpKey *peer)
{
  GcoapUdpKey host = *peer;

  host.port = 0;
  return host;
}

static guint
count_from (GcoapStreamTransport *self,
            const GcoapUdpKey    *host)
{
  return self->hosts != NULL ? GPOINTER_TO_UINT (g_hash_table_lookup (self->hosts, host)) : 0;
}

static gboolean
has_room_for (GcoapStreamTransport *self,
              const GcoapUdpKey    *peer)
{
  GcoapLimits *limits = self->runtime->limits;
  GcoapUdpKey host = get_host (peer);

  if (count_from (self, &host) >= limits->max_connections_per_host)
    return FALSE;
  if (g_hash_table_size (self->links) >= limits->max_connections)
    make_room (self);
  return g_hash_table_size (self->links) < limits->max_connections;
}

static void
set_count (GcoapStreamLink *link,
           guint            n)
{
  GHashTable *hosts = link->transport->hosts;

  if (n == 0)
    g_hash_table_remove (hosts, &link->host);
  else
    g_hash_table_replace (hosts, g_memdup2 (&link->host, sizeof link->host), GUINT_TO_POINTER (n));
}

static void
note_accepted (GcoapStreamLink   *link,
               const GcoapUdpKey *peer)
{
  GcoapStreamTransport *self = link->transport;

  if (self->hosts == NULL)
    self->hosts = g_hash_table_new_full (gcoap_udp_key_hash, gcoap_udp_key_equal, g_free, NULL);
  link->is_accepted = TRUE;
  link->host = get_host (peer);
  link->accepted = gcoap_clock_get_now (self->runtime->clock);
  link->newcomer.data = link;
  g_queue_push_tail_link (&self->newcomers, &link->newcomer);
  set_count (link, count_from (self, &link->host) + 1);
}

void
gcoap_stream_listener_note_ready (GcoapStreamLink *link)
{
  if (link->newcomer.data == NULL)
    return;
  g_queue_unlink (&link->transport->newcomers, &link->newcomer);
  link->newcomer.data = NULL;
}

void
gcoap_stream_listener_note_gone (GcoapStreamLink *link)
{
  if (!link->is_accepted)
    return;
  gcoap_stream_listener_note_ready (link);
  set_count (link, count_from (link->transport, &link->host) - 1);
}

static void
pause_listening (GcoapStreamTransport *self)
{
  GcoapClock *clock = self->runtime->clock;

  gcoap_runtime_trace_note (self->runtime, NULL,
                            "No connection can be taken: the process has too many open files.");
  gcoap_poller_set_condition (self->poller, &self->listener, 0);
  gcoap_clock_schedule (clock, &self->listener_timer, gcoap_clock_get_now (clock) + PAUSE);
}

static void
resume_cb (gpointer data)
{
  GcoapStreamTransport *self = data;

  gcoap_poller_set_condition (self->poller, &self->listener, G_IO_IN);
}

static void
accept_cb (GIOCondition condition G_GNUC_UNUSED,
           gpointer     data)
{
  g_autoptr (GcoapStreamTransport) self = g_object_ref (data);

  for (guint i = 0; i < MAX_ACCEPTED && !self->closed; i++)
    {
      GcoapUdpKey peer;
      GcoapStreamLink *link;
      int errnum;
      int fd = gcoap_stream_socket_accept (&self->socket, &peer, &errnum);

      if (fd < 0)
        {
          if (errnum != 0)
            pause_listening (self);
          return;
        }
      if (!has_room_for (self, &peer))
        {
          refuse (self, fd);
          continue;
        }
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_CONNECTIONS_ACCEPTED);
      link = gcoap_stream_transport_add (self, fd, &peer, NULL, NULL);
      if (link == NULL)
        continue;
      note_accepted (link, &peer);
      gcoap_connection_start (link->connection);
    }
}

void
gcoap_stream_listener_start (GcoapStreamTransport *self)
{
  if (self->socket.fd < 0 || self->listener.is_added)
    return;
  self->listener.func = accept_cb;
  self->listener.data = self;
  gcoap_timer_init (&self->listener_timer, resume_cb, self);
  gcoap_poller_add (self->poller, &self->listener, self->socket.fd, G_IO_IN);
}

void
gcoap_stream_listener_stop (GcoapStreamTransport *self)
{
  if (self->listener.is_added)
    {
      gcoap_clock_unschedule (self->runtime->clock, &self->listener_timer);
      gcoap_poller_remove (self->poller, &self->listener);
    }
  gcoap_stream_socket_close (&self->socket);
}
