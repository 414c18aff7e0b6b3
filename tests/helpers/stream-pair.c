/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/stream-pair.h"

#include <arpa/inet.h>

#include "helpers/dtls-network.h"
#include "helpers/raw-socket.h"

void
stream_pair_secure (GcoapStreamTransport *transport)
{
  g_autoptr (GcoapCredentialStore) store = gcoap_credential_store_new ();
  g_autoptr (GcoapCredential) psk = test_dtls_psk ("alice-id", "0123456789abcdef");
  g_autoptr (GError) error = NULL;

  gcoap_credential_store_add (store, "*", psk, &error);
  g_assert_no_error (error);
  gcoap_credential_store_add_client (store, "alice", GCOAP_PSK_CREDENTIAL (psk), &error);
  g_assert_no_error (error);
  gcoap_stream_transport_set_credentials (transport, store, &error);
  g_assert_no_error (error);
}

StreamPair *
stream_pair_new_for_scheme (const char *scheme,
                            gboolean    with_managers)
{
  StreamPair *self = g_new0 (StreamPair, 1);
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (G_USEC_PER_SEC);
  g_autofree char *uri = g_strconcat (scheme, "://127.0.0.1:0", NULL);
  g_autoptr (GError) error = NULL;

  self->runtime = gcoap_runtime_new (clock);
  self->server = gcoap_stream_transport_new_server (self->runtime, uri, &error);
  g_assert_no_error (error);
  self->client = gcoap_stream_transport_new_client (self->runtime, scheme, &error);
  g_assert_no_error (error);
  stream_pair_secure (self->server);
  stream_pair_secure (self->client);
  self->uri = gcoap_stream_transport_dup_uri (self->server);
  if (with_managers)
    {
      self->server_manager = recording_token_manager_new ();
      self->client_manager = recording_token_manager_new ();
      gcoap_token_interface_set_manager (GCOAP_TOKEN_INTERFACE (self->server),
                                         GCOAP_TOKEN_MANAGER (self->server_manager));
      gcoap_token_interface_set_manager (GCOAP_TOKEN_INTERFACE (self->client),
                                         GCOAP_TOKEN_MANAGER (self->client_manager));
    }
  return self;
}

StreamPair *
stream_pair_new (gboolean with_managers)
{
  return stream_pair_new_for_scheme ("coap+tcp", with_managers);
}

void
stream_pair_free (StreamPair *self)
{
  g_object_unref (self->client);
  g_clear_object (&self->server);
  g_clear_object (&self->client_manager);
  g_clear_object (&self->server_manager);
  g_object_unref (self->runtime);
  g_free (self->uri);
  g_free (self);
}

void
stream_pair_settle (StreamPair *self G_GNUC_UNUSED)
{
  /* What is written to loopback can be read when write() returns; a turn with
   * nothing to do is the end, and a second one is for threads of GIO. */
  for (guint idle = 0; idle < 2;)
    idle = g_main_context_iteration (NULL, FALSE) ? 0 : idle + 1;
}

void
stream_pair_advance (StreamPair *self,
                     guint       milliseconds)
{
  stream_pair_settle (self);
  gcoap_clock_advance (self->runtime->clock, milliseconds * G_GINT64_CONSTANT (1000));
  stream_pair_settle (self);
}

static void
keep_result_cb (GObject      *source G_GNUC_UNUSED,
                GAsyncResult *result,
                gpointer      data)
{
  g_set_object ((GAsyncResult **) data, result);
}

GcoapEndpointAddress *
stream_pair_resolve (StreamPair    *self,
                     const char    *uri,
                     GCancellable  *cancellable,
                     GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) addresses = NULL;

  gcoap_token_interface_resolve_async (GCOAP_TOKEN_INTERFACE (self->client), uri, cancellable,
                                       keep_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  addresses = gcoap_token_interface_resolve_finish (GCOAP_TOKEN_INTERFACE (self->client), result, error);
  return addresses != NULL ? g_object_ref (addresses->pdata[0]) : NULL;
}

int
stream_pair_connect_raw (StreamPair *self)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons (test_port_of_uri (self->uri)),
                              .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (connect (fd, (struct sockaddr *) &name, sizeof name) != 0)
    g_assert_cmpint (errno, ==, EINPROGRESS);
  stream_pair_settle (self);
  return fd;
}
