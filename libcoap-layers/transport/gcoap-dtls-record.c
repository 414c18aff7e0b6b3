/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-dtls-record-private.h"

/* RFC 5246 §6.2.1 */
#define CHANGE_CIPHER_SPEC 20
#define HANDSHAKE 22
#define APPLICATION_DATA 23

/* RFC 6347 §4.2.2 */
#define HANDSHAKE_HEADER 12
#define CLIENT_HELLO 1

static gsize
read_uint16 (const guint8 *bytes)
{
  return (gsize) bytes[0] << 8 | bytes[1];
}

/* RFC 6347 §4.2.2: type, length, message_seq, fragment_offset and
 * fragment_length stand before the version and the random. */
static void
read_hello (GcoapDtlsRecord *self,
            const guint8    *body,
            gsize            length)
{
  gboolean is_start;

  if (self->type != HANDSHAKE || self->epoch != 0 || length < HANDSHAKE_HEADER + 2 + GCOAP_DTLS_RANDOM
      || body[0] != CLIENT_HELLO)
    return;
  is_start = body[6] == 0 && body[7] == 0 && body[8] == 0;
  if (!is_start)
    return;
  self->is_hello = TRUE;
  self->random = body + HANDSHAKE_HEADER + 2;
}

/* Major version 254 is DTLS; a first hello may bear the minor version of DTLS
 * 1.0. */
static gboolean
is_header (const guint8 *bytes)
{
  return bytes[0] >= CHANGE_CIPHER_SPEC && bytes[0] <= APPLICATION_DATA && bytes[1] == 254;
}

gboolean
gcoap_dtls_record_read (GcoapDtlsRecord *self,
                        const guint8    *datagram,
                        gsize            length)
{
  gsize offset = 0;

  *self = (GcoapDtlsRecord) { 0 };
  /* RFC 6347 §4.1.1: no record goes on in another datagram. GnuTLS would keep
   * the rest of one that was cut, and take the next datagram for its end: so a
   * forged datagram could cost a true one. */
  do
    {
      const guint8 *record = datagram + offset;
      gsize size;

      if (length - offset < GCOAP_DTLS_RECORD_HEADER || !is_header (record))
        return FALSE;
      size = read_uint16 (record + 11);
      if (size > length - offset - GCOAP_DTLS_RECORD_HEADER)
        return FALSE;
      if (offset == 0)
        {
          self->type = record[0];
          self->epoch = (guint16) read_uint16 (record + 3);
          read_hello (self, record + GCOAP_DTLS_RECORD_HEADER, size);
        }
      self->n_records++;
      offset += GCOAP_DTLS_RECORD_HEADER + size;
    }
  while (offset < length);
  return TRUE;
}

gsize
gcoap_dtls_record_get_size (const guint8 *datagram)
{
  return GCOAP_DTLS_RECORD_HEADER + read_uint16 (datagram + 11);
}
