/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A number in the place of a well-known path
 * (draft-ietf-core-uri-path-abbrev). */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "wire/gcoap-message.h"

G_BEGIN_DECLS

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_abbreviate_path (GcoapMessage *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_expand_path (GcoapMessage *self);

G_END_DECLS
