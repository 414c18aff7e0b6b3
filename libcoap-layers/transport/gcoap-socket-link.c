/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-socket-link-private.h"

#include <errno.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-udp-error-queue-private.h"
#include "transport/gcoap-udp-socket-private.h"

/* RFC 7252 §6.1 */
#define COAP_PORT 5683

static GSocket *
create (GSocketFamily   family,
        GError        **error)
{
  return g_socket_new (family, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, error);
}

GSocket *(*gcoap_socket_link_create) (GSocketFamily family, GError **error) = create;

static GcoapSocketLink *
link_new (GSocketFamily   family,
          GError        **error)
{
  g_autoptr (GError) reason = NULL;
  GSocket *socket = gcoap_socket_link_create (family, &reason);
  GcoapSocketLink *self;

  if (socket == NULL)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED, "Cannot open a socket: %s.", reason->message);
      return NULL;
    }
  self = g_rc_box_new0 (GcoapSocketLink);
  self->socket = socket;
  self->node.data = self;
  return self;
}

static int
fd_of (GcoapSocketLink *self)
{
  return g_socket_get_fd (self->socket);
}

/* What the system calls this address, for a socket of the right family. */
static socklen_t
write_name (GcoapEndpointAddress *address,
            int                   family,
            GcoapSocketName      *name)
{
  if (GCOAP_IS_UNIX_ADDRESS (address))
    return gcoap_unix_address_to_native (GCOAP_UNIX_ADDRESS (address), &name->local);
  return gcoap_udp_key_to_sockaddr (&GCOAP_UDP_ADDRESS (address)->key, family, &name->udp);
}

static socklen_t
read_own_name (GcoapSocketLink *self,
               GcoapSocketName *name)
{
  socklen_t length = sizeof *name;

  return getsockname (fd_of (self), &name->any, &length) == 0 ? length : 0;
}

/* Says where messages on this socket arrive; on all addresses, which of them
 * it was is not known. */
static void
find_local (GcoapSocketLink *self)
{
  g_autofree char *hostinfo = NULL;
  GcoapSocketName name;
  socklen_t length = read_own_name (self, &name);
  GcoapUdpKey key;

  if (length > 0 && name.any.sa_family == AF_UNIX)
    {
      g_autoptr (GcoapUnixAddress) own = gcoap_unix_address_new_from_native (&name.local, length);

      if (own != NULL)
        hostinfo = gcoap_endpoint_address_dup_hostinfo (GCOAP_ENDPOINT_ADDRESS (own));
    }
  else if (length > 0 && gcoap_udp_key_from_sockaddr (&key, &name.any, length))
    {
      self->is_wildcard = self->peer == NULL && gcoap_udp_in6_is_any (&key.address);
      if (!gcoap_udp_in6_is_any (&key.address))
        hostinfo = gcoap_udp_key_dup_hostinfo (&key, 0);
    }
  self->local = gcoap_local_new (hostinfo, 0, FALSE);
}

/* Opening */

static GSocketFamily
family_for (GcoapEndpointAddress *address)
{
  if (GCOAP_IS_UNIX_ADDRESS (address))
    return G_SOCKET_FAMILY_UNIX;
  return IN6_IS_ADDR_V4MAPPED (&GCOAP_UDP_ADDRESS (address)->key.address)
    ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
}

GcoapSocketLink *
gcoap_socket_link_open (GcoapEndpointAddress  *peer,
                        GError               **error)
{
  GcoapSocketLink *self = link_new (family_for (peer), error);
  GcoapSocketName name;
  socklen_t length;

  if (self == NULL)
    return NULL;
  self->peer = g_object_ref (peer);
  if (GCOAP_IS_UNIX_ADDRESS (peer) && !gcoap_unix_socket_bind_private (fd_of (self), &self->name, error))
    {
      gcoap_socket_link_unref (self);
      return NULL;
    }
  /* The members of a group answer from addresses of their own. */
  self->is_connected = !gcoap_endpoint_address_is_multicast (peer);
  if (self->is_connected)
    {
      length = write_name (peer, (int) g_socket_get_family (self->socket), &name);
      if (connect (fd_of (self), &name.any, length) != 0)
        {
          g_propagate_error (error, gcoap_socket_error_new (peer, errno));
          gcoap_socket_link_unref (self);
          return NULL;
        }
    }
  find_local (self);
  return self;
}

GcoapSocketLink *
gcoap_socket_link_listen (const GcoapUdpKey  *key,
                          GError            **error)
{
  GSocketFamily family = IN6_IS_ADDR_V4MAPPED (&key->address) ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  GcoapSocketLink *self = link_new (family, NULL);
  GcoapUdpKey any = *key;
  GcoapUdpSockaddr name;
  socklen_t length;

  /* Without IPv6, all addresses are all IPv4 addresses. */
  if (self == NULL && IN6_IS_ADDR_UNSPECIFIED (&key->address))
    {
      any.address.s6_addr[10] = any.address.s6_addr[11] = 0xff;
      family = G_SOCKET_FAMILY_IPV4;
    }
  if (self == NULL && (self = link_new (family, error)) == NULL)
    return NULL;
  if (family == G_SOCKET_FAMILY_IPV6)
    g_socket_set_option (self->socket, IPPROTO_IPV6, IPV6_V6ONLY, 0, NULL);
  length = gcoap_udp_key_to_sockaddr (&any, (int) family, &name);
  if (bind (fd_of (self), &name.any, length) != 0)
    {
      gcoap_udp_set_bind_error (&any, errno, error);
      gcoap_socket_link_unref (self);
      return NULL;
    }
  find_local (self);
  return self;
}

GcoapSocketLink *
gcoap_socket_link_listen_at_path (GcoapUnixAddress  *address,
                                  GError           **error)
{
  GcoapSocketLink *self = link_new (G_SOCKET_FAMILY_UNIX, error);

  if (self == NULL)
    return NULL;
  if (!gcoap_unix_socket_listen (fd_of (self), address, &self->name, error))
    {
      gcoap_socket_link_unref (self);
      return NULL;
    }
  find_local (self);
  return self;
}

/* Closing */

GcoapSocketLink *
gcoap_socket_link_ref (GcoapSocketLink *self)
{
  return g_rc_box_acquire (self);
}

static void
link_clear (gpointer data)
{
  GcoapSocketLink *self = data;

  gcoap_socket_link_close (self);
  g_clear_object (&self->peer);
  g_clear_pointer (&self->local, gcoap_local_unref);
}

void
gcoap_socket_link_unref (GcoapSocketLink *self)
{
  g_rc_box_release_full (self, link_clear);
}

void
gcoap_socket_link_close (GcoapSocketLink *self)
{
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
  if (self->socket != NULL)
    {
      /* The name first: what finds it must find the socket open. */
      gcoap_unix_name_clear (&self->name);
      g_socket_close (self->socket, NULL);
      g_clear_object (&self->socket);
    }
}

void
gcoap_socket_link_watch (GcoapSocketLink   *self,
                         GMainContext      *context,
                         GSocketSourceFunc  func)
{
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_static_name (self->source, "GcoapSocketTransport");
  g_source_set_callback (self->source, G_SOURCE_FUNC (func), self, NULL);
  /* Nested main loops are served as well. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, context);
}

/* Datagrams */

int
gcoap_socket_link_send (GcoapSocketLink      *self,
                        GcoapEndpointAddress *address,
                        const guint8         *data,
                        gsize                 length)
{
  GcoapSocketName name;
  socklen_t name_length = 0;
  gssize sent;

  if (!self->is_connected)
    {
      name_length = write_name (address, (int) g_socket_get_family (self->socket), &name);
      if (name_length == 0)
        return EAFNOSUPPORT;
    }
  do
    sent = sendto (fd_of (self), data, length, MSG_NOSIGNAL, name_length > 0 ? &name.any : NULL, name_length);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? errno : 0;
}

gssize
gcoap_socket_link_receive (GcoapSocketLink *self,
                           guint8          *buffer,
                           gsize            size,
                           GcoapSocketName *sender,
                           socklen_t       *sender_length)
{
  gssize length;

  do
    {
      *sender_length = sizeof *sender;
      length = recvfrom (fd_of (self), buffer, size, 0, &sender->any, sender_length);
    }
  while (length < 0 && errno == EINTR);
  return length < 0 ? -errno : length;
}

GError *
gcoap_socket_error_new (GcoapEndpointAddress *peer,
                        int                   errnum)
{
  return GCOAP_IS_UNIX_ADDRESS (peer) ? gcoap_unix_error_new (GCOAP_UNIX_ADDRESS (peer), errnum)
                                      : gcoap_udp_error_new (&GCOAP_UDP_ADDRESS (peer)->key, errnum);
}

char *
gcoap_socket_link_dup_uri (GcoapSocketLink *self)
{
  g_autofree char *hostinfo = NULL;
  GcoapSocketName name;
  GcoapUdpKey key;
  socklen_t length;

  length = read_own_name (self, &name);
  if (gcoap_udp_key_from_sockaddr (&key, &name.any, length))
    hostinfo = gcoap_udp_key_dup_hostinfo (&key, COAP_PORT);
  return g_strconcat ("coap://", hostinfo != NULL ? hostinfo : gcoap_local_get_hostinfo (self->local), NULL);
}
