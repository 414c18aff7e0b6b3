/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/block-pair.h"

#include <stdio.h>

#include "context/gcoap-context-private.h"
#include "providers/blockwise/gcoap-block-sizes-private.h"
#include "wire/gcoap-datagram-codec-private.h"

static GcoapBlockwise *
find_provider (GcoapRequestInterface *head)
{
  while (!GCOAP_IS_BLOCKWISE (head))
    head = gcoap_request_provider_get_next (GCOAP_REQUEST_PROVIDER (head));
  return GCOAP_BLOCKWISE (head);
}

char *
block_pair_describe (GcoapMessage *message)
{
  static const guint options[] = { GCOAP_OPTION_BLOCK1, GCOAP_OPTION_BLOCK2 };
  GString *text = g_string_new (NULL);
  GcoapBlockValue value;

  for (guint i = 0; i < 2; i++)
    if (gcoap_block_value_read (message, options[i], &value))
      g_string_append_printf (text, "%s%u:%u/%u/%" G_GSIZE_FORMAT, text->len > 0 ? " " : "", i + 1,
                              value.number, value.more, gcoap_block_sizes_unit (value.exponent));
  return g_string_free (text, FALSE);
}

static gboolean
log_cb (GcoapSimulatedLink *link G_GNUC_UNUSED,
        guint               serial G_GNUC_UNUSED,
        const char         *from G_GNUC_UNUSED,
        const char         *to G_GNUC_UNUSED,
        const guint8       *data,
        gsize               length,
        gpointer            user_data)
{
  BlockPair *self = user_data;
  GcoapDatagramHeader header;
  GcoapPdu pdu = { 0 };
  g_autofree char *blocks = NULL;
  guint code;

  if (!self->logs || !gcoap_datagram_decode (data, length, 8, &pdu, &header, NULL))
    return TRUE;
  if (pdu.message != NULL)
    {
      blocks = block_pair_describe (pdu.message);
      code = gcoap_message_get_code (pdu.message);
      g_string_append_printf (self->log, "%u.%02u%s%s;", code >> 5, code & 31,
                              *blocks != '\0' ? " " : "", blocks);
    }
  g_clear_pointer (&pdu.message, gcoap_message_unref);
  return TRUE;
}

BlockPair *
block_pair_new (gsize   length,
                guint32 seed)
{
  BlockPair *self = g_new0 (BlockPair, 1);
  g_autoptr (GBytes) body = body_new (length, seed);

  self->pair = simulated_pair_new (seed);
  self->resource = body_responder_new (body);
  gcoap_site_add (self->pair->site, "big", GCOAP_REQUEST_INTERFACE (self->resource));
  self->client = find_provider (self->pair->client->outbound);
  self->server = find_provider (self->pair->server->inbound);
  self->log = g_string_new (NULL);
  gcoap_simulated_link_set_filter (self->pair->link, log_cb, self, NULL);
  return self;
}

void
block_pair_free (BlockPair *self)
{
  gcoap_simulated_link_set_filter (self->pair->link, NULL, NULL, NULL);
  simulated_pair_free (self->pair);
  g_clear_object (&self->resource);
  g_string_free (self->log, TRUE);
  g_free (self);
}

GcoapLimits *
block_pair_get_limits (BlockPair      *self,
                       GcoapBlockwise *side)
{
  return side == self->client ? self->pair->client->runtime->limits
                              : self->pair->server->runtime->limits;
}

GcoapExchange *
block_pair_new_exchange (GcoapCode code,
                         GBytes   *body)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (code, "coap://server/big", &error);

  g_assert_no_error (error);
  gcoap_message_set_payload (request, body);
  return gcoap_exchange_new (request);
}

GcoapMessage *
block_pair_send (BlockPair      *self,
                 GcoapExchange  *exchange,
                 GError        **error)
{
  g_clear_object (&self->pair->result);
  gcoap_context_send_async (self->pair->client, exchange, NULL, simulated_pair_done_cb, self->pair);
  g_assert_true (simulated_pair_run (self->pair, 10000000));
  return gcoap_context_send_finish (self->pair->client, self->pair->result, error);
}

GcoapMessage *
block_pair_request (BlockPair  *self,
                    GcoapCode   code,
                    GBytes     *body,
                    GError    **error)
{
  g_autoptr (GcoapExchange) exchange = block_pair_new_exchange (code, body);

  return block_pair_send (self, exchange, error);
}

void
block_pair_assert (GcoapMessage *message,
                   GcoapCode     code,
                   GBytes       *body)
{
  gsize length;
  gsize expected_length = 0;
  const guint8 *expected = body != NULL ? g_bytes_get_data (body, &expected_length) : NULL;
  const guint8 *data;

  g_assert_nonnull (message);
  data = gcoap_message_get_payload_data (message, &length);
  g_assert_cmpuint (gcoap_message_get_code (message), ==, code);
  g_assert_cmpmem (data, length, expected, expected_length);
  g_assert_false (gcoap_message_has_option (message, GCOAP_OPTION_BLOCK1));
  g_assert_false (gcoap_message_has_option (message, GCOAP_OPTION_BLOCK2));
}

static void
sink_cb (GcoapExchange *exchange,
         gboolean       is_last G_GNUC_UNUSED,
         gpointer       data)
{
  GcoapMessage *response = gcoap_exchange_get_response (exchange);

  g_assert_nonnull (response);
  *(GcoapMessage **) data = gcoap_message_ref (response);
}

GcoapMessage *
block_pair_ask (BlockPair    *self,
                GcoapMessage *request)
{
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  GcoapMessage *response = NULL;

  g_clear_object (&self->pair->result);
  gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (self->pair->client->router), exchange,
                                         NULL, simulated_pair_done_cb, self->pair);
  g_assert_true (simulated_pair_run (self->pair, 1));
  gcoap_exchange_open (exchange, sink_cb, &response, NULL);
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (self->pair->client->router), exchange);
  g_clear_object (&self->pair->result);
  for (guint i = 0; response == NULL && i < 100; i++)
    simulated_pair_run (self->pair, 1);
  g_assert_nonnull (response);
  return response;
}

static gboolean
parse_block (const char      *text,
             GcoapBlockValue *value)
{
  guint more;
  guint size;

  if (text == NULL)
    return FALSE;
  g_assert_cmpint (sscanf (text, "%u/%u/%u", &value->number, &more, &size), ==, 3);
  value->more = more != 0;
  value->exponent = size == 2048 ? GCOAP_BLOCK_SZX_BERT : gcoap_block_sizes_fit (size);
  return TRUE;
}

GcoapMessage *
block_pair_new_block (GcoapCode   code,
                      const char *block1,
                      const char *block2,
                      GBytes     *body)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new_for_uri (code, "coap://server/big", NULL);
  GcoapBlockValue value;
  gsize length = 0;
  const guint8 *data = body != NULL ? g_bytes_get_data (body, &length) : NULL;

  if (parse_block (block1, &value))
    {
      gsize offset = (gsize) gcoap_block_value_get_offset (&value);

      gcoap_block_value_write (request, GCOAP_OPTION_BLOCK1, &value);
      g_assert_cmpuint (offset, <=, length);
      gcoap_message_set_payload_data (request, data + offset,
                                      MIN (length - offset, gcoap_block_sizes_unit (value.exponent)));
    }
  if (parse_block (block2, &value))
    gcoap_block_value_write (request, GCOAP_OPTION_BLOCK2, &value);
  return g_steal_pointer (&request);
}
