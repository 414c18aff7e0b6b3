/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A client and a server over a simulated link, with a large resource at
 * "coap://server/big" and a look at their blocks. */
#pragma once

#include "helpers/body-responder.h"
#include "helpers/simulated-pair.h"
#include "interfaces/gcoap-runtime-private.h"
#include "providers/blockwise/gcoap-blockwise-provider.h"

G_BEGIN_DECLS

typedef struct
{
  SimulatedPair  *pair;
  BodyResponder  *resource;
  GcoapBlockwise *client;        /* the providers of both sides */
  GcoapBlockwise *server;
  GString        *log;           /* "code block1 block2;" of each message, if wanted */
  gboolean        logs;
} BlockPair;

BlockPair *block_pair_new (gsize length, guint32 seed);
void block_pair_free (BlockPair *self);

GcoapLimits *block_pair_get_limits (BlockPair *self, GcoapBlockwise *side);

/* Sends an exchange for "coap://server/big" and waits for its end. */
GcoapMessage *block_pair_send (BlockPair *self, GcoapExchange *exchange, GError **error);

/* The same with a new exchange. @body: the payload, or NULL. */
GcoapMessage *block_pair_request (BlockPair *self, GcoapCode code, GBytes *body, GError **error);

GcoapExchange *block_pair_new_exchange (GcoapCode code, GBytes *body);

/* Fails the test unless the message has this code and payload. */
void block_pair_assert (GcoapMessage *message, GcoapCode code, GBytes *body);

/* One request message of the test's own making, without the client's provider;
 * the answer as it is. */
GcoapMessage *block_pair_ask (BlockPair *self, GcoapMessage *request);

/* A request for /big with a block option each, in the notation of RFC 7959 §3:
 * "3/0/64", or NULL. The payload is that of the block in @body. */
GcoapMessage *block_pair_new_block (GcoapCode   code,
                                    const char *block1,
                                    const char *block2,
                                    GBytes     *body);

/* The blocks of a message: "1:3/1/64 2:0/1/128". */
char *block_pair_describe (GcoapMessage *message);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (BlockPair, block_pair_free)

G_END_DECLS
