/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-datagram-input-private.h"

#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-malformed-private.h"
#include "wire/gcoap-datagram-codec-private.h"

void
gcoap_datagram_input (GcoapRuntime                 *runtime,
                      GcoapMessageManager         **manager,
                      GcoapMessageManagerInterface *iface,
                      const guint8                 *data,
                      gsize                         length,
                      gsize                         full_length,
                      GcoapEndpointAddress         *address,
                      GcoapLocal                   *local)
{
  GcoapDatagramHeader header = { 0 };
  GError *error = NULL;
  GcoapPdu pdu = { 0 };
  gboolean too_long = full_length > length || length > runtime->limits->max_datagram_size;
  gboolean decoded = !too_long
                     && gcoap_datagram_decode (data, length, runtime->limits->max_token_length,
                                               &pdu, &header, &error);

  pdu.address = address;
  pdu.local = local;
  if (G_LIKELY (decoded))
    {
      gcoap_runtime_trace_message (runtime, FALSE, &pdu);
      if (*manager != NULL)
        iface->dispatch_pdu (*manager, &pdu);
      g_clear_pointer (&pdu.message, gcoap_message_unref);
    }
  else if (too_long)
    {
      gcoap_malformed_report_too_long (runtime, *manager, data, length, full_length, &pdu);
    }
  else
    {
      gcoap_malformed_report (runtime, *manager, &header, &pdu, error);
      g_error_free (error);
    }
}
