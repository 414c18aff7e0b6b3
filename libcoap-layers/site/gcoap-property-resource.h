/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A property of an object. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "site/gcoap-resource.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_PROPERTY_RESOURCE (gcoap_property_resource_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapPropertyResource, gcoap_property_resource, GCOAP, PROPERTY_RESOURCE, GcoapResource)

GCOAP_AVAILABLE_IN_ALL
GcoapPropertyResource *gcoap_property_resource_new (GObject    *object,
                                                    const char *property_name) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GObject *gcoap_property_resource_get_object (GcoapPropertyResource *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_property_resource_get_property_name (GcoapPropertyResource *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_property_resource_get_writable (GcoapPropertyResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_property_resource_set_writable (GcoapPropertyResource *self,
                                           gboolean               writable);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_property_resource_get_unit (GcoapPropertyResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_property_resource_set_unit (GcoapPropertyResource *self,
                                       const char            *unit);

G_END_DECLS
