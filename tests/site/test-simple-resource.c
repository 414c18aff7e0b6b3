/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Signals in place of methods. */
#include "site/gcoap-simple-resource.h"

#include "helpers/test-exchange.h"
#include "site/gcoap-representation.h"

static const struct { const char *signal; GcoapCode method; } methods[] = {
  { "get", GCOAP_CODE_GET },
  { "post", GCOAP_CODE_POST },
  { "put", GCOAP_CODE_PUT },
  { "delete", GCOAP_CODE_DELETE },
  { "fetch", GCOAP_CODE_FETCH },
  { "patch", GCOAP_CODE_PATCH },
  { "ipatch", GCOAP_CODE_IPATCH },
};

static gboolean
answer_cb (GcoapSimpleResource *resource,
           GcoapExchange       *exchange,
           gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, user_data);
  return TRUE;
}

static gboolean
answer_silently_cb (GcoapSimpleResource *resource,
                    GcoapExchange       *exchange,
                    gpointer             user_data)
{
  gcoap_resource_answer_text (exchange, user_data);
  return FALSE;
}

static gboolean
decline_cb (GcoapSimpleResource *resource,
            GcoapExchange       *exchange,
            gpointer             user_data)
{
  guint *n = user_data;

  (*n)++;
  return FALSE;
}

static gboolean
keep_cb (GcoapSimpleResource *resource,
         GcoapExchange       *exchange,
         gpointer             user_data)
{
  g_set_object ((GcoapExchange **) user_data, exchange);
  return TRUE;
}

static TestExchange *
ask (GcoapSimpleResource *resource,
     GcoapCode            method)
{
  g_autoptr (GcoapMessage) request = test_request_new (method, "", NULL);
  TestExchange *exchange = test_exchange_new (request);

  test_exchange_send (exchange, GCOAP_REQUEST_INTERFACE (resource));
  return exchange;
}

static void
test_signals (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

      g_signal_connect (resource, methods[i].signal, G_CALLBACK (answer_cb),
                        (gpointer) methods[i].signal);
      for (guint k = 0; k < G_N_ELEMENTS (methods); k++)
        {
          g_autoptr (TestExchange) exchange = ask (resource, methods[k].method);

          if (k == i)
            test_exchange_assert_text (exchange, methods[i].signal);
          else
            test_exchange_assert_code (exchange, GCOAP_CODE_METHOD_NOT_ALLOWED);
        }
    }
}

static void
test_handlers (void)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (TestExchange) declined = NULL;
  g_autoptr (TestExchange) answered = NULL;
  guint n = 0;

  g_signal_connect (resource, "get", G_CALLBACK (decline_cb), &n);
  declined = ask (resource, GCOAP_CODE_GET);
  test_exchange_assert_code (declined, GCOAP_CODE_METHOD_NOT_ALLOWED);
  g_assert_cmpuint (n, ==, 1);

  /* Asked in order until one takes it. */
  g_signal_connect (resource, "get", G_CALLBACK (answer_cb), (gpointer) "second");
  g_signal_connect (resource, "get", G_CALLBACK (decline_cb), &n);
  answered = ask (resource, GCOAP_CODE_GET);
  test_exchange_assert_text (answered, "second");
  g_assert_cmpuint (n, ==, 2);
}

static void
test_answered_without_saying_so (void)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (TestExchange) exchange = NULL;

  g_signal_connect (resource, "get", G_CALLBACK (answer_silently_cb), (gpointer) "here");
  exchange = ask (resource, GCOAP_CODE_GET);
  test_exchange_assert_text (exchange, "here");
}

static gboolean
answer_swapped_cb (gpointer             user_data,
                   GcoapExchange       *exchange,
                   GcoapSimpleResource *resource)
{
  g_assert_true (GCOAP_IS_SIMPLE_RESOURCE (resource));
  gcoap_resource_answer_text (exchange, user_data);
  return TRUE;
}

/* Alone and among others: GLib goes different ways to the handler. */
static void
test_swapped (void)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (TestExchange) alone = NULL;
  g_autoptr (TestExchange) among = NULL;
  guint n = 0;

  g_signal_connect_swapped (resource, "get", G_CALLBACK (answer_swapped_cb), (gpointer) "swapped");
  alone = ask (resource, GCOAP_CODE_GET);
  test_exchange_assert_text (alone, "swapped");
  g_signal_connect (resource, "get", G_CALLBACK (decline_cb), &n);
  among = ask (resource, GCOAP_CODE_GET);
  test_exchange_assert_text (among, "swapped");
  g_assert_cmpuint (n, ==, 0);
}

static void
test_later (void)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();
  g_autoptr (TestExchange) exchange = NULL;
  g_autoptr (GcoapExchange) kept = NULL;

  g_signal_connect (resource, "put", G_CALLBACK (keep_cb), &kept);
  exchange = ask (resource, GCOAP_CODE_PUT);
  g_assert_cmpuint (exchange->n_ends, ==, 0);
  gcoap_resource_answer_text (kept, "done");
  test_exchange_assert_code (exchange, GCOAP_CODE_CHANGED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/simple-resource/signals", test_signals);
  g_test_add_func ("/simple-resource/handlers", test_handlers);
  g_test_add_func ("/simple-resource/answered-without-saying-so", test_answered_without_saying_so);
  g_test_add_func ("/simple-resource/swapped", test_swapped);
  g_test_add_func ("/simple-resource/later", test_later);
  return g_test_run ();
}
