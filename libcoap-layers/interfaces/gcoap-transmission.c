/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-transmission.h"

G_DEFINE_BOXED_TYPE (GcoapTransmission,      gcoap_transmission,
                     gcoap_transmission_ref, gcoap_transmission_unref)

/**
 * gcoap_transmission_init: (skip)
 * @self: memory of the implementor's
 * @funcs: what the implementor does
 *
 * Makes a transmission of the first member of a larger struct, with one
 * reference.
 *
 * Since: 0.1
 */
void
gcoap_transmission_init (GcoapTransmission            *self,
                         const GcoapTransmissionFuncs *funcs)
{
  self->funcs = funcs;
  self->ref_count = 1;
  self->manager_data = NULL;
  self->is_complete = FALSE;
}

/**
 * gcoap_transmission_ref:
 * @self: a transmission
 *
 * Takes a reference; in the stack's thread only.
 *
 * Returns: (transfer full): the same transmission
 *
 * Since: 0.1
 */
GcoapTransmission *
gcoap_transmission_ref (GcoapTransmission *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  self->ref_count++;
  return self;
}

/**
 * gcoap_transmission_unref:
 * @self: (transfer full): a transmission
 *
 * Gives a reference back; the transmission itself goes on.
 *
 * Since: 0.1
 */
void
gcoap_transmission_unref (GcoapTransmission *self)
{
  g_return_if_fail (self != NULL && self->ref_count > 0);

  if (--self->ref_count == 0)
    self->funcs->free (self);
}

/**
 * gcoap_transmission_abandon:
 * @self: a transmission
 *
 * Stops retransmitting; no outcome is reported any more.
 *
 * Since: 0.1
 */
void
gcoap_transmission_abandon (GcoapTransmission *self)
{
  g_return_if_fail (self != NULL);

  self->manager_data = NULL;
  self->funcs->abandon (self);
}

/**
 * gcoap_transmission_replace:
 * @self: a transmission
 * @message: a newer message
 * @tuning: (nullable): how to send it
 *
 * Lets the next retransmission carry a newer message, with a message ID of its
 * own; count and time-out go on (RFC 7641 §4.5.2).
 *
 * Returns: %FALSE if the transmission has already ended
 *
 * Since: 0.1
 */
gboolean
gcoap_transmission_replace (GcoapTransmission    *self,
                            GcoapMessage         *message,
                            GcoapTransportTuning *tuning)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (message != NULL, FALSE);

  return self->funcs->replace (self, message, tuning);
}

/**
 * gcoap_transmission_get_manager_data: (skip)
 * @self: a transmission
 *
 * Gets what the manager has attached.
 *
 * Returns: the pointer, or %NULL
 *
 * Since: 0.1
 */
gpointer
gcoap_transmission_get_manager_data (GcoapTransmission *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->manager_data;
}

/**
 * gcoap_transmission_set_manager_data: (skip)
 * @self: a transmission
 * @data: what the manager knows it by
 *
 * Attaches a pointer of the manager's, to find its way back from an outcome.
 *
 * Since: 0.1
 */
void
gcoap_transmission_set_manager_data (GcoapTransmission *self,
                                     gpointer           data)
{
  g_return_if_fail (self != NULL);

  self->manager_data = data;
}

/**
 * gcoap_transmission_is_complete: (skip)
 * @self: a transmission
 *
 * Tells whether it has been sent and needs no acknowledgement: all that can
 * still be heard of it is that it was rejected.
 *
 * Returns: %TRUE for a non-confirmable message that has been sent
 *
 * Since: 0.1
 */
gboolean
gcoap_transmission_is_complete (GcoapTransmission *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_complete;
}

/**
 * gcoap_transmission_set_complete: (skip)
 * @self: a transmission
 *
 * Notes that it has been sent and needs no acknowledgement; for its
 * implementor.
 *
 * Since: 0.1
 */
void
gcoap_transmission_set_complete (GcoapTransmission *self)
{
  g_return_if_fail (self != NULL);

  self->is_complete = TRUE;
}
