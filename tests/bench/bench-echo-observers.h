/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bare sender of notifications: all observers of one resource, each an
 * address and a token, are sent the same message in batches. */
#pragma once

#include "bench-coap.h"

#include <netinet/in.h>

void     bench_echo_observers_add          (const struct sockaddr_in *peer,
                                            const guint8             *token,
                                            gsize                     token_length);

/* Whether the path is that of the resource with confirmable notifications. */
gboolean bench_echo_observers_is_confirmed (const BenchCoapMessage   *request);

void     bench_echo_observers_notify       (int                       fd,
                                            guint                     type);
