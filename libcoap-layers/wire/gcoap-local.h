/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a message arrived, or shall leave from: our own address, the network
 * interface, and whether it came to a group. Boxed, immutable, shared. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_LOCAL (gcoap_local_get_type ())

typedef struct _GcoapLocal GcoapLocal;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_local_get_type (void) G_GNUC_CONST;

/* hostinfo: "192.0.2.1:5683" or "[ff02::fd%eth0]:5683", NULL when unknown. */
GCOAP_AVAILABLE_IN_ALL
GcoapLocal *gcoap_local_new (const char *hostinfo,
                             guint interface_index,
                             gboolean is_group) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapLocal *gcoap_local_ref (GcoapLocal *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_local_unref (GcoapLocal *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_local_get_hostinfo (GcoapLocal *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_local_get_host (GcoapLocal *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_local_get_interface_index (GcoapLocal *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_local_is_group (GcoapLocal *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapLocal, gcoap_local_unref)

G_END_DECLS
