/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much may be sent to an endpoint from which nothing comes back
 * (PROBING_RATE, RFC 7252 §4.7, §4.8).
 *
 * The first messages of a silence may go at any speed, but are counted; the
 * others wait until all that was sent comes to no more than the rate. A sign
 * of life ends the silence, and nothing is owed any more. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 paid_at;   /* when the average is down to the rate, microseconds */
  guint  n_sent;    /* messages in this silence */
} GcoapProbing;

void gcoap_probing_init (GcoapProbing *self);

/* Whether another message may go; @burst of them always may. If not, it may
 * at paid_at. */
gboolean gcoap_probing_may_send (const GcoapProbing *self,
                                 guint               burst,
                                 gint64              now);

/* @rate is in bytes per second; 0 means that there is no limit. */
void gcoap_probing_note_sent (GcoapProbing *self,
                              gsize         n_bytes,
                              guint         rate,
                              gint64        now);

/* The endpoint is alive. */
void gcoap_probing_note_heard (GcoapProbing *self);

G_END_DECLS
