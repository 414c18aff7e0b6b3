/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 6690 §4: the resource that lists the others of a site. */
#pragma once

#include "site/gcoap-resource.h"
#include "site/gcoap-site.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_WELL_KNOWN_CORE (gcoap_well_known_core_get_type ())

G_DECLARE_FINAL_TYPE (GcoapWellKnownCore, gcoap_well_known_core, GCOAP, WELL_KNOWN_CORE, GcoapResource)

/* The site holds the resource, not the other way round. */
GcoapResource *gcoap_well_known_core_new (GcoapSite *site) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
