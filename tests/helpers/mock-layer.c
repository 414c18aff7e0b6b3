/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Stands in for whatever follows in a chain. */
#include "helpers/mock-layer.h"

static void request_interface_init (GcoapRequestInterfaceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MockLayer, mock_layer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

static void
mock_layer_request (GcoapRequestInterface *iface,
                    GcoapExchange         *exchange)
{
  MockLayer *self = MOCK_LAYER (iface);
  g_autoptr (GcoapMessage) response = gcoap_message_new (self->code);

  self->n_requests++;
  self->seen_expects = gcoap_exchange_get_expects (exchange);
  if (self->holds)
    g_ptr_array_add (self->held, g_object_ref (exchange));
  else if (self->error != NULL)
    gcoap_exchange_fail (exchange, self->error);
  else
    gcoap_exchange_respond (exchange, response, TRUE);
}

static void
mock_layer_prepare_async (GcoapRequestInterface *iface,
                          GcoapExchange         *exchange,
                          GCancellable          *cancellable,
                          GAsyncReadyCallback    callback,
                          gpointer               user_data)
{
  MockLayer *self = MOCK_LAYER (iface);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->n_prepared++;
  if (self->prepare_error != NULL)
    g_task_return_error (task, g_error_copy (self->prepare_error));
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
mock_layer_finish (GcoapRequestInterface *iface,
                   GAsyncResult          *result,
                   GError               **error)
{
  g_assert_true (g_task_is_valid (result, iface));
  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
mock_layer_recognizes (GcoapRequestInterface *iface,
                       GcoapExchange         *exchange)
{
  MockLayer *self = MOCK_LAYER (iface);
  g_autofree char *hostinfo = NULL;

  if (self->recognized == NULL)
    return TRUE;
  hostinfo = gcoap_endpoint_address_dup_hostinfo (gcoap_exchange_get_address (exchange));
  return g_str_equal (hostinfo, self->recognized);
}

static void
mock_layer_shutdown_async (GcoapRequestInterface *iface,
                           GCancellable          *cancellable,
                           GAsyncReadyCallback    callback,
                           gpointer               user_data)
{
  MockLayer *self = MOCK_LAYER (iface);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  self->n_shut_down++;
  if (self->prepare_error != NULL)
    g_task_return_error (task, g_error_copy (self->prepare_error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = mock_layer_request;
  iface->prepare_async = mock_layer_prepare_async;
  iface->prepare_finish = mock_layer_finish;
  iface->recognizes = mock_layer_recognizes;
  iface->shutdown_async = mock_layer_shutdown_async;
  iface->shutdown_finish = mock_layer_finish;
}

static void
mock_layer_finalize (GObject *object)
{
  MockLayer *self = MOCK_LAYER (object);

  g_clear_error (&self->error);
  g_clear_error (&self->prepare_error);
  g_free (self->recognized);
  g_ptr_array_unref (self->held);
  G_OBJECT_CLASS (mock_layer_parent_class)->finalize (object);
}

static void
mock_layer_class_init (MockLayerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mock_layer_finalize;
}

static void
mock_layer_init (MockLayer *self)
{
  self->code = GCOAP_CODE_CONTENT;
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
}

MockLayer *
mock_layer_new (void)
{
  return g_object_new (MOCK_TYPE_LAYER, NULL);
}
