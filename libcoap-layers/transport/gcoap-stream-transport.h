/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CoAP over connections (RFC 8323): made, accepted and reused. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "credentials/gcoap-credential-store.h"
#include "interfaces/gcoap-runtime.h"
#include "interfaces/gcoap-token-interface.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_STREAM_TRANSPORT (gcoap_stream_transport_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapStreamTransport, gcoap_stream_transport, GCOAP, STREAM_TRANSPORT, GObject)

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_stream_transport_carries (const char *scheme);

GCOAP_AVAILABLE_IN_ALL
GcoapStreamTransport *gcoap_stream_transport_new_client (GcoapRuntime  *runtime,
                                                         const char    *scheme,
                                                         GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapStreamTransport *gcoap_stream_transport_new_server (GcoapRuntime  *runtime,
                                                         const char    *uri,
                                                         GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapStreamTransport *gcoap_stream_transport_new_from_fd (GcoapRuntime  *runtime,
                                                          const char    *scheme,
                                                          int            fd,
                                                          GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_stream_transport_is_secure (GcoapStreamTransport *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_stream_transport_set_credentials (GcoapStreamTransport  *self,
                                                 GcoapCredentialStore  *credentials,
                                                 GError               **error);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_stream_transport_set_allowed_origins (GcoapStreamTransport *self,
                                                     const char *const *origins,
                                                     GError **error);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_stream_transport_dup_uri (GcoapStreamTransport *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint gcoap_stream_transport_get_n_connections (GcoapStreamTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_stream_transport_ping_async (GcoapStreamTransport *self,
                                        GcoapEndpointAddress *address,
                                        GCancellable         *cancellable,
                                        GAsyncReadyCallback   callback,
                                        gpointer              user_data);

GCOAP_AVAILABLE_IN_ALL
gint64 gcoap_stream_transport_ping_finish (GcoapStreamTransport *self,
                                           GAsyncResult         *result,
                                           GError              **error);

G_END_DECLS
