/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The provider itself: its properties, what both of its halves need, and when
 * bodies expire. */
#include "providers/blockwise/gcoap-blockwise-private.h"

#include "wire/gcoap-cache-key.h"

#define DEFAULT_BLOCK_SIZE 1024

/**
 * GcoapBlockwise:
 *
 * Moves bodies that are larger than a message, block by block.
 *
 * Outbound, a request whose payload is too large for one message, or comes from
 * [method@Exchange.set_request_body], is sent in blocks, and a response that
 * comes in blocks is put together, or written to
 * [method@Exchange.set_response_sink]. Inbound it does the same for a peer: a
 * request in blocks is put together before it is passed on, unless
 * [method@RequestInterface.find_body_handling] says otherwise; of a large
 * response each block is sent when it is asked for. Whoever sets Block1 or
 * Block2 himself is left alone, but for a Block2 of number 0 in a request,
 * which suggests a size.
 *
 * A later block of a response comes from the body that is kept for the peer, or
 * the request, if it is safe, is passed on anew; a response with
 * [method@Exchange.set_response_body] that can seek, to a safe request, is
 * always made anew, so that nothing is kept.
 *
 * All that is kept is bounded by `max-body-size`, `max-bodies`,
 * `max-bodies-per-peer`, `max-body-bytes` and `body-timeout` of [class@Limits].
 *
 * Since: 0.1
 */

enum
{
  PROP_0,
  PROP_RUNTIME,
  PROP_BLOCK_SIZE,
  PROP_MAX_ASSEMBLED_SIZE,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapBlockwise, gcoap_blockwise, GCOAP_TYPE_REQUEST_PROVIDER,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

static GcoapRequestInterfaceInterface *parent_iface;

guint
gcoap_blockwise_choose_exponent (GcoapBlockwise *self,
                                 GcoapExchange  *exchange,
                                 GcoapMessage   *message,
                                 gboolean        may_be_bert)
{
  gsize room = gcoap_block_sizes_room_for_payload (message, gcoap_exchange_get_room (exchange));
  gsize unit = gcoap_block_sizes_unit (GCOAP_BLOCK_SZX_BERT);

  /* RFC 8323 §5.3.2: a peer that takes messages above 1152 bytes, and blocks,
   * takes BERT. */
  if (may_be_bert && gcoap_exchange_is_reliable (exchange) && self->block_size == unit
      && room >= unit && gcoap_exchange_get_room (exchange) > GCOAP_EXCHANGE_DEFAULT_ROOM)
    return GCOAP_BLOCK_SZX_BERT;
  return gcoap_block_sizes_fit (MIN (room, self->block_size));
}

gboolean
gcoap_blockwise_fits (GcoapBlockwise *self,
                      GcoapExchange  *exchange,
                      GcoapMessage   *message)
{
  gsize length;

  gcoap_message_get_payload_data (message, &length);
  if (length <= 16)
    return TRUE;
  /* RFC 8323 §6: on a reliable transport nothing but the size of messages
   * makes blocks necessary. Nor does it for what OSCORE made of a block, which is
   * a little longer (RFC 8613 §4.1.3.4). */
  if (length > self->block_size && !gcoap_exchange_is_reliable (exchange)
      && !gcoap_message_has_option (message, GCOAP_OPTION_OSCORE))
    return FALSE;
  return length <= gcoap_block_sizes_room_for_payload (message, gcoap_exchange_get_room (exchange));
}

GBytes *
gcoap_blockwise_get_key (GcoapMessage *request)
{
  /* RFC 7959 §2.10: If-None-Match is in the first block alone. */
  static const guint16 ignored[] = {
    GCOAP_OPTION_BLOCK1, GCOAP_OPTION_BLOCK2, GCOAP_OPTION_IF_NONE_MATCH,
  };
  g_autoptr (GcoapMessage) bare = NULL;
  gsize length;

  /* RFC 8132 §2: the payload of FETCH is part of its cache key. */
  if (gcoap_message_get_code (request) == GCOAP_CODE_FETCH
      && gcoap_message_get_payload_data (request, &length) != NULL && length > 0)
    {
      bare = gcoap_message_copy (request);
      gcoap_message_set_payload (bare, NULL);
      request = bare;
    }
  return gcoap_message_get_cache_key (request, ignored, G_N_ELEMENTS (ignored));
}

GcoapEndpointAddress *
gcoap_blockwise_get_peer (GcoapExchange *exchange)
{
  return gcoap_endpoint_address_get_blockwise_key (gcoap_exchange_get_address (exchange));
}

void
gcoap_blockwise_update_expiry (GcoapBlockwise *self)
{
  gint64 next = gcoap_bodies_get_next_expiry (&self->bodies);
  GcoapStatistics *statistics = self->runtime->statistics;

  if (self->bodies.n_given_up > 0)
    gcoap_statistics_add (statistics, GCOAP_COUNTER_LIMIT_HITS, self->bodies.n_given_up);
  self->bodies.n_given_up = 0;

  if (next == G_MAXINT64)
    g_clear_pointer (&self->tagged, g_bytes_unref);
  if (next == G_MAXINT64)
    gcoap_clock_unschedule (self->runtime->clock, &self->expiry);
  else if (!gcoap_timer_is_scheduled (&self->expiry) || self->expiry.deadline > next)
    gcoap_clock_schedule (self->runtime->clock, &self->expiry, next);
}

static void
expire_cb (gpointer data)
{
  GcoapBlockwise *self = data;

  gcoap_bodies_expire (&self->bodies, gcoap_blockwise_get_now (self));
  gcoap_blockwise_update_expiry (self);
}

/* What is kept for peers will not be asked for any more, and a responder that
 * takes a body in a stream learns that the rest does not come. */
static void
gcoap_blockwise_shutdown_async (GcoapRequestInterface *iface,
                                GCancellable          *cancellable,
                                GAsyncReadyCallback    callback,
                                gpointer               user_data)
{
  GcoapBlockwise *self = GCOAP_BLOCKWISE (iface);

  gcoap_bodies_give_up_all (&self->bodies);
  gcoap_blockwise_update_expiry (self);
  parent_iface->shutdown_async (iface, cancellable, callback, user_data);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  parent_iface = g_type_interface_peek_parent (iface);
  iface->shutdown_async = gcoap_blockwise_shutdown_async;
}

static void
gcoap_blockwise_get_property (GObject    *object,
                              guint       property_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  GcoapBlockwise *self = GCOAP_BLOCKWISE (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      g_value_set_object (value, self->runtime);
      break;
    case PROP_BLOCK_SIZE:
      g_value_set_uint (value, self->block_size);
      break;
    case PROP_MAX_ASSEMBLED_SIZE:
      g_value_set_uint (value, self->max_assembled_size);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_blockwise_set_property (GObject      *object,
                              guint         property_id,
                              const GValue *value,
                              GParamSpec   *pspec)
{
  GcoapBlockwise *self = GCOAP_BLOCKWISE (object);

  switch (property_id)
    {
    case PROP_RUNTIME:
      self->runtime = g_value_dup_object (value);
      break;
    case PROP_BLOCK_SIZE:
      gcoap_blockwise_set_block_size (self, g_value_get_uint (value));
      break;
    case PROP_MAX_ASSEMBLED_SIZE:
      gcoap_blockwise_set_max_assembled_size (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
gcoap_blockwise_constructed (GObject *object)
{
  GcoapBlockwise *self = GCOAP_BLOCKWISE (object);

  G_OBJECT_CLASS (gcoap_blockwise_parent_class)->constructed (object);
  if (self->runtime == NULL)
    self->runtime = gcoap_runtime_new (NULL);
  gcoap_bodies_init (&self->bodies, self->runtime->limits);
  gcoap_request_tags_init (&self->tags, self->runtime->limits->max_bodies);
  gcoap_timer_init (&self->expiry, expire_cb, self);
}

static void
gcoap_blockwise_finalize (GObject *object)
{
  GcoapBlockwise *self = GCOAP_BLOCKWISE (object);

  gcoap_clock_unschedule (self->runtime->clock, &self->expiry);
  gcoap_bodies_clear (&self->bodies);
  gcoap_request_tags_clear (&self->tags);
  g_clear_pointer (&self->tagged, g_bytes_unref);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_blockwise_parent_class)->finalize (object);
}

static void
gcoap_blockwise_class_init (GcoapBlockwiseClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GcoapRequestProviderClass *provider_class = GCOAP_REQUEST_PROVIDER_CLASS (klass);

  object_class->get_property = gcoap_blockwise_get_property;
  object_class->set_property = gcoap_blockwise_set_property;
  object_class->constructed = gcoap_blockwise_constructed;
  object_class->finalize = gcoap_blockwise_finalize;

  provider_class->outbound = gcoap_blockwise_outbound;
  provider_class->inbound = gcoap_blockwise_inbound;

  /**
   * GcoapBlockwise:runtime:
   *
   * The clock, the limits and the statistics of the stack.
   *
   * Since: 0.1
   */
  properties[PROP_RUNTIME] =
    g_param_spec_object ("runtime", NULL, NULL, GCOAP_TYPE_RUNTIME,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapBlockwise:block-size: (getter get_block_size) (setter set_block_size)
   *
   * The size of blocks that is preferred, in bytes: a power of two from 16 to
   * 1024.
   *
   * It is less where messages have no room for it, and where the peer prefers
   * less. A body that is not larger goes in one message. If it is less than
   * 1024, our requests suggest it to the peer from the beginning.
   *
   * Since: 0.1
   */
  properties[PROP_BLOCK_SIZE] =
    g_param_spec_uint ("block-size", NULL, NULL,
                       16, 1024, DEFAULT_BLOCK_SIZE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * GcoapBlockwise:max-assembled-size: (getter get_max_assembled_size) (setter set_max_assembled_size)
   *
   * How many bytes a body may have that is kept in memory, if that is less than
   * [property@Limits:max-body-size].
   *
   * Since: 0.1
   */
  properties[PROP_MAX_ASSEMBLED_SIZE] =
    g_param_spec_uint ("max-assembled-size", NULL, NULL,
                       0, G_MAXUINT, G_MAXUINT,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
gcoap_blockwise_init (GcoapBlockwise *self)
{
  self->block_size = DEFAULT_BLOCK_SIZE;
  self->max_assembled_size = G_MAXUINT;
}

/**
 * gcoap_blockwise_new:
 * @next: (nullable): the next interface of the chain
 * @runtime: what the stack shares
 *
 * Makes a provider that moves large bodies block by block.
 *
 * Returns: (transfer full): a new provider
 *
 * Since: 0.1
 */
GcoapBlockwise *
gcoap_blockwise_new (GcoapRequestInterface *next,
                     GcoapRuntime          *runtime)
{
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  return g_object_new (GCOAP_TYPE_BLOCKWISE, "next", next, "runtime", runtime, NULL);
}

/**
 * gcoap_blockwise_get_block_size: (get-property block-size)
 * @self: a provider
 *
 * Tells which size of blocks is preferred.
 *
 * Returns: the size in bytes
 *
 * Since: 0.1
 */
guint
gcoap_blockwise_get_block_size (GcoapBlockwise *self)
{
  g_return_val_if_fail (GCOAP_IS_BLOCKWISE (self), 0);

  return self->block_size;
}

/**
 * gcoap_blockwise_set_block_size: (set-property block-size)
 * @self: a provider
 * @bytes: 16 to 1024; if it is not a power of two, the one below is taken
 *
 * Says which size of blocks is preferred.
 *
 * Since: 0.1
 */
void
gcoap_blockwise_set_block_size (GcoapBlockwise *self,
                                guint           bytes)
{
  g_return_if_fail (GCOAP_IS_BLOCKWISE (self));
  g_return_if_fail (bytes >= 16 && bytes <= 1024);

  bytes = (guint) gcoap_block_sizes_unit (gcoap_block_sizes_fit (bytes));
  if (self->block_size == bytes)
    return;
  self->block_size = bytes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BLOCK_SIZE]);
}

/**
 * gcoap_blockwise_get_max_assembled_size: (get-property max-assembled-size)
 * @self: a provider
 *
 * Tells how large a body may be that is kept in memory.
 *
 * Returns: bytes
 *
 * Since: 0.1
 */
guint
gcoap_blockwise_get_max_assembled_size (GcoapBlockwise *self)
{
  g_return_val_if_fail (GCOAP_IS_BLOCKWISE (self), 0);

  return self->max_assembled_size;
}

/**
 * gcoap_blockwise_set_max_assembled_size: (set-property max-assembled-size)
 * @self: a provider
 * @bytes: a number; the limit of the stack holds too
 *
 * Says how large a body may be that is kept in memory.
 *
 * Since: 0.1
 */
void
gcoap_blockwise_set_max_assembled_size (GcoapBlockwise *self,
                                        guint           bytes)
{
  g_return_if_fail (GCOAP_IS_BLOCKWISE (self));

  if (self->max_assembled_size == bytes)
    return;
  self->max_assembled_size = bytes;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_ASSEMBLED_SIZE]);
}
