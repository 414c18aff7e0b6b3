/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-block-sizes-private.h"

#include "wire/gcoap-message-private.h"

/* Header, token and payload marker, by RFC 7252 §3. */
#define FIXED_BYTES (4 + 8 + 1)

/* What an option takes besides its value, at most. */
#define OPTION_HEAD_BYTES 5

/* Block1, Block2, a size of 4 bytes, Request-Tag and an ETag of ours. */
#define ADDED_BYTES (4 + 4 + 6 + 11 + 9)

gboolean
gcoap_block_value_read (GcoapMessage    *message,
                        guint            option,
                        GcoapBlockValue *value)
{
  guint bits;

  if (!gcoap_message_get_option_uint (message, option, &bits))
    return FALSE;
  value->number = bits >> 4;
  value->more = (bits & 8) != 0;
  value->exponent = bits & 7;
  return TRUE;
}

void
gcoap_block_value_write (GcoapMessage          *message,
                         guint                  option,
                         const GcoapBlockValue *value)
{
  gcoap_message_set_option_uint (message, option,
                                 value->number << 4 | (value->more ? 8u : 0u) | value->exponent);
}

guint
gcoap_block_sizes_fit (gsize bytes)
{
  guint exponent = GCOAP_BLOCK_MAX_EXPONENT;

  while (exponent > 0 && gcoap_block_sizes_unit (exponent) > bytes)
    exponent--;
  return exponent;
}

gsize
gcoap_block_sizes_payload (guint exponent,
                           gsize room)
{
  gsize unit = gcoap_block_sizes_unit (exponent);

  if (exponent != GCOAP_BLOCK_SZX_BERT || room < unit)
    return unit;
  return room / unit * unit;
}

guint64
gcoap_block_sizes_max_body (guint exponent)
{
  return ((guint64) GCOAP_BLOCK_MAX_NUMBER + 1) * gcoap_block_sizes_unit (exponent);
}

gboolean
gcoap_block_sizes_number_at (guint64  offset,
                             guint    exponent,
                             guint   *number)
{
  gsize unit = gcoap_block_sizes_unit (exponent);

  if (offset % unit != 0 || offset / unit > GCOAP_BLOCK_MAX_NUMBER)
    return FALSE;
  *number = (guint) (offset / unit);
  return TRUE;
}

gboolean
gcoap_block_value_matches_payload (const GcoapBlockValue *value,
                                   gsize                  length)
{
  gsize unit = gcoap_block_sizes_unit (value->exponent);

  if (value->exponent == GCOAP_BLOCK_SZX_BERT)
    return !value->more || (length > 0 && length % unit == 0);
  return value->more ? length == unit : length <= unit;
}

gsize
gcoap_block_sizes_room_for_payload (GcoapMessage *message,
                                    gsize         room)
{
  gsize taken = FIXED_BYTES + ADDED_BYTES + message->options->total_length
                + (gsize) message->options->n_views * OPTION_HEAD_BYTES;

  return taken < room ? room - taken : 0;
}
