/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long-term secrets: all of them live in one arena of libsodium, locked and
 * between guard pages, which is bounded; each is wiped when it is freed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of one secret, and of all together. */
#define GCOAP_SECRET_MAX_LENGTH (16 * 1024)
#define GCOAP_SECRET_ARENA_SIZE (256 * 1024)

typedef struct _GcoapSecret GcoapSecret;

/* Copies @data; GCOAP_ERROR_LIMIT if there is no room. */
GcoapSecret *gcoap_secret_new (const guint8 *data,
                               gsize         length,
                               GError      **error) G_GNUC_WARN_UNUSED_RESULT;

GcoapSecret *gcoap_secret_ref (GcoapSecret *self);

/* The last one wipes it. */
void gcoap_secret_free (GcoapSecret *self);

const guint8 *gcoap_secret_peek (GcoapSecret *self,
                                 gsize       *length);

/* In constant time for a length; NULL equals only NULL. */
gboolean gcoap_secret_equal (GcoapSecret *a,
                             GcoapSecret *b);

/* Wipes and frees what came from g_malloc(). */
void gcoap_secret_free_heap (gpointer data,
                             gsize    length);

/* Bytes in use, for tests. */
gsize gcoap_secret_get_used (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapSecret, gcoap_secret_free)

G_END_DECLS
