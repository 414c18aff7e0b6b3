/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The runtime as the layers read it, at the cost of a load. */
#pragma once

#include "base/gcoap-clock-private.h"
#include "base/gcoap-limits-private.h"
#include "base/gcoap-statistics-private.h"
#include "interfaces/gcoap-runtime.h"

G_BEGIN_DECLS

struct _GcoapRuntime
{
  GObject parent_instance;

  GMainContext    *main_context;
  GcoapClock      *clock;
  GcoapLimits     *limits;
  GcoapStatistics *statistics;
  GcoapTrace      *trace;        /* usually NULL */
  guint            n_tracing;    /* calls of it that are running */
  gboolean         reuse_port;   /* listeners share their ports with others of this user */
};

/* A trace may replace itself, and drop whatever it can reach. */
void gcoap_runtime_call_trace_message (GcoapRuntime   *self,
                                       gboolean        sent,
                                       const GcoapPdu *pdu);
void gcoap_runtime_call_trace_note    (GcoapRuntime         *self,
                                       GcoapEndpointAddress *address,
                                       const char           *text);

static inline void
gcoap_runtime_trace_message (GcoapRuntime   *self,
                             gboolean        sent,
                             const GcoapPdu *pdu)
{
  if (G_UNLIKELY (self->trace != NULL))
    gcoap_runtime_call_trace_message (self, sent, pdu);
}

static inline void
gcoap_runtime_trace_note (GcoapRuntime         *self,
                          GcoapEndpointAddress *address,
                          const char           *text)
{
  if (G_UNLIKELY (self->trace != NULL))
    gcoap_runtime_call_trace_note (self, address, text);
}

G_END_DECLS
