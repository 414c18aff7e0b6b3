/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/observe/gcoap-notification-order-private.h"

/* RFC 7641 §3.4: after so long the numbers say nothing any more. */
#define TIME_LIMIT (128 * G_USEC_PER_SEC)

#define HALF (1u << 23)
#define MASK 0xffffffu

static gboolean
is_fresher (const GcoapNotificationOrder *self,
            guint32                       value,
            gint64                        now)
{
  guint32 v1 = self->value;
  guint32 v2 = value;

  return !self->is_set
         || (v1 < v2 && v2 - v1 < HALF)
         || (v1 > v2 && v1 - v2 > HALF)
         || now > self->time + TIME_LIMIT;
}

gboolean
gcoap_notification_order_accept (GcoapNotificationOrder *self,
                                 guint32                 value,
                                 gint64                  now)
{
  value &= MASK;
  if (!is_fresher (self, value, now))
    return FALSE;
  self->value = value;
  self->time = now;
  self->is_set = TRUE;
  return TRUE;
}
