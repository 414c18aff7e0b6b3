/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CoAP over plain datagram sockets, with nothing that only some systems have:
 * UDP, and sockets in the file system. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-message-interface.h"
#include "interfaces/gcoap-runtime.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SOCKET_TRANSPORT (gcoap_socket_transport_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapSocketTransport, gcoap_socket_transport, GCOAP, SOCKET_TRANSPORT, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapSocketTransport *gcoap_socket_transport_new_client (GcoapRuntime *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapSocketTransport *gcoap_socket_transport_new_path_client (GcoapRuntime *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapSocketTransport *gcoap_socket_transport_new_server (GcoapRuntime  *runtime,
                                                         const char    *uri,
                                                         GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
char *gcoap_socket_transport_dup_uri (GcoapSocketTransport *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint gcoap_socket_transport_get_max_sockets (GcoapSocketTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_socket_transport_set_max_sockets (GcoapSocketTransport *self,
                                             guint                 sockets);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_socket_transport_get_idle_timeout (GcoapSocketTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_socket_transport_set_idle_timeout (GcoapSocketTransport *self,
                                              guint                 milliseconds);

G_END_DECLS
