/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The abstract decorator, with a class that counts and one that does nothing. */
#include "request/gcoap-request-provider.h"

#include "base/gcoap-error.h"
#include "helpers/message-data.h"
#include "helpers/mock-layer.h"
#include "helpers/named-address.h"
#include "helpers/test-exchange.h"

#define COUNTING_TYPE_PROVIDER (counting_provider_get_type ())
G_DECLARE_FINAL_TYPE (CountingProvider, counting_provider, COUNTING, PROVIDER, GcoapRequestProvider)

struct _CountingProvider
{
  GcoapRequestProvider parent_instance;

  guint n_outbound;
};

G_DEFINE_FINAL_TYPE (CountingProvider, counting_provider, GCOAP_TYPE_REQUEST_PROVIDER)

static void
counting_provider_outbound (GcoapRequestProvider *provider,
                            GcoapExchange        *exchange)
{
  COUNTING_PROVIDER (provider)->n_outbound++;
  gcoap_request_provider_pass (provider, exchange);
}

static void
counting_provider_class_init (CountingProviderClass *klass)
{
  GCOAP_REQUEST_PROVIDER_CLASS (klass)->outbound = counting_provider_outbound;
}

static void
counting_provider_init (CountingProvider *self)
{
}

static CountingProvider *
provider_before (gpointer next)
{
  return g_object_new (COUNTING_TYPE_PROVIDER, "next", next, NULL);
}

static TestExchange *
new_outbound (void)
{
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("host", TEST_ADDRESS_PLAIN);

  return test_exchange_new_outbound (request, address);
}

static void
test_directions (void)
{
  g_autoptr (MockLayer) layer = mock_layer_new ();
  g_autoptr (CountingProvider) provider = provider_before (layer);
  g_autoptr (TestExchange) outbound = new_outbound ();

  /* Inbound passes by default, and outbound went through the vfunc. */
  g_assert_cmpint (test_ask (GCOAP_REQUEST_INTERFACE (provider), GCOAP_CODE_GET, "a"), ==,
                   GCOAP_CODE_CONTENT);
  g_assert_cmpuint (provider->n_outbound, ==, 0);
  test_exchange_send (outbound, GCOAP_REQUEST_INTERFACE (provider));
  g_assert_cmpuint (provider->n_outbound, ==, 1);
  test_exchange_assert_code (outbound, GCOAP_CODE_CONTENT);
  g_assert_cmpuint (layer->n_requests, ==, 2);
}

static void
test_without_next (void)
{
  g_autoptr (CountingProvider) provider = provider_before (NULL);
  g_autoptr (TestExchange) outbound = new_outbound ();

  test_exchange_send (outbound, GCOAP_REQUEST_INTERFACE (provider));
  test_exchange_assert_end (outbound, GCOAP_EXCHANGE_END_FAILED);
  g_assert_error (outbound->error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_assert_cmpint (test_ask (GCOAP_REQUEST_INTERFACE (provider), GCOAP_CODE_GET, "a"), ==,
                   GCOAP_CODE_INTERNAL_SERVER_ERROR);
}

static void
test_next_stays (void)
{
  g_autoptr (MockLayer) layer = mock_layer_new ();
  g_autoptr (MockLayer) other = mock_layer_new ();
  g_autoptr (CountingProvider) provider = provider_before (layer);
  GcoapRequestProvider *base = GCOAP_REQUEST_PROVIDER (provider);

  gcoap_request_provider_set_next (base, GCOAP_REQUEST_INTERFACE (other));
  g_assert_true (gcoap_request_provider_get_next (base) == GCOAP_REQUEST_INTERFACE (other));
  test_ask (GCOAP_REQUEST_INTERFACE (provider), GCOAP_CODE_GET, "a");
  test_assert_critical ("*!priv->used*",
                        gcoap_request_provider_set_next (base, GCOAP_REQUEST_INTERFACE (layer)));
  g_assert_true (gcoap_request_provider_get_next (base) == GCOAP_REQUEST_INTERFACE (other));
}

typedef struct
{
  gboolean  done;
  gboolean  succeeded;
  GError   *error;
} Outcome;

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  gpointer *pair = user_data;
  Outcome *outcome = pair[1];

  outcome->succeeded = gcoap_request_interface_prepare_finish (pair[0], result, &outcome->error);
  outcome->done = TRUE;
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  gpointer *pair = user_data;
  Outcome *outcome = pair[1];

  outcome->succeeded = gcoap_request_interface_shutdown_finish (pair[0], result, &outcome->error);
  outcome->done = TRUE;
}

/* Two in a row, so that a finish function goes through both. */
static void
check_forwarding (gpointer next,
                  gboolean works)
{
  g_autoptr (CountingProvider) inner = provider_before (next);
  g_autoptr (CountingProvider) outer = provider_before (inner);
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  Outcome outcome = { FALSE };
  gpointer pair[] = { outer, &outcome };

  gcoap_request_interface_prepare_async (GCOAP_REQUEST_INTERFACE (outer), exchange, NULL,
                                         prepared_cb, pair);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (outcome.succeeded, ==, works);
  if (!works)
    g_assert_error (outcome.error, GCOAP_ERROR, GCOAP_ERROR_FAILED);
  g_clear_error (&outcome.error);

  g_assert_cmpint (gcoap_request_interface_recognizes (GCOAP_REQUEST_INTERFACE (outer), exchange),
                   ==, works);

  outcome.done = FALSE;
  gcoap_request_interface_shutdown_async (GCOAP_REQUEST_INTERFACE (outer), NULL, shut_down_cb, pair);
  while (!outcome.done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (outcome.error);
  g_assert_true (outcome.succeeded);
}

static void
test_forwarding (void)
{
  g_autoptr (MockLayer) layer = mock_layer_new ();

  check_forwarding (layer, TRUE);
  g_assert_cmpuint (layer->n_prepared, ==, 1);
  g_assert_cmpuint (layer->n_shut_down, ==, 1);
  check_forwarding (NULL, FALSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request-provider/directions", test_directions);
  g_test_add_func ("/request-provider/without-next", test_without_next);
  g_test_add_func ("/request-provider/next-stays", test_next_stays);
  g_test_add_func ("/request-provider/forwarding", test_forwarding);
  return g_test_run ();
}
