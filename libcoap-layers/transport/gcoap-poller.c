/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-poller-private.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-linger-private.h"

#define MAX_EVENTS 64

/* Batches of events per turn of the main loop; then other sources have theirs. */
#define MAX_ROUNDS 8

/* What one dispatch works through; a callback may run the loop anew, and may
 * remove any entry. */
typedef struct _Frame Frame;

struct _Frame
{
  struct epoll_event  events[MAX_EVENTS];
  int                 n_events;
  Frame              *outer;
};

struct _GcoapPoller
{
  int          fd;      /* -1: it is being freed */
  GSource     *source;
  gpointer     tag;
  GQueue       deferred;
  Frame       *frame;
  GcoapLinger  linger;
};

typedef struct
{
  GSource      source;
  GcoapPoller *poller;
} PollerSource;

static void
run_deferred (GcoapPoller *self)
{
  /* Not those that come while this runs, else the others would starve. */
  for (guint n = self->deferred.length; n > 0 && self->deferred.length > 0; n--)
    {
      GcoapPollerEntry *entry = g_queue_pop_head_link (&self->deferred)->data;

      entry->is_deferred = FALSE;
      entry->func (0, entry->data);
    }
}

static int
run_events (GcoapPoller *self)
{
  Frame frame;

  frame.n_events = epoll_wait (self->fd, frame.events, MAX_EVENTS, 0);
  frame.outer = self->frame;
  self->frame = &frame;
  for (int i = 0; i < frame.n_events; i++)
    {
      GcoapPollerEntry *entry = frame.events[i].data.ptr;

      /* The bits of epoll are those of poll(), which GIOCondition has. */
      if (entry != NULL)
        entry->func (frame.events[i].events & (G_IO_IN | G_IO_OUT | G_IO_ERR | G_IO_HUP), entry->data);
    }
  self->frame = frame.outer;
  return frame.n_events;
}

/* Looks again for a moment if that has lately paid: falling asleep and being
 * woken costs more than a small request does. */
static void
run_ready (GcoapPoller *self)
{
  GcoapLingerTurn turn;
  int n;

  gcoap_linger_turn_begin (&turn, &self->linger, GCOAP_LINGER_WINDOW);
  for (guint rounds = 0; rounds < MAX_ROUNDS && self->fd >= 0; rounds += n > 0)
    {
      n = run_events (self);
      run_deferred (self);
      if (!gcoap_linger_turn_goes_on (&turn, n > 0, FALSE))
        break;
    }
  gcoap_linger_turn_end (&turn);
}

static gboolean
poller_source_prepare (GSource *source,
                       int     *timeout)
{
  *timeout = -1;
  return ((PollerSource *) source)->poller->deferred.length > 0;
}

static gboolean
poller_source_check (GSource *source)
{
  GcoapPoller *self = ((PollerSource *) source)->poller;

  return g_source_query_unix_fd (source, self->tag) != 0 || self->deferred.length > 0;
}

static gboolean
poller_source_dispatch (GSource     *source,
                        GSourceFunc  callback G_GNUC_UNUSED,
                        gpointer     data G_GNUC_UNUSED)
{
  GcoapPoller *self = g_rc_box_acquire (((PollerSource *) source)->poller);

  if (g_source_query_unix_fd (source, self->tag) != 0)
    run_ready (self);
  else
    run_deferred (self);
  g_rc_box_release (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs poller_source_funcs = {
  .prepare = poller_source_prepare,
  .check = poller_source_check,
  .dispatch = poller_source_dispatch,
};

GcoapPoller *
gcoap_poller_new (GMainContext  *context,
                  GError       **error)
{
  GcoapPoller *self;
  int fd = epoll_create1 (EPOLL_CLOEXEC);

  if (fd < 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                   "Cannot watch sockets: %s.", g_strerror (errno));
      return NULL;
    }
  self = g_rc_box_new0 (GcoapPoller);
  self->fd = fd;
  g_queue_init (&self->deferred);
  self->source = g_source_new (&poller_source_funcs, sizeof (PollerSource));
  ((PollerSource *) self->source)->poller = self;
  self->tag = g_source_add_unix_fd (self->source, fd, G_IO_IN);
  g_source_set_static_name (self->source, "GcoapPoller");
  /* Without this GLib makes three more system calls per dispatch. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);
  return self;
}

void
gcoap_poller_free (GcoapPoller *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->fd);
  self->fd = -1;
  g_rc_box_release (self);
}

void
gcoap_poller_add (GcoapPoller      *self,
                  GcoapPollerEntry *entry,
                  int               fd,
                  GIOCondition      condition)
{
  struct epoll_event event = { .events = (guint32) condition, .data.ptr = entry };

  entry->fd = fd;
  entry->condition = condition;
  entry->is_added = epoll_ctl (self->fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void
gcoap_poller_set_condition (GcoapPoller      *self,
                            GcoapPollerEntry *entry,
                            GIOCondition      condition)
{
  struct epoll_event event = { .events = (guint32) condition, .data.ptr = entry };

  if (!entry->is_added || entry->condition == condition)
    return;
  entry->condition = condition;
  epoll_ctl (self->fd, EPOLL_CTL_MOD, entry->fd, &event);
}

void
gcoap_poller_remove (GcoapPoller      *self,
                     GcoapPollerEntry *entry)
{
  if (entry->is_deferred)
    {
      g_queue_unlink (&self->deferred, &entry->link);
      entry->is_deferred = FALSE;
    }
  if (!entry->is_added)
    return;
  epoll_ctl (self->fd, EPOLL_CTL_DEL, entry->fd, NULL);
  entry->is_added = FALSE;
  for (Frame *frame = self->frame; frame != NULL; frame = frame->outer)
    for (int i = 0; i < frame->n_events; i++)
      if (frame->events[i].data.ptr == entry)
        frame->events[i].data.ptr = NULL;
}

void
gcoap_poller_defer (GcoapPoller      *self,
                    GcoapPollerEntry *entry)
{
  if (entry->is_deferred)
    return;
  entry->is_deferred = TRUE;
  entry->link.data = entry;
  g_queue_push_tail_link (&self->deferred, &entry->link);
}
