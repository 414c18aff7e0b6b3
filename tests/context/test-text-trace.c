/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-text-trace.h"

#include "helpers/named-address.h"
#include "helpers/simulated-pair.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"

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

typedef struct
{
  SimulatedPair *pair;
  GcoapExchange *held;
  guint          wait;   /* until the server's last reference is dropped */
} Dropper;

static void
drop_cb (const char *text G_GNUC_UNUSED,
         gpointer    data)
{
  Dropper *dropper = data;

  if (dropper->wait-- == 0)
    g_clear_object (&dropper->pair->server);
}

static gboolean
hold_cb (GcoapResource *resource G_GNUC_UNUSED,
         GcoapExchange *exchange,
         gpointer       data)
{
  g_set_object (&((Dropper *) data)->held, exchange);
  return TRUE;
}

/* Whoever watches drops the context with all its layers on the stack: when the
 * request comes, is acknowledged, and is answered from outside the layers. */
static void
test_drop_context (void)
{
  for (guint wait = 0; wait < 3; wait++)
    {
      g_autoptr (SimulatedPair) pair = simulated_pair_new (1);
      g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
      g_autoptr (GcoapMessage) request =
        gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/held", NULL);
      Dropper dropper = { .pair = pair, .wait = wait };
      g_autoptr (GcoapTextTrace) trace = gcoap_text_trace_new (drop_cb, &dropper, NULL);

      g_signal_connect (resource, "get", G_CALLBACK (hold_cb), &dropper);
      gcoap_site_add (pair->site, "held", GCOAP_REQUEST_INTERFACE (resource));
      gcoap_context_set_trace (pair->server, GCOAP_TRACE (trace));
      gcoap_context_request_async (pair->client, request, NULL, simulated_pair_done_cb, pair);
      /* Longer than a server waits before it acknowledges. */
      g_assert_true (simulated_pair_run (pair, 1) || wait > 1);
      g_assert_nonnull (dropper.held);
      if (wait == 2)
        gcoap_resource_answer_text (dropper.held, "bye");
      g_assert_null (pair->server);
      g_assert_true (simulated_pair_run (pair, 200));
      g_assert_false (gcoap_exchange_is_open (dropper.held));
      g_clear_object (&dropper.held);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text-trace/messages", test_messages);
  g_test_add_func ("/text-trace/drop-context", test_drop_context);
  return g_test_run ();
}
