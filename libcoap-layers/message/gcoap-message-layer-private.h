/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the message layer share: its state, its transmissions,
 * and the calls between its halves. */
#pragma once

#include "base/gcoap-clock-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "message/gcoap-duplicates-private.h"
#include "message/gcoap-liveness-private.h"
#include "message/gcoap-message-layer.h"
#include "message/gcoap-peers-private.h"
#include "message/gcoap-pending-acks-private.h"
#include "message/gcoap-rate-limit-private.h"
#include "message/gcoap-transmissions-private.h"

G_BEGIN_DECLS

typedef struct _GcoapIncoming GcoapIncoming;

/* A message that is being dispatched, on the stack of whoever dispatches it:
 * one that is dealt with before that returns leaves no other trace. A handler
 * that iterates the main loop puts further ones on top. */
struct _GcoapIncoming
{
  GcoapIncoming  *outer;
  const GcoapPdu *pdu;
  gboolean        is_request;
  gboolean        answered;      /* nothing is owed any more */
  gboolean        acknowledged;  /* an Empty ACK has gone out */
  gboolean        is_orphan;     /* the layer was dropped meanwhile, and is gone */
};

struct _GcoapMessageLayer
{
  GObject parent_instance;

  GcoapMessageInterface *below;
  GcoapTokenManager     *manager;             /* weak */
  /* Found once, for every message needs them. */
  GcoapMessageInterfaceInterface *below_iface;
  GcoapTokenManagerInterface     *manager_iface;
  GcoapRuntime          *runtime;
  GcoapTransportTuning  *tuning;              /* for messages without their own */
  gint64                 empty_ack_delay;     /* these three from it, microseconds */
  gint64                 exchange_lifetime;
  gint64                 non_lifetime;
  guint                  max_resets_per_second;
  gboolean               closed;

  GcoapTimer             timer;               /* for whatever is due first */
  GcoapTransmissions     transmissions;
  GcoapDuplicates        duplicates;
  GcoapPendingAcks       pending_acks;
  GcoapLiveness          liveness;
  GcoapPeers             peers;
  GcoapMessageIds        shared_ids;          /* for endpoints without record */
  GcoapMessageIds        group_ids;
  GcoapRateLimit         resets;
  GcoapIncoming         *incoming;            /* the innermost */

  GQueue                 peerless;            /* transmissions to groups, or without record */
  GQueue                 watched;             /* sent NON messages, oldest first */
  guint                  n_delayed;           /* responses that wait for their leisure */
  guint                  n_queued;            /* transmissions that wait for NSTART, all peers' */
};

typedef enum
{
  GCOAP_TRANSMISSION_NEW,
  GCOAP_TRANSMISSION_QUEUED,    /* waits for NSTART, or for a message ID */
  GCOAP_TRANSMISSION_DELAYED,   /* waits for its moment within the leisure */
  GCOAP_TRANSMISSION_WAITING,   /* CON, sent, not acknowledged */
  GCOAP_TRANSMISSION_WATCHED,   /* NON, sent, may be reset */
  GCOAP_TRANSMISSION_FAILING,   /* its failure is yet to be reported */
  GCOAP_TRANSMISSION_ENDED,
} GcoapTransmissionState;

typedef struct
{
  GcoapTransmission      base;
  GcoapSentMessage       sent;
  GcoapMessageLayer     *layer;         /* not owned; NULL when ended */
  GcoapPeer             *peer;          /* used; NULL for groups and endpoints without record */
  GcoapEndpointAddress  *address;
  GcoapLocal            *local;         /* nullable */
  GcoapMessage          *message;       /* NULL for a ping, and for a NON that is gone */
  GcoapMessage          *newer;         /* what a retransmission shall carry, or NULL */
  GcoapTransportTuning  *tuning;
  GError                *error;         /* why it is failing */
  GTask                 *ping;          /* whom to tell, for a ping */
  GSource               *cancel_source; /* likewise */
  gint64                 first_sent;
  gint64                 queued_at;     /* if it ever was */
  GList                  link;          /* in the peer's transmissions, or in peerless */
  GList                  queue_link;    /* in NSTART's queue, or in watched */
  guint8                 type;          /* GcoapMessageType */
  guint8                 state;         /* GcoapTransmissionState */
  guint8                 is_request : 1;
  guint8                 report : 1;    /* somebody wants to know the outcome */
  guint                  token_length;
  guint8                 token[];
} GcoapMessageTransmission;

static inline GcoapMessageTransmission *
gcoap_message_transmission_from_sent (GcoapSentMessage *sent)
{
  return (gpointer) ((char *) sent - G_STRUCT_OFFSET (GcoapMessageTransmission, sent));
}

static inline gint64
gcoap_message_layer_get_now (GcoapMessageLayer *self)
{
  return gcoap_clock_get_now (self->runtime->clock);
}

static inline void
gcoap_message_layer_count (GcoapMessageLayer *self,
                           GcoapCounter       counter)
{
  gcoap_statistics_count (self->runtime->statistics, counter);
}

static inline gboolean
gcoap_pdu_came_to_group (const GcoapPdu *pdu)
{
  return pdu->local != NULL && gcoap_local_is_group (pdu->local);
}

/* The layer itself */
void gcoap_message_layer_arm (GcoapMessageLayer *self);

/* Sends a message that is not a transmission: ACK, RST, or the like. */
gboolean gcoap_message_layer_send_plain (GcoapMessageLayer *self,
                                         const GcoapPdu    *to,
                                         GcoapMessageType   type,
                                         GcoapMessage      *message,
                                         GError           **error);

/* Transmissions */
GcoapMessageTransmission *gcoap_message_transmission_new (GcoapMessageLayer    *layer,
                                                          const GcoapPdu       *pdu,
                                                          GcoapPeer            *peer,
                                                          GcoapMessage         *message,
                                                          GcoapTransportTuning *tuning);

gboolean gcoap_message_transmission_send_first (GcoapMessageTransmission *self,
                                                gint64                    now,
                                                gint64                   *retry_at,
                                                GError                  **error);

/* Sends a CON as soon as NSTART allows. */
gboolean gcoap_message_transmission_submit (GcoapMessageTransmission *self,
                                            gint64                    now,
                                            GError                  **error);

/* What goes in the stead of a response that no message can carry, or NULL if
 * @error is another or the response no longer than that. */
GcoapMessage *gcoap_message_layer_replace_response (GcoapMessageLayer    *self,
                                                    GcoapEndpointAddress *address,
                                                    GcoapMessage         *response,
                                                    const GError         *error);

/* RFC 7252 §4.7: whether another request may go to @peer, which may be silent. */
gboolean gcoap_message_layer_may_probe (GcoapMessageLayer     *self,
                                        GcoapPeer             *peer,
                                        const GcoapProbing    *probing,
                                        GError               **error);

/* It is given up by whoever wanted it, without an outcome. */
void gcoap_message_transmission_give_away (GcoapMessageTransmission *self);

void gcoap_message_transmission_fail_later (GcoapMessageTransmission *self,
                                            GError                   *error);

void gcoap_message_transmission_end (GcoapMessageTransmission *self);

void gcoap_message_transmission_finish (GcoapMessageTransmission *self,
                                        GcoapOutcome              outcome,
                                        const GError             *error);

void gcoap_message_transmission_acknowledge (GcoapMessageTransmission *self);

void gcoap_message_transmission_reset (GcoapMessageTransmission *self);

void gcoap_message_transmission_handle_deadline (GcoapMessageTransmission *self,
                                                 gint64                    now);

/* Every open transmission (to @address, if given), with references. */
GPtrArray *gcoap_message_layer_list_transmissions (GcoapMessageLayer    *self,
                                                   GcoapEndpointAddress *address);

GcoapMessageTransmission *gcoap_message_layer_find_transmission (GcoapMessageLayer    *self,
                                                                 GcoapEndpointAddress *address,
                                                                 guint16               message_id);

gboolean gcoap_message_layer_take_id (GcoapMessageLayer    *self,
                                      GcoapPeer            *peer,
                                      GcoapEndpointAddress *address,
                                      GcoapMessageType      type,
                                      GcoapTransportTuning *tuning,
                                      gint64                now,
                                      guint16              *message_id,
                                      gint64               *retry_at,
                                      GError              **error);

/* Outbound: vfuncs of the token interface */
GcoapTransmission *gcoap_message_layer_send_request (GcoapTokenInterface  *iface,
                                                     const GcoapPdu       *pdu,
                                                     GcoapTransportTuning *tuning,
                                                     GError              **error);
GcoapTransmission *gcoap_message_layer_send_response (GcoapTokenInterface  *iface,
                                                      const GcoapPdu       *request_pdu,
                                                      GcoapMessage         *message,
                                                      GcoapTransportTuning *tuning,
                                                      gboolean              report);
void gcoap_message_layer_reject (GcoapTokenInterface *iface,
                                 const GcoapPdu      *request_pdu,
                                 const GError        *error);

/* Inbound: vfuncs of the message manager */
void gcoap_message_layer_dispatch_pdu (GcoapMessageManager *manager,
                                       const GcoapPdu      *pdu);
void gcoap_message_layer_dispatch_malformed (GcoapMessageManager *manager,
                                             const GcoapPdu      *pdu,
                                             const GError        *error);
void gcoap_message_layer_dispatch_error (GcoapMessageManager  *manager,
                                         GcoapEndpointAddress *address,
                                         int                   message_id,
                                         const GError         *error);

/* For a keepalive: from when to when @address is listened to, when a message
 * of it came last (G_MININT64: never), and that it is lost. */
void gcoap_message_layer_watch (GcoapMessageLayer    *self,
                                GcoapEndpointAddress *address);
void gcoap_message_layer_unwatch (GcoapMessageLayer    *self,
                                  GcoapEndpointAddress *address);
gint64 gcoap_message_layer_get_last_heard (GcoapMessageLayer    *self,
                                           GcoapEndpointAddress *address);
void gcoap_message_layer_give_up_peer (GcoapMessageLayer    *self,
                                       GcoapEndpointAddress *address,
                                       const GError         *error);

/* What is being dispatched now with the address and message ID of @pdu. */
GcoapIncoming *gcoap_message_layer_find_incoming (GcoapMessageLayer *self,
                                                  const GcoapPdu    *pdu);

void gcoap_message_layer_send_empty_ack (GcoapMessageLayer *self,
                                         const GcoapPdu    *pdu);
void gcoap_message_layer_send_reset (GcoapMessageLayer *self,
                                     const GcoapPdu    *pdu);
void gcoap_message_layer_remember (GcoapMessageLayer *self,
                                   const GcoapPdu    *pdu,
                                   GcoapReply         reply,
                                   GcoapMessage      *response);

G_END_DECLS
