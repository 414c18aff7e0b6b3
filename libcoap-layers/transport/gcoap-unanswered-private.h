/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which requests that came over a connection still wait for their first
 * answer, in order: a Pong with Custody, and the end of a released
 * connection, come after those before it (RFC 8323 §5.4.1, §5.5). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GQueue  requests;   /* oldest first */
  guint64 next;       /* number of the next request */
} GcoapUnanswered;

/* All zero: none has come. */
void gcoap_unanswered_clear (GcoapUnanswered *self);

/* A request came and was not answered at once. */
void gcoap_unanswered_add (GcoapUnanswered *self,
                           const guint8    *token,
                           gsize            token_length);

/* One was answered: the oldest with that token, if any. */
void gcoap_unanswered_remove (GcoapUnanswered *self,
                              const guint8    *token,
                              gsize            token_length);

static inline gboolean
gcoap_unanswered_is_empty (const GcoapUnanswered *self)
{
  return self->requests.length == 0;
}

/* A point in the order: all that came so far are before it. */
static inline guint64
gcoap_unanswered_mark (const GcoapUnanswered *self)
{
  return self->next;
}

/* Whether all before the mark have been answered. */
gboolean gcoap_unanswered_has_passed (const GcoapUnanswered *self,
                                      guint64                mark);

G_END_DECLS
