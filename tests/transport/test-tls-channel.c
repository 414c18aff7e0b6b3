/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-tls-channel-private.h"

#include <string.h>
#include <sys/socket.h>

#include "base/gcoap-error.h"
#include "credentials/gcoap-psk-credential.h"
#include "transport/gcoap-tcp-channel-private.h"

typedef struct
{
  GcoapByteChannel *client;
  GcoapByteChannel *server;
} Pair;

static GcoapPskCredential *
new_psk (const char *identity,
         const char *key)
{
  g_autoptr (GBytes) identity_bytes = g_bytes_new (identity, strlen (identity));
  g_autoptr (GBytes) key_bytes = g_bytes_new (key, strlen (key));
  GcoapPskCredential *credential = gcoap_psk_credential_new (identity_bytes, key_bytes, NULL);

  g_assert_nonnull (credential);
  return credential;
}

static void
pair_init (Pair       *self,
           const char *client_key)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapPskCredential) known = new_psk ("alice", "0123456789abcdef");
  g_autoptr (GcoapPskCredential) used = new_psk ("alice", client_key);
  g_autoptr (GcoapTlsKeys) server_keys = NULL;
  g_autoptr (GcoapTlsKeys) client_keys = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  g_assert_true (gcoap_credential_store_add_client (store, "Alice", known, &error));
  g_assert_no_error (error);
  server_keys = gcoap_tls_keys_new_server (store, GCOAP_SECURITY_TLS, &error);
  g_assert_no_error (error);
  client_keys = gcoap_tls_keys_new_client (GCOAP_CREDENTIAL (used), GCOAP_SECURITY_TLS, &error);
  g_assert_no_error (error);
  g_assert_cmpint (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), ==, 0);
  self->client = gcoap_tls_channel_new (gcoap_tcp_channel_new (fds[0]), client_keys, "peer.example", "coap", &error);
  g_assert_no_error (error);
  self->server = gcoap_tls_channel_new (gcoap_tcp_channel_new (fds[1]), server_keys, NULL, "coap", &error);
  g_assert_no_error (error);
}

static void
pair_clear (Pair *self)
{
  gcoap_byte_channel_free (self->client);
  gcoap_byte_channel_free (self->server);
}

/* Both sides by turns, until neither waits; a handshake has few flights. */
static GcoapChannelStatus
shake_hands (Pair    *self,
             GError **error)
{
  GcoapChannelStatus client = GCOAP_CHANNEL_WAITING;
  GcoapChannelStatus server = GCOAP_CHANNEL_WAITING;

  for (guint i = 0; i < 20; i++)
    {
      if (client == GCOAP_CHANNEL_WAITING)
        client = gcoap_byte_channel_start (self->client, error);
      if (server == GCOAP_CHANNEL_WAITING)
        server = gcoap_byte_channel_start (self->server, *error == NULL ? error : NULL);
      if (client == GCOAP_CHANNEL_REFUSED || server == GCOAP_CHANNEL_REFUSED)
        return GCOAP_CHANNEL_REFUSED;
      if (client == GCOAP_CHANNEL_READY && server == GCOAP_CHANNEL_READY)
        return GCOAP_CHANNEL_READY;
    }
  return GCOAP_CHANNEL_WAITING;
}

static void
test_data (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *sent = g_malloc (100000);
  g_autofree guint8 *got = g_malloc (100000);
  g_auto (GStrv) claims = NULL;
  gsize n_sent = 0;
  gsize n_got = 0;
  Pair pair;

  pair_init (&pair, "0123456789abcdef");
  g_assert_null (gcoap_byte_channel_get_claims (pair.server));
  g_assert_cmpint (gcoap_byte_channel_get_condition (pair.client, G_IO_IN | G_IO_OUT), ==, G_IO_IN);
  g_assert_cmpint (shake_hands (&pair, &error), ==, GCOAP_CHANNEL_READY);
  g_assert_no_error (error);
  claims = gcoap_claims_to_strv (gcoap_byte_channel_get_claims (pair.server));
  g_assert_true (g_strv_contains ((const char *const *) claims, "name:Alice"));

  for (gsize i = 0; i < 100000; i++)
    sent[i] = (guint8) (i * 7 + i / 256);
  while (n_got < 100000)
    {
      gssize n = n_sent < 100000 ? gcoap_byte_channel_write (pair.client, sent + n_sent, 100000 - n_sent, &error)
                                 : 0;

      g_assert_no_error (error);
      if (n < 0)
        g_assert_true (gcoap_byte_channel_get_condition (pair.client, G_IO_IN) & G_IO_OUT);
      n_sent += (gsize) MAX (n, 0);
      do
        n = gcoap_byte_channel_read (pair.server, got + n_got, MIN (1000, 100000 - n_got), &error);
      while (n > 0 && (n_got += (gsize) n) < 100000 && gcoap_byte_channel_has_pending (pair.server));
      g_assert_no_error (error);
    }
  g_assert_cmpmem (got, 100000, sent, 100000);

  gcoap_byte_channel_finish (pair.client);
  g_assert_cmpint (gcoap_byte_channel_read (pair.server, got, 1000, &error), ==, 0);
  g_assert_no_error (error);
  pair_clear (&pair);
}

static void
test_wrong_key (void)
{
  g_autoptr (GError) error = NULL;
  Pair pair;

  pair_init (&pair, "ffffffffffffffff");
  g_assert_cmpint (shake_hands (&pair, &error), ==, GCOAP_CHANNEL_REFUSED);
  g_assert_true (error != NULL && error->domain == GCOAP_ERROR);
  g_assert_null (gcoap_byte_channel_get_claims (pair.server));
  pair_clear (&pair);
}

/* Who goes without a word may have been cut off by somebody else. */
static void
test_cut_off (void)
{
  g_autoptr (GError) error = NULL;
  guint8 buffer[10];
  Pair pair;

  pair_init (&pair, "0123456789abcdef");
  g_assert_cmpint (shake_hands (&pair, &error), ==, GCOAP_CHANNEL_READY);
  g_assert_no_error (error);
  shutdown (gcoap_byte_channel_get_fd (pair.client), SHUT_WR);
  g_assert_cmpint (gcoap_byte_channel_read (pair.server, buffer, sizeof buffer, &error), ==, -1);
  g_assert_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED);
  pair_clear (&pair);
}

static void
test_no_tls (void)
{
  static const char text[] = "GET / HTTP/1.1\r\n\r\n";
  g_autoptr (GError) error = NULL;
  guint8 buffer[100];
  Pair pair;

  pair_init (&pair, "0123456789abcdef");
  g_assert_cmpint (send (gcoap_byte_channel_get_fd (pair.client), text, sizeof text - 1, MSG_NOSIGNAL), >, 0);
  g_assert_cmpint (gcoap_byte_channel_start (pair.server, &error), ==, GCOAP_CHANNEL_REFUSED);
  g_assert_true (error != NULL && error->domain == GCOAP_ERROR);
  g_clear_error (&error);
  /* All that comes is taken until the end, so that the alert arrives. */
  g_assert_cmpint (gcoap_byte_channel_get_condition (pair.server, G_IO_IN), ==, G_IO_IN);
  gcoap_byte_channel_finish (pair.server);
  g_assert_cmpint (recv (gcoap_byte_channel_get_fd (pair.client), buffer, sizeof buffer, 0), ==, 7);
  g_assert_cmpuint (buffer[0], ==, 21);
  g_assert_cmpint (send (gcoap_byte_channel_get_fd (pair.client), "x", 1, MSG_NOSIGNAL), ==, 1);
  while (gcoap_byte_channel_read (pair.server, buffer, sizeof buffer, &error) > 0)
    ;
  g_assert_no_error (error);
  shutdown (gcoap_byte_channel_get_fd (pair.client), SHUT_WR);
  g_assert_cmpint (gcoap_byte_channel_read (pair.server, buffer, sizeof buffer, &error), ==, 0);
  pair_clear (&pair);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tls-channel/data", test_data);
  g_test_add_func ("/tls-channel/wrong-key", test_wrong_key);
  g_test_add_func ("/tls-channel/cut-off", test_cut_off);
  g_test_add_func ("/tls-channel/no-tls", test_no_tls);
  return g_test_run ();
}
