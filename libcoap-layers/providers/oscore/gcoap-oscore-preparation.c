/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which requests of ours are protected: those to URIs that have an OSCORE
 * credential. It shows in the address they are given. */
#include "providers/oscore/gcoap-oscore-provider-private.h"

#include "base/gcoap-error.h"
#include "wire/gcoap-uri.h"

typedef struct
{
  GcoapRequestInterface *next;
  GcoapExchange         *exchange;
  GcoapOscoreSlot       *slot;
} Preparation;

static void
preparation_free (gpointer data)
{
  Preparation *self = data;

  g_object_unref (self->next);
  g_object_unref (self->exchange);
  gcoap_oscore_slot_unref (self->slot);
  g_free (self);
}

static void
opened_cb (GcoapOscoreSlot *slot,
           const GError    *error,
           gpointer         user_data)
{
  g_autoptr (GTask) task = user_data;
  Preparation *self = g_task_get_task_data (task);
  GcoapExchange *exchange = self->exchange;
  g_autoptr (GcoapEndpointAddress) address = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      return;
    }
  /* It may have been cancelled meanwhile. */
  if (gcoap_exchange_get_state (exchange) < GCOAP_EXCHANGE_STATE_OPEN)
    {
      gsize overhead = gcoap_oscore_get_overhead (gcoap_oscore_context_get_keys (slot->context));

      address = gcoap_oscore_address_new (exchange->address, slot);
      gcoap_exchange_set_address (exchange, address);
      if (exchange->room > 2 * overhead)
        exchange->room -= overhead;
    }
  g_task_return_boolean (task, TRUE);
}

static void
prepared_cb (GObject      *source G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Preparation *self = g_task_get_task_data (task);
  GcoapExchange *exchange = self->exchange;
  GError *error = NULL;

  if (!gcoap_request_interface_prepare_finish (self->next, result, &error))
    g_task_return_error (task, error);
  else if (gcoap_exchange_is_group (exchange) || gcoap_exchange_get_expects (exchange) == GCOAP_EXPECTS_GROUP)
    g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                             "A request to a group cannot be protected with OSCORE.");
  else
    gcoap_oscore_slot_open (self->slot, opened_cb, g_steal_pointer (&task));
}

/* The context for the URI of the request. NULL without an error: none. */
static GcoapOscoreSlot *
lookup (GcoapOscore   *self,
        GcoapExchange *exchange,
        GError       **error)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  g_autofree char *origin = g_strdup (gcoap_message_get_destination (request));
  g_autofree char *uri = NULL;
  g_autoptr (GcoapUri) parsed = NULL;

  if (!gcoap_oscore_contexts_has_patterns (self->contexts))
    return NULL;
  if (origin == NULL && exchange->address != NULL)
    origin = gcoap_endpoint_address_dup_uri_base (exchange->address);
  /* Whoever comes next complains. */
  if (origin == NULL)
    return NULL;
  uri = gcoap_uri_compose (request, origin, error);
  if (uri == NULL)
    return NULL;
  /* What a proxy is asked for by another protocol has no credential here. */
  parsed = gcoap_uri_parse (uri, NULL);
  if (parsed == NULL)
    return NULL;
  return gcoap_oscore_contexts_lookup (self->contexts, uri, error);
}

gboolean
gcoap_oscore_prepare (GcoapOscore           *self,
                      GcoapRequestInterface *next,
                      GcoapExchange         *exchange,
                      GCancellable          *cancellable,
                      GAsyncReadyCallback    callback,
                      gpointer               user_data)
{
  g_autoptr (GTask) task = NULL;
  GcoapOscoreSlot *slot = gcoap_oscore_find_slot (exchange);
  Preparation *preparation;
  GError *error = NULL;

  if (self->contexts == NULL || next == NULL)
    return FALSE;
  if (slot != NULL)
    {
      g_autoptr (GcoapEndpointAddress) lower =
        g_object_ref (gcoap_oscore_address_get_lower (GCOAP_OSCORE_ADDRESS (exchange->address)));

      gcoap_oscore_slot_ref (slot);
      gcoap_exchange_set_address (exchange, lower);
    }
  else
    {
      slot = lookup (self, exchange, &error);
      if (slot == NULL && error == NULL)
        return FALSE;
      if (slot != NULL)
        gcoap_oscore_slot_ref (slot);
    }

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, gcoap_oscore_prepare);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return TRUE;
    }
  preparation = g_new0 (Preparation, 1);
  preparation->next = g_object_ref (next);
  preparation->exchange = g_object_ref (exchange);
  preparation->slot = slot;
  g_task_set_task_data (task, preparation, preparation_free);
  gcoap_request_interface_prepare_async (next, exchange, cancellable, prepared_cb, g_steal_pointer (&task));
  return TRUE;
}
