/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A requester that writes down what its exchange brings. */
#pragma once

#include "interfaces/gcoap-exchange.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapExchange    *exchange;      /* owned */
  GPtrArray        *responses;     /* of GcoapMessage */
  GPtrArray        *responders;    /* of GcoapEndpointAddress, or NULL */
  guint             n_ends;
  guint             n_calls;
  guint             n_destroyed;
  GcoapExchangeEnd  end;
  GError           *error;
} RecordingSink;

/* Makes an exchange and keeps it with the sink, not yet open. */
RecordingSink *recording_sink_new (GcoapCode             code,
                                   GcoapEndpointAddress *address);
/* Takes over an exchange made elsewhere. */
RecordingSink *recording_sink_new_for_exchange (GcoapExchange *exchange);
void recording_sink_open (RecordingSink *self);
void recording_sink_free (RecordingSink *self);

/* The n-th response as text; "" without payload. */
char *recording_sink_dup_text (RecordingSink *self, guint n);
GcoapCode recording_sink_get_code (RecordingSink *self, guint n);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RecordingSink, recording_sink_free)

G_END_DECLS
