/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How many interactions with one endpoint are outstanding, and what waits for
 * its turn (RFC 7252 §4.7).
 *
 * What counts is a confirmable message whose acknowledgement is still
 * expected, be it a request, a response or a ping. A non-confirmable request
 * does not: nobody could tell how long its response is expected. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint  n_outstanding;
  GQueue waiting;          /* intrusive: of the links' data, first in first out */
} GcoapNstart;

void gcoap_nstart_init (GcoapNstart *self);

/* Takes a slot; FALSE if there are @nstart outstanding, or others wait. */
gboolean gcoap_nstart_enter (GcoapNstart *self,
                             guint        nstart);

void gcoap_nstart_leave (GcoapNstart *self);

/* Puts the owner of @link at the end of the queue; FALSE if it is full. */
gboolean gcoap_nstart_wait (GcoapNstart *self,
                            GList       *link,
                            guint        max_waiting);

void gcoap_nstart_stop_waiting (GcoapNstart *self,
                                GList       *link);

/* Who is first in the queue, or NULL. */
gpointer gcoap_nstart_peek (GcoapNstart *self);

/* Takes a slot for the first in the queue, who thereby leaves it. FALSE if
 * there is none, or @nstart are outstanding. */
gboolean gcoap_nstart_advance (GcoapNstart *self,
                               guint        nstart);

/* Gives the slot back and puts the owner of @link first in the queue again:
 * for one that could not be sent yet. */
void gcoap_nstart_retreat (GcoapNstart *self,
                           GList       *link);

G_END_DECLS
