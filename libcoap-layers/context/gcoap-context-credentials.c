/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a context proves itself with, and whom it trusts. */
#include "context/gcoap-context-private.h"

static GcoapCredentialStore *
get (GcoapCredentialStore **place)
{
  if (*place == NULL)
    *place = gcoap_credential_store_new ();
  return *place;
}

/**
 * gcoap_context_get_credentials:
 * @self: a context
 *
 * Gives what is used for requests to which server; credentials can be added to
 * it.
 *
 * Returns: (transfer none): a store
 *
 * Since: 0.1
 */
GcoapCredentialStore *
gcoap_context_get_credentials (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return get (&self->credentials);
}

/**
 * gcoap_context_set_credentials:
 * @self: a context
 * @credentials: (nullable): a store, or %NULL for an empty one
 *
 * Sets what is used for requests to which server, before the first of them that
 * needs any.
 *
 * Since: 0.1
 */
void
gcoap_context_set_credentials (GcoapContext         *self,
                               GcoapCredentialStore *credentials)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (credentials == NULL || GCOAP_IS_CREDENTIAL_STORE (credentials));

  if (g_set_object (&self->credentials, credentials))
    g_object_notify (G_OBJECT (self), "credentials");
}

/**
 * gcoap_context_get_server_credentials:
 * @self: a context
 *
 * Gives what clients are shown, and which ones are known; credentials can be
 * added to it.
 *
 * Returns: (transfer none): a store
 *
 * Since: 0.1
 */
GcoapCredentialStore *
gcoap_context_get_server_credentials (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return get (&self->server_credentials);
}

/**
 * gcoap_context_set_server_credentials:
 * @self: a context
 * @credentials: (nullable): a store, or %NULL for an empty one
 *
 * Sets what clients are shown, and which ones are known, before it listens.
 *
 * Since: 0.1
 */
void
gcoap_context_set_server_credentials (GcoapContext         *self,
                                      GcoapCredentialStore *credentials)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (credentials == NULL || GCOAP_IS_CREDENTIAL_STORE (credentials));

  if (g_set_object (&self->server_credentials, credentials))
    g_object_notify (G_OBJECT (self), "server-credentials");
}
