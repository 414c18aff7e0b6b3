/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A resource whose methods are signals. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "site/gcoap-resource.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SIMPLE_RESOURCE (gcoap_simple_resource_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapSimpleResource, gcoap_simple_resource, GCOAP, SIMPLE_RESOURCE, GcoapResource)

GCOAP_AVAILABLE_IN_ALL
GcoapSimpleResource *gcoap_simple_resource_new (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
