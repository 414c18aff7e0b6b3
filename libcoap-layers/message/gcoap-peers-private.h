/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the message layer remembers of each endpoint it sends messages of its
 * own numbering to: the message IDs in use, who waits to be sent, and what went
 * unanswered.
 *
 * There is no record of those that are only answered by acknowledgements. */
#pragma once

#include "message/gcoap-message-ids-private.h"
#include "message/gcoap-nstart-private.h"
#include "message/gcoap-probing-private.h"
#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapEndpointAddress *address;
  GcoapMessageIds       ids;
  GcoapNstart           nstart;
  GcoapProbing          unanswered; /* non-confirmable requests */
  GcoapProbing          given_up;   /* confirmable ones, before anything acknowledged them */
  GQueue                transmissions;  /* the layer's, by a link in each */
  guint                 n_users;    /* who holds it */
  gboolean              is_debtor;
  GList                 idle_link;  /* in idle or debtors, while n_users is 0 */
} GcoapPeer;

typedef struct
{
  GHashTable *table;   /* of GcoapPeer by its address */
  GQueue      idle;    /* those without users, longest idle first */
  GQueue      debtors; /* of these who have all message IDs free, and still too
                        * many messages behind them that went unanswered */
} GcoapPeers;

void gcoap_peers_init  (GcoapPeers *self);

/* All peers must have been released. */
void gcoap_peers_clear (GcoapPeers *self);

guint gcoap_peers_get_size (GcoapPeers *self);

/* Finds the record of @address, or makes one as long as there are less than
 * @max_peers; gives NULL if not. To make room a debt is forgotten. The caller
 * becomes a user of it. */
GcoapPeer *gcoap_peers_take (GcoapPeers           *self,
                             GcoapEndpointAddress *address,
                             guint                 max_peers,
                             gint64                now);

GcoapPeer *gcoap_peers_find (GcoapPeers           *self,
                             GcoapEndpointAddress *address);

/* An answer has come from it. */
void gcoap_peers_note_heard (GcoapPeer *peer);

/* The record stays while a message ID is in use, or much went unanswered. */
void gcoap_peers_release (GcoapPeers *self,
                          GcoapPeer  *peer);

/* Drops what is known of an endpoint that will not be back, if unused. */
void gcoap_peers_forget (GcoapPeers           *self,
                         GcoapEndpointAddress *address);

/* Drops the records of idle endpoints whose message IDs are all free. */
void gcoap_peers_expire (GcoapPeers *self,
                         gint64      now);

/* When expire() will be of use, G_MAXINT64 if never. */
gint64 gcoap_peers_get_next_expiry (GcoapPeers *self);

G_END_DECLS
