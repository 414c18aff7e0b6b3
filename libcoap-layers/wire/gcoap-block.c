/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7959 §2.2: the value of a Block1 or Block2 option. */
#include "wire/gcoap-block.h"

struct _GcoapBlock
{
  guint number;
  gboolean more;
  guint size_exponent;
};

/**
 * GCOAP_BLOCK_MAX_NUMBER:
 *
 * The highest number of a block: it has 20 bits (RFC 7959 §2.2).
 *
 * Since: 0.1
 */

/**
 * GCOAP_BLOCK_SZX_BERT:
 *
 * The size exponent that means several blocks of 1024 bytes in one message.
 *
 * For reliable transports alone (BERT, RFC 8323 §6).
 *
 * Since: 0.1
 */

/**
 * GcoapBlock:
 *
 * One block of a body: its number, its size, and whether more follow.
 *
 * This is the value of the options Block1, Block2, Q-Block1 and Q-Block2
 * (RFC 7959 §2.2, RFC 9177 §4.2).
 *
 * Since: 0.1
 */
G_DEFINE_BOXED_TYPE (GcoapBlock, gcoap_block, gcoap_block_copy, gcoap_block_free)

/**
 * gcoap_block_new:
 * @number: which block, from 0; at most %GCOAP_BLOCK_MAX_NUMBER
 * @more: whether more blocks follow
 * @size_exponent: 0 to 6 for blocks of 16 to 1024 bytes;
 *   %GCOAP_BLOCK_SZX_BERT for BERT (RFC 8323 §6)
 *
 * Creates the value of a block option.
 *
 * Returns: (transfer full): a new block
 *
 * Since: 0.1
 */
GcoapBlock *
gcoap_block_new (guint    number,
                 gboolean more,
                 guint    size_exponent)
{
  GcoapBlock *self;

  g_return_val_if_fail (number <= GCOAP_BLOCK_MAX_NUMBER, NULL);
  g_return_val_if_fail (size_exponent <= GCOAP_BLOCK_SZX_BERT, NULL);

  self = g_new (GcoapBlock, 1);
  self->number = number;
  self->more = more != FALSE;
  self->size_exponent = size_exponent;

  return self;
}

/**
 * gcoap_block_new_from_uint:
 * @value: the option's value as an unsigned integer
 *
 * Creates a block from an option's value.
 *
 * Returns: (transfer full) (nullable): a new block, or %NULL if the value takes
 *   more than 24 bits, so that its number is out of range
 *
 * Since: 0.1
 */
GcoapBlock *
gcoap_block_new_from_uint (guint value)
{
  /* RFC 7959 §2.2: NUM, M and SZX from the most significant bit. */
  if (value >> 4 > GCOAP_BLOCK_MAX_NUMBER)
    return NULL;

  return gcoap_block_new (value >> 4, (value & 8) != 0, value & 7);
}

/**
 * gcoap_block_copy:
 * @self: a block
 *
 * Copies a block.
 *
 * Returns: (transfer full): a new block
 *
 * Since: 0.1
 */
GcoapBlock *
gcoap_block_copy (GcoapBlock *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return gcoap_block_new (self->number, self->more, self->size_exponent);
}

/**
 * gcoap_block_free:
 * @self: (transfer full): a block
 *
 * Frees a block.
 *
 * Since: 0.1
 */
void
gcoap_block_free (GcoapBlock *self)
{
  g_free (self);
}

/**
 * gcoap_block_get_number:
 * @self: a block
 *
 * Gets which block of the body it is, counted in blocks of this size.
 *
 * Returns: the number, from 0
 *
 * Since: 0.1
 */
guint
gcoap_block_get_number (GcoapBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->number;
}

/**
 * gcoap_block_get_more:
 * @self: a block
 *
 * Says whether more blocks follow.
 *
 * Returns: %TRUE if this is not the last one
 *
 * Since: 0.1
 */
gboolean
gcoap_block_get_more (GcoapBlock *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->more;
}

/**
 * gcoap_block_get_size_exponent:
 * @self: a block
 *
 * Gets the size exponent as it stands in the option.
 *
 * Returns: 0 to 6, or %GCOAP_BLOCK_SZX_BERT
 *
 * Since: 0.1
 */
guint
gcoap_block_get_size_exponent (GcoapBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size_exponent;
}

/**
 * gcoap_block_get_size:
 * @self: a block
 *
 * Gets the size of the blocks that are counted.
 *
 * With BERT it is 1024, though a message then carries several (RFC 8323 §6).
 *
 * Returns: 16 to 1024 bytes
 *
 * Since: 0.1
 */
gsize
gcoap_block_get_size (GcoapBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (gsize) 16 << MIN (self->size_exponent, 6);
}

/**
 * gcoap_block_get_offset:
 * @self: a block
 *
 * Gets where in the body the block starts.
 *
 * Returns: number times size, in bytes
 *
 * Since: 0.1
 */
guint64
gcoap_block_get_offset (GcoapBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return (guint64) self->number * gcoap_block_get_size (self);
}

/**
 * gcoap_block_to_uint:
 * @self: a block
 *
 * Makes the option's value.
 *
 * Returns: an unsigned integer of 24 bits
 *
 * Since: 0.1
 */
guint
gcoap_block_to_uint (GcoapBlock *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->number << 4 | (self->more ? 8 : 0) | self->size_exponent;
}
