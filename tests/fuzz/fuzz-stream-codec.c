/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A stream: the first byte chooses the framing, the rest comes in. Messages
 * are taken off as they become complete, as a connection does, until one is
 * refused; each, encoded and decoded again, is the same.
 */
#include "wire/gcoap-stream-codec-private.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define MAX_MESSAGE_SIZE 4096

static gboolean
take_message (const guint8       *data,
              gsize               size,
              GcoapStreamFraming  framing)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) message = NULL;
  g_autoptr (GcoapMessage) message_again = NULL;
  g_autofree guint8 *exact = g_memdup2 (data, size);
  g_autofree guint8 *buffer = NULL;
  g_autofree char *text = NULL;
  GcoapPdu pdu = { 0 };
  GcoapPdu again = { 0 };
  gsize length;

  if (!gcoap_stream_decode (exact, size, framing, GCOAP_TOKEN_MAX_LENGTH, &pdu, &error))
    {
      g_assert_nonnull (error);
      return FALSE;
    }
  message = pdu.message;
  text = gcoap_pdu_to_string (&pdu);

  length = gcoap_stream_get_size (&pdu, framing);
  g_assert_cmpuint (length, <=, size);
  buffer = g_malloc (length);
  g_assert_cmpuint (gcoap_stream_encode (&pdu, framing, buffer, length, &error), ==, length);
  g_assert_no_error (error);
  g_assert_true (gcoap_stream_decode (buffer, length, framing, GCOAP_TOKEN_MAX_LENGTH, &again, &error));
  message_again = again.message;
  g_assert_cmpmem (again.token, again.token_length, pdu.token, pdu.token_length);
  g_assert_true ((message == NULL) == (message_again == NULL));
  g_assert_true (message == NULL || gcoap_message_equal (message, message_again));

  return TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  gsize message_size;

  if (size == 0)
    return 0;
  if (data[0] & 1)
    {
      take_message (data + 1, size - 1, GCOAP_STREAM_FRAMING_WEBSOCKET);
      return 0;
    }

  data++;
  size--;
  while (gcoap_stream_peek_size (data, size, MAX_MESSAGE_SIZE, &message_size, NULL))
    {
      g_assert_cmpuint (message_size, <=, MAX_MESSAGE_SIZE);
      if (message_size == 0 || message_size > size)
        break;
      if (!take_message (data, message_size, GCOAP_STREAM_FRAMING_TCP))
        break;
      data += message_size;
      size -= message_size;
    }

  return 0;
}
