/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/message-recorder.h"
#include "transport/gcoap-simulated-link.h"

typedef struct
{
  GcoapClock              *clock;
  GcoapRuntime            *runtime;
  GcoapSimulatedLink      *link;
  GcoapSimulatedInterface *client;
  GcoapSimulatedInterface *server;
  TestMessageRecorder     *client_manager;
  TestMessageRecorder     *server_manager;
  GcoapEndpointAddress    *server_address;
} Fixture;

static void
set_up_seeded (Fixture *fixture,
               guint32  seed)
{
  fixture->clock = gcoap_clock_new_manual (0);
  fixture->runtime = gcoap_runtime_new (fixture->clock);
  fixture->link = gcoap_simulated_link_new (fixture->clock, seed);
  fixture->client = gcoap_simulated_link_add_endpoint (fixture->link, "client", fixture->runtime);
  fixture->server = gcoap_simulated_link_add_endpoint (fixture->link, "server", fixture->runtime);
  fixture->client_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->client));
  fixture->server_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->server));
  fixture->server_address = gcoap_simulated_link_dup_address (fixture->link, "server");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  set_up_seeded (fixture, 1);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_clear_object (&fixture->server_address);
  g_clear_object (&fixture->client);
  g_clear_object (&fixture->server);
  g_clear_object (&fixture->client_manager);
  g_clear_object (&fixture->server_manager);
  g_assert_finalize_object (g_steal_pointer (&fixture->link));
  g_clear_object (&fixture->runtime);
  g_clear_object (&fixture->clock);
}

static void
send_n (Fixture *fixture,
        guint    n)
{
  for (guint i = 0; i < n; i++)
    test_send_get (GCOAP_MESSAGE_INTERFACE (fixture->client), fixture->server_address, i);
}

/* A datagram arrives by the clock alone, as it was sent, from whom sent it. */
static void
test_delivery (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  const TestRecord *record;
  g_autofree char *from = NULL;
  g_autofree char *path = NULL;

  test_send_get (GCOAP_MESSAGE_INTERFACE (fixture->client), fixture->server_address, 0x1234);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU), ==, 0);
  gcoap_clock_advance (fixture->clock, 999);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU), ==, 0);
  g_assert_cmpuint (gcoap_simulated_link_get_n_in_flight (fixture->link), ==, 1);
  gcoap_clock_advance (fixture->clock, 1);

  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, 0);
  g_assert_cmpint (record->type, ==, GCOAP_MESSAGE_TYPE_CON);
  g_assert_cmpint (record->message_id, ==, 0x1234);
  g_assert_cmpmem (g_bytes_get_data (record->token, NULL), g_bytes_get_size (record->token), "t", 1);
  from = gcoap_endpoint_address_dup_uri_base (record->address);
  g_assert_cmpstr (from, ==, "coap://client");
  g_assert_cmpstr (gcoap_local_get_hostinfo (record->local), ==, "server");
  g_assert_false (gcoap_local_is_group (record->local));
  path = gcoap_message_get_option_string (record->message, GCOAP_OPTION_URI_PATH, 0);
  g_assert_cmpstr (path, ==, "test");
  g_assert_cmpuint (gcoap_simulated_link_get_n_delivered (fixture->link), ==, 1);
  g_assert_cmpuint (gcoap_simulated_link_get_n_in_flight (fixture->link), ==, 0);
}

static void
test_literals (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapSimulatedInterface) six = NULL;
  g_autoptr (GcoapSimulatedInterface) four = NULL;
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autofree char *hostinfo = NULL;
  g_autoptr (GError) error = NULL;

  six = gcoap_simulated_link_add_endpoint (fixture->link, "[2001:db8::1]", fixture->runtime);
  four = gcoap_simulated_link_add_endpoint (fixture->link, "192.0.2.1:61616", fixture->runtime);
  address = test_resolve (GCOAP_MESSAGE_INTERFACE (four), "coap://[2001:db8::1]/x", &error);
  g_assert_no_error (error);
  hostinfo = gcoap_endpoint_address_dup_hostinfo (address);
  g_assert_cmpstr (hostinfo, ==, "[2001:db8::1]");
  g_assert_null (gcoap_simulated_link_dup_address (fixture->link, "192.0.2.1"));
}

static void
test_loss (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  guint n;

  gcoap_simulated_link_set_loss (fixture->link, 1);
  send_n (fixture, 10);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU), ==, 0);

  gcoap_simulated_link_set_loss (fixture->link, 0.25);
  send_n (fixture, 1000);
  gcoap_clock_advance (fixture->clock, 1000000);
  n = test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU);
  g_assert_cmpuint (n, >, 700);
  g_assert_cmpuint (n, <, 800);
  g_assert_cmpuint (gcoap_simulated_link_get_n_sent (fixture->link), ==, 1010);
}

static void
test_duplication (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_simulated_link_set_duplication (fixture->link, 1);
  send_n (fixture, 5);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU), ==, 10);
}

static guint
count_inversions (TestMessageRecorder *manager)
{
  guint n = test_message_recorder_get_n (manager, TEST_RECORD_PDU);
  guint inversions = 0;

  for (guint i = 1; i < n; i++)
    if (test_message_recorder_get (manager, TEST_RECORD_PDU, i)->message_id <
        test_message_recorder_get (manager, TEST_RECORD_PDU, i - 1)->message_id)
      inversions++;
  return inversions;
}

/* Varying delays alone keep the order; reordering breaks it, and loses none. */
static void
test_order (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  gcoap_simulated_link_set_delay (fixture->link, 100, 50000);
  send_n (fixture, 200);
  gcoap_clock_advance (fixture->clock, 49999 - 100);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU), <, 200);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU), ==, 200);
  g_assert_cmpuint (count_inversions (fixture->server_manager), ==, 0);

  g_ptr_array_set_size (fixture->server_manager->records, 0);
  gcoap_simulated_link_set_reordering (fixture->link, 0.2);
  send_n (fixture, 200);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU), ==, 200);
  g_assert_cmpuint (count_inversions (fixture->server_manager), >, 0);
}

static char *
run_seeded (guint32 seed)
{
  Fixture fixture;
  char *log;

  set_up_seeded (&fixture, seed);
  gcoap_simulated_link_set_logging (fixture.link, TRUE);
  gcoap_simulated_link_set_loss (fixture.link, 0.3);
  gcoap_simulated_link_set_duplication (fixture.link, 0.3);
  gcoap_simulated_link_set_reordering (fixture.link, 0.3);
  gcoap_simulated_link_set_delay (fixture.link, 0, 100000);
  for (guint i = 0; i < 50; i++)
    {
      send_n (&fixture, 1);
      gcoap_clock_advance (fixture.clock, 10000);
    }
  log = gcoap_simulated_link_dup_log (fixture.link);
  tear_down (&fixture, NULL);
  return log;
}

static void
test_determinism (void)
{
  g_autofree char *first = run_seeded (42);
  g_autofree char *second = run_seeded (42);
  g_autofree char *other = run_seeded (43);

  g_assert_nonnull (strstr (first, ": lost\n"));
  g_assert_nonnull (strstr (first, ", held back\n"));
  g_assert_nonnull (strstr (first, " again at "));
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpstr (first, !=, other);
}

static gboolean
lose_second_cb (GcoapSimulatedLink *link G_GNUC_UNUSED,
                guint               serial,
                const char         *from,
                const char         *to,
                const guint8       *data,
                gsize               length,
                gpointer            user_data)
{
  g_assert_cmpstr (from, ==, "client");
  g_assert_cmpstr (to, ==, "server");
  g_assert_cmpuint (length, >, 4);
  g_assert_cmpuint (data[0], ==, 0x41);
  (*(guint *) user_data)++;
  return serial != 2;
}

static void
test_filter (Fixture       *fixture,
             gconstpointer  data G_GNUC_UNUSED)
{
  guint n_seen = 0;

  gcoap_simulated_link_set_filter (fixture->link, lose_second_cb, &n_seen, NULL);
  send_n (fixture, 3);
  gcoap_clock_advance (fixture->clock, 1000);
  g_assert_cmpuint (n_seen, ==, 3);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 2);
  g_assert_cmpint (test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, 1)->message_id, ==, 2);
}

/* Two endpoints that answer each other without delay do not hang the clock of
 * the machine: each turn delivers what was there when it began. */
static void
answer_cb (TestMessageRecorder *recorder,
           const GcoapPdu      *pdu,
           gpointer             data)
{
  if (recorder->records->len < 1000)
    test_send_ack (data, pdu);
}

static void
test_no_delay (void)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new ();
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (clock);
  g_autoptr (GcoapSimulatedLink) link = gcoap_simulated_link_new (clock, 1);
  g_autoptr (GcoapSimulatedInterface) a = gcoap_simulated_link_add_endpoint (link, "a", runtime);
  g_autoptr (GcoapSimulatedInterface) b = gcoap_simulated_link_add_endpoint (link, "b", runtime);
  g_autoptr (TestMessageRecorder) a_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (a));
  g_autoptr (TestMessageRecorder) b_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (b));
  g_autoptr (GcoapEndpointAddress) address = gcoap_simulated_link_dup_address (link, "b");
  guint n_turns = 0;

  gcoap_simulated_link_set_delay (link, 0, 0);
  a_manager->func = b_manager->func = answer_cb;
  a_manager->data = a;
  b_manager->data = b;
  test_send_get (GCOAP_MESSAGE_INTERFACE (a), address, 1);
  for (; b_manager->records->len < 1000; n_turns++)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (n_turns, >, 500);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/simulated-link/delivery", test_delivery);
  ADD ("/simulated-link/literals", test_literals);
  ADD ("/simulated-link/loss", test_loss);
  ADD ("/simulated-link/duplication", test_duplication);
  ADD ("/simulated-link/order", test_order);
  g_test_add_func ("/simulated-link/determinism", test_determinism);
  ADD ("/simulated-link/filter", test_filter);
  g_test_add_func ("/simulated-link/no-delay", test_no_delay);
  return g_test_run ();
}
