/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bodies that are kept for peers between blocks, found by peer and cache
 * key (RFC 7959 §2.4 and §2.5; RFC 9175 §3.3).
 *
 * Bounded in number, per peer, and in bytes; each goes when it was not used
 * for a while. */
#pragma once

#include "base/gcoap-limits-private.h"
#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_BODY_REQUEST,    /* being put together */
  GCOAP_BODY_RESPONSE,   /* being fetched */
} GcoapBodyKind;

typedef struct _GcoapBodiesPeer GcoapBodiesPeer;

/* The first field of whatever is kept. */
typedef struct
{
  GcoapBodyKind        kind;
  gboolean             is_dispensable;  /* can be made anew, so it goes before others */
  GDestroyNotify       free_func;       /* called when the table gives it up */
  GcoapBodiesPeer     *peer;            /* NULL: in no table */
  GBytes              *key;
  gsize                bytes;           /* what it counts */
  gint64               expires_at;
  GList                age_link;
  GList                peer_link;
} GcoapBody;

typedef struct
{
  GcoapLimits *limits;    /* not owned */
  GHashTable  *table;     /* set of GcoapBody */
  GHashTable  *peers;     /* of GcoapBodiesPeer by address */
  GQueue       ages;      /* least recently used first */
  gsize        bytes;
  guint        n_given_up;
} GcoapBodies;

void gcoap_bodies_init  (GcoapBodies *self,
                         GcoapLimits *limits);
void gcoap_bodies_clear (GcoapBodies *self);

/* Gives up all that is kept, in the middle of things. */
void gcoap_bodies_give_up_all (GcoapBodies *self);

guint gcoap_bodies_get_size (const GcoapBodies *self);

/* @peer: the block-wise key of an address. NULL if there is no such body, or it
 * has expired. */
GcoapBody *gcoap_bodies_find (GcoapBodies          *self,
                              GcoapBodyKind         kind,
                              GcoapEndpointAddress *peer,
                              GBytes               *key,
                              gint64                now);

/* Adds a body in the place of one with the same kind, peer and key. Gives up
 * the peer's oldest one if it has too many, and dispensable ones of anybody.
 * FALSE if there are still too many; then @body stays the caller's. */
gboolean gcoap_bodies_add (GcoapBodies          *self,
                           GcoapBody            *body,
                           GcoapEndpointAddress *peer,
                           GBytes               *key,
                           gint64                now);

/* Makes a body count @bytes. Gives up dispensable ones for it; FALSE, and
 * nothing is changed, if that is not enough. */
gboolean gcoap_bodies_resize (GcoapBodies *self,
                              GcoapBody   *body,
                              gsize        bytes);

/* The body was used. */
void gcoap_bodies_touch (GcoapBodies *self,
                         GcoapBody   *body,
                         gint64       now);

/* Gives up a body. */
void gcoap_bodies_remove (GcoapBodies *self,
                          GcoapBody   *body);

void   gcoap_bodies_expire          (GcoapBodies *self,
                                     gint64       now);
gint64 gcoap_bodies_get_next_expiry (const GcoapBodies *self);

G_END_DECLS
