/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lets so many events pass in a second, and no more: a bucket that holds one
 * second's worth. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 full_at;   /* when the bucket is full again, microseconds */
} GcoapRateLimit;

/* Whether one more may pass; @per_second of 0 lets none pass. */
static inline gboolean
gcoap_rate_limit_pass (GcoapRateLimit *self,
                       guint           per_second,
                       gint64          now)
{
  gint64 share;

  if (per_second == 0)
    return FALSE;
  share = G_USEC_PER_SEC / MIN (per_second, G_USEC_PER_SEC);
  if (self->full_at < now)
    self->full_at = now;
  if (self->full_at + share > now + G_USEC_PER_SEC)
    return FALSE;
  self->full_at += share;
  return TRUE;
}

G_END_DECLS
