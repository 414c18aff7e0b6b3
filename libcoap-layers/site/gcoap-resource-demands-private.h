/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a resource asks of requests before it looks at them. */
#pragma once

#include "site/gcoap-request-rates-private.h"
#include "site/gcoap-resource.h"

G_BEGIN_DECLS

typedef struct
{
  GArray            *options;             /* (element-type guint16); NULL: none */
  guint              require_freshness;   /* milliseconds; 0: none */
  guint              rate_limit;          /* requests per minute; 0: none */
  GcoapRequestRates *rates;               /* NULL until a request is counted */
  GcoapBodyHandling  body_handling;
} GcoapResourceDemands;

static inline gboolean
gcoap_resource_demands_are_default (const GcoapResourceDemands *self)
{
  return (self->require_freshness | self->rate_limit) == 0;
}

/* FALSE: the request does not meet them, and has been answered. */
gboolean gcoap_resource_demands_check (GcoapResourceDemands *self,
                                       GcoapExchange        *exchange);

void gcoap_resource_demands_clear (GcoapResourceDemands *self);

/* Fills in three properties: require-freshness, rate-limit, body-handling. */
void gcoap_resource_demands_make_properties (GParamSpec **properties);

GcoapResourceDemands *gcoap_resource_get_demands (GcoapResource *self);

G_END_DECLS
