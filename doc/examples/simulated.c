/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A test of a server and a client: no network, no sleeping, and half of the
 * datagrams are lost. */
#include <libcoap-layers/gcoap.h>

static GcoapContext *
make_context (GcoapSimulatedLink *link,
              GcoapClock         *clock,
              const char         *name)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (clock);
  GcoapContext *context = gcoap_context_new_for_runtime (runtime);
  g_autoptr (GcoapSimulatedInterface) end = gcoap_simulated_link_add_endpoint (link, name, runtime);
  g_autoptr (GError) error = NULL;

  gcoap_context_add_message_interface (context, GCOAP_MESSAGE_INTERFACE (end), &error);
  g_assert_no_error (error);
  return context;
}

static gboolean
hello_cb (GcoapSimpleResource *resource,
          GcoapExchange       *exchange,
          gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, "Hello");
  return TRUE;
}

static void
store_result_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
test_lossy_link (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GcoapSimulatedLink) link = gcoap_simulated_link_new (clock, 42);
  g_autoptr (GcoapContext) server = make_context (link, clock, "server");
  g_autoptr (GcoapContext) client = make_context (link, clock, "client");
  g_autoptr (GcoapSite) site = gcoap_site_new ();
  g_autoptr (GcoapSimpleResource) hello = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_signal_connect (hello, "get", G_CALLBACK (hello_cb), NULL);
  gcoap_site_add (site, "hello", GCOAP_REQUEST_INTERFACE (hello));
  gcoap_context_set_site (server, GCOAP_REQUEST_INTERFACE (site));
  gcoap_simulated_link_set_loss (link, 0.5);

  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/hello", &error);
  g_assert_no_error (error);
  gcoap_context_request_async (client, request, NULL, store_result_cb, &result);

  /* What needs no time happens in the main context; then the clock goes to
   * the next thing that waits for it. */
  while (result == NULL)
    if (!g_main_context_iteration (NULL, FALSE))
      gcoap_clock_advance (clock, MAX (gcoap_clock_get_next_expiry (clock)
                                       - gcoap_clock_get_now (clock), 0));

  response = gcoap_context_request_finish (client, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
  g_assert_cmpuint (gcoap_simulated_link_get_n_delivered (link), <,
                    gcoap_simulated_link_get_n_sent (link));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/hello/lossy-link", test_lossy_link);
  return g_test_run ();
}
