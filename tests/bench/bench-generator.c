/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Load for any CoAP server over UDP: keeps a number of small GETs outstanding,
 * checks every answer, and prints what came of it as one JSON object. With
 * --oscore they are protected, and the answers verified.
 *
 * It is written on bare sockets so that it is faster than what it measures.
 * Many endpoints are many source addresses of 127.0.0.0/8 on one socket, told
 * apart by IP_PKTINFO: thousands of them need no thousands of descriptors. */
#include "bench-arguments.h"
#include "bench-clock.h"
#include "bench-endpoints.h"
#include "bench-histogram.h"
#include "bench-protection.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64
#define DATAGRAM_SIZE 1472
#define REQUEST_SIZE 320
#define TOKEN_LENGTH 8
#define MAX_OUTSTANDING 65536
#define MAX_ENDPOINTS 1000000
#define MAX_ERRORS 10000
#define RUN_IN 2000

/* RFC 7252 §3 */
#define TYPE_CON 0
#define TYPE_NON 1
#define TYPE_ACK 2
#define CODE_GET 0x01
#define CODE_CONTENT 0x45
#define OPTION_URI_PATH 11

/* One outstanding request. */
typedef struct
{
  guint8   token[TOKEN_LENGTH]; /* its first two bytes are the slot's index */
  guint16  message_id;
  guint32  endpoint;
  gboolean busy;
  gint64   sent_at; /* ns */
} Slot;

typedef struct
{
  int                fd;
  struct sockaddr_in server;
  guint8             request[REQUEST_SIZE];
  gsize              request_length;
  BenchProtection   *protection; /* NULL: requests are plain */

  Slot    *slots;
  guint32 *idle; /* stack of slots without a request */
  guint    n_idle;
  guint16 *message_ids; /* next one of each endpoint */
  guint32  next_endpoint;
  guint32  generation; /* makes each token new */

  struct mmsghdr      messages[BATCH];
  struct iovec        vectors[BATCH];
  struct sockaddr_in  senders[BATCH];
  guint8              buffers[BATCH][DATAGRAM_SIZE];
  guint8              control[BATCH][BENCH_ENDPOINTS_CONTROL_SIZE];

  gint64 now; /* ns, read once per batch */
  gint64 last_answer;
  gint64 next_expiry_check;

  guint64 sent;
  guint64 answered;
  guint64 wrong_code; /* or not verified */
  guint64 unmatched; /* token, message ID, type or address of no open request */
  guint64 malformed;
  guint64 timeouts;
  guint64 socket_errors;

  gboolean        measuring;
  guint64         measured;
  BenchHistogram *latencies;
} Generator;

static Generator generator;

static BenchArguments arguments;

static int      option_source_port = 0;
static int      option_outstanding = 16;
static int      option_endpoints = 1;
static int      option_timeout_ms = 1000;
static int      option_oscore = -1;
static gint64   option_count = 0;
static gint64   option_warmup = 0;
static gboolean option_non = FALSE;
static gboolean option_block = FALSE;

static const GOptionEntry entries[] = {
  { "outstanding", 'w', 0, G_OPTION_ARG_INT, &option_outstanding, "Requests outstanding at once (16)", "N" },
  { "endpoints", 'e', 0, G_OPTION_ARG_INT, &option_endpoints, "Source addresses to send from in turn (1)", "N" },
  { "source-port", 0, 0, G_OPTION_ARG_INT, &option_source_port, "Source port, so that runs share endpoints", "PORT" },
  { "count", 'c', 0, G_OPTION_ARG_INT64, &option_count, "Answers to measure, instead of a time", "N" },
  { "warmup", 0, 0, G_OPTION_ARG_INT64, &option_warmup, "Answers before measuring begins (0)", "N" },
  { "timeout", 0, 0, G_OPTION_ARG_INT, &option_timeout_ms, "When an answer counts as lost (1000)", "MS" },
  { "oscore", 0, 0, G_OPTION_ARG_INT, &option_oscore, "Be this client of the server's, by its OSCORE context", "N" },
  { "non", 0, 0, G_OPTION_ARG_NONE, &option_non, "Send NON instead of CON", NULL },
  { "block", 0, 0, G_OPTION_ARG_NONE, &option_block, "Sleep for answers instead of asking for them in a loop", NULL },
  { NULL }
};

static void
parse_command_line (int    argc,
                    char **argv)
{
  bench_arguments_parse (&arguments, "Keeps GETs outstanding at a CoAP server and reports JSON.", "test", entries, &argc, &argv);
  bench_arguments_demand (arguments.seconds > 0
                          && option_outstanding >= 1 && option_outstanding <= MAX_OUTSTANDING
                          && option_endpoints >= 1 && option_endpoints <= MAX_ENDPOINTS
                          && option_source_port >= 0 && option_source_port <= 65535
                          && option_oscore <= 65535
                          && option_timeout_ms >= 1 && option_count >= 0 && option_warmup >= 0);
}

/* Builds the request once; message ID and token are written over per request. */
static void
build_request (void)
{
  g_auto (GStrv) segments = g_strsplit (arguments.path, "/", -1);
  guint8 *end = generator.request;
  guint previous = 0;

  *end++ = (guint8) (0x40 | (option_non ? TYPE_NON : TYPE_CON) << 4 | TOKEN_LENGTH);
  *end++ = CODE_GET;
  end += 2 + TOKEN_LENGTH;
  for (guint i = 0; segments[i] != NULL; i++)
    {
      gsize length = strlen (segments[i]);
      guint delta = OPTION_URI_PATH - previous;

      if (length == 0)
        continue;
      if (length > 255 || end + 2 + length > generator.request + REQUEST_SIZE)
        {
          g_printerr ("The path is too long\n");
          exit (2);
        }
      /* RFC 7252 §3.1: a length of 13 or more is written as 13 and the rest. */
      *end++ = (guint8) (delta << 4 | MIN (length, 13));
      if (length >= 13)
        *end++ = (guint8) (length - 13);
      memcpy (end, segments[i], length);
      end += length;
      previous = OPTION_URI_PATH;
    }
  generator.request_length = (gsize) (end - generator.request);
}

static void
open_socket (void)
{
  generator.server = bench_endpoints_parse (arguments.host, (guint16) arguments.port);
  generator.fd = bench_endpoints_open_socket ((guint16) option_source_port);
  /* One endpoint needs no address with each message. */
  if (option_endpoints == 1
      && connect (generator.fd, (struct sockaddr *) &generator.server, sizeof generator.server) != 0)
    {
      g_printerr ("Cannot open a socket: %s\n", g_strerror (errno));
      exit (1);
    }
}

static void
make_slots (void)
{
  generator.slots = g_new0 (Slot, (gsize) option_outstanding);
  generator.idle = g_new (guint32, (gsize) option_outstanding);
  generator.message_ids = g_new (guint16, (gsize) option_endpoints);
  generator.generation = g_random_int ();
  for (int i = 0; i < option_outstanding; i++)
    generator.idle[generator.n_idle++] = (guint32) i;
  for (int i = 0; i < option_endpoints; i++)
    generator.message_ids[i] = (guint16) g_random_int ();
}

static gsize
write_datagram (guint8  *buffer,
                guint32  index)
{
  const Slot *slot = &generator.slots[index];
  guint16 id_bytes = htons (slot->message_id);

  if (generator.protection != NULL)
    return bench_protection_write_request (generator.protection, index, option_non ? TYPE_NON : TYPE_CON,
                                           slot->message_id, slot->token, TOKEN_LENGTH, buffer,
                                           DATAGRAM_SIZE);
  memcpy (buffer, generator.request, generator.request_length);
  memcpy (buffer + 2, &id_bytes, 2);
  memcpy (buffer + 4, slot->token, TOKEN_LENGTH);
  return generator.request_length;
}

/* Opens the slot @index and writes its request into place @i of the batch. */
static void
write_request (guint   i,
               guint32 index)
{
  Slot *slot = &generator.slots[index];
  guint16 index_bytes = htons ((guint16) index);

  slot->endpoint = generator.next_endpoint;
  if (++generator.next_endpoint == (guint32) option_endpoints)
    generator.next_endpoint = 0;
  slot->message_id = generator.message_ids[slot->endpoint]++;
  slot->busy = TRUE;
  slot->sent_at = generator.now;
  generator.generation++;
  memcpy (slot->token, &index_bytes, 2);
  memcpy (slot->token + 2, &generator.generation, 4);
  memcpy (slot->token + 6, &slot->message_id, 2);

  generator.vectors[i] = (struct iovec) { generator.buffers[i], write_datagram (generator.buffers[i], index) };
  generator.messages[i].msg_hdr = (struct msghdr) { .msg_iov = &generator.vectors[i], .msg_iovlen = 1 };
  if (option_endpoints > 1)
    {
      generator.messages[i].msg_hdr.msg_name = &generator.server;
      generator.messages[i].msg_hdr.msg_namelen = sizeof generator.server;
      bench_endpoints_set_source (&generator.messages[i].msg_hdr, generator.control[i], slot->endpoint);
    }
}

/* Sends a request for each idle slot, at most @most of them. */
static void
send_requests (guint64 most)
{
  guint n = (guint) MIN (MIN (generator.n_idle, BATCH), most);
  guint done = 0;

  for (guint i = 0; i < n; i++)
    write_request (i, generator.idle[--generator.n_idle]);
  while (done < n)
    {
      int sent = sendmmsg (generator.fd, generator.messages + done, n - done, 0);

      /* A message that was refused is lost: its slot times out. */
      if (sent <= 0)
        generator.socket_errors++;
      done += sent > 0 ? (guint) sent : 1;
    }
  generator.sent += n;
}

/* Checks one answer and gives its slot free. */
static void
take_answer (const guint8  *bytes,
             gsize          length,
             struct msghdr *message)
{
  guint16 index, message_id;
  guint code;
  Slot *slot;

  if (length < 4 + TOKEN_LENGTH || bytes[0] >> 6 != 1 || (bytes[0] & 15) != TOKEN_LENGTH)
    {
      generator.malformed++;
      return;
    }
  memcpy (&index, bytes + 4, 2);
  index = ntohs (index);
  memcpy (&message_id, bytes + 2, 2);
  message_id = ntohs (message_id);
  slot = index < option_outstanding ? &generator.slots[index] : NULL;
  if (slot == NULL || !slot->busy
      || memcmp (bytes + 4, slot->token, TOKEN_LENGTH) != 0
      || (bytes[0] >> 4 & 3) != (option_non ? TYPE_NON : TYPE_ACK)
      || (!option_non && message_id != slot->message_id)
      || (option_endpoints > 1 && !bench_endpoints_came_to (message, slot->endpoint)))
    {
      generator.unmatched++;
      return;
    }

  slot->busy = FALSE;
  generator.idle[generator.n_idle++] = index;
  generator.last_answer = generator.now;
  code = generator.protection != NULL
    ? bench_protection_open_answer (generator.protection, index, bytes, length)
    : bytes[1];
  if (code != CODE_CONTENT)
    {
      generator.wrong_code++;
      return;
    }
  generator.answered++;
  if (generator.measuring)
    {
      generator.measured++;
      bench_histogram_add (generator.latencies, (guint64) (generator.now - slot->sent_at));
    }
}

/* Takes what has arrived; returns whether there was anything. */
static gboolean
receive_answers (void)
{
  int received;

  for (guint i = 0; i < BATCH; i++)
    {
      generator.vectors[i] = (struct iovec) { generator.buffers[i], DATAGRAM_SIZE };
      generator.messages[i].msg_hdr = (struct msghdr) { .msg_iov = &generator.vectors[i], .msg_iovlen = 1 };
      if (option_endpoints > 1)
        {
          generator.messages[i].msg_hdr.msg_control = generator.control[i];
          generator.messages[i].msg_hdr.msg_controllen = sizeof generator.control[i];
        }
    }
  do
    received = recvmmsg (generator.fd, generator.messages, BATCH, MSG_DONTWAIT, NULL);
  while (received < 0 && errno == EAGAIN && !option_block
         && (generator.now = bench_clock_read ()) < generator.next_expiry_check);
  if (received < 0 && errno != EAGAIN)
    generator.socket_errors++;

  generator.now = bench_clock_read ();
  for (int i = 0; i < received; i++)
    take_answer (generator.buffers[i], generator.messages[i].msg_len, &generator.messages[i].msg_hdr);

  return received > 0;
}

/* Gives up requests whose answer is overdue. */
static void
expire_requests (void)
{
  gint64 timeout = option_timeout_ms * G_GINT64_CONSTANT (1000000);

  generator.next_expiry_check = generator.now + MIN (timeout / 4, 10000000);
  for (int i = 0; i < option_outstanding; i++)
    {
      Slot *slot = &generator.slots[i];

      if (slot->busy && generator.now - slot->sent_at > timeout)
        {
          slot->busy = FALSE;
          generator.idle[generator.n_idle++] = (guint32) i;
          generator.timeouts++;
        }
    }
}

static guint64
count_errors (void)
{
  return generator.wrong_code + generator.unmatched + generator.malformed
         + generator.timeouts + generator.socket_errors;
}

/* One turn: send, receive, expire. Returns FALSE when there is no point in
 * going on: the server is silent, or answers wrongly all the time. */
static gboolean
turn (guint64 most)
{
  generator.now = bench_clock_read ();
  send_requests (most);
  if (!receive_answers () && option_block && generator.n_idle < (guint) option_outstanding)
    {
      struct pollfd poll_fd = { generator.fd, POLLIN, 0 };

      poll (&poll_fd, 1, 10);
      receive_answers ();
    }
  if (generator.now >= generator.next_expiry_check)
    expire_requests ();

  return generator.now - generator.last_answer < 3 * option_timeout_ms * G_GINT64_CONSTANT (1000000)
         && count_errors () < MAX_ERRORS;
}

/* Sends until @count answers came or, if @count is 0, until @end. */
static gboolean
run_until (guint64 count,
           gint64  end)
{
  guint64 target = generator.answered + count;

  generator.last_answer = bench_clock_read ();
  while (count > 0 ? generator.answered < target : generator.now < end)
    {
      guint64 on_the_way = (guint) option_outstanding - generator.n_idle;
      guint64 missing = count > 0 ? target - generator.answered : G_MAXUINT64;

      if (!turn (missing > on_the_way ? missing - on_the_way : 0))
        return FALSE;
    }

  return TRUE;
}

/* One request at a time: the first has the server open its context, and has it
 * know what numbers it may answer before it stores the next ones. It grants twice
 * as many each time, and bursts that it has not granted yet would wait. */
static gboolean
run_in (void)
{
  gboolean alive = TRUE;

  for (guint i = 0; i < RUN_IN && alive; i++)
    alive = run_until (1, 0);

  return alive;
}

/* Waits for what is still outstanding, so that the server owes nothing. */
static void
drain (void)
{
  while (generator.n_idle < (guint) option_outstanding && turn (0))
    ;
}

static void
report (double  seconds,
        guint64 run_time,
        guint64 delay)
{
  printf ("{\"requests\": %" G_GUINT64_FORMAT ", \"seconds\": %.6f, \"rate\": %.1f, ",
          generator.measured, seconds, seconds > 0 ? (double) generator.measured / seconds : 0.0);
  printf ("\"sent\": %" G_GUINT64_FORMAT ", \"answered\": %" G_GUINT64_FORMAT ", ",
          generator.sent, generator.answered);
  printf ("\"errors\": %" G_GUINT64_FORMAT ", \"wrong_code\": %" G_GUINT64_FORMAT
          ", \"unmatched\": %" G_GUINT64_FORMAT ", \"malformed\": %" G_GUINT64_FORMAT
          ", \"timeouts\": %" G_GUINT64_FORMAT ", \"socket_errors\": %" G_GUINT64_FORMAT ", ",
          count_errors (), generator.wrong_code, generator.unmatched, generator.malformed,
          generator.timeouts, generator.socket_errors);
  printf ("\"p50_ns\": %" G_GUINT64_FORMAT ", \"p99_ns\": %" G_GUINT64_FORMAT ", ",
          bench_histogram_get_quantile (generator.latencies, 0.50),
          bench_histogram_get_quantile (generator.latencies, 0.99));
  printf ("\"run_time_ns\": %" G_GUINT64_FORMAT ", \"delay_ns\": %" G_GUINT64_FORMAT "}\n", run_time, delay);
}

int
main (int    argc,
      char **argv)
{
  guint64 run_time_before, delay_before, run_time, delay;
  gboolean alive = TRUE;
  gint64 start;
  double seconds;

  parse_command_line (argc, argv);
  build_request ();
  if (option_oscore >= 0)
    generator.protection = bench_protection_new (arguments.path, (guint) option_oscore, (guint) option_outstanding);
  open_socket ();
  make_slots ();
  generator.latencies = bench_histogram_new ();

  if (generator.protection != NULL)
    alive = run_in ();
  alive = alive && run_until ((guint64) option_warmup, 0);
  bench_clock_read_usage (&run_time_before, &delay_before);
  generator.now = start = bench_clock_read ();
  generator.measuring = TRUE;
  if (alive)
    alive = run_until ((guint64) option_count, start + (gint64) (arguments.seconds * 1e9));
  seconds = (double) (generator.now - start) / 1e9;
  generator.measuring = FALSE;
  bench_clock_read_usage (&run_time, &delay);
  drain ();

  report (seconds, run_time - run_time_before, delay - delay_before);
  if (!alive)
    g_printerr ("%s:%d does not answer, or not rightly\n", arguments.host, arguments.port);

  return alive && count_errors () == 0 ? 0 : 1;
}
