/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/mock-message-interface.h"

#include "base/gcoap-error.h"
#include "helpers/named-address.h"

struct _MockMessageInterface
{
  GObject parent_instance;

  GcoapMessageManager *manager;   /* weak */
  GQueue               sent;
  int                  failure;
  guint                n_shutdowns;
};

static void message_interface_init (GcoapMessageInterfaceInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (MockMessageInterface, mock_message_interface, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_MESSAGE_INTERFACE,
                                                      message_interface_init))

static void
mock_message_interface_set_manager (GcoapMessageInterface *iface,
                                    GcoapMessageManager   *manager)
{
  g_set_weak_pointer (&MOCK_MESSAGE_INTERFACE (iface)->manager, manager);
}

static const char *
mock_message_interface_get_scheme (GcoapMessageInterface *iface G_GNUC_UNUSED)
{
  return "coap";
}

static gboolean
mock_message_interface_send (GcoapMessageInterface  *iface,
                             const GcoapPdu         *pdu,
                             GError                **error)
{
  MockMessageInterface *self = MOCK_MESSAGE_INTERFACE (iface);

  if (self->failure >= 0)
    {
      g_set_error_literal (error, GCOAP_ERROR, self->failure, "The mock was told to fail.");
      return FALSE;
    }
  g_queue_push_tail (&self->sent, kept_pdu_new (pdu));
  return TRUE;
}

static gboolean
mock_message_interface_recognizes (GcoapMessageInterface *iface G_GNUC_UNUSED,
                                   GcoapEndpointAddress  *address)
{
  return TEST_IS_NAMED_ADDRESS (address);
}

static void
mock_message_interface_resolve_async (GcoapMessageInterface *iface,
                                      const char            *uri,
                                      GCancellable          *cancellable,
                                      GAsyncReadyCallback    callback,
                                      gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (iface, cancellable, callback, user_data);
  GPtrArray *addresses;

  g_task_set_source_tag (task, mock_message_interface_resolve_async);
  if (g_str_has_suffix (uri, "//nowhere"))
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND, "Nowhere.");
      return;
    }
  addresses = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (addresses, test_named_address_new (uri + strlen ("coap://"), TEST_ADDRESS_PLAIN));
  g_task_return_pointer (task, addresses, (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
mock_message_interface_resolve_finish (GcoapMessageInterface  *iface,
                                       GAsyncResult           *result,
                                       GError                **error)
{
  g_return_val_if_fail (g_task_is_valid (result, iface), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gsize
mock_message_interface_get_room (GcoapMessageInterface *iface G_GNUC_UNUSED,
                                 GcoapEndpointAddress  *address G_GNUC_UNUSED)
{
  return 999;
}

static void
mock_message_interface_shutdown_async (GcoapMessageInterface *iface,
                                       GCancellable          *cancellable,
                                       GAsyncReadyCallback    callback,
                                       gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (iface, cancellable, callback, user_data);

  MOCK_MESSAGE_INTERFACE (iface)->n_shutdowns++;
  g_task_set_source_tag (task, mock_message_interface_shutdown_async);
  g_task_return_boolean (task, TRUE);
}

static gboolean
mock_message_interface_shutdown_finish (GcoapMessageInterface  *iface,
                                        GAsyncResult           *result,
                                        GError                **error)
{
  g_return_val_if_fail (g_task_is_valid (result, iface), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
message_interface_init (GcoapMessageInterfaceInterface *iface)
{
  iface->set_manager = mock_message_interface_set_manager;
  iface->get_scheme = mock_message_interface_get_scheme;
  iface->send = mock_message_interface_send;
  iface->recognizes = mock_message_interface_recognizes;
  iface->resolve_async = mock_message_interface_resolve_async;
  iface->resolve_finish = mock_message_interface_resolve_finish;
  iface->get_room = mock_message_interface_get_room;
  iface->shutdown_async = mock_message_interface_shutdown_async;
  iface->shutdown_finish = mock_message_interface_shutdown_finish;
}

static void
mock_message_interface_finalize (GObject *object)
{
  MockMessageInterface *self = MOCK_MESSAGE_INTERFACE (object);

  g_clear_weak_pointer (&self->manager);
  g_queue_clear_full (&self->sent, (GDestroyNotify) kept_pdu_free);
  G_OBJECT_CLASS (mock_message_interface_parent_class)->finalize (object);
}

static void
mock_message_interface_class_init (MockMessageInterfaceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mock_message_interface_finalize;
}

static void
mock_message_interface_init (MockMessageInterface *self)
{
  g_queue_init (&self->sent);
  self->failure = -1;
}

MockMessageInterface *
mock_message_interface_new (void)
{
  return g_object_new (MOCK_TYPE_MESSAGE_INTERFACE, NULL);
}

guint
mock_message_interface_count_sent (MockMessageInterface *self)
{
  return self->sent.length;
}

KeptPdu *
mock_message_interface_take_sent (MockMessageInterface *self)
{
  return g_queue_pop_head (&self->sent);
}

void
mock_message_interface_set_failure (MockMessageInterface *self,
                                    int                   code)
{
  self->failure = code;
}

void
mock_message_interface_receive (MockMessageInterface *self,
                                const GcoapPdu       *pdu)
{
  if (self->manager != NULL)
    gcoap_message_manager_dispatch_pdu (self->manager, pdu);
}

void
mock_message_interface_receive_malformed (MockMessageInterface *self,
                                          const GcoapPdu       *pdu)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "Bad.");

  if (self->manager != NULL)
    gcoap_message_manager_dispatch_malformed (self->manager, pdu, error);
}

void
mock_message_interface_report_error (MockMessageInterface *self,
                                     GcoapEndpointAddress *address,
                                     int                   message_id)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE, "Gone.");

  if (self->manager != NULL)
    gcoap_message_manager_dispatch_error (self->manager, address, message_id, error);
}

guint
mock_message_interface_count_shutdowns (MockMessageInterface *self)
{
  return self->n_shutdowns;
}
