/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-message-framing-private.h"

static gboolean
stream_next (GcoapMessageFraming  *self G_GNUC_UNUSED,
             GcoapConnection      *connection G_GNUC_UNUSED,
             guint8               *data,
             gsize                 length,
             gsize                 max_message_size,
             GcoapMessageFrame    *frame,
             GError              **error)
{
  gsize size;

  *frame = (GcoapMessageFrame) { 0 };
  if (!gcoap_stream_peek_size (data, length, max_message_size, &size, error))
    return FALSE;
  if (size == 0 || size > length)
    {
      frame->needed = size;
      return TRUE;
    }
  frame->consumed = size;
  frame->message = data;
  frame->length = size;
  return TRUE;
}

static gsize
stream_get_size (GcoapMessageFraming *self G_GNUC_UNUSED,
                 const GcoapPdu      *pdu)
{
  return gcoap_stream_get_size (pdu, GCOAP_STREAM_FRAMING_TCP);
}

static gsize
stream_encode (GcoapMessageFraming  *self G_GNUC_UNUSED,
               const GcoapPdu       *pdu,
               guint8               *buffer,
               gsize                 size,
               GError              **error)
{
  return gcoap_stream_encode (pdu, GCOAP_STREAM_FRAMING_TCP, buffer, size, error);
}

static const GcoapMessageFramingFuncs stream_funcs = {
  .codec = GCOAP_STREAM_FRAMING_TCP,
  .next = stream_next,
  .get_size = stream_get_size,
  .encode = stream_encode,
};

GcoapMessageFraming *
gcoap_message_framing_get_stream (void)
{
  static GcoapMessageFraming framing = { &stream_funcs };

  return &framing;
}
