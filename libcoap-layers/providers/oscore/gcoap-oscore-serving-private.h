/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request that was verified: whatever answers it, nothing leaves without
 * protection. */
#pragma once

#include "providers/oscore/gcoap-oscore-provider-private.h"

G_BEGIN_DECLS

/* Responses of one exchange that may wait for numbers: a stream that says more
 * in the meantime ends. */
#define GCOAP_OSCORE_SERVING_MAX_WAITING 16

typedef struct _GcoapOscoreServing GcoapOscoreServing;

/* From here on responses to @exchange are protected, whoever gives them.
 * The reference is the caller's. */
GcoapOscoreServing *gcoap_oscore_serving_new (GcoapOscore              *provider,
                                              GcoapExchange            *exchange,
                                              GcoapOscoreSlot          *slot,
                                              const GcoapOscoreBinding *binding) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_oscore_serving_unref (GcoapOscoreServing *self);

/* The nonce of the request must not be used: it was not accepted, and may come
 * again. */
void gcoap_oscore_serving_spend_nonce (GcoapOscoreServing *self);

/* Answers here. */
void gcoap_oscore_serving_answer (GcoapOscoreServing *self,
                                  GcoapMessage       *response);

/* Has the site answer the request that was inside. @age: how old it can be, in
 * milliseconds, or -1 if it has proved nothing. */
void gcoap_oscore_serving_pass (GcoapOscoreServing *self,
                                GcoapMessage       *request,
                                gint64              age);

G_END_DECLS
