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

/* The window of whoever has no property for it: more than an answer takes from
 * one process to another on the same machine, less than a wake-up does. */
#define GCOAP_LINGER_WINDOW 20

/* One turn of the loop over a socket, by the real clock. */
typedef struct
{
  GcoapLinger *linger;
  guint        window;
  gboolean     lingers;
  gboolean     paid;
  gint64       until;   /* 0: nothing was found yet */
} GcoapLingerTurn;

/* The socket has become readable; window 0 never lingers. */
void gcoap_linger_turn_begin (GcoapLingerTurn *self,
                              GcoapLinger     *linger,
                              guint            window);

/* The socket was asked, and something was found or not; if there is sure to be
 * more, is_full. Whether to ask again. */
gboolean gcoap_linger_turn_goes_on (GcoapLingerTurn *self,
                                    gboolean         was_found,
                                    gboolean         is_full);

void gcoap_linger_turn_end (GcoapLingerTurn *self);

G_END_DECLS
