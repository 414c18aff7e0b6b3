/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address of a peer that is reached by a connection. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_STREAM_ADDRESS (gcoap_stream_address_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapStreamAddress, gcoap_stream_address, GCOAP, STREAM_ADDRESS, GcoapEndpointAddress)

GCOAP_AVAILABLE_IN_ALL
GInetSocketAddress *gcoap_stream_address_dup_socket_address (GcoapStreamAddress *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_stream_address_is_connected (GcoapStreamAddress *self);

G_END_DECLS
