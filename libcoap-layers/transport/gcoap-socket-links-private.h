/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The sockets of a client over plain sockets: found by peer and by local side,
 * in the order of their last use. */
#pragma once

#include "transport/gcoap-socket-link-private.h"

G_BEGIN_DECLS

typedef struct
{
  GHashTable *by_peer;    /* peer -> link, which it owns */
  GHashTable *by_local;   /* GcoapLocal -> link */
  GQueue      used;       /* head: the latest */
} GcoapSocketLinks;

void gcoap_socket_links_init (GcoapSocketLinks *self);
void gcoap_socket_links_clear (GcoapSocketLinks *self);
guint gcoap_socket_links_get_size (GcoapSocketLinks *self);

/* The one to use for a peer, or NULL: that which has this local side if it
 * leads there (a group's leads to all), else that of the peer. */
GcoapSocketLink *gcoap_socket_links_find (GcoapSocketLinks     *self,
                                          GcoapEndpointAddress *peer,
                                          GcoapLocal           *local);

/* Takes the reference; there must be none of that peer yet. */
void gcoap_socket_links_add (GcoapSocketLinks *self,
                             GcoapSocketLink  *link,
                             gint64            now);

void gcoap_socket_links_touch (GcoapSocketLinks *self,
                               GcoapSocketLink  *link,
                               gint64            now);

/* Closes it. */
void gcoap_socket_links_remove (GcoapSocketLinks *self,
                                GcoapSocketLink  *link);

/* The least recently used, or NULL. */
GcoapSocketLink *gcoap_socket_links_get_oldest (GcoapSocketLinks *self);

G_END_DECLS
