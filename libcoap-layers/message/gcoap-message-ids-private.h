/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Hands out the message IDs of one endpoint, none twice within its lifetime
 * (RFC 7252 §4.4).
 *
 * The range is a ring of blocks, each of which remembers only when the last of
 * its numbers is free again: 150 bytes stand for 65536 numbers. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define GCOAP_MESSAGE_IDS_MAX_BLOCKS 16

/* RFC 7252 §8.1: a message ID used with a group must not be in use with an
 * endpoint that may be a member of it. So the number space is divided: for
 * endpoints that have a record of their own, for all those that have none, and
 * for all groups. */
typedef enum
{
  GCOAP_MESSAGE_IDS_OWN,     /* 0x0000 to 0xdfff */
  GCOAP_MESSAGE_IDS_SHARED,  /* 0xe000 to 0xefff */
  GCOAP_MESSAGE_IDS_GROUPS,  /* 0xf000 to 0xffff */
} GcoapMessageIdsRange;

typedef struct
{
  guint16 first;        /* first number of the range */
  guint16 block_size;   /* numbers in a block */
  guint16 offset;       /* what comes next, counted from first */
  guint8  n_blocks;
  gint64  busy_until;   /* when no number is taken any more, microseconds */
  gint64  free_at[GCOAP_MESSAGE_IDS_MAX_BLOCKS];   /* likewise, by block */
} GcoapMessageIds;

/* @random decides where in the range it starts. */
void gcoap_message_ids_init (GcoapMessageIds      *self,
                             GcoapMessageIdsRange  range,
                             guint32               random);

/* Takes a number that stays taken for @lifetime microseconds. FALSE when all
 * are taken; *retry_at then says when the next is free. */
gboolean gcoap_message_ids_take (GcoapMessageIds *self,
                                 gint64           now,
                                 gint64           lifetime,
                                 guint16         *message_id,
                                 gint64          *retry_at);

G_END_DECLS
