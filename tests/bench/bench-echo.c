/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limit of the machine: a server that copies message ID and token into a
 * prebuilt answer, in batches of recvmmsg and sendmmsg, and does nothing else.
 * Its socket has the options of a real server's. It knows a GET, a GET or PUT of
 * one block of a large body, and observers of one resource. */
#include "bench-coap.h"
#include "bench-echo-observers.h"
#include "bench-peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 32
#define DATAGRAM_SIZE 1472
#define RECEIVE_BUFFER (1024 * 1024)

/* Content-Format 0 (no value: RFC 7252 §3.2), payload marker, payload. */
static const guint8 response_tail[] = "\xc0\xff" BENCH_PAYLOAD;
#define TAIL_LENGTH (sizeof (response_tail) - 1)

typedef struct
{
  struct mmsghdr     in[BATCH];
  struct mmsghdr     out[BATCH];
  struct iovec       in_vectors[BATCH];
  struct iovec       out_vectors[BATCH];
  struct sockaddr_in peers[BATCH];
  guint8             control[BATCH][CMSG_SPACE (sizeof (struct in_pktinfo))];
  guint8             requests[BATCH][DATAGRAM_SIZE];
  guint8             responses[BATCH][64 + BENCH_COAP_BLOCK_SIZE];
  guint16            message_id; /* of the next NON */
  int                changed;    /* how observers are to be notified, or -1 */
} Echo;

static Echo echo = { .changed = -1 };

static int
open_socket (const BenchPeer *peer)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) peer->port) };
  int receive_buffer = RECEIVE_BUFFER;
  int one = 1;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  if (inet_pton (AF_INET, peer->host, &address.sin_addr) != 1)
    {
      g_printerr ("%s is not an IPv4 address\n", peer->host);
      exit (2);
    }
  if (fd < 0
      || setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer) != 0
      /* Where it arrived matters only to a socket that listens everywhere. */
      || (address.sin_addr.s_addr == htonl (INADDR_ANY)
          && setsockopt (fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one) != 0)
      || bind (fd, (struct sockaddr *) &address, sizeof address) != 0)
    {
      g_printerr ("Cannot listen on %s:%d: %s\n", peer->host, peer->port, g_strerror (errno));
      exit (1);
    }

  return fd;
}

/* The block that is asked for, of a body that is all zero. */
static void
add_block2 (BenchCoapWriter *writer,
            guint32          block)
{
  static const guint8 zero[BENCH_COAP_BLOCK_SIZE];
  guint32 number = block >> 4;
  gboolean more = number + 1 < BENCH_BIG_LENGTH / BENCH_COAP_BLOCK_SIZE;

  bench_coap_add_uint (writer, BENCH_COAP_BLOCK2, number << 4 | (more ? 8 : 0) | BENCH_COAP_BLOCK_EXPONENT);
  bench_coap_add_payload (writer, zero, sizeof zero);
}

/* Makes the response to one datagram; returns its length, 0 for no answer. */
static gsize
answer (const guint8             *bytes,
        gsize                     length,
        const struct sockaddr_in *peer,
        guint8                   *response)
{
  BenchCoapMessage request;
  BenchCoapWriter writer;
  guint code = BENCH_COAP_CONTENT;
  guint type = BENCH_COAP_ACK;
  guint32 block = 0;
  gsize ignored;
  guint16 message_id;

  if (!bench_coap_parse (&request, bytes, length) || request.type > BENCH_COAP_NON)
    return 0;
  if (request.code == BENCH_COAP_PUT && bench_coap_find (&request, BENCH_COAP_BLOCK1, &block, &ignored))
    code = (block & 8) != 0 ? BENCH_COAP_CONTINUE : BENCH_COAP_CHANGED;
  else if (request.code == BENCH_COAP_POST)
    code = BENCH_COAP_CHANGED;
  message_id = request.message_id;
  if (request.type == BENCH_COAP_NON)
    {
      type = BENCH_COAP_NON;
      message_id = echo.message_id++;
    }

  bench_coap_begin (&writer, response, type, code, message_id, request.token, request.token_length);
  if (request.code == BENCH_COAP_PUT)
    bench_coap_add_uint (&writer, BENCH_COAP_BLOCK1, block);
  else if (request.code == BENCH_COAP_POST)
    echo.changed = bench_echo_observers_is_confirmed (&request) ? BENCH_COAP_CON : BENCH_COAP_NON;
  else if (bench_coap_find (&request, BENCH_COAP_BLOCK2, &block, &ignored))
    add_block2 (&writer, block);
  else
    {
      if (bench_coap_find (&request, BENCH_COAP_OBSERVE, &block, &ignored))
        {
          bench_echo_observers_add (peer, request.token, request.token_length);
          bench_coap_add_uint (&writer, BENCH_COAP_OBSERVE, 1);
        }
      /* Whoever wrote it before needs no more than to copy it. */
      memcpy (writer.end, response_tail, TAIL_LENGTH);
      if (writer.last_option > 0)
        *writer.end = (guint8) (12 - writer.last_option) << 4;
      writer.end += TAIL_LENGTH;
    }
  return bench_coap_end (&writer);
}

static void
prepare_batch (void)
{
  for (guint i = 0; i < BATCH; i++)
    {
      echo.in_vectors[i] = (struct iovec) { echo.requests[i], DATAGRAM_SIZE };
      echo.in[i].msg_hdr = (struct msghdr) {
        .msg_name = &echo.peers[i],
        .msg_namelen = sizeof echo.peers[i],
        .msg_iov = &echo.in_vectors[i],
        .msg_iovlen = 1,
        .msg_control = echo.control[i],
        .msg_controllen = sizeof echo.control[i],
      };
      echo.out[i].msg_hdr = (struct msghdr) { .msg_iov = &echo.out_vectors[i], .msg_iovlen = 1 };
    }
}

static void
serve_batch (int fd)
{
  int received = recvmmsg (fd, echo.in, BATCH, MSG_WAITFORONE, NULL);
  guint to_send = 0;

  for (int i = 0; i < received; i++)
    {
      struct msghdr *in = &echo.in[i].msg_hdr;
      gsize length = answer (echo.requests[i], echo.in[i].msg_len, &echo.peers[i], echo.responses[to_send]);

      if (length > 0)
        {
          echo.out[to_send].msg_hdr.msg_name = in->msg_name;
          echo.out[to_send].msg_hdr.msg_namelen = in->msg_namelen;
          echo.out_vectors[to_send] = (struct iovec) { echo.responses[to_send], length };
          to_send++;
        }
      in->msg_namelen = sizeof echo.peers[i];
      in->msg_controllen = sizeof echo.control[i];
    }

  for (guint sent = 0; sent < to_send;)
    {
      int n = sendmmsg (fd, echo.out + sent, to_send - sent, 0);

      /* What cannot be sent is lost, as any datagram may be. */
      sent += n > 0 ? (guint) n : 1;
    }
  if (echo.changed >= 0)
    bench_echo_observers_notify (fd, (guint) echo.changed);
  echo.changed = -1;
}

int
main (int    argc,
      char **argv)
{
  BenchPeer peer;
  int fd;

  bench_peer_init (&peer, "A bare CoAP responder: the limit of this machine.", NULL, &argc, &argv);
  if (!g_str_equal (peer.scheme, "coap"))
    {
      g_printerr ("This one knows only coap\n");
      return 2;
    }
  fd = open_socket (&peer);
  prepare_batch ();
  bench_peer_announce (&peer);

  for (;;)
    serve_batch (fd);
}
