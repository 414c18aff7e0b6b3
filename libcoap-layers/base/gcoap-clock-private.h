/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Timers, embedded in whatever waits for them. */
#pragma once

#include "base/gcoap-clock.h"

G_BEGIN_DECLS

typedef void (*GcoapTimerFunc) (gpointer data);

typedef struct
{
  GcoapTimerFunc func;
  gpointer       data;
  gint64         deadline;   /* microseconds of the clock */
  guint          position;   /* 1-based place in the heap; 0: not scheduled */
} GcoapTimer;

static inline void
gcoap_timer_init (GcoapTimer *timer, GcoapTimerFunc func, gpointer data)
{
  timer->func = func;
  timer->data = data;
  timer->deadline = 0;
  timer->position = 0;
}

static inline gboolean
gcoap_timer_is_scheduled (const GcoapTimer *timer)
{
  return timer->position != 0;
}

/* Scheduling a scheduled timer moves it. A timer is unscheduled before its
 * function runs, so that the function may schedule it again. */
void gcoap_clock_schedule (GcoapClock *self, GcoapTimer *timer, gint64 deadline);
void gcoap_clock_unschedule (GcoapClock *self, GcoapTimer *timer);

G_END_DECLS
