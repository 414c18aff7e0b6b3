/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/network-peer.h"

#include <string.h>

#include "helpers/dtls-network.h"
#include "helpers/message-recorder.h"
#include "transport/gcoap-dtls-transport-private.h"

static void
send_cb (gpointer              data,
         GcoapDtlsAssociation *association G_GNUC_UNUSED,
         const GcoapUdpKey    *peer G_GNUC_UNUSED,
         const GcoapUdpSource *source G_GNUC_UNUSED,
         const guint8         *datagram,
         gsize                 length)
{
  TestNetworkPeer *self = data;

  test_raw_socket_send (&self->socket, self->host, self->port, datagram, length);
}

static void
opened_cb (gpointer              data G_GNUC_UNUSED,
           GcoapDtlsAssociation *association G_GNUC_UNUSED)
{
}

static void
record_cb (gpointer              data,
           GcoapDtlsAssociation *association G_GNUC_UNUSED,
           const guint8         *bytes,
           gsize                 length)
{
  TestNetworkPeer *self = data;

  g_queue_push_tail (&self->received, g_bytes_new (bytes, length));
}

static void
ended_cb (gpointer              data G_GNUC_UNUSED,
          GcoapDtlsAssociation *association G_GNUC_UNUSED,
          const GError         *error G_GNUC_UNUSED)
{
}

static const GcoapDtlsFuncs association_funcs = { send_cb, opened_cb, record_cb, ended_cb };

static void
take (TestNetworkPeer *self)
{
  g_autoptr (GBytes) datagram = test_raw_socket_receive (&self->socket, NULL);
  gsize length;
  const guint8 *bytes = g_bytes_get_data (datagram, &length);

  gcoap_dtls_association_receive (self->association, bytes, length);
}

static void
shake_hands (TestNetworkPeer *self,
             GcoapRuntime    *runtime)
{
  const GcoapDtlsTimes times = { 20000, 0, 1232 };
  g_autoptr (GcoapCredential) alice = test_dtls_psk ("alice-id", "secret");
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapTlsKeys) keys = gcoap_tls_keys_new_client (alice, GCOAP_SECURITY_DTLS, &error);
  GcoapUdpKey server = { 0 };

  g_assert_no_error (error);
  self->association = gcoap_dtls_association_new (runtime, keys, NULL, &server, &times, &association_funcs, self);
  gcoap_dtls_association_start (self->association);
  while (self->association->state == GCOAP_DTLS_HANDSHAKING)
    take (self);
  g_assert_cmpint (self->association->state, ==, GCOAP_DTLS_OPEN);
}

void
test_network_peer_open (TestNetworkPeer *self,
                        GcoapRuntime    *runtime,
                        const char      *host,
                        guint16          port,
                        gboolean         is_secure)
{
  *self = (TestNetworkPeer) { .host = host, .port = port };
  g_queue_init (&self->received);
  test_raw_socket_open (&self->socket, host);
  if (is_secure)
    shake_hands (self, runtime);
}

void
test_network_peer_close (TestNetworkPeer *self)
{
  g_clear_pointer (&self->association, gcoap_dtls_association_unref);
  g_queue_clear_full (&self->received, (GDestroyNotify) g_bytes_unref);
  test_raw_socket_close (&self->socket);
}

void
test_network_peer_send (TestNetworkPeer *self,
                        const void      *data,
                        gsize            length)
{
  if (self->association != NULL)
    g_assert_true (gcoap_dtls_association_send (self->association, data, length, NULL));
  else
    test_raw_socket_send (&self->socket, self->host, self->port, data, length);
}

GBytes *
test_network_peer_receive (TestNetworkPeer *self)
{
  if (self->association == NULL)
    return test_raw_socket_receive (&self->socket, NULL);
  while (self->received.length == 0)
    take (self);
  return g_queue_pop_head (&self->received);
}

GcoapEndpointAddress *
test_network_peer_dup_address (TestNetworkPeer *self,
                               gpointer         transport)
{
  g_autofree char *uri = NULL;
  g_autoptr (GError) error = NULL;
  GcoapEndpointAddress *address;

  if (self->association != NULL)
    {
      GHashTableIter iter;
      GcoapUdpKey *key;
      GcoapDtlsAssociation *association;

      g_hash_table_iter_init (&iter, GCOAP_DTLS_TRANSPORT (transport)->demultiplexer.live);
      while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &association))
        if (key->port == g_htons (self->socket.port))
          return g_object_ref (GCOAP_ENDPOINT_ADDRESS (association->address));
      g_assert_not_reached ();
    }
  uri = g_strdup_printf (strchr (self->host, ':') != NULL ? "coap://[%s]:%u" : "coap://%s:%u", self->host,
                         self->socket.port);
  address = test_resolve (transport, uri, &error);
  g_assert_no_error (error);
  return address;
}
