/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of an exchange: opening, cancelling, deriving, dropping, reuse. */
#include "interfaces/gcoap-exchange-private.h"

#include "base/gcoap-error.h"
#include "base/gcoap-statistics-private.h"
#include "helpers/named-address.h"
#include "helpers/recording-sink.h"

static void
note_cancel_cb (GcoapExchange *exchange, gpointer data)
{
  g_assert_cmpint (gcoap_exchange_get_end (exchange), ==, GCOAP_EXCHANGE_END_CANCELLED);
  g_string_append_c (data, 'c');
}

static void
note_destroy_cb (gpointer data)
{
  g_string_append_c (data, 'd');
}

static GcoapVerdict
note_filter_cb (GcoapExchange *exchange G_GNUC_UNUSED, gboolean is_last, gpointer data)
{
  g_assert_true (is_last);
  g_string_append_c (data, 'f');
  return GCOAP_VERDICT_TAKE;
}

static void
test_cancel (void)
{
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, NULL);
  g_autoptr (GString) log = g_string_new (NULL);

  recording_sink_open (sink);
  gcoap_exchange_set_cancel_callback (sink->exchange, note_cancel_cb, log, note_destroy_cb);
  gcoap_exchange_add_response_filter (sink->exchange, note_filter_cb, log);
  gcoap_exchange_cancel (sink->exchange);
  /* The filter's wish to take it is not granted. */
  g_assert_cmpstr (log->str, ==, "fcd");
  g_assert_cmpint (gcoap_exchange_get_state (sink->exchange), ==, GCOAP_EXCHANGE_STATE_CLOSED);
  g_assert_cmpuint (sink->n_calls, ==, 0);
  g_assert_cmpuint (sink->n_destroyed, ==, 1);
  gcoap_exchange_cancel (sink->exchange);
  g_assert_cmpstr (log->str, ==, "fcd");
}

static void
test_cancel_before_open (void)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);

  gcoap_exchange_set_state_preparing (exchange);
  g_assert_cmpint (gcoap_exchange_get_state (exchange), ==, GCOAP_EXCHANGE_STATE_PREPARING);
  gcoap_exchange_cancel (exchange);
  g_assert_cmpint (gcoap_exchange_get_end (exchange), ==, GCOAP_EXCHANGE_END_CANCELLED);
  g_assert_true (gcoap_message_is_locked (request));
}

static void
test_derive (void)
{
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("peer", TEST_ADDRESS_PLAIN);
  g_autoptr (RecordingSink) parent = recording_sink_new (GCOAP_CODE_GET, address);
  g_autoptr (RecordingSink) successor = recording_sink_new (GCOAP_CODE_GET, address);
  g_autoptr (RecordingSink) derived = NULL;
  g_autoptr (RecordingSink) derived_successor = NULL;
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_FETCH);

  gcoap_exchange_set_room (parent->exchange, 500);
  gcoap_exchange_set_expects (parent->exchange, GCOAP_EXPECTS_STREAM);
  gcoap_exchange_set_path_depth (parent->exchange, 2);
  recording_sink_open (parent);
  derived = recording_sink_new_for_exchange (gcoap_exchange_derive (parent->exchange, request));
  g_assert_true (gcoap_exchange_get_address (derived->exchange) == address);
  g_assert_cmpuint (gcoap_exchange_get_room (derived->exchange), ==, 500);
  g_assert_cmpint (gcoap_exchange_get_expects (derived->exchange), ==, GCOAP_EXPECTS_STREAM);
  g_assert_cmpuint (gcoap_exchange_get_path_depth (derived->exchange), ==, 2);
  g_assert_true (gcoap_exchange_get_request (derived->exchange) == request);
  recording_sink_open (derived);

  /* The successor's derived one succeeds the predecessor's derived one. */
  gcoap_exchange_set_predecessor (successor->exchange, parent->exchange);
  recording_sink_open (successor);
  derived_successor =
    recording_sink_new_for_exchange (gcoap_exchange_derive (successor->exchange, request));
  g_assert_true (gcoap_exchange_get_predecessor (derived_successor->exchange) == derived->exchange);
  recording_sink_open (derived_successor);
  gcoap_exchange_dismiss (derived_successor->exchange);
  gcoap_exchange_dismiss (successor->exchange);

  gcoap_exchange_cancel (parent->exchange);
  g_assert_cmpint (gcoap_exchange_get_end (derived->exchange), ==, GCOAP_EXCHANGE_END_CANCELLED);
}

/* Where nothing was derived, or it is gone, the successor follows the exchange
 * itself, and its token is there. */
static void
test_successor_of_underived (void)
{
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("peer", TEST_ADDRESS_PLAIN);
  g_autoptr (GcoapEndpointAddress) lower = test_named_address_new ("lower", TEST_ADDRESS_PLAIN);
  g_autoptr (RecordingSink) first = recording_sink_new (GCOAP_CODE_GET, address);
  g_autoptr (RecordingSink) second = recording_sink_new (GCOAP_CODE_GET, address);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_FETCH);
  RecordingSink *derived;

  recording_sink_open (first);
  derived = recording_sink_new_for_exchange (gcoap_exchange_derive (first->exchange, request));
  recording_sink_open (derived);
  derived->exchange->token[0] = 7;
  derived->exchange->token_length = 1;
  gcoap_exchange_dismiss (derived->exchange);
  recording_sink_free (derived);
  g_assert_cmpuint (first->exchange->token_length, ==, 1);
  g_assert_cmpuint (first->exchange->token[0], ==, 7);

  /* Not that of another association. */
  derived = recording_sink_new_for_exchange (gcoap_exchange_derive (first->exchange, request));
  gcoap_exchange_set_address (derived->exchange, lower);
  recording_sink_open (derived);
  derived->exchange->token[0] = 8;
  derived->exchange->token_length = 1;
  gcoap_exchange_dismiss (derived->exchange);
  recording_sink_free (derived);
  g_assert_cmpuint (first->exchange->token[0], ==, 7);

  gcoap_exchange_set_predecessor (second->exchange, first->exchange);
  recording_sink_open (second);
  derived = recording_sink_new_for_exchange (gcoap_exchange_derive (second->exchange, request));
  g_assert_true (gcoap_exchange_get_predecessor (derived->exchange) == first->exchange);
  recording_sink_open (derived);
  gcoap_exchange_dismiss (derived->exchange);
  recording_sink_free (derived);
  gcoap_exchange_dismiss (second->exchange);
  gcoap_exchange_dismiss (first->exchange);
}

static void
release_cb (gpointer data)
{
  g_clear_object ((GcoapExchange **) data);
}

static GcoapVerdict
release_filter_cb (GcoapExchange *exchange G_GNUC_UNUSED, gboolean is_last G_GNUC_UNUSED, gpointer data)
{
  release_cb (data);
  return GCOAP_VERDICT_PASS;
}

/* A filter on the parent gives up what was derived from it. */
static void
test_cancel_releases_derived (void)
{
  g_autoptr (RecordingSink) parent = recording_sink_new (GCOAP_CODE_GET, NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GString) log = g_string_new (NULL);
  GcoapExchange *derived;

  recording_sink_open (parent);
  derived = gcoap_exchange_derive (parent->exchange, request);
  gcoap_exchange_set_cancel_callback (derived, note_cancel_cb, log, note_destroy_cb);
  gcoap_exchange_add_response_filter (parent->exchange, release_filter_cb, &derived);
  gcoap_exchange_cancel (parent->exchange);
  g_assert_null (derived);
  g_assert_cmpstr (log->str, ==, "cd");
}

static void
cancel_cb (gpointer data)
{
  gcoap_exchange_cancel (data);
}

/* The end drops the cancel callback, and whoever frees its data cancels. */
static void
test_cancel_at_the_end (void)
{
  g_autoptr (RecordingSink) sink = recording_sink_new (GCOAP_CODE_GET, NULL);

  recording_sink_open (sink);
  gcoap_exchange_set_cancel_callback (sink->exchange, NULL, sink->exchange, cancel_cb);
  gcoap_exchange_dismiss (sink->exchange);
  g_assert_cmpint (gcoap_exchange_get_end (sink->exchange), ==, GCOAP_EXCHANGE_END_CANCELLED);
  g_assert_cmpuint (sink->n_calls, ==, 0);
  g_assert_cmpuint (sink->n_destroyed, ==, 1);
}

static void
settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
test_dropped (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (RecordingSink) sink =
    recording_sink_new_for_exchange (gcoap_exchange_new_inbound (runtime, request, NULL, NULL));
  GcoapExchange *exchange = sink->exchange;
  guint64 dropped;

  recording_sink_open (sink);
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_WARNING, "*dropped without an answer*");
  sink->exchange = NULL;
  g_object_unref (exchange);
  g_test_assert_expected_messages ();
  /* Not from inside dispose, which may run in a garbage collector. */
  g_assert_cmpuint (sink->n_calls, ==, 0);
  settle ();
  g_assert_cmpuint (sink->n_ends, ==, 1);
  g_assert_cmpint (recording_sink_get_code (sink, 0), ==, GCOAP_CODE_INTERNAL_SERVER_ERROR);
  g_object_get (gcoap_runtime_get_statistics (runtime), "exchanges-dropped", &dropped, NULL);
  g_assert_cmpuint (dropped, ==, 1);
}

/* A derived one that is dropped reaches the parent's decorator. */
static void
test_dropped_derived (void)
{
  g_autoptr (RecordingSink) parent = recording_sink_new (GCOAP_CODE_GET, NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (RecordingSink) sink = NULL;
  GcoapExchange *derived;

  recording_sink_open (parent);
  derived = gcoap_exchange_derive (parent->exchange, request);
  sink = recording_sink_new_for_exchange (derived);
  recording_sink_open (sink);
  g_test_expect_message ("Gcoap", G_LOG_LEVEL_WARNING, "*dropped without an answer*");
  sink->exchange = NULL;
  g_object_unref (derived);
  g_test_assert_expected_messages ();
  settle ();
  g_assert_cmpint (sink->end, ==, GCOAP_EXCHANGE_END_FAILED);
  g_assert_error (sink->error, GCOAP_RESPONSE_ERROR, (int) GCOAP_CODE_INTERNAL_SERVER_ERROR);
  gcoap_exchange_dismiss (parent->exchange);
}

static void
ignore_sink_cb (GcoapExchange *exchange G_GNUC_UNUSED, gboolean is_last G_GNUC_UNUSED,
                gpointer data G_GNUC_UNUSED)
{
}

static void
ignore_weak_cb (gpointer data G_GNUC_UNUSED, GObject *object G_GNUC_UNUSED)
{
}

/* A closed exchange comes back only if nobody could notice. */
static void
test_pool (void)
{
  GcoapExchangePool pool = { { NULL }, 0 };
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  GcoapExchange *exchange;
  guint n_free;

  exchange = gcoap_exchange_pool_take (&pool, runtime, request, NULL, NULL);
  gcoap_exchange_open (exchange, ignore_sink_cb, NULL, NULL);
  gcoap_exchange_set_path_depth (exchange, 3);
  gcoap_exchange_set_repeatable (exchange, TRUE);
  gcoap_exchange_dismiss (exchange);
  gcoap_exchange_pool_give (&pool, exchange);
  n_free = pool.n_kept;       /* 0 in sanitizer builds, which never reuse */
  g_assert_cmpuint (n_free, <=, 1);

  exchange = gcoap_exchange_pool_take (&pool, runtime, request, NULL, NULL);
  g_assert_cmpint (gcoap_exchange_get_state (exchange), ==, GCOAP_EXCHANGE_STATE_NEW);
  g_assert_cmpint (gcoap_exchange_get_end (exchange), ==, GCOAP_EXCHANGE_END_NONE);
  g_assert_cmpuint (gcoap_exchange_get_path_depth (exchange), ==, 0);
  g_assert_false (gcoap_exchange_is_repeatable (exchange));
  gcoap_exchange_open (exchange, ignore_sink_cb, NULL, NULL);
  gcoap_exchange_dismiss (exchange);

  /* Held by somebody. */
  g_object_ref (exchange);
  gcoap_exchange_pool_give (&pool, exchange);
  g_assert_cmpuint (pool.n_kept, ==, 0);
  g_object_unref (exchange);

  /* Something hangs on it. */
  exchange = gcoap_exchange_pool_take (&pool, runtime, request, NULL, NULL);
  gcoap_exchange_open (exchange, ignore_sink_cb, NULL, NULL);
  gcoap_exchange_dismiss (exchange);
  g_object_weak_ref (G_OBJECT (exchange), ignore_weak_cb, NULL);
  gcoap_exchange_pool_give (&pool, exchange);
  g_assert_cmpuint (pool.n_kept, ==, 0);

  exchange = gcoap_exchange_pool_take (&pool, runtime, request, NULL, NULL);
  gcoap_exchange_open (exchange, ignore_sink_cb, NULL, NULL);
  gcoap_exchange_dismiss (exchange);
  g_object_set_data (G_OBJECT (exchange), "wrapper", &pool);
  gcoap_exchange_pool_give (&pool, exchange);
  g_assert_cmpuint (pool.n_kept, ==, 0);
  gcoap_exchange_pool_clear (&pool);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exchange/cancel", test_cancel);
  g_test_add_func ("/exchange/cancel-before-open", test_cancel_before_open);
  g_test_add_func ("/exchange/derive", test_derive);
  g_test_add_func ("/exchange/successor-of-underived", test_successor_of_underived);
  g_test_add_func ("/exchange/cancel-releases-derived", test_cancel_releases_derived);
  g_test_add_func ("/exchange/cancel-at-the-end", test_cancel_at_the_end);
  g_test_add_func ("/exchange/dropped", test_dropped);
  g_test_add_func ("/exchange/dropped-derived", test_dropped_derived);
  g_test_add_func ("/exchange/pool", test_pool);
  return g_test_run ();
}
