/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The provider as its own files see it. */
#pragma once

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "providers/blockwise/gcoap-blockwise-provider.h"
#include "providers/blockwise/gcoap-bodies-private.h"
#include "providers/blockwise/gcoap-block-sizes-private.h"
#include "providers/blockwise/gcoap-request-tags-private.h"

G_BEGIN_DECLS

struct _GcoapBlockwise
{
  GcoapRequestProvider parent_instance;

  GcoapRuntime     *runtime;
  guint             block_size;
  guint             max_assembled_size;
  GcoapBodies       bodies;      /* of peers' requests, and of our responses */
  GcoapTimer        expiry;      /* of the first of them */
  GcoapRequestTags  tags;        /* of our requests */
  GBytes           *tagged;      /* the response body that an entity-tag was last made for */
  guint8            tag[8];      /* that entity-tag */
  gsize             own_bytes;   /* of the response bodies that we are fetching */
};

/* Requests of ours, and of peers. */
void gcoap_blockwise_outbound (GcoapRequestProvider *provider,
                               GcoapExchange        *exchange);
void gcoap_blockwise_inbound  (GcoapRequestProvider *provider,
                               GcoapExchange        *exchange);

/* The size exponent for bodies in messages like @message on this exchange:
 * what the property says, or less if there is no room for it. On reliable
 * transports that have the room it is that of BERT, if @may_be_bert. */
guint gcoap_blockwise_choose_exponent (GcoapBlockwise *self,
                                       GcoapExchange  *exchange,
                                       GcoapMessage   *message,
                                       gboolean        may_be_bert);

/* Whether @message can go out on this exchange in one piece. */
gboolean gcoap_blockwise_fits (GcoapBlockwise *self,
                               GcoapExchange  *exchange,
                               GcoapMessage   *message);

/* What tells block-wise operations on one resource apart (RFC 7959 §2.4 and
 * §2.5, RFC 9175 §3.3): not the payload, for it is in pieces. */
GBytes *gcoap_blockwise_get_key (GcoapMessage *request) G_GNUC_WARN_UNUSED_RESULT;

/* Whose operation it is. */
GcoapEndpointAddress *gcoap_blockwise_get_peer (GcoapExchange *exchange);

/* To be called when the bodies have changed. */
void gcoap_blockwise_update_expiry (GcoapBlockwise *self);

static inline gint64
gcoap_blockwise_get_now (GcoapBlockwise *self)
{
  return gcoap_clock_get_now (self->runtime->clock);
}

/* How many bytes of one body are kept in memory at most. */
static inline guint
gcoap_blockwise_get_max_body_size (GcoapBlockwise *self)
{
  return MIN (self->runtime->limits->max_body_size, self->max_assembled_size);
}

static inline gboolean
gcoap_blockwise_is_safe (GcoapMessage *request)
{
  guint method = gcoap_message_get_code (request);

  return method == GCOAP_CODE_GET || method == GCOAP_CODE_FETCH;
}

G_END_DECLS
