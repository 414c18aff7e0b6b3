/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is to happen when, ordered by time: a heap whose nodes are embedded in
 * whatever waits. Knows no clock. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 at;         /* microseconds */
  guint  position;   /* 1-based place in the heap; 0: not in it */
} GcoapDeadline;

typedef struct
{
  GcoapDeadline **heap;   /* 1-based */
  guint           n;
  guint           n_allocated;
} GcoapDeadlines;

void gcoap_deadlines_init  (GcoapDeadlines *self);
void gcoap_deadlines_clear (GcoapDeadlines *self);

/* Sets one that is set already anew. */
void gcoap_deadlines_set   (GcoapDeadlines *self,
                            GcoapDeadline  *deadline,
                            gint64          at);
void gcoap_deadlines_unset (GcoapDeadlines *self,
                            GcoapDeadline  *deadline);

/* Takes out the earliest that is due, or gives NULL. */
GcoapDeadline *gcoap_deadlines_pop_due (GcoapDeadlines *self,
                                        gint64          now);

/* G_MAXINT64 when nothing waits. */
static inline gint64
gcoap_deadlines_get_next (const GcoapDeadlines *self)
{
  return self->n > 0 ? self->heap[1]->at : G_MAXINT64;
}

G_END_DECLS
