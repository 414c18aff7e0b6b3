/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Moves bodies that are larger than a message, block by block (RFC 7959, RFC
 * 9175 §3, RFC 8323 §6). */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-runtime.h"
#include "request/gcoap-request-provider.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_BLOCKWISE (gcoap_blockwise_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapBlockwise, gcoap_blockwise, GCOAP, BLOCKWISE, GcoapRequestProvider)

GCOAP_AVAILABLE_IN_ALL
GcoapBlockwise *gcoap_blockwise_new (GcoapRequestInterface *next,
                                     GcoapRuntime          *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint gcoap_blockwise_get_block_size (GcoapBlockwise *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_blockwise_set_block_size (GcoapBlockwise *self,
                                     guint           bytes);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_blockwise_get_max_assembled_size (GcoapBlockwise *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_blockwise_set_max_assembled_size (GcoapBlockwise *self,
                                             guint           bytes);

G_END_DECLS
