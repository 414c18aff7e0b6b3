/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The limit of the machine: a server that copies message ID and token into a
 * prebuilt 2.05, in batches of recvmmsg and sendmmsg, and does nothing else.
 * Its socket has the options of a real server's. */
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

/* RFC 7252 §3: version, type and token length share the first byte. */
#define VERSION_1 0x40
#define TYPE_CON 0
#define TYPE_NON 1
#define TYPE_ACK 2
#define CODE_CONTENT 0x45

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
  guint8             responses[BATCH][4 + 8 + TAIL_LENGTH];
  guint16            message_id; /* of the next NON */
} Echo;

static Echo echo;

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

/* Makes the response to one datagram; returns its length, 0 for no answer. */
static gsize
answer (const guint8 *request,
        gsize         length,
        guint8       *response)
{
  guint type, token_length;

  if (length < 4 || (request[0] & 0xc0) != VERSION_1)
    return 0;
  type = (request[0] >> 4) & 3;
  token_length = request[0] & 15;
  if (type > TYPE_NON || token_length > 8 || length < 4 + token_length)
    return 0;

  if (type == TYPE_CON)
    {
      response[0] = (guint8) (VERSION_1 | TYPE_ACK << 4 | token_length);
      memcpy (response + 2, request + 2, 2);
    }
  else
    {
      guint16 message_id = htons (echo.message_id++);

      response[0] = (guint8) (VERSION_1 | TYPE_NON << 4 | token_length);
      memcpy (response + 2, &message_id, 2);
    }
  response[1] = CODE_CONTENT;
  memcpy (response + 4, request + 4, token_length);
  memcpy (response + 4 + token_length, response_tail, TAIL_LENGTH);

  return 4 + token_length + TAIL_LENGTH;
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
      gsize length = answer (echo.requests[i], echo.in[i].msg_len, echo.responses[to_send]);

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
}

int
main (int    argc,
      char **argv)
{
  BenchPeer peer;
  int fd;

  bench_peer_init (&peer, "A bare CoAP responder: the limit of this machine.", NULL, &argc, &argv);
  fd = open_socket (&peer);
  prepare_batch ();
  bench_peer_announce (&peer);

  for (;;)
    serve_batch (fd);
}
