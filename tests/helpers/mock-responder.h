/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A request interface that answers as the test says: at once, later, or not
 * at all. */
#pragma once

#include "interfaces/gcoap-request-interface.h"

G_BEGIN_DECLS

#define MOCK_TYPE_RESPONDER (mock_responder_get_type ())
G_DECLARE_FINAL_TYPE (MockResponder, mock_responder, MOCK, RESPONDER, GObject)

typedef enum
{
  MOCK_RESPONDER_ANSWER,     /* 2.05 with the number of the request as payload */
  MOCK_RESPONDER_KEEP,       /* hold the exchange until the test answers */
  MOCK_RESPONDER_STREAM,     /* 2.05 that is not the last, then hold */
  MOCK_RESPONDER_DROP,       /* forget it */
  MOCK_RESPONDER_FAIL,       /* with GCOAP_ERROR_FAILED */
  MOCK_RESPONDER_DISMISS,
  MOCK_RESPONDER_REJECT,
} MockResponderMode;

MockResponder *mock_responder_new (MockResponderMode mode);

void mock_responder_set_mode (MockResponder *self, MockResponderMode mode);
/* How many requests it has been given. */
guint mock_responder_get_n_requests (MockResponder *self);
guint mock_responder_get_n_cancelled (MockResponder *self);
guint mock_responder_get_n_kept (MockResponder *self);
/* One it holds, in the order of arrival. */
GcoapExchange *mock_responder_get_kept (MockResponder *self, guint n);
/* Gives up one it holds, answered or not. */
void mock_responder_release (MockResponder *self, guint n);

/* Answers an exchange with 2.05 and a text. */
void mock_respond (GcoapExchange *exchange, const char *text, gboolean is_last);
/* The outcomes of responses sent by this are appended as letters A, R, T, U. */
void mock_respond_reported (GcoapExchange *exchange, const char *text, gboolean is_last,
                            GString *outcomes);

G_END_DECLS
