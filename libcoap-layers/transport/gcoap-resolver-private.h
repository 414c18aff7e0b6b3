/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the IP addresses and port that a CoAP URI names, without blocking. */
#pragma once

#include <gio/gio.h>

#include "wire/gcoap-uri.h"

G_BEGIN_DECLS

typedef enum
{
  GCOAP_RESOLVER_IPV4 = 1 << 0,
  GCOAP_RESOLVER_IPV6 = 1 << 1,
} GcoapResolverFamilies;

/* The address and port of a URI whose host is an IP address; there is nothing to
 * wait for. */
GInetSocketAddress *gcoap_resolver_read_literal (GcoapUri  *uri,
                                                 GError   **error) G_GNUC_WARN_UNUSED_RESULT;

/* The URI must be of this scheme; addresses of other families are left out.
 * The callback's source object is NULL. */
void gcoap_resolver_lookup_async (const char            *uri,
                                  const char            *scheme,
                                  GcoapResolverFamilies  families,
                                  GCancellable          *cancellable,
                                  GAsyncReadyCallback    callback,
                                  gpointer               user_data);

/* GInetSocketAddress, best first, never empty. Errors: GCOAP_ERROR_INVALID_URI,
 * _UNSUPPORTED, _HOST_NOT_FOUND, G_IO_ERROR_CANCELLED. */
GPtrArray *gcoap_resolver_lookup_finish (GAsyncResult  *result,
                                         GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
