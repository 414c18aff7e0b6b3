/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-endpoints.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SOCKET_BUFFER (32 * 1024 * 1024)

struct sockaddr_in
bench_endpoints_parse (const char *host,
                       guint16     port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };

  if (inet_pton (AF_INET, host, &address.sin_addr) != 1)
    {
      g_printerr ("%s is not an IPv4 address\n", host);
      exit (2);
    }
  return address;
}

static gboolean
enlarge (int fd,
         int name,
         int forced_name)
{
  int size = SOCKET_BUFFER;

  /* Whoever may goes beyond what the system grants everybody. */
  return setsockopt (fd, SOL_SOCKET, forced_name, &size, sizeof size) == 0
         || setsockopt (fd, SOL_SOCKET, name, &size, sizeof size) == 0;
}

int
bench_endpoints_open_socket (guint16 source_port)
{
  struct sockaddr_in local = { .sin_family = AF_INET, .sin_port = htons (source_port) };
  int one = 1;
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0
      || !enlarge (fd, SO_RCVBUF, SO_RCVBUFFORCE)
      || !enlarge (fd, SO_SNDBUF, SO_SNDBUFFORCE)
      || setsockopt (fd, IPPROTO_IP, IP_PKTINFO, &one, sizeof one) != 0
      || bind (fd, (struct sockaddr *) &local, sizeof local) != 0)
    {
      g_printerr ("Cannot open a socket: %s\n", g_strerror (errno));
      exit (1);
    }
  return fd;
}

void
bench_endpoints_set_source (struct msghdr *message,
                            guint8        *control,
                            guint32        endpoint)
{
  struct in_pktinfo info = { .ipi_spec_dst.s_addr = htonl (INADDR_LOOPBACK + endpoint) };
  struct cmsghdr *header;

  message->msg_control = control;
  message->msg_controllen = CMSG_SPACE (sizeof info);
  header = CMSG_FIRSTHDR (message);
  header->cmsg_level = IPPROTO_IP;
  header->cmsg_type = IP_PKTINFO;
  header->cmsg_len = CMSG_LEN (sizeof info);
  memcpy (CMSG_DATA (header), &info, sizeof info);
}

guint32
bench_endpoints_find (struct msghdr *message)
{
  for (struct cmsghdr *header = CMSG_FIRSTHDR (message); header != NULL; header = CMSG_NXTHDR (message, header))
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO)
      {
        struct in_pktinfo info;

        memcpy (&info, CMSG_DATA (header), sizeof info);
        return ntohl (info.ipi_addr.s_addr) - INADDR_LOOPBACK;
      }

  return G_MAXUINT32;
}

gboolean
bench_endpoints_came_to (struct msghdr *message,
                         guint32        endpoint)
{
  return bench_endpoints_find (message) == endpoint;
}
