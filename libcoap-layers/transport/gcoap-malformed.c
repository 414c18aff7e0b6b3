/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-malformed-private.h"

#include "base/gcoap-error.h"
#include "interfaces/gcoap-runtime-private.h"
#include "wire/gcoap-options-codec-private.h"

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

/* What the start of a datagram tells, or FALSE if it has no header. */
static gboolean
read_start (const guint8 *data,
            gsize         length,
            gsize         max_token_length,
            GcoapPdu     *pdu)
{
  gsize position = 4;
  gsize token_length;
  guint code_class;

  if (length < position || data[0] >> 6 != 1)
    return FALSE;
  pdu->type = (GcoapMessageType) ((data[0] >> 4) & 3);
  pdu->message_id = (guint16) (data[2] << 8 | data[3]);
  code_class = data[1] >> 5;
  if (data[1] == 0 || code_class == 1 || code_class > 5
      || !gcoap_token_length_decode (data, length, data[0] & 15, max_token_length, &position,
                                     &token_length, NULL))
    return TRUE;
  pdu->token = token_length > 0 ? data + position : NULL;
  pdu->token_length = (guint32) token_length;
  pdu->message = gcoap_message_new ((GcoapCode) data[1]);
  gcoap_message_lock (pdu->message);
  return TRUE;
}

void
gcoap_malformed_report_too_long (GcoapRuntime        *runtime,
                                 GcoapMessageManager *manager,
                                 const guint8        *data,
                                 gsize                length,
                                 gsize                full_length,
                                 GcoapPdu            *pdu)
{
  g_autofree char *peer = gcoap_endpoint_address_dup_uri_base (pdu->address);
  g_autoptr (GError) error = NULL;

  error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                       "A message of %s has at least %" G_GSIZE_FORMAT " bytes; the limit max-datagram-size "
                       "is %u.", peer, full_length, runtime->limits->max_datagram_size);
  gcoap_statistics_count (runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  gcoap_runtime_trace_note (runtime, pdu->address, error->message);
  if (!read_start (data, length, runtime->limits->max_token_length, pdu))
    return;
  if (manager != NULL)
    gcoap_message_manager_dispatch_malformed (manager, pdu, error);
  g_clear_pointer (&pdu->message, gcoap_message_unref);
}
