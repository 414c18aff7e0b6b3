/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The token layer as an object: its two interfaces, address resolution and
 * shutdown. What it does with exchanges is in the files beside this one. */
#include "token/gcoap-token-layer-private.h"

#include <string.h>

#include "base/gcoap-error.h"

/**
 * GcoapTokenLayer:
 *
 * Binds responses to requests (RFC 7252 §5.3).
 *
 * It is the [iface@RequestInterface] that stands for the network: a request
 * given to it goes out with a token of its own, and its exchange is answered
 * by the responses that bring this token back. Requests that come from the
 * network are made into exchanges and given to the interface set with
 * [method@TokenLayer.set_inbound].
 *
 * Tokens are 64 random bits; on a secured association they are a count that
 * never repeats while its keys live (RFC 9175 §4.2).
 *
 * It obeys the limits `max-outbound-exchanges`, `max-inbound-exchanges` (also
 * for delivery reports that are waited for),
 * `max-inbound-exchanges-per-peer`, `max-token-length` and `request-timeout`
 * of [class@Limits].
 *
 * Since: 0.1
 */

static void
gcoap_token_layer_request (GcoapRequestInterface *iface,
                           GcoapExchange         *exchange)
{
  gcoap_token_layer_send_request (GCOAP_TOKEN_LAYER (iface), exchange);
}

static void
set_room (GcoapTokenLayer *self,
          GcoapExchange   *exchange)
{
  gcoap_exchange_set_room (exchange,
                           gcoap_token_interface_get_room (self->below,
                                                           gcoap_exchange_get_address (exchange)));
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GTask) task = data;
  GcoapTokenLayer *self = g_task_get_source_object (task);
  GcoapExchange *exchange = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) candidates =
    gcoap_token_interface_resolve_finish (GCOAP_TOKEN_INTERFACE (source), result, &error);

  /* The exchange may have been cancelled without the cancellable. */
  if (gcoap_exchange_get_state (exchange) == GCOAP_EXCHANGE_STATE_CLOSED)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED,
                               "The request was cancelled while its address was looked up.");
      return;
    }
  if (candidates == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  gcoap_exchange_set_address (exchange, g_ptr_array_index (candidates, 0));
  g_ptr_array_remove_index (candidates, 0);
  gcoap_exchange_set_candidates (exchange, g_steal_pointer (&candidates));
  set_room (self, exchange);
  g_task_return_boolean (task, TRUE);
}

static void
gcoap_token_layer_prepare_async (GcoapRequestInterface *iface,
                                 GcoapExchange         *exchange,
                                 GCancellable          *cancellable,
                                 GAsyncReadyCallback    callback,
                                 gpointer               data)
{
  GcoapTokenLayer *self = GCOAP_TOKEN_LAYER (iface);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  const char *destination = gcoap_message_get_destination (gcoap_exchange_get_request (exchange));

  g_task_set_source_tag (task, gcoap_token_layer_prepare_async);
  g_task_set_task_data (task, g_object_ref (exchange), g_object_unref);
  if (gcoap_exchange_get_address (exchange) != NULL)
    {
      set_room (self, exchange);
      g_task_return_boolean (task, TRUE);
    }
  else if (self->is_shut)
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                               "The request cannot be sent: the endpoint has been shut down.");
    }
  else if (destination == NULL)
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                               "The request cannot be sent: it names no destination.");
    }
  else
    {
      gcoap_token_interface_resolve_async (self->below, destination, cancellable, resolved_cb,
                                           g_steal_pointer (&task));
    }
}

static gboolean
gcoap_token_layer_prepare_finish (GcoapRequestInterface *iface,
                                  GAsyncResult          *result,
                                  GError               **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
gcoap_token_layer_recognizes (GcoapRequestInterface *iface,
                              GcoapExchange         *exchange)
{
  GcoapTokenLayer *self = GCOAP_TOKEN_LAYER (iface);
  GcoapEndpointAddress *address = gcoap_exchange_get_address (exchange);
  const char *destination;
  const char *scheme;
  gsize length;

  if (address != NULL)
    return gcoap_token_interface_recognizes (self->below, address);

  destination = gcoap_message_get_destination (gcoap_exchange_get_request (exchange));
  scheme = gcoap_token_interface_get_scheme (self->below);
  length = strlen (scheme);
  return destination != NULL && g_ascii_strncasecmp (destination, scheme, length) == 0
         && g_str_has_prefix (destination + length, "://");
}

/* Ends what is open, the oldest first, at one address or at all. What is made
 * meanwhile by those who hear of it is left alone. */
static void
end_all (GcoapTokenLayer      *self,
         GcoapEndpointAddress *address,
         const GError         *error)
{
  guint64 last = self->table.last_serial;
  GcoapTokenEntry *entry;

  while ((entry = gcoap_token_table_first (&self->table, address)) != NULL
         && entry->serial <= last)
    {
      switch ((GcoapTokenRole) entry->role)
        {
        case GCOAP_TOKEN_ROLE_CLIENT:
          gcoap_token_outgoing_fail (entry, error);
          break;
        case GCOAP_TOKEN_ROLE_SERVER:
          if (address != NULL)
            gcoap_token_incoming_cancel (entry);
          else
            gcoap_token_incoming_refuse (entry);
          break;
        case GCOAP_TOKEN_ROLE_REPORT:
        case GCOAP_N_TOKEN_ROLES:
        default:
          if (address != NULL)
            gcoap_token_delivery_settle (entry, GCOAP_OUTCOME_UNREACHABLE);
          else
            gcoap_token_delivery_forget (entry);
          break;
        }
    }
}

static void
below_shut_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr (GcoapTokenLayer) self = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&self->shutdown_tasks);

  gcoap_token_interface_shutdown_finish (GCOAP_TOKEN_INTERFACE (source), result, &error);
  self->is_down = TRUE;
  for (guint i = 0; i < tasks->len; i++)
    {
      GTask *task = g_ptr_array_index (tasks, i);

      if (error != NULL)
        g_task_return_error (task, g_error_copy (error));
      else
        g_task_return_boolean (task, TRUE);
    }
}

static void
gcoap_token_layer_shutdown_async (GcoapRequestInterface *iface,
                                  GCancellable          *cancellable,
                                  GAsyncReadyCallback    callback,
                                  gpointer               data)
{
  GcoapTokenLayer *self = GCOAP_TOKEN_LAYER (iface);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
  g_autoptr (GError) error = NULL;

  g_task_set_source_tag (task, gcoap_token_layer_shutdown_async);
  if (self->is_down)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (self->is_shut)
    {
      g_ptr_array_add (self->shutdown_tasks, g_steal_pointer (&task));
      return;
    }
  self->is_shut = TRUE;
  self->shutdown_tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (self->shutdown_tasks, g_steal_pointer (&task));

  error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                               "The request was given up: the endpoint is being shut down.");
  end_all (self, NULL, error);
  gcoap_token_interface_shutdown_async (self->below, NULL, below_shut_cb, g_object_ref (self));
}

static gboolean
gcoap_token_layer_shutdown_finish (GcoapRequestInterface *iface,
                                   GAsyncResult          *result,
                                   GError               **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = gcoap_token_layer_request;
  iface->prepare_async = gcoap_token_layer_prepare_async;
  iface->prepare_finish = gcoap_token_layer_prepare_finish;
  iface->recognizes = gcoap_token_layer_recognizes;
  iface->shutdown_async = gcoap_token_layer_shutdown_async;
  iface->shutdown_finish = gcoap_token_layer_shutdown_finish;
}

static void
gcoap_token_layer_dispatch_request (GcoapTokenManager *manager,
                                    const GcoapPdu    *pdu)
{
  gcoap_token_layer_take_request (GCOAP_TOKEN_LAYER (manager), pdu);
}

static gboolean
gcoap_token_layer_dispatch_response (GcoapTokenManager *manager,
                                     const GcoapPdu    *pdu)
{
  return gcoap_token_layer_take_response (GCOAP_TOKEN_LAYER (manager), pdu);
}

static void
gcoap_token_layer_dispatch_outcome (GcoapTokenManager *manager G_GNUC_UNUSED,
                                    GcoapTransmission *transmission,
                                    GcoapOutcome       outcome,
                                    const GError      *error)
{
  GcoapTokenEntry *entry = gcoap_transmission_get_manager_data (transmission);

  if (entry == NULL)
    return;
  if (entry->role == GCOAP_TOKEN_ROLE_REPORT)
    gcoap_token_delivery_settle (entry, outcome);
  else
    gcoap_token_outgoing_settle (entry, outcome, error);
}

static void
gcoap_token_layer_dispatch_error (GcoapTokenManager    *manager,
                                  GcoapEndpointAddress *address,
                                  const GError         *error)
{
  GcoapTokenLayer *self = GCOAP_TOKEN_LAYER (manager);

  g_object_ref (self);
  g_object_ref (address);
  gcoap_token_generator_forget (&self->generator, address);
  end_all (self, address, error);
  g_object_unref (address);
  g_object_unref (self);
}

static gboolean
gcoap_token_layer_dispatch_bad_response (GcoapTokenManager *manager,
                                         const GcoapPdu    *pdu,
                                         const GError      *error)
{
  GcoapTokenLayer *self = GCOAP_TOKEN_LAYER (manager);
  GcoapTokenEntry *entry = gcoap_token_table_find (&self->table, GCOAP_TOKEN_ROLE_CLIENT,
                                                   pdu->address, pdu->token, pdu->token_length);

  /* Of a group others may yet answer. */
  if (entry == NULL)
    return FALSE;
  gcoap_token_outgoing_fail (entry, error);
  return TRUE;
}

static gboolean
gcoap_token_layer_uses (GcoapTokenManager    *manager,
                        GcoapEndpointAddress *address)
{
  return gcoap_token_table_first (&GCOAP_TOKEN_LAYER (manager)->table, address) != NULL;
}

static void
token_manager_init (GcoapTokenManagerInterface *iface)
{
  iface->dispatch_request = gcoap_token_layer_dispatch_request;
  iface->dispatch_response = gcoap_token_layer_dispatch_response;
  iface->dispatch_outcome = gcoap_token_layer_dispatch_outcome;
  iface->dispatch_error = gcoap_token_layer_dispatch_error;
  iface->dispatch_bad_response = gcoap_token_layer_dispatch_bad_response;
  iface->uses = gcoap_token_layer_uses;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapTokenLayer, gcoap_token_layer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init)
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_TOKEN_MANAGER,
                                                      token_manager_init))

static void
gcoap_token_layer_dispose (GObject *object)
{
  GcoapTokenLayer *self = GCOAP_TOKEN_LAYER (object);
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                                  "The request was given up: its endpoint is gone.");

  self->is_shut = TRUE;
  if (self->below != NULL)
    end_all (self, NULL, error);
  gcoap_token_layer_set_inbound (self, NULL);
  G_OBJECT_CLASS (gcoap_token_layer_parent_class)->dispose (object);
}

static void
gcoap_token_layer_finalize (GObject *object)
{
  GcoapTokenLayer *self = GCOAP_TOKEN_LAYER (object);

  gcoap_exchange_pool_clear (&self->pool);
  gcoap_token_generator_clear (&self->generator);
  gcoap_token_table_clear (&self->table);
  g_clear_pointer (&self->shutdown_tasks, g_ptr_array_unref);
  g_clear_object (&self->below);
  g_clear_object (&self->runtime);
  G_OBJECT_CLASS (gcoap_token_layer_parent_class)->finalize (object);
}

static void
gcoap_token_layer_class_init (GcoapTokenLayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = gcoap_token_layer_dispose;
  object_class->finalize = gcoap_token_layer_finalize;
}

static void
gcoap_token_layer_init (GcoapTokenLayer *self)
{
  gcoap_token_table_init (&self->table);
  gcoap_token_generator_init (&self->generator);
  gcoap_token_deliveries_init (self);
}

/**
 * gcoap_token_layer_new:
 * @below: what carries messages with tokens
 * @runtime: the runtime of the stack
 *
 * Makes a token layer over a token interface and becomes its manager.
 *
 * Returns: (transfer full): a new token layer
 *
 * Since: 0.1
 */
GcoapTokenLayer *
gcoap_token_layer_new (GcoapTokenInterface *below,
                       GcoapRuntime        *runtime)
{
  GcoapTokenLayer *self;

  g_return_val_if_fail (GCOAP_IS_TOKEN_INTERFACE (below), NULL);
  g_return_val_if_fail (GCOAP_IS_RUNTIME (runtime), NULL);

  self = g_object_new (GCOAP_TYPE_TOKEN_LAYER, NULL);
  self->below = g_object_ref (below);
  self->below_iface = GCOAP_TOKEN_INTERFACE_GET_IFACE (below);
  self->runtime = g_object_ref (runtime);
  gcoap_token_interface_set_manager (below, GCOAP_TOKEN_MANAGER (self));
  return self;
}

/**
 * gcoap_token_layer_set_inbound:
 * @self: a token layer
 * @inbound: (nullable): what answers the requests of peers, or %NULL if
 *   nothing does
 *
 * Sets where requests from the network go.
 *
 * The layer keeps no reference. Without it requests are rejected with 4.04.
 *
 * Since: 0.1
 */
void
gcoap_token_layer_set_inbound (GcoapTokenLayer       *self,
                               GcoapRequestInterface *inbound)
{
  g_return_if_fail (GCOAP_IS_TOKEN_LAYER (self));
  g_return_if_fail (inbound == NULL || GCOAP_IS_REQUEST_INTERFACE (inbound));

  g_set_weak_pointer (&self->inbound, inbound);
  self->inbound_iface = inbound != NULL ? GCOAP_REQUEST_INTERFACE_GET_IFACE (inbound) : NULL;
}
