/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>

#include "base/gcoap-error.h"
#include "transport/gcoap-datagram-input-private.h"
#include "transport/gcoap-socket-transport-private.h"
#include "transport/gcoap-udp-error-queue-private.h"
#include "wire/gcoap-datagram-codec-private.h"

/* Datagrams per turn of the main loop; then other sources have theirs. */
#define MAX_ROUNDS 128

/* What nearly every message fits in. */
#define USUAL_LENGTH 2048

/* What UDP over IPv4 can carry; local sockets could more. */
#define MAX_LENGTH 65507

/* What the manager has to be told of an address that cannot be reached. */
typedef struct
{
  GcoapEndpointAddress *address;
  int                   errnum;
} Failure;

/* Errors */

static void
failure_free (gpointer data)
{
  Failure *failure = data;

  g_object_unref (failure->address);
  g_free (failure);
}

static gboolean
failures_cb (gpointer data)
{
  g_autoptr (GcoapSocketTransport) self = g_object_ref (data);
  Failure *failure;

  g_clear_pointer (&self->failure_source, g_source_unref);
  while (!self->closed && (failure = g_queue_pop_head (&self->failures)) != NULL)
    {
      g_autoptr (GError) error = gcoap_socket_error_new (failure->address, failure->errnum);

      gcoap_runtime_trace_note (self->runtime, failure->address, error->message);
      /* Which of the messages it was, a plain socket does not tell. */
      if (self->manager != NULL && !self->closed)
        gcoap_message_manager_dispatch_error (self->manager, failure->address, -1, error);
      failure_free (failure);
    }
  return G_SOURCE_REMOVE;
}

static void
add_failure (GcoapSocketTransport *self,
             GcoapEndpointAddress *address,
             int                   errnum)
{
  Failure *failure;

  if (self->manager == NULL || self->closed)
    return;
  /* One of a row says what all say. */
  for (GList *item = self->failures.head; item != NULL; item = item->next)
    if (gcoap_endpoint_address_equal (((Failure *) item->data)->address, address))
      return;
  failure = g_new0 (Failure, 1);
  failure->address = g_object_ref (address);
  failure->errnum = errnum;
  g_queue_push_tail (&self->failures, failure);
  if (self->failure_source != NULL)
    return;
  self->failure_source = g_idle_source_new ();
  g_source_set_priority (self->failure_source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (self->failure_source, "GcoapSocketTransport failures");
  g_source_set_callback (self->failure_source, failures_cb, self, NULL);
  g_source_attach (self->failure_source, self->runtime->main_context);
}

/* Idle sockets */

static void
schedule_idle (GcoapSocketTransport *self)
{
  GcoapSocketLink *oldest = gcoap_socket_links_get_oldest (&self->links);

  if (oldest == NULL || self->idle_timeout == 0)
    gcoap_clock_unschedule (self->runtime->clock, &self->idle_timer);
  else
    gcoap_clock_schedule (self->runtime->clock, &self->idle_timer,
                          oldest->used + self->idle_timeout * G_TIME_SPAN_MILLISECOND);
}

static void
idle_cb (gpointer data)
{
  GcoapSocketTransport *self = data;
  gint64 now = gcoap_clock_get_now (self->runtime->clock);
  GcoapSocketLink *oldest;

  while ((oldest = gcoap_socket_links_get_oldest (&self->links)) != NULL
         && oldest->used + self->idle_timeout * G_TIME_SPAN_MILLISECOND <= now)
    gcoap_socket_links_remove (&self->links, oldest);
  schedule_idle (self);
}

void
gcoap_socket_transport_io_tidy (GcoapSocketTransport *self)
{
  if (self->closed || self->bound != NULL)
    return;
  while (gcoap_socket_links_get_size (&self->links) > self->max_sockets)
    gcoap_socket_links_remove (&self->links, gcoap_socket_links_get_oldest (&self->links));
  schedule_idle (self);
}

static void
touch (GcoapSocketTransport *self,
       GcoapSocketLink      *link)
{
  /* The timer may come too early for it: it finds out. */
  if (link != self->bound)
    gcoap_socket_links_touch (&self->links, link, gcoap_clock_get_now (self->runtime->clock));
}

/* Receiving */

/* The sender of a datagram; NULL if it cannot be answered. */
static GcoapEndpointAddress *
find_sender (GcoapSocketTransport  *self,
             GcoapSocketLink       *link,
             const GcoapSocketName *name,
             socklen_t              length)
{
  GcoapUdpKey key;

  if (link->is_connected)
    return g_object_ref (link->peer);
  if (self->carries_paths)
    return (GcoapEndpointAddress *) gcoap_unix_address_new_from_native (&name->local, length);
  /* Port 0 cannot be answered, and nobody sends from it honestly. */
  if (!gcoap_udp_key_from_sockaddr (&key, &name->any, length) || key.port == 0)
    return NULL;
  return g_object_ref ((GcoapEndpointAddress *)
                       gcoap_udp_address_table_take (&self->peers, &key, self->runtime->limits->max_peers)->address);
}

static void
take_datagram (GcoapSocketTransport  *self,
               GcoapSocketLink       *link,
               const guint8          *data,
               gsize                  length,
               const GcoapSocketName *name,
               socklen_t              name_length)
{
  g_autoptr (GcoapEndpointAddress) address = find_sender (self, link, name, name_length);

  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_RECEIVED);
  touch (self, link);
  if (address == NULL)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_MALFORMED);
      gcoap_runtime_trace_note (self->runtime, NULL, "datagram dropped: its sender cannot be answered");
      return;
    }
  gcoap_datagram_input (self->runtime, &self->manager, self->manager_iface, data, length, length,
                        address, link->local);
}

/* A nested main loop inside a callback has a buffer of its own. */
static guint8 *
take_buffer (GcoapSocketTransport *self,
             gsize                *size)
{
  /* One byte more tells what is too long. */
  *size = self->runtime->limits->max_datagram_size + 1;
  if (self->buffer == NULL || self->buffer_size < *size)
    {
      g_free (g_steal_pointer (&self->buffer));
      return g_malloc (*size);
    }
  *size = self->buffer_size;
  return g_steal_pointer (&self->buffer);
}

static void
give_buffer (GcoapSocketTransport *self,
             guint8               *buffer,
             gsize                 size)
{
  if (self->buffer != NULL)
    {
      g_free (buffer);
      return;
    }
  self->buffer = buffer;
  self->buffer_size = size;
}

static gboolean
ready_cb (GSocket      *socket G_GNUC_UNUSED,
          GIOCondition  condition G_GNUC_UNUSED,
          gpointer      data)
{
  GcoapSocketLink *link = gcoap_socket_link_ref (data);
  g_autoptr (GcoapSocketTransport) self = g_object_ref (link->owner);
  GcoapSocketName name;
  socklen_t name_length;
  gsize size;
  guint8 *buffer = take_buffer (self, &size);

  for (guint i = 0; i < MAX_ROUNDS && link->socket != NULL; i++)
    {
      gssize length = gcoap_socket_link_receive (link, buffer, size, &name, &name_length);

      if (length >= 0)
        take_datagram (self, link, buffer, (gsize) length, &name, name_length);
      else if (length == -EAGAIN)
        break;
      /* What an ICMP message said of the peer; never fatal. A socket without
       * peer is not told whom it is about. */
      else if (link->is_connected)
        add_failure (self, link->peer, (int) -length);
    }
  give_buffer (self, buffer, size);
  gcoap_socket_link_unref (link);
  return G_SOURCE_CONTINUE;
}

/* Sending */

static GcoapSocketLink *
open_link (GcoapSocketTransport  *self,
           GcoapEndpointAddress  *address,
           GError               **error)
{
  GcoapSocketLink *link = gcoap_socket_link_open (address, error);

  if (link == NULL)
    return NULL;
  if (gcoap_socket_links_get_size (&self->links) >= self->max_sockets)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
      gcoap_socket_links_remove (&self->links, gcoap_socket_links_get_oldest (&self->links));
    }
  link->owner = self;
  gcoap_socket_links_add (&self->links, link, gcoap_clock_get_now (self->runtime->clock));
  if (self->manager != NULL)
    gcoap_socket_link_watch (link, self->runtime->main_context, ready_cb);
  if (!gcoap_timer_is_scheduled (&self->idle_timer))
    schedule_idle (self);
  return link;
}

static GcoapSocketLink *
find_link (GcoapSocketTransport  *self,
           const GcoapPdu        *pdu,
           GError               **error)
{
  GcoapSocketLink *link;

  if (self->bound != NULL)
    return self->bound;
  link = gcoap_socket_links_find (&self->links, pdu->address, pdu->local);
  if (link == NULL)
    return open_link (self, pdu->address, error);
  touch (self, link);
  return link;
}

/* Whether what went wrong is over when the datagram is sent once more. */
static gboolean
can_retry (GcoapSocketTransport  *self,
           GcoapSocketLink      **link,
           const GcoapPdu        *pdu,
           int                    errnum,
           GError               **error)
{
  GcoapSocketLink *replaced = *link;

  if (!replaced->is_connected)
    return FALSE;
  if (!self->carries_paths)
    {
      /* What waited in the socket is about an earlier datagram, and asking has
       * taken it away. */
      if (!gcoap_udp_errno_is_soft (errnum) || errnum == EMSGSIZE || errnum == EACCES)
        return FALSE;
      add_failure (self, pdu->address, errnum);
      return TRUE;
    }
  if (errnum != ECONNREFUSED && errnum != ECONNRESET && errnum != ENOTCONN)
    return FALSE;
  /* A server that was started anew has another socket at the same path. */
  gcoap_socket_links_remove (&self->links, replaced);
  *link = open_link (self, pdu->address, error);
  return *link != NULL;
}

/* TRUE also for what is lost on the way. */
static gboolean
send_bytes (GcoapSocketTransport  *self,
            const GcoapPdu        *pdu,
            const guint8          *data,
            gsize                  length,
            GError               **error)
{
  GcoapSocketLink *link = find_link (self, pdu, error);
  g_autoptr (GError) reason = NULL;
  int errnum;

  if (link == NULL)
    return FALSE;
  errnum = gcoap_socket_link_send (link, pdu->address, data, length);
  if (errnum != 0 && can_retry (self, &link, pdu, errnum, &reason))
    errnum = gcoap_socket_link_send (link, pdu->address, data, length);
  if (errnum == 0)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_DATAGRAMS_SENT);
      return TRUE;
    }
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_SEND_ERRORS);
  /* RFC 7252 §2.1: messages may be lost, and this is how networks lose them:
   * a queue was full, be it that of a local peer that does not read. */
  if (errnum == EAGAIN || errnum == ENOBUFS)
    return TRUE;
  if (reason != NULL)
    g_propagate_error (error, g_steal_pointer (&reason));
  else
    g_propagate_error (error, gcoap_socket_error_new (pdu->address, errnum));
  return FALSE;
}

gboolean
gcoap_socket_transport_io_send (GcoapSocketTransport  *self,
                                const GcoapPdu        *pdu,
                                GError               **error)
{
  guint8 usual[USUAL_LENGTH];
  g_autofree guint8 *big = NULL;
  gsize size = gcoap_datagram_get_size (pdu);
  gsize length;
  gboolean sent;

  if (size > sizeof usual && size <= MAX_LENGTH)
    big = g_malloc (size);
  length = gcoap_datagram_encode (pdu, big != NULL ? big : usual, big != NULL ? size : sizeof usual, error);
  if (length == 0)
    {
      gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_SEND_ERRORS);
      return FALSE;
    }
  sent = send_bytes (self, pdu, big != NULL ? big : usual, length, error);
  /* Who watches may send as well, or shut the transport down. */
  gcoap_runtime_trace_message (self->runtime, TRUE, pdu);
  return sent;
}

void
gcoap_socket_transport_io_init (GcoapSocketTransport *self)
{
  gcoap_socket_links_init (&self->links);
  gcoap_udp_address_table_init (&self->peers);
  gcoap_timer_init (&self->idle_timer, idle_cb, self);
  g_queue_init (&self->failures);
}

void
gcoap_socket_transport_io_start (GcoapSocketTransport *self)
{
  if (self->closed)
    return;
  if (self->bound != NULL && self->bound->source == NULL)
    gcoap_socket_link_watch (self->bound, self->runtime->main_context, ready_cb);
  for (GList *item = self->links.used.head; item != NULL; item = item->next)
    if (((GcoapSocketLink *) item->data)->source == NULL)
      gcoap_socket_link_watch (item->data, self->runtime->main_context, ready_cb);
}

void
gcoap_socket_transport_io_stop (GcoapSocketTransport *self)
{
  GcoapSocketLink *link;

  if (self->closed)
    return;
  self->closed = TRUE;
  gcoap_clock_unschedule (self->runtime->clock, &self->idle_timer);
  if (self->failure_source != NULL)
    {
      g_source_destroy (self->failure_source);
      g_clear_pointer (&self->failure_source, g_source_unref);
    }
  g_queue_clear_full (&self->failures, failure_free);
  if (self->bound != NULL)
    gcoap_socket_link_close (self->bound);
  while ((link = gcoap_socket_links_get_oldest (&self->links)) != NULL)
    gcoap_socket_links_remove (&self->links, link);
}
