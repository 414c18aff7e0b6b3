/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What credentials do to connections: resumption, and the end of those whose
 * credentials are gone. */
#include "base/gcoap-error.h"
#include "helpers/dtls-network.h"
#include "helpers/stream-pair.h"
#include "transport/gcoap-tls-channel-private.h"

static GcoapStreamLink *
get_only_link (GcoapStreamTransport *transport)
{
  GHashTableIter iter;
  gpointer link = NULL;

  g_assert_cmpuint (g_hash_table_size (transport->links), ==, 1);
  g_hash_table_iter_init (&iter, transport->links);
  g_hash_table_iter_next (&iter, &link, NULL);
  return link;
}

static gboolean
is_resumed (GcoapStreamTransport *transport)
{
  return gcoap_tls_channel_is_resumed (get_only_link (transport)->connection->channel);
}

/* Another connection to the same server, when the last one has ended. */
static void
reconnect (StreamPair *pair,
           gboolean    wants_resumption)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapEndpointAddress) address = NULL;

  if (g_hash_table_size (pair->client->links) > 0)
    gcoap_connection_release (get_only_link (pair->client)->connection);
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->client), ==, 0);
  address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_no_error (error);
  stream_pair_settle (pair);
  g_assert_cmpint (is_resumed (pair->client), ==, wants_resumption);
  g_assert_cmpint (is_resumed (pair->server), ==, wants_resumption);
  g_assert_true (g_strv_contains (gcoap_endpoint_address_get_claims (GCOAP_ENDPOINT_ADDRESS (get_only_link (pair->server)->address)), "name:alice"));
}

static void
test_resumption (void)
{
  StreamPair *pair = stream_pair_new_for_scheme ("coaps+tcp", TRUE);
  g_autoptr (GcoapCredential) other = test_dtls_psk ("other", "secret");

  reconnect (pair, FALSE);
  reconnect (pair, TRUE);
  reconnect (pair, TRUE);
  /* Whatever changes at the server, its old tickets are of no use. */
  g_assert_true (gcoap_credential_store_add_client (pair->server->security.store, "other", GCOAP_PSK_CREDENTIAL (other), NULL));
  reconnect (pair, FALSE);
  reconnect (pair, TRUE);
  g_object_set (pair->runtime->limits, "max-resumptions", 0u, NULL);
  /* One is still there, but none follows. */
  reconnect (pair, TRUE);
  reconnect (pair, FALSE);
  stream_pair_free (pair);
}

/* Whoever is taken out of the store is not served any more. */
static void
test_removed_client (void)
{
  StreamPair *pair = stream_pair_new_for_scheme ("coaps+tcp", TRUE);
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GcoapCredential) other = test_dtls_psk ("other", "secret");
  g_autoptr (GError) error = NULL;

  reconnect (pair, FALSE);
  /* What is added changes nothing for those who are here. */
  g_assert_true (gcoap_credential_store_add_client (pair->server->security.store, "other", GCOAP_PSK_CREDENTIAL (other), NULL));
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 1);
  g_assert_true (gcoap_credential_store_remove_client (pair->server->security.store, "alice"));
  stream_pair_settle (pair);
  stream_pair_advance (pair, 2001);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->server), ==, 0);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->client), ==, 0);
  g_assert_cmpuint (recording_token_manager_count_errors (pair->client_manager), ==, 1);
  /* Its ticket does not help it. */
  address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_null (address);
  g_assert_true (error != NULL && error->domain == GCOAP_ERROR);
  stream_pair_free (pair);
}

static void
test_removed_credential (void)
{
  StreamPair *pair = stream_pair_new_for_scheme ("coaps+tcp", TRUE);
  g_autoptr (GcoapEndpointAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  reconnect (pair, FALSE);
  /* It has it for two uses. */
  g_assert_true (gcoap_credential_store_remove_client (pair->client->security.store, "alice"));
  stream_pair_settle (pair);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->client), ==, 1);
  g_assert_true (gcoap_credential_store_remove (pair->client->security.store, "*"));
  stream_pair_settle (pair);
  stream_pair_advance (pair, 2001);
  g_assert_cmpuint (gcoap_stream_transport_get_n_connections (pair->client), ==, 0);
  g_assert_cmpuint (recording_token_manager_count_errors (pair->client_manager), ==, 1);
  address = stream_pair_resolve (pair, pair->uri, NULL, &error);
  g_assert_null (address);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT);
  stream_pair_free (pair);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stream-security/resumption", test_resumption);
  g_test_add_func ("/stream-security/removed-client", test_removed_client);
  g_test_add_func ("/stream-security/removed-credential", test_removed_credential);
  return g_test_run ();
}
