/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A pdu that outlives the call it was an argument of, for mocks that record. */
#pragma once

#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapPdu pdu;      /* owns what it points to */
} KeptPdu;

KeptPdu *kept_pdu_new  (const GcoapPdu *pdu) G_GNUC_WARN_UNUSED_RESULT;
void     kept_pdu_free (KeptPdu *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeptPdu, kept_pdu_free)

G_END_DECLS
