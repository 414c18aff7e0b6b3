/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The "CoAP ping": an Empty confirmable message, which whoever is alive
 * answers with a reset (RFC 7252 §4.3). */
#include "message/gcoap-message-layer-private.h"

#include "base/gcoap-error.h"

static gboolean
cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
              gpointer      data)
{
  GcoapMessageTransmission *ping = data;
  g_autoptr (GTask) task = g_steal_pointer (&ping->ping);

  gcoap_message_transmission_give_away (ping);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
watch_cancellable (GcoapMessageLayer        *self,
                   GcoapMessageTransmission *ping,
                   GCancellable             *cancellable)
{
  if (cancellable == NULL)
    return;
  ping->cancel_source = g_cancellable_source_new (cancellable);
  g_source_set_static_name (ping->cancel_source, "GcoapMessageLayer ping");
  g_source_set_callback (ping->cancel_source, G_SOURCE_FUNC (cancelled_cb), ping, NULL);
  g_source_attach (ping->cancel_source, self->runtime->main_context);
}

/**
 * gcoap_message_layer_ping_async:
 * @self: a message layer
 * @address: whom to ask
 * @cancellable: (nullable): to give up earlier
 * @callback: (scope async): called when the answer is there, or when it is
 *   certain that none comes
 * @user_data: for @callback
 *
 * Asks an endpoint whether it is there.
 *
 * An Empty confirmable message is sent, again and again like any other
 * confirmable message, and waits for its turn like any other (RFC 7252 §4.3,
 * §4.7).
 *
 * Since: 0.1
 */
void
gcoap_message_layer_ping_async (GcoapMessageLayer    *self,
                                GcoapEndpointAddress *address,
                                GCancellable         *cancellable,
                                GAsyncReadyCallback   callback,
                                gpointer              user_data)
{
  g_autoptr (GTask) task = NULL;
  GcoapPdu pdu = { .type = GCOAP_MESSAGE_TYPE_CON, .address = address };
  GcoapMessageTransmission *ping;
  GcoapPeer *peer;
  GError *error = NULL;
  gint64 now;

  g_return_if_fail (GCOAP_IS_MESSAGE_LAYER (self));
  g_return_if_fail (GCOAP_IS_ENDPOINT_ADDRESS (address));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, gcoap_message_layer_ping_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->closed)
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                               "Nothing is sent any more: the connection is being shut down.");
      return;
    }
  /* RFC 7252 §8.1: nothing confirmable goes to a group. */
  if (gcoap_endpoint_address_is_multicast (address))
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                               "A group cannot be pinged.");
      return;
    }

  now = gcoap_message_layer_get_now (self);
  peer = gcoap_peers_take (&self->peers, address, self->runtime->limits->max_peers, now);
  if (peer == NULL)
    {
      gcoap_message_layer_count (self, GCOAP_COUNTER_LIMIT_HITS);
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                               "Messages were sent to too many different endpoints lately.");
      return;
    }

  ping = gcoap_message_transmission_new (self, &pdu, peer, NULL, self->tuning);
  if (!gcoap_message_transmission_submit (ping, now, &error))
    {
      gcoap_message_transmission_end (ping);
      g_task_return_error (task, error);
      return;
    }
  ping->ping = g_steal_pointer (&task);
  watch_cancellable (self, ping, cancellable);
}

/**
 * gcoap_message_layer_ping_finish:
 * @self: a message layer
 * @result: what was given to the callback
 * @error: return location for an error
 *
 * Tells what came of a ping.
 *
 * The time counts from the first of the messages sent, so that it is too long
 * if some were lost.
 *
 * Errors: %GCOAP_ERROR_TIMED_OUT, %GCOAP_ERROR_UNREACHABLE,
 * %GCOAP_ERROR_LIMIT, %GCOAP_ERROR_CLOSED, %G_IO_ERROR_CANCELLED.
 *
 * Returns: the round-trip time in microseconds, or -1 with @error set
 *
 * Since: 0.1
 */
gint64
gcoap_message_layer_ping_finish (GcoapMessageLayer  *self,
                                 GAsyncResult       *result,
                                 GError            **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);
  g_return_val_if_fail (g_async_result_is_tagged (result, gcoap_message_layer_ping_async), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
