/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-sequence-private.h"

/* RFC 7641 §4.4: a tick is 256 s / 2^23. Numbers that follow the clock never
 * run faster than allowed, and go on where they were when a registration
 * replaces another, or the server has been started anew. */
#define TICKS_PER_SECOND G_GINT64_CONSTANT (32768)

guint32
gcoap_notification_sequence_next (GcoapNotificationSequence *self,
                                  gint64                     now)
{
  gint64 seconds = now / G_USEC_PER_SEC;
  gint64 ticks = seconds * TICKS_PER_SECOND
                 + (now % G_USEC_PER_SEC) * TICKS_PER_SECOND / G_USEC_PER_SEC;

  /* Two within one tick, which is shorter than a datagram takes to send, must
   * differ nonetheless. */
  self->last = MAX (self->last + 1, ticks);
  return (guint32) (self->last & 0xffffff);
}
