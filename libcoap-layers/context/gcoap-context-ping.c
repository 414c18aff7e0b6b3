/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CoAP ping (RFC 7252 §4.3, RFC 8323 §5.4): whether an endpoint is there at all. */
#include "context/gcoap-carrier-private.h"

#include "base/gcoap-error.h"

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  gint64 microseconds = gcoap_carrier_ping_finish (GCOAP_TOKEN_INTERFACE (source), result, &error);

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_int (task, microseconds);
}

static void
resolved_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr (GPtrArray) addresses = NULL;
  GError *error = NULL;

  addresses = gcoap_token_interface_resolve_finish (GCOAP_TOKEN_INTERFACE (source), result, &error);
  if (addresses == NULL)
    g_task_return_error (task, error);
  else
    gcoap_carrier_ping_async (GCOAP_TOKEN_INTERFACE (source), addresses->pdata[0], cancellable, answered_cb,
                              g_object_ref (task));
}

/**
 * gcoap_context_ping_async:
 * @self: a context
 * @uri: a URI of the endpoint; only scheme, host and port count
 * @cancellable: (nullable): a cancellable
 * @callback: (nullable) (scope async): called when the endpoint has answered
 * @user_data: passed to @callback
 *
 * Asks an endpoint for a sign of life.
 *
 * To be called in the thread the context belongs to.
 *
 * Since: 0.1
 */
void
gcoap_context_ping_async (GcoapContext        *self,
                          const char          *uri,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *scheme = NULL;
  GcoapTokenInterface *carrier;
  GError *error = NULL;

  g_return_if_fail (GCOAP_IS_CONTEXT (self));
  g_return_if_fail (uri != NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, gcoap_context_ping_async);
  scheme = gcoap_router_dup_key (uri);
  if (scheme == NULL || !gcoap_context_ensure_client (self, scheme, &error)
      || (carrier = gcoap_carrier_find (self, scheme)) == NULL)
    {
      if (error == NULL)
        error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                             "%s cannot be pinged: CoAP ping needs a URI of a scheme that is carried here.", uri);
      g_task_return_error (task, error);
      return;
    }
  gcoap_token_interface_resolve_async (carrier, uri, cancellable, resolved_cb, g_object_ref (task));
}

/**
 * gcoap_context_ping_finish:
 * @self: a context
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Finishes what [method@Context.ping_async] began.
 *
 * Errors: %GCOAP_ERROR_TIMED_OUT, %GCOAP_ERROR_UNREACHABLE, those of finding
 * the address, %GCOAP_ERROR_UNSUPPORTED, %G_IO_ERROR_CANCELLED.
 *
 * Returns: the round-trip time in microseconds, or -1 with @error set
 *
 * Since: 0.1
 */
gint64
gcoap_context_ping_finish (GcoapContext *self,
                           GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), -1);

  return g_task_propagate_int (G_TASK (result), error);
}
