/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every datagram transport does with a datagram it cannot decode. */
#pragma once

#include "interfaces/gcoap-message-manager.h"
#include "interfaces/gcoap-runtime.h"
#include "wire/gcoap-datagram-codec-private.h"

G_BEGIN_DECLS

/* Tells the manager, which may be NULL, of one whose header could be read, so
 * that it is answered; counts the others. @pdu has address and local, and is
 * filled in from @header. */
void gcoap_malformed_report (GcoapRuntime              *runtime,
                             GcoapMessageManager       *manager,
                             const GcoapDatagramHeader *header,
                             GcoapPdu                  *pdu,
                             const GError              *error);

/* Tells of one of @full_length bytes, which is more than the limit, and of
 * which only the first @length are there. If they are enough, @pdu gets the
 * code as that of a message without options and payload, and the token. */
void gcoap_malformed_report_too_long (GcoapRuntime        *runtime,
                                      GcoapMessageManager *manager,
                                      const guint8        *data,
                                      gsize                length,
                                      gsize                full_length,
                                      GcoapPdu            *pdu);

G_END_DECLS
