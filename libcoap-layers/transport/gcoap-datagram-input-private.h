/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every datagram transport does with a datagram: decode it, and tell the
 * manager. */
#pragma once

#include "interfaces/gcoap-message-manager.h"
#include "interfaces/gcoap-runtime.h"

G_BEGIN_DECLS

/* @manager is where the manager, or NULL, stands: a trace may make it go. @iface
 * is its vtable, for looking it up costs as much as decoding. @full_length is
 * more than @length if the datagram did not fit. The caller keeps @address and
 * @local (may be NULL) alive, and the place of @manager. */
void gcoap_datagram_input (GcoapRuntime                 *runtime,
                           GcoapMessageManager         **manager,
                           GcoapMessageManagerInterface *iface,
                           const guint8                 *data,
                           gsize                         length,
                           gsize                         full_length,
                           GcoapEndpointAddress         *address,
                           GcoapLocal                   *local);

G_END_DECLS
