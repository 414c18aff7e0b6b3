/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Requests of peers: which of them have to do with blocks. */
#include "providers/blockwise/gcoap-block-reception-private.h"

static void
take_blocks (GcoapBlockwise *self,
             GcoapExchange  *exchange,
             gboolean        has_block1,
             gboolean        has_block2)
{
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  GcoapBodyHandling handling;
  GcoapBlockValue block1 = { 0 };
  GcoapBlockValue block2 = { 0 };

  if (has_block1)
    gcoap_block_value_read (request, GCOAP_OPTION_BLOCK1, &block1);
  if (has_block2)
    gcoap_block_value_read (request, GCOAP_OPTION_BLOCK2, &block2);
  /* RFC 7959 §2.2: 7 is reserved; RFC 8323 §6: but not on reliable transports. */
  if (!gcoap_exchange_is_reliable (exchange)
      && (block1.exponent == GCOAP_BLOCK_SZX_BERT || block2.exponent == GCOAP_BLOCK_SZX_BERT))
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_BAD_REQUEST,
                                "The block size is reserved on this transport.");
      return;
    }
  /* RFC 7959 §2.8: no other use with groups than asking for a first block. */
  if (gcoap_exchange_is_group (exchange) && (has_block1 || block2.number > 0))
    {
      gcoap_exchange_fail_code (exchange, GCOAP_CODE_BAD_REQUEST,
                                "Blocks cannot be sent to a group.");
      return;
    }
  handling = gcoap_request_interface_find_body_handling (GCOAP_REQUEST_INTERFACE (self), exchange);
  if (handling == GCOAP_BODY_HANDLING_BLOCKS)
    {
      gcoap_exchange_add_response_filter (exchange, gcoap_block_serving_filter, self);
      gcoap_request_provider_pass (GCOAP_REQUEST_PROVIDER (self), exchange);
    }
  else if (has_block1)
    {
      gcoap_block_reception_take (self, exchange, &block1, handling);
    }
  else
    {
      gcoap_block_serving_take (self, exchange, &block2);
    }
}

/* A body that came whole goes to the responder's stream all the same, as one
 * block of any size, so that the responder need not care. */
static gboolean
takes_stream (GcoapBlockwise *self,
              GcoapExchange  *exchange,
              GcoapMessage   *request)
{
  switch ((guint) gcoap_message_get_code (request))
    {
    case GCOAP_CODE_POST:
    case GCOAP_CODE_PUT:
    case GCOAP_CODE_PATCH:
    case GCOAP_CODE_IPATCH:
      return !gcoap_exchange_is_group (exchange) && gcoap_exchange_get_address (exchange) != NULL
             && gcoap_request_interface_find_body_handling (GCOAP_REQUEST_INTERFACE (self), exchange)
                == GCOAP_BODY_HANDLING_STREAM;
    default:
      return FALSE;
    }
}

void
gcoap_blockwise_inbound (GcoapRequestProvider *provider,
                         GcoapExchange        *exchange)
{
  GcoapBlockwise *self = GCOAP_BLOCKWISE (provider);
  GcoapMessage *request = gcoap_exchange_get_request (exchange);
  gboolean has_block1 = gcoap_message_has_option (request, GCOAP_OPTION_BLOCK1);
  gboolean has_block2 = gcoap_message_has_option (request, GCOAP_OPTION_BLOCK2);
  guint bad;

  if (!has_block1 && !has_block2)
    {
      static const GcoapBlockValue whole = { 0, FALSE, GCOAP_BLOCK_SZX_BERT };

      if (takes_stream (self, exchange, request))
        {
          gcoap_block_reception_take (self, exchange, &whole, GCOAP_BODY_HANDLING_STREAM);
          return;
        }
      gcoap_exchange_add_response_filter (exchange, gcoap_block_serving_filter, self);
      gcoap_request_provider_pass (provider, exchange);
      return;
    }
  bad = gcoap_message_find_bad_critical_option (request);
  if (bad == GCOAP_OPTION_BLOCK1 || bad == GCOAP_OPTION_BLOCK2)
    /* RFC 7252 §5.4.1 has the end of the chain reject it. */
    gcoap_request_provider_pass (provider, exchange);
  else if (gcoap_exchange_get_address (exchange) == NULL)
    gcoap_exchange_fail_code (exchange, GCOAP_CODE_INTERNAL_SERVER_ERROR, "The request has no sender.");
  else
    take_blocks (self, exchange, has_block1, has_block2);
}
