/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* When a message last came from the few endpoints somebody wants to know this
 * of. As long as there are none there is no table. */
#pragma once

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

typedef struct
{
  GHashTable *table;   /* NULL without watchers */
} GcoapLiveness;

void gcoap_liveness_clear (GcoapLiveness *self);

/* To be undone as often as it was done. */
void gcoap_liveness_watch (GcoapLiveness        *self,
                           GcoapEndpointAddress *address);
void gcoap_liveness_unwatch (GcoapLiveness        *self,
                             GcoapEndpointAddress *address);

void gcoap_liveness_note_heard (GcoapLiveness        *self,
                                GcoapEndpointAddress *address,
                                gint64                now);

/* G_MININT64 if never, or if it is not watched. */
gint64 gcoap_liveness_get_last_heard (GcoapLiveness        *self,
                                      GcoapEndpointAddress *address);

G_END_DECLS
