/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-sequence-private.h"

/* RFC 7641 §4.4: at most 2^23 numbers in 256 s. A thousand per second never run
 * faster than that, go on where they were when a registration replaces another
 * or the server has been started anew, and are shared by the many observers that
 * are told of one state within a tick. */
#define TICKS_PER_SECOND G_GINT64_CONSTANT (1000)

guint32
gcoap_notification_sequence_next (GcoapNotificationSequence *self,
                                  gint64                     now)
{
  gint64 seconds = now / G_USEC_PER_SEC;
  gint64 ticks = seconds * TICKS_PER_SECOND
                 + (now % G_USEC_PER_SEC) * TICKS_PER_SECOND / G_USEC_PER_SEC;

  /* Two for one observer within one tick must differ nonetheless. */
  self->last = MAX (self->last + 1, ticks);
  return (guint32) (self->last & 0xffffff);
}
