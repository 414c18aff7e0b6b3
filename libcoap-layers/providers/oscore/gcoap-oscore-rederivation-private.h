/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 Appendix B.2: from one Master Secret to as many security contexts as
 * are needed, by random bytes that both sides put into the ID Context. */
#pragma once

#include "providers/oscore/gcoap-oscore-provider-private.h"

G_BEGIN_DECLS

/* R1 and R3 of the client. */
#define GCOAP_OSCORE_CLIENT_NONCE 8

/* R2 of the server: random bytes, and a MAC by which it knows them again. */
#define GCOAP_OSCORE_SERVER_NONCE 16

/* A byte string of CBOR with up to 64 bytes. */
#define GCOAP_OSCORE_MAX_WRAPPED (2 + GCOAP_OSCORE_MAX_ID_CONTEXT)

/* Puts another kid context, as a byte string of CBOR, into the option of a
 * protected message; the option is no part of what is verified (RFC 8613 §5.4). */
void gcoap_oscore_set_kid_context (GcoapMessage *outer,
                                   const guint8 *data,
                                   gsize         length);

/* The inverse: the view points into @data. FALSE if it is none. */
gboolean gcoap_oscore_unwrap_kid_context (const guint8  *data,
                                          gsize          length,
                                          const guint8 **content,
                                          gsize         *content_length);

/* Whether the kid context in the option, wrapped, is the ID Context of the keys. */
gboolean gcoap_oscore_is_wrapped_id_context (const GcoapOscoreKeys   *keys,
                                             const GcoapOscoreOption *option);

/* Server: tries a request with an ID Context that is not known, steps 2 and 4.
 * TRUE if it was verified, and has been dealt with. */
gboolean gcoap_oscore_rederivation_take_request (GcoapOscore             *self,
                                                 GcoapExchange           *exchange,
                                                 GcoapOscoreSlot         *slot,
                                                 const GcoapOscoreOption *option);

/* Client, step 3: the ID Context to go on with if @outer, the answer to a request
 * that was made with @keys, asks for another; NULL if it does not, or does not
 * verify. */
GBytes *gcoap_oscore_rederivation_take_response (GcoapOscoreContext       *context,
                                                 GcoapOscoreKeys          *keys,
                                                 GcoapMessage             *outer,
                                                 const GcoapOscoreBinding *binding) G_GNUC_WARN_UNUSED_RESULT;

/* Client, step 1. */
GBytes *gcoap_oscore_rederivation_begin (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
