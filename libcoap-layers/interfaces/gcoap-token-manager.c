/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interfaces/gcoap-token-manager.h"

/**
 * GcoapTokenManager:
 *
 * What a [iface@TokenInterface] reports events to.
 *
 * Since: 0.1
 */

/**
 * GcoapTokenManagerInterface:
 * @dispatch_request: see gcoap_token_manager_dispatch_request()
 * @dispatch_response: see gcoap_token_manager_dispatch_response()
 * @dispatch_outcome: see gcoap_token_manager_dispatch_outcome()
 * @dispatch_error: see gcoap_token_manager_dispatch_error()
 * @dispatch_bad_response: see gcoap_token_manager_dispatch_bad_response(); by
 *   default nobody takes it
 * @uses: see gcoap_token_manager_uses(); by default nothing is used
 *
 * What the layer above a token interface implements.
 *
 * Since: 0.1
 */

G_DEFINE_INTERFACE (GcoapTokenManager, gcoap_token_manager, G_TYPE_OBJECT)

static gboolean
take_no_bad_response (GcoapTokenManager *self G_GNUC_UNUSED,
                      const GcoapPdu    *pdu G_GNUC_UNUSED,
                      const GError      *error G_GNUC_UNUSED)
{
  return FALSE;
}

static gboolean
use_nothing (GcoapTokenManager    *self G_GNUC_UNUSED,
             GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return FALSE;
}

static void
gcoap_token_manager_default_init (GcoapTokenManagerInterface *iface)
{
  iface->dispatch_bad_response = take_no_bad_response;
  iface->uses = use_nothing;
}

/* One look-up finds the vtable and shows that there is one; it is the dearest
 * part of a call. */
static inline GcoapTokenManagerInterface *
peek_iface (GcoapTokenManager *self)
{
  return self != NULL ? GCOAP_TOKEN_MANAGER_GET_IFACE (self) : NULL;
}

/**
 * gcoap_token_manager_dispatch_request:
 * @self: a token manager
 * @pdu: a request that has not been reported before
 *
 * Reports a request.
 *
 * It is answered now or later with gcoap_token_interface_send_response().
 *
 * Since: 0.1
 */
void
gcoap_token_manager_dispatch_request (GcoapTokenManager *self,
                                      const GcoapPdu    *pdu)
{
  GcoapTokenManagerInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (pdu != NULL && pdu->address != NULL && pdu->message != NULL);

  iface->dispatch_request (self, pdu);
}

/**
 * gcoap_token_manager_dispatch_response:
 * @self: a token manager
 * @pdu: a response that has not been reported before
 *
 * Reports a response.
 *
 * Returns: whether an open request took it; if not, the message layer rejects
 *   it (RFC 7252 §4.2, §5.3.2)
 *
 * Since: 0.1
 */
gboolean
gcoap_token_manager_dispatch_response (GcoapTokenManager *self,
                                       const GcoapPdu    *pdu)
{
  GcoapTokenManagerInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);
  g_return_val_if_fail (pdu != NULL && pdu->address != NULL && pdu->message != NULL, FALSE);

  return iface->dispatch_response (self, pdu);
}

/**
 * gcoap_token_manager_dispatch_outcome:
 * @self: a token manager
 * @transmission: a transmission that was given to this manager
 * @outcome: what became of it
 * @error: (nullable): more about it
 *
 * Reports what became of a request, or of a response whose report was asked
 * for.
 *
 * Since: 0.1
 */
void
gcoap_token_manager_dispatch_outcome (GcoapTokenManager *self,
                                      GcoapTransmission *transmission,
                                      GcoapOutcome       outcome,
                                      const GError      *error)
{
  GcoapTokenManagerInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (transmission != NULL);

  iface->dispatch_outcome (self, transmission, outcome, error);
}

/**
 * gcoap_token_manager_dispatch_error:
 * @self: a token manager
 * @address: an address that is no more
 * @error: why
 *
 * Reports the end of an association: all state that belongs to the address
 * ends.
 *
 * Since: 0.1
 */
void
gcoap_token_manager_dispatch_error (GcoapTokenManager    *self,
                                    GcoapEndpointAddress *address,
                                    const GError         *error)
{
  GcoapTokenManagerInterface *iface = peek_iface (self);

  g_return_if_fail (iface != NULL);
  g_return_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address));
  g_return_if_fail (error != NULL);

  iface->dispatch_error (self, address, error);
}

/**
 * gcoap_token_manager_dispatch_bad_response:
 * @self: a token manager
 * @pdu: token and sender of a response that cannot be read
 * @error: why
 *
 * Reports a response of which only the start is known: the request it is for
 * ends with the error.
 *
 * Returns: whether there is such a request
 *
 * Since: 0.1
 */
gboolean
gcoap_token_manager_dispatch_bad_response (GcoapTokenManager *self,
                                           const GcoapPdu    *pdu,
                                           const GError      *error)
{
  GcoapTokenManagerInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);
  g_return_val_if_fail (pdu != NULL && pdu->address != NULL, FALSE);
  g_return_val_if_fail (error != NULL, FALSE);

  return iface->dispatch_bad_response (self, pdu, error);
}

/**
 * gcoap_token_manager_uses:
 * @self: a token manager
 * @address: an address
 *
 * Asks whether anything is open with an address, a stream of responses as well,
 * so that its connection must not be given up for idleness.
 *
 * Returns: %TRUE if something is
 *
 * Since: 0.1
 */
gboolean
gcoap_token_manager_uses (GcoapTokenManager    *self,
                          GcoapEndpointAddress *address)
{
  GcoapTokenManagerInterface *iface = peek_iface (self);

  g_return_val_if_fail (iface != NULL, FALSE);
  g_return_val_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address), FALSE);

  return iface->uses (self, address);
}
