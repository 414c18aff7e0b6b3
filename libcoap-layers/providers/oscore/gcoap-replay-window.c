/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/oscore/gcoap-replay-window-private.h"

#include <string.h>

static gboolean
get_bit (const GcoapReplayWindow *self,
         guint64                  number)
{
  guint place = (guint) (number % self->size);

  return self->seen[place / 8] >> (place % 8) & 1;
}

static void
set_bit (GcoapReplayWindow *self,
         guint64            number,
         gboolean           seen)
{
  guint place = (guint) (number % self->size);

  if (seen)
    self->seen[place / 8] |= (guint8) (1 << (place % 8));
  else
    self->seen[place / 8] &= (guint8) ~(1 << (place % 8));
}

void
gcoap_replay_window_init (GcoapReplayWindow *self,
                          guint              size)
{
  *self = (GcoapReplayWindow) { .size = CLAMP (size, 1, GCOAP_REPLAY_WINDOW_MAX) };
}

void
gcoap_replay_window_reset (GcoapReplayWindow *self)
{
  self->is_known = TRUE;
  self->floor = 0;
  memset (self->seen, 0, sizeof self->seen);
}

void
gcoap_replay_window_start_above (GcoapReplayWindow *self,
                                 guint64            number)
{
  gcoap_replay_window_reset (self);
  self->floor = number + 1;
  self->n_accepted++;
}

gboolean
gcoap_replay_window_is_new (const GcoapReplayWindow *self,
                            guint64                  number)
{
  if (!self->is_known || number < self->floor)
    return FALSE;
  return number - self->floor >= self->size || !get_bit (self, number);
}

/* The window ends at the highest number: what falls out below is taken as seen,
 * what comes in above is not. */
static void
slide (GcoapReplayWindow *self,
       guint64            floor)
{
  guint64 steps = MIN (floor - self->floor, self->size);

  for (guint64 i = 0; i < steps; i++)
    set_bit (self, self->floor + i, FALSE);
  self->floor = floor;
}

gboolean
gcoap_replay_window_accept (GcoapReplayWindow *self,
                            guint64            number)
{
  if (!gcoap_replay_window_is_new (self, number))
    return FALSE;
  if (number - self->floor >= self->size)
    slide (self, number - self->size + 1);
  set_bit (self, number, TRUE);
  self->n_accepted++;
  return TRUE;
}
