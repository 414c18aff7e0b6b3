/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* In a network namespace of its own, with a pair of interfaces that know
 * multicast: the machine's network is left alone, and not needed. */
#include "transport/gcoap-udp-transport-private.h"

#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/message-recorder.h"
#include "helpers/raw-socket.h"

static const char *const only_v0[] = { "v0", NULL };

static gboolean
run (const char *command)
{
  int status;

  return g_spawn_command_line_sync (command, NULL, NULL, &status, NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

/* Whether this process may have a network of its own; made once. */
static gboolean
have_network (void)
{
  static int state = -1;

  if (state < 0)
    {
      g_autofree char *ip = g_find_program_in_path ("ip");

      state = ip != NULL && unshare (CLONE_NEWNET) == 0 &&
              run ("ip link set lo up") &&
              run ("ip link add v0 type veth peer name v1") &&
              run ("ip link set v0 up") &&
              run ("ip link set v1 up") &&
              run ("ip addr add 10.9.8.1/24 dev v0") &&
              run ("ip -6 addr add fd00:9::1/64 dev v0 nodad");
    }
  if (!state)
    g_test_skip ("a network namespace cannot be made here");
  return state;
}

typedef struct
{
  GcoapRuntime        *runtime;
  GcoapUdpTransport   *server;
  GcoapUdpTransport   *client;
  TestMessageRecorder *server_manager;
  TestMessageRecorder *client_manager;
} Fixture;

static void
set_up (Fixture *fixture)
{
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GError) error = NULL;

  fixture->runtime = gcoap_runtime_new (clock);
  fixture->server = gcoap_udp_transport_new_server (fixture->runtime, "coap://[::]", &error);
  g_assert_no_error (error);
  fixture->client = gcoap_udp_transport_new_client (fixture->runtime, &error);
  g_assert_no_error (error);
  fixture->server_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->server));
  fixture->client_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->client));
}

static void
tear_down (Fixture *fixture)
{
  g_assert_finalize_object (fixture->server);
  g_assert_finalize_object (fixture->client);
  g_object_unref (fixture->server_manager);
  g_object_unref (fixture->client_manager);
  g_object_unref (fixture->runtime);
}

static void
answer_cb (TestMessageRecorder *recorder G_GNUC_UNUSED,
           const GcoapPdu      *pdu,
           gpointer             data)
{
  test_send_ack (data, pdu);
}

/* A request to a group comes to who joined, with the group as its local side;
 * the answer leaves from a unicast address (RFC 7252 §8.2). */
static void
ask_group (Fixture    *fixture,
           const char *uri,
           const char *group,
           guint       n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GcoapLocal) by_v0 = gcoap_local_new (NULL, if_nametoindex ("v0"), FALSE);
  GcoapPdu pdu = { .type = GCOAP_MESSAGE_TYPE_NON, .message_id = n, .message = message, .local = by_v0 };
  const TestRecord *record;

  fixture->server_manager->func = answer_cb;
  fixture->server_manager->data = fixture->server;
  address = test_resolve (GCOAP_MESSAGE_INTERFACE (fixture->client), uri, &error);
  g_assert_no_error (error);
  g_assert_true (gcoap_endpoint_address_is_multicast (address));
  pdu.address = address;
  gcoap_message_interface_send (GCOAP_MESSAGE_INTERFACE (fixture->client), &pdu, &error);
  g_assert_no_error (error);

  test_message_recorder_wait (fixture->server_manager, TEST_RECORD_PDU, n);
  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, n - 1);
  g_assert_true (gcoap_local_is_group (record->local));
  g_assert_cmpstr (gcoap_local_get_hostinfo (record->local), ==, group);
  g_assert_cmpuint (gcoap_local_get_interface_index (record->local), ==, if_nametoindex ("v0"));

  test_message_recorder_wait (fixture->client_manager, TEST_RECORD_PDU, n);
  record = test_message_recorder_get (fixture->client_manager, TEST_RECORD_PDU, n - 1);
  g_assert_false (gcoap_endpoint_address_is_multicast (record->address));
  g_assert_false (gcoap_local_is_group (record->local));
}

static void
test_groups (void)
{
  Fixture fixture;
  g_autoptr (GError) error = NULL;

  if (!have_network ())
    return;
  set_up (&fixture);
  gcoap_udp_transport_join_groups (fixture.server, only_v0, &error);
  g_assert_no_error (error);
  /* Once more does no harm. */
  gcoap_udp_transport_join_groups (fixture.server, only_v0, &error);
  g_assert_no_error (error);
  ask_group (&fixture, "coap://224.0.1.187", "224.0.1.187:5683", 1);
  ask_group (&fixture, "coap://[ff02::fd%25v0]", "[ff02::fd%v0]:5683", 2);
  ask_group (&fixture, "coap://[ff05::fd]", "[ff05::fd%v0]:5683", 3);
  tear_down (&fixture);
}

/* The zone of the address is enough to choose the interface. */
static void
test_zone (void)
{
  Fixture fixture;
  g_autoptr (GcoapEndpointAddress) address = NULL;

  if (!have_network ())
    return;
  set_up (&fixture);
  g_assert_true (gcoap_udp_transport_join_groups (fixture.server, NULL, NULL));
  address = test_resolve (GCOAP_MESSAGE_INTERFACE (fixture.client), "coap://[ff05::fd%25v0]", NULL);
  test_send_get (GCOAP_MESSAGE_INTERFACE (fixture.client), address, 1);
  test_message_recorder_wait (fixture.server_manager, TEST_RECORD_PDU, 1);
  tear_down (&fixture);
}

/* Who did not join hears nothing, though another socket of the machine did. */
static void
test_not_joined (void)
{
  Fixture fixture;
  g_autoptr (GcoapEndpointAddress) group = NULL;
  g_autoptr (GcoapEndpointAddress) unicast = NULL;
  g_autoptr (GcoapUdpTransport) member = NULL;
  g_autoptr (GcoapLocal) by_v0 = NULL;
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { .type = GCOAP_MESSAGE_TYPE_NON, .message_id = 1 };

  if (!have_network ())
    return;
  set_up (&fixture);
  member = gcoap_udp_transport_new_client (fixture.runtime, NULL);
  g_assert_true (gcoap_udp_transport_join_groups (member, only_v0, NULL));
  group = test_resolve (GCOAP_MESSAGE_INTERFACE (fixture.client), "coap://224.0.1.187", NULL);
  pdu.address = group;
  pdu.local = by_v0 = gcoap_local_new (NULL, if_nametoindex ("v0"), FALSE);
  g_assert_true (gcoap_message_interface_send (GCOAP_MESSAGE_INTERFACE (fixture.client), &pdu, &error));
  unicast = test_resolve (GCOAP_MESSAGE_INTERFACE (fixture.client), "coap://10.9.8.1", NULL);
  test_send_get (GCOAP_MESSAGE_INTERFACE (fixture.client), unicast, 2);
  test_message_recorder_wait (fixture.server_manager, TEST_RECORD_PDU, 1);
  g_assert_cmpint (test_message_recorder_get (fixture.server_manager, TEST_RECORD_PDU, 0)->message_id, ==, 2);
  tear_down (&fixture);
}

static void
test_refused (void)
{
  static const char *const nowhere[] = { "nosuch0", NULL };
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (0);
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (clock);
  g_autoptr (GcoapUdpTransport) wildcard = gcoap_udp_transport_new_client (runtime, NULL);
  g_autoptr (GcoapUdpTransport) bound = gcoap_udp_transport_new_server (runtime, "coap://127.0.0.1:0", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_false (gcoap_udp_transport_join_groups (wildcard, nowhere, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, "nosuch0"));
  g_clear_error (&error);
  g_assert_false (gcoap_udp_transport_join_groups (bound, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

/* Nobody answers for an address on the link: what is sent there fills the
 * socket, waits, and is reported when the kernel gives up. */
static void
test_full_socket (void)
{
  Fixture fixture;
  g_autoptr (GcoapEndpointAddress) absent = NULL;
  int least = 1;
  guint sent = 0;
  g_autoptr (GError) error = NULL;

  if (!have_network ())
    return;
  set_up (&fixture);
  setsockopt (fixture.client->socket.fd, SOL_SOCKET, SO_SNDBUF, &least, sizeof least);
  g_object_set (fixture.client, "max-waiting", 10, NULL);
  absent = test_resolve (GCOAP_MESSAGE_INTERFACE (fixture.client), "coap://10.9.8.77", NULL);
  for (; sent < 1000; sent++)
    {
      GcoapPdu pdu = { .message_id = sent, .address = absent };

      if (!gcoap_message_interface_send (GCOAP_MESSAGE_INTERFACE (fixture.client), &pdu, &error))
        break;
    }
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT);
  g_assert_cmpuint (sent, >, 10);
  g_assert_true (fixture.client->asks_for_room);
  test_message_recorder_wait (fixture.client_manager, TEST_RECORD_ERROR, 1);
  g_assert_error (test_message_recorder_get (fixture.client_manager, TEST_RECORD_ERROR, 0)->error,
                  GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  tear_down (&fixture);
}

/* A path that carries less than the interface: the room follows. */
static void
test_path_mtu (void)
{
  Fixture fixture;
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GcoapMessage) message = NULL;
  g_autofree guint8 *payload = g_malloc0 (1200);
  GcoapPdu pdu = { 0 };
  int always = IP_PMTUDISC_DO;

  if (!have_network () || !run ("ip route replace 10.9.8.0/24 dev v0 mtu lock 600"))
    return;
  set_up (&fixture);
  setsockopt (fixture.client->socket.fd, IPPROTO_IP, IP_MTU_DISCOVER, &always, sizeof always);
  address = test_resolve (GCOAP_MESSAGE_INTERFACE (fixture.client), "coap://10.9.8.77", NULL);
  message = gcoap_message_new (GCOAP_CODE_PUT);
  gcoap_message_set_payload_data (message, payload, 1200);
  pdu.address = address;
  pdu.message = message;
  g_assert_cmpuint (gcoap_message_interface_get_room (GCOAP_MESSAGE_INTERFACE (fixture.client), address), ==, 1152);
  g_assert_false (gcoap_message_interface_send (GCOAP_MESSAGE_INTERFACE (fixture.client), &pdu, NULL));
  g_assert_cmpuint (gcoap_message_interface_get_room (GCOAP_MESSAGE_INTERFACE (fixture.client), address), ==, 572);
  tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/udp-groups/groups", test_groups);
  g_test_add_func ("/udp-groups/zone", test_zone);
  g_test_add_func ("/udp-groups/not-joined", test_not_joined);
  g_test_add_func ("/udp-groups/refused", test_refused);
  g_test_add_func ("/udp-groups/full-socket", test_full_socket);
  g_test_add_func ("/udp-groups/path-mtu", test_path_mtu);
  return g_test_run ();
}
