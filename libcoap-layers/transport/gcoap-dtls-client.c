/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The client's half of the DTLS transport: a session for each server, credential
 * and name, each with a socket of its own. */
#include "transport/gcoap-dtls-transport-private.h"

#include "base/gcoap-error.h"
#include "transport/gcoap-resolver-private.h"
#include "transport/gcoap-udp-error-queue-private.h"

/* A confirmable message and its four retransmissions (RFC 7252 §4.8): when
 * nothing has come since the first, the way there may be another now. */
#define MAX_UNANSWERED 5

/* A burst of messages needs no answer within this time. */
#define MAX_SILENCE (10 * G_TIME_SPAN_SECOND)

typedef struct _GcoapDtlsLink GcoapDtlsLink;

struct _GcoapDtlsLink
{
  GcoapDtlsTransport   *transport;      /* not owned: it has the links */
  GcoapDtlsPort        *port;
  GcoapDtlsAssociation *association;
  GcoapCredential      *credential;
  char                 *host;
  char                 *purpose;        /* the server that a resumption is for */
  GPtrArray            *waiting;        /* of Connecting */
  gboolean              is_suspect;     /* a new one is made when one is asked for */
};

/* One call that waits for a session. */
typedef struct
{
  GcoapDtlsTransport *transport;        /* the task keeps it */
  GTask              *task;
  GcoapCredential    *credential;
  char               *host;
  GPtrArray          *addresses;        /* of GInetSocketAddress */
  guint               next;             /* the first that was not tried */
  GcoapDtlsLink      *link;             /* what it waits for; NULL: nothing */
  GSource            *cancel_source;
} Connecting;

static void try_next (Connecting   *connecting,
                      const GError *reason);

static void
connecting_free (Connecting *connecting)
{
  if (connecting->link != NULL)
    g_ptr_array_remove (connecting->link->waiting, connecting);
  if (connecting->cancel_source != NULL)
    {
      g_source_destroy (connecting->cancel_source);
      g_source_unref (connecting->cancel_source);
    }
  g_clear_pointer (&connecting->addresses, g_ptr_array_unref);
  g_clear_object (&connecting->credential);
  g_free (connecting->host);
  g_object_unref (connecting->task);
  g_free (connecting);
}

static void
return_session (Connecting    *connecting,
                GcoapDtlsLink *link)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);

  g_ptr_array_add (found, g_object_ref (link->association->address));
  g_task_return_pointer (connecting->task, found, (GDestroyNotify) g_ptr_array_unref);
  connecting_free (connecting);
}

/* Links */

static void
link_free (gpointer data)
{
  GcoapDtlsLink *link = data;

  link->association->owner_data = NULL;
  gcoap_dtls_association_unref (link->association);
  gcoap_dtls_port_close (link->port);
  gcoap_dtls_port_unref (link->port);
  g_ptr_array_unref (link->waiting);
  g_object_unref (link->credential);
  g_free (link->host);
  g_free (link->purpose);
  g_free (link);
}

/* Keeps what the next session to this server can begin with. */
static void
remember (GcoapDtlsLink *link)
{
  GcoapDtlsTransport *self = link->transport;

  gcoap_tls_resumptions_add (self->resumptions, link->purpose, link->credential,
                             gcoap_tls_session_dup_resumption (link->association->session),
                             self->runtime->limits->max_resumptions);
}

static void
send_cb (gpointer              data G_GNUC_UNUSED,
         GcoapDtlsAssociation *association,
         const GcoapUdpKey    *peer,
         const GcoapUdpSource *source,
         const guint8         *datagram,
         gsize                 length)
{
  GcoapDtlsLink *link = association->owner_data;

  if (link != NULL)
    gcoap_dtls_port_send (link->port, peer, source, datagram, length);
}

/* What a new session stands in for. */
static void
end_suspects (GcoapDtlsTransport *self,
              GcoapDtlsLink      *replacement)
{
  g_autoptr (GError) error =
    g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                         "The peer did not answer in this DTLS session, and there is a new one; "
                         "what was asked may have been carried out.");
  g_autoptr (GcoapCredential) credential = g_object_ref (replacement->credential);
  g_autofree char *purpose = g_strdup (replacement->purpose);

  for (guint i = self->links->len; i-- > 0;)
    {
      GcoapDtlsLink *link = i < self->links->len ? self->links->pdata[i] : NULL;

      if (link != NULL && link != replacement && link->is_suspect && link->credential == credential
          && g_str_equal (link->purpose, purpose))
        gcoap_dtls_association_end (link->association, error);
    }
}

static void
opened_cb (gpointer              data,
           GcoapDtlsAssociation *association)
{
  GcoapDtlsTransport *self = data;
  GcoapDtlsLink *link = association->owner_data;

  end_suspects (self, link);
  if (association->owner_data == NULL)
    return;
  remember (link);
  gcoap_dtls_transport_note_opened (self, association);
  while (association->owner_data == link && association->state == GCOAP_DTLS_OPEN && link->waiting->len > 0)
    {
      Connecting *connecting = g_ptr_array_steal_index (link->waiting, 0);

      connecting->link = NULL;
      return_session (connecting, link);
    }
}

static void
record_cb (gpointer              data,
           GcoapDtlsAssociation *association,
           const guint8         *bytes,
           gsize                 length)
{
  GcoapDtlsLink *link = association->owner_data;

  link->is_suspect = FALSE;
  gcoap_dtls_transport_take_record (data, association, bytes, length);
}

static void
ended_cb (gpointer              data,
          GcoapDtlsAssociation *association,
          const GError         *error)
{
  GcoapDtlsTransport *self = data;
  GcoapDtlsLink *link = association->owner_data;
  g_autoptr (GPtrArray) waiting = NULL;

  if (link == NULL)
    return;
  if (association->address != NULL)
    remember (link);
  waiting = g_steal_pointer (&link->waiting);
  link->waiting = g_ptr_array_new ();
  for (guint i = 0; i < waiting->len; i++)
    ((Connecting *) waiting->pdata[i])->link = NULL;
  g_ptr_array_remove_fast (self->links, link);
  gcoap_dtls_transport_note_ended (self, association, error);
  for (guint i = 0; i < waiting->len; i++)
    try_next (waiting->pdata[i], error);
}

static const GcoapDtlsFuncs association_funcs = { send_cb, opened_cb, record_cb, ended_cb };

static void
datagram_cb (gpointer                data,
             const GcoapUdpDatagram *datagram)
{
  GcoapDtlsLink *link = data;

  if (gcoap_udp_key_equal (&datagram->peer, &link->association->peer))
    gcoap_dtls_association_receive (link->association, datagram->data, datagram->length);
}

/* While nothing is proven yet, a report that nobody is there saves waiting for
 * the handshake to time out; a session does not end by it. */
static void
failed_cb (gpointer           data,
           const GcoapUdpKey *peer,
           int                errnum)
{
  GcoapDtlsLink *link = data;
  g_autoptr (GError) error = NULL;

  if (link->association->state != GCOAP_DTLS_HANDSHAKING
      || !gcoap_udp_key_equal (peer, &link->association->peer))
    return;
  error = gcoap_udp_error_new (peer, errnum);
  gcoap_dtls_association_end (link->association, error);
}

static void
too_long_cb (gpointer           data,
             const GcoapUdpKey *peer,
             guint              packet_size)
{
  GcoapDtlsLink *link = data;

  if (gcoap_udp_key_equal (peer, &link->association->peer))
    gcoap_dtls_association_lower_mtu (link->association, packet_size);
}

static const GcoapDtlsPortFuncs port_funcs = { datagram_cb, failed_cb, too_long_cb };

static GcoapDtlsLink *
find_link (GcoapDtlsTransport *self,
           const GcoapUdpKey  *peer,
           Connecting         *connecting)
{
  for (guint i = 0; i < self->links->len; i++)
    {
      GcoapDtlsLink *link = self->links->pdata[i];

      if (!link->is_suspect && link->credential == connecting->credential
          && gcoap_udp_key_equal (&link->association->peer, peer)
          && g_str_equal (link->host, connecting->host))
        return link;
    }
  return NULL;
}

/* The least recently heard of goes when there are too many. */
static void
make_room (GcoapDtlsTransport *self)
{
  g_autoptr (GError) error = NULL;
  GcoapDtlsLink *oldest = NULL;

  if (self->links->len < self->max_sessions)
    return;
  for (guint i = 0; i < self->links->len; i++)
    {
      GcoapDtlsLink *link = self->links->pdata[i];

      if (link->association->state == GCOAP_DTLS_OPEN
          && (oldest == NULL || link->association->last_received < oldest->association->last_received))
        oldest = link;
    }
  gcoap_statistics_count (self->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  if (oldest == NULL)
    return;
  error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_LIMIT,
                               "The DTLS session was ended to make room for another.");
  gcoap_dtls_association_end (oldest->association, error);
}

static guint
count_handshakes (GcoapDtlsTransport *self)
{
  guint n = 0;

  for (guint i = 0; i < self->links->len; i++)
    if (((GcoapDtlsLink *) self->links->pdata[i])->association->state == GCOAP_DTLS_HANDSHAKING)
      n++;
  return n;
}

static GcoapDtlsLink *
make_link (GcoapDtlsTransport  *self,
           const GcoapUdpKey   *peer,
           Connecting          *connecting,
           GError             **error)
{
  g_autoptr (GcoapTlsKeys) keys = NULL;
  g_autofree char *hostinfo = gcoap_udp_key_dup_hostinfo (peer, 0);
  GcoapDtlsAssociation *association;
  GcoapUdpSocket socket;
  GcoapDtlsLink *link;
  g_autoptr (GBytes) resumption = NULL;

  make_room (self);
  if (self->closed || self->links->len >= self->max_sessions || count_handshakes (self) >= self->max_handshakes)
    {
      g_set_error_literal (error, GCOAP_ERROR, self->closed ? GCOAP_ERROR_CLOSED : GCOAP_ERROR_LIMIT,
                           "No further DTLS session can be begun now.");
      return NULL;
    }
  keys = gcoap_tls_keys_new_client (connecting->credential, GCOAP_SECURITY_DTLS, error);
  if (keys == NULL || !gcoap_udp_socket_open (&socket, NULL, FALSE, error))
    return NULL;
  association = gcoap_dtls_association_new (self->runtime, keys, connecting->host, peer, &self->times,
                                            &association_funcs, self);
  if (association == NULL)
    {
      gcoap_udp_socket_close (&socket);
      g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_FAILED, "A DTLS session could not be made.");
      return NULL;
    }
  link = g_new0 (GcoapDtlsLink, 1);
  link->transport = self;
  link->association = association;
  association->owner_data = link;
  association->transport = self;
  link->credential = g_object_ref (connecting->credential);
  link->host = g_strdup (connecting->host);
  link->purpose = g_strdup_printf ("%s %s", hostinfo, connecting->host);
  link->waiting = g_ptr_array_new ();
  link->port = gcoap_dtls_port_new (self->runtime, &self->input, &socket, FALSE, &port_funcs, link, self);
  resumption = gcoap_tls_resumptions_take (self->resumptions, link->purpose, link->credential);
  if (resumption != NULL)
    gcoap_tls_session_set_resumption (association->session, resumption);
  g_ptr_array_add (self->links, link);
  gcoap_dtls_port_start (link->port);
  return link;
}

/* Calls that wait */

static gboolean
cancelled_cb (GCancellable *cancellable G_GNUC_UNUSED,
              gpointer      data)
{
  Connecting *connecting = data;

  g_task_return_error_if_cancelled (connecting->task);
  connecting_free (connecting);
  return G_SOURCE_REMOVE;
}

static void
wait_for (Connecting    *connecting,
          GcoapDtlsLink *link)
{
  GCancellable *cancellable = g_task_get_cancellable (connecting->task);

  connecting->link = link;
  g_ptr_array_add (link->waiting, connecting);
  if (cancellable == NULL || connecting->cancel_source != NULL)
    return;
  connecting->cancel_source = g_cancellable_source_new (cancellable);
  g_source_set_callback (connecting->cancel_source, G_SOURCE_FUNC (cancelled_cb), connecting, NULL);
  g_source_attach (connecting->cancel_source, connecting->transport->runtime->main_context);
}

/* @reason: why the last address was of no use, or NULL. */
static void
try_next (Connecting   *connecting,
          const GError *reason)
{
  GcoapDtlsTransport *self = connecting->transport;
  g_autoptr (GError) error = reason != NULL ? g_error_copy (reason) : NULL;

  while (connecting->next < connecting->addresses->len && !self->closed)
    {
      g_autoptr (GcoapUdpAddress) address =
        gcoap_udp_address_new (connecting->addresses->pdata[connecting->next++]);
      GcoapDtlsLink *link = find_link (self, &address->key, connecting);

      if (link != NULL && link->association->state == GCOAP_DTLS_OPEN)
        {
          return_session (connecting, link);
          return;
        }
      if (link != NULL)
        {
          wait_for (connecting, link);
          return;
        }
      g_clear_error (&error);
      link = make_link (self, &address->key, connecting, &error);
      if (link == NULL)
        continue;
      wait_for (connecting, link);
      gcoap_dtls_association_start (link->association);
      return;
    }
  if (error == NULL)
    error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The DTLS transport has been shut down.");
  g_task_return_error (connecting->task, g_steal_pointer (&error));
  connecting_free (connecting);
}

static void
looked_up_cb (GObject      *object G_GNUC_UNUSED,
              GAsyncResult *result,
              gpointer      data)
{
  Connecting *connecting = data;
  GError *error = NULL;

  connecting->addresses = gcoap_resolver_lookup_finish (result, &error);
  if (connecting->addresses == NULL)
    {
      g_task_return_error (connecting->task, error);
      connecting_free (connecting);
      return;
    }
  try_next (connecting, NULL);
}

void
gcoap_dtls_client_connect (GcoapDtlsTransport *self,
                           const char         *uri,
                           GTask              *task)
{
  g_autoptr (GcoapUri) parsed = NULL;
  GcoapCredential *credential = NULL;
  GError *error = NULL;
  Connecting *connecting;

  parsed = gcoap_uri_parse (uri, &error);
  if (parsed != NULL)
    credential = gcoap_credential_store_lookup (self->credentials, uri, GCOAP_SECURITY_DTLS, &error);
  if (parsed != NULL && credential == NULL && error == NULL)
    g_set_error (&error, GCOAP_ERROR, GCOAP_ERROR_INVALID_ARGUMENT,
                 "There are no credentials for %s.", uri);
  if (credential == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  connecting = g_new0 (Connecting, 1);
  connecting->transport = self;
  connecting->task = g_object_ref (task);
  connecting->credential = g_object_ref (credential);
  connecting->host = g_strdup (gcoap_uri_get_host (parsed));
  gcoap_resolver_lookup_async (uri, "coaps", GCOAP_RESOLVER_IPV4 | GCOAP_RESOLVER_IPV6,
                               g_task_get_cancellable (task), looked_up_cb, connecting);
}

/* The address of this side may have changed on the way, where the other side
 * cannot know it; DTLS has no means against that but another session (RFC 7252
 * §9.1.1). It leaves from another port, and is quick for it resumes. */
void
gcoap_dtls_client_note_sent (GcoapDtlsTransport   *self,
                             GcoapDtlsAssociation *association)
{
  GcoapDtlsLink *link = association->owner_data;

  if (link != NULL && association->unanswered >= MAX_UNANSWERED
      && gcoap_clock_get_now (self->runtime->clock) - association->first_unanswered >= MAX_SILENCE)
    link->is_suspect = TRUE;
}

/* A credential that was taken away is not used any more. */
static void
credentials_changed_cb (GcoapDtlsTransport *self)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_dtls_association_unref);
  g_autoptr (GError) error =
    g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The credential of the DTLS session is gone.");

  gcoap_tls_resumptions_prune (self->resumptions);
  for (guint i = 0; i < self->links->len; i++)
    {
      GcoapDtlsLink *link = self->links->pdata[i];

      if (!gcoap_credential_store_authorizes (self->credentials, link->credential, NULL))
        g_ptr_array_add (all, gcoap_dtls_association_ref (link->association));
    }
  for (guint i = 0; i < all->len; i++)
    gcoap_dtls_association_end (all->pdata[i], error);
}

void
gcoap_dtls_client_init (GcoapDtlsTransport *self)
{
  g_signal_connect_object (self->credentials, "notify::serial", G_CALLBACK (credentials_changed_cb), self,
                           G_CONNECT_SWAPPED);
  self->links = g_ptr_array_new_with_free_func (link_free);
  self->resumptions = gcoap_tls_resumptions_new (self->credentials);
}

void
gcoap_dtls_client_close (GcoapDtlsTransport *self)
{
  g_autoptr (GError) error =
    g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The DTLS transport has been shut down.");

  while (self->links->len > 0)
    {
      GcoapDtlsLink *link = self->links->pdata[self->links->len - 1];

      gcoap_dtls_association_end (link->association, error);
    }
  gcoap_tls_resumptions_clear (self->resumptions);
}
