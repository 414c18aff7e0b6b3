/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the token layer share: the layer and its three kinds of
 * table entries, one per file: outgoing (a request of ours), incoming (a
 * request of a peer), delivery (a response of ours somebody wants news of). */
#pragma once

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "token/gcoap-token-generator-private.h"
#include "token/gcoap-token-layer.h"
#include "token/gcoap-token-table-private.h"

G_BEGIN_DECLS

typedef struct _GcoapTokenDelivery GcoapTokenDelivery;

struct _GcoapTokenLayer
{
  GObject parent_instance;

  GcoapTokenInterface   *below;
  GcoapTokenInterfaceInterface *below_iface; /* found once, for every response needs it */
  GcoapRuntime          *runtime;
  GcoapRequestInterface *inbound;          /* weak */
  GcoapRequestInterfaceInterface *inbound_iface; /* found once, for every request needs it */
  GcoapTokenTable        table;
  GcoapTokenGenerator    generator;
  GcoapExchangePool      pool;
  GQueue                 deliveries;       /* oldest first */
  GcoapTimer             deliveries_timer;
  gboolean               is_shut;
  gboolean               is_down;          /* what is below is shut as well */
  GPtrArray             *shutdown_tasks;
};

/* Outgoing: the entry's role is client */
void gcoap_token_layer_send_request (GcoapTokenLayer *self,
                                     GcoapExchange   *exchange);

gboolean gcoap_token_layer_take_response (GcoapTokenLayer *self,
                                          const GcoapPdu  *pdu);

void gcoap_token_outgoing_settle (GcoapTokenEntry *entry,
                                  GcoapOutcome     outcome,
                                  const GError    *error);

void gcoap_token_outgoing_fail (GcoapTokenEntry *entry,
                                const GError    *error);

/* Incoming: the entry's role is server */
void gcoap_token_layer_take_request (GcoapTokenLayer *self,
                                     const GcoapPdu  *pdu);

void gcoap_token_incoming_cancel (GcoapTokenEntry *entry);

void gcoap_token_incoming_refuse (GcoapTokenEntry *entry);

/* Deliveries: the entry's role is report. @latest, which may be NULL, is where
 * the caller keeps the newest of an exchange that is complete but for a reset;
 * it is given up for the next one, for whoever rejects that one means both. */
void gcoap_token_layer_watch_delivery (GcoapTokenLayer      *self,
                                       GcoapExchange        *exchange,
                                       GcoapEndpointAddress *address,
                                       GcoapDeliveryReport   report,
                                       GcoapTransmission    *transmission,
                                       GcoapTokenDelivery  **latest);

void gcoap_token_delivery_settle (GcoapTokenEntry *entry,
                                  GcoapOutcome     outcome);

/* It is not in the caller's place any more, which is about to go. */
void gcoap_token_delivery_unplace (GcoapTokenDelivery **latest);

/* Nobody will know what became of it. */
void gcoap_token_delivery_forget (GcoapTokenEntry *entry);

void gcoap_token_deliveries_init (GcoapTokenLayer *self);

G_END_DECLS
