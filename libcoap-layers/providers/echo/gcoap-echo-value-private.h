/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 9175 Appendix A item 2: Echo values that say when they were made, and to
 * whom they were given, so that the server need not remember them. */
#pragma once

#include <glib.h>

#include "wire/gcoap-endpoint-address.h"

G_BEGIN_DECLS

/* 32 bits of time, 64 bits of HMAC-SHA-256. */
#define GCOAP_ECHO_VALUE_LENGTH 12

#define GCOAP_ECHO_KEY_LENGTH 32

/* A value is made with the newer key, and recognized with both, so that one
 * made just before the change is still good. */
typedef struct
{
  guint8 newer[GCOAP_ECHO_KEY_LENGTH];
  guint8 older[GCOAP_ECHO_KEY_LENGTH];
  gint64 newer_since;   /* microseconds of the clock */
  guint  has_newer : 1;
  guint  has_older : 1;
} GcoapEchoKeys;

void gcoap_echo_keys_init (GcoapEchoKeys *self);

/* Forgets the keys. */
void gcoap_echo_keys_clear (GcoapEchoKeys *self);

/* @now: microseconds of the clock; @window: milliseconds for which values are
 * good, at most a day. Each takes new keys when it is time. */
void gcoap_echo_keys_make_value (GcoapEchoKeys        *self,
                                 GcoapEndpointAddress *address,
                                 gint64                now,
                                 guint                 window,
                                 guint8                value[GCOAP_ECHO_VALUE_LENGTH]);

/* How old the value is, in milliseconds; -1 if it was not made here, not for
 * this address, or too long ago. */
gint64 gcoap_echo_keys_check_value (GcoapEchoKeys        *self,
                                    GcoapEndpointAddress *address,
                                    gint64                now,
                                    guint                 window,
                                    const guint8         *value,
                                    gsize                 length);

G_END_DECLS
