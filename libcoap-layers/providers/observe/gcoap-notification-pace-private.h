/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When the next notification may go to one client, and whether it must be
 * confirmable (RFC 7641 §4.5, §4.5.1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of one client, over all its observations: NSTART outstanding at a time. */
typedef struct
{
  guint  n_outstanding;   /* confirmable ones without an outcome */
  gint64 free_at;         /* when the latest non-confirmable one has had its time */
  gint64 round_trip;      /* smoothed, in microseconds; 0: not known */
} GcoapNotificationPace;

/* The earliest time a notification may be sent; G_MAXINT64: not before an
 * outcome. */
gint64 gcoap_notification_pace_get_next (const GcoapNotificationPace *self,
                                         guint                        nstart);

void gcoap_notification_pace_note_confirmable (GcoapNotificationPace *self);

/* @interval is what to wait, in microseconds, if the round-trip time is not
 * known. */
void gcoap_notification_pace_note_non_confirmable (GcoapNotificationPace *self,
                                                   gint64                 now,
                                                   gint64                 interval);

/* One that was confirmable has its outcome; @sent is when it was sent, if it
 * was acknowledged, else a negative number. */
void gcoap_notification_pace_note_outcome (GcoapNotificationPace *self,
                                           gint64                 now,
                                           gint64                 sent);

/* Of one observation: how long the interest was last confirmed ago. */
typedef struct
{
  guint  n_unconfirmed;   /* non-confirmable ones in a row */
  gint64 confirmed;       /* when the latest confirmable one was sent */
} GcoapNotificationProof;

/* Whether the next must be confirmable, though it need not for its own sake. */
gboolean gcoap_notification_proof_is_due (const GcoapNotificationProof *self,
                                          gint64                        now,
                                          guint                         max_unconfirmed);

void gcoap_notification_proof_note_sent (GcoapNotificationProof *self,
                                         gint64                  now,
                                         gboolean                confirmable);

G_END_DECLS
