/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8516: how often each peer has asked lately. A bucket per peer that fills
 * by so many requests per minute. */
#pragma once

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

/* Peers whose buckets are not full; further ones share a bucket. */
#define GCOAP_REQUEST_RATES_MAX_PEERS 512

typedef struct _GcoapRequestRates GcoapRequestRates;

GcoapRequestRates *gcoap_request_rates_new (void) G_GNUC_WARN_UNUSED_RESULT;
void gcoap_request_rates_free (GcoapRequestRates *self);

/* Counts a request. Returns 0 if it may be served, else the seconds after which
 * the peer may try again. @now: microseconds of the clock. */
guint gcoap_request_rates_take (GcoapRequestRates    *self,
                                GcoapEndpointAddress *address,
                                guint                 per_minute,
                                gint64                now);

guint gcoap_request_rates_get_n_peers (GcoapRequestRates *self);

G_END_DECLS
