/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8613: requests and responses that are protected from end to end. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-runtime.h"
#include "request/gcoap-request-provider.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_OSCORE (gcoap_oscore_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapOscore, gcoap_oscore, GCOAP, OSCORE, GcoapRequestProvider)

GCOAP_AVAILABLE_IN_ALL
GcoapOscore *gcoap_oscore_new (GcoapRequestInterface *next,
                               GcoapRuntime          *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint gcoap_oscore_get_max_unfragmented_size (GcoapOscore *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_set_max_unfragmented_size (GcoapOscore *self,
                                             guint        bytes);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_oscore_get_max_waiting (GcoapOscore *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_set_max_waiting (GcoapOscore *self,
                                   guint        requests);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_oscore_get_error_rate (GcoapOscore *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_set_error_rate (GcoapOscore *self,
                                  guint        per_second);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_oscore_get_rederives (GcoapOscore *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_oscore_set_rederives (GcoapOscore *self,
                                 gboolean     rederives);

G_END_DECLS
