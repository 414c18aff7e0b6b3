/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A network in one process that loses, delays, repeats and reorders datagrams
 * as it is told, the same way for the same seed. For tests. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <gio/gio.h>

#include "base/gcoap-clock.h"
#include "transport/gcoap-simulated-interface.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_SIMULATED_LINK (gcoap_simulated_link_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_FINAL_TYPE (GcoapSimulatedLink, gcoap_simulated_link, GCOAP, SIMULATED_LINK, GObject)

/**
 * GcoapSimulatedFilter:
 * @link: the link
 * @serial: counts the datagrams given to the link, from 1
 * @from: the name of the sender
 * @to: the name of the receiver
 * @data: (array length=length): the datagram
 * @length: its length in bytes
 * @user_data: what was given to [method@SimulatedLink.set_filter]
 *
 * Decides about each datagram, before chance does.
 *
 * A datagram to a group is shown once per receiver, with one serial number.
 *
 * Returns: %FALSE to lose the datagram
 *
 * Since: 0.1
 */
typedef gboolean (*GcoapSimulatedFilter) (GcoapSimulatedLink *link,
                                          guint               serial,
                                          const char         *from,
                                          const char         *to,
                                          const guint8       *data,
                                          gsize               length,
                                          gpointer            user_data);

GCOAP_AVAILABLE_IN_ALL
GcoapSimulatedLink *gcoap_simulated_link_new (GcoapClock *clock,
                                              guint32     seed) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapSimulatedInterface *gcoap_simulated_link_add_endpoint (GcoapSimulatedLink *self,
                                                            const char         *name,
                                                            GcoapRuntime       *runtime) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapEndpointAddress *gcoap_simulated_link_dup_address (GcoapSimulatedLink *self,
                                                        const char         *name) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_link_set_loss (GcoapSimulatedLink *self,
                                    double              probability);

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_link_set_duplication (GcoapSimulatedLink *self,
                                           double              probability);

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_link_set_reordering (GcoapSimulatedLink *self,
                                          double              probability);

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_link_set_delay (GcoapSimulatedLink *self,
                                     guint               min_delay,
                                     guint               max_delay);

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_link_set_mtu (GcoapSimulatedLink *self,
                                   guint               bytes);

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_link_set_filter (GcoapSimulatedLink   *self,
                                      GcoapSimulatedFilter  filter,
                                      gpointer              user_data,
                                      GDestroyNotify        destroy);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_simulated_link_inject (GcoapSimulatedLink *self,
                                      const char         *from,
                                      const char         *to,
                                      const guint8       *data,
                                      gsize               length);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_simulated_link_get_n_sent (GcoapSimulatedLink *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_simulated_link_get_n_delivered (GcoapSimulatedLink *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_simulated_link_get_n_in_flight (GcoapSimulatedLink *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_simulated_link_set_logging (GcoapSimulatedLink *self,
                                       gboolean            logging);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_simulated_link_dup_log (GcoapSimulatedLink *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
