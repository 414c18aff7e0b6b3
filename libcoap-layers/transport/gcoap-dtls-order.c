/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-dtls-order-private.h"

/* RFC 5246 §6.2.1 */
#define CHANGE_CIPHER_SPEC 20
#define HANDSHAKE 22

/* In place of a type of handshake messages. */
#define A_CHANGE G_MAXUINT8

/* RFC 6347 §4.1: 48 bits after the epoch. */
static guint64
read_sequence (const guint8 *record)
{
  guint64 sequence = 0;

  for (guint i = 5; i < 11; i++)
    sequence = sequence << 8 | record[i];
  return sequence;
}

static void
remember (GcoapDtlsOrder *self,
          guint64         sequence,
          guint8          message)
{
  guint place = sequence % GCOAP_DTLS_ORDER_RECORDS;

  self->sequences[place] = sequence + 1;
  self->messages[place] = message;
}

static void
replace (GBytes       **held,
         const guint8  *record,
         gsize          length)
{
  g_clear_pointer (held, g_bytes_unref);
  *held = g_bytes_new (record, length);
}

gboolean
gcoap_dtls_order_take (GcoapDtlsOrder *self,
                       const guint8   *record,
                       gsize           length)
{
  gboolean is_encrypted = (record[3] | record[4]) != 0;

  if (record[0] == CHANGE_CIPHER_SPEC && !is_encrypted)
    {
      self->change_sequence = read_sequence (record);
      remember (self, self->change_sequence, A_CHANGE);
      replace (&self->change, record, length);
      return TRUE;
    }
  if (record[0] != HANDSHAKE)
    return FALSE;
  if (is_encrypted)
    {
      replace (&self->finished, record, length);
      return TRUE;
    }
  if (length > GCOAP_DTLS_RECORD_HEADER)
    remember (self, read_sequence (record), record[GCOAP_DTLS_RECORD_HEADER]);
  return FALSE;
}

/* What the peer sent right before its ChangeCipherSpec is the last message of
 * that flight, and was taken last if nothing is missing. Before one that stands
 * in a flight alone there is another, or the flight before, which was answered.
 * When the record before is not known, the flight will be sent again. */
static gboolean
is_complete (GcoapDtlsOrder *self,
             guint           last_message)
{
  guint place = (self->change_sequence - 1) % GCOAP_DTLS_ORDER_RECORDS;

  if (self->change_sequence == 0 || self->sequences[place] != self->change_sequence)
    return FALSE;
  return self->messages[place] == A_CHANGE || self->messages[place] == last_message;
}

gboolean
gcoap_dtls_order_release (GcoapDtlsOrder  *self,
                          guint            last_message,
                          GBytes         **change,
                          GBytes         **finished)
{
  if (self->change == NULL || self->finished == NULL || !is_complete (self, last_message))
    return FALSE;
  *change = g_steal_pointer (&self->change);
  *finished = g_steal_pointer (&self->finished);
  return TRUE;
}

void
gcoap_dtls_order_clear (GcoapDtlsOrder *self)
{
  g_clear_pointer (&self->change, g_bytes_unref);
  g_clear_pointer (&self->finished, g_bytes_unref);
}
