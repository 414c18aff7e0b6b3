/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The values of GcoapLimits as the layers read them, at the cost of a load. */
#pragma once

#include "base/gcoap-limits.h"

G_BEGIN_DECLS

struct _GcoapLimits
{
  GObject parent_instance;

  guint max_peers;
  guint max_datagram_size;
  guint max_token_length;
  guint max_inbound_exchanges;
  guint max_inbound_exchanges_per_peer;
  guint max_outbound_exchanges;
  guint max_queued;
  guint max_queued_per_peer;
  guint max_unanswered_per_peer;
  guint max_observers;
  guint max_observers_per_peer;
  guint max_duplicates;
  guint max_duplicates_per_peer;
  guint max_kept_bytes;
  guint request_timeout;
  guint max_body_size;
  guint max_bodies;
  guint max_bodies_per_peer;
  guint max_body_bytes;
  guint body_timeout;
  guint max_message_size;
  guint max_connections;
  guint max_send_queue;
  guint max_queued_bytes;
  guint connect_timeout;
  guint csm_timeout;
  guint send_timeout;
  guint release_timeout;
  guint keepalive_interval;
  guint pong_timeout;
  guint idle_timeout;
  guint max_upgrade_size;
  guint max_resumptions;
  guint max_connections_per_host;
  guint max_oscore_messages;
  guint max_oscore_failures;
};

G_END_DECLS
