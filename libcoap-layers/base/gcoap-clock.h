/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The time of one stack: every protocol timer hangs on it, and a manual one
 * lets a test walk minutes in a microsecond. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_CLOCK (gcoap_clock_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapClock, gcoap_clock, GCOAP, CLOCK, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapClock *gcoap_clock_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapClock *gcoap_clock_new_manual (gint64 start) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_clock_is_manual (GcoapClock *self);

GCOAP_AVAILABLE_IN_ALL
gint64 gcoap_clock_get_now (GcoapClock *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_clock_advance (GcoapClock *self,
                          gint64      microseconds);

GCOAP_AVAILABLE_IN_ALL
gint64 gcoap_clock_get_next_expiry (GcoapClock *self);

G_END_DECLS
