/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CoAP over UDP (RFC 7252): one socket for both roles and both families. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include "interfaces/gcoap-message-interface.h"
#include "interfaces/gcoap-runtime.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_UDP_TRANSPORT (gcoap_udp_transport_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapUdpTransport, gcoap_udp_transport, GCOAP, UDP_TRANSPORT, GObject)

GCOAP_AVAILABLE_IN_ALL
GcoapUdpTransport *gcoap_udp_transport_new_client (GcoapRuntime  *runtime,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapUdpTransport *gcoap_udp_transport_new_server (GcoapRuntime  *runtime,
                                                   const char    *uri,
                                                   GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapUdpTransport *gcoap_udp_transport_new_from_fd (GcoapRuntime  *runtime,
                                                    int            fd,
                                                    GError       **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
char *gcoap_udp_transport_dup_uri (GcoapUdpTransport *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_udp_transport_is_wildcard (GcoapUdpTransport *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_udp_transport_join_groups (GcoapUdpTransport  *self,
                                          const char *const  *interfaces,
                                          GError            **error);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_udp_transport_get_busy_poll (GcoapUdpTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_udp_transport_set_busy_poll (GcoapUdpTransport *self,
                                        guint              microseconds);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_udp_transport_get_max_waiting (GcoapUdpTransport *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_udp_transport_set_max_waiting (GcoapUdpTransport *self,
                                          guint              datagrams);

G_END_DECLS
