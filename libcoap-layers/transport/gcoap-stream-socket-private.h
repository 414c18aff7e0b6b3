/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Listening for connections, and taking them. */
#pragma once

#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

typedef struct
{
  int         fd;      /* -1: closed */
  GcoapUdpKey bound;
} GcoapStreamSocket;

gboolean gcoap_stream_socket_listen (GcoapStreamSocket  *self,
                                     const GcoapUdpKey  *address,
                                     gboolean            reuse_port,
                                     GError            **error);

/* Takes over a socket that listens; leaves it to the caller on failure. */
gboolean gcoap_stream_socket_adopt (GcoapStreamSocket  *self,
                                    int                 fd,
                                    GError            **error);

void gcoap_stream_socket_close (GcoapStreamSocket *self);

/* A connection that waits: its descriptor and where it comes from; -1 if none
 * does, or @errnum is set. */
int gcoap_stream_socket_accept (GcoapStreamSocket *self,
                                GcoapUdpKey       *peer,
                                int               *errnum);

/* The other end of a connected socket. */
gboolean gcoap_stream_socket_get_peer (int          fd,
                                       GcoapUdpKey *peer);

G_END_DECLS
