/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Until when a client may rely on a notification, and what it does then: ask
 * again, ever less often while nobody answers (RFC 7641 §3.3.1). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 7252 §5.10.5: Max-Age where the option is absent, in seconds. */
#define GCOAP_DEFAULT_MAX_AGE 60

typedef struct
{
  gint64 stale_at;    /* microseconds; the notification is fresh until then */
  gint64 renew_at;    /* when to ask again */
  guint  n_failures;  /* attempts to ask again, in a row */
} GcoapNotificationFreshness;

/* A notification has come; @random is within 0 to 1. */
void gcoap_notification_freshness_note_notification (GcoapNotificationFreshness *self,
                                                     gint64                      now,
                                                     guint                       max_age,
                                                     double                      random);

/* Asking has failed. Returns FALSE when it was the last of @max_attempts; else
 * renew_at is the time of the next, at least @min_wait seconds from now. */
gboolean gcoap_notification_freshness_note_failure (GcoapNotificationFreshness *self,
                                                    gint64                      now,
                                                    guint                       max_attempts,
                                                    guint                       min_wait,
                                                    double                      random);

G_END_DECLS
