/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-text-trace.h"

#include "helpers/named-address.h"
#include "helpers/simulated-pair.h"

static void
append_cb (const char *text,
           gpointer    data)
{
  g_string_append_printf (data, "%s\n", text);
}

static void
test_messages (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
  g_autoptr (GString) log = g_string_new (NULL);
  g_autoptr (GcoapTextTrace) trace = gcoap_text_trace_new (append_cb, log, NULL);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("somebody", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_context_set_trace (pair->client, GCOAP_TRACE (trace));
  response = simulated_pair_request (pair, GCOAP_CODE_GET, "coap://server/x", NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%s", log->str);
  g_assert_true (g_str_has_prefix (log->str, "-> coap://server: CON GET"));
  g_assert_nonnull (strstr (log->str, "\n<- coap://server: ACK 4.04"));

  gcoap_trace_note (GCOAP_TRACE (trace), NULL, "Something");
  g_assert_true (g_str_has_suffix (log->str, "-- unknown: Something\n"));
  /* The peer is named once. */
  gcoap_trace_note (GCOAP_TRACE (trace), address, "coap://somebody is gone.");
  g_assert_true (g_str_has_suffix (log->str, "\n-- coap://somebody is gone.\n"));
  gcoap_trace_note (GCOAP_TRACE (trace), address, "It is gone.");
  g_assert_true (g_str_has_suffix (log->str, "\n-- coap://somebody: It is gone.\n"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text-trace/messages", test_messages);
  return g_test_run ();
}
