/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A token layer between a mock token interface and a mock responder, on a
 * manual clock. */
#pragma once

#include "helpers/mock-responder.h"
#include "helpers/mock-token-interface.h"
#include "helpers/named-address.h"
#include "helpers/recording-sink.h"
#include "interfaces/gcoap-runtime-private.h"
#include "token/gcoap-token-layer.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapClock           *clock;
  GcoapRuntime         *runtime;
  MockTokenInterface   *below;
  GcoapTokenLayer      *layer;
  MockResponder        *responder;
  GcoapEndpointAddress *peer;
  GcoapEndpointAddress *other;
  GcoapEndpointAddress *group;
  GcoapLocal           *group_local;
} TokenStack;

TokenStack *token_stack_new (void);
/* Fails if anything is left open below. */
void token_stack_free (TokenStack *self);

/* Opens the exchange and hands it to the layer. */
void token_stack_send (TokenStack *self, RecordingSink *sink);
/* What was sent last. */
MockSent *token_stack_last (TokenStack *self);
void token_stack_advance (TokenStack *self, guint milliseconds);
/* Shuts the layer down and waits for the end of it. */
void token_stack_shutdown (TokenStack *self);
/* Runs idle sources. */
void token_stack_settle (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TokenStack, token_stack_free)

G_END_DECLS
