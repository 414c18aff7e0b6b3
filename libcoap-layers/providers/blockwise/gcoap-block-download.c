/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Fetching a response body in blocks (RFC 7959 §2.4). */
#include "providers/blockwise/gcoap-block-transfer-private.h"

#include <string.h>

/* How often a representation is fetched anew because it has changed. */
#define MAX_RESTARTS 4

static GOutputStream *
get_sink (GcoapBlockTransfer *self)
{
  /* Of many responses none is the one that the stream is for. */
  return self->derived == NULL ? gcoap_exchange_get_response_sink (self->parent) : NULL;
}

/* The size exponent to ask for. */
static guint
get_preferred (GcoapBlockTransfer *self)
{
  return gcoap_blockwise_choose_exponent (self->provider, self->parent, self->request, TRUE);
}

gboolean
gcoap_block_download_has_wishes (GcoapBlockwise *provider,
                                 GcoapExchange  *exchange)
{
  guint method = gcoap_message_get_code (gcoap_exchange_get_request (exchange));

  if (exchange->bodies != NULL)
    return TRUE;
  return provider->block_size < 1024
         && (method == GCOAP_CODE_GET || method == GCOAP_CODE_FETCH || method == GCOAP_CODE_POST);
}

void
gcoap_block_download_add_wishes (GcoapBlockTransfer *self,
                                 GcoapMessage       *message)
{
  GcoapBlockValue value = { 0, FALSE, GCOAP_BLOCK_MAX_EXPONENT };
  guint preferred = get_preferred (self);

  if (self->parent->bodies != NULL && self->parent->bodies->progress != NULL
      && !gcoap_message_has_option (message, GCOAP_OPTION_SIZE2))
    /* RFC 7959 §4: 0 asks for the size, which is of use to those who watch. */
    gcoap_message_set_option_uint (message, GCOAP_OPTION_SIZE2, 0);
  if (gcoap_block_value_read (message, GCOAP_OPTION_BLOCK2, &value) || preferred >= value.exponent
      || !gcoap_block_download_has_wishes (self->provider, self->parent))
    return;
  value.exponent = preferred;
  gcoap_block_value_write (message, GCOAP_OPTION_BLOCK2, &value);
}

void
gcoap_block_download_clear (GcoapBlockTransfer *self)
{
  gcoap_body_assembly_clear (&self->body);
  g_clear_pointer (&self->first, gcoap_message_unref);
  self->provider->own_bytes -= self->counted;
  self->counted = 0;
}

void
gcoap_block_download_start (GcoapBlockTransfer *self)
{
  g_autoptr (GcoapMessage) message = gcoap_message_copy (self->request);

  gcoap_block_download_add_wishes (self, message);
  gcoap_block_transfer_send (self, message, TRUE);
}

/* Errors */

static void
fail_unexpected (GcoapBlockTransfer *self,
                 const char         *what)
{
  g_autofree char *peer = gcoap_block_transfer_dup_peer (self);

  gcoap_block_transfer_fail_new (self, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                                 "%s broke the rules of block-wise transfer: %s.", peer, what);
}

static void
fail_too_large (GcoapBlockTransfer *self)
{
  g_autofree char *peer = gcoap_block_transfer_dup_peer (self);

  gcoap_statistics_count (self->provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  gcoap_block_transfer_fail_new (self, GCOAP_ERROR_TOO_LARGE,
                                 "The response of %s is larger than the %u bytes that are kept "
                                 "in memory.", peer, gcoap_blockwise_get_max_body_size (self->provider));
}

static gboolean
rewind_sink (GcoapBlockTransfer *self,
             GError            **error)
{
  GOutputStream *sink = get_sink (self);

  if (sink == NULL || self->body.received == 0)
    return TRUE;
  if (!G_IS_SEEKABLE (sink) || !g_seekable_can_seek (G_SEEKABLE (sink))
      || !g_seekable_can_truncate (G_SEEKABLE (sink)))
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                           "The representation changed while it was being fetched, and the stream "
                           "it goes to cannot be written anew.");
      return FALSE;
    }
  return g_seekable_seek (G_SEEKABLE (sink), -(goffset) self->body.received, G_SEEK_CUR, NULL, error)
         && g_seekable_truncate (G_SEEKABLE (sink), g_seekable_tell (G_SEEKABLE (sink)), NULL, error);
}

/* The blocks are of different representations. */
static void
start_anew (GcoapBlockTransfer *self)
{
  GcoapBlockwise *provider = self->provider;
  g_autofree char *peer = gcoap_block_transfer_dup_peer (self);
  g_autoptr (GError) error = NULL;

  if (!gcoap_blockwise_is_safe (self->request) || self->has_uploaded)
    {
      gcoap_block_transfer_fail_new (self, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                                     "The response of %s changed while it was being fetched.", peer);
      return;
    }
  if (self->n_restarts++ == MAX_RESTARTS)
    {
      gcoap_block_transfer_fail_new (self, GCOAP_ERROR_UNEXPECTED_RESPONSE,
                                     "The representation at %s changes faster than it can be fetched.",
                                     peer);
      return;
    }
  if (!rewind_sink (self, &error))
    {
      gcoap_block_transfer_fail (self, error);
      return;
    }
  gcoap_block_download_clear (self);
  if (self->tag.entry == NULL)
    {
      g_autoptr (GBytes) key = gcoap_blockwise_get_key (self->request);
      GcoapRequestTag placeholder;

      /* Perhaps it is another request of ours for the same that comes in
       * between (RFC 7959 §2.4): from now on this one can be told apart. */
      gcoap_request_tags_begin (&provider->tags, gcoap_blockwise_get_peer (self->parent), key,
                                gcoap_blockwise_get_now (provider), &placeholder);
      gcoap_request_tags_begin (&provider->tags, gcoap_blockwise_get_peer (self->parent), key,
                                gcoap_blockwise_get_now (provider), &self->tag);
      gcoap_request_tags_end (&provider->tags, &placeholder, TRUE, 0);
      self->is_concluded = TRUE;
      g_clear_pointer (&self->template, gcoap_message_unref);
    }
  gcoap_block_transfer_run (self, GCOAP_BLOCK_STEP_DOWNLOAD);
}

/* Asking */

static void
make_template (GcoapBlockTransfer *self)
{
  GcoapMessage *template = gcoap_message_copy (self->request);

  /* RFC 7959 §2.7 and §3.3: no payload once it has been sent in blocks. A
   * FETCH without its payload would ask for something else (RFC 8132 §2). */
  if (self->has_uploaded || gcoap_message_get_code (self->request) != GCOAP_CODE_FETCH)
    gcoap_message_set_payload (template, NULL);
  gcoap_message_remove_option (template, GCOAP_OPTION_BLOCK1);
  gcoap_message_remove_option (template, GCOAP_OPTION_SIZE1);
  gcoap_message_remove_option (template, GCOAP_OPTION_SIZE2);
  gcoap_message_remove_option (template, GCOAP_OPTION_NO_RESPONSE);
  /* RFC 7959 §2.6: the whole is observed, not a block. */
  gcoap_message_remove_option (template, GCOAP_OPTION_OBSERVE);
  if (self->tag.is_present)
    gcoap_message_set_option (template, GCOAP_OPTION_REQUEST_TAG, self->tag.value, self->tag.length);
  self->template = template;
}

void
gcoap_block_download_step (GcoapBlockTransfer *self)
{
  GcoapBlockValue value = { 0, FALSE, get_preferred (self) };
  g_autoptr (GcoapMessage) message = NULL;

  /* RFC 7959 §2.4: the size of the response to the first, or a smaller one. */
  if (self->first != NULL)
    value.exponent = MIN (value.exponent, self->next_exponent);
  if (!gcoap_block_sizes_number_at (self->body.received, value.exponent, &value.number))
    {
      gcoap_block_transfer_fail_new (self, GCOAP_ERROR_TOO_LARGE,
                                     "The response is larger than %" G_GUINT64_FORMAT " bytes, "
                                     "which is all that blocks of this size can number.",
                                     gcoap_block_sizes_max_body (value.exponent));
      return;
    }
  if (self->template == NULL)
    make_template (self);
  message = gcoap_message_copy (self->template);
  gcoap_block_value_write (message, GCOAP_OPTION_BLOCK2, &value);
  gcoap_block_transfer_send (self, message, FALSE);
}

/* Taking what comes */

static void
complete (GcoapBlockTransfer *self)
{
  g_autoptr (GcoapMessage) whole = gcoap_message_copy (self->first);
  guint observe;

  gcoap_message_remove_option (whole, GCOAP_OPTION_BLOCK1);
  gcoap_message_remove_option (whole, GCOAP_OPTION_BLOCK2);
  gcoap_message_remove_option (whole, GCOAP_OPTION_SIZE2);
  if (self->notification != NULL
      && gcoap_message_get_option_uint (self->notification, GCOAP_OPTION_OBSERVE, &observe))
    gcoap_message_set_option_uint (whole, GCOAP_OPTION_OBSERVE, observe);
  if (self->body.is_stored)
    {
      g_autoptr (GBytes) body = gcoap_body_assembly_steal (&self->body);

      gcoap_message_set_payload (whole, body);
    }
  else
    {
      gcoap_message_set_payload (whole, NULL);
    }
  gcoap_block_transfer_finish (self, whole);
}

static void
go_on (GcoapBlockTransfer *self)
{
  gcoap_exchange_report_progress (self->parent, TRUE, self->body.received,
                                  self->got_more ? self->total : (gint64) self->body.received);
  if (self->got_more)
    gcoap_block_transfer_run (self, GCOAP_BLOCK_STEP_DOWNLOAD);
  else
    complete (self);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GcoapBlockTransfer) self = user_data;
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);
  g_clear_pointer (&self->writing, gcoap_message_unref);
  if (self->has_ended)
    return;
  if (error != NULL)
    gcoap_block_transfer_fail (self, error);
  else
    go_on (self);
}

/* Stores a block that has been checked. */
static void
store (GcoapBlockTransfer *self,
       GcoapMessage       *response)
{
  GcoapBlockwise *provider = self->provider;
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (response, &length);

  if (self->body.is_stored)
    {
      if (length > provider->runtime->limits->max_body_bytes
          || provider->own_bytes > provider->runtime->limits->max_body_bytes - length)
        {
          gcoap_statistics_count (provider->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
          gcoap_block_transfer_fail_new (self, GCOAP_ERROR_LIMIT,
                                         "All responses that are being fetched together exceed the "
                                         "memory for them.");
          return;
        }
      provider->own_bytes += length;
      self->counted += length;
      gcoap_body_assembly_append (&self->body, data, length);
      go_on (self);
      return;
    }
  gcoap_body_assembly_append (&self->body, data, length);
  if (length == 0)
    {
      go_on (self);
      return;
    }
  gcoap_block_transfer_wait (self);
  self->writing = gcoap_message_ref (response);
  g_output_stream_write_all_async (get_sink (self), data, length, G_PRIORITY_DEFAULT,
                                   self->cancellable, written_cb, gcoap_block_transfer_ref (self));
}

static gboolean
is_same_option (GcoapMessage *one,
                GcoapMessage *other,
                guint         number)
{
  gsize length;
  gsize other_length;
  const guint8 *data = gcoap_message_peek_option (one, number, 0, &length);
  const guint8 *other_data = gcoap_message_peek_option (other, number, 0, &other_length);

  if (data == NULL || other_data == NULL)
    return data == other_data;
  return length == other_length && (length == 0 || memcmp (data, other_data, length) == 0);
}

/* RFC 7959 §2.3 and §2.4: blocks of one body have the same format and the same
 * entity-tag. */
static gboolean
is_same_body (GcoapMessage *one,
              GcoapMessage *other)
{
  return gcoap_message_get_code (one) == gcoap_message_get_code (other)
         && is_same_option (one, other, GCOAP_OPTION_ETAG)
         && is_same_option (one, other, GCOAP_OPTION_CONTENT_FORMAT);
}

static void
take_block (GcoapBlockTransfer    *self,
            GcoapMessage          *response,
            const GcoapBlockValue *value)
{
  gsize length;
  guint size;

  gcoap_message_get_payload_data (response, &length);
  if (value->exponent == GCOAP_BLOCK_SZX_BERT && !gcoap_exchange_is_reliable (self->parent))
    {
      fail_unexpected (self, "the size of a block is reserved");
      return;
    }
  if (gcoap_message_get_option_uint (response, GCOAP_OPTION_SIZE2, &size))
    {
      self->total = size;
      if (self->body.is_stored && size > self->body.maximum)
        {
          fail_too_large (self);
          return;
        }
    }
  switch (gcoap_body_assembly_check (&self->body, value, length))
    {
    case GCOAP_ASSEMBLY_GOOD:
      self->got_more = value->more;
      self->next_exponent = value->exponent;
      store (self, response);
      break;
    case GCOAP_ASSEMBLY_TOO_LARGE:
      fail_too_large (self);
      break;
    case GCOAP_ASSEMBLY_BAD_PAYLOAD:
      fail_unexpected (self, "the payload is not as long as the block");
      break;
    case GCOAP_ASSEMBLY_OUT_OF_ORDER:
    default:
      fail_unexpected (self, "it sent another block than was asked for");
    }
}

void
gcoap_block_download_begin (GcoapBlockTransfer *self,
                            GcoapMessage       *response)
{
  GcoapBlockValue value;
  gboolean has_value = gcoap_block_value_read (response, GCOAP_OPTION_BLOCK2, &value);
  gboolean is_success = gcoap_message_get_code (response) >> 5 == 2;
  gboolean to_sink = get_sink (self) != NULL && is_success;
  gsize length;

  gcoap_message_get_payload_data (response, &length);
  self->is_uploading = FALSE;
  gcoap_block_download_clear (self);
  if (!has_value && !to_sink)
    {
      g_autoptr (GcoapMessage) whole = gcoap_block_transfer_strip (response);

      gcoap_block_transfer_finish (self, whole);
      return;
    }
  gcoap_body_assembly_init (&self->body,
                            to_sink ? G_MAXINT64 : gcoap_blockwise_get_max_body_size (self->provider),
                            !to_sink);
  self->first = gcoap_message_ref (response);
  if (has_value && (value.number != 0 || value.more))
    {
      take_block (self, response, &value);
      return;
    }
  /* All of it is here. */
  self->got_more = FALSE;
  store (self, response);
}

void
gcoap_block_download_answer (GcoapBlockTransfer *self,
                             GcoapMessage       *response)
{
  GcoapBlockValue value;

  if (self->first == NULL)
    {
      gcoap_block_download_begin (self, response);
    }
  else if (gcoap_message_get_code (response) >> 5 != 2
           && gcoap_message_get_code (self->first) >> 5 == 2)
    {
      g_autoptr (GcoapMessage) whole = gcoap_block_transfer_strip (response);

      gcoap_block_transfer_finish (self, whole);
    }
  else if (!is_same_body (self->first, response)
           || !gcoap_block_value_read (response, GCOAP_OPTION_BLOCK2, &value))
    {
      start_anew (self);
    }
  else
    {
      take_block (self, response, &value);
    }
}
