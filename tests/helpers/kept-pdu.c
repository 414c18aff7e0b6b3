/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/kept-pdu.h"

KeptPdu *
kept_pdu_new (const GcoapPdu *pdu)
{
  KeptPdu *self = g_new0 (KeptPdu, 1);

  self->pdu = *pdu;
  self->pdu.token = pdu->token_length > 0 ? g_memdup2 (pdu->token, pdu->token_length) : NULL;
  g_object_ref (self->pdu.address);
  if (pdu->local != NULL)
    gcoap_local_ref (self->pdu.local);
  if (pdu->message != NULL)
    gcoap_message_ref (self->pdu.message);
  return self;
}

void
kept_pdu_free (KeptPdu *self)
{
  g_free ((gpointer) self->pdu.token);
  g_object_unref (self->pdu.address);
  g_clear_pointer (&self->pdu.local, gcoap_local_unref);
  g_clear_pointer (&self->pdu.message, gcoap_message_unref);
  g_free (self);
}
