/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7967 and the silence of groups. */
#include "request/gcoap-no-response-provider.h"

#include "helpers/mock-layer.h"
#include "helpers/named-address.h"
#include "helpers/test-exchange.h"

#define ABSENT G_MAXUINT

typedef struct
{
  guint     value;    /* of No-Response, or ABSENT */
  gboolean  is_group;
  GcoapCode code;
  gboolean  passes;
} Case;

static const Case cases[] = {
  { ABSENT, FALSE, GCOAP_CODE_CONTENT, TRUE },
  { ABSENT, FALSE, GCOAP_CODE_NOT_FOUND, TRUE },
  { 0, FALSE, GCOAP_CODE_NOT_FOUND, TRUE },
  { 2, FALSE, GCOAP_CODE_CONTENT, FALSE },
  { 2, FALSE, GCOAP_CODE_NOT_FOUND, TRUE },
  { 8, FALSE, GCOAP_CODE_NOT_FOUND, FALSE },
  { 8, FALSE, GCOAP_CODE_INTERNAL_SERVER_ERROR, TRUE },
  { 16, FALSE, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE },
  { 26, FALSE, GCOAP_CODE_CHANGED, FALSE },
  { 26, FALSE, GCOAP_CODE_BAD_REQUEST, FALSE },
  { ABSENT, TRUE, GCOAP_CODE_CONTENT, TRUE },
  { ABSENT, TRUE, GCOAP_CODE_NOT_FOUND, FALSE },
  { ABSENT, TRUE, GCOAP_CODE_INTERNAL_SERVER_ERROR, FALSE },
  /* RFC 7967 §2.1: interest shown overrides what the server would suppress. */
  { 2, TRUE, GCOAP_CODE_NOT_FOUND, TRUE },
  { 2, TRUE, GCOAP_CODE_CONTENT, FALSE },
  { 0, TRUE, GCOAP_CODE_NOT_FOUND, TRUE },
};

static void
test_inbound (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MockLayer) layer = mock_layer_new ();
      g_autoptr (GcoapNoResponse) provider = gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (layer));
      g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "a", NULL);
      g_autoptr (TestExchange) exchange = NULL;

      g_test_message ("case %u", i);
      if (cases[i].value != ABSENT)
        gcoap_message_set_option_uint (request, GCOAP_OPTION_NO_RESPONSE, cases[i].value);
      exchange = cases[i].is_group ? test_exchange_new_for_group (request)
                                   : test_exchange_new (request);
      layer->code = cases[i].code;
      test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (provider));
      if (cases[i].passes)
        test_exchange_assert_code (exchange, cases[i].code);
      else
        test_exchange_assert_end (exchange, GCOAP_EXCHANGE_END_DISMISSED);
    }
}

static void
respond (MockLayer *layer,
         GcoapCode  code,
         gboolean   is_last)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (code);

  gcoap_exchange_respond (g_ptr_array_index (layer->held, 0), response, is_last);
}

static void
test_stream (void)
{
  g_autoptr (MockLayer) layer = mock_layer_new ();
  g_autoptr (GcoapNoResponse) provider = gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (layer));
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) exchange = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_NO_RESPONSE, 2);
  exchange = test_exchange_new (request);
  layer->holds = TRUE;
  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (provider));

  /* Those in between are left out, the stream goes on. */
  respond (layer, GCOAP_CODE_CONTENT, FALSE);
  respond (layer, GCOAP_CODE_CONTENT, FALSE);
  g_assert_true (gcoap_exchange_is_open (exchange->exchange));
  g_assert_cmpuint (exchange->responses->len, ==, 0);
  respond (layer, GCOAP_CODE_NOT_FOUND, TRUE);
  test_exchange_assert_code (exchange, GCOAP_CODE_NOT_FOUND);
}

static void
test_group_suppression (void)
{
  g_autoptr (MockLayer) layer = mock_layer_new ();
  g_autoptr (GcoapNoResponse) provider = gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (layer));
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) error = test_exchange_new_for_group (request);
  g_autoptr (TestExchange) success = test_exchange_new_for_group (request);
  guint classes;

  g_object_get (provider, "group-suppression", &classes, NULL);
  g_assert_cmpuint (classes, ==, 24);
  g_object_set (provider, "group-suppression", 2, NULL);
  g_assert_cmpuint (gcoap_no_response_get_group_suppression (provider), ==, 2);

  test_exchange_send (success, GCOAP_REQUEST_INTERFACE (provider));
  test_exchange_assert_end (success, GCOAP_EXCHANGE_END_DISMISSED);
  layer->code = GCOAP_CODE_NOT_FOUND;
  test_exchange_send (error, GCOAP_REQUEST_INTERFACE (provider));
  test_exchange_assert_code (error, GCOAP_CODE_NOT_FOUND);
}

static void
test_outbound (void)
{
  static const struct { guint value; GcoapExpects expects; } sent[] = {
    { ABSENT, GCOAP_EXPECTS_ONE },
    { 24, GCOAP_EXPECTS_ONE },
    { 26, GCOAP_EXPECTS_NONE },
    { 127, GCOAP_EXPECTS_NONE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    {
      g_autoptr (MockLayer) layer = mock_layer_new ();
      g_autoptr (GcoapNoResponse) provider = gcoap_no_response_new (GCOAP_REQUEST_INTERFACE (layer));
      g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("host", TEST_ADDRESS_PLAIN);
      g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "a", NULL);
      g_autoptr (TestExchange) exchange = NULL;

      if (sent[i].value != ABSENT)
        gcoap_message_set_option_uint (request, GCOAP_OPTION_NO_RESPONSE, sent[i].value);
      exchange = test_exchange_new_outbound (request, address);
      test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (provider));
      g_assert_cmpint (layer->seen_expects, ==, sent[i].expects);
      /* One that comes all the same is taken. */
      test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/no-response/inbound", test_inbound);
  g_test_add_func ("/no-response/stream", test_stream);
  g_test_add_func ("/no-response/group-suppression", test_group_suppression);
  g_test_add_func ("/no-response/outbound", test_outbound);
  return g_test_run ();
}
