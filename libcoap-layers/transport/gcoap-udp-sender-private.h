/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Collects datagrams that are to leave and hands them to the kernel in
 * batches; what the kernel does not take yet waits in a bounded queue. */
#pragma once

#include "transport/gcoap-udp-address-private.h"

G_BEGIN_DECLS

#define GCOAP_UDP_SENDER_BATCH 32
#define GCOAP_UDP_SENDER_ARENA 65536

/* RFC 768 and IPv4: the longest payload of a datagram. */
#define GCOAP_UDP_MAX_LENGTH 65507

/* What most messages fit in; RFC 7252 §4.6 suggests 1152 at most. */
#define GCOAP_UDP_USUAL_LENGTH 2048

/* Where a datagram shall leave from; all zero: as the kernel likes. */
typedef struct
{
  gboolean        is_set;
  struct in6_addr address;          /* unspecified: any of the interface */
  guint           interface_index;  /* 0: any */
} GcoapUdpSource;

typedef struct
{
  /* The datagram will not go. */
  void (*failed)     (gpointer           data,
                      const GcoapUdpKey *peer,
                      const guint8      *datagram,
                      gsize              length,
                      int                errnum);
  /* An error that may be about an earlier datagram: drain the error queue. */
  void (*soft_error) (gpointer data);
  void (*sent)       (gpointer data, guint n);
} GcoapUdpSenderFuncs;

typedef struct
{
  int                        fd;
  int                        family;
  const GcoapUdpSenderFuncs *funcs;
  gpointer                   data;
  int                      (*sendmmsg) (int, struct mmsghdr *, unsigned int, int);
  guint                      max_waiting;

  guint8                    *arena;
  gsize                      used;
  guint                      n;
  GQueue                     waiting;   /* of datagrams the kernel had no room for */

  struct mmsghdr             headers[GCOAP_UDP_SENDER_BATCH];
  struct iovec               vectors[GCOAP_UDP_SENDER_BATCH];
  GcoapUdpSockaddr           names[GCOAP_UDP_SENDER_BATCH];
  union
  {
    struct cmsghdr header;
    guint8         bytes[CMSG_SPACE (sizeof (struct in6_pktinfo))];
  } controls[GCOAP_UDP_SENDER_BATCH];
} GcoapUdpSender;

void gcoap_udp_sender_init (GcoapUdpSender            *self,
                            int                        fd,
                            int                        family,
                            const GcoapUdpSenderFuncs *funcs,
                            gpointer                   data);
void gcoap_udp_sender_clear (GcoapUdpSender *self);

/* Whether the queue of what waits has no room for another datagram. */
gboolean gcoap_udp_sender_is_full (GcoapUdpSender *self);

/* A buffer of at least @wanted bytes, up to GCOAP_UDP_MAX_LENGTH, for the next
 * datagram; flushes to make room. */
guint8 *gcoap_udp_sender_reserve (GcoapUdpSender *self,
                                  gsize           wanted,
                                  gsize          *size);

/* The datagram that now stands in the reserved buffer shall go. */
void gcoap_udp_sender_commit (GcoapUdpSender       *self,
                              gsize                 length,
                              const GcoapUdpKey    *peer,
                              const GcoapUdpSource *source);

void gcoap_udp_sender_flush (GcoapUdpSender *self);

/* The kernel has room again. */
void gcoap_udp_sender_resume (GcoapUdpSender *self);

static inline gboolean
gcoap_udp_sender_is_empty (const GcoapUdpSender *self)
{
  return self->n == 0;
}

static inline gboolean
gcoap_udp_sender_is_waiting (const GcoapUdpSender *self)
{
  return self->waiting.length > 0;
}

G_END_DECLS
