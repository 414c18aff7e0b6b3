/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Makes exchanges without a token layer, and records how they end. */
#include "helpers/test-exchange.h"

#include "helpers/named-address.h"

static void
record_cb (GcoapExchange *exchange,
           gboolean       is_last,
           gpointer       user_data)
{
  TestExchange *self = user_data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);

  g_assert_cmpuint (self->n_ends, ==, 0);
  if (response != NULL)
    g_ptr_array_add (self->responses, gcoap_message_ref (response));
  if (!is_last)
    return;
  self->n_ends++;
  self->end = gcoap_exchange_get_end (exchange);
  if (gcoap_exchange_get_error (exchange) != NULL)
    self->error = g_error_copy (gcoap_exchange_get_error (exchange));
}

static TestExchange *
open_exchange (GcoapExchange *exchange)
{
  TestExchange *self = g_new0 (TestExchange, 1);

  self->exchange = exchange;
  self->responses = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_message_unref);
  gcoap_exchange_open (exchange, record_cb, self, NULL);
  return self;
}

static TestExchange *
new_inbound (GcoapMessage *request,
             gboolean      is_group)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("peer", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapLocal) local = gcoap_local_new ("host", 1, is_group);

  return open_exchange (gcoap_exchange_new_inbound (runtime, request, address, local));
}

TestExchange *
test_exchange_new (GcoapMessage *request)
{
  return new_inbound (request, FALSE);
}

TestExchange *
test_exchange_new_for_group (GcoapMessage *request)
{
  return new_inbound (request, TRUE);
}

TestExchange *
test_exchange_new_from (GcoapMessage         *request,
                        GcoapEndpointAddress *address,
                        GcoapRuntime         *runtime,
                        gboolean              is_group)
{
  g_autoptr (GcoapLocal) local = gcoap_local_new ("host", 1, is_group);

  return open_exchange (gcoap_exchange_new_inbound (runtime, request, address, local));
}

TestExchange *
test_exchange_new_outbound (GcoapMessage         *request,
                            GcoapEndpointAddress *address)
{
  GcoapExchange *exchange = gcoap_exchange_new (request);

  gcoap_exchange_set_address (exchange, address);
  return open_exchange (exchange);
}

void
test_exchange_free (TestExchange *self)
{
  gcoap_exchange_cancel (self->exchange);
  g_object_unref (self->exchange);
  g_ptr_array_unref (self->responses);
  g_clear_error (&self->error);
  g_free (self);
}

GcoapMessage *
test_request_new (GcoapCode   method,
                  const char *path,
                  const char *query)
{
  GcoapMessage *request = gcoap_message_new (method);
  g_auto (GStrv) segments = g_strsplit (path, "/", -1);
  g_auto (GStrv) arguments = g_strsplit (query != NULL ? query : "", "&", -1);

  for (guint i = 0; segments[i] != NULL; i++)
    gcoap_message_add_option_string (request, GCOAP_OPTION_URI_PATH, segments[i]);
  for (guint i = 0; arguments[i] != NULL; i++)
    gcoap_message_add_option_string (request, GCOAP_OPTION_URI_QUERY, arguments[i]);
  return request;
}

void
test_exchange_send (TestExchange          *self,
                    GcoapRequestInterface *responder)
{
  gcoap_request_interface_request (responder, self->exchange);
}

GcoapMessage *
test_exchange_get_response (TestExchange *self)
{
  g_assert_cmpuint (self->n_ends, ==, 1);
  g_assert_cmpint (self->end, ==, GCOAP_EXCHANGE_END_RESPONDED);
  g_assert_cmpuint (self->responses->len, ==, 1);
  return g_ptr_array_index (self->responses, 0);
}

void
test_exchange_assert_code (TestExchange *self,
                           GcoapCode     code)
{
  g_assert_cmpint (gcoap_message_get_code (test_exchange_get_response (self)), ==, code);
}

void
test_exchange_assert_text (TestExchange *self,
                           const char   *text)
{
  GcoapMessage *response = test_exchange_get_response (self);
  gsize length;
  const guint8 *data = gcoap_message_get_payload_data (response, &length);
  g_autofree char *payload = g_strndup (length > 0 ? (const char *) data : "", length);

  g_assert_cmpstr (payload, ==, text);
}

void
test_exchange_assert_end (TestExchange     *self,
                          GcoapExchangeEnd  end)
{
  g_assert_cmpuint (self->n_ends, ==, 1);
  g_assert_cmpint (self->end, ==, end);
  g_assert_cmpuint (self->responses->len, ==, 0);
}

GcoapCode
test_ask (GcoapRequestInterface *responder,
          GcoapCode              method,
          const char            *path)
{
  g_autoptr (GcoapMessage) request = test_request_new (method, path, NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  test_exchange_send (exchange, responder);
  return gcoap_message_get_code (test_exchange_get_response (exchange));
}
