/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message layer between a mock transport and a recording manager, on a clock
 * that a test moves; and short forms of what such tests do and expect.
 *
 * A code of 0 means the Empty message; a token is the bytes of a string. */
#pragma once

#include "helpers/mock-message-interface.h"
#include "helpers/recording-token-manager.h"
#include "interfaces/gcoap-runtime-private.h"
#include "message/gcoap-message-layer.h"

G_BEGIN_DECLS

typedef struct
{
  GcoapClock            *clock;
  GcoapRuntime          *runtime;
  MockMessageInterface  *below;
  RecordingTokenManager *above;
  GcoapMessageLayer     *layer;
  GcoapTokenInterface   *tokens;   /* the layer */
  GcoapEndpointAddress  *peer;
  GcoapEndpointAddress  *other;
  GcoapEndpointAddress  *group;
  GcoapLocal            *group_local;
} MessageStack;

MessageStack *message_stack_new  (GcoapTransportTuning *tuning);

/* Also checks that nothing was sent that the test did not look at. */
void          message_stack_free (MessageStack *self);

/* Lets virtual time pass. */
void message_stack_advance (MessageStack *self,
                            double        seconds);

guint64 message_stack_get_counter (MessageStack *self,
                                   GcoapCounter  counter);

/* From self->peer, unless said otherwise. */
void message_stack_receive          (MessageStack     *self,
                                     GcoapMessageType  type,
                                     guint16           message_id,
                                     guint             code,
                                     const char       *token);
void message_stack_receive_from     (MessageStack         *self,
                                     GcoapEndpointAddress *address,
                                     GcoapMessageType      type,
                                     guint16               message_id,
                                     guint                 code,
                                     const char           *token);
void message_stack_receive_at_group (MessageStack     *self,
                                     GcoapMessageType  type,
                                     guint16           message_id,
                                     guint             code,
                                     const char       *token);

/* Fails the test unless exactly this was sent next, to self->peer; gives its
 * message ID. */
guint16 message_stack_expect    (MessageStack     *self,
                                 GcoapMessageType  type,
                                 guint             code,
                                 const char       *token);
guint16 message_stack_expect_to (MessageStack         *self,
                                 GcoapEndpointAddress *address,
                                 GcoapMessageType      type,
                                 guint                 code,
                                 const char           *token);
void    message_stack_expect_silence (MessageStack *self);

/* The oldest outcome that was not looked at yet must be this; gives the code
 * of its error, or -1. */
int message_stack_expect_outcome (MessageStack      *self,
                                  GcoapTransmission *transmission,
                                  GcoapOutcome       outcome);

GcoapTransmission *message_stack_try_request (MessageStack          *self,
                                              GcoapEndpointAddress  *address,
                                              const char            *token,
                                              GcoapTransportTuning  *tuning,
                                              GError               **error) G_GNUC_WARN_UNUSED_RESULT;

/* A GET to self->peer, which must succeed. */
GcoapTransmission *message_stack_request (MessageStack     *self,
                                          const char       *token,
                                          GcoapReliability  reliability) G_GNUC_WARN_UNUSED_RESULT;

/* Answers what was received last under this message ID with 2.05. */
GcoapTransmission *message_stack_respond (MessageStack     *self,
                                          GcoapMessageType  type,
                                          guint16           message_id,
                                          const char       *token,
                                          GcoapReliability  reliability,
                                          gboolean          report);

GcoapTransportTuning *message_stack_new_tuning (GcoapReliability reliability) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
