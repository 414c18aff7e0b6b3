/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A byte channel in memory: the test is its other end, and says how many
 * bytes go through at a time. */
#pragma once

#include "transport/gcoap-byte-channel-private.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapByteChannel  channel;
  GByteArray       *incoming;     /* what is still to be read */
  gboolean          at_end;       /* after that the peer sends nothing more */
  gsize             max_read;     /* bytes per read */
  GByteArray       *outgoing;     /* what was written; the test takes it */
  gsize             max_write;    /* bytes per write */
  gsize             room;         /* bytes that are taken in all */
  int               fail_read;    /* an error code, or -1 */
  int               fail_write;
  guint             n_waits;      /* how often start() says that it waits */
  int               fail_start;
  gboolean          refuses;      /* the peer is told of that failure */
  gboolean          is_finished;
  gboolean         *is_freed;
} MemoryChannel;

MemoryChannel *memory_channel_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
