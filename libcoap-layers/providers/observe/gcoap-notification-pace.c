/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-pace-private.h"

/* RFC 7641 §4.5: at least every 24 hours a notification is confirmable; an hour
 * less, so that one that is not sent just before does not exceed it. */
#define PROOF_INTERVAL (G_GINT64_CONSTANT (23) * 60 * 60 * G_USEC_PER_SEC)

/* A peer on the same machine answers within microseconds; that is no reason to
 * send it a flood. */
#define MIN_INTERVAL (10 * G_TIME_SPAN_MILLISECOND)

gint64
gcoap_notification_pace_get_next (const GcoapNotificationPace *self,
                                  guint                        nstart)
{
  if (self->n_outstanding >= nstart)
    return G_MAXINT64;
  return self->free_at;
}

void
gcoap_notification_pace_note_confirmable (GcoapNotificationPace *self)
{
  self->n_outstanding++;
}

void
gcoap_notification_pace_note_non_confirmable (GcoapNotificationPace *self,
                                              gint64                 now,
                                              gint64                 interval)
{
  /* RFC 7641 §4.5.1: one per round-trip time, or one in 3 s where that is not
   * known. */
  if (self->round_trip > 0 && interval > 0)
    interval = MIN (interval, MAX (self->round_trip, MIN_INTERVAL));
  self->free_at = now + interval;
}

void
gcoap_notification_pace_note_outcome (GcoapNotificationPace *self,
                                      gint64                 now,
                                      gint64                 sent)
{
  gint64 sample;

  if (self->n_outstanding > 0)
    self->n_outstanding--;
  if (sent < 0)
    return;
  /* What was retransmitted looks slower than it is, which errs on the side of
   * the network. */
  sample = MAX (now - sent, 1);
  self->round_trip = self->round_trip == 0 ? sample : (7 * self->round_trip + sample) / 8;
}

gboolean
gcoap_notification_proof_is_due (const GcoapNotificationProof *self,
                                 gint64                        now,
                                 guint                         max_unconfirmed)
{
  return self->n_unconfirmed >= max_unconfirmed || now - self->confirmed >= PROOF_INTERVAL;
}

void
gcoap_notification_proof_note_sent (GcoapNotificationProof *self,
                                    gint64                  now,
                                    gboolean                confirmable)
{
  if (confirmable)
    {
      self->n_unconfirmed = 0;
      self->confirmed = now;
    }
  else
    self->n_unconfirmed++;
}
