/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-dtls-association-private.h"

#include <string.h>

#include "base/gcoap-error.h"

/* RFC 5246 §6.2.1: what one record may carry. */
#define MAX_RECORD 16384

/* What is asked for less than this ahead is asked for now, and would be again. */
#define MIN_WAIT 10

/* What comes before a datagram in a packet of IPv4 and IPv6, with the header of
 * UDP. */
#define IPV4_OVERHEAD 28
#define IPV6_OVERHEAD 48

/* Anybody on the way can say that little fits: less is not believed than every
 * way takes (RFC 791 §3.2, RFC 8200 §5). */
#define MIN_IPV4_PACKET 576
#define MIN_IPV6_PACKET 1280

static gint64
get_now (GcoapDtlsAssociation *self)
{
  return gcoap_clock_get_now (self->runtime->clock);
}

/* What the session calls */

static gssize
push_cb (gpointer      data,
         const guint8 *bytes,
         gsize         length)
{
  GcoapDtlsAssociation *self = data;

  self->funcs->send (self->data, self, &self->peer, &self->source, bytes, length);
  return (gssize) length;
}

static gssize
pull_cb (gpointer data,
         guint8  *buffer,
         gsize    size)
{
  GcoapDtlsAssociation *self = data;
  gsize n;

  if (self->incoming == NULL)
    return -1;
  n = MIN (size, self->incoming_length);
  memcpy (buffer, self->incoming, n);
  self->incoming = g_steal_pointer (&self->following);
  self->incoming_length = self->following_length;
  return (gssize) n;
}

static gboolean
can_pull_cb (gpointer data)
{
  GcoapDtlsAssociation *self = data;

  return self->incoming != NULL;
}

static const GcoapTlsIo session_io = { push_cb, pull_cb, can_pull_cb };

/* Ends */

/* A handshake that fails is told to whoever looks after the machine, with what
 * the peer said it was: nobody else learns of it. */
static void
note_failure (GcoapDtlsAssociation *self,
              const GError         *error)
{
  const char *presented = gcoap_tls_session_get_presented (self->session);
  g_autofree char *peer = gcoap_udp_key_dup_hostinfo (&self->peer, 0);
  g_autofree char *text = g_strdup_printf ("The DTLS handshake with %s, %s, failed: %s", peer,
                                           presented != NULL ? presented : "which presented nothing",
                                           error->message);
  g_autoptr (GcoapDtlsAddress) address = NULL;

  /* What this side ends on purpose is no failure. */
  if (self->log != NULL && !g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED))
    gcoap_handshake_log_note (self->log, get_now (self), text);
  if (self->runtime->trace == NULL)
    return;
  address = gcoap_dtls_address_new (&self->peer, NULL, self->transport, NULL);
  gcoap_runtime_trace_note (self->runtime, GCOAP_ENDPOINT_ADDRESS (address), text);
}

static void
finish (GcoapDtlsAssociation *self,
        const GError         *error)
{
  GcoapDtlsState state = self->state;

  if (state == GCOAP_DTLS_ENDED)
    return;
  gcoap_dtls_association_ref (self);
  self->state = GCOAP_DTLS_ENDED;
  gcoap_clock_unschedule (self->runtime->clock, &self->timer);
  if (self->address != NULL)
    self->address->association = NULL;
  if (state == GCOAP_DTLS_HANDSHAKING)
    note_failure (self, error);
  self->funcs->ended (self->data, self, error);
  gcoap_dtls_association_unref (self);
}

void
gcoap_dtls_association_end (GcoapDtlsAssociation *self,
                            const GError         *error)
{
  if (self->state == GCOAP_DTLS_OPEN)
    gcoap_tls_session_bye (self->session);
  finish (self, error);
}

static void
time_out (GcoapDtlsAssociation *self)
{
  g_autofree char *peer = gcoap_udp_key_dup_hostinfo (&self->peer, 0);
  g_autoptr (GError) error = gcoap_tls_session_new_timeout (self->session, peer);

  finish (self, error);
}

/* Time */

static void
wait_for_answer (GcoapDtlsAssociation *self)
{
  guint wait = MAX (gcoap_tls_session_get_timeout (self->session), MIN_WAIT);
  gint64 next = get_now (self) + wait * G_TIME_SPAN_MILLISECOND;

  gcoap_clock_schedule (self->runtime->clock, &self->timer, MIN (next, self->deadline));
}

static void
wait_for_silence (GcoapDtlsAssociation *self)
{
  gint64 idle = self->times.idle_timeout * (gint64) G_TIME_SPAN_MILLISECOND;

  if (idle > 0)
    gcoap_clock_schedule (self->runtime->clock, &self->timer, self->last_received + idle);
}

/* Takes all records that are there. GnuTLS says that nothing is there for each
 * record that it throws away, and has not looked at the next one then: so it is
 * asked once more for each, or what somebody forged would cost what is true. When
 * all have been taken it is not asked in vain. */
static void
receive_records (GcoapDtlsAssociation *self,
                 guint                 n_records)
{
  guint8 buffer[MAX_RECORD];
  guint n_taken = 0;

  for (guint vain = 0; self->state == GCOAP_DTLS_OPEN && vain <= n_records
                       && (n_taken < n_records || gcoap_tls_session_has_pending (self->session));)
    {
      g_autoptr (GError) error = NULL;
      gssize n = gcoap_tls_session_receive (self->session, buffer, sizeof buffer, &error);

      if (n == 0)
        g_set_error_literal (&error, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The peer has ended the DTLS session.");
      if (error != NULL)
        {
          /* RFC 5246 §7.2.1: the end is answered with an end. */
          gcoap_dtls_association_end (self, error);
          return;
        }
      if (n < 0)
        {
          vain++;
          continue;
        }
      n_taken++;
      self->last_received = get_now (self);
      self->unanswered = 0;
      self->funcs->record (self->data, self, buffer, (gsize) n);
    }
}

static void
open_up (GcoapDtlsAssociation *self)
{
  self->state = GCOAP_DTLS_OPEN;
  self->last_received = get_now (self);
  self->unanswered = 0;
  gcoap_clock_unschedule (self->runtime->clock, &self->timer);
  self->address = gcoap_dtls_address_new (&self->peer, gcoap_tls_session_get_claims (self->session),
                                          self->transport, self);
  wait_for_silence (self);
  self->funcs->opened (self->data, self);
}

static void
go_on (GcoapDtlsAssociation *self)
{
  g_autoptr (GError) error = NULL;

  switch (gcoap_tls_session_handshake (self->session, &error))
    {
    case GCOAP_TLS_READY:
      open_up (self);
      break;
    case GCOAP_TLS_WAITING:
      wait_for_answer (self);
      break;
    case GCOAP_TLS_FAILED:
    default:
      finish (self, error);
      break;
    }
}

/* What is to be done depends on the state alone, so that a timer of the
 * handshake can never begin another one. */
static void
timer_cb (gpointer data)
{
  g_autoptr (GcoapDtlsAssociation) self = gcoap_dtls_association_ref (data);
  gint64 now = get_now (self);

  if (self->state == GCOAP_DTLS_HANDSHAKING)
    {
      if (now >= self->deadline)
        time_out (self);
      else
        go_on (self);
    }
  else if (self->state == GCOAP_DTLS_OPEN)
    {
      g_autoptr (GError) error = NULL;

      if (self->last_received + self->times.idle_timeout * (gint64) G_TIME_SPAN_MILLISECOND > now)
        {
          wait_for_silence (self);
          return;
        }
      error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                   "The DTLS session was ended because nothing came for long.");
      gcoap_dtls_association_end (self, error);
    }
}

static void
free_order (GcoapDtlsAssociation *self)
{
  if (self->order == NULL)
    return;
  gcoap_dtls_order_clear (self->order);
  g_clear_pointer (&self->order, g_free);
}

/* Public to the transport */

GcoapDtlsAssociation *
gcoap_dtls_association_new (GcoapRuntime         *runtime,
                            GcoapTlsKeys         *keys,
                            const char           *host,
                            const GcoapUdpKey    *peer,
                            const GcoapDtlsTimes *times,
                            const GcoapDtlsFuncs *funcs,
                            gpointer              data)
{
  GcoapDtlsAssociation *self = g_new0 (GcoapDtlsAssociation, 1);

  self->session = gcoap_tls_session_new (keys, host, &session_io, self);
  if (self->session == NULL)
    {
      g_free (self);
      return NULL;
    }
  gcoap_tls_session_set_mtu (self->session, times->mtu);
  self->order = g_new0 (GcoapDtlsOrder, 1);
  self->ref_count = 1;
  self->link.data = self;
  self->runtime = g_object_ref (runtime);
  self->funcs = funcs;
  self->data = data;
  self->peer = *peer;
  self->times = *times;
  self->deadline = get_now (self) + times->handshake_timeout * (gint64) G_TIME_SPAN_MILLISECOND;
  gcoap_timer_init (&self->timer, timer_cb, self);
  return self;
}

GcoapDtlsAssociation *
gcoap_dtls_association_ref (GcoapDtlsAssociation *self)
{
  self->ref_count++;
  return self;
}

void
gcoap_dtls_association_unref (GcoapDtlsAssociation *self)
{
  if (--self->ref_count > 0)
    return;
  gcoap_clock_unschedule (self->runtime->clock, &self->timer);
  if (self->address != NULL)
    self->address->association = NULL;
  g_clear_object (&self->address);
  g_clear_pointer (&self->local, gcoap_local_unref);
  free_order (self);
  gcoap_tls_session_free (self->session);
  g_object_unref (self->runtime);
  g_free (self);
}

void
gcoap_dtls_association_start (GcoapDtlsAssociation *self)
{
  g_autoptr (GcoapDtlsAssociation) kept = gcoap_dtls_association_ref (self);

  go_on (kept);
}

/* Lets the session pull one datagram, and takes what comes of it. */
static void
give (GcoapDtlsAssociation *self,
      const guint8         *datagram,
      gsize                 length,
      guint                 n_records)
{
  self->incoming = datagram;
  self->incoming_length = length;
  for (guint i = 0; self->state == GCOAP_DTLS_HANDSHAKING && self->incoming != NULL && i <= n_records; i++)
    go_on (self);
  receive_records (self, n_records);
  self->incoming = self->following = NULL;
}

static void
finish_in_order (GcoapDtlsAssociation *self)
{
  g_autoptr (GBytes) change = NULL;
  g_autoptr (GBytes) finished = NULL;
  const guint8 *bytes;
  gsize length;

  if (!gcoap_dtls_order_release (self->order, gcoap_tls_session_get_last_message (self->session), &change,
                                 &finished))
    return;
  /* GnuTLS 3.7 loses the Finished, too, when it is called between the two. */
  self->following = g_bytes_get_data (finished, &self->following_length);
  bytes = g_bytes_get_data (change, &length);
  give (self, bytes, length, 2);
}

/* The records of a datagram one by one, for a peer may put the end of its flight
 * into one datagram with what is before. */
static gsize
shake_hands (GcoapDtlsAssociation *self,
             const guint8         *datagram,
             gsize                 length)
{
  gsize offset = 0;

  while (offset < length && self->state == GCOAP_DTLS_HANDSHAKING)
    {
      gsize size = gcoap_dtls_record_get_size (datagram + offset);

      if (!gcoap_dtls_order_take (self->order, datagram + offset, size))
        give (self, datagram + offset, size, 1);
      if (self->state == GCOAP_DTLS_HANDSHAKING)
        finish_in_order (self);
      offset += size;
    }
  if (self->state != GCOAP_DTLS_HANDSHAKING)
    free_order (self);
  return offset;
}

void
gcoap_dtls_association_receive (GcoapDtlsAssociation *self,
                                const guint8         *datagram,
                                gsize                 length)
{
  g_autoptr (GcoapDtlsAssociation) kept = gcoap_dtls_association_ref (self);
  gsize offset = 0;
  GcoapDtlsRecord record;

  if (!gcoap_dtls_record_read (&record, datagram, length))
    return;
  if (self->state == GCOAP_DTLS_HANDSHAKING)
    offset = shake_hands (self, datagram, length);
  else if (record.epoch == 0 && record.type == 21)
    {
      /* RFC 6347 §4.1.2.7: an alert in the clear is nobody's. */
      return;
    }
  if (self->state != GCOAP_DTLS_ENDED && offset < length)
    give (self, datagram + offset, length - offset, record.n_records);
}

void
gcoap_dtls_association_lower_mtu (GcoapDtlsAssociation *self,
                                  guint                 packet_size)
{
  gboolean is_v4 = IN6_IS_ADDR_V4MAPPED (&self->peer.address);
  guint mtu = is_v4 ? MAX (packet_size, MIN_IPV4_PACKET) - IPV4_OVERHEAD
                    : MAX (packet_size, MIN_IPV6_PACKET) - IPV6_OVERHEAD;

  if (self->state == GCOAP_DTLS_ENDED || mtu >= self->times.mtu)
    return;
  self->times.mtu = mtu;
  gcoap_tls_session_set_mtu (self->session, mtu);
}

gboolean
gcoap_dtls_association_send (GcoapDtlsAssociation *self,
                             const guint8         *message,
                             gsize                 length,
                             GError              **error)
{
  gssize n;

  if (self->state != GCOAP_DTLS_OPEN)
    {
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The DTLS session has ended.");
      return FALSE;
    }
  n = gcoap_tls_session_send (self->session, message, length, error);
  if (n < 0 && error != NULL && *error == NULL)
    g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_BUSY, "The DTLS session takes no message now.");
  if (n >= 0 && self->unanswered++ == 0)
    self->first_unanswered = get_now (self);
  return n >= 0;
}
