/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happened in one stack, counted. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_STATISTICS (gcoap_statistics_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapStatistics, gcoap_statistics, GCOAP, STATISTICS, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapStatistics *gcoap_statistics_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_statistics_refresh (GcoapStatistics *self);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_statistics_to_string (GcoapStatistics *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
