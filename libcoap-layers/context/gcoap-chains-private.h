/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which providers stand between the application and the network, and in which
 * order. */
#pragma once

#include "interfaces/gcoap-request-interface.h"
#include "interfaces/gcoap-runtime.h"
#include "providers/oscore/gcoap-oscore-contexts-private.h"

G_BEGIN_DECLS

/* The head of the chain on the way out, ending in @router. @contexts: those that
 * both chains protect messages with. */
GcoapRequestInterface *gcoap_chains_make_outbound (GcoapRequestInterface *router,
                                                   GcoapRuntime          *runtime,
                                                   GcoapOscoreContexts   *contexts) G_GNUC_WARN_UNUSED_RESULT;

/* The head of the chain on the way in, ending in @slot. */
GcoapRequestInterface *gcoap_chains_make_inbound (GcoapRequestInterface *slot,
                                                  GcoapRuntime          *runtime,
                                                  GcoapOscoreContexts   *contexts) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
