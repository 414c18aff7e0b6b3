/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finds the providers in the chains of a context, for those who want other
 * settings than the default ones. */
#include "context/gcoap-context-private.h"

#include "request/gcoap-request-provider.h"

static GcoapRequestProvider *
find (GcoapRequestInterface *link,
      GType                  type)
{
  while (GCOAP_IS_REQUEST_PROVIDER (link))
    {
      if (g_type_is_a (G_OBJECT_TYPE (link), type))
        return GCOAP_REQUEST_PROVIDER (link);
      link = gcoap_request_provider_get_next (GCOAP_REQUEST_PROVIDER (link));
    }
  return NULL;
}

/**
 * gcoap_context_get_inbound_provider:
 * @self: a context
 * @type: the type of a provider, such as that of [class@Observe]
 *
 * Gives the provider that peers' requests pass on their way to the site, so
 * that its settings can be changed: [property@Observe:non-confirmable-interval],
 * for instance.
 *
 * Returns: (transfer none) (nullable): the provider, or %NULL if there is none
 *   of the type
 *
 * Since: 0.1
 */
GcoapRequestProvider *
gcoap_context_get_inbound_provider (GcoapContext *self,
                                    GType         type)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return find (self->inbound, type);
}

/**
 * gcoap_context_get_outbound_provider:
 * @self: a context
 * @type: the type of a provider, such as that of [class@Blockwise]
 *
 * Gives the provider that requests pass on their way to the network, so that its
 * settings can be changed: [property@Blockwise:block-size], for instance.
 *
 * Returns: (transfer none) (nullable): the provider, or %NULL if there is none
 *   of the type
 *
 * Since: 0.1
 */
GcoapRequestProvider *
gcoap_context_get_outbound_provider (GcoapContext *self,
                                     GType         type)
{
  g_return_val_if_fail (GCOAP_IS_CONTEXT (self), NULL);

  return find (self->outbound, type);
}
