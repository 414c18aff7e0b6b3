/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The contract of token interfaces, and what is special here: requests both
 * ways on one connection, and ends. */
#include "helpers/contract-token-interface.h"
#include "helpers/raw-socket.h"
#include "helpers/stream-pair.h"

#include <string.h>

#include "base/gcoap-error.h"

typedef struct
{
  ContractTokenPair  contract;
  StreamPair        *pair;
} Contract;

static void
contract_advance (ContractTokenPair *contract,
                  guint              milliseconds)
{
  stream_pair_advance (((Contract *) contract)->pair, milliseconds);
}

static void
contract_free (ContractTokenPair *contract)
{
  g_object_unref (contract->server_address);
  stream_pair_free (((Contract *) contract)->pair);
  g_free (contract);
}

static ContractTokenPair *
contract_new_for_scheme (const char *scheme)
{
  Contract *self = g_new0 (Contract, 1);
  g_autoptr (RecordingTokenManager) first = recording_token_manager_new ();
  g_autoptr (GError) error = NULL;

  self->pair = stream_pair_new_for_scheme (scheme, FALSE);
  /* The suite advances further than a connection may rest. */
  g_object_set (self->pair->runtime->limits, "idle-timeout", 0u, NULL);
  gcoap_token_interface_set_manager (GCOAP_TOKEN_INTERFACE (self->pair->server),
                                     GCOAP_TOKEN_MANAGER (first));
  self->contract.server_address = stream_pair_resolve (self->pair, self->pair->uri, NULL, &error);
  g_assert_no_error (error);
  self->contract.client = GCOAP_TOKEN_INTERFACE (self->pair->client);
  self->contract.server = GCOAP_TOKEN_INTERFACE (self->pair->server);
  self->contract.advance = contract_advance;
  self->contract.free = contract_free;
  return &self->contract;
}

static ContractTokenPair *
contract_new_tcp (void)
{
  return contract_new_for_scheme ("coap+tcp");
}

static ContractTokenPair *
contract_new_tls (void)
{
  return contract_new_for_scheme ("coaps+tcp");
}

static ContractTokenPair *
contract_new_web_socket (void)
{
  return contract_new_for_scheme ("coap+ws");
}

static ContractTokenPair *
contract_new_secure_web_socket (void)
{
  return contract_new_for_scheme ("coaps+ws");
}

static GcoapTransmission *
ask (GcoapStreamTransport  *transport,
     GcoapEndpointAddress  *address,
     GError               **error)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  GcoapPdu pdu = { .token = (const guint8 *) "t", .token_length = 1, .address = address, .message = message };

  gcoap_message_lock (message);
  return gcoap_token_interface_send_request (GCOAP_TOKEN_INTERFACE (transport), &pdu, NULL, error);
}

static void
answer (GcoapStreamTransport *transport,
        const GcoapPdu       *request)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);

  gcoap_message_lock (response);
  g_assert_null (gcoap_token_interface_send_response (GCOAP_TOKEN_INTERFACE (transport), request, response,
                                                      NULL, TRUE));
}

static void
test_both_ways (gconstpointer data)
{
  StreamPair *pair = stream_pair_new_for_scheme (data, TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_autoptr (GcoapTransmission) there = NULL;
  g_autoptr (GcoapTransmission) back = NULL;
  g_autoptr (KeptPdu) request = NULL;
  g_autoptr (KeptPdu) reverse = NULL;
  g_autoptr (KeptPdu) response = NULL;

  g_assert_no_error (error);
  g_assert_true (gcoap_endpoint_address_is_reliable (address));
  g_assert_cmpuint (gcoap_token_interface_get_room (GCOAP_TOKEN_INTERFACE (pair->client), address), ==, 66048);
  there = ask (pair->client, address, &error);
  g_assert_no_error (error);
  stream_pair_settle (pair);
  request = recording_token_manager_take_request (pair->server_manager);
  g_assert_nonnull (request);

  /* The address a request came from is where requests can go to. */
  back = ask (pair->server, request->pdu.address, &error);
  g_assert_no_error (error);
  stream_pair_settle (pair);
  reverse = recording_token_manager_take_request (pair->client_manager);
  g_assert_nonnull (reverse);
  g_assert_true (reverse->pdu.address == address);
  answer (pair->client, &reverse->pdu);
  answer (pair->server, &request->pdu);
  stream_pair_settle (pair);
  response = recording_token_manager_take_response (pair->client_manager);
  g_assert_nonnull (response);
  g_assert_cmpuint (recording_token_manager_count_responses (pair->server_manager), ==, 1);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 1);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->client), ==, 1);
  stream_pair_free (pair);
}

static void
test_end (gconstpointer data)
{
  StreamPair *pair = stream_pair_new_for_scheme (data, TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_autoptr (GcoapEndpointAddress) second = NULL;
  g_autoptr (GcoapTransmission) transmission = ask (pair->client, address, &error);
  g_autoptr (KeptPdu) request = NULL;

  g_assert_no_error (error);
  stream_pair_settle (pair);
  g_clear_object (&pair->server);
  stream_pair_settle (pair);
  stream_pair_advance (pair, 2001);
  g_assert_cmpuint (recording_token_manager_count_errors (pair->client_manager), ==, 1);
  g_assert_false (gcoap_stream_address_is_connected (GCOAP_STREAM_ADDRESS (address)));
  /* It is still an address of this transport, but leads nowhere. */
  g_assert_true (gcoap_token_interface_recognizes (GCOAP_TOKEN_INTERFACE (pair->client), address));
  g_assert_null (ask (pair->client, address, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  g_clear_error (&error);
  g_assert_cmpuint (gcoap_token_interface_get_room (GCOAP_TOKEN_INTERFACE (pair->client), address), ==, 1152);
  /* And what was to be answered there is not. */
  request = recording_token_manager_take_request (pair->server_manager);
  g_assert_nonnull (request);
  pair->server = gcoap_stream_transport_new_server (pair->runtime, pair->uri, &error);
  g_assert_no_error (error);
  stream_pair_secure (pair->server);
  gcoap_token_interface_set_manager (GCOAP_TOKEN_INTERFACE (pair->server),
                                     GCOAP_TOKEN_MANAGER (pair->server_manager));
  second = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (gcoap_endpoint_address_equal (address, second));
  stream_pair_free (pair);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_assert_true (gcoap_token_interface_shutdown_finish (GCOAP_TOKEN_INTERFACE (source), result, NULL));
  *(gboolean *) data = TRUE;
}

/* Peers that understand Release are gone at once: no time passes. */
static void
test_shutdown (gconstpointer data)
{
  StreamPair *pair = stream_pair_new_for_scheme (data, TRUE);
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  gboolean done = FALSE;

  gcoap_token_interface_shutdown_async (GCOAP_TOKEN_INTERFACE (pair->server), NULL, done_cb, &done);
  stream_pair_settle (pair);
  g_assert_true (done);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 0);
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->client), ==, 0);
  g_assert_null (gcoap_stream_transport_dup_uri (pair->server));
  g_assert_null (stream_pair_resolve (pair, pair->uri, NULL, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE);
  stream_pair_free (pair);
}

static void
test_refused (void)
{
  g_autoptr (GcoapRuntime) runtime = gcoap_runtime_new (NULL);
  g_autoptr (GError) error = NULL;

  g_assert_null (gcoap_stream_transport_new_client (runtime, "coap", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (gcoap_stream_transport_new_server (runtime, "coap+tcp://localhost", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED);
  g_clear_error (&error);
  g_assert_null (gcoap_stream_transport_new_server (runtime, "coap+tcp://192.0.2.1:0", &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (gcoap_stream_transport_new_from_fd (runtime, "coap+tcp", 0, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_true (gcoap_stream_transport_carries ("coap+tcp"));
  g_assert_false (gcoap_stream_transport_carries ("coap"));
}

static void
pinged_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  *(gint64 *) data = gcoap_stream_transport_ping_finish (GCOAP_STREAM_TRANSPORT (source), result, NULL);
}

static void
test_ping (gconstpointer data)
{
  StreamPair *pair = stream_pair_new_for_scheme (data, TRUE);
  g_autoptr (GcoapEndpointAddress) address = stream_pair_resolve (pair, pair->uri, NULL, NULL);
  gint64 round_trip = -2;

  gcoap_stream_transport_ping_async (pair->client, address, NULL, pinged_cb, &round_trip);
  stream_pair_settle (pair);
  g_assert_cmpint (round_trip, >=, 0);
  g_clear_object (&pair->server);
  stream_pair_settle (pair);
  round_trip = -2;
  gcoap_stream_transport_ping_async (pair->client, address, NULL, pinged_cb, &round_trip);
  stream_pair_settle (pair);
  g_assert_cmpint (round_trip, ==, -1);
  stream_pair_free (pair);
}

/* RFC 8323 §8.5: what the server takes for the host that is asked. */
static void
test_local (gconstpointer data)
{
  const char *scheme = data;
  StreamPair *pair = stream_pair_new_for_scheme (scheme, TRUE);
  g_autofree char *by_name = g_strdup_printf ("%s://LOCALHOST:%u", scheme, test_port_of_uri (pair->uri));
  const char *hosts[] = { NULL, NULL };
  const char *uris[] = { pair->uri, by_name };

  /* TCP says no name, TLS says names alone, and HTTP whatever it is. */
  if (g_str_has_suffix (scheme, "+ws"))
    hosts[0] = "127.0.0.1";
  if (!g_str_equal (scheme, "coap+tcp"))
    hosts[1] = "localhost";
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GcoapEndpointAddress) address = stream_pair_resolve (pair, uris[i], NULL, &error);
      g_autoptr (GcoapTransmission) transmission = ask (pair->client, address, &error);
      g_autoptr (KeptPdu) request = NULL;

      g_assert_no_error (error);
      stream_pair_settle (pair);
      request = recording_token_manager_take_request (pair->server_manager);
      g_assert_nonnull (request);
      g_assert_cmpstr (gcoap_local_get_host (request->pdu.local), ==, hosts[i]);
      g_assert_cmpstr (gcoap_local_get_hostinfo (request->pdu.local), ==, strstr (pair->uri, "127."));
      answer (pair->server, &request->pdu);
      stream_pair_settle (pair);
    }
  stream_pair_free (pair);
}

static void
test_allowed_origins (void)
{
  static const char *const good[] = { "https://app.example", "*", NULL };
  static const char *const bad[] = { "https://app.example/path", NULL };
  StreamPair *pair = stream_pair_new (FALSE);
  g_autoptr (GError) error = NULL;

  g_assert_true (gcoap_stream_transport_set_allowed_origins (pair->server, good, &error));
  g_assert_no_error (error);
  g_assert_nonnull (pair->server->origins);
  g_assert_false (gcoap_stream_transport_set_allowed_origins (pair->server, bad, &error));
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (pair->server->origins);
  g_assert_true (gcoap_stream_transport_set_allowed_origins (pair->server, NULL, NULL));
  g_assert_null (pair->server->origins);
  stream_pair_free (pair);
}

static const struct
{
  const char           *scheme;
  ContractTokenFactory  make;
} contracts[] = {
  { "coap+tcp", contract_new_tcp },
  { "coaps+tcp", contract_new_tls },
  { "coap+ws", contract_new_web_socket },
  { "coaps+ws", contract_new_secure_web_socket },
};

static void
add (const char    *scheme,
     const char    *name,
     GTestDataFunc  func)
{
  g_autofree char *path = g_strdup_printf ("/stream-transport/%s/%s", scheme, name);

  g_test_add_data_func (path, scheme, func);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (contracts); i++)
    {
      g_autofree char *prefix = g_strconcat ("stream-transport/", contracts[i].scheme, "/contract", NULL);

      if (!gcoap_stream_transport_carries (contracts[i].scheme))
        continue;
      contract_token_interface_add_tests (prefix, contracts[i].make);
      add (contracts[i].scheme, "both-ways", test_both_ways);
      add (contracts[i].scheme, "end", test_end);
      add (contracts[i].scheme, "shutdown", test_shutdown);
      add (contracts[i].scheme, "ping", test_ping);
      add (contracts[i].scheme, "local", test_local);
    }
  g_test_add_func ("/stream-transport/refused", test_refused);
  g_test_add_func ("/stream-transport/allowed-origins", test_allowed_origins);
  return g_test_run ();
}
