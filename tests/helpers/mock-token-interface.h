/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A token interface without a network: it writes down what it is asked to
 * send, and the test says what comes back. */
#pragma once

#include "interfaces/gcoap-token-interface.h"

G_BEGIN_DECLS

#define MOCK_TYPE_TOKEN_INTERFACE (mock_token_interface_get_type ())
G_DECLARE_FINAL_TYPE (MockTokenInterface, mock_token_interface, MOCK, TOKEN_INTERFACE, GObject)

typedef enum
{
  MOCK_SENT_REQUEST,
  MOCK_SENT_RESPONSE,
  MOCK_SENT_NOTHING,     /* send_response() without a message */
  MOCK_SENT_REJECTION,
} MockSentKind;

typedef struct
{
  MockSentKind          kind;
  GcoapMessageType      type;          /* of the request */
  guint16               message_id;    /* of the request */
  GBytes               *token;
  GcoapEndpointAddress *address;
  GcoapLocal           *local;
  GcoapMessage         *message;
  GcoapTransportTuning *tuning;
  gboolean              report;
  GError               *error;
  GcoapTransmission    *transmission;
} MockSent;

MockTokenInterface *mock_token_interface_new (void);

guint mock_token_interface_get_n_sent (MockTokenInterface *self);
/* Counted from 0; negative: from the end. */
MockSent *mock_token_interface_get_sent (MockTokenInterface *self, int position);
gboolean mock_sent_is_abandoned (MockSent *sent);
/* How many transmissions somebody besides the mock still holds. */
guint mock_token_interface_count_held (MockTokenInterface *self);

/* The next send_request() fails with this (transfer full). */
void mock_token_interface_fail_next (MockTokenInterface *self, GError *error);
/* The next send_request() is answered with this before it returns. */
void mock_token_interface_answer_next (MockTokenInterface *self, GcoapMessage *response);
/* Responses go in messages that nobody acknowledges. */
void mock_token_interface_set_unconfirmed (MockTokenInterface *self, gboolean unconfirmed);
void mock_token_interface_set_room (MockTokenInterface *self, gsize room);

/* What resolve_async() finds; the list of (address, ...) ends with NULL. */
void mock_token_interface_set_candidates (MockTokenInterface *self, ...) G_GNUC_NULL_TERMINATED;
/* FALSE: wait for mock_token_interface_finish_resolving (). */
void mock_token_interface_set_resolving_at_once (MockTokenInterface *self, gboolean at_once);
void mock_token_interface_finish_resolving (MockTokenInterface *self, GError *error);
guint mock_token_interface_get_n_resolved (MockTokenInterface *self);
guint mock_token_interface_get_n_shutdowns (MockTokenInterface *self);

/* What comes up */
gboolean mock_token_interface_respond (MockTokenInterface   *self,
                                       MockSent             *request,
                                       GcoapEndpointAddress *from,
                                       GcoapCode             code,
                                       const char           *payload);
gboolean mock_token_interface_respond_message (MockTokenInterface   *self,
                                               MockSent             *request,
                                               GcoapEndpointAddress *from,
                                               GcoapMessage         *message);
void mock_token_interface_settle (MockTokenInterface *self,
                                  MockSent           *sent,
                                  GcoapOutcome        outcome);
void mock_token_interface_break (MockTokenInterface   *self,
                                 GcoapEndpointAddress *address);
void mock_token_interface_request (MockTokenInterface   *self,
                                   GcoapMessageType      type,
                                   const char           *token,
                                   GcoapEndpointAddress *from,
                                   GcoapLocal           *local,
                                   GcoapCode             code);
void mock_token_interface_request_message (MockTokenInterface   *self,
                                           GcoapMessageType      type,
                                           const char           *token,
                                           GcoapEndpointAddress *from,
                                           GcoapLocal           *local,
                                           GcoapMessage         *message);

G_END_DECLS
