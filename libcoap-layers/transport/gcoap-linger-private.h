/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Decides whether to ask a socket again for a moment before going back to
 * sleep: only while that has lately paid. All times in microseconds. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* All zero: nothing known yet. */
typedef struct
{
  gint64 last_end;   /* when the socket was last left alone */
  guint  credit;     /* failures until lingering stops; 0: it has stopped */
  guint  wait;       /* chances to let pass before it is tried again */
  guint  backoff;    /* the last value of wait */
} GcoapLinger;

/* The socket has become readable; whether to linger for @window afterwards. */
gboolean gcoap_linger_begin (GcoapLinger *self,
                             gint64       now,
                             guint        window);

/* What came of it, and when it ended. */
void gcoap_linger_end (GcoapLinger *self,
                       gint64       now,
                       gboolean     lingered,
                       gboolean     paid);

G_END_DECLS
