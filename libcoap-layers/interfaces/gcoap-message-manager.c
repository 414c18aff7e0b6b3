/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-message-manager.h"

/**
 * GcoapMessageManager:
 *
 * What a [iface@MessageInterface] reports events to.
 *
 * Since: 0.1
 */

/**
 * GcoapMessageManagerInterface:
 * @dispatch_pdu: see gcoap_message_manager_dispatch_pdu()
 * @dispatch_malformed: see gcoap_message_manager_dispatch_malformed()
 * @dispatch_error: see gcoap_message_manager_dispatch_error()
 *
 * What the layer above a datagram transport implements.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (GcoapMessageManager, gcoap_message_manager, G_TYPE_OBJECT)

static void
gcoap_message_manager_default_init (GcoapMessageManagerInterface *iface G_GNUC_UNUSED)
{
}

/* One look-up finds the vtable and shows that there is one; it is the dearest
 * part of a call. */
static inline GcoapMessageManagerInterface *
peek_iface (GcoapMessageManager *self)
{
  return self != NULL ? GCOAP_MESSAGE_MANAGER_GET_IFACE (self) : NULL;
}

/**
 * gcoap_message_manager_dispatch_pdu:
 * @self: a message manager
 * @pdu: a well-formed message with its sender and where it arrived
 *
 * Reports a message.
 *
 * Since: 0.1
 */
void
gcoap_message_manager_dispatch_pdu (GcoapMessageManager *self,
                                    const GcoapPdu      *pdu)
{
  GcoapMessageManagerInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (pdu != NULL && pdu->address != NULL);

  iface->dispatch_pdu (self, pdu);
}

/**
 * gcoap_message_manager_dispatch_malformed:
 * @self: a message manager
 * @pdu: type, message ID, sender and where it arrived; of one that is longer
 *   than what is received, where %GCOAP_ERROR_TOO_LARGE says so, maybe token and
 *   code, the latter as a message without options and payload; nothing else
 * @error: what is wrong with the message
 *
 * Reports a message that has a header but breaks the format after it, so that
 * a confirmable one can be rejected (RFC 7252 §4.2).
 *
 * Since: 0.1
 */
void
gcoap_message_manager_dispatch_malformed (GcoapMessageManager *self,
                                          const GcoapPdu      *pdu,
                                          const GError        *error)
{
  GcoapMessageManagerInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (pdu != NULL && pdu->address != NULL);
  g_return_if_fail (error != NULL);

  iface->dispatch_malformed (self, pdu, error);
}

/**
 * gcoap_message_manager_dispatch_error:
 * @self: a message manager
 * @address: whom messages do not reach
 * @message_id: the message ID of the message that does not arrive, or -1 for
 *   all messages to @address
 * @error: what the network said
 *
 * Reports that the network cannot deliver.
 *
 * Since: 0.1
 */
void
gcoap_message_manager_dispatch_error (GcoapMessageManager  *self,
                                      GcoapEndpointAddress *address,
                                      int                   message_id,
                                      const GError         *error)
{
  GcoapMessageManagerInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address));
  g_return_if_fail (message_id >= -1 && message_id <= 0xffff);
  g_return_if_fail (error != NULL);

  iface->dispatch_error (self, address, message_id, error);
}
