/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/contract-request-interface.h"

#include "helpers/recording-sink.h"

typedef struct
{
  ContractResponderFactory  factory;
  gconstpointer             data;
} Parameters;

typedef struct
{
  ContractResponder *responder;
  RecordingSink     *sink;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  const Parameters *parameters = data;

  fixture->responder = parameters->factory (parameters->data);
  fixture->sink =
    recording_sink_new_for_exchange (fixture->responder->new_exchange (fixture->responder));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  g_clear_pointer (&fixture->sink, recording_sink_free);
  fixture->responder->settle (fixture->responder);
  fixture->responder->free (fixture->responder);
}

static void
ask (Fixture *fixture)
{
  recording_sink_open (fixture->sink);
  gcoap_request_interface_request (fixture->responder->tested, fixture->sink->exchange);
}

static void
test_ends_once (Fixture       *fixture,
                gconstpointer  data)
{
  ask (fixture);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 1);
  g_assert_cmpuint (fixture->sink->n_destroyed, ==, 1);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 1);
}

/* The requester may give up its reference: who answers later has one. */
static void
test_requester_lets_go (Fixture       *fixture,
                        gconstpointer  data)
{
  GcoapExchange *exchange = fixture->sink->exchange;

  ask (fixture);
  g_object_add_weak_pointer (G_OBJECT (exchange), (gpointer *) &exchange);
  g_object_unref (fixture->sink->exchange);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 1);
  /* And nobody has one beyond the end. */
  g_assert_null (exchange);
  fixture->sink->exchange = fixture->responder->new_exchange (fixture->responder);
}

static void
test_cancelled (Fixture       *fixture,
                gconstpointer  data)
{
  guint n_calls;

  ask (fixture);
  n_calls = fixture->sink->n_calls;
  gcoap_exchange_cancel (fixture->sink->exchange);
  g_assert_cmpuint (fixture->sink->n_destroyed, ==, 1);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (fixture->sink->n_calls, ==, n_calls);
}

typedef struct
{
  guint n_calls;
  guint n_ends;
} Watch;

static GcoapVerdict
watch_cb (GcoapExchange *exchange,
          gboolean       is_last,
          gpointer       data)
{
  Watch *watch = data;

  watch->n_calls++;
  watch->n_ends += is_last;
  return GCOAP_VERDICT_PASS;
}

/* A filter that stood there before sees what the sink gets. */
static void
test_filters (Fixture       *fixture,
              gconstpointer  data)
{
  Watch watch = { 0, 0 };

  recording_sink_open (fixture->sink);
  gcoap_exchange_add_response_filter (fixture->sink->exchange, watch_cb, &watch);
  gcoap_request_interface_request (fixture->responder->tested, fixture->sink->exchange);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (watch.n_calls, ==, fixture->sink->n_calls);
  g_assert_cmpuint (watch.n_ends, ==, 1);
}

static void
prepared_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_request_interface_prepare_finish (GCOAP_REQUEST_INTERFACE (source), result,
                                                         &error));
  g_assert_no_error (error);
  ++*(guint *) data;
}

static void
test_prepared (Fixture       *fixture,
               gconstpointer  data)
{
  guint n_done = 0;

  g_assert_true (gcoap_request_interface_recognizes (fixture->responder->tested,
                                                     fixture->sink->exchange));
  gcoap_request_interface_prepare_async (fixture->responder->tested, fixture->sink->exchange, NULL,
                                         prepared_cb, &n_done);
  /* GTask: never from inside the call. */
  g_assert_cmpuint (n_done, ==, 0);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (n_done, ==, 1);
  g_assert_cmpint (gcoap_exchange_get_state (fixture->sink->exchange), <, GCOAP_EXCHANGE_STATE_OPEN);
  ask (fixture);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 1);
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_request_interface_shutdown_finish (GCOAP_REQUEST_INTERFACE (source), result,
                                                          &error));
  g_assert_no_error (error);
  ++*(guint *) data;
}

static void
test_shut_down (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr (RecordingSink) late = NULL;
  guint n_done = 0;

  ask (fixture);
  for (guint i = 0; i < 2; i++)
    gcoap_request_interface_shutdown_async (fixture->responder->tested, NULL, shut_down_cb, &n_done);
  fixture->responder->settle (fixture->responder);
  gcoap_request_interface_shutdown_async (fixture->responder->tested, NULL, shut_down_cb, &n_done);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (n_done, ==, 3);
  g_assert_cmpuint (fixture->sink->n_ends, ==, 1);

  /* What comes after ends too, in whatever way. */
  late = recording_sink_new_for_exchange (fixture->responder->new_exchange (fixture->responder));
  recording_sink_open (late);
  gcoap_request_interface_request (fixture->responder->tested, late->exchange);
  fixture->responder->settle (fixture->responder);
  g_assert_cmpuint (late->n_ends, ==, 1);
}

void
contract_request_interface_add_tests (const char               *prefix,
                                      ContractResponderFactory  factory,
                                      gconstpointer             data)
{
  static const struct { const char *name; void (*func) (Fixture *, gconstpointer); } tests[] = {
    { "ends-once", test_ends_once },
    { "requester-lets-go", test_requester_lets_go },
    { "cancelled", test_cancelled },
    { "filters", test_filters },
    { "prepared", test_prepared },
    { "shut-down", test_shut_down },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    {
      g_autofree char *path = g_strdup_printf ("/%s/%s", prefix, tests[i].name);
      Parameters *parameters = g_new (Parameters, 1);

      parameters->factory = factory;
      parameters->data = data;
      g_test_add_vtable (path, sizeof (Fixture), parameters, (GTestFixtureFunc) set_up,
                         (GTestFixtureFunc) tests[i].func, (GTestFixtureFunc) tear_down);
    }
}
