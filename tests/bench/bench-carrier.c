/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bench-carrier.h"

#include <errno.h>
#include <fcntl.h>
#include <gnutls/dtls.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench-peer.h"

#define CHANGE_CIPHER_SPEC 20
#define RECORD_HEADER_LENGTH 13
#define FIRST_TIMEOUT 1000
#define TOTAL_TIMEOUT 60000

/* The same suite for all servers, so that it is not the ciphers that differ, and no
 * tickets, which not all of them give. That of DTLS is the one of RFC 7252
 * §9.1.3.1; over a stream ours does not do without forward secrecy. */
#define DTLS_PRIORITY "NONE:+VERS-DTLS1.2:+PSK:+AES-128-CCM-8:+AEAD:+COMP-NULL:+SIGN-ALL:+GROUP-ALL:%NO_TICKETS"
#define TLS_PRIORITY "NONE:+VERS-TLS1.3:+ECDHE-PSK:+AES-128-GCM:+AEAD:+COMP-NULL:+SIGN-ALL:+GROUP-ALL:%NO_TICKETS"

static gnutls_psk_client_credentials_t credentials = NULL;
static gnutls_priority_t priorities[3];

static void
demand (gboolean    is_good,
        const char *what,
        const char *why)
{
  if (is_good)
    return;
  g_printerr ("Cannot %s: %s\n", what, why);
  exit (1);
}

/* After a call that left its reason in errno. */
static void
demand_call (int         result,
             const char *what)
{
  int errnum = errno;

  demand (result >= 0, what, g_strerror (errnum));
}

static void
demand_status (int         status,
               const char *what)
{
  demand (status >= 0, what, gnutls_strerror (status));
}

gboolean
bench_carrier_kind_parse (BenchCarrierKind *kind,
                          const char       *scheme)
{
  const char *schemes[] = { "coap+tcp", "coaps+tcp", "coaps" };

  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    if (g_str_equal (scheme, schemes[i]))
      {
        *kind = (BenchCarrierKind) i;
        return TRUE;
      }
  return FALSE;
}

/* What came in and may be given to GnuTLS, which loses the Finished for ever if it
 * is called between the arrival of a ChangeCipherSpec and that of the Finished
 * (3.7): so the former is held back until something has come after it. */

static gboolean
receive_more (BenchCarrier *self)
{
  guint8 buffer[BENCH_CARRIER_DATAGRAM_SIZE];
  gssize n;

  if (self->next != NULL)
    return TRUE;
  n = recv (self->fd, buffer, sizeof buffer, 0);
  if (n < 0)
    return FALSE;
  self->next = g_memdup2 (buffer, (gsize) n);
  self->next_length = (gsize) n;
  return TRUE;
}

static gssize
take (guint8 **from,
      gsize   *length,
      guint8  *buffer,
      gsize    size)
{
  gsize n = MIN (size, *length);

  memcpy (buffer, *from, n);
  g_clear_pointer (from, g_free);
  return (gssize) n;
}

static gboolean
is_change_alone (const guint8 *datagram,
                 gsize         length)
{
  return length == RECORD_HEADER_LENGTH + 1 && datagram[0] == CHANGE_CIPHER_SPEC;
}

static ssize_t
pull_cb (gnutls_transport_ptr_t data,
         void                  *buffer,
         size_t                 size)
{
  BenchCarrier *self = data;
  gssize n = -1;

  errno = EAGAIN;
  if (self->held != NULL)
    {
      if (receive_more (self))
        n = take (&self->held, &self->held_length, buffer, size);
    }
  else if (self->next != NULL)
    {
      n = take (&self->next, &self->next_length, buffer, size);
    }
  else
    {
      n = recv (self->fd, buffer, size, 0);
      if (n > 0 && is_change_alone (buffer, (gsize) n))
        {
          self->held = g_memdup2 (buffer, (gsize) n);
          self->held_length = (gsize) n;
          n = receive_more (self) ? take (&self->held, &self->held_length, buffer, size) : -1;
        }
    }
  if (n < 0)
    gnutls_transport_set_errno (self->session, errno == EAGAIN ? EAGAIN : ECONNRESET);
  return n;
}

/* Never waits; to find out, it would have to read. */
static int
pull_timeout_cb (gnutls_transport_ptr_t data G_GNUC_UNUSED,
                 unsigned int           ms G_GNUC_UNUSED)
{
  return 1;
}

static ssize_t
push_cb (gnutls_transport_ptr_t data,
         const void            *bytes,
         size_t                 length)
{
  return send (((BenchCarrier *) data)->fd, bytes, length, MSG_NOSIGNAL);
}

static void
set_up_once (BenchCarrierKind kind)
{
  static unsigned char key[] = BENCH_PSK_KEY;
  const gnutls_datum_t datum = { key, sizeof key - 1 };

  if (credentials == NULL)
    {
      demand_status (gnutls_psk_allocate_client_credentials (&credentials), "make credentials");
      demand_status (gnutls_psk_set_client_credentials (credentials, BENCH_PSK_IDENTITY, &datum, GNUTLS_PSK_KEY_RAW),
                     "make credentials");
    }
  if (priorities[kind] == NULL)
    demand_status (gnutls_priority_init (&priorities[kind], kind == BENCH_CARRIER_DTLS ? DTLS_PRIORITY : TLS_PRIORITY,
                                         NULL), "choose ciphers");
}

static void
make_session (BenchCarrier *self)
{
  gboolean is_datagram = self->kind == BENCH_CARRIER_DTLS;

  set_up_once (self->kind);
  demand_status (gnutls_init (&self->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL
                                                | (is_datagram ? GNUTLS_DATAGRAM : 0)), "make a session");
  demand_status (gnutls_priority_set (self->session, priorities[self->kind]), "choose ciphers");
  demand_status (gnutls_credentials_set (self->session, GNUTLS_CRD_PSK, credentials), "use credentials");
  gnutls_handshake_set_timeout (self->session, 0);
  gnutls_transport_set_ptr (self->session, self);
  gnutls_transport_set_push_function (self->session, push_cb);
  gnutls_transport_set_pull_function (self->session, pull_cb);
  gnutls_transport_set_pull_timeout_function (self->session, pull_timeout_cb);
  if (is_datagram)
    {
      gnutls_dtls_set_timeouts (self->session, FIRST_TIMEOUT, TOTAL_TIMEOUT);
      gnutls_dtls_set_mtu (self->session, 1232);
    }
}

void
bench_carrier_open (BenchCarrier             *self,
                    BenchCarrierKind          kind,
                    const struct sockaddr_in *server,
                    guint32                   endpoint)
{
  struct sockaddr_in local = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK + endpoint) };
  int one = 1;

  *self = (BenchCarrier) { .kind = kind };
  self->fd = socket (AF_INET, (kind == BENCH_CARRIER_DTLS ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  demand_call (self->fd, "open a socket");
  setsockopt (self->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  demand_call (bind (self->fd, (struct sockaddr *) &local, sizeof local), "bind a socket");
  /* The system answers for the server, so that this takes no time worth mentioning. */
  demand_call (connect (self->fd, (const struct sockaddr *) server, sizeof *server), "connect");
  fcntl (self->fd, F_SETFL, fcntl (self->fd, F_GETFL) | O_NONBLOCK);
  if (kind != BENCH_CARRIER_DTLS)
    setsockopt (self->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (kind != BENCH_CARRIER_TCP)
    make_session (self);
}

BenchCarrierStatus
bench_carrier_start (BenchCarrier *self)
{
  static gboolean has_complained = FALSE;
  int status = GNUTLS_E_AGAIN;

  if (self->session == NULL)
    return BENCH_CARRIER_READY;
  do
    status = gnutls_handshake (self->session);
  while (status < 0 && status != GNUTLS_E_AGAIN && !gnutls_error_is_fatal (status));
  if (status == GNUTLS_E_AGAIN)
    return BENCH_CARRIER_WAITING;
  if (status >= 0)
    return BENCH_CARRIER_READY;
  if (!has_complained)
    g_printerr ("A handshake failed: %s\n", gnutls_strerror (status));
  has_complained = TRUE;
  return BENCH_CARRIER_FAILED;
}

gssize
bench_carrier_read (BenchCarrier *self,
                    guint8       *buffer,
                    gsize         size)
{
  ssize_t n;

  if (self->session == NULL)
    {
      n = recv (self->fd, buffer, size, 0);
      return n < 0 ? (errno == EAGAIN ? -1 : 0) : n;
    }
  do
    n = gnutls_record_recv (self->session, buffer, size);
  while (n < 0 && n != GNUTLS_E_AGAIN && !gnutls_error_is_fatal ((int) n));
  return n < 0 ? (n == GNUTLS_E_AGAIN ? -1 : 0) : n;
}

gboolean
bench_carrier_write (BenchCarrier *self,
                     const guint8 *bytes,
                     gsize         length)
{
  if (self->session == NULL)
    return send (self->fd, bytes, length, MSG_NOSIGNAL) == (ssize_t) length;
  return gnutls_record_send (self->session, bytes, length) == (ssize_t) length;
}

void
bench_carrier_close (BenchCarrier *self)
{
  if (self->session != NULL)
    {
      gnutls_bye (self->session, GNUTLS_SHUT_WR);
      gnutls_deinit (self->session);
    }
  g_clear_pointer (&self->held, g_free);
  g_clear_pointer (&self->next, g_free);
  close (self->fd);
  self->fd = -1;
  self->session = NULL;
}
