/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/gcoap-error.h"
#include "base/gcoap-statistics-private.h"
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
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  fixture->clock = gcoap_clock_new_manual (0);
  fixture->runtime = gcoap_runtime_new (fixture->clock);
  fixture->link = gcoap_simulated_link_new (fixture->clock, 1);
  fixture->client = gcoap_simulated_link_add_endpoint (fixture->link, "client", fixture->runtime);
  fixture->server = gcoap_simulated_link_add_endpoint (fixture->link, "server", fixture->runtime);
  fixture->client_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->client));
  fixture->server_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->server));
  fixture->server_address = gcoap_simulated_link_dup_address (fixture->link, "server");
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

static void
test_resolving (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  GcoapMessageInterface *client = GCOAP_MESSAGE_INTERFACE (fixture->client);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) address = test_resolve (client, "coap://SERVER:5683/a/b?c", &error);
  g_autofree char *uri = gcoap_simulated_interface_dup_uri (fixture->server);

  g_assert_no_error (error);
  g_assert_true (address == fixture->server_address);
  g_assert_true (gcoap_message_interface_recognizes (client, address));
  g_assert_cmpstr (uri, ==, "coap://server");

  g_assert_null (test_resolve (client, "coap://nobody", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_HOST_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (test_resolve (client, "coaps://server", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (test_resolve (client, "coap://server#x", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_URI);
}

static void
test_mtu (Fixture       *fixture,
          gconstpointer  data G_GNUC_UNUSED)
{
  GcoapMessageInterface *client = GCOAP_MESSAGE_INTERFACE (fixture->client);
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PUT);
  g_autofree guint8 *payload = g_malloc0 (1500);
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { .address = fixture->server_address, .message = message };

  g_assert_cmpuint (gcoap_message_interface_get_room (client, fixture->server_address), ==, 1152);
  gcoap_simulated_link_set_mtu (fixture->link, 100);
  g_assert_cmpuint (gcoap_message_interface_get_room (client, fixture->server_address), ==, 100);

  /* Header and payload marker take five bytes. */
  gcoap_message_set_payload_data (message, payload, 96);
  g_assert_false (gcoap_message_interface_send (client, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_clear_error (&error);
  gcoap_message_set_payload_data (message, payload, 95);
  g_assert_true (gcoap_message_interface_send (client, &pdu, &error));
  gcoap_clock_advance (fixture->clock, 1000);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->server_manager, TEST_RECORD_PDU), ==, 1);
}

static void
test_receive_limit (Fixture       *fixture,
                    gconstpointer  data G_GNUC_UNUSED)
{
  GcoapStatistics *statistics = gcoap_runtime_get_statistics (fixture->runtime);
  const guint8 bytes[101] = { 0x52, 0x01, 0xab, 0xcd, 't', 'k' };
  const TestRecord *record;

  g_object_set (gcoap_runtime_get_limits (fixture->runtime), "max-datagram-size", 100, NULL);
  g_assert_true (gcoap_simulated_link_inject (fixture->link, "client", "server", bytes, sizeof bytes));
  gcoap_clock_advance (fixture->clock, 1000);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 1);
  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_MALFORMED, 0);
  g_assert_cmpint (record->type, ==, GCOAP_MESSAGE_TYPE_NON);
  g_assert_cmpint (record->message_id, ==, 0xabcd);
  g_assert_cmpmem (g_bytes_get_data (record->token, NULL), g_bytes_get_size (record->token), "tk", 2);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE);
  g_assert_cmpuint (statistics->counters[GCOAP_COUNTER_LIMIT_HITS], ==, 1);
}

static void
test_partition (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  send_n (fixture, 1);
  gcoap_simulated_interface_set_partitioned (fixture->server, TRUE);
  send_n (fixture, 1);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 0);
  g_assert_cmpuint (fixture->client_manager->records->len, ==, 0);

  gcoap_simulated_interface_set_partitioned (fixture->server, FALSE);
  gcoap_simulated_interface_set_partitioned (fixture->client, TRUE);
  send_n (fixture, 1);
  gcoap_simulated_interface_set_partitioned (fixture->client, FALSE);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 0);
  send_n (fixture, 1);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 1);
}

static void
test_unreachable (Fixture       *fixture,
                  gconstpointer  data G_GNUC_UNUSED)
{
  const TestRecord *record;

  gcoap_simulated_interface_set_unreachable (fixture->server, TRUE);
  test_send_get (GCOAP_MESSAGE_INTERFACE (fixture->client), fixture->server_address, 0xbeef);
  gcoap_clock_advance (fixture->clock, 2000);
  record = test_message_recorder_get (fixture->client_manager, TEST_RECORD_ERROR, 0);
  g_assert_true (record->address == fixture->server_address);
  g_assert_cmpint (record->message_id, ==, 0xbeef);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  g_assert_nonnull (strstr (record->error->message, "coap://server"));

  /* Nobody reports that a report did not arrive. */
  gcoap_simulated_interface_set_unreachable (fixture->client, TRUE);
  send_n (fixture, 1);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (fixture->client_manager->records->len, ==, 1);
}

static void
shut_down_cb (GObject      *object,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_message_interface_shutdown_finish (GCOAP_MESSAGE_INTERFACE (object), result, &error));
  g_assert_no_error (error);
  (*(guint *) data)++;
}

static void
test_shutdown (Fixture       *fixture,
               gconstpointer  data G_GNUC_UNUSED)
{
  GcoapMessageInterface *server = GCOAP_MESSAGE_INTERFACE (fixture->server);
  g_autoptr (GcoapEndpointAddress) client = gcoap_simulated_link_dup_address (fixture->link, "client");
  GcoapPdu pdu = { .address = client };
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapSimulatedInterface) successor = NULL;
  guint n = 0;

  send_n (fixture, 1);
  gcoap_message_interface_shutdown_async (server, NULL, shut_down_cb, &n);
  gcoap_message_interface_shutdown_async (server, NULL, shut_down_cb, &n);
  while (n < 2)
    g_main_context_iteration (NULL, TRUE);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 0);
  g_assert_cmpuint (test_message_recorder_get_n (fixture->client_manager, TEST_RECORD_ERROR), ==, 1);
  g_assert_false (gcoap_message_interface_send (server, &pdu, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);

  /* Its name is free again. */
  successor = gcoap_simulated_link_add_endpoint (fixture->link, "server", fixture->runtime);
  g_assert_nonnull (successor);
}

static void
test_group (Fixture       *fixture,
            gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapSimulatedInterface) third = NULL;
  g_autoptr (TestMessageRecorder) third_manager = NULL;
  g_autoptr (GcoapEndpointAddress) group = NULL;
  const TestRecord *record;

  third = gcoap_simulated_link_add_endpoint (fixture->link, "third", fixture->runtime);
  third_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (third));
  gcoap_simulated_interface_join_group (fixture->client, "all.example");
  gcoap_simulated_interface_join_group (fixture->server, "all.example");
  gcoap_simulated_interface_join_group (fixture->server, "all.example");
  gcoap_simulated_interface_join_group (third, "all.example");
  group = gcoap_simulated_link_dup_address (fixture->link, "all.example");
  g_assert_true (gcoap_endpoint_address_is_multicast (group));
  g_assert_false (gcoap_endpoint_address_is_multicast (fixture->server_address));

  test_send_get (GCOAP_MESSAGE_INTERFACE (fixture->client), group, 7);
  gcoap_clock_advance (fixture->clock, 1000);
  g_assert_cmpuint (fixture->client_manager->records->len, ==, 0);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 1);
  record = test_message_recorder_get (third_manager, TEST_RECORD_PDU, 0);
  g_assert_true (gcoap_local_is_group (record->local));
  g_assert_cmpstr (gcoap_local_get_hostinfo (record->local), ==, "all.example");

  /* Who is gone is in no group. */
  g_clear_object (&third);
  test_send_get (GCOAP_MESSAGE_INTERFACE (fixture->client), group, 8);
  gcoap_clock_advance (fixture->clock, 1000000);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 2);
  g_assert_cmpuint (fixture->client_manager->records->len, ==, 0);
}

static void
test_malformed (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  GcoapStatistics *statistics = gcoap_runtime_get_statistics (fixture->runtime);
  const guint8 bad_token_length[] = { 0x4f, 0x01, 0xab, 0xcd };
  const guint8 bad_version[] = { 0x80, 0x01, 0xab, 0xcd };
  const TestRecord *record;

  gcoap_simulated_link_inject (fixture->link, "client", "server", bad_token_length, sizeof bad_token_length);
  gcoap_simulated_link_inject (fixture->link, "client", "server", bad_version, sizeof bad_version);
  gcoap_simulated_link_inject (fixture->link, "client", "server", NULL, 0);
  gcoap_clock_advance (fixture->clock, 1000);
  g_assert_cmpuint (fixture->server_manager->records->len, ==, 1);
  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_MALFORMED, 0);
  g_assert_cmpint (record->type, ==, GCOAP_MESSAGE_TYPE_CON);
  g_assert_cmpint (record->message_id, ==, 0xabcd);
  g_assert_null (record->message);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED);
  /* The message layer counts what it is told of; the rest is counted here. */
  g_assert_cmpuint (statistics->counters[GCOAP_COUNTER_DATAGRAMS_MALFORMED], ==, 2);
  g_assert_cmpuint (statistics->counters[GCOAP_COUNTER_DATAGRAMS_RECEIVED], ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, Fixture, NULL, set_up, func, tear_down)
  ADD ("/simulated-interface/resolving", test_resolving);
  ADD ("/simulated-interface/mtu", test_mtu);
  ADD ("/simulated-interface/receive-limit", test_receive_limit);
  ADD ("/simulated-interface/partition", test_partition);
  ADD ("/simulated-interface/unreachable", test_unreachable);
  ADD ("/simulated-interface/shutdown", test_shutdown);
  ADD ("/simulated-interface/group", test_group);
  ADD ("/simulated-interface/malformed", test_malformed);
  return g_test_run ();
}
