/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/message-stack.h"

#include <string.h>

#include "helpers/named-address.h"

MessageStack *
message_stack_new (GcoapTransportTuning *tuning)
{
  MessageStack *self = g_new0 (MessageStack, 1);

  self->clock = gcoap_clock_new_manual (1000000);
  self->runtime = gcoap_runtime_new (self->clock);
  self->below = mock_message_interface_new ();
  self->above = recording_token_manager_new ();
  self->layer = gcoap_message_layer_new (GCOAP_MESSAGE_INTERFACE (self->below), self->runtime, tuning);
  self->tokens = GCOAP_TOKEN_INTERFACE (self->layer);
  self->peer = test_named_address_new ("peer", TEST_ADDRESS_PLAIN);
  self->other = test_named_address_new ("other", TEST_ADDRESS_PLAIN);
  self->group = test_named_address_new ("group", TEST_ADDRESS_MULTICAST);
  self->group_local = gcoap_local_new ("group", 1, TRUE);
  gcoap_token_interface_set_manager (self->tokens, GCOAP_TOKEN_MANAGER (self->above));
  return self;
}

void
message_stack_free (MessageStack *self)
{
  message_stack_expect_silence (self);
  g_assert_finalize_object (self->layer);
  g_assert_finalize_object (self->above);
  g_assert_finalize_object (self->below);
  g_object_unref (self->runtime);
  g_object_unref (self->clock);
  g_object_unref (self->peer);
  g_object_unref (self->other);
  g_object_unref (self->group);
  gcoap_local_unref (self->group_local);
  g_free (self);
}

void
message_stack_advance (MessageStack *self,
                       double        seconds)
{
  gcoap_clock_advance (self->clock, (gint64) (seconds * G_USEC_PER_SEC));
}

guint64
message_stack_get_counter (MessageStack *self,
                           GcoapCounter  counter)
{
  return self->runtime->statistics->counters[counter];
}

static void
receive (MessageStack         *self,
         GcoapEndpointAddress *address,
         GcoapLocal           *local,
         GcoapMessageType      type,
         guint16               message_id,
         guint                 code,
         const char           *token)
{
  g_autoptr (GcoapMessage) message = code != 0 ? gcoap_message_new (code) : NULL;
  GcoapPdu pdu = {
    .type = type,
    .message_id = message_id,
    .token_length = token != NULL ? (guint32) strlen (token) : 0,
    .token = token != NULL && *token != '\0' ? (const guint8 *) token : NULL,
    .address = address,
    .local = local,
    .message = message,
  };

  if (message != NULL)
    gcoap_message_lock (message);
  mock_message_interface_receive (self->below, &pdu);
}

void
message_stack_receive (MessageStack     *self,
                       GcoapMessageType  type,
                       guint16           message_id,
                       guint             code,
                       const char       *token)
{
  receive (self, self->peer, NULL, type, message_id, code, token);
}

void
message_stack_receive_from (MessageStack         *self,
                            GcoapEndpointAddress *address,
                            GcoapMessageType      type,
                            guint16               message_id,
                            guint                 code,
                            const char           *token)
{
  receive (self, address, NULL, type, message_id, code, token);
}

void
message_stack_receive_at_group (MessageStack     *self,
                                GcoapMessageType  type,
                                guint16           message_id,
                                guint             code,
                                const char       *token)
{
  receive (self, self->peer, self->group_local, type, message_id, code, token);
}

guint16
message_stack_expect_to (MessageStack         *self,
                         GcoapEndpointAddress *address,
                         GcoapMessageType      type,
                         guint                 code,
                         const char           *token)
{
  g_autoptr (KeptPdu) sent = mock_message_interface_take_sent (self->below);
  gsize token_length = token != NULL ? strlen (token) : 0;

  g_assert_nonnull (sent);
  g_assert_true (gcoap_endpoint_address_equal (sent->pdu.address, address));
  g_assert_cmpint (sent->pdu.type, ==, type);
  g_assert_cmpuint (sent->pdu.message != NULL ? gcoap_message_get_code (sent->pdu.message) : 0, ==,
                    code);
  g_assert_cmpmem (sent->pdu.token, sent->pdu.token_length, token, token_length);
  return sent->pdu.message_id;
}

guint16
message_stack_expect (MessageStack     *self,
                      GcoapMessageType  type,
                      guint             code,
                      const char       *token)
{
  return message_stack_expect_to (self, self->peer, type, code, token);
}

void
message_stack_expect_silence (MessageStack *self)
{
  g_assert_cmpuint (mock_message_interface_count_sent (self->below), ==, 0);
}

int
message_stack_expect_outcome (MessageStack      *self,
                              GcoapTransmission *transmission,
                              GcoapOutcome       outcome)
{
  g_autoptr (RecordedOutcome) recorded = recording_token_manager_take_outcome (self->above);

  g_assert_nonnull (recorded);
  g_assert_true (recorded->transmission == transmission);
  g_assert_cmpint (recorded->outcome, ==, outcome);
  return recorded->error != NULL ? recorded->error->code : -1;
}

GcoapTransportTuning *
message_stack_new_tuning (GcoapReliability reliability)
{
  GcoapTransportTuning *tuning = gcoap_transport_tuning_new ();

  gcoap_transport_tuning_set_reliability (tuning, reliability);
  return tuning;
}

GcoapTransmission *
message_stack_try_request (MessageStack          *self,
                           GcoapEndpointAddress  *address,
                           const char            *token,
                           GcoapTransportTuning  *tuning,
                           GError               **error)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  GcoapPdu pdu = {
    .token_length = (guint32) strlen (token),
    .token = *token != '\0' ? (const guint8 *) token : NULL,
    .address = address,
    .message = message,
  };

  return gcoap_token_interface_send_request (self->tokens, &pdu, tuning, error);
}

GcoapTransmission *
message_stack_request (MessageStack     *self,
                       const char       *token,
                       GcoapReliability  reliability)
{
  g_autoptr (GcoapTransportTuning) tuning = message_stack_new_tuning (reliability);
  g_autoptr (GError) error = NULL;
  GcoapTransmission *transmission;

  transmission = message_stack_try_request (self, self->peer, token,
                                            reliability != GCOAP_RELIABILITY_DEFAULT ? tuning : NULL,
                                            &error);
  g_assert_no_error (error);
  g_assert_nonnull (transmission);
  return transmission;
}

GcoapTransmission *
message_stack_respond (MessageStack     *self,
                       GcoapMessageType  type,
                       guint16           message_id,
                       const char       *token,
                       GcoapReliability  reliability,
                       gboolean          report)
{
  g_autoptr (GcoapTransportTuning) tuning = message_stack_new_tuning (reliability);
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_CONTENT);
  GcoapPdu pdu = {
    .type = type,
    .message_id = message_id,
    .token_length = (guint32) strlen (token),
    .token = *token != '\0' ? (const guint8 *) token : NULL,
    .address = self->peer,
  };

  return gcoap_token_interface_send_response (self->tokens, &pdu, message,
                                              reliability != GCOAP_RELIABILITY_DEFAULT ? tuning
                                                                                       : NULL,
                                              report);
}
