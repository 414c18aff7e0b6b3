/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* As much of CoAP on bare bytes (RFC 7252 §3) as load needs to be made and
 * checked, independent of the library under measurement. */
#pragma once

#include <glib.h>

#define BENCH_COAP_CON 0
#define BENCH_COAP_NON 1
#define BENCH_COAP_ACK 2
#define BENCH_COAP_RST 3

#define BENCH_COAP_GET 0x01
#define BENCH_COAP_POST 0x02
#define BENCH_COAP_PUT 0x03
#define BENCH_COAP_CREATED 0x41
#define BENCH_COAP_CHANGED 0x44
#define BENCH_COAP_CONTENT 0x45
#define BENCH_COAP_CONTINUE 0x5f

#define BENCH_COAP_OBSERVE 6
#define BENCH_COAP_URI_PATH 11
#define BENCH_COAP_BLOCK2 23
#define BENCH_COAP_BLOCK1 27
#define BENCH_COAP_SIZE1 60

/* 1024 bytes per block: RFC 7959 §2.2 calls that 6. */
#define BENCH_COAP_BLOCK_SIZE 1024
#define BENCH_COAP_BLOCK_EXPONENT 6

/* Writes a message from front to back; options in ascending order. The caller
 * gives a buffer that is large enough. */
typedef struct
{
  guint8 *start;
  guint8 *end;
  guint   last_option;
} BenchCoapWriter;

void  bench_coap_begin       (BenchCoapWriter *self,
                              guint8          *buffer,
                              guint            type,
                              guint            code,
                              guint16          message_id,
                              const guint8    *token,
                              gsize            token_length);
void  bench_coap_add         (BenchCoapWriter *self,
                              guint            option,
                              const void      *value,
                              gsize            length);
void  bench_coap_add_uint    (BenchCoapWriter *self,
                              guint            option,
                              guint32          value);
void  bench_coap_add_path    (BenchCoapWriter *self,
                              const char      *path);
void  bench_coap_add_payload (BenchCoapWriter *self,
                              const void      *payload,
                              gsize            length);
gsize bench_coap_end         (BenchCoapWriter *self);

/* A message as it was received; what it points to is in the datagram. */
typedef struct
{
  guint         type;
  guint         code;
  guint16       message_id;
  const guint8 *token;
  gsize         token_length;
  const guint8 *options;
  const guint8 *end;
} BenchCoapMessage;

gboolean bench_coap_parse    (BenchCoapMessage *self,
                              const guint8     *bytes,
                              gsize             length);

/* Finds an option that holds a number, and the length of the payload; FALSE if
 * the option is absent or the message is broken. */
gboolean bench_coap_find     (const BenchCoapMessage *self,
                              guint                   option,
                              guint32                *value,
                              gsize                  *payload_length);
