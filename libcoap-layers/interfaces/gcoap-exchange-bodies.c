/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where the bodies of an exchange go when they are not kept in memory, and who
 * wants to know how far they are. */
#include "interfaces/gcoap-exchange-private.h"

static GcoapExchangeBodies *
need (GcoapExchange *self)
{
  if (self->bodies == NULL)
    self->bodies = g_new0 (GcoapExchangeBodies, 1);
  return self->bodies;
}

static void
forget_done (GcoapExchangeBodies *bodies)
{
  GDestroyNotify destroy = bodies->done_destroy;
  gpointer data = bodies->done_data;

  bodies->done = NULL;
  bodies->done_data = NULL;
  bodies->done_destroy = NULL;
  if (destroy != NULL)
    destroy (data);
}

static void
forget_progress (GcoapExchangeBodies *bodies)
{
  GDestroyNotify destroy = bodies->progress_destroy;
  gpointer data = bodies->progress_data;

  bodies->progress = NULL;
  bodies->progress_data = NULL;
  bodies->progress_destroy = NULL;
  if (destroy != NULL)
    destroy (data);
}

void
gcoap_exchange_clear_bodies (GcoapExchange *self)
{
  GcoapExchangeBodies *bodies = g_steal_pointer (&self->bodies);

  if (bodies == NULL)
    return;
  forget_done (bodies);
  forget_progress (bodies);
  g_clear_object (&bodies->response_sink);
  g_clear_object (&bodies->request_sink);
  g_free (bodies);
}

/* The derived exchange keeps the other alive, and so what the callback's data
 * are. The request sink belongs to one responder. */
void
gcoap_exchange_copy_bodies (GcoapExchange *self,
                            GcoapExchange *derived)
{
  GcoapExchangeBodies *bodies = self->bodies;

  if (bodies == NULL)
    return;
  gcoap_exchange_set_response_sink (derived, bodies->response_sink);
  gcoap_exchange_set_progress_callback (derived, bodies->progress, bodies->progress_data, NULL);
}

void
gcoap_exchange_drop_bodies (GcoapExchange *self)
{
  gcoap_exchange_set_request_body (self, NULL);
  gcoap_exchange_set_response_body (self, NULL);
  gcoap_exchange_clear_bodies (self);
}

void
gcoap_exchange_report_progress (GcoapExchange *self,
                                gboolean       is_response,
                                guint64        bytes,
                                gint64         total)
{
  if (self->bodies != NULL && self->bodies->progress != NULL)
    self->bodies->progress (self, is_response, bytes, total, self->bodies->progress_data);
}

void
gcoap_exchange_report_body (GcoapExchange *self)
{
  if (self->bodies != NULL && self->bodies->done != NULL)
    self->bodies->done (self, self->bodies->done_data);
}

/**
 * gcoap_exchange_get_response_sink:
 * @self: an exchange
 *
 * Gets the stream that the body of the response goes to.
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL if the response is
 *   to have the whole body as its payload
 *
 * Since: 0.1
 */
GOutputStream *
gcoap_exchange_get_response_sink (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->bodies != NULL ? self->bodies->response_sink : NULL;
}

/**
 * gcoap_exchange_set_response_sink:
 * @self: an outbound exchange
 * @sink: (nullable): a stream
 *
 * Sets a stream that the body of the response goes to.
 *
 * The body is written as its blocks come, whatever its size, and the response
 * then has no payload. That of an error response is not written. The stream is
 * not closed. If the representation changes while its blocks are fetched, they
 * are fetched anew, for which the stream must be a [iface@Gio.Seekable] that
 * can be truncated; otherwise the request fails. For exchanges that expect one
 * response.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_response_sink (GcoapExchange *self,
                                  GOutputStream *sink)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (sink == NULL || G_IS_OUTPUT_STREAM (sink));

  if (sink != NULL || self->bodies != NULL)
    g_set_object (&need (self)->response_sink, sink);
}

/**
 * gcoap_exchange_get_request_sink:
 * @self: an exchange
 *
 * Gets the stream that the body of the request goes to.
 *
 * Returns: (transfer none) (nullable): the stream, or %NULL if the responder
 *   has named none
 *
 * Since: 0.1
 */
GOutputStream *
gcoap_exchange_get_request_sink (GcoapExchange *self)
{
  g_return_val_if_fail (GCOAP_IS_EXCHANGE (self), NULL);

  return self->bodies != NULL ? self->bodies->request_sink : NULL;
}

/**
 * gcoap_exchange_set_request_sink:
 * @self: an inbound exchange
 * @sink: a stream
 * @done: (scope notified) (closure user_data) (destroy destroy): called when
 *   the whole body has been written and the stream is closed
 * @user_data: passed to @done
 * @destroy: (nullable): frees @user_data
 *
 * Sets the stream that the body of the request goes to.
 *
 * A responder that wants bodies as %GCOAP_BODY_HANDLING_STREAM is given the
 * exchange when the first block has come, or the whole body at once. Before it returns it either answers,
 * which refuses the body, or names the stream and keeps the exchange. When
 * @done is called it answers. If the rest of the body does not come, or the
 * stream cannot be written to, the exchange is cancelled, which the responder
 * learns from [method@Exchange.set_cancel_callback]. The requester is then told
 * 5.00, or what the stream says by an error of the domain %GCOAP_RESPONSE_ERROR.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_request_sink (GcoapExchange  *self,
                                 GOutputStream  *sink,
                                 GcoapBodyFunc   done,
                                 gpointer        user_data,
                                 GDestroyNotify  destroy)
{
  GcoapExchangeBodies *bodies;

  g_return_if_fail (GCOAP_IS_EXCHANGE (self));
  g_return_if_fail (G_IS_OUTPUT_STREAM (sink));
  g_return_if_fail (done != NULL);

  bodies = need (self);
  forget_done (bodies);
  g_set_object (&bodies->request_sink, sink);
  bodies->done = done;
  bodies->done_data = user_data;
  bodies->done_destroy = destroy;
}

/**
 * gcoap_exchange_set_progress_callback:
 * @self: an outbound exchange
 * @callback: (nullable) (scope notified) (closure user_data) (destroy destroy):
 *   called after each block
 * @user_data: passed to @callback
 * @destroy: (nullable): frees @user_data
 *
 * Lets the requester know how far the transfer of a large body is.
 *
 * Since: 0.1
 */
void
gcoap_exchange_set_progress_callback (GcoapExchange     *self,
                                      GcoapProgressFunc  callback,
                                      gpointer           user_data,
                                      GDestroyNotify     destroy)
{
  g_return_if_fail (GCOAP_IS_EXCHANGE (self));

  if (callback == NULL && self->bodies == NULL)
    return;
  forget_progress (need (self));
  self->bodies->progress = callback;
  self->bodies->progress_data = user_data;
  self->bodies->progress_destroy = destroy;
}
