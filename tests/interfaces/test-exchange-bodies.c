/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/test-exchange.h"
#include "interfaces/gcoap-exchange-private.h"

typedef struct
{
  guint   n_calls;
  guint64 bytes;
  gint64  total;
  guint   n_destroyed;
} Seen;

static void
progress_cb (GcoapExchange *exchange G_GNUC_UNUSED,
             gboolean       is_response,
             guint64        bytes,
             gint64         total,
             gpointer       data)
{
  Seen *seen = data;

  g_assert_true (is_response);
  seen->n_calls++;
  seen->bytes = bytes;
  seen->total = total;
}

static void
body_cb (GcoapExchange *exchange G_GNUC_UNUSED,
         gpointer       data)
{
  ((Seen *) data)->n_calls++;
}

static void
destroyed_cb (gpointer data)
{
  ((Seen *) data)->n_destroyed++;
}

static void
test_progress (void)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  g_autoptr (GcoapExchange) derived = NULL;
  Seen seen = { 0 };

  gcoap_exchange_report_progress (exchange, TRUE, 1, 2);
  gcoap_exchange_set_progress_callback (exchange, progress_cb, &seen, destroyed_cb);
  gcoap_exchange_report_progress (exchange, TRUE, 3, -1);
  g_assert_cmpuint (seen.n_calls, ==, 1);
  g_assert_cmpuint (seen.bytes, ==, 3);
  g_assert_cmpint (seen.total, ==, -1);

  /* What is derived reports to the same, which stays the first one's. */
  derived = gcoap_exchange_derive (exchange, request);
  gcoap_exchange_report_progress (derived, TRUE, 4, 5);
  g_assert_cmpuint (seen.n_calls, ==, 2);
  gcoap_exchange_drop_bodies (derived);
  gcoap_exchange_report_progress (derived, TRUE, 6, 7);
  g_assert_cmpuint (seen.n_calls, ==, 2);
  g_assert_cmpuint (seen.n_destroyed, ==, 0);
  gcoap_exchange_set_progress_callback (exchange, NULL, NULL, NULL);
  g_assert_cmpuint (seen.n_destroyed, ==, 1);
}

static void
test_sinks (void)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_PUT);
  g_autoptr (GOutputStream) sink = g_memory_output_stream_new_resizable ();
  g_autoptr (TestExchange) exchange = test_exchange_new (request);
  g_autoptr (GcoapExchange) derived = NULL;
  Seen seen = { 0 };

  g_assert_null (gcoap_exchange_get_request_sink (exchange->exchange));
  gcoap_exchange_report_body (exchange->exchange);
  gcoap_exchange_set_request_sink (exchange->exchange, sink, body_cb, &seen, destroyed_cb);
  gcoap_exchange_set_response_sink (exchange->exchange, sink);
  g_assert_true (gcoap_exchange_get_request_sink (exchange->exchange) == sink);
  derived = gcoap_exchange_derive (exchange->exchange, request);
  g_assert_null (gcoap_exchange_get_request_sink (derived));
  g_assert_true (gcoap_exchange_get_response_sink (derived) == sink);
  gcoap_exchange_report_body (exchange->exchange);
  g_assert_cmpuint (seen.n_calls, ==, 1);

  /* A closed exchange holds nothing any more. */
  gcoap_exchange_fail_code (exchange->exchange, GCOAP_CODE_NOT_FOUND, NULL);
  g_assert_cmpuint (seen.n_destroyed, ==, 1);
  g_assert_null (gcoap_exchange_get_request_sink (exchange->exchange));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange-bodies/progress", test_progress);
  g_test_add_func ("/exchange-bodies/sinks", test_sinks);
  return g_test_run ();
}
