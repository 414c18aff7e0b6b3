/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the connections of a transport are made with, and what a change of it does
 * to them. */
#include "transport/gcoap-stream-transport-private.h"

#include "base/gcoap-error.h"

/* Whoever was taken out of the store does not stay because it was there. */
static void
credentials_changed_cb (GcoapStreamTransport *self)
{
  g_autoptr (GPtrArray) connections = gcoap_stream_transport_dup_connections (self);

  if (self->security.resumptions != NULL)
    gcoap_tls_resumptions_prune (self->security.resumptions);
  for (guint i = 0; i < connections->len; i++)
    {
      GcoapConnection *connection = connections->pdata[i];
      g_autoptr (GError) error = NULL;

      if (connection->channel == NULL
          || gcoap_byte_channel_is_authorized (connection->channel, self->security.store))
        continue;
      error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                           "The connection to %s was ended: the credentials it was made with are not valid "
                           "any more.", connection->peer);
      gcoap_connection_abort (connection, error, 0);
    }
}

/**
 * gcoap_stream_transport_set_credentials:
 * @self: a stream transport that carries nothing yet
 * @credentials: of a client, what is used for which server; of a server, what it
 *   shows, and which clients it knows
 * @error: return location for an error
 *
 * Says what connections are secured with; of no effect for a scheme without
 * security.
 *
 * What changes in the store holds at once: a connection whose own credential or
 * whose peer is not in it any more ends.
 *
 * Errors: %GCOAP_ERROR_INVALID_ARGUMENT if it listens, and there is nothing to
 * serve with.
 *
 * Returns: %FALSE with @error set if the transport cannot be used
 *
 * Since: 0.1
 */
gboolean
gcoap_stream_transport_set_credentials (GcoapStreamTransport  *self,
                                        GcoapCredentialStore  *credentials,
                                        GError               **error)
{
  g_return_val_if_fail (GCOAP_IS_STREAM_TRANSPORT (self), FALSE);
  g_return_val_if_fail (GCOAP_IS_CREDENTIAL_STORE (credentials), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!self->kind->is_secure)
    return TRUE;
  if (self->security.store != NULL)
    g_signal_handlers_disconnect_by_func (self->security.store, credentials_changed_cb, self);
  gcoap_stream_security_clear (&self->security);
  self->security.store = g_object_ref (credentials);
  g_signal_connect_object (credentials, "notify::serial", G_CALLBACK (credentials_changed_cb), self,
                           G_CONNECT_SWAPPED);
  return self->socket.fd < 0 || gcoap_stream_security_prepare_server (&self->security, error);
}

/**
 * gcoap_stream_transport_set_allowed_origins:
 * @self: a stream transport
 * @origins: (nullable) (array zero-terminated=1): whose web pages may connect;
 *   %NULL for nobody's but our own
 * @error: return location for an error
 *
 * Says which web pages may connect over WebSockets; see
 * [property@Context:allowed-origins]. Of no effect for other schemes.
 *
 * Errors: %GCOAP_ERROR_INVALID_ARGUMENT for what is not an origin.
 *
 * Returns: %FALSE with @error set if nothing was changed
 *
 * Since: 0.1
 */
gboolean
gcoap_stream_transport_set_allowed_origins (GcoapStreamTransport  *self,
                                            const char *const     *origins,
                                            GError               **error)
{
  GcoapWebOrigins *checked = NULL;

  g_return_val_if_fail (GCOAP_IS_STREAM_TRANSPORT (self), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (origins != NULL && (checked = gcoap_web_origins_new (origins, error)) == NULL)
    return FALSE;
  g_clear_pointer (&self->origins, gcoap_web_origins_unref);
  self->origins = checked;
  return TRUE;
}
