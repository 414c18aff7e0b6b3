/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages sent whose fate is open: found by (address, message ID), and sent
 * again at growing intervals until acknowledged (RFC 7252 §4.2).
 *
 * Time is an argument; what a message looks like is known to the layer, which
 * embeds GcoapSentMessage in its transmission. */
#pragma once

#include "base/gcoap-transport-tuning.h"
#include "message/gcoap-deadlines-private.h"
#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapDeadline         deadline;
  GcoapEndpointAddress *address;          /* not owned */
  guint                 hash;             /* of address and message ID, while it is listed */
  gint64                timeout;          /* the current one, microseconds */
  gint64                span_end;         /* no retransmission after this */
  gint64                wait_end;         /* no acknowledgement is expected after this */
  gint64                min_spacing;      /* ACK_TIMEOUT */
  guint16               message_id;
  guint8                n_retransmissions;
  guint8                max_retransmit;
  gboolean              listed;           /* can be found by its message ID */
} GcoapSentMessage;

typedef enum
{
  GCOAP_TIMEOUT_RETRANSMIT,  /* send it again; the deadline is set anew */
  GCOAP_TIMEOUT_WAIT,        /* too late to send it again; go on waiting */
  GCOAP_TIMEOUT_GIVE_UP,     /* nothing more to wait for */
} GcoapTimeoutAction;

typedef struct
{
  GHashTable     *table;
  GcoapDeadlines  deadlines;
} GcoapTransmissions;

void gcoap_transmissions_init  (GcoapTransmissions *self);
void gcoap_transmissions_clear (GcoapTransmissions *self);

/* Makes it known under its address and @message_id; FALSE, and nothing done,
 * if another message is. */
gboolean gcoap_transmissions_list (GcoapTransmissions *self,
                                   GcoapSentMessage   *sent,
                                   guint16             message_id);

/* Not known by its message ID any more, and its deadline unset. */
void gcoap_transmissions_remove (GcoapTransmissions *self,
                                 GcoapSentMessage   *sent);

GcoapSentMessage *gcoap_transmissions_find (GcoapTransmissions   *self,
                                            GcoapEndpointAddress *address,
                                            guint16               message_id);

/* Sets the first timeout of a confirmable message sent now: @random, of 0 to
 * 1, chooses it between ACK_TIMEOUT and ACK_TIMEOUT * ACK_RANDOM_FACTOR. */
void gcoap_transmissions_start (GcoapTransmissions   *self,
                                GcoapSentMessage     *sent,
                                GcoapTransportTuning *tuning,
                                double                random,
                                gint64                now);

/* Says what to do about a confirmable message whose deadline has passed. */
GcoapTimeoutAction gcoap_transmissions_back_off (GcoapTransmissions *self,
                                                 GcoapSentMessage   *sent,
                                                 gint64              now);

/* Sets a deadline for another reason. */
static inline void
gcoap_transmissions_set_deadline (GcoapTransmissions *self,
                                  GcoapSentMessage   *sent,
                                  gint64              at)
{
  gcoap_deadlines_set (&self->deadlines, &sent->deadline, at);
}

/* One whose deadline has passed, its deadline now unset; or NULL. */
GcoapSentMessage *gcoap_transmissions_pop_due (GcoapTransmissions *self,
                                               gint64              now);

static inline gint64
gcoap_transmissions_get_next_expiry (const GcoapTransmissions *self)
{
  return gcoap_deadlines_get_next (&self->deadlines);
}

G_END_DECLS
