/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One open datagram socket of the portable transport: connected to a peer,
 * unconnected for what groups answer, or one that a server listens on. */
#pragma once

#include <gio/gio.h>

#include "transport/gcoap-udp-address-private.h"
#include "transport/gcoap-unix-socket-private.h"
#include "wire/gcoap-local.h"

G_BEGIN_DECLS

typedef union
{
  struct sockaddr    any;
  GcoapUdpSockaddr   udp;
  struct sockaddr_un local;
} GcoapSocketName;

typedef struct
{
  GSocket              *socket;        /* NULL: closed */
  GSource              *source;        /* NULL: not watched */
  GcoapEndpointAddress *peer;          /* NULL: a server's */
  GcoapLocal           *local;
  GcoapUnixName         name;          /* what to remove from the file system */
  gboolean              is_connected;
  gboolean              is_wildcard;   /* a server's, on all addresses */
  gpointer              owner;
  gint64                used;          /* clock time of the last datagram */
  GList                 node;          /* in the order of use */
} GcoapSocketLink;

/* g_socket_new() for datagrams; tests put another in its place to see what
 * happens on a machine without IPv6. */
extern GSocket *(*gcoap_socket_link_create) (GSocketFamily family, GError **error);

/* For a peer or a group. */
GcoapSocketLink *gcoap_socket_link_open (GcoapEndpointAddress  *peer,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;

/* For a server. */
GcoapSocketLink *gcoap_socket_link_listen (const GcoapUdpKey  *key,
                                           GError            **error) G_GNUC_WARN_UNUSED_RESULT;
GcoapSocketLink *gcoap_socket_link_listen_at_path (GcoapUnixAddress  *address,
                                                   GError           **error) G_GNUC_WARN_UNUSED_RESULT;

GcoapSocketLink *gcoap_socket_link_ref (GcoapSocketLink *self);
void gcoap_socket_link_unref (GcoapSocketLink *self);

/* @func is called with the link when there is something to receive. */
void gcoap_socket_link_watch (GcoapSocketLink   *self,
                              GMainContext      *context,
                              GSocketSourceFunc  func);
void gcoap_socket_link_close (GcoapSocketLink *self);

/* 0, or the errno. */
int gcoap_socket_link_send (GcoapSocketLink      *self,
                            GcoapEndpointAddress *address,
                            const guint8         *data,
                            gsize                 length);

/* The bytes of a datagram, or the negative errno. */
gssize gcoap_socket_link_receive (GcoapSocketLink *self,
                                  guint8          *buffer,
                                  gsize            size,
                                  GcoapSocketName *sender,
                                  socklen_t       *sender_length);

/* A sentence that names the peer. */
GError *gcoap_socket_error_new (GcoapEndpointAddress *peer,
                                int                   errnum) G_GNUC_WARN_UNUSED_RESULT;

/* What a server's really listens on. */
char *gcoap_socket_link_dup_uri (GcoapSocketLink *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
