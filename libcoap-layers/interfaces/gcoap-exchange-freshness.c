/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 9175 §2.3: how old a request can be, as its responder asks; what proves
 * it stands with whoever owns the Echo option. */
#include "interfaces/gcoap-exchange-private.h"

void
gcoap_exchange_set_freshness (GcoapExchange      *self,
                              gint64              age,
                              GcoapChallengeFunc  func,
                              gpointer            data)
{
  self->age = age;
  self->challenge_func = func;
  self->challenge_data = data;
}

/**
 * gcoap_exchange_is_fresh:
 * @self: an inbound exchange
 * @milliseconds: how old the request may be
 *
 * Tells whether the request has proved that it was made not longer ago than
 * this.
 *
 * A request proves it by the Echo option of an earlier response (RFC 9175). One
 * that does not can be answered by [method@Exchange.challenge]. The proof is
 * worth no more than what protects the message on its way: without security,
 * who can change messages can also put an Echo option in them.
 *
 * Returns: %FALSE if the request is older, or has proved nothing
 *
 * Since: 0.1
 */
gboolean
gcoap_exchange_is_fresh (GcoapExchange *self,
                         guint          milliseconds)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), FALSE);

  return self->age >= 0 && self->age <= (gint64) milliseconds;
}

/**
 * gcoap_exchange_challenge:
 * @self: an open, inbound exchange
 *
 * Asks the requester to prove that it makes this request now.
 *
 * The answer is 4.01 with an Echo option; the requester is to repeat the
 * request with that option (RFC 9175 §2.3). It must not have been executed, not
 * even in part. A group is not challenged, but gets no answer.
 *
 * Since: 0.1
 */
void
gcoap_exchange_challenge (GcoapExchange *self)
{
  g_autoptr (GcoapMessage) response = NULL;

  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  if (self->state != GCOAP_EXCHANGE_STATE_OPEN)
    return;
  if (gcoap_exchange_is_group (self))
    {
      gcoap_exchange_dismiss (self);
      return;
    }
  if (self->challenge_func != NULL)
    response = self->challenge_func (self, self->challenge_data);
  else
    response = gcoap_message_new (GCOAP_CODE_UNAUTHORIZED);
  gcoap_exchange_set_repeatable (self, TRUE);
  gcoap_exchange_respond (self, response, TRUE);
}
