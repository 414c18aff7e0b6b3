/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8323 §3: messages in a byte stream, and (§4) in WebSocket frames.
 * Pure functions; type and message_id of the pdu are not used. */
#pragma once

#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_STREAM_FRAMING_TCP,        /* RFC 8323 §3.2: Len nibble and extended length */
  GCOAP_STREAM_FRAMING_WEBSOCKET,  /* RFC 8323 §4.2: Len nibble 0, the frame says the length */
} GcoapStreamFraming;

/* How many bytes the first message in @data takes in all. Returns TRUE with
 * *size > 0 when known, TRUE with *size 0 when more header bytes are needed,
 * FALSE with GCOAP_ERROR_TOO_LARGE when it passes @max_message_size: decided
 * before anything is allocated. TCP framing only. */
gboolean gcoap_stream_peek_size (const guint8 *data,
                                 gsize length,
                                 gsize max_message_size,
                                 gsize *size,
                                 GError **error);

/* @data holds exactly one message. Rules as gcoap_datagram_decode(). */
gboolean gcoap_stream_decode (const guint8 *data,
                              gsize length,
                              GcoapStreamFraming framing,
                              gsize max_token_length,
                              GcoapPdu *pdu,
                              GError **error);

gsize gcoap_stream_get_size (const GcoapPdu *pdu, GcoapStreamFraming framing);

gsize gcoap_stream_encode (const GcoapPdu *pdu,
                           GcoapStreamFraming framing,
                           guint8 *buffer,
                           gsize size,
                           GError **error);

G_END_DECLS
