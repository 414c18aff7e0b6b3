/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the secure transports of a context are made with. */
#include "context/gcoap-context-private.h"

/**
 * gcoap_context_get_credentials:
 * @self: a context
 *
 * Gets what secure requests are made with.
 *
 * Returns: (transfer none) (nullable): the store, or %NULL if there is none
 *
 * Since: 0.1
 */
GcoapCredentialStore *
gcoap_context_get_credentials (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->credentials;
}

/**
 * gcoap_context_set_credentials:
 * @self: a context
 * @credentials: (nullable): a store, or %NULL
 *
 * Sets what secure requests are made with; see [property@Context:credentials].
 *
 * Since: 0.1
 */
void
gcoap_context_set_credentials (GcoapContext         *self,
                               GcoapCredentialStore *credentials)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (credentials == NULL || GCOAP_IS_CREDENTIAL_STORE (credentials));

  if (!g_set_object (&self->credentials, credentials))
    return;
  gcoap_oscore_contexts_set_stores (self->oscore, self->credentials, self->server_credentials);
  g_object_notify (G_OBJECT (self), "credentials");
}

/**
 * gcoap_context_get_server_credentials:
 * @self: a context
 *
 * Gets what secure servers of this context are made with.
 *
 * Returns: (transfer none) (nullable): the store, or %NULL if there is none
 *
 * Since: 0.1
 */
GcoapCredentialStore *
gcoap_context_get_server_credentials (GcoapContext *self)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return self->server_credentials;
}

/**
 * gcoap_context_set_server_credentials:
 * @self: a context
 * @credentials: (nullable): a store, or %NULL
 *
 * Sets what [method@Context.listen] serves with; see
 * [property@Context:server-credentials].
 *
 * Since: 0.1
 */
void
gcoap_context_set_server_credentials (GcoapContext         *self,
                                      GcoapCredentialStore *credentials)
{
  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (credentials == NULL || GCOAP_IS_CREDENTIAL_STORE (credentials));

  if (!g_set_object (&self->server_credentials, credentials))
    return;
  gcoap_oscore_contexts_set_stores (self->oscore, self->credentials, self->server_credentials);
  g_object_notify (G_OBJECT (self), "server-credentials");
}
