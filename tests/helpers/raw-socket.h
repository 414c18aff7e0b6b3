/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A bare UDP socket: a peer that sends and sees bytes. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  int     fd;
  guint16 port;
} TestRawSocket;

/* Bound to a free port of this IP address. */
void test_raw_socket_open (TestRawSocket *self, const char *address);
void test_raw_socket_close (TestRawSocket *self);

void test_raw_socket_send (TestRawSocket *self,
                           const char    *address,
                           guint16        port,
                           const void    *data,
                           gsize          length);

/* Iterates the main context until a datagram comes; fails the test after ten
 * seconds. @from (nullable) becomes "address:port" of its sender. */
GBytes *test_raw_socket_receive (TestRawSocket *self, char **from);

/* Whether a datagram is there already. */
gboolean test_raw_socket_is_readable (TestRawSocket *self);

/* The port of "coap://host:port". */
guint16 test_port_of_uri (const char *uri);

G_END_DECLS
