/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Joining the multicast groups of all CoAP nodes. */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-udp-socket-private.h"

/* RFC 7252 §12.8: link-local and site-local for IPv6, one for IPv4. */
static const char *const groups_v6[] = { "ff02::fd", "ff05::fd" };
static const char *const group_v4 = "224.0.1.187";

/* Joining twice is as good as once. */
static gboolean
join (int         fd,
      int         level,
      int         option,
      const void *request,
      socklen_t   length)
{
  return setsockopt (fd, level, option, request, length) == 0 || errno == EADDRINUSE;
}

/* Joins what can be joined on one interface; errno says why nothing could. */
static gboolean
join_on (const GcoapUdpSocket *self,
         guint                 interface_index)
{
  gboolean joined = FALSE;
  int saved_errno = EADDRNOTAVAIL;

  if (self->family == AF_INET6)
    for (guint i = 0; i < G_N_ELEMENTS (groups_v6); i++)
      {
        struct ipv6_mreq request = { .ipv6mr_interface = interface_index };

        inet_pton (AF_INET6, groups_v6[i], &request.ipv6mr_multiaddr);
        if (join (self->fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request))
          joined = TRUE;
        else
          saved_errno = errno;
      }
  if (self->family == AF_INET || self->is_dual)
    {
      struct ip_mreqn request = { .imr_ifindex = (int) interface_index };

      inet_pton (AF_INET, group_v4, &request.imr_multiaddr);
      if (join (self->fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request))
        joined = TRUE;
      else
        saved_errno = errno;
    }
  errno = saved_errno;
  return joined;
}

static gboolean
join_named (const GcoapUdpSocket  *self,
            const char *const     *interfaces,
            GError               **error)
{
  for (guint i = 0; interfaces[i] != NULL; i++)
    {
      guint interface_index = if_nametoindex (interfaces[i]);

      if (interface_index == 0)
        {
          g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                       "There is no network interface %s on this machine.", interfaces[i]);
          return FALSE;
        }
      if (!join_on (self, interface_index))
        {
          g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                       "Cannot join the groups of CoAP on %s: %s.", interfaces[i], g_strerror (errno));
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
join_all (const GcoapUdpSocket  *self,
          GError               **error)
{
  struct ifaddrs *addresses;
  guint n_joined = 0;
  guint last = 0;

  if (getifaddrs (&addresses) != 0)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_FAILED,
                   "Cannot list the network interfaces: %s.", g_strerror (errno));
      return FALSE;
    }
  for (struct ifaddrs *item = addresses; item != NULL; item = item->ifa_next)
    {
      guint interface_index = if_nametoindex (item->ifa_name);

      if (interface_index == 0 || interface_index == last ||
          (item->ifa_flags & (IFF_UP | IFF_MULTICAST)) != (IFF_UP | IFF_MULTICAST))
        continue;
      last = interface_index;
      if (join_on (self, interface_index))
        n_joined++;
    }
  freeifaddrs (addresses);
  if (n_joined == 0)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_UNSUPPORTED,
                         "No network interface of this machine can join the groups of CoAP.");
  return n_joined > 0;
}

gboolean
gcoap_udp_socket_join_groups (const GcoapUdpSocket  *self,
                              const char *const     *interfaces,
                              GError               **error)
{
  if (!self->is_wildcard)
    {
      g_autofree char *hostinfo = gcoap_udp_key_dup_hostinfo (&self->bound, 0);

      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                   "Nothing sent to a group would come to %s: listen on all addresses instead.", hostinfo);
      return FALSE;
    }
  return interfaces != NULL ? join_named (self, interfaces, error) : join_all (self, error);
}
