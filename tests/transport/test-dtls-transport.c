/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Client and server over real sockets of this machine. */
#include "transport/gcoap-dtls-transport-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "helpers/contract-message-interface.h"
#include "helpers/dtls-network.h"
#include "helpers/message-recorder.h"

typedef struct
{
  GcoapRuntime         *runtime;
  GcoapCredentialStore *client_store;
  GcoapCredentialStore *server_store;
  GcoapDtlsTransport   *client;
  GcoapDtlsTransport   *server;
  TestMessageRecorder  *client_manager;
  TestMessageRecorder  *server_manager;
  char                 *uri;
} Fixture;

static void
set_up (Fixture       *fixture,
        gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCredential) alice = test_dtls_psk ("alice", "secret");
  g_autoptr (GcoapCredential) bob = test_dtls_psk ("bob", "another");
  g_autoptr (GError) error = NULL;

  fixture->runtime = gcoap_runtime_new (NULL);
  fixture->client_store = gcoap_credential_store_new ();
  fixture->server_store = gcoap_credential_store_new ();
  gcoap_credential_store_add (fixture->client_store, "*", alice, &error);
  g_assert_no_error (error);
  gcoap_credential_store_add_client (fixture->server_store, "a", GCOAP_PSK_CREDENTIAL (alice), &error);
  g_assert_no_error (error);
  gcoap_credential_store_add_client (fixture->server_store, "b", GCOAP_PSK_CREDENTIAL (bob), &error);
  g_assert_no_error (error);
  fixture->server = gcoap_dtls_transport_new_server (fixture->runtime, "coaps://127.0.0.1:0", fixture->server_store, &error);
  g_assert_no_error (error);
  fixture->client = gcoap_dtls_transport_new_client (fixture->runtime, fixture->client_store);
  fixture->uri = gcoap_dtls_transport_dup_uri (fixture->server);
  fixture->client_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->client));
  fixture->server_manager = test_message_recorder_new (GCOAP_MESSAGE_INTERFACE (fixture->server));
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data G_GNUC_UNUSED)
{
  g_assert_finalize_object (g_steal_pointer (&fixture->client));
  g_assert_finalize_object (g_steal_pointer (&fixture->server));
  g_clear_object (&fixture->client_manager);
  g_clear_object (&fixture->server_manager);
  g_clear_object (&fixture->client_store);
  g_clear_object (&fixture->server_store);
  g_clear_object (&fixture->runtime);
  g_free (fixture->uri);
}

static GcoapEndpointAddress *
resolve (Fixture    *fixture,
         const char *uri)
{
  g_autoptr (GError) error = NULL;
  GcoapEndpointAddress *address = test_resolve (GCOAP_MESSAGE_INTERFACE (fixture->client), uri, &error);

  g_assert_no_error (error);
  return address;
}

static void
ping (Fixture              *fixture,
      GcoapEndpointAddress *address,
      guint                 n)
{
  const TestRecord *record;

  test_send_get (GCOAP_MESSAGE_INTERFACE (fixture->client), address, (guint16) n);
  test_message_recorder_wait (fixture->server_manager, TEST_RECORD_PDU, n);
  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, n - 1);
  g_assert_cmpuint (record->message_id, ==, n);
  g_assert_true (gcoap_message_interface_recognizes (GCOAP_MESSAGE_INTERFACE (fixture->server), record->address));
  g_assert_false (gcoap_message_interface_recognizes (GCOAP_MESSAGE_INTERFACE (fixture->client), record->address));
}

static void
test_request (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = resolve (fixture, fixture->uri);
  g_autoptr (GcoapEndpointAddress) again = resolve (fixture, fixture->uri);
  const TestRecord *record;

  g_assert_true (address == again);
  g_assert_cmpuint (gcoap_message_interface_get_room (GCOAP_MESSAGE_INTERFACE (fixture->client), address), >=, 1152);
  ping (fixture, address, 1);
  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, 0);
  g_assert_true (g_strv_contains (gcoap_endpoint_address_get_claims (record->address), "name:a"));
}

/* Another credential is another session, from another port. */
static void
test_two_credentials (Fixture       *fixture,
                      gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCredential) bob = test_dtls_psk ("bob", "another");
  g_autofree char *pattern = g_strconcat (fixture->uri, "/bob/*", NULL);
  g_autofree char *uri = g_strconcat (fixture->uri, "/bob/x", NULL);
  g_autoptr (GcoapEndpointAddress) first = resolve (fixture, fixture->uri);
  g_autoptr (GcoapEndpointAddress) second = NULL;
  const TestRecord *record;

  g_assert_true (gcoap_credential_store_add (fixture->client_store, pattern, bob, NULL));
  second = resolve (fixture, uri);
  g_assert_true (first != second);
  ping (fixture, first, 1);
  ping (fixture, second, 2);
  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, 1);
  g_assert_true (g_strv_contains (gcoap_endpoint_address_get_claims (record->address), "name:b"));
}

/* What NAT does to a client: nothing comes back, and the next request finds a
 * new way, in a session that resumes the old one. */
static void
test_silence (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) first = resolve (fixture, fixture->uri);
  g_autoptr (GcoapEndpointAddress) same = NULL;
  g_autoptr (GcoapEndpointAddress) second = NULL;
  GcoapDtlsAssociation *association = GCOAP_DTLS_ADDRESS (first)->association;
  const TestRecord *record;

  /* A burst is no silence. */
  for (guint i = 1; i <= 5; i++)
    ping (fixture, first, i);
  same = resolve (fixture, fixture->uri);
  g_assert_true (same == first);

  association->first_unanswered -= 10 * G_TIME_SPAN_SECOND;
  ping (fixture, first, 6);
  second = resolve (fixture, fixture->uri);
  g_assert_true (first != second);
  g_assert_false (gcoap_dtls_address_is_connected (GCOAP_DTLS_ADDRESS (first)));
  g_assert_true (gcoap_tls_session_is_resumed (((GcoapDtlsAssociation *) GCOAP_DTLS_ADDRESS (second)->association)->session));
  /* What was asked in the old session ends at once, and it says why. */
  test_message_recorder_wait (fixture->client_manager, TEST_RECORD_ERROR, 1);
  record = test_message_recorder_get (fixture->client_manager, TEST_RECORD_ERROR, 0);
  g_assert_true (record->address == first);
  g_assert_error (record->error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
  g_assert_nonnull (strstr (record->error->message, "may have been carried out"));
  ping (fixture, second, 7);
}

/* What a server has ended is taken up again in one round trip. */
static void
test_reconnect (Fixture       *fixture,
                gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) first = resolve (fixture, fixture->uri);
  g_autoptr (GcoapEndpointAddress) second = NULL;
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "It is time.");
  const TestRecord *record;

  ping (fixture, first, 1);
  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, 0);
  g_assert_false (gcoap_tls_session_is_resumed (((GcoapDtlsAssociation *) GCOAP_DTLS_ADDRESS (first)->association)->session));
  gcoap_dtls_association_end (GCOAP_DTLS_ADDRESS (record->address)->association, error);
  test_message_recorder_wait (fixture->client_manager, TEST_RECORD_ERROR, 1);
  g_assert_false (gcoap_dtls_address_is_connected (GCOAP_DTLS_ADDRESS (first)));
  second = resolve (fixture, fixture->uri);
  g_assert_true (gcoap_tls_session_is_resumed (((GcoapDtlsAssociation *) GCOAP_DTLS_ADDRESS (second)->association)->session));
  ping (fixture, second, 2);
  record = test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, 1);
  g_assert_true (g_strv_contains (gcoap_endpoint_address_get_claims (record->address), "name:a"));
}

/* What block-wise transfer has room for follows. */
static void
test_mtu (Fixture       *fixture,
          gconstpointer  data G_GNUC_UNUSED)
{
  GcoapMessageInterface *client = GCOAP_MESSAGE_INTERFACE (fixture->client);
  g_autoptr (GcoapEndpointAddress) first = resolve (fixture, fixture->uri);
  g_autoptr (GcoapEndpointAddress) second = NULL;
  g_autoptr (GcoapCredential) bob = test_dtls_psk ("bob", "another");

  g_assert_cmpuint (gcoap_message_interface_get_room (client, first), ==, 1232 - 13 - 16);
  gcoap_dtls_transport_set_mtu (fixture->client, 300);
  g_assert_cmpuint (gcoap_dtls_transport_get_mtu (fixture->client), ==, 300);
  gcoap_dtls_transport_set_mtu (fixture->server, 128);
  g_assert_true (gcoap_credential_store_add (fixture->client_store, "*", bob, NULL));
  second = resolve (fixture, fixture->uri);
  g_assert_cmpuint (gcoap_message_interface_get_room (client, second), ==, 300 - 13 - 16);
  ping (fixture, second, 1);
  g_assert_cmpuint (gcoap_message_interface_get_room (GCOAP_MESSAGE_INTERFACE (fixture->server),
                      test_message_recorder_get (fixture->server_manager, TEST_RECORD_PDU, 0)->address), ==, 128 - 13 - 16);
}

static void
test_removed_credential (Fixture       *fixture,
                         gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapEndpointAddress) address = resolve (fixture, fixture->uri);
  g_autoptr (GError) error = NULL;

  ping (fixture, address, 1);
  g_assert_true (gcoap_credential_store_remove (fixture->client_store, "*"));
  g_assert_false (gcoap_dtls_address_is_connected (GCOAP_DTLS_ADDRESS (address)));
  test_message_recorder_wait (fixture->client_manager, TEST_RECORD_ERROR, 1);
  g_assert_null (test_resolve (GCOAP_MESSAGE_INTERFACE (fixture->client), fixture->uri, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  /* The server has heard of the end. */
  test_message_recorder_wait (fixture->server_manager, TEST_RECORD_ERROR, 1);
}

static void
test_timeout (Fixture       *fixture,
              gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCredential) wrong = test_dtls_psk ("alice", "wrong");
  g_autoptr (GError) error = NULL;

  gcoap_dtls_transport_set_handshake_timeout (fixture->client, 300);
  g_assert_true (gcoap_credential_store_add (fixture->client_store, "*", wrong, NULL));
  g_assert_null (test_resolve (GCOAP_MESSAGE_INTERFACE (fixture->client), fixture->uri, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT);
}

static void
test_client_limit (Fixture       *fixture,
                   gconstpointer  data G_GNUC_UNUSED)
{
  g_autoptr (GcoapCredential) bob = test_dtls_psk ("bob", "another");
  g_autoptr (GcoapEndpointAddress) first = NULL;
  g_autoptr (GcoapEndpointAddress) second = NULL;

  gcoap_dtls_transport_set_max_sessions (fixture->client, 1);
  first = resolve (fixture, fixture->uri);
  g_assert_true (gcoap_credential_store_add (fixture->client_store, "coaps://127.0.0.1/*", bob, NULL));
  g_assert_true (gcoap_credential_store_add (fixture->client_store, "*", bob, NULL));
  second = resolve (fixture, fixture->uri);
  g_assert_false (gcoap_dtls_address_is_connected (GCOAP_DTLS_ADDRESS (first)));
  g_assert_true (gcoap_dtls_address_is_connected (GCOAP_DTLS_ADDRESS (second)));
}

static void
test_properties (Fixture       *fixture,
                 gconstpointer  data G_GNUC_UNUSED)
{
  GcoapCredentialStore *store;
  guint handshakes, sessions, handshake, idle, per_host, mtu;

  g_object_set (fixture->server, "max-handshakes", 5, "max-sessions", 6, "handshake-timeout", 700, "idle-timeout", 800, NULL);
  g_object_get (fixture->server, "credentials", &store, "max-handshakes", &handshakes, "max-sessions", &sessions,
                "handshake-timeout", &handshake, "idle-timeout", &idle, NULL);
  g_assert_true (store == fixture->server_store);
  g_object_unref (store);
  g_assert_cmpuint (handshakes, ==, 5);
  g_assert_cmpuint (sessions, ==, 6);
  g_assert_cmpuint (handshake, ==, 700);
  g_assert_cmpuint (idle, ==, 800);
  g_assert_cmpuint (fixture->server->demultiplexer.max_handshakes, ==, 5);
  g_object_set (fixture->server, "max-handshakes-per-host", 9, "mtu", 1000, NULL);
  g_object_get (fixture->server, "max-handshakes-per-host", &per_host, "mtu", &mtu, NULL);
  g_assert_cmpuint (per_host, ==, 9);
  g_assert_cmpuint (gcoap_dtls_transport_get_max_handshakes_per_host (fixture->server), ==, 9);
  g_assert_cmpuint (fixture->server->demultiplexer.max_handshakes_per_host, ==, 9);
  g_assert_cmpuint (mtu, ==, 1000);
  g_assert_cmpuint (fixture->server->demultiplexer.times.mtu, ==, 1000);
}

static void
test_no_credentials (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_dtls_transport_new_server (runtime, "coaps://127.0.0.1:0", store, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
}

static GcoapMessageInterface *
new_server (GcoapRuntime  *runtime,
            const char    *uri,
            char         **real_uri,
            GError       **error)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredential) alice = test_dtls_psk ("alice-id", "secret");
  GcoapDtlsTransport *transport;

  g_assert_true (gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (alice), error));
  transport = gcoap_dtls_transport_new_server (runtime, uri, store, error);
  *real_uri = gcoap_dtls_transport_dup_uri (transport);
  return GCOAP_MESSAGE_INTERFACE (transport);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/transport/dtls-transport/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("request", test_request);
  ADD ("two-credentials", test_two_credentials);
  ADD ("silence", test_silence);
  ADD ("reconnect", test_reconnect);
  ADD ("mtu", test_mtu);
  ADD ("removed-credential", test_removed_credential);
  ADD ("timeout", test_timeout);
  ADD ("client-limit", test_client_limit);
  ADD ("properties", test_properties);
  g_test_add_func ("/transport/dtls-transport/no-credentials", test_no_credentials);
  test_contract_message_interface_add ("/transport/dtls-transport/any", new_server, "coaps://[::]:0");
  test_contract_message_interface_add ("/transport/dtls-transport/bound", new_server, "coaps://127.0.0.1:0");
  test_contract_message_interface_add ("/transport/dtls-transport/bound-v6", new_server, "coaps://[::1]:0");
  return g_test_run ();
}
