/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tells observers only of the states they asked for
 * (draft-ietf-core-conditional-attributes). */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-runtime.h"
#include "request/gcoap-request-provider.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_CONDITIONAL (gcoap_conditional_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapConditional, gcoap_conditional, GCOAP, CONDITIONAL, GcoapRequestProvider)

GCOAP_AVAILABLE_IN_ALL
GcoapConditional *gcoap_conditional_new (GcoapRequestInterface *next,
                                         GcoapRuntime          *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint gcoap_conditional_get_minimum_period (GcoapConditional *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_conditional_set_minimum_period (GcoapConditional *self,
                                           guint             milliseconds);

G_END_DECLS
