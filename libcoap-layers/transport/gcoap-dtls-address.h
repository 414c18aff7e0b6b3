/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address of a peer that is reached by DTLS. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_DTLS_ADDRESS (gcoap_dtls_address_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapDtlsAddress, gcoap_dtls_address, GCOAP, DTLS_ADDRESS, GcoapEndpointAddress)

GCOAP_AVAILABLE_IN_ALL
GInetSocketAddress *gcoap_dtls_address_dup_socket_address (GcoapDtlsAddress *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_dtls_address_is_connected (GcoapDtlsAddress *self);

G_END_DECLS
