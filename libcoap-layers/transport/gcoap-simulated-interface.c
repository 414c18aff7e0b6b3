/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-simulated-interface.h"

#include "base/gcoap-error.h"
#include "interfaces/gcoap-runtime-private.h"
#include "transport/gcoap-malformed-private.h"
#include "transport/gcoap-simulated-link-private.h"
#include "wire/gcoap-datagram-codec-private.h"
#include "wire/gcoap-local-private.h"

/* RFC 7252 §4.6: what a message takes where nothing is known of the path. */
#define DEFAULT_ROOM 1152

/**
 * GcoapSimulatedInterface:
 *
 * An endpoint's end of a [class@SimulatedLink], for a message layer to drive.
 *
 * Since: 0.1
 */
struct _GcoapSimulatedInterface
{
  GObject parent_instance;

  GcoapSimulatedLink    *link;
  GcoapSimulatedAddress *address;
  GcoapRuntime          *runtime;
  GcoapMessageManager   *manager;   /* weak */
  GcoapLocal            *local;
  gboolean               closed;
  gboolean               partitioned;
  gboolean               unreachable;
};

static void
gcoap_simulated_interface_set_manager (GcoapMessageInterface *interface,
                                       GcoapMessageManager   *manager)
{
  g_set_weak_pointer (&GCOAP_SIMULATED_INTERFACE (interface)->manager, manager);
}

static const char *
gcoap_simulated_interface_get_scheme (GcoapMessageInterface *interface G_GNUC_UNUSED)
{
  return "coap";
}

static gboolean
gcoap_simulated_interface_send (GcoapMessageInterface  *interface,
                                const GcoapPdu         *pdu,
                                GError                **error)
{
  GcoapSimulatedInterface *self = GCOAP_SIMULATED_INTERFACE (interface);
  guint mtu = gcoap_simulated_link_get_mtu (self->link);
  g_autofree guint8 *buffer = g_malloc (mtu);
  gsize length;

  if (self->closed)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                   "coap://%s has been shut down.", self->address->hostinfo);
      return FALSE;
    }
  if (!gcoap_message_interface_recognizes (interface, pdu->address))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                           "The address is not one of this link.");
      return FALSE;
    }
  length = gcoap_datagram_encode (pdu, buffer, mtu, error);
  if (length == 0)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_SEND_ERRORS);
      return FALSE;
    }
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_SENT);
  gcoap_runtime_trace_message (self->runtime, TRUE, pdu);
  gcoap_simulated_link_submit (self->link, self->address,
                               GCOAP_SIMULATED_ADDRESS (pdu->address), buffer, length);
  return TRUE;
}

static gboolean
gcoap_simulated_interface_recognizes (GcoapMessageInterface *interface,
                                      GcoapEndpointAddress  *address)
{
  return GCOAP_IS_SIMULATED_ADDRESS (address) &&
         GCOAP_SIMULATED_ADDRESS (address)->link == GCOAP_SIMULATED_INTERFACE (interface)->link;
}

static void
gcoap_simulated_interface_resolve_async (GcoapMessageInterface *interface,
                                         const char            *uri,
                                         GCancellable          *cancellable,
                                         GAsyncReadyCallback    callback,
                                         gpointer               user_data)
{
  GcoapSimulatedInterface *self = GCOAP_SIMULATED_INTERFACE (interface);
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);
  g_autofree char *hostinfo = NULL;
  GError *error = NULL;
  GcoapSimulatedAddress *address;
  GPtrArray *addresses;

  g_task_set_source_tag (task, gcoap_simulated_interface_resolve_async);
  hostinfo = gcoap_simulated_link_dup_hostinfo (uri, &error);
  if (hostinfo == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  address = gcoap_simulated_link_find_address (self->link, hostinfo);
  if (address == NULL)
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND,
                               "%s: there is no such host", hostinfo);
      return;
    }
  addresses = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (addresses, g_object_ref (address));
  g_task_return_pointer (task, addresses, (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
gcoap_simulated_interface_resolve_finish (GcoapMessageInterface  *interface G_GNUC_UNUSED,
                                          GAsyncResult           *result,
                                          GError                **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gsize
gcoap_simulated_interface_get_room (GcoapMessageInterface *interface,
                                    GcoapEndpointAddress  *address G_GNUC_UNUSED)
{
  return MIN (DEFAULT_ROOM, gcoap_simulated_link_get_mtu (GCOAP_SIMULATED_INTERFACE (interface)->link));
}

static void
shut_down (GcoapSimulatedInterface *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  gcoap_simulated_link_remove_endpoint (self->link, self->address);
}

static void
gcoap_simulated_interface_shutdown_async (GcoapMessageInterface *interface,
                                          GCancellable          *cancellable,
                                          GAsyncReadyCallback    callback,
                                          gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (interface, cancellable, callback, user_data);

  g_task_set_source_tag (task, gcoap_simulated_interface_shutdown_async);
  shut_down (GCOAP_SIMULATED_INTERFACE (interface));
  g_task_return_boolean (task, TRUE);
}

static gboolean
gcoap_simulated_interface_shutdown_finish (GcoapMessageInterface  *interface G_GNUC_UNUSED,
                                           GAsyncResult           *result,
                                           GError                **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
message_interface_init (GcoapMessageInterfaceInterface *iface)
{
  iface->set_manager = gcoap_simulated_interface_set_manager;
  iface->get_scheme = gcoap_simulated_interface_get_scheme;
  iface->send = gcoap_simulated_interface_send;
  iface->recognizes = gcoap_simulated_interface_recognizes;
  iface->resolve_async = gcoap_simulated_interface_resolve_async;
  iface->resolve_finish = gcoap_simulated_interface_resolve_finish;
  iface->get_room = gcoap_simulated_interface_get_room;
  iface->shutdown_async = gcoap_simulated_interface_shutdown_async;
  iface->shutdown_finish = gcoap_simulated_interface_shutdown_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapSimulatedInterface, gcoap_simulated_interface, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_MESSAGE_INTERFACE, message_interface_init))

static void
gcoap_simulated_interface_finalize (GObject *object)
{
  GcoapSimulatedInterface *self = GCOAP_SIMULATED_INTERFACE (object);

  shut_down (self);
  g_clear_weak_pointer (&self->manager);
  gcoap_local_unref (self->local);
  g_object_unref (self->runtime);
  g_object_unref (self->address);
  g_object_unref (self->link);
  G_OBJECT_CLASS (gcoap_simulated_interface_parent_class)->finalize (object);
}

static void
gcoap_simulated_interface_class_init (GcoapSimulatedInterfaceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_simulated_interface_finalize;
}

static void
gcoap_simulated_interface_init (GcoapSimulatedInterface *self G_GNUC_UNUSED)
{
}

/* For the link */

GcoapSimulatedInterface *
gcoap_simulated_interface_new (GcoapSimulatedLink    *link,
                               GcoapSimulatedAddress *address,
                               GcoapRuntime          *runtime)
{
  GcoapSimulatedInterface *self = g_object_new (GCOAP_TYPE_SIMULATED_INTERFACE, NULL);

  self->link = g_object_ref (link);
  self->address = g_object_ref (address);
  self->runtime = g_object_ref (runtime);
  self->local = gcoap_local_new (address->hostinfo, 1, FALSE);
  return self;
}

gboolean
gcoap_simulated_interface_is_partitioned (GcoapSimulatedInterface *self)
{
  return self->partitioned;
}

gboolean
gcoap_simulated_interface_is_unreachable (GcoapSimulatedInterface *self)
{
  return self->unreachable;
}

void
gcoap_simulated_interface_receive (GcoapSimulatedInterface *interface,
                                   GcoapSimulatedAddress   *from,
                                   GcoapSimulatedAddress   *to,
                                   const guint8            *data,
                                   gsize                    length)
{
  g_autoptr (GcoapSimulatedInterface) self = g_object_ref (interface);
  g_autoptr (GcoapLocal) local = NULL;
  g_autoptr (GError) error = NULL;
  GcoapDatagramHeader header = { 0 };
  GcoapPdu pdu = { 0 };

  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_RECEIVED);
  local = to->is_group ? gcoap_local_new (to->hostinfo, 1, TRUE) : gcoap_local_ref (self->local);
  if (length > self->runtime->limits->max_datagram_size)
    {
      pdu.address = GCOAP_ENDPOINT_ADDRESS (from);
      pdu.local = local;
      gcoap_malformed_report_too_long (self->runtime, self->manager, data,
                                       self->runtime->limits->max_datagram_size, length, &pdu);
      return;
    }
  if (!gcoap_datagram_decode (data, length, self->runtime->limits->max_token_length, &pdu, &header, &error))
    {
      pdu.address = GCOAP_ENDPOINT_ADDRESS (from);
      pdu.local = local;
      gcoap_malformed_report (self->runtime, self->manager, &header, &pdu, error);
      return;
    }
  pdu.address = GCOAP_ENDPOINT_ADDRESS (from);
  pdu.local = local;
  gcoap_runtime_trace_message (self->runtime, FALSE, &pdu);
  if (self->manager != NULL)
    gcoap_message_manager_dispatch_pdu (self->manager, &pdu);
  g_clear_pointer (&pdu.message, gcoap_message_unref);
}

void
gcoap_simulated_interface_receive_error (GcoapSimulatedInterface *interface,
                                         GcoapSimulatedAddress   *to,
                                         int                      message_id)
{
  g_autoptr (GcoapSimulatedInterface) self = g_object_ref (interface);
  g_autoptr (GError) error = NULL;

  error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE,
                       "coap://%s cannot be reached: nothing listens on its port.", to->hostinfo);
  if (self->manager != NULL)
    gcoap_message_manager_dispatch_error (self->manager, GCOAP_ENDPOINT_ADDRESS (to), message_id, error);
}

/* Public */

/**
 * gcoap_simulated_interface_dup_uri:
 * @self: an endpoint of a simulated link
 *
 * Gives the URI others reach the endpoint at.
 *
 * Returns: (transfer full): `coap://name`
 *
 * Since: 0.1
 */
char *
gcoap_simulated_interface_dup_uri (GcoapSimulatedInterface *self)
{
  g_return_val_if_fail (GCOAP_IS_SIMULATED_INTERFACE (self), NULL);

  return gcoap_endpoint_address_dup_uri_base (GCOAP_ENDPOINT_ADDRESS (self->address));
}

/**
 * gcoap_simulated_interface_join_group:
 * @self: an endpoint of a simulated link
 * @name: the name of a group, not that of an endpoint
 *
 * Joins a group: what others send to `coap://name` comes here as well.
 *
 * Since: 0.1
 */
void
gcoap_simulated_interface_join_group (GcoapSimulatedInterface *self,
                                      const char              *name)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_INTERFACE (self));
  g_return_if_fail (name != NULL);
  g_return_if_fail (!self->closed);

  gcoap_simulated_link_join (self->link, self, name);
}

/**
 * gcoap_simulated_interface_set_partitioned:
 * @self: an endpoint of a simulated link
 * @partitioned: whether it is cut off
 *
 * Cuts the endpoint off: all datagrams from and to it vanish, those on their
 * way included, and nobody is told.
 *
 * Since: 0.1
 */
void
gcoap_simulated_interface_set_partitioned (GcoapSimulatedInterface *self,
                                           gboolean                 partitioned)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_INTERFACE (self));

  self->partitioned = partitioned;
}

/**
 * gcoap_simulated_interface_set_unreachable:
 * @self: an endpoint of a simulated link
 * @unreachable: whether its port is closed
 *
 * Makes the link tell whoever sends to this endpoint that nothing listens
 * there, as ICMP does.
 *
 * The same happens to datagrams for an endpoint that was shut down.
 *
 * Since: 0.1
 */
void
gcoap_simulated_interface_set_unreachable (GcoapSimulatedInterface *self,
                                           gboolean                 unreachable)
{
  g_return_if_fail (GCOAP_IS_SIMULATED_INTERFACE (self));

  self->unreachable = unreachable;
}
