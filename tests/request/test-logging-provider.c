/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The example that the guide shows, compiled as it stands there and run. */
#include "doc/examples/logging-provider.c"

#include "helpers/mock-layer.h"
#include "helpers/named-address.h"
#include "helpers/test-exchange.h"

static GString *printed;

static void
print_cb (const char *text)
{
  g_string_append (printed, text);
}

static void
run (TestExchange          *exchange,
     GcoapRequestInterface *next)
{
  g_autoptr (GcoapRequestInterface) provider = g_object_new (logging_provider_get_type (),
                                                             "next", next, NULL);
  GPrintFunc former;

  printed = g_string_new (NULL);
  former = g_set_print_handler (print_cb);
  test_exchange_send (exchange, provider);
  g_set_print_handler (former);
}

static void
assert_printed (const char *request,
                const char *response)
{
  g_auto (GStrv) lines = g_strsplit (printed->str, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, 3);
  g_assert_true (g_str_has_prefix (lines[0], "> "));
  g_assert_nonnull (strstr (lines[0], request));
  g_assert_true (g_str_has_prefix (lines[1], "< "));
  g_assert_nonnull (strstr (lines[1], response));
  g_string_free (g_steal_pointer (&printed), TRUE);
}

static void
test_inbound (void)
{
  g_autoptr (MockLayer) layer = mock_layer_new ();
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "logged", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);

  run (exchange, GCOAP_REQUEST_INTERFACE (layer));
  test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
  assert_printed ("logged", "2.05");
}

static void
test_outbound_error (void)
{
  g_autoptr (MockLayer) layer = mock_layer_new ();
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("host", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "logged", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new_outbound (request, address);

  layer->error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT, "Too late.");
  run (exchange, GCOAP_REQUEST_INTERFACE (layer));
  test_exchange_assert_end (exchange, GCOAP_EXCHANGE_END_FAILED);
  assert_printed ("logged", "no answer");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/logging-provider/inbound", test_inbound);
  g_test_add_func ("/logging-provider/outbound-error", test_outbound_error);
  return g_test_run ();
}
