/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One file. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "site/gcoap-resource.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_FILE_RESOURCE (gcoap_file_resource_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapFileResource, gcoap_file_resource, GCOAP, FILE_RESOURCE, GcoapResource)

GCOAP_AVAILABLE_IN_ALL
GcoapFileResource *gcoap_file_resource_new (GFile   *file,
                                                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_file_resource_get_writable (GcoapFileResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_file_resource_set_writable (GcoapFileResource *self,
                                       gboolean          value);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_file_resource_get_etag_length (GcoapFileResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_file_resource_set_etag_length (GcoapFileResource *self,
                                          guint             value);

G_END_DECLS
