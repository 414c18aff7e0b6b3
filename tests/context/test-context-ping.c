/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-context.h"

#include "base/gcoap-error.h"
#include "helpers/simulated-pair.h"

static gint64
ping (SimulatedPair *pair, const char *uri, GError **error)
{
  g_clear_object (&pair->result);
  gcoap_context_ping_async (pair->client, uri, NULL, simulated_pair_done_cb, pair);
  g_assert_true (simulated_pair_run (pair, 200));
  return gcoap_context_ping_finish (pair->client, pair->result, error);
}

static void
test_alive (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (3);
  g_autoptr (GError) error = NULL;

  gcoap_simulated_link_set_delay (pair->link, 20000, 20000);
  g_assert_cmpint (ping (pair, "coap://server/any/path", &error), ==, 40000);
  g_assert_no_error (error);
}

static int
ping_alone (GcoapContext *context, const char *uri)
{
  g_autoptr (GError) error = NULL;
  SimulatedPair answer = { NULL };

  gcoap_context_ping_async (context, uri, NULL, simulated_pair_done_cb, &answer);
  while (answer.result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (gcoap_context_ping_finish (context, answer.result, &error), ==, -1);
  g_clear_object (&answer.result);
  g_assert_cmpuint (error->domain, ==, GCOAP_ERROR);
  return error->code;
}

/* The transport is made when it is needed, whatever the case of the scheme (RFC
 * 3986 §3.1), and not any more after the shutdown. */
static void
test_transport (void)
{
  g_autoptr (GcoapContext) context = gcoap_context_new ();
  g_autoptr (GcoapContext) closed = gcoap_context_new ();

  /* Nothing listens at the port of the discard protocol. */
  g_assert_cmpint (ping_alone (context, "COAP://127.0.0.1:9"), ==, GCOAP_ERROR_UNREACHABLE);
  gcoap_context_shutdown_async (closed, NULL, NULL, NULL);
  g_assert_cmpint (ping_alone (closed, "coap://127.0.0.1"), ==, GCOAP_ERROR_CLOSED);
}

static void
test_dead (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (3);
  g_autoptr (GError) error = NULL;

  gcoap_simulated_link_set_loss (pair->link, 1.0);
  g_assert_cmpint (ping (pair, "coap://server", &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
}

static void
test_unsupported (void)
{
  g_autoptr (SimulatedPair) pair = simulated_pair_new (3);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (ping (pair, "coap+sctp://server", &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_cmpint (ping (pair, "no uri", &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/context-ping/alive", test_alive);
  g_test_add_func ("/context-ping/transport", test_transport);
  g_test_add_func ("/context-ping/dead", test_dead);
  g_test_add_func ("/context-ping/unsupported", test_unsupported);
  return g_test_run ();
}
