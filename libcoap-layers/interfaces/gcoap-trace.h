/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Watches every message of a stack go by; derived for each form of writing it
 * down. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "wire/gcoap-pdu.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_TRACE (gcoap_trace_get_type ())

GCOAP_AVAILABLE_IN_ALL
G_DECLARE_DERIVABLE_TYPE (GcoapTrace, gcoap_trace, GCOAP, TRACE, GObject)

/**
 * GcoapTraceClass:
 * @message: see gcoap_trace_message()
 * @note: see gcoap_trace_note()
 *
 * What a way of writing messages down implements.
 *
 * Since: 0.1
 */
struct _GcoapTraceClass
{
  GObjectClass parent_class;

  void (*message) (GcoapTrace     *self,
                   gboolean        sent,
                   const GcoapPdu *pdu);
  void (*note)    (GcoapTrace           *self,
                   GcoapEndpointAddress *address,
                   const char           *text);

  /*< private >*/
  gpointer padding[8];
};

GCOAP_AVAILABLE_IN_ALL
void gcoap_trace_message (GcoapTrace     *self,
                          gboolean        sent,
                          const GcoapPdu *pdu);

GCOAP_AVAILABLE_IN_ALL
void gcoap_trace_note (GcoapTrace           *self,
                       GcoapEndpointAddress *address,
                       const char           *text);

G_END_DECLS
