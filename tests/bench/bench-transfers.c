/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Load of large bodies (RFC 7959) for any CoAP server over UDP: each of some
 * clients gets or puts a body block by block, again and again, with one block
 * outstanding. Every answer is checked; what came of it is one JSON object. */
#include "bench-arguments.h"
#include "bench-clock.h"
#include "bench-coap.h"
#include "bench-endpoints.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 64
#define DATAGRAM_SIZE 1472
#define TOKEN_LENGTH 8
#define MAX_CLIENTS 64
#define MAX_ERRORS 1000
#define TIMEOUT (G_GINT64_CONSTANT (1000000000))

typedef struct
{
  guint8   token[TOKEN_LENGTH]; /* its first byte is the client's index */
  guint16  message_id;
  guint32  number;              /* of the block that is outstanding */
  gint64   sent_at;
  gboolean due;                 /* the next request has to go out */
} Client;

static struct
{
  int                fd;
  struct sockaddr_in server;
  Client             clients[MAX_CLIENTS];
  guint32            n_blocks;
  guint8             body[BENCH_COAP_BLOCK_SIZE];
  struct mmsghdr     messages[BATCH];
  struct iovec       vectors[BATCH];
  guint8             buffers[BATCH][DATAGRAM_SIZE];
  guint8             control[BATCH][BENCH_ENDPOINTS_CONTROL_SIZE];
  gint64             now;
  gint64             next_expiry_check;
  guint64            blocks;
  guint64            transfers;
  guint64            wrong;
  guint64            timeouts;
  guint64            socket_errors;
} load;

static BenchArguments arguments;

static int      option_source_port = 0;
static int      option_clients = 1;
static int      option_kilobytes = 1024;
static gboolean option_put = FALSE;

static const GOptionEntry entries[] = {
  { "put", 0, 0, G_OPTION_ARG_NONE, &option_put, "PUT instead of GET", NULL },
  { "clients", 'c', 0, G_OPTION_ARG_INT, &option_clients, "Clients, each with an address of its own (1)", "N" },
  { "kilobytes", 'k', 0, G_OPTION_ARG_INT, &option_kilobytes, "Length of the body (1024)", "KIB" },
  { "source-port", 0, 0, G_OPTION_ARG_INT, &option_source_port, "Source port, so that runs share endpoints", "PORT" },
  { NULL }
};

static void
parse_command_line (int    argc,
                    char **argv)
{
  bench_arguments_parse (&arguments, "Moves bodies block by block and reports JSON.", "big", entries, &argc, &argv);
  bench_arguments_demand (arguments.seconds > 0
                          && option_clients >= 1 && option_clients <= MAX_CLIENTS
                          && option_source_port >= 0 && option_source_port <= 65535
                          /* RFC 7959 §2.2: a block number has 20 bits. */
                          && option_kilobytes >= 2 && option_kilobytes <= 1 << 20);
}

static guint32
make_block_value (guint32  number,
                  gboolean more)
{
  return number << 4 | (more ? 8 : 0) | BENCH_COAP_BLOCK_EXPONENT;
}

/* Writes the next request of a client into place @i of the batch. */
static void
write_request (guint i,
               guint index)
{
  Client *client = &load.clients[index];
  BenchCoapWriter writer;

  client->message_id++;
  client->sent_at = load.now;
  client->due = FALSE;
  client->token[0] = (guint8) index;
  memcpy (client->token + 1, &client->message_id, 2);
  bench_coap_begin (&writer, load.buffers[i], BENCH_COAP_CON, option_put ? BENCH_COAP_PUT : BENCH_COAP_GET,
                    client->message_id, client->token, TOKEN_LENGTH);
  bench_coap_add_path (&writer, arguments.path);
  if (option_put)
    {
      bench_coap_add_uint (&writer, BENCH_COAP_BLOCK1,
                           make_block_value (client->number, client->number + 1 < load.n_blocks));
      if (client->number == 0)
        bench_coap_add_uint (&writer, BENCH_COAP_SIZE1, load.n_blocks * BENCH_COAP_BLOCK_SIZE);
      bench_coap_add_payload (&writer, load.body, sizeof load.body);
    }
  else
    bench_coap_add_uint (&writer, BENCH_COAP_BLOCK2, make_block_value (client->number, FALSE));
  load.vectors[i] = (struct iovec) { load.buffers[i], bench_coap_end (&writer) };
  load.messages[i].msg_hdr = (struct msghdr) {
    .msg_name = &load.server,
    .msg_namelen = sizeof load.server,
    .msg_iov = &load.vectors[i],
    .msg_iovlen = 1,
  };
  bench_endpoints_set_source (&load.messages[i].msg_hdr, load.control[i], index);
}

static void
send_due (void)
{
  guint n = 0;

  for (guint i = 0; i < (guint) option_clients && n < BATCH; i++)
    if (load.clients[i].due)
      write_request (n++, i);
  for (guint done = 0; done < n;)
    {
      int sent = sendmmsg (load.fd, load.messages + done, n - done, 0);

      if (sent <= 0)
        load.socket_errors++;
      done += sent > 0 ? (guint) sent : 1;
    }
}

/* Whether @answer is the right one to the block that is outstanding. */
static gboolean
is_right (const Client           *client,
          const BenchCoapMessage *answer)
{
  gboolean last = client->number + 1 == load.n_blocks;
  guint32 block;
  gsize payload_length;

  /* Not every server repeats Block1 in the answer to the last one. */
  if (option_put && last && (answer->code == BENCH_COAP_CHANGED || answer->code == BENCH_COAP_CREATED))
    return TRUE;
  if (!bench_coap_find (answer, option_put ? BENCH_COAP_BLOCK1 : BENCH_COAP_BLOCK2, &block, &payload_length)
      || block >> 4 != client->number || (block & 7) != BENCH_COAP_BLOCK_EXPONENT)
    return FALSE;
  if (!option_put)
    return answer->code == BENCH_COAP_CONTENT && payload_length == BENCH_COAP_BLOCK_SIZE
           && ((block & 8) == 0) == last;
  return !last && answer->code == BENCH_COAP_CONTINUE;
}

static void
take_answer (const guint8  *bytes,
             gsize          length,
             struct msghdr *header)
{
  BenchCoapMessage answer;
  Client *client;

  if (!bench_coap_parse (&answer, bytes, length) || answer.token_length != TOKEN_LENGTH
      || answer.type != BENCH_COAP_ACK || answer.token[0] >= option_clients)
    {
      load.wrong++;
      return;
    }
  client = &load.clients[answer.token[0]];
  /* The answer to a block that was given up may come late. */
  if (client->due || memcmp (answer.token, client->token, TOKEN_LENGTH) != 0)
    return;
  client->due = TRUE;
  if (answer.message_id != client->message_id || !bench_endpoints_came_to (header, answer.token[0])
      || !is_right (client, &answer))
    {
      if (load.wrong++ == 0)
        g_printerr ("A wrong answer to block %u: code %u.%02u\n", client->number, answer.code >> 5, answer.code & 31);
      client->number = 0;
      return;
    }
  load.blocks++;
  if (++client->number == load.n_blocks)
    {
      client->number = 0;
      load.transfers++;
    }
}

static void
receive_answers (void)
{
  int received;

  for (guint i = 0; i < BATCH; i++)
    {
      load.vectors[i] = (struct iovec) { load.buffers[i], DATAGRAM_SIZE };
      load.messages[i].msg_hdr = (struct msghdr) {
        .msg_iov = &load.vectors[i],
        .msg_iovlen = 1,
        .msg_control = load.control[i],
        .msg_controllen = sizeof load.control[i],
      };
    }
  received = recvmmsg (load.fd, load.messages, BATCH, MSG_DONTWAIT, NULL);
  if (received < 0 && errno != EAGAIN)
    load.socket_errors++;
  for (int i = 0; i < received; i++)
    take_answer (load.buffers[i], load.messages[i].msg_len, &load.messages[i].msg_hdr);
}

/* A block that got no answer begins its body anew: that is right for GET and PUT. */
static void
expire (void)
{
  load.next_expiry_check = load.now + TIMEOUT / 10;
  for (guint i = 0; i < (guint) option_clients; i++)
    if (!load.clients[i].due && load.now - load.clients[i].sent_at > TIMEOUT)
      {
        load.clients[i].due = TRUE;
        load.clients[i].number = 0;
        load.timeouts++;
      }
}

static void
report (double  seconds,
        guint64 run_time,
        guint64 delay)
{
  double rate = seconds > 0 ? (double) load.blocks / seconds : 0.0;

  printf ("{\"blocks\": %" G_GUINT64_FORMAT ", \"transfers\": %" G_GUINT64_FORMAT ", \"seconds\": %.6f, ",
          load.blocks, load.transfers, seconds);
  printf ("\"rate\": %.1f, \"mib_per_second\": %.3f, ", rate, rate * BENCH_COAP_BLOCK_SIZE / (1024 * 1024));
  printf ("\"wrong\": %" G_GUINT64_FORMAT ", \"timeouts\": %" G_GUINT64_FORMAT ", \"socket_errors\": %" G_GUINT64_FORMAT ", ",
          load.wrong, load.timeouts, load.socket_errors);
  printf ("\"run_time_ns\": %" G_GUINT64_FORMAT ", \"delay_ns\": %" G_GUINT64_FORMAT "}\n", run_time, delay);
}

int
main (int    argc,
      char **argv)
{
  guint64 run_time_before, delay_before, run_time, delay;
  gint64 start;

  parse_command_line (argc, argv);
  load.server = bench_endpoints_parse (arguments.host, (guint16) arguments.port);
  load.fd = bench_endpoints_open_socket ((guint16) option_source_port);
  load.n_blocks = (guint32) option_kilobytes;
  memset (load.body, 'b', sizeof load.body);
  for (guint i = 0; i < (guint) option_clients; i++)
    {
      load.clients[i].due = TRUE;
      load.clients[i].message_id = (guint16) g_random_int ();
    }

  bench_clock_read_usage (&run_time_before, &delay_before);
  start = load.now = bench_clock_read ();
  while (load.now - start < (gint64) (arguments.seconds * 1e9) && load.wrong + load.timeouts < MAX_ERRORS)
    {
      send_due ();
      receive_answers ();
      load.now = bench_clock_read ();
      if (load.now >= load.next_expiry_check)
        expire ();
    }
  bench_clock_read_usage (&run_time, &delay);
  report ((double) (load.now - start) / 1e9, run_time - run_time_before, delay - delay_before);

  return load.wrong == 0 && load.blocks > 0 ? 0 : 1;
}
