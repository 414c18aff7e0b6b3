/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-freshness-private.h"

/* RFC 7641 §3.3.1: at random between 5 and 15 s after Max-Age, so that not all
 * clients come at once. */
#define MIN_LEEWAY 5
#define MAX_LEEWAY 15

#define MIN_BACK_OFF 8
#define MAX_BACK_OFF (10 * 60)

static gint64
spread (double from,
        double to,
        double random)
{
  return (gint64) ((from + (to - from) * random) * (double) G_USEC_PER_SEC);
}

void
gcoap_notification_freshness_note_notification (GcoapNotificationFreshness *self,
                                                gint64                      now,
                                                guint                       max_age,
                                                double                      random)
{
  self->stale_at = now + (gint64) max_age * G_USEC_PER_SEC;
  self->renew_at = self->stale_at + spread (MIN_LEEWAY, MAX_LEEWAY, random);
  self->n_failures = 0;
}

gboolean
gcoap_notification_freshness_note_failure (GcoapNotificationFreshness *self,
                                           gint64                      now,
                                           guint                       max_attempts,
                                           guint                       min_wait,
                                           double                      random)
{
  double wait = MIN_BACK_OFF;

  if (++self->n_failures >= max_attempts)
    return FALSE;
  for (guint i = 1; i < self->n_failures && wait < MAX_BACK_OFF; i++)
    wait *= 2;
  wait = MAX (MIN (wait, MAX_BACK_OFF), (double) min_wait);
  self->renew_at = now + spread (wait, 1.5 * wait, random);
  return TRUE;
}
