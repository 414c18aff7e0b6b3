/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CoAP over DTLS (RFC 7252 §9.1): the scheme coaps. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "credentials/gcoap-credential-store.h"
#include "interfaces/gcoap-message-interface.h"
#include "interfaces/gcoap-runtime.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_DTLS_TRANSPORT (gcoap_dtls_transport_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapDtlsTransport, gcoap_dtls_transport, GCOAP, DTLS_TRANSPORT, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapDtlsTransport *gcoap_dtls_transport_new_client (GcoapRuntime         *runtime,
                                                     GcoapCredentialStore *credentials) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapDtlsTransport *gcoap_dtls_transport_new_server (GcoapRuntime          *runtime,
                                                     const char            *uri,
                                                     GcoapCredentialStore  *credentials,
                                                     GError               **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
char *gcoap_dtls_transport_dup_uri (GcoapDtlsTransport *self);

GCOAP_AVAILABLE_IN_ALL
GcoapCredentialStore *gcoap_dtls_transport_get_credentials (GcoapDtlsTransport *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_dtls_transport_get_max_handshakes (GcoapDtlsTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_dtls_transport_set_max_handshakes (GcoapDtlsTransport *self,
                                              guint               handshakes);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_dtls_transport_get_max_handshakes_per_host (GcoapDtlsTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_dtls_transport_set_max_handshakes_per_host (GcoapDtlsTransport *self,
                                                       guint               handshakes);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_dtls_transport_get_max_sessions (GcoapDtlsTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_dtls_transport_set_max_sessions (GcoapDtlsTransport *self,
                                            guint               sessions);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_dtls_transport_get_handshake_timeout (GcoapDtlsTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_dtls_transport_set_handshake_timeout (GcoapDtlsTransport *self,
                                                 guint               milliseconds);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_dtls_transport_get_idle_timeout (GcoapDtlsTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_dtls_transport_set_idle_timeout (GcoapDtlsTransport *self,
                                            guint               milliseconds);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_dtls_transport_get_mtu (GcoapDtlsTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_dtls_transport_set_mtu (GcoapDtlsTransport *self,
                                   guint               bytes);

G_END_DECLS
