/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-sender-private.h"

#include <errno.h>
#include <string.h>

#include "transport/gcoap-udp-error-queue-private.h"

/* A datagram with all that sending it takes, in one block. */
typedef struct
{
  GcoapUdpSockaddr name;
  socklen_t        name_length;
  gsize            control_length;
  union
  {
    struct cmsghdr header;
    guint8         bytes[CMSG_SPACE (sizeof (struct in6_pktinfo))];
  } control;
  gsize            length;
  guint8           bytes[];
} Waiting;

static int
send_batch (int fd, struct mmsghdr *headers, unsigned int n, int flags)
{
  return sendmmsg (fd, headers, n, flags);
}

void
gcoap_udp_sender_init (GcoapUdpSender            *self,
                       int                        fd,
                       int                        family,
                       const GcoapUdpSenderFuncs *funcs,
                       gpointer                   data)
{
  memset (self, 0, sizeof *self);
  self->fd = fd;
  self->family = family;
  self->funcs = funcs;
  self->data = data;
  self->sendmmsg = send_batch;
  self->max_waiting = 256;
  g_queue_init (&self->waiting);
}

void
gcoap_udp_sender_clear (GcoapUdpSender *self)
{
  g_queue_clear_full (&self->waiting, g_free);
  g_clear_pointer (&self->arena, g_free);
  self->n = 0;
  self->used = 0;
}

gboolean
gcoap_udp_sender_is_full (GcoapUdpSender *self)
{
  return self->waiting.length > 0 && self->waiting.length + self->n >= self->max_waiting;
}

guint8 *
gcoap_udp_sender_reserve (GcoapUdpSender *self,
                          gsize           wanted,
                          gsize          *size)
{
  g_assert (wanted <= GCOAP_UDP_MAX_LENGTH);

  if (self->arena == NULL)
    self->arena = g_malloc (GCOAP_UDP_SENDER_ARENA);
  if (self->n == GCOAP_UDP_SENDER_BATCH || GCOAP_UDP_SENDER_ARENA - self->used < wanted)
    gcoap_udp_sender_flush (self);
  *size = MIN (GCOAP_UDP_SENDER_ARENA - self->used, GCOAP_UDP_MAX_LENGTH);
  return self->arena + self->used;
}

/* Writes the control message that names the source; returns its length. */
static gsize
write_source (int                   family,
              struct cmsghdr       *header,
              const GcoapUdpSource *source)
{
  if (family == AF_INET6)
    {
      struct in6_pktinfo info = { .ipi6_addr = source->address, .ipi6_ifindex = source->interface_index };

      header->cmsg_level = IPPROTO_IPV6;
      header->cmsg_type = IPV6_PKTINFO;
      header->cmsg_len = CMSG_LEN (sizeof info);
      memcpy (CMSG_DATA (header), &info, sizeof info);
      return CMSG_SPACE (sizeof info);
    }
  else
    {
      struct in_pktinfo info = { .ipi_ifindex = (int) source->interface_index };

      memcpy (&info.ipi_spec_dst, source->address.s6_addr + 12, 4);
      header->cmsg_level = IPPROTO_IP;
      header->cmsg_type = IP_PKTINFO;
      header->cmsg_len = CMSG_LEN (sizeof info);
      memcpy (CMSG_DATA (header), &info, sizeof info);
      return CMSG_SPACE (sizeof info);
    }
}

void
gcoap_udp_sender_commit (GcoapUdpSender       *self,
                         gsize                 length,
                         const GcoapUdpKey    *peer,
                         const GcoapUdpSource *source)
{
  guint i = self->n;
  struct msghdr *header = &self->headers[i].msg_hdr;

  self->vectors[i].iov_base = self->arena + self->used;
  self->vectors[i].iov_len = length;
  header->msg_iov = &self->vectors[i];
  header->msg_iovlen = 1;
  header->msg_name = &self->names[i];
  header->msg_namelen = gcoap_udp_key_to_sockaddr (peer, self->family, &self->names[i]);
  header->msg_control = NULL;
  header->msg_controllen = 0;
  if (source->is_set)
    {
      memset (&self->controls[i], 0, sizeof self->controls[i]);
      header->msg_control = &self->controls[i];
      header->msg_controllen = write_source (self->family, &self->controls[i].header, source);
    }
  self->used += length;
  self->n++;
}

static void
keep_waiting (GcoapUdpSender      *self,
              const struct msghdr *header)
{
  const struct iovec *vector = header->msg_iov;
  Waiting *waiting = g_malloc (sizeof *waiting + vector->iov_len);

  memcpy (&waiting->name, header->msg_name, sizeof waiting->name);
  waiting->name_length = header->msg_namelen;
  waiting->control_length = header->msg_controllen;
  if (header->msg_controllen > 0)
    memcpy (&waiting->control, header->msg_control, header->msg_controllen);
  waiting->length = vector->iov_len;
  memcpy (waiting->bytes, vector->iov_base, vector->iov_len);
  g_queue_push_tail (&self->waiting, waiting);
}

static void
report_failed (GcoapUdpSender      *self,
               const struct msghdr *header,
               int                  errnum)
{
  GcoapUdpKey peer;

  gcoap_udp_key_from_sockaddr (&peer, header->msg_name, header->msg_namelen);
  self->funcs->failed (self->data, &peer, header->msg_iov->iov_base, header->msg_iov->iov_len, errnum);
}

/* Sends as many as the kernel takes; returns how many are dealt with, fewer
 * than n when the kernel has no room. */
static guint
send_some (GcoapUdpSender *self,
           struct mmsghdr *headers,
           guint           n)
{
  guint done = 0;
  gboolean retried = FALSE;

  while (done < n)
    {
      int result = self->sendmmsg (self->fd, headers + done, n - done, MSG_DONTWAIT | MSG_NOSIGNAL);
      int errnum = errno;

      if (result > 0)
        {
          self->funcs->sent (self->data, result);
          done += result;
          retried = FALSE;
          continue;
        }
      if (result < 0 && errnum == EINTR)
        continue;
      if (result < 0 && errnum == EAGAIN)
        break;
      /* An ICMP error that waits in the socket fails the next send, whoever
       * it goes to. So the error queue is emptied, and this one tried again. */
      if (result < 0 && !retried && gcoap_udp_errno_is_soft (errnum))
        {
          self->funcs->soft_error (self->data);
          retried = TRUE;
          continue;
        }
      report_failed (self, &headers[done].msg_hdr, result < 0 ? errnum : EIO);
      done++;
      retried = FALSE;
    }
  return done;
}

void
gcoap_udp_sender_flush (GcoapUdpSender *self)
{
  guint done = 0;

  if (self->n == 0)
    return;
  /* What waits goes first. */
  if (self->waiting.length == 0)
    done = send_some (self, self->headers, self->n);
  for (; done < self->n; done++)
    keep_waiting (self, &self->headers[done].msg_hdr);
  self->n = 0;
  self->used = 0;
}

void
gcoap_udp_sender_resume (GcoapUdpSender *self)
{
  Waiting *waiting;

  while ((waiting = g_queue_peek_head (&self->waiting)) != NULL)
    {
      struct iovec vector = { waiting->bytes, waiting->length };
      struct mmsghdr header = {
        .msg_hdr = {
          .msg_name = &waiting->name, .msg_namelen = waiting->name_length,
          .msg_iov = &vector, .msg_iovlen = 1,
          .msg_control = waiting->control_length > 0 ? &waiting->control : NULL,
          .msg_controllen = waiting->control_length,
        },
      };

      if (send_some (self, &header, 1) == 0)
        break;
      g_queue_pop_head (&self->waiting);
      g_free (waiting);
    }
}
