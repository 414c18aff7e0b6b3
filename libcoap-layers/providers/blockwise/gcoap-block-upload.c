/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sending a request body in blocks (RFC 7959 §2.5). */
#include "providers/blockwise/gcoap-block-transfer-private.h"

/* How often a body is sent again from its beginning. */
#define MAX_RESTARTS 2

static void
begin_operation (GcoapBlockTransfer *self)
{
  GcoapBlockwise *provider = self->provider;
  g_autoptr (GBytes) key = gcoap_blockwise_get_key (self->request);

  gcoap_request_tags_begin (&provider->tags, gcoap_blockwise_get_peer (self->parent), key,
                            gcoap_blockwise_get_now (provider), &self->tag);
}

static gboolean
choose_size (GcoapBlockTransfer *self,
             guint               max_exponent)
{
  GcoapExchange *parent = self->parent;
  gint64 total = gcoap_body_reader_get_size (self->reader);
  guint largest = gcoap_block_sizes_fit (
    gcoap_block_sizes_room_for_payload (self->request, gcoap_exchange_get_room (parent)));
  g_autofree char *peer = NULL;

  largest = MIN (largest, max_exponent);
  self->exponent = gcoap_blockwise_choose_exponent (self->provider, parent, self->request, TRUE);
  self->exponent = MIN (self->exponent, max_exponent);
  /* A preference for small blocks is given up for a body they cannot number. */
  while (self->exponent < largest
         && total > (gint64) gcoap_block_sizes_max_body (self->exponent))
    self->exponent++;
  if (total <= (gint64) gcoap_block_sizes_max_body (self->exponent))
    return TRUE;
  peer = gcoap_block_transfer_dup_peer (self);
  gcoap_block_transfer_fail_new (self, GCOAP_ERROR_TOO_LARGE,
                                 "The body has %" G_GINT64_FORMAT " bytes; no more than %"
                                 G_GUINT64_FORMAT " can be sent to %s in blocks.", total,
                                 gcoap_block_sizes_max_body (self->exponent), peer);
  return FALSE;
}

void
gcoap_block_upload_start (GcoapBlockTransfer *self,
                          guint               max_exponent)
{
  GInputStream *stream = gcoap_exchange_get_request_body (self->parent);

  if (gcoap_exchange_is_group (self->parent))
    {
      /* RFC 7959 §2.8 has no use of Block1 with groups. */
      gcoap_block_transfer_fail_new (self, GCOAP_ERROR_TOO_LARGE,
                                     "A request to a group must fit into one message.");
      return;
    }
  if (self->reader == NULL && stream != NULL)
    {
      self->reader = gcoap_body_reader_new_for_stream (stream, 16384);
    }
  else if (self->reader == NULL)
    {
      GBytes *payload = gcoap_message_get_payload (self->request);
      g_autoptr (GBytes) empty = g_bytes_new_static ("", 0);

      self->reader = gcoap_body_reader_new_for_bytes (payload != NULL ? payload : empty);
    }
  self->is_uploading = TRUE;
  if (!choose_size (self, max_exponent))
    return;
  begin_operation (self);
  gcoap_block_transfer_run (self, GCOAP_BLOCK_STEP_UPLOAD);
}

static GcoapMessage *
make_message (GcoapBlockTransfer *self,
              const guint8       *data,
              gsize               length,
              gboolean            more,
              guint               number)
{
  GcoapMessage *message = gcoap_message_copy (self->request);
  GcoapBlockValue value = { number, more, self->exponent };
  gint64 total = gcoap_body_reader_get_size (self->reader);

  gcoap_message_set_payload_data (message, data, length);
  /* A body that turns out to fit into one message needs no block. */
  if (number > 0 || more)
    {
      gcoap_block_value_write (message, GCOAP_OPTION_BLOCK1, &value);
      if (self->tag.is_present)
        gcoap_message_set_option (message, GCOAP_OPTION_REQUEST_TAG, self->tag.value, self->tag.length);
    }
  if (number == 0 && more && total >= 0 && total <= G_MAXUINT32)
    gcoap_message_set_option_uint (message, GCOAP_OPTION_SIZE1, (guint) total);
  if (number > 0)
    /* RFC 7959 §2.10: not after the first block. */
    gcoap_message_remove_option (message, GCOAP_OPTION_IF_NONE_MATCH);
  if (more)
    {
      /* These are about the response, which only the last block gets; the
       * others need their 2.31. */
      gcoap_message_remove_option (message, GCOAP_OPTION_BLOCK2);
      gcoap_message_remove_option (message, GCOAP_OPTION_OBSERVE);
      gcoap_message_remove_option (message, GCOAP_OPTION_NO_RESPONSE);
    }
  else
    {
      gcoap_block_download_add_wishes (self, message);
    }
  return message;
}

static void
block_read_cb (GcoapBodyReader *reader G_GNUC_UNUSED,
               const guint8    *data,
               gsize            length,
               gboolean         more,
               const GError    *error,
               gpointer         user_data)
{
  GcoapBlockTransfer *self = user_data;
  g_autoptr (GcoapBlockTransfer) held = gcoap_block_transfer_ref (self);
  g_autoptr (GcoapMessage) message = NULL;
  guint number;

  if (self->has_ended)
    return;
  if (error != NULL)
    {
      gcoap_block_transfer_fail (self, error);
      return;
    }
  if (!gcoap_block_sizes_number_at (self->offset, self->exponent, &number))
    {
      gcoap_block_transfer_fail_new (self, GCOAP_ERROR_TOO_LARGE,
                                     "The body is larger than %" G_GUINT64_FORMAT " bytes, "
                                     "which is all that blocks of this size can number.",
                                     gcoap_block_sizes_max_body (self->exponent));
      return;
    }
  message = make_message (self, data, length, more, number);
  if (number == 0 && !more)
    {
      /* The request is this one message, with whatever the stream had. */
      gcoap_message_unref (self->request);
      self->request = gcoap_message_copy (message);
    }
  self->sent_length = length;
  self->sent_more = more;
  if (!more && gcoap_exchange_get_expects (self->parent) == GCOAP_EXPECTS_STREAM)
    {
      gcoap_block_relay_start (self->provider, self->parent, message);
      self->has_ended = TRUE;
      return;
    }
  gcoap_block_transfer_send (self, message, !more);
}

void
gcoap_block_upload_step (GcoapBlockTransfer *self)
{
  gsize room = gcoap_block_sizes_room_for_payload (self->request,
                                                   gcoap_exchange_get_room (self->parent));

  gcoap_block_transfer_wait (self);
  gcoap_body_reader_read (self->reader, self->offset,
                          gcoap_block_sizes_payload (self->exponent, room), block_read_cb, self);
}

static void
restart (GcoapBlockTransfer *self)
{
  if (!gcoap_body_reader_can_seek (self->reader))
    {
      g_autofree char *peer = gcoap_block_transfer_dup_peer (self);

      gcoap_block_transfer_fail_new (self, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                                     "%s has lost the beginning of the body, which cannot be sent again: "
                                     "the stream it comes from can be read only once.", peer);
      return;
    }
  self->n_restarts++;
  self->offset = 0;
  g_clear_pointer (&self->created, gcoap_message_unref);
  gcoap_request_tags_end (&self->provider->tags, &self->tag, FALSE,
                          gcoap_blockwise_get_now (self->provider)
                          + self->provider->runtime->limits->body_timeout * G_GINT64_CONSTANT (1000));
  begin_operation (self);
  gcoap_block_transfer_run (self, GCOAP_BLOCK_STEP_UPLOAD);
}

/* The last block was answered, or the peer has put an end to it. */
static void
conclude (GcoapBlockTransfer *self,
          GcoapMessage       *response)
{
  GcoapEndpointAddress *address = gcoap_exchange_get_address (self->parent);
  g_autoptr (GcoapMessage) whole = NULL;

  self->is_uploading = FALSE;
  /* RFC 9175 §3.5.1: with security, an operation is concluded when nothing of
   * it could be replayed, which only an ordered transport assures. */
  self->is_concluded = !self->sent_more && (!gcoap_endpoint_address_is_secure (address)
                                            || gcoap_endpoint_address_is_reliable (address));
  /* RFC 7959 §2.10: of a stateless server, the first block's 2.01 says more
   * than what is said to the others. */
  if (self->created != NULL && gcoap_message_get_code (response) == GCOAP_CODE_CHANGED
      && !gcoap_message_has_option (response, GCOAP_OPTION_BLOCK2))
    {
      whole = gcoap_message_copy (self->created);
      gcoap_message_set_payload (whole, gcoap_message_get_payload (response));
      response = whole;
    }
  gcoap_block_download_begin (self, response);
}

static void
go_on (GcoapBlockTransfer    *self,
       const GcoapBlockValue *acknowledged)
{
  self->offset += self->sent_length;
  /* RFC 7959 §2.3: the size in the response is the largest for what follows. */
  if (acknowledged != NULL)
    self->exponent = MIN (self->exponent, acknowledged->exponent);
  gcoap_exchange_report_progress (self->parent, FALSE, self->offset,
                                  gcoap_body_reader_get_size (self->reader));
  gcoap_block_transfer_run (self, GCOAP_BLOCK_STEP_UPLOAD);
}

static void
fail_unexpected (GcoapBlockTransfer *self,
                 const char         *what)
{
  g_autofree char *peer = gcoap_block_transfer_dup_peer (self);

  gcoap_block_transfer_fail_new (self, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                                 "%s broke the rules of block-wise transfer: %s.", peer, what);
}

void
gcoap_block_upload_answer (GcoapBlockTransfer *self,
                           GcoapMessage       *response)
{
  guint code = gcoap_message_get_code (response);
  GcoapBlockValue value;
  gboolean has_value = gcoap_block_value_read (response, GCOAP_OPTION_BLOCK1, &value);
  guint number = 0;

  gcoap_block_sizes_number_at (self->offset, self->exponent, &number);
  /* RFC 7959 §2.9.3: a smaller size with 4.13 is a hint to try that. */
  if (code == GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE && has_value && value.exponent < self->exponent)
    {
      self->exponent = value.exponent;
      gcoap_block_transfer_run (self, GCOAP_BLOCK_STEP_UPLOAD);
      return;
    }
  if (code == GCOAP_CODE_REQUEST_ENTITY_INCOMPLETE && self->offset > 0
      && self->n_restarts < MAX_RESTARTS)
    {
      restart (self);
      return;
    }
  if (code == GCOAP_CODE_CONTINUE && !self->sent_more)
    fail_unexpected (self, "it expects more than the whole body");
  else if (code >> 5 != 2 || !self->sent_more)
    {
      self->has_uploaded = self->offset > 0 || self->sent_more;
      if (code >> 5 == 2)
        gcoap_exchange_report_progress (self->parent, FALSE, self->offset + self->sent_length,
                                        (gint64) (self->offset + self->sent_length));
      conclude (self, response);
    }
  else if (has_value ? value.number != number : code != GCOAP_CODE_CONTINUE)
    fail_unexpected (self, "it did not acknowledge the block that was sent");
  else
    {
      /* RFC 7959 §2.3: another success is that of a server that acts on each
       * block by itself. */
      if (code == GCOAP_CODE_CREATED && self->created == NULL)
        self->created = gcoap_block_transfer_strip (response);
      go_on (self, has_value ? &value : NULL);
    }
}
