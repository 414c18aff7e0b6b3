/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-dtls-port-private.h"

#include <errno.h>
#include <string.h>

#include "transport/gcoap-udp-error-queue-private.h"

/* Batches per turn of the main loop; then other sources have theirs. */
#define MAX_ROUNDS 8

typedef struct
{
  GSource        source;
  GcoapDtlsPort *port;   /* not owned: it destroys its source */
} PortSource;

static GcoapDtlsPort *
port_ref (GcoapDtlsPort *self)
{
  self->ref_count++;
  return self;
}

/* Sending */

static void
sent_cb (gpointer data,
         guint    n)
{
  GcoapDtlsPort *self = data;

  gcoap_statistics_add (self->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_SENT, n);
}

/* What does not go is as good as lost on the way: DTLS and CoAP repeat it. */
static void
failed_cb (gpointer           data,
           const GcoapUdpKey *peer G_GNUC_UNUSED,
           const guint8      *datagram G_GNUC_UNUSED,
           gsize              length G_GNUC_UNUSED,
           int                errnum G_GNUC_UNUSED)
{
  GcoapDtlsPort *self = data;

  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_SEND_ERRORS);
}

/* The queue is looked at when the main loop says that something is there. */
static void
soft_error_cb (gpointer data G_GNUC_UNUSED)
{
}

static const GcoapUdpSenderFuncs sender_funcs = {
  .failed = failed_cb,
  .soft_error = soft_error_cb,
  .sent = sent_cb,
};

static void
update_condition (GcoapDtlsPort *self)
{
  gboolean waits = self->sender != NULL && gcoap_udp_sender_is_waiting (self->sender);

  if (self->source == NULL || waits == self->asks_for_room)
    return;
  self->asks_for_room = waits;
  g_source_modify_unix_fd (self->source, self->tag, G_IO_IN | (waits ? G_IO_OUT : 0));
}

static void
flush (GcoapDtlsPort *self)
{
  if (self->sender == NULL || self->socket.fd < 0 || gcoap_udp_sender_is_empty (self->sender))
    return;
  gcoap_udp_sender_flush (self->sender);
  update_condition (self);
}

static void
send_now (GcoapDtlsPort     *self,
          const GcoapUdpKey *peer,
          const guint8      *datagram,
          gsize              length)
{
  GcoapUdpSockaddr name;
  socklen_t name_length = gcoap_udp_key_to_sockaddr (peer, self->socket.family, &name);
  gssize n = -1;

  /* An error of an earlier datagram may be told in place of a success. */
  for (guint i = 0; i < 2 && n < 0 && name_length != 0; i++)
    {
      n = sendto (self->socket.fd, datagram, length, 0, &name.any, name_length);
      if (n < 0 && !gcoap_udp_errno_is_soft (errno))
        break;
    }
  gcoap_statistics_count (self->runtime->statistics,
                          n < 0 ? GCOAP_COUNTER_SEND_ERRORS : GCOAP_COUNTER_DATAGRAMS_SENT);
}

void
gcoap_dtls_port_send (GcoapDtlsPort        *self,
                      const GcoapUdpKey    *peer,
                      const GcoapUdpSource *source,
                      const guint8         *datagram,
                      gsize                 length)
{
  guint8 *buffer;
  gsize size;

  if (self->socket.fd < 0 || length > GCOAP_UDP_MAX_LENGTH)
    return;
  if (self->sender == NULL)
    {
      send_now (self, peer, datagram, length);
      return;
    }
  if (gcoap_udp_sender_is_full (self->sender))
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      return;
    }
  buffer = gcoap_udp_sender_reserve (self->sender, length, &size);
  memcpy (buffer, datagram, length);
  gcoap_udp_sender_commit (self->sender, length, peer, source);
  if (g_main_depth () == 0)
    flush (self);
}

/* Receiving */

static void
drain_error_queue (GcoapDtlsPort *self)
{
  GcoapUdpReport report;
  int pending;
  socklen_t length = sizeof pending;

  while (self->socket.fd >= 0 && gcoap_udp_error_queue_take (self->socket.fd, &report))
    {
      if (report.errnum != EMSGSIZE)
        self->funcs->failed (self->data, &report.destination, report.errnum);
      else if (report.mtu > 0)
        self->funcs->too_long (self->data, &report.destination, report.mtu);
    }
  /* An error without a report would keep the descriptor ready for ever. */
  if (self->socket.fd >= 0)
    getsockopt (self->socket.fd, SOL_SOCKET, SO_ERROR, &pending, &length);
}

/* Takes what was received and not looked at; a nested main loop inside a
 * callback begins with what its outer loop has left, be it another port's. */
static void
process (GcoapDtlsInput *input)
{
  GcoapUdpDatagram datagram;

  while (gcoap_udp_receiver_take (&input->receiver, &datagram))
    {
      GcoapDtlsPort *port = input->port;

      /* What was cut cannot be verified. */
      if (port == NULL || port->socket.fd < 0 || datagram.is_truncated)
        continue;
      port_ref (port);
      gcoap_statistics_count (port->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_RECEIVED);
      port->funcs->datagram (port->data, &datagram);
      gcoap_dtls_port_unref (port);
    }
}

/* A record takes more than the message in it. */
static gsize
get_buffer_size (GcoapDtlsPort *self)
{
  return MIN (MAX (self->runtime->limits->max_datagram_size, 1280) + 256, GCOAP_UDP_MAX_LENGTH);
}

/* Drains the socket in bounded rounds. A server's is asked again for a moment if
 * that has lately paid; a client has a port for each session, and does not wait
 * for one of them while others have something to say. */
static void
receive (GcoapDtlsPort *self)
{
  GcoapLingerTurn turn;
  int n;

  gcoap_linger_turn_begin (&turn, &self->linger, self->sender != NULL ? GCOAP_LINGER_WINDOW : 0);
  for (guint rounds = 0; rounds < MAX_ROUNDS && self->socket.fd >= 0; rounds += n > 0)
    {
      n = gcoap_udp_receiver_fill (&self->input->receiver, self->socket.fd, get_buffer_size (self),
                                   self->socket.is_wildcard);
      if (n > 0)
        {
          self->input->port = self;
          process (self->input);
          flush (self);
        }
      if (!gcoap_linger_turn_goes_on (&turn, n > 0, gcoap_udp_receiver_was_full (&self->input->receiver)))
        break;
    }
  gcoap_linger_turn_end (&turn);
}

/* The source */

static gboolean
port_source_prepare (GSource *source,
                     int     *timeout)
{
  flush (((PortSource *) source)->port);
  *timeout = -1;
  return FALSE;
}

static gboolean
port_source_check (GSource *source)
{
  return g_source_query_unix_fd (source, ((PortSource *) source)->port->tag) != 0;
}

static gboolean
port_source_dispatch (GSource     *source,
                      GSourceFunc  callback G_GNUC_UNUSED,
                      gpointer     data G_GNUC_UNUSED)
{
  GcoapDtlsPort *self = port_ref (((PortSource *) source)->port);
  g_autoptr (GObject) owner = g_object_ref (self->owner);
  GIOCondition condition = g_source_query_unix_fd (source, self->tag);

  if (condition & G_IO_ERR)
    drain_error_queue (self);
  if ((condition & G_IO_OUT) && self->sender != NULL && self->socket.fd >= 0)
    {
      gcoap_udp_sender_resume (self->sender);
      update_condition (self);
    }
  process (self->input);
  if (condition & G_IO_IN)
    receive (self);
  flush (self);
  gcoap_dtls_port_unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs port_source_funcs = {
  .prepare = port_source_prepare,
  .check = port_source_check,
  .dispatch = port_source_dispatch,
};

GcoapDtlsPort *
gcoap_dtls_port_new (GcoapRuntime             *runtime,
                     GcoapDtlsInput           *input,
                     const GcoapUdpSocket     *socket,
                     gboolean                  in_batches,
                     const GcoapDtlsPortFuncs *funcs,
                     gpointer                  data,
                     gpointer                  owner)
{
  GcoapDtlsPort *self = g_new0 (GcoapDtlsPort, 1);

  self->ref_count = 1;
  self->runtime = g_object_ref (runtime);
  self->input = input;
  self->socket = *socket;
  self->funcs = funcs;
  self->data = data;
  self->owner = owner;
  if (in_batches)
    {
      self->sender = g_new (GcoapUdpSender, 1);
      gcoap_udp_sender_init (self->sender, socket->fd, socket->family, &sender_funcs, self);
    }
  return self;
}

void
gcoap_dtls_port_unref (GcoapDtlsPort *self)
{
  if (--self->ref_count > 0)
    return;
  gcoap_dtls_port_close (self);
  g_free (self->sender);
  g_object_unref (self->runtime);
  g_free (self);
}

void
gcoap_dtls_port_start (GcoapDtlsPort *self)
{
  if (self->source != NULL || self->socket.fd < 0)
    return;
  self->source = g_source_new (&port_source_funcs, sizeof (PortSource));
  ((PortSource *) self->source)->port = self;
  self->tag = g_source_add_unix_fd (self->source, self->socket.fd, G_IO_IN);
  g_source_set_static_name (self->source, "GcoapDtlsPort");
  /* Keeps nested main loops served, and saves system calls. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, self->runtime->main_context);
  update_condition (self);
}

void
gcoap_dtls_port_close (GcoapDtlsPort *self)
{
  if (self->socket.fd < 0)
    return;
  if (self->input->port == self)
    self->input->port = NULL;
  if (self->sender != NULL)
    {
      gcoap_udp_sender_flush (self->sender);
      gcoap_udp_sender_resume (self->sender);
      gcoap_udp_sender_clear (self->sender);
    }
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
  gcoap_udp_socket_close (&self->socket);
}
