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
      if (g_hash_table_size (self->links) >= self->runtime->limits->max_connections)
        {
          refuse (self, fd);
          continue;
        }
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_CONNECTIONS_ACCEPTED);
      link = gcoap_stream_transport_add (self, fd, &peer, NULL, NULL);
      if (link != NULL)
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
