/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which of two notifications was sent later (RFC 7641 §3.4), as the client
 * sees it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint32  value;     /* of the freshest notification so far: V1 */
  gint64   time;      /* when that came, in microseconds: T1 */
  gboolean is_set;
} GcoapNotificationOrder;

/* Whether a notification with this number, which has come now, is fresher than
 * all before it; if so it is the freshest from now on. */
gboolean gcoap_notification_order_accept (GcoapNotificationOrder *self,
                                          guint32                 value,
                                          gint64                  now);

G_END_DECLS
