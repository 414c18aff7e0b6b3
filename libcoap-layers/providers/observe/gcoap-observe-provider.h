/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Observation of resources (RFC 7641): outbound it keeps notifications in
 * order and ends streams; inbound it keeps observers, and numbers and paces
 * what they are sent. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-runtime.h"
#include "request/gcoap-request-provider.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_OBSERVE (gcoap_observe_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapObserve, gcoap_observe, GCOAP, OBSERVE, GcoapRequestProvider)

GCOAP_AVAILABLE_IN_ALL
GcoapObserve *gcoap_observe_new (GcoapRequestInterface *next,
                                 GcoapRuntime          *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint gcoap_observe_get_n_observers (GcoapObserve *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_observe_get_non_confirmable_interval (GcoapObserve *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observe_set_non_confirmable_interval (GcoapObserve *self,
                                                 guint         milliseconds);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_observe_get_max_non_confirmable (GcoapObserve *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observe_set_max_non_confirmable (GcoapObserve *self,
                                            guint         count);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_observe_get_confirm_delay (GcoapObserve *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observe_set_confirm_delay (GcoapObserve *self,
                                      guint         milliseconds);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_observe_get_allow_groups (GcoapObserve *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_observe_set_allow_groups (GcoapObserve *self,
                                     gboolean      allow_groups);

G_END_DECLS
