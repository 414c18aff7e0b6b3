/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/gcoap-limits-private.h"

/**
 * GcoapLimits:
 *
 * The ceilings of one stack.
 *
 * Nothing that a peer can make grow grows without one of these.
 *
 * Since: 0.1
 */

G_DEFINE_FINAL_TYPE (GcoapLimits, gcoap_limits, G_TYPE_OBJECT)

typedef struct
{
  const char *name;
  gsize       offset;
  guint       minimum;
  guint       maximum;
  guint       value;
} Limit;

#define OFFSET(field) G_STRUCT_OFFSET (GcoapLimits, field)

/* The order is that of the property IDs, which start at 1. */
static const Limit table[] = {
  /**
   * GcoapLimits:max-peers:
   *
   * How many endpoint addresses a transport keeps at a time.
   *
   * The least recently used one is forgotten when another comes; whoever still
   * holds its address keeps it.
   *
   * Since: 0.1
   */
  { "max-peers", OFFSET (max_peers), 1, 10000000, 16384 },
  /**
   * GcoapLimits:max-datagram-size:
   *
   * The largest datagram that is received, in bytes.
   *
   * Of longer ones only the start is read: a request is answered 4.13 if it was
   * confirmable, and a response makes the request it is for fail with
   * %GCOAP_ERROR_TOO_LARGE. RFC 7252 §4.6 suggests 1152 for what is sent.
   *
   * Since: 0.1
   */
  { "max-datagram-size", OFFSET (max_datagram_size), 64, 65507, 2048 },
  /**
   * GcoapLimits:max-token-length:
   *
   * The longest token that is understood, in bytes (RFC 8974 §2).
   *
   * A longer one makes a message malformed.
   *
   * Since: 0.1
   */
  { "max-token-length", OFFSET (max_token_length), 8, 65804, 8 },
  /**
   * GcoapLimits:max-inbound-exchanges:
   *
   * How many requests may wait for their answer at a time, from all peers.
   *
   * Further ones are answered 5.03 unless their handler answers at once; if it
   * does not, it is cancelled.
   *
   * Since: 0.1
   */
  { "max-inbound-exchanges", OFFSET (max_inbound_exchanges), 1, 10000000, 16384 },
  /**
   * GcoapLimits:max-inbound-exchanges-per-peer:
   *
   * How many requests of one peer may wait for their answer at a time.
   *
   * Further ones are dealt with as those beyond
   * [property@Limits:max-inbound-exchanges].
   *
   * Since: 0.1
   */
  { "max-inbound-exchanges-per-peer", OFFSET (max_inbound_exchanges_per_peer), 1, 1000000, 1024 },
  /**
   * GcoapLimits:max-outbound-exchanges:
   *
   * How many own requests may be open at a time.
   *
   * Further ones fail with %GCOAP_ERROR_LIMIT.
   *
   * Since: 0.1
   */
  { "max-outbound-exchanges", OFFSET (max_outbound_exchanges), 1, 10000000, 65536 },
  /**
   * GcoapLimits:max-queued:
   *
   * How many messages may wait for NSTART to let them go, to all peers.
   *
   * Further requests fail with %GCOAP_ERROR_LIMIT; further responses are sent
   * once, as non-confirmable messages.
   *
   * Since: 0.1
   */
  { "max-queued", OFFSET (max_queued), 0, 10000000, 16384 },
  /**
   * GcoapLimits:max-queued-per-peer:
   *
   * How many messages to one peer may wait for NSTART to let them go.
   *
   * Further ones are dealt with as those beyond [property@Limits:max-queued].
   *
   * Since: 0.1
   */
  { "max-queued-per-peer", OFFSET (max_queued_per_peer), 0, 1000000, 1024 },
  /**
   * GcoapLimits:max-unanswered-per-peer:
   *
   * How many non-confirmable requests may go at any speed to a peer that answers
   * none of them; and how many confirmable ones may be cancelled before it has
   * acknowledged them.
   *
   * Further requests fail with %GCOAP_ERROR_LIMIT until what was sent comes to no
   * more than PROBING_RATE ([method@TransportTuning.set_probing_rate], RFC 7252
   * §4.7), or an answer comes.
   *
   * Since: 0.1
   */
  { "max-unanswered-per-peer", OFFSET (max_unanswered_per_peer), 1, 1000000, 64 },
  /**
   * GcoapLimits:max-observers:
   *
   * How many observations of all peers a server keeps at a time (RFC 7641).
   *
   * Further ones are answered as if they had not asked to observe. Each is also
   * one of `max-inbound-exchanges`.
   *
   * Since: 0.1
   */
  { "max-observers", OFFSET (max_observers), 0, 10000000, 12288 },
  /**
   * GcoapLimits:max-observers-per-peer:
   *
   * How many observations of one peer a server keeps at a time.
   *
   * Further ones are answered as if they had not asked to observe.
   *
   * Since: 0.1
   */
  { "max-observers-per-peer", OFFSET (max_observers_per_peer), 0, 1000000, 256 },
  /**
   * GcoapLimits:max-duplicates:
   *
   * How many messages are remembered to recognise duplicates, from all peers.
   *
   * The oldest is forgotten when another comes (RFC 7252 §4.5).
   *
   * Since: 0.1
   */
  { "max-duplicates", OFFSET (max_duplicates), 16, 10000000, 65536 },
  /**
   * GcoapLimits:max-duplicates-per-peer:
   *
   * How many messages of one peer are remembered to recognise duplicates.
   *
   * The oldest of that peer is forgotten when another comes.
   *
   * Since: 0.1
   */
  { "max-duplicates-per-peer", OFFSET (max_duplicates_per_peer), 1, 1000000, 4096 },
  /**
   * GcoapLimits:max-kept-bytes:
   *
   * How many bytes of responses are kept to answer duplicates with.
   *
   * The oldest are forgotten when more come.
   *
   * Since: 0.1
   */
  { "max-kept-bytes", OFFSET (max_kept_bytes), 1024, 1000000000, 16777216 },
  /**
   * GcoapLimits:request-timeout:
   *
   * How long a request handler may take before the request is answered 5.00 in its stead, in milliseconds; 0: for ever.
   *
   * It catches handlers that forget to answer. A stream is not limited after its
   * first response.
   *
   * Since: 0.1
   */
  { "request-timeout", OFFSET (request_timeout), 0, 86400000, 60000 },
  /**
   * GcoapLimits:max-body-size:
   *
   * The largest body that is put together from blocks in memory, in bytes.
   *
   * A larger request body is answered 4.13 with this as Size1 (RFC 7959 §2.9.3),
   * a larger response body makes the request fail with %GCOAP_ERROR_TOO_LARGE.
   * Bodies that go to a stream are not limited by it.
   *
   * Since: 0.1
   */
  { "max-body-size", OFFSET (max_body_size), 16, 1073741824, 1048576 },
  /**
   * GcoapLimits:max-bodies:
   *
   * How many bodies of all peers are kept at a time, be they request bodies that
   * are being put together or response bodies that are being fetched.
   *
   * When there is no response body to give up, a further request body is
   * answered 5.03.
   *
   * Since: 0.1
   */
  { "max-bodies", OFFSET (max_bodies), 1, 1000000, 1024 },
  /**
   * GcoapLimits:max-bodies-per-peer:
   *
   * How many bodies of one peer are kept at a time.
   *
   * When another comes, the oldest of that peer is given up, so that later blocks
   * of it are answered 4.08 (RFC 9175 §3.3).
   *
   * Since: 0.1
   */
  { "max-bodies-per-peer", OFFSET (max_bodies_per_peer), 1, 100000, 16 },
  /**
   * GcoapLimits:max-body-bytes:
   *
   * How many bytes all bodies that are kept may have together.
   *
   * A request body that would exceed it is answered 4.13.
   *
   * Since: 0.1
   */
  { "max-body-bytes", OFFSET (max_body_bytes), 16, 4294967295u, 67108864 },
  /**
   * GcoapLimits:body-timeout:
   *
   * How long a body is kept after its latest block, in milliseconds.
   *
   * By default EXCHANGE_LIFETIME (RFC 7959 §2.4 and §2.5).
   *
   * Since: 0.1
   */
  { "body-timeout", OFFSET (body_timeout), 1, 86400000, 247000 },
  /**
   * GcoapLimits:max-message-size:
   *
   * The largest message that is received over a connection, in bytes (RFC 8323 §5.3.1).
   *
   * The peer is told; a larger message makes the connection end before memory is
   * taken for it. Larger ones are not sent either, whatever the peer takes. A body
   * larger than this goes in blocks, of as many bytes as fit (BERT, RFC 8323 §6).
   *
   * Since: 0.1
   */
  { "max-message-size", OFFSET (max_message_size), 1152, 1073741824, 66048 },
  /**
   * GcoapLimits:max-connections:
   *
   * How many connections a transport has at a time.
   *
   * A listener closes further ones at once, unless there is one that has not
   * sent its CSM within a second, which ends then. A request that needs another
   * fails with %GCOAP_ERROR_LIMIT.
   *
   * Since: 0.1
   */
  { "max-connections", OFFSET (max_connections), 1, 1000000, 16384 },
  /**
   * GcoapLimits:max-send-queue:
   *
   * How many bytes may wait until a peer reads them from its connection.
   *
   * Further requests fail with %GCOAP_ERROR_LIMIT; a further response ends the
   * connection. When a quarter is in use, nothing more is read from the peer.
   *
   * Since: 0.1
   */
  { "max-send-queue", OFFSET (max_send_queue), 1152, 1073741824, 4194304 },
  /**
   * GcoapLimits:max-queued-bytes:
   *
   * How many bytes may wait until peers read them, on all connections of a transport.
   *
   * Further messages to those for whom something waits already are dealt with as
   * those beyond [property@Limits:max-send-queue].
   *
   * Since: 0.1
   */
  { "max-queued-bytes", OFFSET (max_queued_bytes), 1152, 4294967295u, 134217728 },
  /**
   * GcoapLimits:connect-timeout:
   *
   * How long making a connection may take, in milliseconds.
   *
   * Since: 0.1
   */
  { "connect-timeout", OFFSET (connect_timeout), 1, 3600000, 30000 },
  /**
   * GcoapLimits:csm-timeout:
   *
   * How long a peer may take to complete the handshakes and to send its CSM, in milliseconds (RFC 8323 §5.3).
   *
   * The connection ends when it does not.
   *
   * Since: 0.1
   */
  { "csm-timeout", OFFSET (csm_timeout), 1, 3600000, 10000 },
  /**
   * GcoapLimits:send-timeout:
   *
   * How long a peer may take no bytes while some wait, in milliseconds.
   *
   * The connection ends when it does not read.
   *
   * Since: 0.1
   */
  { "send-timeout", OFFSET (send_timeout), 1, 86400000, 60000 },
  /**
   * GcoapLimits:release-timeout:
   *
   * How long a connection may take to end after a Release, in milliseconds (RFC 8323 §5.5).
   *
   * Requests of a peer that sent the Release are still answered until
   * [property@Limits:request-timeout] has passed.
   *
   * Since: 0.1
   */
  { "release-timeout", OFFSET (release_timeout), 1, 3600000, 2000 },
  /**
   * GcoapLimits:keepalive-interval:
   *
   * How long nothing may come over a connection that is in use before the peer is asked for a sign of life, in milliseconds; 0: for ever (RFC 8323 §3.4).
   *
   * Since: 0.1
   */
  { "keepalive-interval", OFFSET (keepalive_interval), 0, 86400000, 120000 },
  /**
   * GcoapLimits:pong-timeout:
   *
   * How long a peer may take to answer a Ping, in milliseconds (RFC 8323 §5.4).
   *
   * The connection ends when it does not, and nothing else comes either.
   *
   * Since: 0.1
   */
  { "pong-timeout", OFFSET (pong_timeout), 1, 3600000, 30000 },
  /**
   * GcoapLimits:idle-timeout:
   *
   * How long a connection that nothing is open on may stay without messages, in milliseconds; 0: for ever.
   *
   * It is released then (RFC 8323 §5.5). Observations and requests that wait for
   * their answer keep it, a keepalive does, and a peer that sends a Ping.
   *
   * Since: 0.1
   */
  { "idle-timeout", OFFSET (idle_timeout), 0, 86400000, 300000 },
  /**
   * GcoapLimits:max-upgrade-size:
   *
   * The largest HTTP head that is taken when a WebSocket is opened, in bytes (RFC 6455 §4).
   *
   * A client with a larger one is answered 431; a server with a larger one makes
   * the connection fail with %GCOAP_ERROR_TOO_LARGE. A head has at most 64 fields.
   *
   * Since: 0.1
   */
  { "max-upgrade-size", OFFSET (max_upgrade_size), 256, 65536, 8192 },
  /**
   * GcoapLimits:max-resumptions:
   *
   * For how many servers a client transport keeps what the next (D)TLS session begins with; 0: none are resumed.
   *
   * The oldest is forgotten when there is another.
   *
   * Since: 0.1
   */
  { "max-resumptions", OFFSET (max_resumptions), 0, 65536, 256 },
  /**
   * GcoapLimits:max-connections-per-host:
   *
   * How many connections a listener takes from one IP address at a time.
   *
   * Further ones are closed at once. Many clients behind one address, as that of
   * a router or a proxy, need a higher limit.
   *
   * Since: 0.1
   */
  { "max-connections-per-host", OFFSET (max_connections_per_host), 1, 1000000, 256 },
  /**
   * GcoapLimits:max-oscore-messages:
   *
   * How many messages the keys of an OSCORE context protect.
   *
   * When seven eighths are used, a message says so, and
   * [property@Statistics:oscore-keys-worn] counts it. Beyond, requests fail with
   * %GCOAP_ERROR_LIMIT and those of peers are answered 5.03. An algorithm that
   * bears less has its own limit (draft-ietf-core-oscore-key-limits).
   *
   * Since: 0.1
   */
  { "max-oscore-messages", OFFSET (max_oscore_messages), 1, 1048576, 1048576 },
  /**
   * GcoapLimits:max-oscore-failures:
   *
   * How many messages that cannot be verified the keys of an OSCORE context are tried on.
   *
   * It is warned of as of [property@Limits:max-oscore-messages]. Beyond, what
   * comes is refused unseen. An algorithm that bears less has its own limit: 16384
   * with a tag of 8 bytes (draft-ietf-core-oscore-key-limits).
   *
   * Since: 0.1
   */
  { "max-oscore-failures", OFFSET (max_oscore_failures), 1, 1048576, 1048576 },
};

static GParamSpec *properties[G_N_ELEMENTS (table) + 1];

static guint *
value_of (GcoapLimits *self,
          guint        property_id)
{
  return G_STRUCT_MEMBER_P (self, table[property_id - 1].offset);
}

static void
gcoap_limits_get_property (GObject    *object,
                           guint       property_id,
                           GValue     *value,
                           GParamSpec *pspec G_GNUC_UNUSED)
{
  g_value_set_uint (value, *value_of (GCOAP_LIMITS (object), property_id));
}

static void
gcoap_limits_set_property (GObject      *object,
                           guint         property_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  guint *place = value_of (GCOAP_LIMITS (object), property_id);

  if (*place == g_value_get_uint (value))
    return;
  *place = g_value_get_uint (value);
  g_object_notify_by_pspec (object, pspec);
}

static void
gcoap_limits_class_init (GcoapLimitsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = gcoap_limits_get_property;
  object_class->set_property = gcoap_limits_set_property;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    properties[i + 1] = g_param_spec_uint (table[i].name, NULL, NULL,
                                           table[i].minimum, table[i].maximum, table[i].value,
                                           G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY |
                                           G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
gcoap_limits_init (GcoapLimits *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    *value_of (self, i + 1) = table[i].value;
}

/**
 * gcoap_limits_new:
 *
 * Makes a set of limits with safe default values.
 *
 * A limit that is changed while the stack runs holds for what comes after.
 *
 * Returns: (transfer full): new limits
 *
 * Since: 0.1
 */
GcoapLimits *
gcoap_limits_new (void)
{
  return g_object_new (GCOAP_TYPE_LIMITS, NULL);
}
