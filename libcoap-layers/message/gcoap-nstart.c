/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One queue per endpoint: what waits for a slow one delays no other. */
#include "message/gcoap-nstart-private.h"

void
gcoap_nstart_init (GcoapNstart *self)
{
  self->n_outstanding = 0;
  g_queue_init (&self->waiting);
}

gboolean
gcoap_nstart_enter (GcoapNstart *self,
                    guint        nstart)
{
  /* Nobody overtakes those who wait. */
  if (self->n_outstanding >= nstart || self->waiting.length > 0)
    return FALSE;
  self->n_outstanding++;
  return TRUE;
}

void
gcoap_nstart_leave (GcoapNstart *self)
{
  g_return_if_fail (self->n_outstanding > 0);

  self->n_outstanding--;
}

gboolean
gcoap_nstart_wait (GcoapNstart *self,
                   GList       *link,
                   guint        max_waiting)
{
  if (self->waiting.length >= max_waiting)
    return FALSE;
  g_queue_push_tail_link (&self->waiting, link);
  return TRUE;
}

void
gcoap_nstart_stop_waiting (GcoapNstart *self,
                           GList       *link)
{
  g_queue_unlink (&self->waiting, link);
}

gpointer
gcoap_nstart_peek (GcoapNstart *self)
{
  return g_queue_peek_head (&self->waiting);
}

gboolean
gcoap_nstart_advance (GcoapNstart *self,
                      guint        nstart)
{
  if (self->waiting.length == 0 || self->n_outstanding >= nstart)
    return FALSE;
  g_queue_unlink (&self->waiting, self->waiting.head);
  self->n_outstanding++;
  return TRUE;
}

void
gcoap_nstart_retreat (GcoapNstart *self,
                      GList       *link)
{
  gcoap_nstart_leave (self);
  g_queue_push_head_link (&self->waiting, link);
}
