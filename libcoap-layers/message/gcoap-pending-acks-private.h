/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Confirmable requests not acknowledged yet, because their response may come
 * in time to be the acknowledgement (RFC 7252 §5.2.1, §5.2.2). */
#pragma once

#include "wire/gcoap-endpoint-address.h"
#include "wire/gcoap-local.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapEndpointAddress *address;
  GcoapLocal           *local;       /* nullable */
  guint16               message_id;
  gint64                deadline;
  GList                 link;
} GcoapPendingAck;

typedef struct
{
  GHashTable *table;
  GQueue      queue;   /* the earliest deadline first: all wait equally long */
} GcoapPendingAcks;

void gcoap_pending_acks_init  (GcoapPendingAcks *self);
void gcoap_pending_acks_clear (GcoapPendingAcks *self);

/* FALSE if @max_pending wait already. */
gboolean gcoap_pending_acks_add (GcoapPendingAcks     *self,
                                 GcoapEndpointAddress *address,
                                 GcoapLocal           *local,
                                 guint16               message_id,
                                 gint64                deadline,
                                 guint                 max_pending);

/* Whether this one was still to be acknowledged; it no longer is. */
gboolean gcoap_pending_acks_take (GcoapPendingAcks     *self,
                                  GcoapEndpointAddress *address,
                                  guint16               message_id);

/* Takes out one that has waited long enough, or gives NULL. */
GcoapPendingAck *gcoap_pending_acks_pop_due (GcoapPendingAcks *self,
                                             gint64            now);

gint64 gcoap_pending_acks_get_next_expiry (GcoapPendingAcks *self);

void gcoap_pending_acks_forget (GcoapPendingAcks     *self,
                                GcoapEndpointAddress *address);

void gcoap_pending_acks_forget_all (GcoapPendingAcks *self);

void gcoap_pending_ack_free (GcoapPendingAck *ack);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapPendingAck, gcoap_pending_ack_free)

G_END_DECLS
