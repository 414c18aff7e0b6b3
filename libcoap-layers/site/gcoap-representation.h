/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The state of a resource as bytes with a format and a tag: answering with it,
 * and requests that depend on it. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-exchange.h"

G_BEGIN_DECLS

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_answer_content (GcoapExchange *exchange,
                                    GBytes        *payload,
                                    gint           format,
                                    GBytes        *etag);

GCOAP_AVAILABLE_IN_ALL
void gcoap_resource_answer_text (GcoapExchange *exchange,
                                 const char    *text);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_resource_check_preconditions (GcoapExchange *exchange,
                                             gboolean       exists,
                                             GBytes        *etag,
                                             GError       **error);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_etag_for_bytes (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
