/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A transport of datagrams that records what is sent, and lets a test say what
 * arrives. */
#pragma once

#include "helpers/kept-pdu.h"
#include "interfaces/gcoap-message-interface.h"

G_BEGIN_DECLS

#define MOCK_TYPE_MESSAGE_INTERFACE (mock_message_interface_get_type ())

G_DECLARE_FINAL_TYPE (MockMessageInterface, mock_message_interface, MOCK, MESSAGE_INTERFACE, GObject)

MockMessageInterface *mock_message_interface_new (void) G_GNUC_WARN_UNUSED_RESULT;

/* What was sent and not looked at yet: count, and the oldest one. */
guint    mock_message_interface_count_sent (MockMessageInterface *self);
KeptPdu *mock_message_interface_take_sent  (MockMessageInterface *self) G_GNUC_WARN_UNUSED_RESULT;

/* From now on sending fails with this code of GCOAP_ERROR; -1: it works. */
void mock_message_interface_set_failure (MockMessageInterface *self,
                                         int                   code);

/* Things the network does. */
void mock_message_interface_receive           (MockMessageInterface *self,
                                               const GcoapPdu       *pdu);
void mock_message_interface_receive_malformed (MockMessageInterface *self,
                                               const GcoapPdu       *pdu);
void mock_message_interface_report_error      (MockMessageInterface *self,
                                               GcoapEndpointAddress *address,
                                               int                   message_id);

guint mock_message_interface_count_shutdowns (MockMessageInterface *self);

G_END_DECLS
