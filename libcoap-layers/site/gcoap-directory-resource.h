/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A directory of files, and all that is below it. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "site/gcoap-resource.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_DIRECTORY_RESOURCE (gcoap_directory_resource_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapDirectoryResource, gcoap_directory_resource, GCOAP, DIRECTORY_RESOURCE, GcoapResource)

GCOAP_AVAILABLE_IN_ALL
GcoapDirectoryResource *gcoap_directory_resource_new (GFile   *directory,
                                                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_directory_resource_get_writable (GcoapDirectoryResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_directory_resource_set_writable (GcoapDirectoryResource *self,
                                            gboolean               value);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_directory_resource_get_lists (GcoapDirectoryResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_directory_resource_set_lists (GcoapDirectoryResource *self,
                                         gboolean               value);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_directory_resource_get_etag_length (GcoapDirectoryResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_directory_resource_set_etag_length (GcoapDirectoryResource *self,
                                               guint                  value);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_directory_resource_get_max_monitors (GcoapDirectoryResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_directory_resource_set_max_monitors (GcoapDirectoryResource *self,
                                                guint value);

GCOAP_AVAILABLE_IN_ALL
guint64 gcoap_directory_resource_get_max_file_size (GcoapDirectoryResource *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_directory_resource_set_max_file_size (GcoapDirectoryResource *self,
                                                 guint64 value);

G_END_DECLS
