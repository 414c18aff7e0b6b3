/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What an implementor that only answers requests gets; and what the wrapper
 * refuses to pass on. */
#include "interfaces/gcoap-request-interface.h"

#include "helpers/recording-sink.h"

#define TEST_TYPE_ANSWERER (test_answerer_get_type ())
G_DECLARE_FINAL_TYPE (TestAnswerer, test_answerer, TEST, ANSWERER, GObject)

struct _TestAnswerer
{
  GObject parent_instance;
  guint   n_requests;
};

static void
test_answerer_request (GcoapRequestInterface *iface, GcoapExchange *exchange)
{
  TEST_ANSWERER (iface)->n_requests++;
  gcoap_exchange_dismiss (exchange);
}

static void
test_answerer_request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = test_answerer_request;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestAnswerer, test_answerer, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      test_answerer_request_interface_init))

static void
test_answerer_class_init (TestAnswererClass *klass G_GNUC_UNUSED)
{
}

static void
test_answerer_init (TestAnswerer *self G_GNUC_UNUSED)
{
}

static void
keep_result_cb (GObject *source G_GNUC_UNUSED, GAsyncResult *result, gpointer data)
{
  g_set_object ((GAsyncResult **) data, result);
}

static void
test_defaults (void)
{
  g_autoptr (TestAnswerer) answerer = g_object_new (TEST_TYPE_ANSWERER, NULL);
  GcoapRequestInterface *iface = GCOAP_REQUEST_INTERFACE (answerer);
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_request_interface_recognizes (iface, sink->exchange));
  gcoap_request_interface_prepare_async (iface, sink->exchange, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (gcoap_request_interface_prepare_finish (iface, result, &error));
  g_assert_no_error (error);
  g_clear_object (&result);

  recording_sink_open (sink);
  gcoap_request_interface_request (iface, sink->exchange);
  g_assert_cmpuint (answerer->n_requests, ==, 1);
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_DISMISSED);

  gcoap_request_interface_shutdown_async (iface, NULL, keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (gcoap_request_interface_shutdown_finish (iface, result, &error));
}

static void
test_only_open (void)
{
  g_autoptr (TestAnswerer) answerer = g_object_new (TEST_TYPE_ANSWERER, NULL);
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, NULL);

  g_test_expect_message ("Gcoap", G_LOG_LEVEL_CRITICAL, "*gcoap_exchange_is_open*");
  gcoap_request_interface_request (GCOAP_REQUEST_INTERFACE (answerer), sink->exchange);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (answerer->n_requests, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/request-interface/defaults", test_defaults);
  g_test_add_func ("/request-interface/only-open", test_only_open);
  return g_test_run ();
}
