/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-resource-demands-private.h"

#include "helpers/named-address.h"
#include "helpers/test-exchange.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"

static gboolean
answer_cb (GcoapSimpleResource *resource G_GNUC_UNUSED,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  (*(guint *) user_data)++;
  gcoap_resource_answer_text (exchange, "done");
  return TRUE;
}

static GcoapMessage *
challenge_cb (GcoapExchange *exchange G_GNUC_UNUSED,
              gpointer       data G_GNUC_UNUSED)
{
  GcoapMessage *response = gcoap_message_new (GCOAP_CODE_UNAUTHORIZED);

  gcoap_message_set_option (response, GCOAP_OPTION_ECHO, (const guint8 *) "echo", 4);
  return response;
}

static void
test_freshness (void)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  static const struct { gint64 age; gboolean served; } cases[] = {
    { -1, FALSE }, { 0, TRUE }, { 5000, TRUE }, { 5001, FALSE },
  };
  guint n = 0;

  g_assert_cmpuint (gcoap_resource_get_require_freshness (GCOAP_RESOURCE (resource)), ==, 0);
  g_object_set (resource, "require-freshness", 5000, NULL);
  g_assert_cmpuint (gcoap_resource_get_require_freshness (GCOAP_RESOURCE (resource)), ==, 5000);
  g_signal_connect (resource, "put", G_CALLBACK (answer_cb), &n);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "lock", NULL);
      g_autoptr (TestExchange) exchange = test_exchange_new (request);
      guint before = n;

      gcoap_exchange_set_freshness (exchange->exchange, cases[i].age, challenge_cb, NULL);
      test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (resource));
      g_assert_cmpuint (n - before, ==, cases[i].served);
      test_exchange_assert_code (exchange, cases[i].served ? GCOAP_CODE_CHANGED : GCOAP_CODE_UNAUTHORIZED);
      g_assert_true (cases[i].served
                     || gcoap_message_has_option (test_exchange_get_response (exchange), GCOAP_OPTION_ECHO));
    }
}

static void
test_body_handling (void)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_PUT, "lock", NULL);
  g_autoptr (TestExchange) exchange = test_exchange_new (request);
  GcoapBodyHandling handling;

  g_assert_cmpint (gcoap_resource_get_body_handling (GCOAP_RESOURCE (resource)), ==,
                   GCOAP_BODY_HANDLING_ASSEMBLED);
  g_object_set (resource, "body-handling", GCOAP_BODY_HANDLING_STREAM, NULL);
  g_object_get (resource, "body-handling", &handling, NULL);
  g_assert_cmpint (handling, ==, GCOAP_BODY_HANDLING_STREAM);
  g_assert_cmpint (gcoap_request_interface_find_body_handling (GCOAP_REQUEST_INTERFACE (resource),
                                                               exchange->exchange), ==,
                   GCOAP_BODY_HANDLING_STREAM);
  gcoap_exchange_dismiss (exchange->exchange);
}

static void
test_rate (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (clock);
  g_autoptr (GcoapEndpointAddress) peer = test_named_address_new ("peer", 0);
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (GcoapMessage) request = test_request_new (GCOAP_CODE_GET, "a", NULL);
  g_autoptr (TestExchange) group = NULL;
  guint n = 0;
  guint seconds;

  g_object_set (resource, "rate-limit", 4, NULL);
  g_assert_cmpuint (gcoap_resource_get_rate_limit (GCOAP_RESOURCE (resource)), ==, 4);
  g_signal_connect (resource, "get", G_CALLBACK (answer_cb), &n);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TestExchange) exchange = test_exchange_new_from (request, peer, runtime, FALSE);

      test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (resource));
      if (i == 0)
        {
          test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
          continue;
        }
      test_exchange_assert_code (exchange, GCOAP_CODE_TOO_MANY_REQUESTS);
      g_assert_true (gcoap_message_get_option_uint (test_exchange_get_response (exchange),
                                                    GCOAP_OPTION_MAX_AGE, &seconds));
      g_assert_cmpuint (seconds, ==, 15);
    }
  g_assert_cmpuint (n, ==, 1);
  group = test_exchange_new_from (request, peer, runtime, TRUE);
  test_exchange_send (group, GCOAP_REQUEST_INTERFACE (resource));
  test_exchange_assert_end (group, GCOAP_EXCHANGE_END_DISMISSED);
  gcoap_clock_advance (clock, 15 * G_USEC_PER_SEC);
  {
    g_autoptr (TestExchange) exchange = test_exchange_new_from (request, peer, runtime, FALSE);

    test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (resource));
    test_exchange_assert_code (exchange, GCOAP_CODE_CONTENT);
  }
}

static void
test_options (void)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  g_assert_false (gcoap_resource_handles_option (GCOAP_RESOURCE (resource), 2049));
  gcoap_resource_handle_option (GCOAP_RESOURCE (resource), 2049);
  gcoap_resource_handle_option (GCOAP_RESOURCE (resource), 2049);
  g_assert_true (gcoap_resource_handles_option (GCOAP_RESOURCE (resource), 2049));
  g_assert_cmpuint (gcoap_resource_get_demands (GCOAP_RESOURCE (resource))->options->len, ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/resource-demands/freshness", test_freshness);
  g_test_add_func ("/resource-demands/body-handling", test_body_handling);
  g_test_add_func ("/resource-demands/rate", test_rate);
  g_test_add_func ("/resource-demands/options", test_options);
  return g_test_run ();
}
