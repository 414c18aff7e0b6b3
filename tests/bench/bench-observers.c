/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Many observers (RFC 7641) of one resource of any CoAP server over UDP: each
 * registers from an address of its own; then the resource is told to change, by
 * a POST to it, as soon as all have been notified of the change before. What
 * came of it is one JSON object. */
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
#define MAX_OBSERVERS 100000
#define REGISTERING_AT_ONCE 64
#define TIMEOUT (G_GINT64_CONSTANT (1000000000))
#define MAX_TRIES 4
#define MAX_FAILED_ROUNDS 3

typedef struct
{
  gboolean registered;
  guint32  round;      /* the last one it was notified in */
} Observer;

static struct
{
  int                fd;
  struct sockaddr_in server;
  Observer          *observers;
  guint32            n_registered;
  guint32            n_asked;
  guint32            round;         /* 0 while observers register */
  guint32            n_notified;    /* in this round */
  struct mmsghdr     messages[BATCH];
  struct iovec       vectors[BATCH];
  guint8             buffers[BATCH][DATAGRAM_SIZE];
  guint8             control[BATCH][BENCH_ENDPOINTS_CONTROL_SIZE];
  /* What is to be sent at the end of a batch. */
  struct mmsghdr     out[BATCH];
  struct iovec       out_vectors[BATCH];
  guint8             out_buffers[BATCH][64];
  guint8             out_control[BATCH][BENCH_ENDPOINTS_CONTROL_SIZE];
  guint              n_out;
  gint64             now;
  gint64             last_progress;
  guint16            message_id;
  guint64            notifications;
  guint64            confirmable;
  guint64            lost;
  guint64            wrong;
  guint64            socket_errors;
} load;

static BenchArguments arguments;

static int      option_source_port = 0;
static int      option_observers = 1000;
static gboolean option_registered = FALSE;

static const GOptionEntry entries[] = {
  { "observers", 'n', 0, G_OPTION_ARG_INT, &option_observers, "How many observe (1000)", "N" },
  { "source-port", 0, 0, G_OPTION_ARG_INT, &option_source_port, "Source port, so that runs share endpoints", "PORT" },
  { "registered", 0, 0, G_OPTION_ARG_NONE, &option_registered, "They have registered, in a call before", NULL },
  { NULL }
};

static void
parse_command_line (int    argc,
                    char **argv)
{
  bench_arguments_parse (&arguments, "Observes a resource many times and reports JSON.", "obs", entries, &argc, &argv);
  bench_arguments_demand (option_observers >= 1 && option_observers <= MAX_OBSERVERS
                          && option_source_port >= 0 && option_source_port <= 65535);
}

static void
flush (void)
{
  for (guint done = 0; done < load.n_out;)
    {
      int sent = sendmmsg (load.fd, load.out + done, load.n_out - done, 0);

      if (sent <= 0)
        load.socket_errors++;
      done += sent > 0 ? (guint) sent : 1;
    }
  load.n_out = 0;
}

/* Puts what is in the out buffer @n_out into the batch. */
static void
queue (gsize   length,
       guint32 endpoint)
{
  guint i = load.n_out++;

  load.out_vectors[i] = (struct iovec) { load.out_buffers[i], length };
  load.out[i].msg_hdr = (struct msghdr) {
    .msg_name = &load.server,
    .msg_namelen = sizeof load.server,
    .msg_iov = &load.out_vectors[i],
    .msg_iovlen = 1,
  };
  bench_endpoints_set_source (&load.out[i].msg_hdr, load.out_control[i], endpoint);
  if (load.n_out == BATCH)
    flush ();
}

static void
send_request (guint   code,
              guint32 endpoint)
{
  guint8 token[TOKEN_LENGTH] = { (guint8) code, 0, 0, 0 };
  guint32 index = GUINT32_TO_BE (endpoint);
  BenchCoapWriter writer;

  memcpy (token + 4, &index, 4);
  bench_coap_begin (&writer, load.out_buffers[load.n_out], BENCH_COAP_CON, code, load.message_id++, token,
                    TOKEN_LENGTH);
  if (code == BENCH_COAP_GET)
    bench_coap_add_uint (&writer, BENCH_COAP_OBSERVE, 0);
  bench_coap_add_path (&writer, arguments.path);
  queue (bench_coap_end (&writer), endpoint);
}

static void
acknowledge (const BenchCoapMessage *message,
             guint32                 endpoint)
{
  BenchCoapWriter writer;

  bench_coap_begin (&writer, load.out_buffers[load.n_out], BENCH_COAP_ACK, 0, message->message_id, message->token, 0);
  queue (bench_coap_end (&writer), endpoint);
}

static void
register_some (void)
{
  while (load.n_asked < (guint32) option_observers && load.n_asked - load.n_registered < REGISTERING_AT_ONCE)
    send_request (BENCH_COAP_GET, load.n_asked++);
  flush ();
}

static void
take_message (const guint8  *bytes,
              gsize          length,
              struct msghdr *header)
{
  BenchCoapMessage message;
  guint32 endpoint = bench_endpoints_find (header);
  Observer *observer;
  guint32 sequence, index;
  gsize payload_length;

  if (!bench_coap_parse (&message, bytes, length) || endpoint >= (guint32) option_observers)
    {
      load.wrong++;
      return;
    }
  if (message.type == BENCH_COAP_CON)
    {
      load.confirmable++;
      acknowledge (&message, endpoint);
    }
  /* An Empty acknowledgement, or the answer to a POST. */
  if (message.code == 0 || (message.token_length == TOKEN_LENGTH && message.token[0] == BENCH_COAP_POST))
    return;
  observer = &load.observers[endpoint];
  if (message.token_length != TOKEN_LENGTH || message.code != BENCH_COAP_CONTENT
      || !bench_coap_find (&message, BENCH_COAP_OBSERVE, &sequence, &payload_length) || payload_length == 0)
    {
      if (load.wrong++ == 0)
        g_printerr ("A wrong notification: code %u.%02u\n", message.code >> 5, message.code & 31);
      return;
    }
  memcpy (&index, message.token + 4, 4);
  if (GUINT32_FROM_BE (index) != endpoint)
    load.wrong++;
  load.last_progress = load.now;
  if (!observer->registered)
    {
      observer->registered = TRUE;
      load.n_registered++;
    }
  else if (load.round > 0 && observer->round != load.round)
    {
      observer->round = load.round;
      load.n_notified++;
      load.notifications++;
    }
}

static void
receive_messages (void)
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
  load.now = bench_clock_read ();
  if (received < 0 && errno != EAGAIN)
    load.socket_errors++;
  for (int i = 0; i < received; i++)
    take_message (load.buffers[i], load.messages[i].msg_len, &load.messages[i].msg_hdr);
  flush ();
}

/* Asks again whoever got no answer: a datagram may be lost. */
static void
register_rest (void)
{
  for (guint32 i = 0; i < load.n_asked; i++)
    if (!load.observers[i].registered)
      send_request (BENCH_COAP_GET, i);
  flush ();
}

/* Returns FALSE if the server falls silent before all are registered. */
static gboolean
register_all (void)
{
  guint tries = 0;

  load.last_progress = load.now = bench_clock_read ();
  while (load.n_registered < (guint32) option_observers)
    {
      register_some ();
      receive_messages ();
      if (load.now - load.last_progress > TIMEOUT)
        {
          if (++tries == MAX_TRIES)
            return FALSE;
          load.last_progress = load.now;
          register_rest ();
        }
    }
  return TRUE;
}

/* One change, until all know of it or nothing more comes. */
static void
run_round (void)
{
  load.round++;
  load.n_notified = 0;
  load.last_progress = bench_clock_read ();
  send_request (BENCH_COAP_POST, 0);
  flush ();
  while (load.n_notified < (guint32) option_observers)
    {
      receive_messages ();
      if (load.now - load.last_progress > TIMEOUT)
        {
          load.lost += (guint32) option_observers - load.n_notified;
          break;
        }
    }
}

static void
report (double  seconds,
        guint64 run_time,
        guint64 delay)
{
  printf ("{\"observers\": %u, \"rounds\": %u, \"notifications\": %" G_GUINT64_FORMAT ", \"confirmable\": %" G_GUINT64_FORMAT
          ", ", load.n_registered, load.round, load.notifications, load.confirmable);
  printf ("\"seconds\": %.6f, \"rate\": %.1f, ", seconds, seconds > 0 ? (double) load.notifications / seconds : 0.0);
  printf ("\"lost\": %" G_GUINT64_FORMAT ", \"wrong\": %" G_GUINT64_FORMAT ", \"socket_errors\": %" G_GUINT64_FORMAT
          ", \"run_time_ns\": %" G_GUINT64_FORMAT ", \"delay_ns\": %" G_GUINT64_FORMAT "}\n",
          load.lost, load.wrong, load.socket_errors, run_time, delay);
}

int
main (int    argc,
      char **argv)
{
  guint64 run_time_before, delay_before, run_time, delay;
  gboolean registered;
  gint64 start;

  parse_command_line (argc, argv);
  load.server = bench_endpoints_parse (arguments.host, (guint16) arguments.port);
  load.fd = bench_endpoints_open_socket ((guint16) option_source_port);
  load.observers = g_new0 (Observer, (gsize) option_observers);
  load.message_id = (guint16) g_random_int ();
  for (int i = 0; i < option_observers && option_registered; i++)
    load.observers[i].registered = TRUE;
  if (option_registered)
    load.n_registered = (guint32) option_observers;

  registered = option_registered || register_all ();
  bench_clock_read_usage (&run_time_before, &delay_before);
  start = load.now = bench_clock_read ();
  while (registered && load.now - start < (gint64) (arguments.seconds * 1e9)
         && load.lost < MAX_FAILED_ROUNDS * (guint64) option_observers)
    run_round ();
  bench_clock_read_usage (&run_time, &delay);
  report ((double) (load.now - start) / 1e9, run_time - run_time_before, delay - delay_before);
  if (!registered)
    g_printerr ("Only %u of %d observers could register\n", load.n_registered, option_observers);

  return registered && load.wrong == 0 ? 0 : 1;
}
