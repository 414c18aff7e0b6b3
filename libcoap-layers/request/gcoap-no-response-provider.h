/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Keeps responses from those who do not want them: requests with No-Response
 * (RFC 7967), and groups (RFC 7252 §8.2). */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "request/gcoap-request-provider.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_NO_RESPONSE (gcoap_no_response_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapNoResponse, gcoap_no_response, GCOAP, NO_RESPONSE, GcoapRequestProvider)

GCOAP_AVAILABLE_IN_ALL
GcoapNoResponse *gcoap_no_response_new (GcoapRequestInterface *next) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint gcoap_no_response_get_group_suppression (GcoapNoResponse *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_no_response_set_group_suppression (GcoapNoResponse *self,
                                              guint            classes);

G_END_DECLS
