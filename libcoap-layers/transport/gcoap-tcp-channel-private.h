/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A TCP socket as a byte channel. */
#pragma once

#include "transport/gcoap-byte-channel-private.h"

G_BEGIN_DECLS

/* Takes over a connected stream socket, and makes it non-blocking. */
GcoapByteChannel *gcoap_tcp_channel_new (int fd) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
