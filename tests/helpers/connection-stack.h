/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One connection over a channel in memory, with a manual clock: the test is
 * its peer, and its transport. */
#pragma once

#include "helpers/kept-pdu.h"
#include "helpers/memory-channel.h"
#include "transport/gcoap-connection-private.h"

G_BEGIN_DECLS

typedef struct _ConnectionStack ConnectionStack;

typedef void (*ConnectionRequestFunc) (ConnectionStack *stack,
                                       const GcoapPdu  *pdu);

struct _ConnectionStack
{
  GcoapRuntime          *runtime;
  GcoapConnectionHost    host;
  GcoapConnection       *connection;
  MemoryChannel         *channel;
  gboolean               is_closed;    /* the channel is gone */
  gboolean               is_deferred;
  gboolean               is_used;      /* what is said when it is asked */
  guint                  n_ready;
  guint                  n_retired;
  guint                  n_drained;
  guint                  n_closed;
  GError                *error;        /* why it ended */
  GIOCondition           condition;    /* what it waits for */
  GQueue                 requests;     /* of KeptPdu */
  GQueue                 responses;
  ConnectionRequestFunc  answer;       /* NULL: they stay unanswered */
};

/* Not started yet. */
ConnectionStack *connection_stack_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* Takes the framing over. */
ConnectionStack *connection_stack_new_with_framing (GcoapMessageFraming *framing) G_GNUC_WARN_UNUSED_RESULT;
void connection_stack_free (ConnectionStack *self);

/* Starts it, and lets the peer send an empty CSM. What was sent until then is
 * forgotten. */
void connection_stack_open (ConnectionStack *self);

/* The peer sends bytes, given in hexadecimal with spaces as one likes. */
void connection_stack_feed (ConnectionStack *self,
                            const char      *hex);

/* Lets the connection do what it can. */
void connection_stack_step (ConnectionStack *self);

void connection_stack_advance (ConnectionStack *self,
                               guint            milliseconds);

/* Takes the first message that was sent; NULL: there is none. */
KeptPdu *connection_stack_take (ConnectionStack *self) G_GNUC_WARN_UNUSED_RESULT;

/* Checks the code of the first message that was sent. */
void connection_stack_assert_sent (ConnectionStack *self,
                                   guint            code);
void connection_stack_assert_silent (ConnectionStack *self);

/* Answers it with so many bytes. */
void connection_stack_respond (ConnectionStack *self,
                               const GcoapPdu  *request,
                               gsize            payload_length);

G_END_DECLS
