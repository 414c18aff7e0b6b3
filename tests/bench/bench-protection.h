/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* OSCORE (RFC 8613) for the generator of small requests: one client of a server
 * that knows it by its number, and the requests that it has outstanding. */
#pragma once

#include <glib.h>

typedef struct _BenchProtection BenchProtection;

/* Client @client, which must be one that the server has not heard of before: its
 * numbers begin at 0. GETs of @path, @outstanding of them at once. */
BenchProtection *bench_protection_new           (const char      *path,
                                                 guint            client,
                                                 guint            outstanding);

/* Writes a whole datagram, protected under the next number, in place of the request
 * @slot that was there before. Returns its length. */
gsize            bench_protection_write_request (BenchProtection *self,
                                                 guint            slot,
                                                 guint            type,
                                                 guint16          message_id,
                                                 const guint8    *token,
                                                 gsize            token_length,
                                                 guint8          *buffer,
                                                 gsize            size);

/* The code inside the answer to request @slot; 0 if it does not verify, or has
 * another payload than it must. */
guint            bench_protection_open_answer   (BenchProtection *self,
                                                 guint            slot,
                                                 const guint8    *bytes,
                                                 gsize            length);
