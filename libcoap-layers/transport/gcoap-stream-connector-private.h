/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes a TCP connection to the host and port of a URI, by whichever of its
 * addresses answers first (RFC 8305). */
#pragma once

#include <gio/gio.h>

#include "wire/gcoap-uri.h"

G_BEGIN_DECLS

void gcoap_stream_connector_connect_async (GcoapUri            *uri,
                                           GCancellable        *cancellable,
                                           GAsyncReadyCallback  callback,
                                           gpointer             user_data);

/* A connected socket, or -1. Errors: GCOAP_ERROR_HOST_NOT_FOUND, _UNREACHABLE,
 * _REFUSED, _TIMED_OUT, _INVALID_URI, G_IO_ERROR_CANCELLED. */
int gcoap_stream_connector_connect_finish (GAsyncResult  *result,
                                           GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
