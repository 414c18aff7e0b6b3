/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "context/gcoap-context.h"

#include "base/gcoap-error.h"
#include "helpers/simulated-pair.h"
#include "site/gcoap-representation.h"
#include "site/gcoap-simple-resource.h"

typedef struct
{
  SimulatedPair *pair;
  GcoapExchange *held;
  guint          cancelled;
} Fixture;

static void
held_cancelled_cb (GcoapExchange *exchange G_GNUC_UNUSED,
                   gpointer       data)
{
  ((Fixture *) data)->cancelled++;
}

static gboolean
hold_cb (GcoapResource *resource G_GNUC_UNUSED,
         GcoapExchange *exchange,
         gpointer       data)
{
  Fixture *fixture = data;

  g_set_object (&fixture->held, exchange);
  gcoap_exchange_set_cancel_callback (exchange, held_cancelled_cb, fixture, NULL);
  return TRUE;
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapSimpleResource) resource = gcoap_simple_resource_new ();

  fixture->pair = simulated_pair_new (7);
  g_signal_connect (resource, "get", G_CALLBACK (hold_cb), fixture);
  gcoap_site_add (fixture->pair->site, "held", GCOAP_REQUEST_INTERFACE (resource));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  if (fixture->held != NULL && gcoap_exchange_is_open (fixture->held))
    gcoap_exchange_dismiss (fixture->held);
  g_clear_object (&fixture->held);
  g_clear_pointer (&fixture->pair, simulated_pair_free);
}

static void
start (Fixture      *fixture,
       GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/held", &error);

  g_assert_no_error (error);
  gcoap_context_request_async (fixture->pair->client, request, cancellable, simulated_pair_done_cb,
                               fixture->pair);
}

static void
test_cancel (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  start (fixture, cancellable);
  g_assert_false (simulated_pair_run (fixture->pair, 3));
  g_assert_nonnull (fixture->held);
  g_cancellable_cancel (cancellable);
  g_assert_true (simulated_pair_run (fixture->pair, 0));
  g_assert_null (gcoap_context_request_finish (fixture->pair->client, fixture->pair->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_cancelled_before (Fixture       *fixture,
                       gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  start (fixture, cancellable);
  g_assert_true (simulated_pair_run (fixture->pair, 0));
  g_assert_null (gcoap_context_request_finish (fixture->pair->client, fixture->pair->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (gcoap_simulated_link_get_n_sent (fixture->pair->link), ==, 0);
}

/* Cancelled while the address is being looked for: nothing is ever sent. */
static void
test_cancel_resolving (Fixture       *fixture,
                       gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  start (fixture, cancellable);
  g_cancellable_cancel (cancellable);
  g_assert_true (simulated_pair_run (fixture->pair, 5));
  g_assert_null (gcoap_context_request_finish (fixture->pair->client, fixture->pair->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (simulated_pair_run (fixture->pair, 5) && fixture->held != NULL);
}

static void
test_response_timeout (Fixture       *fixture,
                       gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  gint64 before = gcoap_clock_get_now (fixture->pair->clock);

  gcoap_context_set_response_timeout (fixture->pair->client, 4000);
  start (fixture, NULL);
  g_assert_true (simulated_pair_run (fixture->pair, 10));
  g_assert_null (gcoap_context_request_finish (fixture->pair->client, fixture->pair->result, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (error->message, "coap://server"));
  g_assert_cmpint (gcoap_clock_get_now (fixture->pair->clock) - before, ==, 4000000);
}

static void
test_late (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  start (fixture, NULL);
  g_assert_false (simulated_pair_run (fixture->pair, 20));
  gcoap_resource_answer_text (fixture->held, "at last");
  g_assert_true (simulated_pair_run (fixture->pair, 5));
  response = gcoap_context_request_finish (fixture->pair->client, fixture->pair->result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_CONTENT);
}

static void
test_errors (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GError) error = NULL;

  g_assert_null (simulated_pair_request (fixture->pair, GCOAP_CODE_GET, "coap+foo://server/", NULL,
                                         &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
  g_clear_error (&error);
  gcoap_message_set_destination (request, "coap+sctp://server");
  g_clear_object (&fixture->pair->result);
  gcoap_context_request_async (fixture->pair->client, request, NULL, simulated_pair_done_cb, fixture->pair);
  g_assert_true (simulated_pair_run (fixture->pair, 1000));
  g_assert_null (gcoap_context_request_finish (fixture->pair->client, fixture->pair->result, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (simulated_pair_request (fixture->pair, GCOAP_CODE_GET, "coap://nobody/", NULL,
                                         &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND);
}

/* The synchronous call turns the loop itself; inside a callback of that loop
 * it is refused. */
static gboolean
inside_cb (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/held", NULL);

  g_assert_null (gcoap_context_request (fixture->pair->client, request, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_BUSY);
  fixture->cancelled = 99;
  return G_SOURCE_REMOVE;
}

static gboolean
let_time_pass_cb (gpointer data)
{
  SimulatedPair *pair = data;

  gcoap_clock_advance (pair->clock, 100000);
  return G_SOURCE_CONTINUE;
}

static void
test_sync (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request = NULL;
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  guint ticking;

  g_idle_add (inside_cb, fixture);
  while (fixture->cancelled != 99)
    g_main_context_iteration (NULL, TRUE);

  request = gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/nothing", NULL);
  ticking = g_idle_add (let_time_pass_cb, fixture->pair);
  response = gcoap_context_request (fixture->pair->client, request, NULL, &error);
  g_source_remove (ticking);
  g_assert_no_error (error);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_NOT_FOUND);
}

/* From another thread, which gets its answer in its own main context. */
static gpointer
other_thread (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/nothing", NULL);
  g_autoptr (GError) error = NULL;
  SimulatedPair answer = { NULL };
  GcoapMessage *response;

  g_assert_null (gcoap_context_request (fixture->pair->client, request, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_BUSY);
  g_clear_error (&error);

  g_main_context_push_thread_default (context);
  gcoap_context_request_async (fixture->pair->client, request, NULL, simulated_pair_done_cb, &answer);
  while (answer.result == NULL)
    g_main_context_iteration (context, TRUE);
  response = gcoap_context_request_finish (fixture->pair->client, answer.result, &error);
  g_assert_no_error (error);
  g_clear_object (&answer.result);
  g_main_context_pop_thread_default (context);
  g_atomic_int_set (&fixture->cancelled, 7);
  g_main_context_wakeup (NULL);
  return response;
}

static void
test_thread (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  GThread *thread = g_thread_new ("other", other_thread, fixture);
  guint ticking = g_idle_add (let_time_pass_cb, fixture->pair);
  g_autoptr (GcoapMessage) response = NULL;

  while (g_atomic_int_get (&fixture->cancelled) != 7)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (ticking);
  response = g_thread_join (thread);
  g_assert_cmpint (gcoap_message_get_code (response), ==, GCOAP_CODE_NOT_FOUND);
}

static void
count_response_cb (GcoapExchange *exchange,
                   gpointer       data)
{
  g_autofree char *responder =
    gcoap_endpoint_address_dup_uri_base (gcoap_exchange_get_responder (exchange));

  g_assert_cmpint (gcoap_message_get_code (gcoap_exchange_get_response (exchange)), ==,
                   GCOAP_CODE_CONTENT);
  g_string_append_printf (data, "%s ", responder);
}

static gssize
ask_group (Fixture *fixture, const char *network_interface, GString *responders, GError **error)
{
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://everybody/.well-known/core", error);

  g_assert_no_error (*error);
  g_clear_object (&fixture->pair->result);
  gcoap_context_request_group_async (fixture->pair->client, request, network_interface, 8000, NULL,
                                     count_response_cb, responders, NULL, simulated_pair_done_cb,
                                     fixture->pair);
  g_assert_true (simulated_pair_run (fixture->pair, 60));
  return gcoap_context_request_group_finish (fixture->pair->client, fixture->pair->result, error);
}

static void
test_group (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (fixture->pair->clock);
  g_autoptr (GcoapContext) second = gcoap_context_new_for_runtime (runtime);
  g_autoptr (GcoapSimulatedInterface) end =
    gcoap_simulated_link_add_endpoint (fixture->pair->link, "second", runtime);
  g_autoptr (GcoapSimulatedInterface) third =
    gcoap_simulated_link_add_endpoint (fixture->pair->link, "third", runtime);
  g_autoptr (GString) responders = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  gint64 before = gcoap_clock_get_now (fixture->pair->clock);

  g_assert_true (gcoap_context_add_message_interface (second, GCOAP_MESSAGE_INTERFACE (end), NULL));
  g_assert_true (gcoap_context_add_message_interface (second, GCOAP_MESSAGE_INTERFACE (third), NULL));
  gcoap_context_set_site (second, GCOAP_REQUEST_INTERFACE (fixture->pair->site));
  gcoap_simulated_interface_join_group (end, "everybody");
  gcoap_simulated_interface_join_group (third, "everybody");

  g_assert_cmpint (ask_group (fixture, NULL, responders, &error), ==, 2);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (responders->str, "coap://second "));
  g_assert_nonnull (strstr (responders->str, "coap://third "));
  g_assert_cmpint (gcoap_clock_get_now (fixture->pair->clock) - before, ==, 8000000);

  g_assert_cmpint (ask_group (fixture, "no-such-if", responders, &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

/* The application cancels the exchange it gave away: before it is sent, and
 * while its response is waited for. */
static void
test_cancel_exchange (Fixture       *fixture,
                      gconstpointer  data G_GNUC_UNUSED)
{
  for (guint seconds = 0; seconds <= 3; seconds += 3)
    {
      g_autoptr (GcoapMessage) request =
        gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/held", NULL);
      g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
      g_autoptr (GError) error = NULL;

      g_clear_object (&fixture->pair->result);
      gcoap_context_send_async (fixture->pair->client, exchange, NULL, simulated_pair_done_cb,
                                fixture->pair);
      if (seconds > 0)
        g_assert_false (simulated_pair_run (fixture->pair, seconds));
      gcoap_exchange_cancel (exchange);
      g_assert_true (simulated_pair_run (fixture->pair, 0));
      g_assert_null (gcoap_context_send_finish (fixture->pair->client, fixture->pair->result, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_true ((fixture->held != NULL) == (seconds > 0));
    }
}

/* One response is asked for; a stream is left after it. */
static void
test_send_stream (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/nothing", NULL);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;

  gcoap_exchange_set_expects (exchange, GCOAP_EXPECTS_STREAM);
  gcoap_context_send_async (fixture->pair->client, exchange, NULL, simulated_pair_done_cb,
                            fixture->pair);
  g_assert_true (simulated_pair_run (fixture->pair, 3));
  response = gcoap_context_send_finish (fixture->pair->client, fixture->pair->result, &error);
  g_assert_no_error (error);
  g_assert_false (gcoap_exchange_is_open (exchange));
}

/* A second call from elsewhere comes too late to be refused at once. */
static gpointer
send_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  gpointer *arguments = data;

  g_main_context_push_thread_default (context);
  gcoap_context_send_async (arguments[0], arguments[1], NULL, simulated_pair_done_cb, arguments[2]);
  g_atomic_int_set ((gint *) arguments[3], TRUE);
  while (((SimulatedPair *) arguments[2])->result == NULL)
    g_main_context_iteration (context, TRUE);
  g_main_context_pop_thread_default (context);
  return NULL;
}

static void
test_send_twice (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapMessage) request =
    gcoap_message_new_for_uri (GCOAP_CODE_GET, "coap://server/nothing", NULL);
  g_autoptr (GcoapExchange) exchange = gcoap_exchange_new (request);
  SimulatedPair other = { .result = NULL };
  gint is_sent = FALSE;
  gpointer arguments[] = { fixture->pair->client, exchange, &other, &is_sent };
  g_autoptr (GcoapMessage) response = NULL;
  g_autoptr (GError) error = NULL;
  GThread *thread = NULL;

  if (g_test_subprocess ())
    {
      gcoap_context_send_async (fixture->pair->client, exchange, NULL, NULL, NULL);
      gcoap_context_send_async (fixture->pair->client, exchange, NULL, NULL, NULL);
      return;
    }
  thread = g_thread_new ("other", send_thread, arguments);
  /* Its call waits in the context of the stack. */
  while (!g_atomic_int_get (&is_sent))
    g_thread_yield ();
  gcoap_context_send_async (fixture->pair->client, exchange, NULL, simulated_pair_done_cb,
                            fixture->pair);
  g_assert_true (simulated_pair_run (fixture->pair, 3));
  g_thread_join (thread);
  response = gcoap_context_send_finish (fixture->pair->client, fixture->pair->result, &error);
  g_assert_no_error (error);
  g_assert_null (gcoap_context_send_finish (fixture->pair->client, other.result, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_object_unref (other.result);

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*gcoap_context_send_async*assertion*STATE_NEW*");
}

/* The thread that asked has the last reference, and drops it while the stack's
 * own thread turns its loop. */
typedef struct
{
  GcoapContext *client;
  GThread      *owner;
  GThread      *finalized_by;
  gint          done;
} LastReference;

static void
finalized_cb (gpointer  data,
              GObject  *where G_GNUC_UNUSED)
{
  ((LastReference *) data)->finalized_by = g_thread_self ();
}

static gpointer
drop_thread (gpointer data)
{
  LastReference *last = data;

  g_clear_object (&last->client);
  g_atomic_int_set (&last->done, 1);
  return NULL;
}

static gboolean
join_inside_cb (gpointer data)
{
  /* The loop is owned by this thread all the while. */
  g_thread_join (g_thread_new ("drop", drop_thread, data));
  return G_SOURCE_REMOVE;
}

static void
test_dropped_by_thread (Fixture       *fixture,
                        gconstpointer  data G_GNUC_UNUSED)
{
  LastReference last = { .owner = g_thread_self () };

  last.client = g_steal_pointer (&fixture->pair->client);
  g_object_weak_ref (G_OBJECT (last.client), finalized_cb, &last);
  g_idle_add (join_inside_cb, &last);
  while (last.finalized_by == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_atomic_int_get (&last.done), ==, 1);
  g_assert_true (last.finalized_by == last.owner);
}

#define ADD(name, func) \
  g_test_add ("/context-requests/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("cancel", test_cancel);
  ADD ("cancelled-before", test_cancelled_before);
  ADD ("cancel-resolving", test_cancel_resolving);
  ADD ("response-timeout", test_response_timeout);
  ADD ("late", test_late);
  ADD ("errors", test_errors);
  ADD ("sync", test_sync);
  ADD ("thread", test_thread);
  ADD ("cancel-exchange", test_cancel_exchange);
  ADD ("send-stream", test_send_stream);
  ADD ("send-twice", test_send_twice);
  ADD ("dropped-by-thread", test_dropped_by_thread);
  ADD ("group", test_group);
  return g_test_run ();
}
