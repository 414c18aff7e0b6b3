/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The provider as its two halves see it. */
#pragma once

#include "interfaces/gcoap-runtime-private.h"
#include "providers/echo/gcoap-echo-memory-private.h"
#include "providers/echo/gcoap-echo-provider.h"
#include "providers/echo/gcoap-echo-value-private.h"

G_BEGIN_DECLS

struct _GcoapEcho
{
  GcoapRequestProvider parent_instance;

  GcoapRuntime             *runtime;
  GcoapTransportTuning     *non_confirmable;   /* for answers to addresses not verified */
  GcoapAmplificationPolicy  policy;
  guint                     window;            /* milliseconds */
  GcoapEchoKeys             keys;              /* inbound */
  GcoapEchoMemory           memory;            /* outbound */
};

/* RFC 9175 §2.4 item 3: what may go to an address that is not verified when
 * nothing else is known, in bytes of a message without its token. */
#define GCOAP_ECHO_SAFE_SIZE 136

/* No more than three times what came. */
#define GCOAP_ECHO_FACTOR 3

void gcoap_echo_inbound (GcoapRequestProvider *provider,
                         GcoapExchange        *exchange);

void gcoap_echo_outbound (GcoapRequestProvider *provider,
                          GcoapExchange        *exchange);

G_END_DECLS
