/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The address of a peer that is reached over plain UDP. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_UDP_ADDRESS (gcoap_udp_address_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapUdpAddress, gcoap_udp_address, GCOAP, UDP_ADDRESS, GcoapEndpointAddress)

GCOAP_AVAILABLE_IN_ALL
GcoapUdpAddress *gcoap_udp_address_new (GInetSocketAddress *socket_address) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GInetSocketAddress *gcoap_udp_address_dup_socket_address (GcoapUdpAddress *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
