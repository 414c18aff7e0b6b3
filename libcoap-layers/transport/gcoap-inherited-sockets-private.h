/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Sockets that a service manager has opened for this process: LISTEN_PID,
 * LISTEN_FDS, descriptors from 3 on (sd_listen_fds(3)). */
#pragma once

#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

/* The descriptor of the socket of this type (SOCK_DGRAM, or SOCK_STREAM and
 * listening) that is bound to just this address and port, or -1. Each is given
 * away once. */
int gcoap_inherited_sockets_take (int                type,
                                  const GcoapUdpKey *key);

G_END_DECLS
