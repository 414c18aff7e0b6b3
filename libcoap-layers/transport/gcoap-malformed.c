/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-malformed-private.h"

#include "interfaces/gcoap-runtime-private.h"

void
gcoap_malformed_report (GcoapRuntime              *runtime,
                        GcoapMessageManager       *manager,
                        const GcoapDatagramHeader *header,
                        GcoapPdu                  *pdu,
                        const GError              *error)
{
  gcoap_runtime_trace_note (runtime, pdu->address, error->message);
  /* RFC 7252 §3: another version is silently ignored, and so is what has not
   * even a header. */
  if (!header->has_header)
    {
      gcoap_statistics_count (runtime->statistics, GCOAP_COUNTER_DATAGRAMS_MALFORMED);
      return;
    }
  pdu->type = header->type;
  pdu->message_id = header->message_id;
  pdu->token = NULL;
  pdu->token_length = 0;
  pdu->message = NULL;
  if (manager != NULL)
    gcoap_message_manager_dispatch_malformed (manager, pdu, error);
}
