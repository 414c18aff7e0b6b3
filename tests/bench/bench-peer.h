/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What all servers under measurement have in common: their command line, the
 * resources they offer, and the line by which they say that they listen. */
#pragma once

#include <glib.h>

/* A large body of BENCH_BIG_LENGTH bytes, to get and to put in blocks of 1024. */
#define BENCH_BIG_PATH "big"
#define BENCH_BIG_LENGTH (1024 * 1024)

/* What can be observed; a POST makes it change. Notifications are
 * non-confirmable or confirmable. */
#define BENCH_OBSERVED_PATH "obs"
#define BENCH_CONFIRMED_PATH "obs-con"

/* The same small answer everywhere, as text/plain (Content-Format 0). */
#define BENCH_PATH "test"
#define BENCH_PAYLOAD "Hello, world"
#define BENCH_PAYLOAD_LENGTH (sizeof (BENCH_PAYLOAD) - 1)

/* Who may speak to a secured server. */
#define BENCH_PSK_IDENTITY "bench"
#define BENCH_PSK_KEY "sixteen bytes, ."

/* Whose requests a server with OSCORE can open: the same secret for all, and IDs
 * of this length for each. */
#define BENCH_OSCORE_SECRET "sixteen more, ..."
#define BENCH_OSCORE_ID_LENGTH 3

typedef struct
{
  char *host;   /* an IPv4 address to bind, owned; 0.0.0.0 is the wildcard */
  int   port;
  char *scheme; /* coap, coap+tcp, coaps or coaps+tcp; owned */
} BenchPeer;

void bench_peer_init     (BenchPeer          *self,
                          const char         *summary,
                          const GOptionEntry *entries,
                          int                *argc,
                          char             ***argv);

void bench_peer_announce (const BenchPeer    *self);

void bench_peer_clear    (BenchPeer          *self);

/* That of the client with the number @client ('c'), or of the server for it ('s'). */
void bench_peer_make_oscore_id (char          end,
                                guint         client,
                                guint8        id[BENCH_OSCORE_ID_LENGTH]);
