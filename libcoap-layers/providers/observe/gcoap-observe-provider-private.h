/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the two files of the provider share. */
#pragma once

#include "interfaces/gcoap-exchange-private.h"
#include "interfaces/gcoap-runtime-private.h"
#include "providers/observe/gcoap-observe-provider.h"

G_BEGIN_DECLS

struct _GcoapObserve
{
  GcoapRequestProvider parent_instance;

  GcoapRuntime         *runtime;
  GHashTable           *observers;        /* by their exchange as it came in */
  GHashTable           *peers;            /* by address */
  GcoapMessage         *unnumbered;       /* the latest notification as the resource gave it, */
  GcoapMessage         *numbered;         /* and with its number, for the next observer; or NULL */
  guint32               number;
  GcoapTransportTuning *confirmable;
  GcoapTransportTuning *non_confirmable;
  guint                 non_confirmable_interval;
  guint                 max_non_confirmable;
  guint                 confirm_delay;
  gboolean              allow_groups;
};

void gcoap_observers_init (GcoapObserve *self);

/* There are none left: each keeps the provider. */
void gcoap_observers_clear (GcoapObserve *self);

/* The inbound half. */
void gcoap_observers_take_request (GcoapObserve  *self,
                                   GcoapExchange *exchange);

G_END_DECLS
