/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-linger-private.h"

#define MAX_CREDIT 3
#define MAX_BACKOFF 64

/* A wake-up takes some time itself, so what comes after several windows may
 * still have come within one if nobody had slept. */
#define NEAR_WINDOWS 5

gboolean
gcoap_linger_begin (GcoapLinger *self,
                    gint64       now,
                    guint        window)
{
  gboolean is_near = self->last_end != 0 && now - self->last_end <= NEAR_WINDOWS * (gint64) window;

  if (window == 0)
    return FALSE;
  if (self->credit > 0)
    return TRUE;
  if (!is_near)
    return FALSE;
  /* A peer that answers steadily, but too late, must not cost a window each
   * time: the chances that are let pass double with each failure. */
  if (self->wait > 0)
    {
      self->wait--;
      return FALSE;
    }
  self->credit = 1;
  return TRUE;
}

void
gcoap_linger_end (GcoapLinger *self,
                  gint64       now,
                  gboolean     lingered,
                  gboolean     paid)
{
  self->last_end = now;
  if (!lingered)
    return;
  if (paid)
    {
      self->credit = MAX_CREDIT;
      self->backoff = 0;
    }
  else if (self->credit > 0 && --self->credit == 0)  /* a nested loop may have used it up */
    {
      self->backoff = CLAMP (self->backoff * 2, 1, MAX_BACKOFF);
      self->wait = self->backoff;
    }
}

void
gcoap_linger_turn_begin (GcoapLingerTurn *self,
                         GcoapLinger     *linger,
                         guint            window)
{
  *self = (GcoapLingerTurn) { .linger = linger, .window = window };
  if (window > 0)
    self->lingers = gcoap_linger_begin (linger, g_get_monotonic_time (), window);
}

gboolean
gcoap_linger_turn_goes_on (GcoapLingerTurn *self,
                           gboolean         was_found,
                           gboolean         is_full)
{
  if (!was_found)
    return self->until != 0 && g_get_monotonic_time () < self->until;
  self->paid = self->paid || self->until != 0;
  if (!self->lingers)
    return is_full;
  self->until = g_get_monotonic_time () + self->window;
  return TRUE;
}

void
gcoap_linger_turn_end (GcoapLingerTurn *self)
{
  if (self->window > 0)
    gcoap_linger_end (self->linger, g_get_monotonic_time (), self->lingers, self->paid);
}
