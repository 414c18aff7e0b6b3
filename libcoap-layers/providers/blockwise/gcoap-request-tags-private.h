/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which request operations are under way, or may be at the peer, so that
 * another one like it gets a Request-Tag of its own (RFC 9175 §3.4, §3.5).
 *
 * The first goes without the option; a value, once used, is not used again. */
#pragma once

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

typedef struct _GcoapRequestTagsEntry GcoapRequestTagsEntry;

typedef struct
{
  GHashTable *table;        /* set of GcoapRequestTagsEntry */
  GQueue      burned;       /* those not in use, by the time they are forgotten */
  guint       maximum;
  guint32     next_value;
  gint64      all_until;    /* operations that begin before then all have a value */
} GcoapRequestTags;

/* One operation. */
typedef struct
{
  GcoapRequestTagsEntry *entry;      /* NULL: none was made */
  guint8                 value[4];
  guint                  length;
  gboolean               is_present; /* whether the request has the option */
} GcoapRequestTag;

/* Remembers the operations of @maximum targets, besides those under way. */
void gcoap_request_tags_init  (GcoapRequestTags *self,
                               guint             maximum);
void gcoap_request_tags_clear (GcoapRequestTags *self);

/* Begins an operation on what @key stands for, at @peer. */
void gcoap_request_tags_begin (GcoapRequestTags     *self,
                               GcoapEndpointAddress *peer,
                               GBytes               *key,
                               gint64                now,
                               GcoapRequestTag      *tag);

/* Ends it. Unless it is @concluded, so that the peer keeps nothing of it that
 * could be taken for part of another one, what it used is not used again
 * before @forget_at. */
void gcoap_request_tags_end (GcoapRequestTags *self,
                             GcoapRequestTag  *tag,
                             gboolean          concluded,
                             gint64            forget_at);

guint gcoap_request_tags_get_size (const GcoapRequestTags *self);

G_END_DECLS
