/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8323 §3.2 and §4.2: a message in a byte stream or a WebSocket frame. */
#include "wire/gcoap-stream-codec-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-options-codec-private.h"

/* The first byte, four of extended length, the code, two of extended token
 * length. */
#define MAX_HEADER_SIZE 8

static const guint n_extended_lengths[] = { 1, 2, 4 };
static const guint extended_length_bases[] = { 13, 269, 65805 };

static guint64
read_number (const guint8 *data,
             guint         n_bytes)
{
  guint64 value = 0;

  for (guint i = 0; i < n_bytes; i++)
    value = value << 8 | data[i];

  return value;
}

/* How many bytes of extended length follow the first byte. */
static guint
count_extended_length (guint8 first)
{
  guint nibble = first >> 4;

  return nibble < 13 ? 0 : n_extended_lengths[nibble - 13];
}

/* RFC 8323 §3.2: length of options and payload with its marker. */
static guint64
read_length (const guint8 *data)
{
  guint nibble = data[0] >> 4;

  if (nibble < 13)
    return nibble;

  return extended_length_bases[nibble - 13] + read_number (data + 1, n_extended_lengths[nibble - 13]);
}

/*< private >
 * gcoap_stream_peek_size:
 * @data: what of the stream has come and was not yet used
 * @length: how many bytes that is
 * @max_message_size: the largest message to take, in bytes
 * @size: (out): how many bytes the first message takes; 0: not yet known
 * @error: return location for %GCOAP_ERROR_TOO_LARGE or %GCOAP_ERROR_MALFORMED
 *
 * Finds where the first message ends. The reserved token length 15, which
 * leaves that unknown, is malformed.
 *
 * Returns: %TRUE unless the message cannot be taken
 */
gboolean
gcoap_stream_peek_size (const guint8  *data,
                        gsize          length,
                        gsize          max_message_size,
                        gsize         *size,
                        GError       **error)
{
  guint64 total;
  guint n_extended;
  guint token_nibble;
  guint n_token_bytes = 0;
  guint64 token_length;

  *size = 0;
  if (length == 0)
    return TRUE;

  n_extended = count_extended_length (data[0]);
  token_nibble = data[0] & 15;
  token_length = token_nibble;
  if (token_nibble == 15)
    {
      gcoap_codec_set_malformed (error, 0, "the token length 15 is reserved (RFC 8974 §2.1)");
      return FALSE;
    }
  if (token_nibble >= 13)
    n_token_bytes = token_nibble - 12;

  if (length < 1 + n_extended)
    return TRUE;

  /* At most 2^32 and some thousands: no overflow in 64 bits. */
  total = 2 + n_extended + read_length (data);
  if (n_token_bytes > 0)
    {
      /* Known to be at least 13 or 269; the rest when its bytes are there. */
      token_length = extended_length_bases[token_nibble - 13];
      if (length >= 2 + n_extended + n_token_bytes)
        token_length += read_number (data + 2 + n_extended, n_token_bytes);
    }
  total += n_token_bytes + token_length;

  if (total > max_message_size)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "The message takes %" G_GUINT64_FORMAT " bytes, more than the %" G_GSIZE_FORMAT
                   " that may be sent (RFC 8323 §5.3.1).",
                   total, max_message_size);
      return FALSE;
    }
  if (n_token_bytes == 0 || length >= 2 + n_extended + n_token_bytes)
    *size = (gsize) total;

  return TRUE;
}

/* Finds the code, and checks what the first byte says about the length. */
static gboolean
decode_header (const guint8        *data,
               gsize                length,
               GcoapStreamFraming   framing,
               gsize               *position,
               GError             **error)
{
  guint n_extended;

  if (length < 2)
    {
      gcoap_codec_set_malformed (error, 0,
                                 "the message has %" G_GSIZE_FORMAT " bytes, a header at least 2 (RFC 8323 §3.2)",
                                 length);
      return FALSE;
    }
  if (framing == GCOAP_STREAM_FRAMING_WEBSOCKET)
    {
      /* RFC 8323 §4.2: the frame says how long the message is. */
      if (data[0] >> 4 != 0)
        {
          gcoap_codec_set_malformed (error, 0, "the length field is %d, not 0 (RFC 8323 §4.2)", data[0] >> 4);
          return FALSE;
        }
      *position = 1;
      return TRUE;
    }

  n_extended = count_extended_length (data[0]);
  if (length < 2 + n_extended)
    {
      gcoap_codec_set_malformed (error, 1, "the extended length is cut off (RFC 8323 §3.2)");
      return FALSE;
    }
  *position = 1 + n_extended;

  return TRUE;
}

/*< private >
 * gcoap_stream_decode:
 * @data: one message
 * @length: its length in bytes
 * @framing: how it came
 * @max_token_length: the longest token to accept; above 8 by agreement only
 * @pdu: (out): where to put token and message; the rest is left alone
 * @error: return location for %GCOAP_ERROR_MALFORMED
 *
 * Decodes a message of a stream. Its code may be that of a signaling message.
 *
 * Returns: %TRUE if it is well-formed; the caller then owns the message in @pdu
 */
gboolean
gcoap_stream_decode (const guint8        *data,
                     gsize                length,
                     GcoapStreamFraming   framing,
                     gsize                max_token_length,
                     GcoapPdu            *pdu,
                     GError             **error)
{
  const guint8 *copy = NULL;
  GcoapMessage *message = NULL;
  gsize token_length = 0;
  gsize position;
  gsize code_position;
  guint code;

  if (!decode_header (data, length, framing, &position, error))
    return FALSE;

  code_position = position;
  code = data[position++];
  if (code >> 5 == 1 || code >> 5 == 6)
    {
      gcoap_codec_set_malformed (error, code_position, "the code %u.%02u is of a reserved class (RFC 7252 §4.2)",
                                 code >> 5, code & 31);
      return FALSE;
    }
  if (!gcoap_token_length_decode (data, length, data[0] & 15, max_token_length,
                                  &position, &token_length, error))
    return FALSE;
  if (framing == GCOAP_STREAM_FRAMING_TCP && read_length (data) != length - position - token_length)
    {
      gcoap_codec_set_malformed (error, 0,
                                 "the length field says %" G_GUINT64_FORMAT " bytes after the token, but there are %"
                                 G_GSIZE_FORMAT " (RFC 8323 §3.2)",
                                 read_length (data), length - position - token_length);
      return FALSE;
    }

  if (code == GCOAP_CODE_EMPTY)
    {
      if (token_length > 0 || position < length)
        {
          gcoap_codec_set_malformed (error, position, "bytes follow the code of an Empty message (RFC 7252 §4.1)");
          return FALSE;
        }
    }
  else
    {
      message = gcoap_options_codec_decode (code, data, length, position + token_length, &copy, error);
      if (message == NULL)
        return FALSE;
    }

  pdu->token_length = (guint32) token_length;
  pdu->token = token_length > 0 ? copy + position : NULL;
  pdu->message = message;

  return TRUE;
}

/* Writes everything before the token; returns how many bytes that is. */
static gsize
write_header (const GcoapPdu      *pdu,
              GcoapStreamFraming   framing,
              guint64              length,
              guint8               header[MAX_HEADER_SIZE])
{
  guint8 extended_token_length[2];
  gsize n_extended;
  gsize size = 1;
  guint nibble = 0;
  guint token_nibble = gcoap_token_length_encode (pdu->token_length, extended_token_length, &n_extended);

  if (framing == GCOAP_STREAM_FRAMING_TCP)
    {
      nibble = (guint) MIN (length, 12);
      for (guint i = 0; i < G_N_ELEMENTS (extended_length_bases); i++)
        if (length >= extended_length_bases[i])
          nibble = 13 + i;
    }
  header[0] = (guint8) (nibble << 4 | token_nibble);

  if (nibble >= 13)
    {
      guint64 rest = length - extended_length_bases[nibble - 13];
      guint n_bytes = n_extended_lengths[nibble - 13];

      for (guint i = n_bytes; i > 0; i--)
        header[size++] = (guint8) ((rest >> 8 * (i - 1)) & 0xff);
    }
  header[size++] = pdu->message != NULL ? (guint8) gcoap_message_get_code (pdu->message) : GCOAP_CODE_EMPTY;
  for (gsize i = 0; i < n_extended; i++)
    header[size++] = extended_token_length[i];

  return size;
}

/*< private >
 * gcoap_stream_get_size:
 * @pdu: a message and its token
 * @framing: how it will go
 *
 * Returns: how many bytes it will take
 */
gsize
gcoap_stream_get_size (const GcoapPdu     *pdu,
                       GcoapStreamFraming  framing)
{
  guint8 header[MAX_HEADER_SIZE];
  gsize length = pdu->message != NULL ? gcoap_options_codec_get_size (pdu->message) : 0;

  return write_header (pdu, framing, length, header) + pdu->token_length + length;
}

/*< private >
 * gcoap_stream_encode:
 * @pdu: a message and its token
 * @framing: how it will go
 * @buffer: (array length=size): where to write
 * @size: how many bytes there is room for
 * @error: return location for %GCOAP_ERROR_TOO_LARGE, or
 *   %GCOAP_ERROR_INVALID_ARGUMENT for what no bytes can say
 *
 * Encodes a message for a stream.
 *
 * Returns: how many bytes were written; 0 on failure
 */
gsize
gcoap_stream_encode (const GcoapPdu      *pdu,
                     GcoapStreamFraming   framing,
                     guint8              *buffer,
                     gsize                size,
                     GError             **error)
{
  guint8 header[MAX_HEADER_SIZE];
  gsize header_size;
  gsize length;
  gsize needed;
  guint8 *p = buffer;

  if (!gcoap_codec_check_pdu (pdu, error))
    return 0;

  length = pdu->message != NULL ? gcoap_options_codec_get_size (pdu->message) : 0;
  header_size = write_header (pdu, framing, length, header);
  needed = header_size + pdu->token_length + length;
  if (needed > size || (guint64) length > G_MAXUINT32 + (guint64) extended_length_bases[2])
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "The message takes %" G_GSIZE_FORMAT " bytes, but there is room for only %" G_GSIZE_FORMAT ".",
                   needed, size);
      return 0;
    }

  memcpy (p, header, header_size);
  p += header_size;
  if (pdu->token_length > 0)
    memcpy (p, pdu->token, pdu->token_length);
  p += pdu->token_length;
  if (pdu->message != NULL)
    p = gcoap_options_codec_encode (pdu->message, p);

  return (gsize) (p - buffer);
}
