/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §3: a message as one datagram. Pure functions. */
#pragma once


#include <gio/gio.h>

#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

/* What a decoder found out before it failed, enough to answer with RST. */
typedef struct
{
  gboolean has_header;            /* version 1 and at least four bytes: the next two are valid */
  GcoapMessageType type;
  guint16 message_id;
} GcoapDatagramHeader;

/* Fills type, message_id, token, token_length and message of @pdu (message: a
 * new reference owned by the caller, locked, owns a copy of the datagram;
 * NULL for Empty; token points into that message, or into @data for none).
 * address and local are left alone. Errors: GCOAP_ERROR_MALFORMED naming the
 * rule and the byte offset. @header may be NULL. */
gboolean gcoap_datagram_decode (const guint8 *data,
                                gsize length,
                                gsize max_token_length,
                                GcoapPdu *pdu,
                                GcoapDatagramHeader *header,
                                GError **error);

/* Bytes the pdu takes on the wire. */
gsize gcoap_datagram_get_size (const GcoapPdu *pdu);

/* Writes at most @size bytes; returns the number written, 0 and
 * GCOAP_ERROR_TOO_LARGE when it does not fit. */
gsize gcoap_datagram_encode (const GcoapPdu *pdu,
                             guint8 *buffer,
                             gsize size,
                             GError **error);

G_END_DECLS
