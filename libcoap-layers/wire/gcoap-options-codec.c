/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reads and writes options and payload. Decoding is one pass over the copy of
 * the bytes that the message will own, which judges each option on the way.
 */
#include "wire/gcoap-options-codec-private.h"

#include <stdarg.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "wire/gcoap-message-private.h"

#define PAYLOAD_MARKER 0xff

/* Room for views in the first attempt; few messages have more options. */
#define USUAL_COUNT 8

void
gcoap_codec_set_malformed (GError     **error,
                           gsize        offset,
                           const char  *format,
                           ...)
{
  g_autofree char *rule = NULL;
  va_list args;

  if (error == NULL)
    return;

  va_start (args, format);
  rule = g_strdup_vprintf (format, args);
  va_end (args);

  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
               "Message format error at byte %" G_GSIZE_FORMAT ": %s.", offset, rule);
}

gboolean
gcoap_codec_check_pdu (const GcoapPdu  *pdu,
                       GError         **error)
{
  const char *reason = NULL;

  /* RFC 7252 §4.1: the Empty message has no token, options or payload. */
  if (pdu->message == NULL && pdu->token_length > 0)
    reason = "An Empty message cannot have a token (RFC 7252 §4.1).";
  else if (pdu->message != NULL && gcoap_message_get_code (pdu->message) == GCOAP_CODE_EMPTY)
    reason = "The code 0.00 is that of the Empty message (RFC 7252 §4.1); it is no request or response.";
  else if (pdu->token_length > GCOAP_TOKEN_MAX_LENGTH)
    reason = "A token cannot have more than 65804 bytes (RFC 8974 §2.1).";

  if (reason != NULL)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT, reason);

  return reason == NULL;
}

/* The value of a nibble that is 13 or 14 and the bytes that extend it. */
static gboolean
read_extended (const guint8 **p,
               const guint8  *end,
               guint         *value)
{
  if (*value == 13)
    {
      if (end - *p < 1)
        return FALSE;
      *value = 13u + (*p)[0];
      *p += 1;
    }
  else
    {
      if (end - *p < 2)
        return FALSE;
      *value = 269u + ((guint) (*p)[0] << 8 | (*p)[1]);
      *p += 2;
    }

  return TRUE;
}

/* The rare forms of an option's first byte, which *p is just behind. Not
 * inline, to leave the registers to the common case. */
G_GNUC_NO_INLINE
static gboolean
read_extended_header (const guint8  *data,
                      const guint8 **p,
                      const guint8  *end,
                      guint         *delta,
                      guint         *length,
                      GError       **error)
{
  gsize offset = (gsize) (*p - data) - 1;

  /* RFC 7252 §3.1: 15 is reserved in both places, but for the payload marker. */
  if (*delta == 15)
    {
      gcoap_codec_set_malformed (error, offset, "the option delta 15 is reserved (RFC 7252 §3.1)");
      return FALSE;
    }
  if (*length == 15)
    {
      gcoap_codec_set_malformed (error, offset, "the option length 15 is reserved (RFC 7252 §3.1)");
      return FALSE;
    }
  if (*delta >= 13 && !read_extended (p, end, delta))
    {
      gcoap_codec_set_malformed (error, offset, "the extended option delta is cut off (RFC 7252 §3.1)");
      return FALSE;
    }
  if (*length >= 13 && !read_extended (p, end, length))
    {
      gcoap_codec_set_malformed (error, offset, "the extended option length is cut off (RFC 7252 §3.1)");
      return FALSE;
    }

  return TRUE;
}

G_GNUC_NO_INLINE
static gboolean
check_option (const guint8  *data,
              const guint8  *p,
              const guint8  *end,
              guint          number,
              guint          length,
              guint          n_views,
              GError       **error)
{
  gsize offset = (gsize) (p - data);

  if (number > G_MAXUINT16)
    gcoap_codec_set_malformed (error, offset, "the option number %u exceeds 65535 (RFC 7252 §3.1)", number);
  else if (length > (gsize) (end - p))
    gcoap_codec_set_malformed (error, offset,
                               "option %u announces %u bytes, but only %" G_GSIZE_FORMAT
                               " are left (RFC 7252 §3.1)",
                               number, length, (gsize) (end - p));
  else if (n_views >= GCOAP_OPTIONS_MAX_RECEIVED_COUNT)
    gcoap_codec_set_malformed (error, offset, "there are more than %d options, a limit of this library",
                               GCOAP_OPTIONS_MAX_RECEIVED_COUNT);
  else
    return TRUE;

  return FALSE;
}

typedef enum
{
  DECODED,
  DECODE_FAILED,
  DECODE_NEEDS_MORE_VIEWS,
} DecodeResult;

/* Reads what @self has copied, from byte @start on. */
static DecodeResult
decode_into (GcoapMessage  *self,
             gsize          length,
             gsize          start,
             GError       **error)
{
  GcoapOptions *options = &self->own_options;
  GcoapOptionView *views = options->views;
  const guint capacity = options->capacity;
  const GcoapCode code = self->code;
  const guint8 *data = options->bytes;
  const guint8 *p = data + start;
  const guint8 *end = data + length;
  guint n_views = 0;
  guint number = 0;
  gsize total_length = 0;
  guint64 presence = 0;

  while (p < end)
    {
      guint head = *p++;
      guint delta = head >> 4;
      guint value_length = head & 15;
      GcoapOptionState state;

      if (head == PAYLOAD_MARKER)
        {
          if (p == end)
            {
              gcoap_codec_set_malformed (error, length - 1,
                                         "no payload follows the payload marker (RFC 7252 §3)");
              return DECODE_FAILED;
            }
          self->payload = p;
          self->payload_length = (gsize) (end - p);
          break;
        }

      if (G_UNLIKELY (delta > 12 || value_length > 12))
        {
          const guint8 *q = p;

          if (!read_extended_header (data, &q, end, &delta, &value_length, error))
            return DECODE_FAILED;
          p = q;
        }

      number += delta;
      total_length += value_length;
      if (G_UNLIKELY (number > G_MAXUINT16 || value_length > (gsize) (end - p) ||
                      n_views >= capacity))
        return check_option (data, p, end, number, value_length, n_views, error)
               ? DECODE_NEEDS_MORE_VIEWS : DECODE_FAILED;

      state = gcoap_options_judge (code, number, value_length, delta == 0 && n_views > 0);
      views[n_views].data = p;
      views[n_views].length = value_length;
      views[n_views].number = (guint16) number;
      views[n_views].state = (guint16) state;
      if (G_LIKELY (state != GCOAP_OPTION_STATE_IGNORED))
        presence |= gcoap_options_presence_bit (number);
      if (G_UNLIKELY (state == GCOAP_OPTION_STATE_BAD_CRITICAL) && options->bad_critical == 0)
        options->bad_critical = (guint16) number;
      n_views++;
      p += value_length;
    }

  if (total_length > GCOAP_OPTIONS_MAX_RECEIVED_SIZE)
    {
      gcoap_codec_set_malformed (error, start,
                                 "the option values take %" G_GSIZE_FORMAT
                                 " bytes, more than %d, a limit of this library",
                                 total_length, GCOAP_OPTIONS_MAX_RECEIVED_SIZE);
      return DECODE_FAILED;
    }
  options->presence = presence;
  options->total_length = (guint32) total_length;
  options->n_views = (guint16) n_views;

  return DECODED;
}

GcoapMessage *
gcoap_options_codec_decode (GcoapCode       code,
                            const guint8   *data,
                            gsize           length,
                            gsize           start,
                            const guint8  **copy_of_data,
                            GError        **error)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new_received (code, data, length, USUAL_COUNT);
  DecodeResult result = decode_into (message, length, start, error);

  if (G_UNLIKELY (result == DECODE_NEEDS_MORE_VIEWS))
    {
      gcoap_message_unref (message);
      message = gcoap_message_new_received (code, data, length, GCOAP_OPTIONS_MAX_RECEIVED_COUNT);
      result = decode_into (message, length, start, error);
    }
  if (result != DECODED)
    return NULL;

  gcoap_message_lock (message);
  *copy_of_data = message->own_options.bytes;

  return g_steal_pointer (&message);
}

static inline gsize
count_extension (guint value)
{
  return (value >= 13) + (value >= 269);
}

gsize
gcoap_options_codec_get_size (GcoapMessage *message)
{
  const GcoapOptions *options = message->options;
  gsize size = options->n_views + options->total_length;
  guint previous = 0;

  for (guint i = 0; i < options->n_views; i++)
    {
      const GcoapOptionView *view = &options->views[i];

      size += count_extension (view->number - previous) + count_extension (view->length);
      previous = view->number;
    }

  return message->payload_length > 0 ? size + 1 + message->payload_length : size;
}

static guint8 *
write_extension (guint8 *p,
                 guint   value)
{
  if (value >= 269)
    {
      *p++ = (guint8) ((value - 269) >> 8);
      *p++ = (guint8) ((value - 269) & 0xff);
    }
  else if (value >= 13)
    *p++ = (guint8) (value - 13);

  return p;
}

static inline guint
nibble_of (guint value)
{
  return value < 13 ? value : value < 269 ? 13 : 14;
}

guint8 *
gcoap_options_codec_encode (GcoapMessage *message,
                            guint8       *buffer)
{
  const GcoapOptions *options = message->options;
  guint8 *p = buffer;
  guint previous = 0;

  for (guint i = 0; i < options->n_views; i++)
    {
      const GcoapOptionView *view = &options->views[i];
      guint delta = view->number - previous;

      *p++ = (guint8) (nibble_of (delta) << 4 | nibble_of (view->length));
      if (G_UNLIKELY (delta >= 13))
        p = write_extension (p, delta);
      if (G_UNLIKELY (view->length >= 13))
        p = write_extension (p, view->length);
      memcpy (p, view->data, view->length);
      p += view->length;
      previous = view->number;
    }

  if (message->payload_length > 0)
    {
      *p++ = PAYLOAD_MARKER;
      memcpy (p, message->payload, message->payload_length);
      p += message->payload_length;
    }

  return p;
}

guint
gcoap_token_length_encode (gsize   token_length,
                           guint8  extended_length[2],
                           gsize  *n_extended)
{
  *n_extended = (gsize) (write_extension (extended_length, (guint) token_length) - extended_length);

  return nibble_of ((guint) token_length);
}

gboolean
gcoap_token_length_decode (const guint8  *data,
                           gsize          length,
                           guint          nibble,
                           gsize          max_token_length,
                           gsize         *position,
                           gsize         *token_length,
                           GError       **error)
{
  const guint8 *p = data + *position;
  guint value = nibble;

  /* RFC 8974 §2.1. To who has not agreed to longer tokens, 13 and 14 mean
   * nothing either: RFC 7252 §3 reserves all from 9. */
  if (nibble == 15 || (nibble > 8 && max_token_length <= 8))
    {
      gcoap_codec_set_malformed (error, 0, "the token length %u is reserved (%s)", nibble,
                                 nibble == 15 ? "RFC 8974 §2.1" : "RFC 7252 §3");
      return FALSE;
    }
  if (nibble >= 13 && !read_extended (&p, data + length, &value))
    {
      gcoap_codec_set_malformed (error, *position, "the extended token length is cut off (RFC 8974 §2.1)");
      return FALSE;
    }
  if (value > max_token_length)
    {
      gcoap_codec_set_malformed (error, 0,
                                 "the token has %u bytes, more than the %" G_GSIZE_FORMAT
                                 " agreed on (RFC 8974 §2.2.1)",
                                 value, max_token_length);
      return FALSE;
    }
  *position = (gsize) (p - data);
  if (value > length - *position)
    {
      gcoap_codec_set_malformed (error, *position,
                                 "the token has %u bytes, but only %" G_GSIZE_FORMAT
                                 " are left (RFC 7252 §3)",
                                 value, length - *position);
      return FALSE;
    }
  *token_length = value;

  return TRUE;
}
