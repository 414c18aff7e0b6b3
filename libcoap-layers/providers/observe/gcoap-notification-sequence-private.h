/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The numbers of the notifications of one observation, as the server gives
 * them (RFC 7641 §4.4). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 last;     /* not yet reduced to 24 bits */
} GcoapNotificationSequence;

/* The number for a notification that is sent now, @now in microseconds. */
guint32 gcoap_notification_sequence_next (GcoapNotificationSequence *self,
                                          gint64                     now);

G_END_DECLS
