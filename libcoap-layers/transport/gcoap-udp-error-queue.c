/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-error-queue-private.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <string.h>

#include "base/gcoap-error.h"

int
gcoap_udp_error_queue_read_message_id (const guint8 *data,
                                       gsize         length)
{
  /* RFC 7252 §3: version 1. Only CON (0) and NON (1) bear a message ID of our
   * own; that of an ACK or RST is the peer's, and nobody waits for its fate. */
  if (length < 4 || data[0] >> 6 != 1 || (data[0] >> 4 & 3) > 1)
    return -1;
  return data[2] << 8 | data[3];
}

gboolean
gcoap_udp_error_queue_take (int             fd,
                            GcoapUdpReport *report)
{
  guint8 quote[16];
  union
  {
    struct cmsghdr header;
    guint8         bytes[512];
  } control;
  GcoapUdpSockaddr name;
  struct iovec vector = { quote, sizeof quote };
  struct msghdr message = { 0 };
  ssize_t length;

  for (;;)
    {
      const struct sock_extended_err *extended = NULL;
      struct sock_extended_err copy;

      message = (struct msghdr) {
        .msg_name = &name, .msg_namelen = sizeof name,
        .msg_iov = &vector, .msg_iovlen = 1,
        .msg_control = &control, .msg_controllen = sizeof control,
      };
      length = recvmsg (fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
      if (length < 0 && errno == EINTR)
        continue;
      if (length < 0)
        return FALSE;
      for (struct cmsghdr *item = CMSG_FIRSTHDR (&message); item != NULL; item = CMSG_NXTHDR (&message, item))
        if (((item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR) ||
             (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR)) &&
            item->cmsg_len >= CMSG_LEN (sizeof copy))
          {
            memcpy (&copy, CMSG_DATA (item), sizeof copy);
            extended = &copy;
          }
      if (extended == NULL ||
          !gcoap_udp_key_from_sockaddr (&report->destination, &name.any, message.msg_namelen))
        continue;

      report->errnum = (int) extended->ee_errno;
      report->mtu = extended->ee_errno == EMSGSIZE ? extended->ee_info : 0;
      report->message_id = gcoap_udp_error_queue_read_message_id (quote, length);
      return TRUE;
    }
}

gboolean
gcoap_udp_errno_is_soft (int errnum)
{
  switch (errnum)
    {
    case ECONNREFUSED:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENOPROTOOPT:
    case EPROTO:
    case EACCES:
    case EMSGSIZE:
    case EOPNOTSUPP:
    case ENONET:
      return TRUE;
    default:
      return FALSE;
    }
}

GError *
gcoap_udp_error_new (const GcoapUdpKey *peer,
                     int                errnum)
{
  g_autofree char *hostinfo = gcoap_udp_key_dup_hostinfo (peer, 5683);
  GcoapError code = GCOAP_ERROR_UNREACHABLE;
  const char *reason;

  switch (errnum)
    {
    case ECONNREFUSED:
      reason = "nothing listens on that port";
      break;
    case EHOSTUNREACH:
    case EHOSTDOWN:
      reason = "the host is off, or not where its address says";
      break;
    case ENETUNREACH:
    case ENONET:
      reason = "no route leads to its network";
      break;
    case EACCES:
    case EPERM:
      code = GCOAP_ERROR_PERMISSION;
      reason = "a firewall does not let messages pass";
      break;
    case EMSGSIZE:
      code = GCOAP_ERROR_TOO_LARGE;
      reason = "the message is longer than the network carries";
      break;
    case EADDRNOTAVAIL:
      reason = "this machine has no address to send from";
      break;
    case EAFNOSUPPORT:
      code = GCOAP_ERROR_UNSUPPORTED;
      reason = "this transport does not carry that kind of address";
      break;
    default:
      reason = g_strerror (errnum);
      break;
    }
  return g_error_new (GCOAP_ERROR, code, "coap://%s cannot be reached: %s.", hostinfo, reason);
}
