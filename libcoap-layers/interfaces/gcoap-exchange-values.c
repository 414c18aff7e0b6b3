/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an exchange says about its request, and what its responder said. */
#include "interfaces/gcoap-exchange-private.h"

#include "wire/gcoap-uri.h"

/**
 * gcoap_exchange_get_state:
 * @self: an exchange
 *
 * Tells how far the exchange is.
 *
 * Returns: the state
 *
 * Since: 0.1
 */
GcoapExchangeState
gcoap_exchange_get_state (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), GCOAP_EXCHANGE_STATE_CLOSED);

  return self->state;
}

/**
 * gcoap_exchange_is_open:
 * @self: an exchange
 *
 * Tells whether a response would still reach the requester.
 *
 * Returns: %TRUE between opening and the end
 *
 * Since: 0.1
 */
gboolean
gcoap_exchange_is_open (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), FALSE);

  return self->state == GCOAP_EXCHANGE_STATE_OPEN;
}

/**
 * gcoap_exchange_is_inbound:
 * @self: an exchange
 *
 * Tells whether the request came from the network.
 *
 * Returns: %TRUE for a peer's request, %FALSE for one of ours
 *
 * Since: 0.1
 */
gboolean
gcoap_exchange_is_inbound (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), FALSE);

  return self->inbound;
}

/**
 * gcoap_exchange_get_request:
 * @self: an exchange
 *
 * Gets the request message.
 *
 * An exchange that was made without a request, as a language binding may do,
 * has a GET that goes nowhere.
 *
 * Returns: (transfer none): the request, locked
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_exchange_get_request (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  if (G_UNLIKELY (self->request == NULL))
    {
      self->request = gcoap_message_new (GCOAP_CODE_GET);
      gcoap_message_lock (self->request);
    }
  return self->request;
}

void
gcoap_exchange_respell_request (GcoapExchange *self,
                                GcoapMessage  *request)
{
  gcoap_message_lock (request);
  gcoap_message_ref (request);
  gcoap_message_unref (self->request);
  self->request = request;
}

/**
 * gcoap_exchange_get_address:
 * @self: an exchange
 *
 * Gets the address of the peer.
 *
 * Returns: (transfer none) (nullable): the address, or %NULL before one was
 *   found
 *
 * Since: 0.1
 */
GcoapEndpointAddress *
gcoap_exchange_get_address (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->address;
}

/**
 * gcoap_exchange_set_address:
 * @self: an outbound exchange that is not open
 * @address: where to send the request
 *
 * Sets the address of the peer, such as that of an earlier exchange.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_address (GcoapExchange        *self,
                            GcoapEndpointAddress *address)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN);

  g_set_object (&self->address, address);
}

void
gcoap_exchange_set_candidates (GcoapExchange *self,
                               GPtrArray     *candidates)
{
  g_clear_pointer (&self->candidates, g_ptr_array_unref);
  self->candidates = candidates;
}

gboolean
gcoap_exchange_try_next_candidate (GcoapExchange *self)
{
  g_autoptr (GcoapEndpointAddress) former = NULL;
  g_autoptr (GcoapEndpointAddress) next = NULL;

  if (self->responded || self->candidates == NULL || self->candidates->len == 0)
    return FALSE;
  former = g_steal_pointer (&self->address);
  next = g_ptr_array_steal_index (self->candidates, 0);
  self->address = g_object_ref (next);
  /* Whoever derived this exchange shall not begin at the dead address again
   * with the next one. */
  for (GcoapExchange *above = self->parent; above != NULL && above->address == former;
       above = above->parent)
    g_set_object (&above->address, next);
  return TRUE;
}

/**
 * gcoap_exchange_get_local:
 * @self: an exchange
 *
 * Gets where the request arrived, or shall leave from.
 *
 * Returns: (transfer none) (nullable): our side, or %NULL if it is all the same
 *
 * Since: 0.1
 */
GcoapLocal *
gcoap_exchange_get_local (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->local;
}

/* What stands in for options that an inbound request does not have. */
static char *
dup_inbound_origin (GcoapExchange *self)
{
  const char *hostinfo = self->local != NULL ? gcoap_local_get_hostinfo (self->local) : NULL;
  const char *host = self->local != NULL ? gcoap_local_get_host (self->local) : NULL;
  const char *scheme;
  g_autofree char *origin = NULL;
  g_autoptr (GcoapUri) uri = NULL;

  if (self->address == NULL || hostinfo == NULL)
    return NULL;
  scheme = gcoap_endpoint_address_get_scheme (self->address);
  origin = g_strconcat (scheme, "://", hostinfo, NULL);
  uri = host != NULL ? gcoap_uri_parse (origin, NULL) : NULL;
  if (uri == NULL)
    return g_steal_pointer (&origin);
  /* RFC 8323 §8.5: the default host is what the client said, the default port
   * that of the connection. */
  return g_strdup_printf ("%s://%s:%u", scheme, host, gcoap_uri_get_port (uri));
}

/**
 * gcoap_exchange_dup_uri:
 * @self: an exchange
 * @error: return location for an error
 *
 * Composes the URI that the request asks for (RFC 7252 §6.5, RFC 8323 §8.7).
 *
 * What its options leave open is, for a request from here, where it goes to;
 * and for one that came in, where it arrived: the address and port, and in place
 * of the address the name that the client used for the connection, see
 * [method@Local.get_host]. A Proxy-Uri option is returned as it is.
 *
 * Errors: %GCOAP_ERROR_INVALID_URI if no URI has such options, or where the
 * request arrived is not known.
 *
 * Returns: (transfer full): the URI, or %NULL with @error set
 *
 * Since: 0.1
 */
char *
gcoap_exchange_dup_uri (GcoapExchange *self,
                        GError       **error)
{
  g_autofree char *origin = NULL;

  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  origin = self->inbound ? dup_inbound_origin (self) : NULL;
  return gcoap_uri_compose (self->request, origin, error);
}

/**
 * gcoap_exchange_set_local:
 * @self: an outbound exchange that is not open
 * @local: (nullable): where the request shall leave from
 *
 * Chooses the source address or the network interface of the request.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_local (GcoapExchange *self,
                          GcoapLocal    *local)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN);

  if (local != NULL)
    gcoap_local_ref (local);
  g_clear_pointer (&self->local, gcoap_local_unref);
  self->local = local;
}

/**
 * gcoap_exchange_is_group:
 * @self: an exchange
 *
 * Tells whether the request goes, or came, to a group (RFC 7252 §8).
 *
 * Returns: %TRUE for a group request
 *
 * Since: 0.1
 */
gboolean
gcoap_exchange_is_group (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), FALSE);

  if (self->inbound)
    return self->local != NULL && gcoap_local_is_group (self->local);
  return self->address != NULL && gcoap_endpoint_address_is_multicast (self->address);
}

/**
 * gcoap_exchange_get_claims:
 * @self: an exchange
 *
 * Gets who the peer has proven to be, each as "kind:identity".
 *
 * They are those that a provider has set, else those of the address.
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): the claims, or
 *   %NULL if nothing was proven
 *
 * Since: 0.1
 */
const char *const *
gcoap_exchange_get_claims (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  if (self->claims == NULL && self->address != NULL)
    return gcoap_endpoint_address_get_claims (self->address);
  return (const char *const *) self->claims;
}

/**
 * gcoap_exchange_set_claims:
 * @self: an exchange that is not open
 * @claims: (nullable) (array zero-terminated=1): what the peer has proven
 *
 * Sets who the peer has proven to be; for transports and security providers.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_claims (GcoapExchange     *self,
                           const char *const *claims)
{
  char **copy;

  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN);

  copy = g_strdupv ((char **) claims);
  g_strfreev (self->claims);
  self->claims = copy;
}

/**
 * gcoap_exchange_get_room:
 * @self: an exchange
 *
 * Tells how large a message may be on this path.
 *
 * Returns: bytes of a whole message, by default 1152 (RFC 7252 §4.6)
 *
 * Since: 0.1
 */
gsize
gcoap_exchange_get_room (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), 0);

  if (self->room != 0)
    return self->room;
  if (self->carrier != NULL && self->address != NULL)
    return gcoap_token_interface_get_room (self->carrier, self->address);
  return GCOAP_EXCHANGE_DEFAULT_ROOM;
}

/**
 * gcoap_exchange_set_room:
 * @self: an exchange that is not open
 * @bytes: how large a message may be, at least 1
 *
 * Sets how large a message may be; a decorator that derives an exchange lowers
 * it by what it adds to messages.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_room (GcoapExchange *self,
                         gsize          bytes)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN);
  g_return_if_fail (bytes > 0);

  self->room = bytes;
}

/**
 * gcoap_exchange_is_reliable:
 * @self: an exchange
 *
 * Tells whether the transport itself is reliable: then there are no
 * confirmable messages (RFC 8323 §2).
 *
 * Returns: %TRUE for reliable transports
 *
 * Since: 0.1
 */
gboolean
gcoap_exchange_is_reliable (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), FALSE);

  return self->address != NULL && gcoap_endpoint_address_is_reliable (self->address);
}

/**
 * gcoap_exchange_get_tuning:
 * @self: an exchange
 *
 * Gets how the request is sent.
 *
 * Returns: (transfer none) (nullable): the tuning, or %NULL for the default
 *
 * Since: 0.1
 */
GcoapTransportTuning *
gcoap_exchange_get_tuning (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->tuning;
}

/**
 * gcoap_exchange_set_tuning:
 * @self: an exchange that is not open
 * @tuning: (nullable): how to send the request, locked by this
 *
 * Chooses how the request is sent.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_tuning (GcoapExchange        *self,
                           GcoapTransportTuning *tuning)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN);

  if (tuning != NULL)
    {
      gcoap_transport_tuning_lock (tuning);
      gcoap_transport_tuning_ref (tuning);
    }
  g_clear_pointer (&self->tuning, gcoap_transport_tuning_unref);
  self->tuning = tuning;
}

/**
 * gcoap_exchange_get_expects:
 * @self: an exchange
 *
 * Tells how many responses the requester asks for.
 *
 * Returns: what is expected, by default %GCOAP_EXPECTS_ONE
 *
 * Since: 0.1
 */
GcoapExpects
gcoap_exchange_get_expects (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), GCOAP_EXPECTS_ONE);

  return self->expects;
}

/**
 * gcoap_exchange_set_expects:
 * @self: an exchange that is not open, or an inbound one without a response
 * @expects: how many responses are asked for
 *
 * Sets how many responses are asked for.
 *
 * Inbound it is a decorator that reads this from the request: the one for
 * observation asks for a stream (RFC 7641 §2).
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_expects (GcoapExchange *self,
                            GcoapExpects   expects)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN || (self->inbound && !self->responded));

  self->expects = expects;
}

/**
 * gcoap_exchange_get_group_wait:
 * @self: an exchange
 *
 * Tells how long a group's answers are waited for.
 *
 * Returns: milliseconds, by default 10000
 *
 * Since: 0.1
 */
guint
gcoap_exchange_get_group_wait (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), 0);

  return self->group_wait;
}

/**
 * gcoap_exchange_set_group_wait:
 * @self: an exchange that is not open
 * @milliseconds: 1 to 86400000 (a day)
 *
 * Sets how long a group's answers are waited for.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_group_wait (GcoapExchange *self,
                               guint          milliseconds)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN);
  g_return_if_fail (milliseconds >= 1 && milliseconds <= 24 * 60 * 60 * 1000);

  self->group_wait = milliseconds;
}

/**
 * gcoap_exchange_get_predecessor:
 * @self: an exchange
 *
 * Gets the exchange whose token this one uses too.
 *
 * Inbound it is an open exchange with the same peer and token. Nothing has
 * been done about it: that is for whoever understands the request.
 *
 * Returns: (transfer none) (nullable): the predecessor
 *
 * Since: 0.1
 */
GcoapExchange *
gcoap_exchange_get_predecessor (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->predecessor;
}

/**
 * gcoap_exchange_set_predecessor:
 * @self: an exchange that is not open
 * @predecessor: (nullable): an exchange with the same peer
 *
 * Makes this exchange the successor of another: its request goes out with the
 * same token, as renewing and cancelling an observation need (RFC 7641 §3.6).
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_predecessor (GcoapExchange *self,
                                GcoapExchange *predecessor)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (self->state < GCOAP_EXCHANGE_STATE_OPEN);
  g_return_if_fail (predecessor != self);

  g_set_object (&self->predecessor, predecessor);
}

/**
 * gcoap_exchange_get_path_depth:
 * @self: an exchange
 *
 * Tells how many segments of Uri-Path have led here.
 *
 * Returns: the number of segments already matched
 *
 * Since: 0.1
 */
guint
gcoap_exchange_get_path_depth (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), 0);

  return self->path_depth;
}

/**
 * gcoap_exchange_set_path_depth:
 * @self: an exchange
 * @segments: how many segments of Uri-Path have been matched
 *
 * Moves on along Uri-Path; for what hands a request to one of its children.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_path_depth (GcoapExchange *self,
                               guint          segments)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (segments <= G_MAXUINT16);

  self->path_depth = segments;
}

/**
 * gcoap_exchange_is_repeatable:
 * @self: an exchange
 *
 * Tells whether answering the same request again does no harm.
 *
 * Returns: %FALSE by default
 *
 * Since: 0.1
 */
gboolean
gcoap_exchange_is_repeatable (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), FALSE);

  return self->repeatable;
}

/**
 * gcoap_exchange_set_repeatable:
 * @self: an inbound exchange
 * @repeatable: whether answering the same request again does no harm
 *
 * Allows the request to be answered anew if it arrives again, instead of the
 * response being kept for the lifetime of the exchange (RFC 7252 §4.5).
 *
 * A site says so of simple GETs; whoever keeps state for the request on the
 * way back takes it back in a response filter.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_repeatable (GcoapExchange *self,
                               gboolean       repeatable)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  self->repeatable = repeatable;
}

/**
 * gcoap_exchange_get_request_body:
 * @self: an exchange
 *
 * Gets the stream a large request payload comes from.
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL if the payload of
 *   the request is all
 *
 * Since: 0.1
 */
GInputStream *
gcoap_exchange_get_request_body (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->request_body;
}

/**
 * gcoap_exchange_set_request_body:
 * @self: an exchange
 * @body: (nullable): a stream
 *
 * Sets the stream a large request payload comes from.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_request_body (GcoapExchange *self,
                                 GInputStream  *body)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  g_set_object (&self->request_body, body);
}

/**
 * gcoap_exchange_get_response_body:
 * @self: an exchange
 *
 * Gets the stream a large response payload comes from.
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL if the payload of
 *   the response is all
 *
 * Since: 0.1
 */
GInputStream *
gcoap_exchange_get_response_body (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->response_body;
}

/**
 * gcoap_exchange_set_response_body:
 * @self: an exchange
 * @body: (nullable): a stream
 *
 * Sets the stream a large response payload comes from.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_response_body (GcoapExchange *self,
                                  GInputStream  *body)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  g_set_object (&self->response_body, body);
}

/**
 * gcoap_exchange_get_response:
 * @self: an exchange
 *
 * Gets the response that is passing, in a sink or a response filter.
 *
 * Returns: (transfer none) (nullable): the response, locked, or %NULL if the
 *   exchange ends without one; take a reference to keep it
 *
 * Since: 0.1
 */
GcoapMessage *
gcoap_exchange_get_response (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->passing.response;
}

/**
 * gcoap_exchange_get_responder:
 * @self: an exchange
 *
 * Gets who sent the response that is passing.
 *
 * For a group request it is one of the group; otherwise the peer.
 *
 * Returns: (transfer none) (nullable): the sender's address
 *
 * Since: 0.1
 */
GcoapEndpointAddress *
gcoap_exchange_get_responder (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->passing.responder != NULL ? self->passing.responder : self->address;
}

/**
 * gcoap_exchange_get_end:
 * @self: an exchange
 *
 * Tells how the exchange ended.
 *
 * Returns: how, or %GCOAP_EXCHANGE_END_NONE
 *
 * Since: 0.1
 */
GcoapExchangeEnd
gcoap_exchange_get_end (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), GCOAP_EXCHANGE_END_NONE);

  return self->end;
}

/**
 * gcoap_exchange_get_error:
 * @self: an exchange
 *
 * Gets why the exchange failed or was rejected.
 *
 * Returns: (transfer none) (nullable): the error
 *
 * Since: 0.1
 */
const GError *
gcoap_exchange_get_error (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->error;
}
