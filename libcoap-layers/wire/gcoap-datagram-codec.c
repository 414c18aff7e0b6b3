/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §3: a message as one datagram. Strict, and without state. */
#include "wire/gcoap-datagram-codec-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-options-codec-private.h"

#define VERSION 1
#define HEADER_SIZE 4

static gboolean
decode_header (const guint8         *data,
               gsize                 length,
               GcoapDatagramHeader  *header,
               GError              **error)
{
  header->has_header = FALSE;

  if (length < HEADER_SIZE)
    {
      gcoap_codec_set_malformed (error, 0,
                                 "the datagram has %" G_GSIZE_FORMAT " bytes, a header 4 (RFC 7252 §3)",
                                 length);
      return FALSE;
    }
  if (data[0] >> 6 != VERSION)
    {
      gcoap_codec_set_malformed (error, 0, "the version is %d, not 1 (RFC 7252 §3)", data[0] >> 6);
      return FALSE;
    }

  header->has_header = TRUE;
  header->type = (GcoapMessageType) ((data[0] >> 4) & 3);
  header->message_id = (guint16) (data[2] << 8 | data[3]);

  return TRUE;
}

/* RFC 7252 §4.1: nothing follows the message ID, and so there is no token. */
static gboolean
check_empty (const guint8  *data,
             gsize          length,
             GError       **error)
{
  if ((data[0] & 15) != 0)
    {
      gcoap_codec_set_malformed (error, 0, "an Empty message has a token length of %d, not 0 (RFC 7252 §4.1)",
                                 data[0] & 15);
      return FALSE;
    }
  if (length > HEADER_SIZE)
    {
      gcoap_codec_set_malformed (error, HEADER_SIZE,
                                 "bytes follow the message ID of an Empty message (RFC 7252 §4.1)");
      return FALSE;
    }

  return TRUE;
}

/*< private >
 * gcoap_datagram_decode:
 * @data: the datagram
 * @length: its length in bytes
 * @max_token_length: the longest token to accept; above 8 by agreement only
 * @pdu: (out): where to put what was found; its addresses are left alone
 * @header: (out) (optional): what is known even of a malformed datagram
 * @error: return location for %GCOAP_ERROR_MALFORMED
 *
 * Decodes a datagram.
 *
 * Returns: %TRUE if it is well-formed; the caller then owns the message in @pdu
 */
gboolean
gcoap_datagram_decode (const guint8         *data,
                       gsize                 length,
                       gsize                 max_token_length,
                       GcoapPdu             *pdu,
                       GcoapDatagramHeader  *header,
                       GError              **error)
{
  GcoapDatagramHeader own_header;
  const guint8 *copy = NULL;
  gsize position = HEADER_SIZE;
  gsize token_length = 0;
  GcoapMessage *message = NULL;
  guint class;

  if (header == NULL)
    header = &own_header;
  if (!decode_header (data, length, header, error))
    return FALSE;

  /* RFC 7252 §4.2, §4.3: reserved classes are rejected. Class 7 has meaning
   * only over reliable transports (RFC 8323 §5). */
  class = data[1] >> 5;
  if (class == 1 || class >= 6)
    {
      gcoap_codec_set_malformed (error, 1, "the code %u.%02u is of a reserved class (RFC 7252 §4.2)",
                                 class, data[1] & 31);
      return FALSE;
    }

  if (data[1] == GCOAP_CODE_EMPTY)
    {
      if (!check_empty (data, length, error))
        return FALSE;
    }
  else
    {
      if (!gcoap_token_length_decode (data, length, data[0] & 15, max_token_length,
                                      &position, &token_length, error))
        return FALSE;

      message = gcoap_options_codec_decode (data[1], data, length, position + token_length, &copy, error);
      if (message == NULL)
        return FALSE;
    }

  pdu->type = header->type;
  pdu->message_id = header->message_id;
  pdu->token_length = (guint32) token_length;
  pdu->token = token_length > 0 ? copy + position : NULL;
  pdu->message = message;

  return TRUE;
}

/*< private >
 * gcoap_datagram_get_size:
 * @pdu: a message and what goes with it
 *
 * Returns: how many bytes the datagram will have
 */
gsize
gcoap_datagram_get_size (const GcoapPdu *pdu)
{
  guint8 extended_length[2];
  gsize n_extended;

  if (pdu->message == NULL)
    return HEADER_SIZE;

  gcoap_token_length_encode (pdu->token_length, extended_length, &n_extended);

  return HEADER_SIZE + n_extended + pdu->token_length + gcoap_options_codec_get_size (pdu->message);
}

/*< private >
 * gcoap_datagram_encode:
 * @pdu: a message and what goes with it
 * @buffer: (array length=size): where to write
 * @size: how many bytes there is room for
 * @error: return location for %GCOAP_ERROR_TOO_LARGE, or
 *   %GCOAP_ERROR_INVALID_ARGUMENT for what no datagram can say
 *
 * Encodes a datagram.
 *
 * Returns: how many bytes were written; 0 on failure
 */
gsize
gcoap_datagram_encode (const GcoapPdu  *pdu,
                       guint8          *buffer,
                       gsize            size,
                       GError         **error)
{
  gsize needed = gcoap_datagram_get_size (pdu);
  guint8 extended_length[2];
  gsize n_extended = 0;
  guint8 *p = buffer;
  guint nibble = 0;

  if (!gcoap_codec_check_pdu (pdu, error))
    return 0;
  if (needed > size)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "The message takes %" G_GSIZE_FORMAT " bytes, but there is room for only %" G_GSIZE_FORMAT ".",
                   needed, size);
      return 0;
    }

  if (pdu->message != NULL)
    nibble = gcoap_token_length_encode (pdu->token_length, extended_length, &n_extended);

  *p++ = (guint8) (VERSION << 6 | (pdu->type & 3) << 4 | nibble);
  *p++ = pdu->message != NULL ? (guint8) gcoap_message_get_code (pdu->message) : GCOAP_CODE_EMPTY;
  *p++ = (guint8) (pdu->message_id >> 8);
  *p++ = (guint8) (pdu->message_id & 0xff);

  for (gsize i = 0; i < n_extended; i++)
    *p++ = extended_length[i];
  if (pdu->token_length > 0)
    memcpy (p, pdu->token, pdu->token_length);
  p += pdu->token_length;
  if (pdu->message != NULL)
    p = gcoap_options_codec_encode (pdu->message, p);

  return (gsize) (p - buffer);
}
