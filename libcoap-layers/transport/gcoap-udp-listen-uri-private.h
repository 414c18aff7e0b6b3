/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a server over UDP or TCP is told to listen on. */
#pragma once

#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

/* The IP address and port of "coap://[::]:5683"; port 0 asks for a free one. */
gboolean gcoap_udp_key_from_listen_uri (GcoapUdpKey  *key,
                                        const char   *uri,
                                        GError      **error);

/* The same for any scheme of CoAP, which is returned. */
char *gcoap_udp_key_from_any_listen_uri (GcoapUdpKey  *key,
                                         const char   *uri,
                                         GError      **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
