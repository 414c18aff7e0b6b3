/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all layers of one stack share: the main context, the clock, the
 * limits, the statistics and the trace. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-clock.h"
#include "base/gcoap-limits.h"
#include "base/gcoap-statistics.h"
#include "interfaces/gcoap-trace.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_RUNTIME (gcoap_runtime_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapRuntime, gcoap_runtime, GCOAP, RUNTIME, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapRuntime *gcoap_runtime_new (GcoapClock *clock) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GMainContext *gcoap_runtime_get_main_context (GcoapRuntime *self);

GCOAP_AVAILABLE_IN_ALL
GcoapClock *gcoap_runtime_get_clock (GcoapRuntime *self);

GCOAP_AVAILABLE_IN_ALL
GcoapLimits *gcoap_runtime_get_limits (GcoapRuntime *self);

GCOAP_AVAILABLE_IN_ALL
GcoapStatistics *gcoap_runtime_get_statistics (GcoapRuntime *self);

GCOAP_AVAILABLE_IN_ALL
GcoapTrace *gcoap_runtime_get_trace (GcoapRuntime *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_runtime_set_trace (GcoapRuntime *self,
                              GcoapTrace   *trace);

G_END_DECLS
