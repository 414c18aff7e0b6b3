/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who may ask for what is below a path, told by the claims of exchanges. */
#pragma once

#include "interfaces/gcoap-exchange.h"

G_BEGIN_DECLS

typedef struct _GcoapSiteRequirements GcoapSiteRequirements;

GcoapSiteRequirements *gcoap_site_requirements_new (void) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_site_requirements_free (GcoapSiteRequirements *self);

/* @segments: (element-type GBytes), taken. @pattern: NULL takes all patterns of
 * just this path away. */
void gcoap_site_requirements_add (GcoapSiteRequirements *self,
                                  GPtrArray             *segments,
                                  const char            *pattern);

/* Whether the claims of @exchange are enough for its path from segment @depth
 * on: at each path above or at it that has patterns, one of them matches. */
gboolean gcoap_site_requirements_are_met (GcoapSiteRequirements *self,
                                          GcoapExchange         *exchange,
                                          guint                  depth);

G_END_DECLS
