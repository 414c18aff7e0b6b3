/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the side that was connected to was called: its address, and the name that
 * the client used, which is the default of Uri-Host (RFC 8323 §8.5). */
#pragma once

#include "wire/gcoap-local.h"

G_BEGIN_DECLS

/* Reads "host" or "host:port" as a peer wrote it. Returns the host in the form of
 * a URI, without the port; NULL if it is not one. */
char *gcoap_stream_local_dup_host (const char *text,
                                   gsize       length) G_GNUC_WARN_UNUSED_RESULT;

/* @host: what gcoap_stream_local_dup_host() gave, or NULL. NULL: the socket is
 * none of IP. */
GcoapLocal *gcoap_stream_local_new (int         fd,
                                    guint16     default_port,
                                    const char *host) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
