/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 9175 §2.3: the Echo values that servers have given us last, to be sent
 * with the next request; a value goes only to the endpoint it came from. */
#pragma once

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

/* Who talks to more servers at a time is challenged once more. */
#define GCOAP_ECHO_MEMORY_MAX_SERVERS 256

typedef struct
{
  GHashTable *values;   /* (element-type GcoapEndpointAddress Remembered); NULL: none yet */
  GQueue      order;    /* (element-type Remembered) oldest first */
} GcoapEchoMemory;

void gcoap_echo_memory_init (GcoapEchoMemory *self);
void gcoap_echo_memory_clear (GcoapEchoMemory *self);

void gcoap_echo_memory_keep (GcoapEchoMemory      *self,
                             GcoapEndpointAddress *address,
                             const guint8         *value,
                             gsize                 length,
                             gint64                now);

/* NULL if there is none, or it is older than @window milliseconds: it would
 * let the server follow us for longer than needed (RFC 9175 §6). */
GBytes *gcoap_echo_memory_find (GcoapEchoMemory      *self,
                                GcoapEndpointAddress *address,
                                gint64                now,
                                guint                 window);

void gcoap_echo_memory_forget (GcoapEchoMemory      *self,
                               GcoapEndpointAddress *address);

guint gcoap_echo_memory_get_size (GcoapEchoMemory *self);

G_END_DECLS
