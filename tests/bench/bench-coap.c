/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-coap.h"

#include <string.h>

/* RFC 7252 §3: version, type and token length share the first byte. */
#define VERSION_1 0x40
#define MARKER 0xff

void
bench_coap_begin (BenchCoapWriter *self,
                  guint8          *buffer,
                  guint            type,
                  guint            code,
                  guint16          message_id,
                  const guint8    *token,
                  gsize            token_length)
{
  buffer[0] = (guint8) (VERSION_1 | type << 4 | token_length);
  buffer[1] = (guint8) code;
  buffer[2] = (guint8) (message_id >> 8);
  buffer[3] = (guint8) message_id;
  memcpy (buffer + 4, token, token_length);
  *self = (BenchCoapWriter) { buffer, buffer + 4 + token_length, 0 };
}

/* RFC 7252 §3.1: a delta or length of 13 or more is written as 13 and the rest;
 * nothing here needs more than a byte for it. */
void
bench_coap_add (BenchCoapWriter *self,
                guint            option,
                const void      *value,
                gsize            length)
{
  guint delta = option - self->last_option;

  *self->end++ = (guint8) (MIN (delta, 13) << 4 | MIN (length, 13));
  if (delta >= 13)
    *self->end++ = (guint8) (delta - 13);
  if (length >= 13)
    *self->end++ = (guint8) (length - 13);
  memcpy (self->end, value, length);
  self->end += length;
  self->last_option = option;
}

/* RFC 7252 §3.2: as few bytes as it takes. */
void
bench_coap_add_uint (BenchCoapWriter *self,
                     guint            option,
                     guint32          value)
{
  guint32 bytes = GUINT32_TO_BE (value);
  gsize length = (g_bit_storage (value) + 7) / 8;

  if (value == 0)
    length = 0;
  bench_coap_add (self, option, (const guint8 *) &bytes + 4 - length, length);
}

void
bench_coap_add_path (BenchCoapWriter *self,
                     const char      *path)
{
  while (*path != '\0')
    {
      gsize length = strcspn (path, "/");

      bench_coap_add (self, BENCH_COAP_URI_PATH, path, length);
      path += length;
      path += *path == '/';
    }
}

void
bench_coap_add_payload (BenchCoapWriter *self,
                        const void      *payload,
                        gsize            length)
{
  *self->end++ = MARKER;
  memcpy (self->end, payload, length);
  self->end += length;
}

gsize
bench_coap_end (BenchCoapWriter *self)
{
  return (gsize) (self->end - self->start);
}

gboolean
bench_coap_parse (BenchCoapMessage *self,
                  const guint8     *bytes,
                  gsize             length)
{
  if (length < 4 || (bytes[0] & 0xc0) != VERSION_1 || (bytes[0] & 15) > 8 || length < 4 + (gsize) (bytes[0] & 15))
    return FALSE;
  *self = (BenchCoapMessage) {
    .type = (bytes[0] >> 4) & 3,
    .code = bytes[1],
    .message_id = (guint16) (bytes[2] << 8 | bytes[3]),
    .token = bytes + 4,
    .token_length = bytes[0] & 15,
    .options = bytes + 4 + (bytes[0] & 15),
    .end = bytes + length,
  };
  return TRUE;
}

/* Reads the rest of a delta or length that does not fit into four bits. */
static gboolean
extend (guint        *value,
        const guint8 **at,
        const guint8 *end)
{
  if (*value < 13)
    return TRUE;
  if (*value == 13 && end - *at >= 1)
    *value = 13u + *(*at)++;
  else if (*value == 14 && end - *at >= 2)
    {
      *value = 269u + ((guint) (*at)[0] << 8 | (*at)[1]);
      *at += 2;
    }
  else
    return FALSE;
  return TRUE;
}

gboolean
bench_coap_find (const BenchCoapMessage *self,
                 guint                   option,
                 guint32                *value,
                 gsize                  *payload_length)
{
  const guint8 *at = self->options;
  gboolean found = FALSE;
  guint number = 0;

  *payload_length = 0;
  while (at < self->end && *at != MARKER)
    {
      guint delta = *at >> 4;
      guint length = *at & 15;

      at++;
      if (!extend (&delta, &at, self->end) || !extend (&length, &at, self->end)
          || (gsize) (self->end - at) < length)
        return FALSE;
      number += delta;
      if (number == option && length <= 4)
        {
          *value = 0;
          for (guint i = 0; i < length; i++)
            *value = *value << 8 | at[i];
          found = TRUE;
        }
      at += length;
    }
  if (at < self->end)
    *payload_length = (gsize) (self->end - at - 1);
  return found;
}
