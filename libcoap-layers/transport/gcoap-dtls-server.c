/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The server's half of the DTLS transport: one socket, and the sessions behind
 * it. */
#include "transport/gcoap-dtls-transport-private.h"

#include "base/gcoap-error.h"
#include "transport/gcoap-inherited-sockets-private.h"
#include "transport/gcoap-udp-listen-uri-private.h"
#include "wire/gcoap-uri.h"

static void
send_cb (gpointer              data,
         GcoapDtlsAssociation *association G_GNUC_UNUSED,
         const GcoapUdpKey    *peer,
         const GcoapUdpSource *source,
         const guint8         *datagram,
         gsize                 length)
{
  GcoapDtlsTransport *self = data;

  gcoap_dtls_port_send (self->port, peer, source, datagram, length);
}

static void
opened_cb (gpointer              data,
           GcoapDtlsAssociation *association)
{
  gcoap_dtls_transport_note_opened (data, association);
}

static void
record_cb (gpointer              data,
           GcoapDtlsAssociation *association,
           const guint8         *bytes,
           gsize                 length)
{
  gcoap_dtls_transport_take_record (data, association, bytes, length);
}

static void
ended_cb (gpointer              data,
          GcoapDtlsAssociation *association,
          const GError         *error)
{
  gcoap_dtls_transport_note_ended (data, association, error);
}

static const GcoapDtlsFuncs association_funcs = { send_cb, opened_cb, record_cb, ended_cb };

/* An answer leaves from the address that was asked, for elsewhere a client does
 * not expect it. */
static void
datagram_cb (gpointer                data,
             const GcoapUdpDatagram *datagram)
{
  GcoapDtlsTransport *self = data;
  GcoapLocal *local = self->bound_local;
  GcoapUdpSource source = { 0 };

  if (datagram->has_destination)
    {
      /* RFC 7252 §9.1.2: there is no DTLS to a group. */
      if (gcoap_udp_in6_is_group (&datagram->destination))
        return;
      local = gcoap_udp_locals_find (&self->locals, &datagram->destination, datagram->interface_index);
      source.is_set = TRUE;
      source.address = datagram->destination;
      if (IN6_IS_ADDR_LINKLOCAL (&source.address))
        source.interface_index = datagram->interface_index;
    }
  gcoap_dtls_demultiplexer_receive (&self->demultiplexer, &datagram->peer, &source, local, datagram->data,
                                    datagram->length);
}

/* A session does not end because somebody says so without proof. */
static void
failed_cb (gpointer           data G_GNUC_UNUSED,
           const GcoapUdpKey *peer G_GNUC_UNUSED,
           int                errnum G_GNUC_UNUSED)
{
}

static void
too_long_cb (gpointer           data,
             const GcoapUdpKey *peer,
             guint              packet_size)
{
  GcoapDtlsTransport *self = data;

  gcoap_dtls_demultiplexer_lower_mtu (&self->demultiplexer, peer, packet_size);
}

static const GcoapDtlsPortFuncs port_funcs = { datagram_cb, failed_cb, too_long_cb };

static gboolean
read_uri (GcoapUdpKey  *key,
          const char   *uri,
          GError      **error)
{
  g_autofree char *scheme = gcoap_udp_key_from_any_listen_uri (key, uri, error);

  if (scheme == NULL)
    return FALSE;
  if (g_str_equal (scheme, "coaps"))
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED, "Cannot listen on %s: DTLS takes coaps.", uri);
  return FALSE;
}

gboolean
gcoap_dtls_server_open (GcoapDtlsTransport  *self,
                        const char          *uri,
                        GError             **error)
{
  g_autofree char *hostinfo = NULL;
  GcoapUdpSocket socket;
  GcoapUdpKey key;
  int fd;

  if (!read_uri (&key, uri, error)
      || !gcoap_dtls_demultiplexer_init (&self->demultiplexer, self->runtime, self->credentials,
                                         &association_funcs, self, self, error))
    return FALSE;
  fd = gcoap_inherited_sockets_take (SOCK_DGRAM, &key);
  if (fd >= 0 ? !gcoap_udp_socket_adopt (&socket, fd, error)
              : !gcoap_udp_socket_open (&socket, &key, self->runtime->reuse_port, error))
    {
      gcoap_dtls_demultiplexer_clear (&self->demultiplexer);
      return FALSE;
    }
  self->port = gcoap_dtls_port_new (self->runtime, &self->input, &socket, TRUE, &port_funcs, self, self);
  self->locals.port = socket.bound.port;
  if (!socket.is_wildcard)
    self->bound_local = gcoap_local_ref (gcoap_udp_locals_find (&self->locals, &socket.bound.address,
                                                                socket.bound.scope_id));
  hostinfo = gcoap_udp_key_dup_hostinfo (&socket.bound, gcoap_uri_scheme_get_default_port ("coaps"));
  self->uri = g_strconcat ("coaps://", hostinfo, NULL);
  gcoap_dtls_server_update (self);
  return TRUE;
}

void
gcoap_dtls_server_update (GcoapDtlsTransport *self)
{
  self->demultiplexer.times = self->times;
  self->demultiplexer.max_handshakes = self->max_handshakes;
  self->demultiplexer.max_handshakes_per_host = self->max_handshakes_per_host;
  self->demultiplexer.max_sessions = self->max_sessions;
}

void
gcoap_dtls_server_close (GcoapDtlsTransport *self)
{
  if (self->port == NULL)
    return;
  gcoap_dtls_demultiplexer_clear (&self->demultiplexer);
  gcoap_dtls_port_close (self->port);
}
