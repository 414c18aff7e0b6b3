/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of ours: which of them need more than a look at the response. */
#include "providers/blockwise/gcoap-block-transfer-private.h"

static void
transfer_done_cb (GcoapBlockTransfer *transfer,
                  GcoapMessage       *response,
                  const GError       *error,
                  gpointer            data G_GNUC_UNUSED)
{
  GcoapExchange *parent = transfer->parent;
  GcoapEndpointAddress *member = transfer->member;

  if (response != NULL && member != NULL)
    gcoap_exchange_respond_from (parent, response, TRUE, member);
  else if (response != NULL)
    gcoap_exchange_respond (parent, response, TRUE);
  else if (error != NULL)
    gcoap_exchange_fail (parent, error);
  else
    gcoap_exchange_dismiss (parent);
}

static GcoapBlockTransfer *
new_transfer (GcoapBlockwise *self,
              GcoapExchange  *exchange)
{
  return gcoap_block_transfer_new (self, exchange, gcoap_exchange_get_request (exchange),
                                   transfer_done_cb, NULL);
}

/* RFC 7959 §2.9.3: 4.13 to a request without Block1 is a hint to try it, unless
 * it says that the body is too large in any case. */
static gboolean
asks_for_blocks (GcoapExchange *exchange,
                 GcoapMessage  *response,
                 guint         *max_exponent)
{
  GcoapBlockValue value;
  gsize length;
  guint size;

  if (gcoap_message_get_code (response) != GCOAP_CODE_REQUEST_ENTITY_TOO_LARGE
      || gcoap_exchange_is_group (exchange))
    return FALSE;
  gcoap_message_get_payload_data (gcoap_exchange_get_request (exchange), &length);
  if (length <= 16)
    return FALSE;
  if (gcoap_message_get_option_uint (response, GCOAP_OPTION_SIZE1, &size) && size < length)
    return FALSE;
  *max_exponent = gcoap_block_sizes_fit (length - 1);
  if (gcoap_block_value_read (response, GCOAP_OPTION_BLOCK1, &value))
    *max_exponent = MIN (*max_exponent, value.exponent);
  return TRUE;
}

static GcoapVerdict
response_cb (GcoapExchange *exchange,
             gboolean       is_last,
             gpointer       user_data)
{
  GcoapBlockwise *self = user_data;
  g_autoptr (GcoapMessage) response = gcoap_exchange_get_response (exchange);
  g_autoptr (GcoapEndpointAddress) responder = NULL;
  g_autoptr (GcoapBlockTransfer) transfer = NULL;
  guint max_exponent = 0;
  gboolean asks;

  if (response == NULL)
    return GCOAP_VERDICT_PASS;
  gcoap_message_ref (response);
  asks = asks_for_blocks (exchange, response, &max_exponent);
  if (!is_last || (!asks && !gcoap_message_has_option (response, GCOAP_OPTION_BLOCK2)))
    return GCOAP_VERDICT_PASS;

  responder = g_object_ref (gcoap_exchange_get_responder (exchange));
  gcoap_exchange_take_over (exchange);
  transfer = new_transfer (self, exchange);
  if (gcoap_exchange_is_group (exchange))
    transfer->member = g_steal_pointer (&responder);
  if (asks)
    gcoap_block_upload_start (transfer, max_exponent);
  else
    gcoap_block_download_begin (transfer, response);
  return GCOAP_VERDICT_TAKE;
}

/* Whether the application deals with blocks itself. */
static gboolean
is_in_other_hands (GcoapMessage *request)
{
  GcoapBlockValue value;

  return gcoap_message_has_option (request, GCOAP_OPTION_BLOCK1)
         || (gcoap_block_value_read (request, GCOAP_OPTION_BLOCK2, &value) && value.number > 0);
}

void
gcoap_blockwise_outbound (GcoapRequestProvider *provider,
                          GcoapExchange        *exchange)
{
  GcoapBlockwise *self = GCOAP_BLOCKWISE (provider);
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GcoapExpects expects = gcoap_exchange_get_expects (exchange);
  g_autoptr (GcoapBlockTransfer) transfer = NULL;
  gboolean has_stream = gcoap_exchange_get_request_body (exchange) != NULL;

  if (is_in_other_hands (request) || gcoap_exchange_get_address (exchange) == NULL)
    {
      gcoap_request_provider_pass (provider, exchange);
      return;
    }
  if (has_stream || !gcoap_blockwise_fits (self, exchange, request))
    {
      transfer = new_transfer (self, exchange);
      gcoap_block_upload_start (transfer, GCOAP_BLOCK_SZX_BERT);
    }
  else if (expects == GCOAP_EXPECTS_STREAM || expects == GCOAP_EXPECTS_GROUP)
    {
      g_autoptr (GcoapMessage) message = gcoap_message_copy (request);

      transfer = new_transfer (self, exchange);
      gcoap_block_download_add_wishes (transfer, message);
      gcoap_block_relay_start (self, exchange, message);
    }
  else if (expects == GCOAP_EXPECTS_ONE && gcoap_block_download_has_wishes (self, exchange))
    {
      transfer = new_transfer (self, exchange);
      gcoap_block_download_start (transfer);
    }
  else
    {
      gcoap_exchange_add_response_filter (exchange, response_cb, self);
      gcoap_request_provider_pass (provider, exchange);
    }
}
