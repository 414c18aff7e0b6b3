/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* An endpoint's end of a simulated link. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-message-interface.h"
#include "interfaces/gcoap-runtime.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SIMULATED_INTERFACE (gcoap_simulated_interface_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapSimulatedInterface, gcoap_simulated_interface, GCOAP, SIMULATED_INTERFACE, GObject)

GCOAP_AVAILABLE_IN_ALL
char *gcoap_simulated_interface_dup_uri (GcoapSimulatedInterface *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_interface_join_group (GcoapSimulatedInterface *self,
                                           const char              *name);

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_interface_set_partitioned (GcoapSimulatedInterface *self,
                                                gboolean                 partitioned);

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_interface_set_unreachable (GcoapSimulatedInterface *self,
                                                gboolean                 unreachable);

G_END_DECLS
