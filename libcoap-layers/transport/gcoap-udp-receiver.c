/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-receiver-private.h"

#include <errno.h>
#include <string.h>

/* What all buffers together take at most, unless four datagrams take more. */
#define MAX_BUFFERS (256 * 1024)

void
gcoap_udp_receiver_clear (GcoapUdpReceiver *self)
{
  g_clear_pointer (&self->buffers, g_free);
  self->size = 0;
  self->count = self->next = 0;
}

static void
make_buffers (GcoapUdpReceiver *self,
              gsize             size)
{
  gcoap_udp_receiver_clear (self);
  self->size = size;
  self->n_buffers = CLAMP (MAX_BUFFERS / size, 4, GCOAP_UDP_RECEIVER_BATCH);
  self->buffers = g_malloc (self->n_buffers * size);
  for (guint i = 0; i < self->n_buffers; i++)
    {
      struct msghdr *header = &self->headers[i].msg_hdr;

      self->vectors[i].iov_base = self->buffers + i * size;
      self->vectors[i].iov_len = size;
      memset (header, 0, sizeof *header);
      header->msg_iov = &self->vectors[i];
      header->msg_iovlen = 1;
      header->msg_name = &self->names[i];
      header->msg_namelen = sizeof self->names[i];
    }
}

/* The kernel writes over the lengths of what it fills. */
static void
reset_headers (GcoapUdpReceiver *self,
               guint             n,
               gboolean          with_destination)
{
  for (guint i = 0; i < n; i++)
    {
      struct msghdr *header = &self->headers[i].msg_hdr;

      header->msg_namelen = sizeof self->names[i];
      header->msg_control = with_destination ? &self->controls[i] : NULL;
      header->msg_controllen = with_destination ? sizeof self->controls[i] : 0;
    }
}

int
gcoap_udp_receiver_fill (GcoapUdpReceiver *self,
                         int               fd,
                         gsize             size,
                         gboolean          with_destination)
{
  guint n_used = self->count;
  int n;

  g_assert (self->next == self->count);

  if (self->size != size)
    {
      make_buffers (self, size);
      n_used = self->n_buffers;
    }
  reset_headers (self, n_used, with_destination);
  self->count = self->next = 0;
  /* MSG_TRUNC: the true length is told of what does not fit. */
  do
    n = recvmmsg (fd, self->headers, self->n_buffers, MSG_DONTWAIT | MSG_TRUNC, NULL);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    return errno == EAGAIN ? 0 : -errno;
  self->count = n;
  return n;
}

static void
read_destination (struct msghdr    *header,
                  GcoapUdpDatagram *datagram)
{
  for (struct cmsghdr *item = CMSG_FIRSTHDR (header); item != NULL; item = CMSG_NXTHDR (header, item))
    if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO &&
        item->cmsg_len >= CMSG_LEN (sizeof (struct in6_pktinfo)))
      {
        struct in6_pktinfo info;

        memcpy (&info, CMSG_DATA (item), sizeof info);
        datagram->destination = info.ipi6_addr;
        datagram->interface_index = info.ipi6_ifindex;
        datagram->has_destination = TRUE;
        return;
      }
    else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO &&
             item->cmsg_len >= CMSG_LEN (sizeof (struct in_pktinfo)))
      {
        struct in_pktinfo info;

        memcpy (&info, CMSG_DATA (item), sizeof info);
        memset (&datagram->destination, 0, sizeof datagram->destination);
        memset (datagram->destination.s6_addr + 10, 0xff, 2);
        memcpy (datagram->destination.s6_addr + 12, &info.ipi_addr, 4);
        datagram->interface_index = info.ipi_ifindex;
        datagram->has_destination = TRUE;
        return;
      }
}

gboolean
gcoap_udp_receiver_take (GcoapUdpReceiver *self,
                         GcoapUdpDatagram *datagram)
{
  while (self->next < self->count)
    {
      guint i = self->next++;
      struct msghdr *header = &self->headers[i].msg_hdr;

      /* Port 0 cannot be answered, and nobody sends from it honestly. */
      if (!gcoap_udp_key_from_sockaddr (&datagram->peer, &self->names[i].any, header->msg_namelen) ||
          datagram->peer.port == 0)
        continue;
      datagram->data = self->vectors[i].iov_base;
      datagram->full_length = self->headers[i].msg_len;
      datagram->length = MIN (datagram->full_length, self->size);
      datagram->is_truncated = (header->msg_flags & MSG_TRUNC) != 0
                               || datagram->full_length > self->size;
      datagram->has_destination = FALSE;
      if (header->msg_controllen > 0)
        read_destination (header, datagram);
      return TRUE;
    }
  return FALSE;
}
