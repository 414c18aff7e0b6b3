/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §5.6: what makes two requests the same to a cache. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "wire/gcoap-message.h"

G_BEGIN_DECLS

/* Bytes equal for equal keys: code, every option that is not NoCacheKey and
 * not in @ignore, and the payload of FETCH (RFC 8132 §2). */
GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_message_get_cache_key (GcoapMessage *self,
                                     const guint16 *ignore,
                                     gsize n_ignore) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
