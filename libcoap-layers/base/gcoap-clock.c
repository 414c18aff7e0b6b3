/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One GSource over a heap of timers: a GSource per timer would cost 30 ns in
 * every turn of the main loop, for every message that has nothing to do with
 * it. */
#include "base/gcoap-clock-private.h"

/* Children per heap node: four keep the tree flat and within a cache line. */
#define ARITY 4

/**
 * GcoapClock:
 *
 * The time of one stack.
 *
 * Since: 0.1
 */

struct _GcoapClock
{
  GObject parent_instance;

  gboolean    manual;
  gint64      manual_now;
  GSource    *source;       /* NULL on a manual clock */
  gint64      armed;        /* what the source is set to; G_MAXINT64: unset */
  gboolean    dispatching;
  GcoapTimer **heap;        /* 1-based: heap[1] is the earliest */
  guint       n_timers;
  guint       n_allocated;
};

G_DEFINE_FINAL_TYPE (GcoapClock, gcoap_clock, G_TYPE_OBJECT)

typedef struct
{
  GSource     source;
  GcoapClock *clock;        /* not owned: the clock destroys its source */
} ClockSource;

static inline guint
parent_of (guint position)
{
  return (position - 2) / ARITY + 1;
}

static inline guint
first_child_of (guint position)
{
  return (position - 1) * ARITY + 2;
}

static inline void
place (GcoapClock *self, GcoapTimer *timer, guint position)
{
  self->heap[position] = timer;
  timer->position = position;
}

static void
sift_up (GcoapClock *self, GcoapTimer *timer, guint position)
{
  while (position > 1)
    {
      GcoapTimer *above = self->heap[parent_of (position)];

      if (above->deadline <= timer->deadline)
        break;
      place (self, above, position);
      position = parent_of (position);
    }
  place (self, timer, position);
}

static void
sift_down (GcoapClock *self, GcoapTimer *timer, guint position)
{
  for (;;)
    {
      guint first = first_child_of (position);
      guint last = MIN (first + ARITY - 1, self->n_timers);
      guint least = 0;

      for (guint child = first; child <= last; child++)
        if (least == 0 || self->heap[child]->deadline < self->heap[least]->deadline)
          least = child;
      if (least == 0 || self->heap[least]->deadline >= timer->deadline)
        break;
      place (self, self->heap[least], position);
      position = least;
    }
  place (self, timer, position);
}

/* Asks the main loop for a wake-up at the earliest deadline. Changing the
 * ready time from outside the dispatch costs a system call, so it is moved
 * only to an earlier time; a wake-up too early does no harm. */
static void
arm (GcoapClock *self)
{
  gint64 earliest = self->n_timers > 0 ? self->heap[1]->deadline : G_MAXINT64;

  if (self->source == NULL || self->dispatching || earliest >= self->armed)
    return;
  self->armed = earliest;
  g_source_set_ready_time (self->source, earliest);
}

static void
run_due (GcoapClock *self, gint64 now)
{
  while (self->n_timers > 0 && self->heap[1]->deadline <= now)
    {
      GcoapTimer *timer = self->heap[1];

      gcoap_clock_unschedule (self, timer);
      timer->func (timer->data);
    }
}

static gboolean
clock_source_dispatch (GSource     *source,
                       GSourceFunc  callback G_GNUC_UNUSED,
                       gpointer     data G_GNUC_UNUSED)
{
  GcoapClock *self = g_object_ref (((ClockSource *) source)->clock);

  self->dispatching = TRUE;
  /* One reading of the time per dispatch: timers that are scheduled for "now"
   * while others run wait for the next turn and starve nobody. */
  run_due (self, g_get_monotonic_time ());
  self->dispatching = FALSE;

  self->armed = G_MAXINT64;
  if (self->n_timers > 0)
    arm (self);
  else if (self->source != NULL)
    g_source_set_ready_time (self->source, -1);
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs clock_source_funcs = {
  .dispatch = clock_source_dispatch,
};

static void
gcoap_clock_finalize (GObject *object)
{
  GcoapClock *self = GCOAP_CLOCK (object);

  for (guint i = 1; i <= self->n_timers; i++)
    self->heap[i]->position = 0;
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_unref (self->source);
    }
  g_free (self->heap);
  G_OBJECT_CLASS (gcoap_clock_parent_class)->finalize (object);
}

static void
gcoap_clock_class_init (GcoapClockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_clock_finalize;
}

static void
gcoap_clock_init (GcoapClock *self)
{
  self->armed = G_MAXINT64;
}

/**
 * gcoap_clock_new:
 *
 * Makes a clock that follows the monotonic time of the machine.
 *
 * Its timers fire in the main context that is the thread's default now.
 *
 * Returns: (transfer full): a new clock
 *
 * Since: 0.1
 */
GcoapClock *
gcoap_clock_new (void)
{
  GcoapClock *self = g_object_new (GCOAP_TYPE_CLOCK, NULL);
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  self->source = g_source_new (&clock_source_funcs, sizeof (ClockSource));
  ((ClockSource *) self->source)->clock = self;
  g_source_set_static_name (self->source, "GcoapClock");
  g_source_set_can_recurse (self->source, TRUE);
  g_source_set_ready_time (self->source, -1);
  g_source_attach (self->source, context);
  return self;
}

/**
 * gcoap_clock_new_manual:
 * @start: what the clock shows first, in microseconds
 *
 * Makes a clock that stands still until it is told to advance.
 *
 * For tests: protocol time passes in [method@Clock.advance] alone.
 *
 * Returns: (transfer full): a new clock
 *
 * Since: 0.1
 */
GcoapClock *
gcoap_clock_new_manual (gint64 start)
{
  GcoapClock *self = g_object_new (GCOAP_TYPE_CLOCK, NULL);

  self->manual = TRUE;
  self->manual_now = start;
  return self;
}

/**
 * gcoap_clock_is_manual:
 * @self: a clock
 *
 * Tells whether the clock only moves when told to.
 *
 * Returns: %TRUE for a manual clock
 *
 * Since: 0.1
 */
gboolean
gcoap_clock_is_manual (GcoapClock *self)
{
  g_return_val_if_fail (GCOAP_IS_CLOCK (self), FALSE);

  return self->manual;
}

/**
 * gcoap_clock_get_now:
 * @self: a clock
 *
 * Reads the clock.
 *
 * Returns: microseconds since an arbitrary moment, never going back
 *
 * Since: 0.1
 */
gint64
gcoap_clock_get_now (GcoapClock *self)
{
  g_return_val_if_fail (GCOAP_IS_CLOCK (self), 0);

  return self->manual ? self->manual_now : g_get_monotonic_time ();
}

/**
 * gcoap_clock_advance:
 * @self: a manual clock
 * @microseconds: how far, 0 or more
 *
 * Lets time pass on a manual clock.
 *
 * Every timer that becomes due runs in the order of deadlines, and sees the
 * clock show its own deadline; timers scheduled meanwhile take part.
 *
 * Since: 0.1
 */
void
gcoap_clock_advance (GcoapClock *self,
                     gint64      microseconds)
{
  gint64 until;

  g_return_if_fail (GCOAP_IS_CLOCK (self));
  g_return_if_fail (self->manual);
  g_return_if_fail (microseconds >= 0);

  g_object_ref (self);
  until = self->manual_now + microseconds;
  while (self->n_timers > 0 && self->heap[1]->deadline <= until)
    {
      self->manual_now = MAX (self->manual_now, self->heap[1]->deadline);
      run_due (self, self->manual_now);
    }
  self->manual_now = until;
  g_object_unref (self);
}

/**
 * gcoap_clock_get_next_expiry:
 * @self: a clock
 *
 * Tells when the next timer is due.
 *
 * Times are never negative. (A number larger than 2^53 would not be safe in
 * JavaScript.)
 *
 * Returns: the time in microseconds, or -1 if nothing is waited for
 *
 * Since: 0.1
 */
gint64
gcoap_clock_get_next_expiry (GcoapClock *self)
{
  g_return_val_if_fail (GCOAP_IS_CLOCK (self), -1);

  return self->n_timers > 0 ? self->heap[1]->deadline : -1;
}

void
gcoap_clock_schedule (GcoapClock *self,
                      GcoapTimer *timer,
                      gint64      deadline)
{
  if (timer->position != 0)
    {
      gint64 before = timer->deadline;

      timer->deadline = deadline;
      if (deadline < before)
        sift_up (self, timer, timer->position);
      else
        sift_down (self, timer, timer->position);
    }
  else
    {
      if (self->n_timers + 1 >= self->n_allocated)
        {
          self->n_allocated = MAX (16, self->n_allocated * 2);
          self->heap = g_renew (GcoapTimer *, self->heap, self->n_allocated);
        }
      timer->deadline = deadline;
      self->n_timers++;
      sift_up (self, timer, self->n_timers);
    }
  arm (self);
}

void
gcoap_clock_unschedule (GcoapClock *self,
                        GcoapTimer *timer)
{
  guint position = timer->position;
  GcoapTimer *last;

  if (position == 0)
    return;
  timer->position = 0;
  last = self->heap[self->n_timers--];
  if (last == timer)
    return;
  if (position > 1 && last->deadline < self->heap[parent_of (position)]->deadline)
    sift_up (self, last, position);
  else
    sift_down (self, last, position);
}
