/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server offers: resources and other request interfaces at paths. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SITE (gcoap_site_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapSite, gcoap_site, GCOAP, SITE, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapSite *gcoap_site_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_site_path_is_valid (const char *path);

GCOAP_AVAILABLE_IN_ALL
void gcoap_site_add (GcoapSite             *self,
                     const char            *path,
                     GcoapRequestInterface *child);

GCOAP_AVAILABLE_IN_ALL
void gcoap_site_require (GcoapSite  *self,
                         const char *path,
                         const char *pattern);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_site_remove (GcoapSite  *self,
                            const char *path);

GCOAP_AVAILABLE_IN_ALL
GcoapRequestInterface *gcoap_site_lookup (GcoapSite  *self,
                                          const char *path);

GCOAP_AVAILABLE_IN_ALL
GPtrArray *gcoap_site_get_links (GcoapSite  *self,
                                 const char *prefix) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_site_get_implementation_info (GcoapSite *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_site_set_implementation_info (GcoapSite  *self,
                                         const char *uri);

G_END_DECLS
