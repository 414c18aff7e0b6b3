/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One association with a server as a generator of load needs it: TCP, TLS or DTLS,
 * without waiting, and the secured ones by GnuTLS with the pre-shared key that
 * all servers under measurement know. */
#pragma once

#include <glib.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>

typedef enum
{
  BENCH_CARRIER_TCP,
  BENCH_CARRIER_TLS,
  BENCH_CARRIER_DTLS,
} BenchCarrierKind;

typedef enum
{
  BENCH_CARRIER_WAITING,
  BENCH_CARRIER_READY,
  BENCH_CARRIER_FAILED,
} BenchCarrierStatus;

#define BENCH_CARRIER_DATAGRAM_SIZE 1500

typedef struct
{
  BenchCarrierKind kind;
  int              fd;
  gnutls_session_t session;     /* NULL for TCP */
  guint8          *held;        /* a ChangeCipherSpec that waits for company; NULL: none */
  gsize            held_length;
  guint8          *next;        /* what came after it; NULL: nothing */
  gsize            next_length;
} BenchCarrier;

/* From a URI scheme; FALSE if it is none of these. */
gboolean           bench_carrier_kind_parse  (BenchCarrierKind         *kind,
                                              const char               *scheme);

/* Begins an association from 127.0.0.1 + @endpoint; ends the process with a
 * message if the system lacks something. */
void               bench_carrier_open        (BenchCarrier             *self,
                                              BenchCarrierKind          kind,
                                              const struct sockaddr_in *server,
                                              guint32                   endpoint);

/* Goes on with handshakes. */
BenchCarrierStatus bench_carrier_start       (BenchCarrier             *self);

/* Returns how many bytes came, of one message or record if there are such; -1
 * if none are there now, 0 if no more will come. */
gssize             bench_carrier_read        (BenchCarrier             *self,
                                              guint8                   *buffer,
                                              gsize                     size);

/* FALSE if not all was taken. */
gboolean           bench_carrier_write       (BenchCarrier             *self,
                                              const guint8             *bytes,
                                              gsize                     length);

/* Says goodbye, if the association was made, and forgets it. */
void               bench_carrier_close       (BenchCarrier             *self);
