/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-chains-private.h"

#include "helpers/mock-responder.h"
#include "helpers/recording-sink.h"
#include "interfaces/gcoap-exchange-private.h"
#include "request/gcoap-no-response-provider.h"
#include "request/gcoap-request-provider.h"

/* The providers of a chain from its head on, and that it ends in the end. */
static char *
describe (GcoapRequestInterface *head,
          GcoapRequestInterface *end)
{
  GString *text = g_string_new (NULL);

  while (GCOAP_IS_REQUEST_PROVIDER (head))
    {
      g_string_append_printf (text, "%s ", G_OBJECT_TYPE_NAME (head));
      head = gcoap_request_provider_get_next (GCOAP_REQUEST_PROVIDER (head));
    }
  g_assert_true (head == end);
  return g_string_free (text, FALSE);
}

static void
test_order (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapOscoreContexts) contexts = gcoap_oscore_contexts_new (runtime);
  g_autoptr (MockResponder) end = mock_responder_new (MOCK_RESPONDER_ANSWER);
  g_autoptr (GcoapRequestInterface) outbound =
    gcoap_chains_make_outbound (GCOAP_REQUEST_INTERFACE (end), runtime, contexts);
  g_autoptr (GcoapRequestInterface) inbound =
    gcoap_chains_make_inbound (GCOAP_REQUEST_INTERFACE (end), runtime, contexts);
  g_autofree char *out = describe (outbound, GCOAP_REQUEST_INTERFACE (end));
  g_autofree char *in = describe (inbound, GCOAP_REQUEST_INTERFACE (end));

  g_assert_cmpstr (out, ==, "GcoapNoResponse GcoapObserve GcoapBlockwise GcoapEcho GcoapOscore ");
  g_assert_cmpstr (in, ==, "GcoapEcho GcoapOscore GcoapBlockwise GcoapObserve GcoapConditional GcoapNoResponse ");
}

static void
test_request (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapOscoreContexts) contexts = gcoap_oscore_contexts_new (runtime);
  g_autoptr (MockResponder) end = mock_responder_new (MOCK_RESPONDER_ANSWER);
  g_autoptr (GcoapRequestInterface) inbound =
    gcoap_chains_make_inbound (GCOAP_REQUEST_INTERFACE (end), runtime, contexts);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (RecordingSink) sink = NULL;

  gcoap_message_set_option_uint (request, GCOAP_OPTION_NO_RESPONSE, 2);
  sink = recording_sink_new_for_exchange (gcoap_exchange_new_inbound (runtime, request, NULL, NULL));
  recording_sink_open (sink);
  gcoap_request_interface_request (inbound, sink->exchange);
  g_assert_cmpuint (mock_responder_get_n_requests (end), ==, 1);
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_DISMISSED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chains/order", test_order);
  g_test_add_func ("/chains/request", test_request);
  return g_test_run ();
}
