/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers are handed out in order from a random start, which tells an off-path
 * attacker nothing (RFC 7252 §4.4). A block is entered only when all its
 * numbers are free; thus at most one block of a range lies idle. */
#include "message/gcoap-message-ids-private.h"

static const struct
{
  guint16 first;
  guint16 block_size;
  guint8  n_blocks;
} ranges[] = {
  [GCOAP_MESSAGE_IDS_OWN] = { 0x0000, 0x1000, 14 },
  [GCOAP_MESSAGE_IDS_SHARED] = { 0xe000, 0x0100, 16 },
  [GCOAP_MESSAGE_IDS_GROUPS] = { 0xf000, 0x0100, 16 },
};

static inline guint
get_size (const GcoapMessageIds *self)
{
  return (guint) self->block_size * self->n_blocks;
}

void
gcoap_message_ids_init (GcoapMessageIds      *self,
                        GcoapMessageIdsRange  range,
                        guint32               random)
{
  *self = (GcoapMessageIds) {
    .first = ranges[range].first,
    .block_size = ranges[range].block_size,
    .n_blocks = ranges[range].n_blocks,
    .busy_until = G_MININT64,
  };
  self->offset = (guint16) (random % get_size (self));
  for (guint i = 0; i < self->n_blocks; i++)
    self->free_at[i] = G_MININT64;
}

gboolean
gcoap_message_ids_take (GcoapMessageIds *self,
                        gint64           now,
                        gint64           lifetime,
                        guint16         *message_id,
                        gint64          *retry_at)
{
  guint block = self->offset / self->block_size;

  if (self->offset % self->block_size == 0 && self->free_at[block] > now)
    {
      *retry_at = self->free_at[block];
      return FALSE;
    }

  *message_id = (guint16) (self->first + self->offset);
  self->offset = (guint16) ((self->offset + 1u) % get_size (self));
  self->free_at[block] = MAX (self->free_at[block], now + lifetime);
  self->busy_until = MAX (self->busy_until, now + lifetime);
  return TRUE;
}
