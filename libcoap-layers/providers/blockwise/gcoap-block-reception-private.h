/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inbound half: requests of peers that come in blocks (reception), and our
 * responses that go in blocks (serving). */
#pragma once

#include "providers/blockwise/gcoap-blockwise-private.h"

G_BEGIN_DECLS

/* Takes one block of a request. */
void gcoap_block_reception_take (GcoapBlockwise        *provider,
                                 GcoapExchange         *exchange,
                                 const GcoapBlockValue *value,
                                 GcoapBodyHandling      handling);

/* The last block of a body, sent on @exchange, was answered 4.01: keeps what came
 * before it in @body, so that the block can be sent once more with what it
 * lacked (RFC 9175 §2.3). */
void gcoap_block_reception_put_back (GcoapBlockwise *provider,
                                     GcoapExchange  *exchange,
                                     GcoapMessage   *body);

/* Answers a request for one block of a response, from what is kept or by
 * passing the request on. */
void gcoap_block_serving_take (GcoapBlockwise        *provider,
                               GcoapExchange         *exchange,
                               const GcoapBlockValue *value);

/* Passes @request on in the place of that of @exchange, and sends what is
 * answered through @exchange. */
void gcoap_block_serving_pass (GcoapBlockwise *provider,
                               GcoapExchange  *exchange,
                               GcoapMessage   *request);

/* Sends what was answered on @inner, in its sink, as the answer to @exchange. */
void gcoap_block_serving_relay (GcoapBlockwise *provider,
                                GcoapExchange  *exchange,
                                GcoapExchange  *inner,
                                gboolean        is_last);

/* Sends @response as the answer to @exchange. @stream: its body, or NULL if it
 * has it as its payload. */
void gcoap_block_serving_send (GcoapBlockwise *provider,
                               GcoapExchange  *exchange,
                               GcoapMessage   *response,
                               GInputStream   *stream);

/* The response filter for requests without block options. */
GcoapVerdict gcoap_block_serving_filter (GcoapExchange *exchange,
                                         gboolean       is_last,
                                         gpointer       provider);

/* Answers with @code and a sentence, as the answer to a block. */
void gcoap_block_reception_refuse (GcoapExchange *exchange,
                                   GcoapCode      code,
                                   const char    *diagnostic);

G_END_DECLS
