/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One message on its way with all its retransmissions, as its sender sees it:
 * it can be abandoned, replaced by a newer message, and has one outcome.
 *
 * A plain counted struct, embedded as the first member in that of whoever
 * implements it, for there is one per request. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-transport-tuning.h"
#include "wire/gcoap-message.h"

G_BEGIN_DECLS

/**
 * GcoapOutcome:
 * @GCOAP_OUTCOME_ACKNOWLEDGED: the peer has the message
 * @GCOAP_OUTCOME_RESET: the peer rejected the message with RST
 * @GCOAP_OUTCOME_TIMED_OUT: no acknowledgement came after the last
 *   retransmission
 * @GCOAP_OUTCOME_UNREACHABLE: the network reported that the message cannot
 *   arrive
 *
 * What became of a transmission.
 *
 * Since: 0.1
 */
typedef enum
{
  GCOAP_OUTCOME_ACKNOWLEDGED,
  GCOAP_OUTCOME_RESET,
  GCOAP_OUTCOME_TIMED_OUT,
  GCOAP_OUTCOME_UNREACHABLE,
} GcoapOutcome;

#define GCOAP_TYPE_TRANSMISSION (gcoap_transmission_get_type ())

typedef struct _GcoapTransmission GcoapTransmission;
typedef struct _GcoapTransmissionFuncs GcoapTransmissionFuncs;

/**
 * GcoapTransmissionFuncs: (skip)
 * @abandon: stops the transmission
 * @replace: lets a newer message take its place
 * @free: frees the memory when the last reference is gone
 *
 * What the implementor of a transmission does.
 *
 * Since: 0.1
 */
struct _GcoapTransmissionFuncs
{
  void     (*abandon) (GcoapTransmission    *self);
  gboolean (*replace) (GcoapTransmission    *self,
                       GcoapMessage         *message,
                       GcoapTransportTuning *tuning);
  void     (*free)    (GcoapTransmission    *self);
};

/**
 * GcoapTransmission:
 *
 * One message on its way, with all its retransmissions.
 *
 * Since: 0.1
 */
struct _GcoapTransmission
{
  /*< private >*/
  const GcoapTransmissionFuncs *funcs;
  guint                         ref_count;
  gpointer                      manager_data;
  gboolean                      is_parked;   /* until its first message may be sent */
  gboolean                      is_complete;
};

GCOAP_AVAILABLE_IN_ALL
GType gcoap_transmission_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
void gcoap_transmission_init (GcoapTransmission            *self,
                              const GcoapTransmissionFuncs *funcs);

GCOAP_AVAILABLE_IN_ALL
GcoapTransmission *gcoap_transmission_ref (GcoapTransmission *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transmission_unref (GcoapTransmission *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transmission_abandon (GcoapTransmission *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_transmission_replace (GcoapTransmission    *self,
                                     GcoapMessage         *message,
                                     GcoapTransportTuning *tuning);

GCOAP_AVAILABLE_IN_ALL
gpointer gcoap_transmission_get_manager_data (GcoapTransmission *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transmission_set_manager_data (GcoapTransmission *self,
                                          gpointer           data);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_transmission_is_complete (GcoapTransmission *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_transmission_set_complete (GcoapTransmission *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapTransmission, gcoap_transmission_unref)

G_END_DECLS
