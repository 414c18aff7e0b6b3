/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The arithmetic of blocks (RFC 7959 §2.2, RFC 8323 §6): which size fits,
 * where a block lies, and whether a payload is what its option says. */
#pragma once

#include "wire/gcoap-block.h"
#include "wire/gcoap-message.h"

G_BEGIN_DECLS

#define GCOAP_BLOCK_MAX_EXPONENT 6

/* The value of a block option. */
typedef struct
{
  guint    number;
  gboolean more;
  guint    exponent;   /* 0 to 6, or GCOAP_BLOCK_SZX_BERT */
} GcoapBlockValue;

/* Reads a block option; FALSE if there is none. */
gboolean gcoap_block_value_read  (GcoapMessage    *message,
                                  guint            option,
                                  GcoapBlockValue *value);
void     gcoap_block_value_write (GcoapMessage          *message,
                                  guint                  option,
                                  const GcoapBlockValue *value);

/* The unit that numbers count. */
static inline gsize
gcoap_block_sizes_unit (guint exponent)
{
  return (gsize) 16 << MIN (exponent, GCOAP_BLOCK_MAX_EXPONENT);
}

static inline guint64
gcoap_block_value_get_offset (const GcoapBlockValue *value)
{
  return (guint64) value->number * gcoap_block_sizes_unit (value->exponent);
}

/* The largest exponent, 6 at most, of a block that takes no more than @bytes;
 * 0 if none is that small. */
guint gcoap_block_sizes_fit (gsize bytes);

/* How many bytes of a body go into one message that has @room for them: one
 * block, or with BERT as many whole ones as fit. */
gsize gcoap_block_sizes_payload (guint exponent,
                                 gsize room);

/* The longest body that blocks of this size can number. */
guint64 gcoap_block_sizes_max_body (guint exponent);

/* The number of the block that starts at @offset; FALSE if none starts there,
 * or its number would not fit. */
gboolean gcoap_block_sizes_number_at (guint64  offset,
                                      guint    exponent,
                                      guint   *number);

/* Whether a payload is as long as the option says (RFC 7959 §2.3: M set means a
 * full block; RFC 8323 §6: or several). */
gboolean gcoap_block_value_matches_payload (const GcoapBlockValue *value,
                                            gsize                  length);

/* Bytes of a message that are left for its payload, when block and size options
 * are added to it. */
gsize gcoap_block_sizes_room_for_payload (GcoapMessage *message,
                                          gsize         room);

G_END_DECLS
