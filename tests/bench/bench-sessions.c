/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Load for any CoAP server over associations: TCP (RFC 8323), TLS or DTLS, some of
 * them at once and with some requests outstanding on each; or associations made
 * and ended again and again; or many that are idle. Every answer is checked; what
 * came of it is one JSON object. */
#include "bench-arguments.h"
#include "bench-carrier.h"
#include "bench-clock.h"
#include "bench-coap.h"
#include "bench-endpoints.h"
#include "bench-histogram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#define TOKEN_LENGTH 8
#define MAX_CONNECTIONS 100000
#define MAX_OUTSTANDING 64
#define MAX_TIMEOUTS 1000
#define EVENTS 64
#define TIMEOUT (G_GINT64_CONSTANT (1000000000))
#define PATIENCE (20 * TIMEOUT)
#define CHECK_INTERVAL (TIMEOUT / 20)

/* A server allows each host so many handshakes at a time; hosts there are several. */
#define OPENING_AT_ONCE 48
#define ENDPOINTS 16

#define SCRATCH_SIZE (64 * 1024)
#define MAX_LEFT 1024
#define CODE_CSM 0xe1
#define CODE_SIGNALING 0xe0

typedef enum
{
  CLOSED,
  OPENING,
  GREETING, /* until the server's CSM */
  OPEN,
} State;

typedef struct
{
  BenchCarrier carrier;
  State        state;
  guint32      generation[MAX_OUTSTANDING]; /* of the token; 0: not outstanding */
  gint64       sent_at[MAX_OUTSTANDING];
  guint        n_outstanding;
  guint16      message_id;
  gint64       since;
  guint8      *left;        /* the start of a message; NULL: nothing */
  gsize        left_length;
} Connection;

static struct
{
  BenchCarrierKind   kind;
  struct sockaddr_in server;
  int                poll_fd;
  Connection        *connections;
  guint              n_opening;
  guint              n_open;
  guint              n_begun;
  guint32            generation;
  guint8             path[256];
  gsize              path_length;
  guint8             scratch[SCRATCH_SIZE];
  gint64             now;
  gint64             next_check;
  gboolean           measuring;
  gboolean           sending;      /* whether an answer is followed by a request */
  guint64            handshakes;
  guint64            answered;
  guint64            measured;
  guint64            wrong;
  guint64            timeouts;
  guint64            failed;
  BenchHistogram    *latencies;
} load;

static BenchArguments arguments;

static char    *option_scheme = NULL;
static int      option_connections = 1;
static int      option_outstanding = 1;
static gint64   option_count = 0;
static gboolean option_reconnect = FALSE;
static gboolean option_hold = FALSE;
static gboolean option_block = FALSE;

static const GOptionEntry entries[] = {
  { "scheme", 0, 0, G_OPTION_ARG_STRING, &option_scheme, "coap+tcp, coaps+tcp or coaps (coap+tcp)", "SCHEME" },
  { "connections", 'n', 0, G_OPTION_ARG_INT, &option_connections, "Associations at once (1)", "N" },
  { "outstanding", 'w', 0, G_OPTION_ARG_INT, &option_outstanding, "Requests outstanding on each (1)", "N" },
  { "count", 'c', 0, G_OPTION_ARG_INT64, &option_count, "Answers, or associations, instead of a time", "N" },
  { "reconnect", 0, 0, G_OPTION_ARG_NONE, &option_reconnect, "Request nothing: end each association, make another", NULL },
  { "hold", 0, 0, G_OPTION_ARG_NONE, &option_hold, "Hold all open; at each line of input, request once on each", NULL },
  { "block", 0, 0, G_OPTION_ARG_NONE, &option_block, "Sleep for answers instead of asking for them in a loop", NULL },
  { NULL }
};

static void
parse_command_line (int    argc,
                    char **argv)
{
  bench_arguments_parse (&arguments, "Requests over connections or sessions and reports JSON.", "test", entries,
                         &argc, &argv);
  bench_arguments_demand (bench_carrier_kind_parse (&load.kind, option_scheme != NULL ? option_scheme : "coap+tcp")
                          && option_connections >= 1 && option_connections <= MAX_CONNECTIONS
                          && option_outstanding >= 1 && option_outstanding <= MAX_OUTSTANDING
                          && option_count >= 0 && strlen (arguments.path) < sizeof load.path / 2);
}

static gboolean
is_stream (void)
{
  return load.kind != BENCH_CARRIER_DTLS;
}

/* Requests */

/* Writes one request to @buffer and returns its length. A stream's message has
 * its length in place of version and type (RFC 8323 §3.2). */
static gsize
write_request (Connection *self,
               guint       slot,
               guint8     *buffer)
{
  guint32 index = (guint32) (self - load.connections) << 8 | slot;
  guint8 token[TOKEN_LENGTH];
  guint8 *end = buffer;

  if (++load.generation == 0)
    load.generation = 1;
  self->generation[slot] = load.generation;
  self->sent_at[slot] = load.now;
  self->n_outstanding++;
  memcpy (token, &index, 4);
  memcpy (token + 4, &load.generation, 4);
  if (!is_stream ())
    {
      BenchCoapWriter writer;

      bench_coap_begin (&writer, buffer, BENCH_COAP_CON, BENCH_COAP_GET, self->message_id++, token, TOKEN_LENGTH);
      end = writer.end;
    }
  else
    {
      *end++ = (guint8) (MIN (load.path_length, 13) << 4 | TOKEN_LENGTH);
      if (load.path_length >= 13)
        *end++ = (guint8) (load.path_length - 13);
      *end++ = BENCH_COAP_GET;
      memcpy (end, token, TOKEN_LENGTH);
      end += TOKEN_LENGTH;
    }
  memcpy (end, load.path, load.path_length);
  return (gsize) (end - buffer) + load.path_length;
}

/* Fills what is free, in one write if it is a stream. */
static void
send_requests (Connection *self)
{
  guint8 buffer[MAX_OUTSTANDING * 256];
  gsize length = 0;

  for (guint i = 0; i < (guint) option_outstanding; i++)
    {
      if (self->generation[i] != 0)
        continue;
      length += write_request (self, i, buffer + length);
      if (!is_stream ())
        {
          load.failed += !bench_carrier_write (&self->carrier, buffer, length);
          length = 0;
        }
    }
  if (length > 0)
    load.failed += !bench_carrier_write (&self->carrier, buffer, length);
}

static void
take_answer (Connection             *self,
             const BenchCoapMessage *message)
{
  guint32 index, generation;
  guint32 format = 0;
  gsize payload_length;
  guint slot;

  if (message->token_length != TOKEN_LENGTH || message->code != BENCH_COAP_CONTENT
      || !bench_coap_find (message, 12, &format, &payload_length) || format != 0 || payload_length == 0)
    {
      if (load.wrong++ == 0)
        g_printerr ("A wrong answer: code %u.%02u\n", message->code >> 5, message->code & 31);
      return;
    }
  memcpy (&index, message->token, 4);
  memcpy (&generation, message->token + 4, 4);
  slot = index & 255;
  if (index >> 8 != (guint32) (self - load.connections) || slot >= (guint) option_outstanding
      || generation == 0 || self->generation[slot] != generation)
    {
      load.wrong++;
      return;
    }
  self->generation[slot] = 0;
  self->n_outstanding--;
  load.answered++;
  if (load.measuring)
    {
      load.measured++;
      bench_histogram_add (load.latencies, (guint64) (load.now - self->sent_at[slot]));
    }
}

/* Associations */

static void
close_connection (Connection *self)
{
  if (self->state == CLOSED)
    return;
  load.n_opening -= self->state != OPEN;
  load.n_open -= self->state == OPEN;
  self->state = CLOSED;
  g_clear_pointer (&self->left, g_free);
  self->left_length = 0;
  self->n_outstanding = 0;
  memset (self->generation, 0, sizeof self->generation);
  bench_carrier_close (&self->carrier);
}

static void
note_open (Connection *self)
{
  self->state = OPEN;
  load.n_opening--;
  load.n_open++;
  load.handshakes++;
  if (!load.measuring || !option_reconnect)
    return;
  load.measured++;
  bench_histogram_add (load.latencies, (guint64) (load.now - self->since));
}

/* RFC 8323 §5.3: one empty CSM is enough, and the server's says that it speaks CoAP. */
static void
go_on (Connection *self)
{
  static const guint8 csm[] = { 0, CODE_CSM };

  switch (bench_carrier_start (&self->carrier))
    {
    case BENCH_CARRIER_READY:
      if (!is_stream ())
        {
          note_open (self);
          break;
        }
      self->state = GREETING;
      load.failed += !bench_carrier_write (&self->carrier, csm, sizeof csm);
      break;
    case BENCH_CARRIER_FAILED:
      load.failed++;
      close_connection (self);
      break;
    case BENCH_CARRIER_WAITING:
    default:
      break;
    }
}

static void
open_connection (Connection *self)
{
  guint32 index = (guint32) (self - load.connections);
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = index };

  bench_carrier_open (&self->carrier, load.kind, &load.server, index % ENDPOINTS);
  self->state = OPENING;
  self->since = load.now;
  self->message_id = (guint16) g_random_int ();
  load.n_opening++;
  if (epoll_ctl (load.poll_fd, EPOLL_CTL_ADD, self->carrier.fd, &event) != 0)
    {
      g_printerr ("Cannot watch a socket\n");
      exit (1);
    }
  go_on (self);
}

/* Reading */

static void
take_message (Connection             *self,
              const BenchCoapMessage *message)
{
  if (is_stream () && self->state == GREETING)
    {
      if (message->code == CODE_CSM)
        note_open (self);
      else
        load.wrong++;
    }
  else if (message->code >= CODE_SIGNALING)
    {
      /* Whatever it is, the benchmark does not expect it. */
      load.wrong++;
    }
  else
    {
      take_answer (self, message);
    }
}

/* Takes the messages out of a stream; returns how many bytes that were. */
static gsize
parse_stream (Connection   *self,
              const guint8 *bytes,
              gsize         length)
{
  gsize position = 0;

  while (length - position >= 2)
    {
      const guint8 *at = bytes + position;
      gsize body = at[0] >> 4;
      gsize header = 2;
      BenchCoapMessage message = { .token_length = at[0] & 15 };

      /* RFC 8323 §3.2: nothing that is expected here is longer. */
      if (body > 13 || message.token_length > 8)
        {
          load.wrong++;
          return length;
        }
      if (body == 13)
        {
          body += at[1];
          header = 3;
        }
      if (length - position < header + message.token_length + body)
        break;
      message.code = at[header - 1];
      message.token = at + header;
      message.options = message.token + message.token_length;
      message.end = message.options + body;
      take_message (self, &message);
      position += header + message.token_length + body;
    }
  return position;
}

static void
take_stream (Connection *self,
             gsize       length)
{
  gsize done = parse_stream (self, load.scratch, length);

  self->left_length = length - done;
  if (self->left_length > MAX_LEFT)
    {
      load.wrong++;
      self->left_length = 0;
    }
  if (self->left_length > 0)
    self->left = g_memdup2 (load.scratch + done, self->left_length);
}

/* FALSE: nothing more is there, or will be. */
static gboolean
read_once (Connection *self)
{
  gsize left = self->left_length;
  gssize n;

  if (left > 0)
    {
      memcpy (load.scratch, self->left, left);
      g_clear_pointer (&self->left, g_free);
      self->left_length = 0;
    }
  n = bench_carrier_read (&self->carrier, load.scratch + left, SCRATCH_SIZE - left);
  if (n <= 0)
    {
      if (left > 0)
        self->left = g_memdup2 (load.scratch, left);
      self->left_length = left;
      if (n == 0)
        {
          load.failed++;
          close_connection (self);
        }
      return FALSE;
    }
  if (is_stream ())
    {
      take_stream (self, left + (gsize) n);
    }
  else
    {
      BenchCoapMessage message;

      if (bench_coap_parse (&message, load.scratch, (gsize) n) && message.type == BENCH_COAP_ACK)
        take_message (self, &message);
      else
        load.wrong++;
    }
  /* What TCP had is all that there is; records may wait. */
  return load.kind != BENCH_CARRIER_TCP || (gsize) n == SCRATCH_SIZE - left;
}

static void
serve (Connection *self)
{
  if (self->state == OPENING)
    go_on (self);
  if (self->state == GREETING || self->state == OPEN)
    while (read_once (self))
      ;
  if (self->state != OPEN)
    return;
  if (option_reconnect)
    close_connection (self);
  else if (load.sending && self->n_outstanding < (guint) option_outstanding)
    send_requests (self);
}

/* Handshakes whose datagrams were lost are repeated; answers are given up. */
static void
check (void)
{
  load.next_check = load.now + CHECK_INTERVAL;
  for (guint i = 0; i < (guint) option_connections; i++)
    {
      Connection *self = &load.connections[i];

      if (self->state == OPENING || self->state == GREETING)
        {
          if (load.now - self->since > PATIENCE)
            {
              load.failed++;
              close_connection (self);
            }
          else if (self->state == OPENING && self->carrier.session != NULL)
            {
              go_on (self);
            }
        }
      for (guint slot = 0; self->state == OPEN && slot < (guint) option_outstanding; slot++)
        if (self->generation[slot] != 0 && load.now - self->sent_at[slot] > (option_hold ? PATIENCE : TIMEOUT))
          {
            self->generation[slot] = 0;
            self->n_outstanding--;
            load.timeouts++;
          }
      if (self->state == OPEN && load.sending && !option_reconnect)
        send_requests (self);
    }
}

static void
open_some (void)
{
  for (guint i = 0; i < (guint) option_connections && load.n_opening < OPENING_AT_ONCE; i++)
    {
      Connection *self = &load.connections[load.n_begun % (guint) option_connections];

      load.n_begun++;
      if (self->state == CLOSED)
        open_connection (self);
    }
}

/* Returns whether there is a point in going on: a wrong answer voids all. */
static gboolean
turn (void)
{
  struct epoll_event events[EVENTS];
  int n = epoll_wait (load.poll_fd, events, EVENTS, option_block ? 10 : 0);

  load.now = bench_clock_read ();
  for (int i = 0; i < n; i++)
    serve (&load.connections[events[i].data.u32]);
  if (load.now >= load.next_check)
    check ();
  return load.wrong + load.failed == 0 && load.timeouts < MAX_TIMEOUTS;
}

static gboolean
open_all (void)
{
  gint64 start = load.now = bench_clock_read ();

  while (load.n_open < (guint) option_connections)
    {
      open_some ();
      if (!turn () || load.now - start > 10 * PATIENCE)
        return FALSE;
    }
  return TRUE;
}

/* The work */

static void
measure (void)
{
  gint64 start = load.now = bench_clock_read ();

  load.measuring = load.sending = TRUE;
  for (guint i = 0; i < (guint) option_connections && !option_reconnect; i++)
    send_requests (&load.connections[i]);
  while (option_count > 0 ? load.measured < (guint64) option_count
                          : load.now - start < (gint64) (arguments.seconds * 1e9))
    {
      if (option_reconnect)
        open_some ();
      if (!turn ())
        break;
    }
  load.measuring = load.sending = FALSE;
}

/* Waits for what is outstanding, so that the server owes nothing; handshakes that
 * nobody goes on with would hold up those of the next run. */
static void
drain (void)
{
  while (load.n_opening > 0 && turn ())
    ;
  for (guint i = 0; i < (guint) option_connections; i++)
    while (load.connections[i].state == OPEN && load.connections[i].n_outstanding > 0 && turn ())
      ;
}

static void
request_all_once (void)
{
  for (guint i = 0; i < (guint) option_connections; i++)
    {
      if (load.connections[i].state == OPEN)
        send_requests (&load.connections[i]);
      if (i % EVENTS == 0)
        drain ();
    }
  drain ();
}

static gboolean
hold (void)
{
  char line[16];

  printf ("{\"open\": %u}\n", load.n_open);
  fflush (stdout);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      guint64 before = load.answered;

      load.now = bench_clock_read ();
      request_all_once ();
      printf ("{\"open\": %u, \"answered\": %" G_GUINT64_FORMAT "}\n", load.n_open, load.answered - before);
      fflush (stdout);
    }
  return TRUE;
}

static void
report (double  seconds,
        guint64 run_time,
        guint64 delay)
{
  printf ("{\"requests\": %" G_GUINT64_FORMAT ", \"answered\": %" G_GUINT64_FORMAT ", \"handshakes\": %"
          G_GUINT64_FORMAT ", \"seconds\": %.6f, \"rate\": %.1f, ", load.measured, load.answered, load.handshakes,
          seconds, seconds > 0 ? (double) load.measured / seconds : 0.0);
  printf ("\"open\": %u, \"wrong\": %" G_GUINT64_FORMAT ", \"timeouts\": %" G_GUINT64_FORMAT ", \"failed\": %"
          G_GUINT64_FORMAT ", ", load.n_open, load.wrong, load.timeouts, load.failed);
  printf ("\"p50_ns\": %" G_GUINT64_FORMAT ", \"p99_ns\": %" G_GUINT64_FORMAT ", ",
          bench_histogram_get_quantile (load.latencies, 0.50), bench_histogram_get_quantile (load.latencies, 0.99));
  printf ("\"run_time_ns\": %" G_GUINT64_FORMAT ", \"delay_ns\": %" G_GUINT64_FORMAT "}\n", run_time, delay);
}

static void
prepare (void)
{
  BenchCoapWriter writer = { load.path, load.path, 0 };

  bench_coap_add_path (&writer, arguments.path);
  load.path_length = (gsize) (writer.end - load.path);
  load.server = bench_endpoints_parse (arguments.host, (guint16) arguments.port);
  load.poll_fd = epoll_create1 (EPOLL_CLOEXEC);
  load.connections = g_new0 (Connection, (gsize) option_connections);
  load.latencies = bench_histogram_new ();
}

int
main (int    argc,
      char **argv)
{
  guint64 run_time_before, delay_before, run_time, delay;
  gboolean is_open;
  gint64 start;

  parse_command_line (argc, argv);
  prepare ();
  is_open = option_reconnect || open_all ();
  bench_clock_read_usage (&run_time_before, &delay_before);
  start = bench_clock_read ();
  if (is_open && option_hold)
    hold ();
  else if (is_open)
    measure ();
  bench_clock_read_usage (&run_time, &delay);
  start = load.now - start;
  drain ();
  report ((double) start / 1e9, run_time - run_time_before, delay - delay_before);
  for (guint i = 0; i < (guint) option_connections; i++)
    close_connection (&load.connections[i]);

  return is_open && load.wrong + load.failed == 0 ? 0 : 1;
}
