/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a simulated link and its endpoints do for each other. */
#pragma once

#include "transport/gcoap-simulated-address-private.h"
#include "transport/gcoap-simulated-link.h"

G_BEGIN_DECLS

/* The endpoint's side */

GcoapSimulatedInterface *gcoap_simulated_interface_new (GcoapSimulatedLink    *link,
                                                        GcoapSimulatedAddress *address,
                                                        GcoapRuntime          *runtime) G_GNUC_WARN_UNUSED_RESULT;

gboolean gcoap_simulated_interface_is_partitioned (GcoapSimulatedInterface *self);
gboolean gcoap_simulated_interface_is_unreachable (GcoapSimulatedInterface *self);

/* A datagram that was sent to @to, this endpoint or a group it is in. */
void gcoap_simulated_interface_receive (GcoapSimulatedInterface *self,
                                        GcoapSimulatedAddress   *from,
                                        GcoapSimulatedAddress   *to,
                                        const guint8            *data,
                                        gsize                    length);

/* The news that a message did not arrive at @to. */
void gcoap_simulated_interface_receive_error (GcoapSimulatedInterface *self,
                                              GcoapSimulatedAddress   *to,
                                              int                      message_id);

/* The link's side */

void gcoap_simulated_link_remove_endpoint (GcoapSimulatedLink    *self,
                                           GcoapSimulatedAddress *address);

/* The one address object of a name; NULL if nobody bears it. */
GcoapSimulatedAddress *gcoap_simulated_link_find_address (GcoapSimulatedLink *self,
                                                          const char         *hostinfo);

void gcoap_simulated_link_join (GcoapSimulatedLink      *self,
                                GcoapSimulatedInterface *member,
                                const char              *group);

guint gcoap_simulated_link_get_mtu (GcoapSimulatedLink *self);

/* Sends one datagram on its way. */
void gcoap_simulated_link_submit (GcoapSimulatedLink    *self,
                                  GcoapSimulatedAddress *from,
                                  GcoapSimulatedAddress *to,
                                  const guint8          *data,
                                  gsize                  length);

/* "name[:port]" of a coap URI in the form addresses use. */
char *gcoap_simulated_link_dup_hostinfo (const char *uri, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
