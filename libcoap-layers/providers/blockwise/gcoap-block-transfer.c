/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What uploads and downloads have in common: the messages of a transfer, its
 * life and its end. */
#include "providers/blockwise/gcoap-block-transfer-private.h"

GcoapBlockTransfer *
gcoap_block_transfer_new (GcoapBlockwise         *provider,
                          GcoapExchange          *parent,
                          GcoapMessage           *request,
                          GcoapBlockTransferFunc  done,
                          gpointer                data)
{
  GcoapBlockTransfer *self = g_new0 (GcoapBlockTransfer, 1);

  self->ref_count = 1;
  self->provider = g_object_ref (provider);
  self->parent = g_object_ref (parent);
  self->request = gcoap_message_ref (request);
  self->done = done;
  self->data = data;
  self->cancellable = g_cancellable_new ();
  self->total = -1;
  return self;
}

GcoapBlockTransfer *
gcoap_block_transfer_ref (GcoapBlockTransfer *self)
{
  self->ref_count++;
  return self;
}

void
gcoap_block_transfer_unref (GcoapBlockTransfer *self)
{
  GcoapBlockwise *provider = self->provider;
  gint64 forget_at;

  if (--self->ref_count > 0)
    return;
  /* Nobody keeps the beginning of a body for longer (RFC 7959 §2.5). */
  forget_at = gcoap_blockwise_get_now (provider)
              + provider->runtime->limits->body_timeout * G_GINT64_CONSTANT (1000);
  gcoap_request_tags_end (&provider->tags, &self->tag, self->is_concluded, forget_at);
  gcoap_block_download_clear (self);
  g_clear_pointer (&self->reader, gcoap_body_reader_free);
  g_clear_pointer (&self->created, gcoap_message_unref);
  g_clear_pointer (&self->template, gcoap_message_unref);
  g_clear_pointer (&self->notification, gcoap_message_unref);
  g_clear_object (&self->current);
  g_clear_object (&self->cancellable);
  if (self->destroy != NULL)
    self->destroy (self->data);
  g_clear_object (&self->member);
  gcoap_message_unref (self->request);
  g_object_unref (self->parent);
  g_object_unref (self->provider);
  g_free (self);
}

void
gcoap_block_transfer_cancel (GcoapBlockTransfer *self)
{
  g_autoptr (GcoapExchange) current = g_steal_pointer (&self->current);

  self->has_ended = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (current != NULL)
    gcoap_exchange_cancel (current);
}

static void
parent_cancelled_cb (GcoapExchange *parent G_GNUC_UNUSED,
                     gpointer       data)
{
  gcoap_block_transfer_cancel (data);
}

void
gcoap_block_transfer_wait (GcoapBlockTransfer *self)
{
  gcoap_exchange_set_cancel_callback (self->parent, parent_cancelled_cb,
                                      gcoap_block_transfer_ref (self),
                                      (GDestroyNotify) gcoap_block_transfer_unref);
}

/* The end */

static void
end (GcoapBlockTransfer *self,
     GcoapMessage       *response,
     const GError       *error)
{
  g_autoptr (GcoapBlockTransfer) held = gcoap_block_transfer_ref (self);

  if (self->has_ended)
    return;
  self->has_ended = TRUE;
  self->done (self, response, error, self->data);
}

void
gcoap_block_transfer_finish (GcoapBlockTransfer *self,
                             GcoapMessage       *response)
{
  end (self, response, NULL);
}

void
gcoap_block_transfer_fail (GcoapBlockTransfer *self,
                           const GError       *error)
{
  end (self, NULL, error);
}

void
gcoap_block_transfer_fail_new (GcoapBlockTransfer *self,
                               GcoapError          code,
                               const char         *format,
                               ...)
{
  g_autoptr (GError) error = NULL;
  va_list arguments;

  va_start (arguments, format);
  error = g_error_new_valist (GCOAP_ERROR, (gint) code, format, arguments);
  va_end (arguments);
  end (self, NULL, error);
}

char *
gcoap_block_transfer_dup_peer (GcoapBlockTransfer *self)
{
  GcoapEndpointAddress *address = self->member;

  if (address == NULL)
    address = gcoap_exchange_get_address (self->parent);
  return address != NULL ? gcoap_endpoint_address_dup_uri_base (address) : g_strdup ("The peer");
}

GcoapMessage *
gcoap_block_transfer_strip (GcoapMessage *response)
{
  GcoapMessage *copy;

  if (!gcoap_message_has_option (response, GCOAP_OPTION_BLOCK1)
      && !gcoap_message_has_option (response, GCOAP_OPTION_BLOCK2)
      && !gcoap_message_has_option (response, GCOAP_OPTION_SIZE2))
    return gcoap_message_ref (response);

  copy = gcoap_message_copy (response);
  gcoap_message_remove_option (copy, GCOAP_OPTION_BLOCK1);
  gcoap_message_remove_option (copy, GCOAP_OPTION_BLOCK2);
  gcoap_message_remove_option (copy, GCOAP_OPTION_SIZE2);
  return copy;
}

/* Messages */

static void
fail_for_silence (GcoapBlockTransfer *self,
                  GcoapExchange      *exchange)
{
  const GError *error = gcoap_exchange_get_error (exchange);

  /* Without an error it was dismissed: the request wanted no response. */
  end (self, NULL, error);
}

static void
answered_cb (GcoapExchange *exchange,
             gboolean       is_last,
             gpointer       data)
{
  GcoapBlockTransfer *self = data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  g_autoptr (GcoapBlockTransfer) held = gcoap_block_transfer_ref (self);

  if (self->has_ended || exchange != self->current || (response == NULL && !is_last))
    return;
  g_clear_object (&self->current);
  gcoap_exchange_note_activity (self->parent);
  /* RFC 7959 §2.8: of a group, it is who has answered that is asked for more. */
  if (response != NULL && self->member == NULL && gcoap_exchange_is_group (self->parent))
    self->member = g_object_ref (gcoap_exchange_get_responder (exchange));
  if (response == NULL)
    fail_for_silence (self, exchange);
  else if (self->is_uploading)
    gcoap_block_upload_answer (self, response);
  else
    gcoap_block_download_answer (self, response);
}

static void
unref_cb (gpointer data)
{
  gcoap_block_transfer_unref (data);
}

void
gcoap_block_transfer_send (GcoapBlockTransfer *self,
                           GcoapMessage       *message,
                           gboolean            is_final)
{
  g_autoptr (GcoapExchange) exchange = NULL;

  if (!gcoap_exchange_is_open (self->parent))
    return;
  exchange = gcoap_exchange_derive (self->parent, message);
  gcoap_exchange_drop_bodies (exchange);
  gcoap_exchange_set_expects (exchange, GCOAP_EXPECTS_ONE);
  if (!is_final)
    /* A token is for one request, and its successor's for the one that ends
     * the transfer. */
    gcoap_exchange_set_predecessor (exchange, NULL);
  else if (gcoap_exchange_get_expects (self->parent) == GCOAP_EXPECTS_NONE)
    gcoap_exchange_set_expects (exchange, GCOAP_EXPECTS_NONE);
  if (self->member != NULL)
    {
      /* RFC 7959 §2.8: what follows the answer to a group is unicast. */
      gcoap_exchange_set_address (exchange, self->member);
      gcoap_exchange_set_candidates (exchange, NULL);
      gcoap_exchange_set_tuning (exchange, NULL);
    }
  if (self->derived != NULL)
    self->derived (self->data);
  g_set_object (&self->current, exchange);
  gcoap_exchange_open (exchange, answered_cb, gcoap_block_transfer_ref (self), unref_cb);
  gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (self->provider), exchange);
}

void
gcoap_block_transfer_run (GcoapBlockTransfer *self,
                          GcoapBlockStep      step)
{
  g_autoptr (GcoapBlockTransfer) held = gcoap_block_transfer_ref (self);

  self->step = step;
  if (self->is_running)
    return;
  self->is_running = TRUE;
  while (self->step != GCOAP_BLOCK_STEP_NONE && !self->has_ended)
    {
      step = self->step;
      self->step = GCOAP_BLOCK_STEP_NONE;
      if (step == GCOAP_BLOCK_STEP_UPLOAD)
        gcoap_block_upload_step (self);
      else
        gcoap_block_download_step (self);
    }
  self->is_running = FALSE;
}
