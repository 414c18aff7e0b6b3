/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The ceilings of one stack in one object: nothing that a peer can make grow
 * grows without one of these. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_LIMITS (gcoap_limits_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapLimits, gcoap_limits, GCOAP, LIMITS, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapLimits *gcoap_limits_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
