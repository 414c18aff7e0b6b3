/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages in the frames of a WebSocket (RFC 8323 §4, RFC 6455), after the
 * handshake over HTTP, which is a part of it. */
#pragma once

#include "transport/gcoap-message-framing-private.h"
#include "transport/gcoap-web-origins-private.h"
#include "wire/gcoap-uri.h"

G_BEGIN_DECLS

/* Whether the library was built with it. */
gboolean gcoap_web_socket_is_available (void);

/* @uri NULL: for the side that was connected to. @origins: of whose pages that
 * takes connections beside its own; NULL: of nobody's. */
GcoapMessageFraming *gcoap_web_socket_framing_new (GcoapUri        *uri,
                                                   GcoapWebOrigins *origins);

G_END_DECLS
