/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A TLS session over another byte channel. */
#pragma once

#include "transport/gcoap-byte-channel-private.h"
#include "transport/gcoap-tls-session-private.h"

G_BEGIN_DECLS

/* Takes @lower over, also on failure. @host: what a client calls the server, or
 * NULL. @protocol: the name of what is carried, a literal (RFC 7301). */
GcoapByteChannel *gcoap_tls_channel_new (GcoapByteChannel  *lower,
                                         GcoapTlsKeys      *keys,
                                         const char        *host,
                                         const char        *protocol,
                                         GError           **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
