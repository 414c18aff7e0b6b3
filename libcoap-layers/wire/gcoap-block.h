/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7959 §2.2: the value of a Block1 or Block2 option. Boxed, immutable. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_BLOCK (gcoap_block_get_type ())

/* RFC 7959 §2.2: NUM has at most 20 bits; SZX 7 means BERT (RFC 8323 §6). */
#define GCOAP_BLOCK_MAX_NUMBER 0xfffff
#define GCOAP_BLOCK_SZX_BERT 7

typedef struct _GcoapBlock GcoapBlock;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_block_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapBlock *gcoap_block_new (guint number, gboolean more, guint size_exponent) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapBlock *gcoap_block_new_from_uint (guint value) G_GNUC_WARN_UNUSED_RESULT; /* (nullable): number out of range */

GCOAP_AVAILABLE_IN_ALL
GcoapBlock *gcoap_block_copy (GcoapBlock *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_block_free (GcoapBlock *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_block_get_number (GcoapBlock *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_block_get_more (GcoapBlock *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_block_get_size_exponent (GcoapBlock *self);

GCOAP_AVAILABLE_IN_ALL
gsize gcoap_block_get_size (GcoapBlock *self);      /* 16 .. 1024 */

GCOAP_AVAILABLE_IN_ALL
guint64 gcoap_block_get_offset (GcoapBlock *self);  /* number * size */

GCOAP_AVAILABLE_IN_ALL
guint gcoap_block_to_uint (GcoapBlock *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapBlock, gcoap_block_free)

G_END_DECLS
