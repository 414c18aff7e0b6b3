/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counting, at the cost of an increment. */
#pragma once

#include "base/gcoap-statistics.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_COUNTER_DATAGRAMS_RECEIVED,
  GCOAP_COUNTER_DATAGRAMS_SENT,
  GCOAP_COUNTER_DATAGRAMS_MALFORMED,
  GCOAP_COUNTER_SEND_ERRORS,
  GCOAP_COUNTER_REQUESTS_RECEIVED,
  GCOAP_COUNTER_REQUESTS_SENT,
  GCOAP_COUNTER_RESPONSES_RECEIVED,
  GCOAP_COUNTER_RESPONSES_SENT,
  GCOAP_COUNTER_RESPONSES_UNMATCHED,
  GCOAP_COUNTER_RETRANSMISSIONS,
  GCOAP_COUNTER_DUPLICATES_RECEIVED,
  GCOAP_COUNTER_TIMEOUTS,
  GCOAP_COUNTER_RESETS_RECEIVED,
  GCOAP_COUNTER_RESETS_SENT,
  GCOAP_COUNTER_LIMIT_HITS,
  GCOAP_COUNTER_EXCHANGES_DROPPED,
  GCOAP_COUNTER_STREAM_MESSAGES_RECEIVED,
  GCOAP_COUNTER_STREAM_MESSAGES_SENT,
  GCOAP_COUNTER_CONNECTIONS_MADE,
  GCOAP_COUNTER_CONNECTIONS_ACCEPTED,
  GCOAP_COUNTER_CONNECTIONS_REFUSED,
  GCOAP_COUNTER_CONNECTIONS_ABORTED,
  GCOAP_COUNTER_OSCORE_FAILURES,
  GCOAP_COUNTER_OSCORE_KEYS_WORN,
  GCOAP_N_COUNTERS,
} GcoapCounter;

struct _GcoapStatistics
{
  GObject parent_instance;

  guint64 counters[GCOAP_N_COUNTERS];
  guint64 announced[GCOAP_N_COUNTERS];   /* as of the last refresh */
};

static inline void
gcoap_statistics_count (GcoapStatistics *self,
                        GcoapCounter     counter)
{
  self->counters[counter]++;
}

static inline void
gcoap_statistics_add (GcoapStatistics *self,
                      GcoapCounter     counter,
                      guint            n)
{
  self->counters[counter] += n;
}

G_END_DECLS
