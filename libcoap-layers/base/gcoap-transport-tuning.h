/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How hard a message is sent: reliability and the transmission parameters of
 * RFC 7252 §4.8. Boxed; locked when handed to the stack. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

/**
 * GcoapReliability:
 * @GCOAP_RELIABILITY_DEFAULT: requests are confirmable unless they go to a
 *   group; responses are what answers their request best
 * @GCOAP_RELIABILITY_CONFIRMABLE: ask for an acknowledgement
 * @GCOAP_RELIABILITY_NON_CONFIRMABLE: send once, ask for nothing
 *
 * Whether a message is acknowledged and retransmitted (RFC 7252 §2.1).
 *
 * It has no meaning on reliable transports.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_RELIABILITY_DEFAULT,
  GCOAP_RELIABILITY_CONFIRMABLE,
  GCOAP_RELIABILITY_NON_CONFIRMABLE,
} GcoapReliability;

#define GCOAP_TYPE_TRANSPORT_TUNING (gcoap_transport_tuning_get_type ())

typedef struct _GcoapTransportTuning GcoapTransportTuning;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_transport_tuning_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapTransportTuning *gcoap_transport_tuning_new (void) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapTransportTuning *gcoap_transport_tuning_ref (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_unref (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
GcoapTransportTuning *gcoap_transport_tuning_copy (GcoapTransportTuning *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_lock (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
GcoapReliability gcoap_transport_tuning_get_reliability (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_reliability (GcoapTransportTuning *self,
                                             GcoapReliability reliability);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_ack_timeout (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_ack_timeout (GcoapTransportTuning *self,
                                             guint milliseconds);

GCOAP_AVAILABLE_IN_ALL
double gcoap_transport_tuning_get_ack_random_factor (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_ack_random_factor (GcoapTransportTuning *self,
                                                   double factor);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_max_retransmit (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_max_retransmit (GcoapTransportTuning *self,
                                                guint count);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_nstart (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_nstart (GcoapTransportTuning *self,
                                        guint count);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_leisure (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_leisure (GcoapTransportTuning *self,
                                         guint milliseconds);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_empty_ack_delay (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_empty_ack_delay (GcoapTransportTuning *self,
                                                 guint milliseconds);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_probing_rate (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_probing_rate (GcoapTransportTuning *self,
                                              guint bytes_per_second);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_max_latency (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transport_tuning_set_max_latency (GcoapTransportTuning *self,
                                             guint milliseconds);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_max_transmit_span (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_max_transmit_wait (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_exchange_lifetime (GcoapTransportTuning *self);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_transport_tuning_get_non_lifetime (GcoapTransportTuning *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapTransportTuning, gcoap_transport_tuning_unref)

G_END_DECLS
