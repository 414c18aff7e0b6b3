/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-tls-channel-private.h"

#include "base/gcoap-error.h"

typedef struct
{
  GcoapByteChannel  channel;
  GcoapByteChannel *lower;
  GcoapTlsSession  *session;
  GError           *error;         /* of the channel below, not told yet */
  gboolean          is_up;         /* the handshake is done */
  gboolean          is_refused;    /* it failed, and the peer was told why */
  gboolean          push_waits;    /* the channel below took less than it was given */

  GcoapTlsResumptions *resumptions;   /* of a client; or NULL */
  char                *server;        /* for whom they are */
  guint                max_resumptions;
} TlsChannel;

/* The session cannot be told of an error below: it is kept, and what the session
 * does next is of no interest. */
static gssize
push_cb (gpointer      data,
         const guint8 *bytes,
         gsize         length)
{
  TlsChannel *self = data;
  g_autoptr (GError) error = NULL;
  gssize n;

  if (self->error != NULL)
    return (gssize) length;
  n = gcoap_byte_channel_write (self->lower, bytes, length, &error);
  self->push_waits = n < 0 && error == NULL;
  if (error == NULL)
    return n;
  self->error = g_steal_pointer (&error);
  return (gssize) length;
}

static gssize
pull_cb (gpointer  data,
         guint8   *buffer,
         gsize     size)
{
  TlsChannel *self = data;
  g_autoptr (GError) error = NULL;
  gssize n;

  if (self->error != NULL)
    return 0;
  n = gcoap_byte_channel_read (self->lower, buffer, size, &error);
  if (error == NULL)
    return n;
  self->error = g_steal_pointer (&error);
  return 0;
}

/* The session reads without asking first. */
static gboolean
can_pull_cb (gpointer data G_GNUC_UNUSED)
{
  return TRUE;
}

static const GcoapTlsIo io = { push_cb, pull_cb, can_pull_cb };

/* What went wrong below explains what went wrong here. */
static gboolean
take_lower_error (TlsChannel  *self,
                  GError     **error)
{
  if (self->error == NULL)
    return FALSE;
  g_clear_error (error);
  g_propagate_error (error, g_error_copy (self->error));
  return TRUE;
}

static GcoapChannelStatus
tls_channel_start (GcoapByteChannel  *channel,
                   GError           **error)
{
  TlsChannel *self = (TlsChannel *) channel;
  GcoapTlsStatus status = gcoap_tls_session_handshake (self->session, error);

  if (take_lower_error (self, error))
    return GCOAP_CHANNEL_FAILED;
  switch (status)
    {
    case GCOAP_TLS_READY:
      self->is_up = TRUE;
      return GCOAP_CHANNEL_READY;
    case GCOAP_TLS_WAITING:
      return GCOAP_CHANNEL_WAITING;
    case GCOAP_TLS_FAILED:
    default:
      self->is_refused = TRUE;
      return GCOAP_CHANNEL_REFUSED;
    }
}

static gssize
tls_channel_read (GcoapByteChannel  *channel,
                  guint8            *buffer,
                  gsize              size,
                  GError           **error)
{
  TlsChannel *self = (TlsChannel *) channel;
  gssize n;

  /* Nobody looks at it; but what is not read makes the system of this side drop
   * the alert (RFC 1122 §4.2.2.13). */
  if (self->is_refused)
    return gcoap_byte_channel_read (self->lower, buffer, size, error);
  n = gcoap_tls_session_receive (self->session, buffer, size, error);
  return take_lower_error (self, error) ? -1 : n;
}

static gssize
tls_channel_write (GcoapByteChannel  *channel,
                   const guint8      *data,
                   gsize              size,
                   GError           **error)
{
  TlsChannel *self = (TlsChannel *) channel;
  gsize length = MIN (size, gcoap_tls_session_get_room (self->session));
  gssize n = gcoap_tls_session_send (self->session, data, length, error);

  return take_lower_error (self, error) ? -1 : n;
}

static GIOCondition
tls_channel_get_condition (GcoapByteChannel *channel,
                           GIOCondition      wanted)
{
  TlsChannel *self = (TlsChannel *) channel;

  if (self->is_refused)
    return wanted;
  if (!self->is_up)
    return self->push_waits ? G_IO_OUT : G_IO_IN;
  /* A record that the session could not get rid of goes first. */
  return self->push_waits ? wanted | G_IO_OUT : wanted;
}

static gboolean
tls_channel_has_pending (GcoapByteChannel *channel)
{
  TlsChannel *self = (TlsChannel *) channel;

  return gcoap_tls_session_has_pending (self->session) || gcoap_byte_channel_has_pending (self->lower);
}

static void
tls_channel_finish (GcoapByteChannel *channel)
{
  TlsChannel *self = (TlsChannel *) channel;

  gcoap_tls_session_bye (self->session);
  gcoap_byte_channel_finish (self->lower);
}

static int
tls_channel_get_fd (GcoapByteChannel *channel)
{
  return gcoap_byte_channel_get_fd (((TlsChannel *) channel)->lower);
}

static GcoapClaims *
tls_channel_get_claims (GcoapByteChannel *channel)
{
  return gcoap_tls_session_get_claims (((TlsChannel *) channel)->session);
}

static char *
tls_channel_dup_host (GcoapByteChannel *channel)
{
  return gcoap_tls_session_dup_server_name (((TlsChannel *) channel)->session);
}

static gboolean
tls_channel_is_authorized (GcoapByteChannel     *channel,
                           GcoapCredentialStore *store)
{
  return gcoap_tls_session_is_authorized (((TlsChannel *) channel)->session, store);
}

void
gcoap_tls_channel_set_resumptions (GcoapByteChannel    *channel,
                                   GcoapTlsResumptions *resumptions,
                                   const char          *server,
                                   guint                maximum)
{
  TlsChannel *self = (TlsChannel *) channel;
  g_autoptr (GBytes) resumption =
    gcoap_tls_resumptions_take (resumptions, server, gcoap_tls_session_get_own (self->session));

  self->resumptions = gcoap_tls_resumptions_ref (resumptions);
  self->server = g_strdup (server);
  self->max_resumptions = maximum;
  if (resumption != NULL)
    gcoap_tls_session_set_resumption (self->session, resumption);
}

gboolean
gcoap_tls_channel_is_resumed (GcoapByteChannel *channel)
{
  return gcoap_tls_session_is_resumed (((TlsChannel *) channel)->session);
}

/* Now that the connection ends it has the latest ticket. A session that failed
 * has none. */
static void
remember (TlsChannel *self)
{
  GBytes *resumption = self->is_up ? gcoap_tls_session_dup_resumption (self->session) : NULL;

  if (resumption != NULL)
    gcoap_tls_resumptions_add (self->resumptions, self->server, gcoap_tls_session_get_own (self->session),
                               resumption, self->max_resumptions);
  gcoap_tls_resumptions_unref (self->resumptions);
  g_free (self->server);
}

static void
tls_channel_free (GcoapByteChannel *channel)
{
  TlsChannel *self = (TlsChannel *) channel;

  if (self->resumptions != NULL)
    remember (self);
  if (self->session != NULL)
    gcoap_tls_session_free (self->session);
  gcoap_byte_channel_free (self->lower);
  g_clear_error (&self->error);
  g_free (self);
}

static const GcoapByteChannelFuncs tls_channel_funcs = {
  .start = tls_channel_start,
  .read = tls_channel_read,
  .write = tls_channel_write,
  .get_condition = tls_channel_get_condition,
  .has_pending = tls_channel_has_pending,
  .finish = tls_channel_finish,
  .get_fd = tls_channel_get_fd,
  .get_claims = tls_channel_get_claims,
  .dup_host = tls_channel_dup_host,
  .is_authorized = tls_channel_is_authorized,
  .free = tls_channel_free,
};

GcoapByteChannel *
gcoap_tls_channel_new (GcoapByteChannel  *lower,
                       GcoapTlsKeys      *keys,
                       const char        *host,
                       const char        *protocol,
                       GError           **error)
{
  TlsChannel *self = g_new0 (TlsChannel, 1);

  self->channel.funcs = &tls_channel_funcs;
  self->lower = lower;
  self->session = gcoap_tls_session_new (keys, host, &io, self);
  if (self->session != NULL && gcoap_tls_session_set_protocol (self->session, protocol))
    return &self->channel;
  g_set_error_literal (error, GCOAP_ERROR, GCOAP_ERROR_FAILED, "A TLS session could not be made.");
  tls_channel_free (&self->channel);
  return NULL;
}
