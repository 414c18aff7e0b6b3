/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A debt of time: each byte is paid off by waiting. */
#include "message/gcoap-probing-private.h"

void
gcoap_probing_init (GcoapProbing *self)
{
  self->paid_at = G_MININT64;
  self->n_sent = 0;
}

gboolean
gcoap_probing_may_send (const GcoapProbing *self,
                        guint               burst,
                        gint64              now)
{
  return self->n_sent < burst || self->paid_at <= now;
}

void
gcoap_probing_note_sent (GcoapProbing *self,
                         gsize         n_bytes,
                         guint         rate,
                         gint64        now)
{
  if (rate == 0)
    return;
  /* What was sent slowly enough counts no more than what was never sent. */
  if (self->paid_at <= now)
    {
      self->paid_at = now;
      self->n_sent = 0;
    }
  self->n_sent++;
  self->paid_at += (gint64) MIN (n_bytes, G_MAXUINT16) * G_USEC_PER_SEC / rate;
}

void
gcoap_probing_note_heard (GcoapProbing *self)
{
  gcoap_probing_init (self);
}
