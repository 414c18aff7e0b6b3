/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The inner end of the inbound chain: the place where a context's site is put,
 * and what answers while there is none. */
#pragma once

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SITE_SLOT (gcoap_site_slot_get_type ())

G_DECLARE_FINAL_TYPE (GcoapSiteSlot, gcoap_site_slot, GCOAP, SITE_SLOT, GObject)

GcoapSiteSlot *gcoap_site_slot_new (void) G_GNUC_WARN_UNUSED_RESULT;

GcoapRequestInterface *gcoap_site_slot_get_site (GcoapSiteSlot *self);

gboolean gcoap_site_slot_set_site (GcoapSiteSlot         *self,
                                   GcoapRequestInterface *site);

G_END_DECLS
