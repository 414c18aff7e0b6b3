/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-udp-sender-private.h"

#include <errno.h>
#include <string.h>

/* What the kernel's place is taken by. */
static GArray *answers;        /* of int: how many it takes, or a negative errno; then: all */
static GPtrArray *taken;       /* of GBytes */
static guint n_calls;
static struct in6_pktinfo last_source;
static gboolean has_source;

static int
send_cb (int             fd G_GNUC_UNUSED,
         struct mmsghdr *headers,
         unsigned int    n,
         int             flags G_GNUC_UNUSED)
{
  int answer = n;

  n_calls++;
  if (answers->len > 0)
    {
      answer = MIN (g_array_index (answers, int, 0), (int) n);
      g_array_remove_index (answers, 0);
    }
  if (answer < 0)
    {
      errno = -answer;
      return -1;
    }
  for (int i = 0; i < answer; i++)
    {
      const struct msghdr *header = &headers[i].msg_hdr;

      g_ptr_array_add (taken, g_bytes_new (header->msg_iov->iov_base, header->msg_iov->iov_len));
      has_source = header->msg_controllen > 0;
      if (has_source)
        memcpy (&last_source, CMSG_DATA ((struct cmsghdr *) header->msg_control), sizeof last_source);
    }
  return answer;
}

static GArray *failures;       /* of int: errnum */
static guint n_soft;
static guint n_sent;

static void
failed_cb (gpointer           data G_GNUC_UNUSED,
           const GcoapUdpKey *peer,
           const guint8      *datagram G_GNUC_UNUSED,
           gsize              length G_GNUC_UNUSED,
           int                errnum)
{
  g_assert_cmpuint (g_ntohs (peer->port), ==, 5683);
  g_array_append_val (failures, errnum);
}

static void
soft_error_cb (gpointer data G_GNUC_UNUSED)
{
  n_soft++;
}

static void
sent_cb (gpointer data G_GNUC_UNUSED,
         guint    n)
{
  n_sent += n;
}

static const GcoapUdpSenderFuncs funcs = { failed_cb, soft_error_cb, sent_cb };
static const GcoapUdpSource no_source = { 0 };

static void
set_up (GcoapUdpSender *sender,
        gconstpointer   data G_GNUC_UNUSED)
{
  answers = g_array_new (FALSE, FALSE, sizeof (int));
  failures = g_array_new (FALSE, FALSE, sizeof (int));
  taken = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  n_calls = n_soft = n_sent = 0;
  gcoap_udp_sender_init (sender, -1, AF_INET6, &funcs, NULL);
  sender->sendmmsg = send_cb;
}

static void
tear_down (GcoapUdpSender *sender,
           gconstpointer   data G_GNUC_UNUSED)
{
  gcoap_udp_sender_clear (sender);
  g_array_unref (answers);
  g_array_unref (failures);
  g_ptr_array_unref (taken);
}

static void
answer_with (int answer)
{
  g_array_append_val (answers, answer);
}

static void
put (GcoapUdpSender       *sender,
     gsize                 length,
     guint8                mark,
     const GcoapUdpSource *source)
{
  GcoapUdpKey key = { .address = IN6ADDR_LOOPBACK_INIT, .port = g_htons (5683) };
  gsize size;
  guint8 *buffer = gcoap_udp_sender_reserve (sender, length, &size);

  g_assert_cmpuint (size, >=, length);
  memset (buffer, mark, length);
  gcoap_udp_sender_commit (sender, length, &key, source);
}

static void
assert_order (guint n)
{
  g_assert_cmpuint (taken->len, ==, n);
  for (guint i = 0; i < n; i++)
    g_assert_cmpuint (((const guint8 *) g_bytes_get_data (taken->pdata[i], NULL))[0], ==, i & 0xff);
}

static void
test_batches (GcoapUdpSender *sender,
              gconstpointer   data G_GNUC_UNUSED)
{
  for (guint i = 0; i < 70; i++)
    put (sender, 100, i, &no_source);
  gcoap_udp_sender_flush (sender);
  gcoap_udp_sender_flush (sender);
  g_assert_cmpuint (n_calls, ==, 3);
  g_assert_cmpuint (n_sent, ==, 70);
  assert_order (70);
}

/* Long datagrams share the buffer as far as it goes. */
static void
test_long (GcoapUdpSender *sender,
           gconstpointer   data G_GNUC_UNUSED)
{
  put (sender, GCOAP_UDP_MAX_LENGTH, 0, &no_source);
  put (sender, 30000, 1, &no_source);
  put (sender, 30000, 2, &no_source);
  put (sender, 30000, 3, &no_source);
  gcoap_udp_sender_flush (sender);
  g_assert_cmpuint (n_calls, ==, 3);
  assert_order (4);
  g_assert_cmpuint (g_bytes_get_size (taken->pdata[0]), ==, GCOAP_UDP_MAX_LENGTH);
}

static void
test_source (GcoapUdpSender *sender,
             gconstpointer   data G_GNUC_UNUSED)
{
  const GcoapUdpSource source = { .is_set = TRUE, .address = IN6ADDR_LOOPBACK_INIT, .interface_index = 7 };

  put (sender, 10, 0, &no_source);
  gcoap_udp_sender_flush (sender);
  g_assert_false (has_source);
  put (sender, 10, 1, &source);
  gcoap_udp_sender_flush (sender);
  g_assert_true (has_source);
  g_assert_cmpuint (last_source.ipi6_ifindex, ==, 7);
  g_assert_true (IN6_IS_ADDR_LOOPBACK (&last_source.ipi6_addr));
}

/* What the kernel has no room for waits, in order, up to the limit. */
static void
test_waiting (GcoapUdpSender *sender,
              gconstpointer   data G_GNUC_UNUSED)
{
  const GcoapUdpSource source = { .is_set = TRUE, .interface_index = 7 };

  sender->max_waiting = 4;
  answer_with (1);
  answer_with (-EAGAIN);
  put (sender, 10, 0, &no_source);
  put (sender, 10, 1, &no_source);
  put (sender, 10, 2, &source);
  gcoap_udp_sender_flush (sender);
  g_assert_cmpuint (taken->len, ==, 1);
  g_assert_true (gcoap_udp_sender_is_waiting (sender));
  g_assert_false (gcoap_udp_sender_is_full (sender));

  put (sender, 10, 3, &no_source);
  g_assert_false (gcoap_udp_sender_is_full (sender));
  put (sender, 10, 4, &no_source);
  g_assert_true (gcoap_udp_sender_is_full (sender));
  gcoap_udp_sender_flush (sender);
  g_assert_true (gcoap_udp_sender_is_full (sender));
  g_assert_cmpuint (taken->len, ==, 1);

  answer_with (1);
  answer_with (-EAGAIN);
  gcoap_udp_sender_resume (sender);
  g_assert_cmpuint (taken->len, ==, 2);
  g_assert_false (gcoap_udp_sender_is_full (sender));
  gcoap_udp_sender_resume (sender);
  g_assert_false (gcoap_udp_sender_is_waiting (sender));
  assert_order (5);
  g_assert_false (has_source);
}

/* An error about an earlier datagram: the queue is drained, and this one goes. */
static void
test_soft_error (GcoapUdpSender *sender,
                 gconstpointer   data G_GNUC_UNUSED)
{
  answer_with (-ECONNREFUSED);
  put (sender, 10, 0, &no_source);
  put (sender, 10, 1, &no_source);
  gcoap_udp_sender_flush (sender);
  assert_order (2);
  g_assert_cmpuint (n_soft, ==, 1);
  g_assert_cmpuint (failures->len, ==, 0);
}

/* An error that stays is about this datagram; the others still go. */
static void
test_failure (GcoapUdpSender *sender,
              gconstpointer   data G_GNUC_UNUSED)
{
  answer_with (-ENETUNREACH);
  answer_with (-ENETUNREACH);
  answer_with (-EINTR);
  answer_with (-EPERM);
  put (sender, 10, 9, &no_source);
  put (sender, 10, 9, &no_source);
  put (sender, 10, 0, &no_source);
  gcoap_udp_sender_flush (sender);
  assert_order (1);
  g_assert_cmpuint (n_soft, ==, 1);
  g_assert_cmpuint (failures->len, ==, 2);
  g_assert_cmpint (g_array_index (failures, int, 0), ==, ENETUNREACH);
  g_assert_cmpint (g_array_index (failures, int, 1), ==, EPERM);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add (name, GcoapUdpSender, NULL, set_up, func, tear_down)
  ADD ("/udp-sender/batches", test_batches);
  ADD ("/udp-sender/long", test_long);
  ADD ("/udp-sender/source", test_source);
  ADD ("/udp-sender/waiting", test_waiting);
  ADD ("/udp-sender/soft-error", test_soft_error);
  ADD ("/udp-sender/failure", test_failure);
  return g_test_run ();
}
