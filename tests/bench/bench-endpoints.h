/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many endpoints on one socket: the source addresses 127.0.0.1, 127.0.0.2 and so
 * on. Thousands of them need no thousands of descriptors. */
#pragma once

#include <glib.h>
#include <netinet/in.h>
#include <sys/socket.h>

/* What an ancillary message takes that says from or to which endpoint. */
#define BENCH_ENDPOINTS_CONTROL_SIZE CMSG_SPACE (sizeof (struct in_pktinfo))

/* Opens a non-blocking socket with large buffers, bound to @source_port (0: any)
 * of all addresses; ends the process with a message if it can't. */
int      bench_endpoints_open_socket (guint16         source_port);

/* Reads an IPv4 address, or ends the process with a message. */
struct sockaddr_in
         bench_endpoints_parse       (const char     *host,
                                      guint16         port);

/* Makes @message leave from @endpoint; @control has the size from above. */
void     bench_endpoints_set_source  (struct msghdr  *message,
                                      guint8         *control,
                                      guint32         endpoint);

/* Which endpoint @message came to; G_MAXUINT32 if that was not told. */
guint32  bench_endpoints_find        (struct msghdr  *message);

gboolean bench_endpoints_came_to     (struct msghdr  *message,
                                      guint32         endpoint);
