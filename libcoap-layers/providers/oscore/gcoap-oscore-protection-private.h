/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613 §4, §5, §8: from a message to its protected form and back. Pure: no
 * sequence number is taken and no replay is looked for here. */
#pragma once

#include "providers/oscore/gcoap-oscore-keys-private.h"
#include "providers/oscore/gcoap-oscore-option-private.h"
#include "wire/gcoap-message.h"

G_BEGIN_DECLS

/* RFC 8613 §5.4: what binds responses to their request. Kept with the exchange
 * on both sides, since the response does not repeat it. */
typedef struct
{
  guint8 kid[GCOAP_OSCORE_MAX_ID];
  guint8 kid_length;
  guint8 piv[GCOAP_OSCORE_MAX_PIV];
  guint8 piv_length;
  gboolean nonce_used;   /* one response may go without a Partial IV of its own */
} GcoapOscoreBinding;

/* The outer message, unlocked, and @binding filled. Of Proxy-Uri the
 * parts that are class E go inside (RFC 8613 §4.1.3.3). A @sequence from 2^40 on
 * is GCOAP_ERROR_REFUSED, here and for responses. */
GcoapMessage *gcoap_oscore_protect_request (GcoapOscoreKeys    *keys,
                                            GcoapMessage       *request,
                                            guint64             sequence,
                                            gboolean            with_kid_context,
                                            GcoapOscoreBinding *binding,
                                            GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* @option is that of @outer, decoded. The result has the inner options and the
 * outer ones of class U; outer ones of class E are dropped (RFC 8613 §8.2).
 * GCOAP_ERROR_REFUSED: it does not verify, or cannot, for want of a Partial IV or
 * with a second OSCORE option; any other error, GCOAP_ERROR_MALFORMED: it did, but
 * is no CoAP message. @binding is filled in both cases. */
GcoapMessage *gcoap_oscore_unprotect_request (GcoapOscoreKeys         *keys,
                                              GcoapMessage            *outer,
                                              const GcoapOscoreOption *option,
                                              GcoapOscoreBinding      *binding,
                                              GError                 **error) G_GNUC_WARN_UNUSED_RESULT;

/* @sequence: -1 uses the nonce of the request, which is refused
 * (GCOAP_ERROR_REFUSED) the second time. */
GcoapMessage *gcoap_oscore_protect_response (GcoapOscoreKeys    *keys,
                                             GcoapMessage       *response,
                                             GcoapOscoreBinding *binding,
                                             gint64              sequence,
                                             GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* *sequence is -1 if the response has no Partial IV. A notification gets the three
 * least significant bytes of the number as its Observe value, without a number
 * zero (RFC 8613 §4.1.3.5.2). */
GcoapMessage *gcoap_oscore_unprotect_response (GcoapOscoreKeys          *keys,
                                               GcoapMessage             *outer,
                                               const GcoapOscoreBinding *binding,
                                               gint64                   *sequence,
                                               GError                  **error) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes that protection adds at most, for the room of the path. */
gsize gcoap_oscore_get_overhead (GcoapOscoreKeys *keys);

G_END_DECLS
