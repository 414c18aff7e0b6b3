/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Opening a UDP socket as the transport needs it. */
#pragma once

#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

typedef struct
{
  int         fd;           /* -1: closed */
  int         family;       /* AF_INET6, or AF_INET where there is no IPv6 */
  gboolean    is_dual;      /* carries IPv4 as well, in mapped form */
  gboolean    is_wildcard;  /* bound to no address: each datagram tells its destination */
  GcoapUdpKey bound;        /* the own address and port */
} GcoapUdpSocket;

/* socket(2); tests put another in its place to see what happens on a machine
 * without IPv6. */
extern int (*gcoap_udp_socket_create) (int family, int type, int protocol);

/* A socket of that type for IPv6 and IPv4, or for IPv4 alone where there is no
 * IPv6, which may change all addresses to those. Returns -1 and sets an error if
 * there can be none. */
int gcoap_udp_socket_make (int           type,
                           GcoapUdpKey  *address,
                           int          *family,
                           GError      **error);

/* Binds to an address, or to a free port of all addresses if it is NULL; with
 * @reuse_port others of this user may bind there as well. */
gboolean gcoap_udp_socket_open (GcoapUdpSocket     *self,
                                const GcoapUdpKey  *address,
                                gboolean            reuse_port,
                                GError            **error);

/* Takes over a bound socket; leaves it to the caller on failure. */
gboolean gcoap_udp_socket_adopt (GcoapUdpSocket  *self,
                                 int              fd,
                                 GError         **error);

void gcoap_udp_socket_close (GcoapUdpSocket *self);

/* A sentence that says why an address could not be listened on. */
void gcoap_udp_set_bind_error (const GcoapUdpKey  *address,
                               int                 errnum,
                               GError            **error);

gboolean gcoap_udp_socket_can_reach (const GcoapUdpSocket *self,
                                     const GcoapUdpKey    *peer);

/* The address the kernel would send from to this peer. */
gboolean gcoap_udp_socket_find_source (const GcoapUdpSocket *self,
                                       const GcoapUdpKey    *peer,
                                       struct in6_addr      *source);

/* Joins the groups of all CoAP nodes (RFC 7252 §12.8) on the named network
 * interfaces; NULL: on all that can do multicast. */
gboolean gcoap_udp_socket_join_groups (const GcoapUdpSocket  *self,
                                       const char *const     *interfaces,
                                       GError               **error);

G_END_DECLS
