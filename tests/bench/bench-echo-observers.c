/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-echo-observers.h"

#include "bench-peer.h"

#include <string.h>
#include <sys/socket.h>

#define BATCH 32

typedef struct
{
  struct sockaddr_in peer;
  guint8             token[8];
  gsize              token_length;
} Observer;

static struct
{
  GArray        *observers;
  guint32        sequence;
  guint16        message_id;
  struct mmsghdr out[BATCH];
  struct iovec   vectors[BATCH];
  guint8         buffers[BATCH][64];
} self;

void
bench_echo_observers_add (const struct sockaddr_in *peer,
                          const guint8             *token,
                          gsize                     token_length)
{
  Observer observer = { .peer = *peer, .token_length = token_length };

  if (self.observers == NULL)
    self.observers = g_array_new (FALSE, FALSE, sizeof (Observer));
  memcpy (observer.token, token, token_length);
  g_array_append_val (self.observers, observer);
}

/* The two paths differ in length; the path is the first option of a POST. */
gboolean
bench_echo_observers_is_confirmed (const BenchCoapMessage *request)
{
  return request->options < request->end && (*request->options & 15) == strlen (BENCH_CONFIRMED_PATH);
}

void
bench_echo_observers_notify (int   fd,
                             guint type)
{
  guint n = self.observers != NULL ? self.observers->len : 0;

  self.sequence = (self.sequence + 1) & 0xffffff;
  for (guint first = 0; first < n; first += BATCH)
    {
      guint count = MIN (BATCH, n - first);

      for (guint i = 0; i < count; i++)
        {
          Observer *observer = &g_array_index (self.observers, Observer, first + i);
          BenchCoapWriter writer;

          bench_coap_begin (&writer, self.buffers[i], type, BENCH_COAP_CONTENT, self.message_id++, observer->token,
                            observer->token_length);
          bench_coap_add_uint (&writer, BENCH_COAP_OBSERVE, self.sequence);
          bench_coap_add_payload (&writer, BENCH_PAYLOAD, BENCH_PAYLOAD_LENGTH);
          self.vectors[i] = (struct iovec) { self.buffers[i], bench_coap_end (&writer) };
          self.out[i].msg_hdr = (struct msghdr) {
            .msg_name = &observer->peer,
            .msg_namelen = sizeof observer->peer,
            .msg_iov = &self.vectors[i],
            .msg_iovlen = 1,
          };
        }
      for (guint sent = 0; sent < count;)
        {
          int done = sendmmsg (fd, self.out + sent, count - sent, 0);

          sent += done > 0 ? (guint) done : 1;
        }
    }
}
