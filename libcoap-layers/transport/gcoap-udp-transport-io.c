/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <string.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-datagram-input-private.h"
#include "transport/gcoap-udp-error-queue-private.h"
#include "transport/gcoap-udp-transport-private.h"
#include "wire/gcoap-datagram-codec-private.h"

/* Batches per turn of the main loop; then other sources have theirs. */
#define MAX_ROUNDS 8

/* How long the kernel's choice of a source address is believed, in seconds. */
#define SOURCE_LIFETIME 60

/* How long a path MTU is believed, in seconds: as long as Linux does. */
#define MTU_LIFETIME 600

/* What the manager has to be told of a message that will not arrive. */
typedef struct
{
  GcoapUdpKey peer;
  int         message_id;
  int         errnum;
} Failure;

typedef struct
{
  GSource            source;
  GcoapUdpTransport *transport;   /* not owned: it destroys its source */
} UdpSource;

static void
read_clock (GcoapUdpTransport *self)
{
  self->seconds = (guint32) (gcoap_clock_get_now (self->runtime->clock) / G_USEC_PER_SEC);
}

/* Errors */

static void
add_failure (GcoapUdpTransport *self,
             const GcoapUdpKey *peer,
             int                message_id,
             int                errnum)
{
  Failure *failure;

  /* A failed answer has no message ID that anybody waits for: it is noted. */
  if ((message_id < 0 && self->runtime->trace == NULL) || self->manager == NULL || self->closed)
    return;
  failure = g_new0 (Failure, 1);
  failure->peer = *peer;
  failure->message_id = message_id;
  failure->errnum = errnum;
  g_queue_push_tail (&self->failures, failure);
}

static void
remember_mtu (GcoapUdpTransport *self,
              const GcoapUdpKey *key,
              guint              mtu)
{
  GcoapUdpPeer *peer = gcoap_udp_address_table_peek (&self->peers, key);

  if (peer == NULL)
    return;
  peer->mtu = (guint16) MIN (mtu, G_MAXUINT16);
  peer->mtu_until = self->seconds + MTU_LIFETIME;
}

static void
datagram_failed_cb (gpointer           data,
                    const GcoapUdpKey *peer,
                    const guint8      *datagram,
                    gsize              length,
                    int                errnum)
{
  GcoapUdpTransport *self = data;
  int message_id = gcoap_udp_error_queue_read_message_id (datagram, length);

  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_SEND_ERRORS);
  /* With error messages on, the kernel tells that a queue of the network
   * interface was full; that is a loss like any other. */
  if (errnum == ENOBUFS)
    return;
  if (errnum == EMSGSIZE && self->local_mtu != 0)
    remember_mtu (self, peer, self->local_mtu);
  self->local_mtu = 0;
  if (self->sends_at_once)
    self->own_errnum = errnum;
  else
    add_failure (self, peer, message_id, errnum);
}

static void
drain_error_queue (gpointer data)
{
  GcoapUdpTransport *self = data;
  GcoapUdpReport report;

  while (gcoap_udp_error_queue_take (self->socket.fd, &report))
    {
      /* A datagram that was too long for the path is sent in fragments when it
       * is sent again: not the end of the message. */
      if (report.errnum == EMSGSIZE && report.destination.port != 0)
        remember_mtu (self, &report.destination, report.mtu);
      /* Of one that did not even leave, the kernel does not tell the port. */
      else if (report.errnum == EMSGSIZE)
        self->local_mtu = report.mtu;
      /* RFC 8085 §5.2: a report counts only if what it quotes is of ours;
       * whoever cannot quote the message ID may not end an exchange. */
      else
        add_failure (self, &report.destination, report.message_id, report.errnum);
    }
}

static void
dispatch_failures (GcoapUdpTransport *self)
{
  Failure *failure;

  while ((failure = g_queue_pop_head (&self->failures)) != NULL)
    {
      if (self->manager != NULL && !self->closed)
        {
          g_autoptr (GError) error = gcoap_udp_error_new (&failure->peer, failure->errnum);
          GcoapUdpPeer *peer = gcoap_udp_address_table_take (&self->peers, &failure->peer,
                                                             self->runtime->limits->max_peers);
          g_autoptr (GcoapEndpointAddress) address = g_object_ref (GCOAP_ENDPOINT_ADDRESS (peer->address));

          gcoap_runtime_trace_note (self->runtime, address, error->message);
          if (failure->message_id >= 0)
            gcoap_message_manager_dispatch_error (self->manager, address, failure->message_id,
                                                  error);
        }
      g_free (failure);
    }
}

/* Sending */

static void
sent_cb (gpointer data,
         guint    n)
{
  GcoapUdpTransport *self = data;

  gcoap_statistics_add (self->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_SENT, n);
}

static const GcoapUdpSenderFuncs sender_funcs = {
  .failed = datagram_failed_cb,
  .soft_error = drain_error_queue,
  .sent = sent_cb,
};

static void
update_condition (GcoapUdpTransport *self)
{
  gboolean waits = gcoap_udp_sender_is_waiting (&self->sender);

  if (self->source == NULL || waits == self->asks_for_room)
    return;
  self->asks_for_room = waits;
  g_source_modify_unix_fd (self->source, self->tag, G_IO_IN | (waits ? G_IO_OUT : 0));
}

static void
flush (GcoapUdpTransport *self)
{
  if (gcoap_udp_sender_is_empty (&self->sender))
    return;
  gcoap_udp_sender_flush (&self->sender);
  update_condition (self);
}

/* What the kernel would send from to a peer, asked once a minute. */
static gboolean
kernel_chooses (GcoapUdpTransport     *self,
                const GcoapUdpKey     *key,
                const struct in6_addr *address)
{
  GcoapUdpPeer *peer = gcoap_udp_address_table_peek (&self->peers, key);

  if (peer == NULL)
    return FALSE;
  if (peer->source_until <= self->seconds)
    {
      if (!gcoap_udp_socket_find_source (&self->socket, key, &peer->source))
        memset (&peer->source, 0, sizeof peer->source);
      peer->source_until = self->seconds + SOURCE_LIFETIME;
    }
  return memcmp (&peer->source, address, sizeof *address) == 0;
}

static void
leave_by (GcoapUdpSource    *source,
          const GcoapUdpKey *key,
          guint              interface_index)
{
  if (interface_index == 0)
    return;
  source->is_set = TRUE;
  source->interface_index = interface_index;
  if (IN6_IS_ADDR_V4MAPPED (&key->address))
    source->address.s6_addr[10] = source->address.s6_addr[11] = 0xff;
}

/* Saying where to leave from costs 0.3 us, so it is said only where the kernel
 * would choose otherwise. */
static void
choose_source (GcoapUdpTransport *self,
               const GcoapUdpKey *key,
               GcoapLocal        *local,
               GcoapUdpSource    *source)
{
  gboolean to_group = gcoap_udp_in6_is_group (&key->address);
  const GcoapUdpLocal *known;

  if (local == NULL || local == self->bound_local)
    {
      if (to_group)
        leave_by (source, key, key->scope_id);
      return;
    }
  known = gcoap_udp_local_get (local);
  /* An answer cannot leave from a group, but by the interface it was asked at;
   * so does what an application sends from a GcoapLocal of its own. */
  if (known == NULL || gcoap_local_is_group (local) || !self->socket.is_wildcard)
    {
      leave_by (source, key, gcoap_local_get_interface_index (local));
      return;
    }
  if (IN6_IS_ADDR_V4MAPPED (&known->address) != IN6_IS_ADDR_V4MAPPED (&key->address))
    return;
  if (!to_group && kernel_chooses (self, key, &known->address))
    return;
  source->is_set = TRUE;
  source->address = known->address;
  /* The route leads where it leads, unless the address means nothing without
   * its interface. */
  if (to_group || IN6_IS_ADDR_LINKLOCAL (&known->address))
    source->interface_index = known->interface_index;
}

static guint8 *
encode (GcoapUdpTransport  *self,
        const GcoapPdu     *pdu,
        gsize              *length,
        GError            **error)
{
  gsize size;
  guint8 *buffer = gcoap_udp_sender_reserve (&self->sender, GCOAP_UDP_USUAL_LENGTH, &size);
  g_autoptr (GError) local_error = NULL;

  *length = gcoap_datagram_encode (pdu, buffer, size, &local_error);
  if (*length != 0)
    return buffer;
  /* It may only have been too long for the rest of the buffer. */
  size = gcoap_datagram_get_size (pdu);
  if (size > GCOAP_UDP_USUAL_LENGTH && size <= GCOAP_UDP_MAX_LENGTH)
    {
      buffer = gcoap_udp_sender_reserve (&self->sender, size, &size);
      *length = gcoap_datagram_encode (pdu, buffer, size, error);
      return *length != 0 ? buffer : NULL;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return NULL;
}

/* Sends now, so that the caller learns of an error at once; nothing else is in
 * the batch. */
static gboolean
send_at_once (GcoapUdpTransport  *self,
              const GcoapUdpKey  *peer,
              GError            **error)
{
  self->sends_at_once = TRUE;
  self->own_errnum = 0;
  flush (self);
  self->sends_at_once = FALSE;
  if (self->own_errnum == 0)
    return TRUE;
  g_propagate_error (error, gcoap_udp_error_new (peer, self->own_errnum));
  return FALSE;
}

gboolean
gcoap_udp_transport_io_send (GcoapUdpTransport  *self,
                             const GcoapPdu     *pdu,
                             GError            **error)
{
  const GcoapUdpKey *key = &((GcoapUdpAddress *) pdu->address)->key;
  /* Inside a callback of the main loop the source has its prepare function
   * called before anything sleeps: what is sent until then goes as one batch. */
  gboolean at_once = self->depth == 0 && (self->source == NULL || g_main_depth () == 0);
  GcoapUdpSource source = { 0 };
  gsize length;

  if (gcoap_udp_sender_is_full (&self->sender))
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                   "Nothing more can be sent: %u messages wait for the network already.", self->sender.max_waiting);
      return FALSE;
    }
  if (at_once)
    {
      read_clock (self);
      flush (self);
    }
  if (encode (self, pdu, &length, error) == NULL)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_SEND_ERRORS);
      return FALSE;
    }
  choose_source (self, key, pdu->local, &source);
  gcoap_udp_sender_commit (&self->sender, length, key, &source);
  /* Not before: who watches may send as well, or shut the transport down, and
   * the place in the buffer was only reserved. */
  gcoap_runtime_trace_message (self->runtime, TRUE, pdu);
  return !at_once || send_at_once (self, key, error);
}

/* Receiving */

static GcoapLocal *
find_local (GcoapUdpTransport      *self,
            const GcoapUdpDatagram *datagram)
{
  if (datagram->has_destination)
    return gcoap_udp_locals_find (&self->locals, &datagram->destination, datagram->interface_index);
  return self->bound_local;
}

static void
receive_datagram (GcoapUdpTransport      *self,
                  const GcoapUdpDatagram *datagram)
{
  GcoapUdpPeer *peer = gcoap_udp_address_table_take (&self->peers, &datagram->peer,
                                                     self->runtime->limits->max_peers);
  GcoapLocal *local = find_local (self, datagram);
  GcoapEndpointAddress *address;

  /* The tables may forget both while the manager works. */
  address = g_object_ref ((GcoapEndpointAddress *) peer->address);
  if (local != NULL)
    gcoap_local_ref (local);
  gcoap_datagram_input (self->runtime, &self->manager, self->manager_iface,
                        datagram->data, datagram->length, datagram->full_length, address, local);
  g_object_unref (address);
  if (local != NULL)
    gcoap_local_unref (local);
}

/* Takes the datagrams that were received and not looked at; a nested main loop
 * inside a callback begins with those its outer loop has left. */
static void
process (GcoapUdpTransport *self)
{
  GcoapUdpDatagram datagram;

  while (!self->closed && gcoap_udp_receiver_take (&self->receiver, &datagram))
    receive_datagram (self, &datagram);
}

/* One batch; returns how many datagrams came. */
static int
receive_batch (GcoapUdpTransport *self)
{
  int n = gcoap_udp_receiver_fill (&self->receiver, self->socket.fd,
                                   self->runtime->limits->max_datagram_size,
                                   self->socket.is_wildcard);

  if (n < 0)
    {
      /* Never fatal: an error of the network that waited in the socket. */
      drain_error_queue (self);
      dispatch_failures (self);
      return 0;
    }
  if (n == 0)
    return 0;
  gcoap_statistics_add (self->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_RECEIVED, n);
  process (self);
  flush (self);
  dispatch_failures (self);
  return n;
}

/* Drains the socket in bounded rounds, and asks it again for a moment if that
 * has lately paid. */
static void
receive (GcoapUdpTransport *self)
{
  GcoapLingerTurn turn;
  int n;

  gcoap_linger_turn_begin (&turn, &self->linger, self->busy_poll);
  for (guint rounds = 0; rounds < MAX_ROUNDS && !self->closed; rounds += n > 0)
    {
      n = receive_batch (self);
      if (!gcoap_linger_turn_goes_on (&turn, n > 0, gcoap_udp_receiver_was_full (&self->receiver)))
        break;
    }
  gcoap_linger_turn_end (&turn);
}

void
gcoap_udp_transport_io_dispatch (GcoapUdpTransport *self,
                                 GIOCondition       condition)
{
  self->depth++;
  read_clock (self);
  if (condition & G_IO_ERR)
    {
      int pending;
      socklen_t length = sizeof pending;

      drain_error_queue (self);
      /* An error without a report would keep the descriptor ready for ever;
       * asking for it takes it away. */
      getsockopt (self->socket.fd, SOL_SOCKET, SO_ERROR, &pending, &length);
    }
  if (condition & G_IO_OUT)
    {
      gcoap_udp_sender_resume (&self->sender);
      update_condition (self);
    }
  process (self);
  flush (self);
  dispatch_failures (self);
  if ((condition & G_IO_IN) && !self->closed)
    receive (self);
  self->depth--;
}

/* The source */

/* What was sent in other callbacks of this turn leaves before anything sleeps. */
static gboolean
udp_source_prepare (GSource *source,
                    int     *timeout)
{
  GcoapUdpTransport *self = ((UdpSource *) source)->transport;

  flush (self);
  *timeout = -1;
  return self->failures.length > 0;
}

static gboolean
udp_source_check (GSource *source)
{
  GcoapUdpTransport *self = ((UdpSource *) source)->transport;

  return g_source_query_unix_fd (source, self->tag) != 0 || self->failures.length > 0;
}

static gboolean
udp_source_dispatch (GSource     *source,
                     GSourceFunc  callback G_GNUC_UNUSED,
                     gpointer     data G_GNUC_UNUSED)
{
  GcoapUdpTransport *self = g_object_ref (((UdpSource *) source)->transport);

  gcoap_udp_transport_io_dispatch (self, g_source_query_unix_fd (source, self->tag));
  g_object_unref (self);
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs udp_source_funcs = {
  .prepare = udp_source_prepare,
  .check = udp_source_check,
  .dispatch = udp_source_dispatch,
};

void
gcoap_udp_transport_io_init (GcoapUdpTransport *self)
{
  gcoap_udp_sender_init (&self->sender, self->socket.fd, self->socket.family, &sender_funcs, self);
  read_clock (self);
}

void
gcoap_udp_transport_io_start (GcoapUdpTransport *self)
{
  if (self->source != NULL || self->closed)
    return;
  self->source = g_source_new (&udp_source_funcs, sizeof (UdpSource));
  ((UdpSource *) self->source)->transport = self;
  self->tag = g_source_add_unix_fd (self->source, self->socket.fd, G_IO_IN);
  g_source_set_static_name (self->source, "GcoapUdpTransport");
  /* Without this, GLib takes the descriptor out of the poll set for each
   * dispatch and puts it back: three system calls more. It also keeps nested
   * main loops served. */
  g_source_set_can_recurse (self->source, TRUE);
  g_source_attach (self->source, self->runtime->main_context);
  self->asks_for_room = FALSE;
  update_condition (self);
}

void
gcoap_udp_transport_io_stop (GcoapUdpTransport *self)
{
  if (self->closed)
    return;
  self->closed = TRUE;
  gcoap_udp_sender_flush (&self->sender);
  gcoap_udp_sender_resume (&self->sender);
  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
  gcoap_udp_socket_close (&self->socket);
  gcoap_udp_sender_clear (&self->sender);
  g_queue_clear_full (&self->failures, g_free);
}
