/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A binary heap: setting and taking out cost the logarithm of what waits. */
#include "message/gcoap-deadlines-private.h"

static void
place (GcoapDeadlines *self,
       GcoapDeadline  *deadline,
       guint           position)
{
  self->heap[position] = deadline;
  deadline->position = position;
}

/* Lets @deadline rise or sink from @position to where it belongs. */
static void
settle (GcoapDeadlines *self,
        GcoapDeadline  *deadline,
        guint           position)
{
  for (; position > 1 && self->heap[position / 2]->at > deadline->at; position /= 2)
    place (self, self->heap[position / 2], position);

  for (;;)
    {
      guint child = position * 2;

      if (child < self->n && self->heap[child + 1]->at < self->heap[child]->at)
        child++;
      if (child > self->n || self->heap[child]->at >= deadline->at)
        break;
      place (self, self->heap[child], position);
      position = child;
    }

  place (self, deadline, position);
}

void
gcoap_deadlines_init (GcoapDeadlines *self)
{
  *self = (GcoapDeadlines) { NULL };
}

void
gcoap_deadlines_clear (GcoapDeadlines *self)
{
  for (guint i = 1; i <= self->n; i++)
    self->heap[i]->position = 0;
  g_clear_pointer (&self->heap, g_free);
  self->n = self->n_allocated = 0;
}

void
gcoap_deadlines_set (GcoapDeadlines *self,
                     GcoapDeadline  *deadline,
                     gint64          at)
{
  deadline->at = at;
  if (deadline->position == 0)
    {
      if (self->n + 1 >= self->n_allocated)
        {
          self->n_allocated = MAX (16, self->n_allocated * 2);
          self->heap = g_renew (GcoapDeadline *, self->heap, self->n_allocated);
        }
      deadline->position = ++self->n;
    }
  settle (self, deadline, deadline->position);
}

void
gcoap_deadlines_unset (GcoapDeadlines *self,
                       GcoapDeadline  *deadline)
{
  guint position = deadline->position;
  GcoapDeadline *last;

  if (position == 0)
    return;
  deadline->position = 0;
  last = self->heap[self->n--];
  if (last != deadline)
    settle (self, last, position);
}

GcoapDeadline *
gcoap_deadlines_pop_due (GcoapDeadlines *self,
                         gint64          now)
{
  GcoapDeadline *first;

  if (gcoap_deadlines_get_next (self) > now)
    return NULL;
  first = self->heap[1];
  gcoap_deadlines_unset (self, first);
  return first;
}
