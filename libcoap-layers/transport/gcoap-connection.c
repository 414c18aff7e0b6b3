/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a connection: its states, its deadlines, its end. */
#include "transport/gcoap-connection-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "base/gcoap-signaling-options.h"
#include "wire/gcoap-error-message.h"

/* RFC 8323 §5.3.1: what every peer takes. */
#define BASE_MAX_MESSAGE_SIZE 1152
/* RFC 8974 §2.2.1 */
#define BASE_MAX_TOKEN_LENGTH 8

/* How long the last words may take to arrive. */
#define LINGER (2 * G_USEC_PER_SEC)

static void timed_out_cb (gpointer data);

gint64
gcoap_connection_now (GcoapConnection *self)
{
  return gcoap_clock_get_now (self->host->runtime->clock);
}

GcoapConnection *
gcoap_connection_new (GcoapConnectionHost  *host,
                      GcoapByteChannel     *channel,
                      GcoapMessageFraming  *framing,
                      GcoapEndpointAddress *address)
{
  GcoapConnection *self = g_new0 (GcoapConnection, 1);

  self->ref_count = 1;
  self->host = host;
  self->channel = channel;
  self->framing = framing;
  self->address = g_object_ref (address);
  self->peer = gcoap_endpoint_address_dup_uri_base (address);
  self->peer_max_message_size = BASE_MAX_MESSAGE_SIZE;
  self->peer_max_token_length = BASE_MAX_TOKEN_LENGTH;
  gcoap_timer_init (&self->timer, timed_out_cb, self);
  return self;
}

GcoapConnection *
gcoap_connection_ref (GcoapConnection *self)
{
  self->ref_count++;
  return self;
}

void
gcoap_connection_unref (GcoapConnection *self)
{
  if (--self->ref_count > 0)
    return;
  g_assert (self->channel == NULL);
  g_object_unref (self->address);
  g_clear_pointer (&self->local, gcoap_local_unref);
  g_free (self->peer);
  g_free (self->alternative);
  g_clear_error (&self->write_error);
  g_free (self);
}

/* Deadlines */

static gint64
milliseconds (guint value)
{
  return value * G_GINT64_CONSTANT (1000);
}

/* When something is to be done if nothing happens until then. */
static gint64
find_deadline (GcoapConnection *self)
{
  GcoapLimits *limits = self->host->runtime->limits;
  gint64 deadline = gcoap_connection_get_ping_deadline (self);

  switch (self->state)
    {
    case GCOAP_CONNECTION_STATE_STARTING:
    case GCOAP_CONNECTION_STATE_GREETING:
      return self->since + milliseconds (limits->csm_timeout);
    case GCOAP_CONNECTION_STATE_DRAINING:
      /* RFC 8323 §5.5: all that was asked before should be answered; whoever
       * answers has no more time than this. */
      if (!self->is_given_up && !gcoap_unanswered_is_empty (&self->unanswered))
        return self->since + milliseconds (MAX (limits->release_timeout, limits->request_timeout));
      return self->since + milliseconds (limits->release_timeout);
    case GCOAP_CONNECTION_STATE_RELEASED:
      return self->since + milliseconds (limits->release_timeout);
    case GCOAP_CONNECTION_STATE_LINGERING:
      return self->since + LINGER;
    case GCOAP_CONNECTION_STATE_OPEN:
    case GCOAP_CONNECTION_STATE_CLOSED:
    default:
      break;
    }
  if (self->out_length > self->out_start)
    deadline = MIN (deadline, self->progress + milliseconds (limits->send_timeout));
  if (self->ping_sent != 0)
    return MIN (deadline, self->ping_sent + milliseconds (limits->pong_timeout));
  if (limits->keepalive_interval > 0)
    deadline = MIN (deadline, MAX (self->heard, self->since) + milliseconds (limits->keepalive_interval));
  if (limits->idle_timeout > 0)
    deadline = MIN (deadline, self->used + milliseconds (limits->idle_timeout));
  return deadline;
}

/* Deadlines only move away while messages come and go, so that the timer is
 * left alone then: when it runs it looks again. */
void
gcoap_connection_arm (GcoapConnection *self)
{
  GcoapClock *clock = self->host->runtime->clock;
  gint64 deadline;

  if (self->state == GCOAP_CONNECTION_STATE_CLOSED)
    return;
  deadline = find_deadline (self);
  if (deadline == G_MAXINT64)
    gcoap_clock_unschedule (clock, &self->timer);
  else if (!gcoap_timer_is_scheduled (&self->timer) || self->timer.deadline > deadline)
    gcoap_clock_schedule (clock, &self->timer, deadline);
}

static void
time_out_open (GcoapConnection *self,
               gint64           now)
{
  GcoapLimits *limits = self->host->runtime->limits;
  g_autoptr (GError) error = NULL;
  gboolean is_used;

  gcoap_connection_expire_pings (self);
  if (self->out_length > self->out_start && now >= self->progress + milliseconds (limits->send_timeout))
    {
      error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                           "%s does not read what is sent to it; the connection was given up.", self->peer);
      gcoap_connection_fail (self, error);
      return;
    }
  if (self->ping_sent != 0)
    {
      if (now < self->ping_sent + milliseconds (limits->pong_timeout))
        return;
      error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                           "%s does not answer any more, not even a ping; it may be switched off, "
                           "or the network may have forgotten the connection.", self->peer);
      gcoap_connection_fail (self, error);
      return;
    }
  is_used = self->n_requests > 0 || self->n_watchers > 0 || !gcoap_unanswered_is_empty (&self->unanswered)
            || self->host->funcs->is_used (self, self->host->data);
  if (!is_used && limits->idle_timeout > 0 && now >= self->used + milliseconds (limits->idle_timeout))
    {
      gcoap_connection_release (self);
      return;
    }
  if (is_used)
    self->used = now;
  /* RFC 8323 §3.4: only who waits for something need know that the peer is
   * still there. */
  if (limits->keepalive_interval > 0
      && now >= MAX (self->heard, self->since) + milliseconds (limits->keepalive_interval))
    {
      if (is_used)
        gcoap_connection_send_ping (self);
      else
        self->heard = now;
    }
}

/* The peer wanted the connection to end. */
static GError *
new_release_error (GcoapConnection *self)
{
  if (self->alternative != NULL)
    return g_error_new (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                        "%s has closed the connection, and names “%s” as an address to use instead.",
                        self->peer, self->alternative);
  return g_error_new (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "%s has closed the connection.", self->peer);
}

static void
timed_out_cb (gpointer data)
{
  GcoapConnection *self = data;
  g_autoptr (GObject) owner = self->host->owner != NULL ? g_object_ref (self->host->owner) : NULL;
  gint64 now = gcoap_connection_now (self);
  g_autoptr (GError) error = NULL;

  gcoap_connection_ref (self);
  if (find_deadline (self) <= now)
    {
      switch (self->state)
        {
        case GCOAP_CONNECTION_STATE_STARTING:
          if (self->is_up && self->framing->funcs->expire != NULL)
            self->framing->funcs->expire (self->framing, self);
          G_GNUC_FALLTHROUGH;
        case GCOAP_CONNECTION_STATE_GREETING:
          error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                               "%s did not say in time what it can do (RFC 8323 §5.3); "
                               "perhaps it does not speak CoAP there.", self->peer);
          gcoap_connection_abort (self, error, 0);
          break;
        case GCOAP_CONNECTION_STATE_OPEN:
          time_out_open (self, now);
          break;
        case GCOAP_CONNECTION_STATE_DRAINING:
          error = new_release_error (self);
          gcoap_connection_close (self, error);
          break;
        case GCOAP_CONNECTION_STATE_RELEASED:
        case GCOAP_CONNECTION_STATE_LINGERING:
        case GCOAP_CONNECTION_STATE_CLOSED:
        default:
          gcoap_connection_shut (self);
          break;
        }
    }
  gcoap_connection_arm (self);
  gcoap_connection_unref (self);
}

/* States */

void
gcoap_connection_set_state (GcoapConnection      *self,
                            GcoapConnectionState  state)
{
  self->state = state;
  self->since = gcoap_connection_now (self);
  gcoap_connection_arm (self);
}

void
gcoap_connection_retire (GcoapConnection *self)
{
  if (self->is_retired)
    return;
  self->is_retired = TRUE;
  self->host->funcs->retired (self, self->host->data);
}

/* Tells once that nothing more will come. */
void
gcoap_connection_end (GcoapConnection *self,
                      const GError    *error)
{
  if (self->is_ended)
    return;
  self->is_ended = TRUE;
  gcoap_connection_retire (self);
  gcoap_connection_fail_pings (self, error);
  self->host->funcs->ended (self, error, self->host->data);
}

/* Nothing more is read or written. */
void
gcoap_connection_shut (GcoapConnection *self)
{
  if (self->state == GCOAP_CONNECTION_STATE_CLOSED)
    return;
  gcoap_connection_ref (self);
  gcoap_clock_unschedule (self->host->runtime->clock, &self->timer);
  self->state = GCOAP_CONNECTION_STATE_CLOSED;
  if (!self->is_ended)
    {
      g_autoptr (GError) error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                              "The connection to %s was closed.", self->peer);

      gcoap_connection_end (self, error);
    }
  self->host->queued_bytes -= self->out_length - self->out_start;
  self->out_start = self->out_length = 0;
  self->in_length = 0;
  gcoap_connection_drop_buffers (self);
  gcoap_unanswered_clear (&self->unanswered);
  g_queue_clear_full (&self->pongs, g_free);
  /* The host stops watching the descriptor before it is closed. */
  self->host->funcs->closed (self, self->host->data);
  g_clear_pointer (&self->channel, gcoap_byte_channel_free);
  if (self->framing->funcs->free != NULL)
    self->framing->funcs->free (self->framing);
  self->framing = NULL;
  gcoap_connection_unref (self);
}

/* A sentence that names the peer. */
static GError *
name_peer (GcoapConnection *self,
           const GError    *error,
           const char      *what)
{
  gsize length = strlen (error->message);

  if (strstr (error->message, self->peer) != NULL)
    return g_error_copy (error);
  if (g_str_has_suffix (error->message, "."))
    length--;
  return g_error_new (error->domain, error->code, "The connection to %s %s: %.*s.",
                      self->peer, what, (int) length, error->message);
}

/* Ends without a word: the channel is broken. */
void
gcoap_connection_fail (GcoapConnection *self,
                       const GError    *error)
{
  g_autoptr (GError) named = NULL;

  if (self->state == GCOAP_CONNECTION_STATE_CLOSED)
    return;
  gcoap_connection_ref (self);
  named = name_peer (self, error, "broke");
  gcoap_connection_end (self, named);
  gcoap_connection_shut (self);
  gcoap_connection_unref (self);
}

void
gcoap_connection_close (GcoapConnection *self,
                        const GError    *error)
{
  if (self->state == GCOAP_CONNECTION_STATE_CLOSED)
    return;
  gcoap_connection_ref (self);
  /* What is ready goes as far as the channel takes it without waiting. */
  gcoap_connection_flush (self, NULL);
  gcoap_connection_end (self, error);
  gcoap_connection_shut (self);
  gcoap_connection_unref (self);
}

/* Nothing more is written once this has arrived. */
static void
finish (GcoapConnection *self)
{
  if (self->has_finished)
    return;
  if (self->framing->funcs->finish != NULL)
    self->framing->funcs->finish (self->framing, self);
  self->has_finished = TRUE;
}

/* The association is over, but what was said last must arrive: a socket that is
 * closed with bytes unread makes the peer's system forget it. */
static void
linger (GcoapConnection *self,
        const GError    *error)
{
  gcoap_connection_set_state (self, GCOAP_CONNECTION_STATE_LINGERING);
  gcoap_connection_end (self, error);
  /* Who is told may have closed it altogether. */
  if (self->state == GCOAP_CONNECTION_STATE_CLOSED)
    return;
  finish (self);
  gcoap_connection_defer (self);
}

void
gcoap_connection_abort (GcoapConnection *self,
                        const GError    *error,
                        guint            bad_csm_option)
{
  g_autoptr (GcoapMessage) message = NULL;
  g_autoptr (GError) named = NULL;
  GcoapPdu pdu = { .address = self->address };

  if (self->state >= GCOAP_CONNECTION_STATE_LINGERING)
    return;
  gcoap_connection_ref (self);
  gcoap_statistics_count (self->host->runtime->statistics, GCOAP_COUNTER_CONNECTIONS_ABORTED);
  gcoap_runtime_trace_note (self->host->runtime, self->address, error->message);
  if (self->state > GCOAP_CONNECTION_STATE_STARTING)
    {
      /* RFC 8323 §5.6: a diagnostic payload should say why. */
      message = gcoap_message_new_text (GCOAP_CODE_ABORT, error->message);
      if (bad_csm_option != 0)
        gcoap_message_set_option_uint (message, GCOAP_ABORT_OPTION_BAD_CSM_OPTION, bad_csm_option);
      gcoap_message_lock (message);
      pdu.message = message;
      gcoap_connection_append (self, &pdu, NULL);
    }
  named = name_peer (self, error, "was aborted");
  linger (self, named);
  gcoap_connection_unref (self);
}

void
gcoap_connection_release (GcoapConnection *self)
{
  if (self->state == GCOAP_CONNECTION_STATE_DRAINING && !self->is_given_up)
    {
      self->is_given_up = TRUE;
      gcoap_connection_set_state (self, GCOAP_CONNECTION_STATE_DRAINING);
    }
  if (self->state >= GCOAP_CONNECTION_STATE_RELEASED)
    return;
  if (self->state == GCOAP_CONNECTION_STATE_STARTING)
    {
      g_autoptr (GError) error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                              "The connection to %s was given up.", self->peer);

      gcoap_connection_close (self, error);
      return;
    }
  gcoap_connection_send_release (self);
  gcoap_connection_set_state (self, GCOAP_CONNECTION_STATE_RELEASED);
  gcoap_connection_retire (self);
}

/* A connection that drains ends when all is answered: RFC 8323 §5.5. */
void
gcoap_connection_settle (GcoapConnection *self)
{
  g_autoptr (GError) error = NULL;

  gcoap_connection_send_pongs (self);
  if (self->state != GCOAP_CONNECTION_STATE_DRAINING || self->current != NULL)
    return;
  if (!gcoap_unanswered_is_empty (&self->unanswered) || (self->n_requests > 0 && !self->at_end))
    {
      gcoap_connection_arm (self);
      return;
    }
  error = new_release_error (self);
  linger (self, error);
}

/* What the host and the channel call for */

static void
start_channel (GcoapConnection *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) named = NULL;

  switch (gcoap_byte_channel_start (self->channel, &error))
    {
    case GCOAP_CHANNEL_READY:
      self->is_up = TRUE;
      if (self->framing->funcs->start == NULL || self->framing->funcs->start (self->framing, self))
        gcoap_connection_framing_is_ready (self);
      break;
    case GCOAP_CHANNEL_WAITING:
      break;
    case GCOAP_CHANNEL_REFUSED:
      self->is_up = TRUE;
      named = name_peer (self, error, "broke");
      linger (self, named);
      break;
    case GCOAP_CHANNEL_FAILED:
    default:
      gcoap_connection_fail (self, error);
      break;
    }
}

void
gcoap_connection_framing_is_ready (GcoapConnection *self)
{
  if (self->state != GCOAP_CONNECTION_STATE_STARTING)
    return;
  /* RFC 8323 §3.3: each side's first message is its CSM, and neither needs to
   * wait for the other's. */
  self->state = GCOAP_CONNECTION_STATE_GREETING;
  gcoap_connection_send_csm (self);
}

void
gcoap_connection_start (GcoapConnection *self)
{
  self->since = self->heard = self->used = gcoap_connection_now (self);
  gcoap_connection_arm (self);
  gcoap_connection_run (self, 0);
}

/* What the peer said before it went tells more than that it is gone. */
static void
fail_to_write (GcoapConnection *self,
               const GError    *error)
{
  self->host->queued_bytes -= self->out_length - self->out_start;
  self->out_start = self->out_length = 0;
  gcoap_connection_read (self);
  gcoap_connection_fail (self, error);
}

static void
write_and_close (GcoapConnection *self)
{
  GError *error = g_steal_pointer (&self->write_error);
  gboolean was_waiting = self->out_length > self->out_start;

  if (error != NULL || !gcoap_connection_flush (self, &error))
    {
      if (g_error_matches (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT))
        gcoap_connection_fail (self, error);
      else
        fail_to_write (self, error);
      g_error_free (error);
      return;
    }
  gcoap_connection_drop_buffers (self);
  if (self->out_length > 0)
    {
      if (was_waiting)
        gcoap_connection_arm (self);
      return;
    }
  if (self->has_finished)
    {
      if (self->at_end)
        gcoap_connection_shut (self);
      else if (!self->is_finished)
        gcoap_byte_channel_finish (self->channel);
      self->is_finished = TRUE;
    }
}

void
gcoap_connection_run (GcoapConnection *self,
                      GIOCondition     condition)
{
  /* A handler that runs the loop gets nothing more from this connection. */
  if (self->depth > 0 || self->state == GCOAP_CONNECTION_STATE_CLOSED)
    return;
  gcoap_connection_ref (self);
  self->is_deferred = FALSE;
  self->depth++;
  if (!self->is_up)
    start_channel (self);
  if (self->is_up && self->state != GCOAP_CONNECTION_STATE_CLOSED && (condition & G_IO_OUT))
    write_and_close (self);
  if (self->is_up && self->state != GCOAP_CONNECTION_STATE_CLOSED
      && ((condition & (G_IO_IN | G_IO_ERR | G_IO_HUP)) || self->in_length > 0
          || gcoap_byte_channel_has_pending (self->channel)))
    gcoap_connection_read (self);
  if (self->state != GCOAP_CONNECTION_STATE_CLOSED)
    gcoap_connection_settle (self);
  if (self->state != GCOAP_CONNECTION_STATE_CLOSED)
    write_and_close (self);
  if (self->state != GCOAP_CONNECTION_STATE_CLOSED)
    gcoap_connection_update_condition (self);
  self->depth--;
  if (self->state != GCOAP_CONNECTION_STATE_CLOSED)
    gcoap_connection_resume (self);
  gcoap_connection_unref (self);
}

/* What the host sends */

gboolean
gcoap_connection_is_usable (GcoapConnection *self)
{
  return self->state == GCOAP_CONNECTION_STATE_OPEN && !self->is_retired;
}

gsize
gcoap_connection_get_room (GcoapConnection *self)
{
  return MIN (self->peer_max_message_size, self->host->runtime->limits->max_message_size);
}

static gboolean
fits (GcoapConnection  *self,
      const GcoapPdu   *pdu,
      GError          **error)
{
  gsize size = gcoap_stream_get_size (pdu, self->framing->funcs->codec);

  if (size <= gcoap_connection_get_room (self))
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
               "The message takes %" G_GSIZE_FORMAT " bytes, but %s takes at most %" G_GSIZE_FORMAT
               " (RFC 8323 §5.3.1).", size, self->peer, gcoap_connection_get_room (self));
  return FALSE;
}

gboolean
gcoap_connection_send_request (GcoapConnection  *self,
                               const GcoapPdu   *pdu,
                               GError          **error)
{
  GcoapPdu own = *pdu;

  if (!gcoap_connection_is_usable (self))
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                   "The connection to %s is being closed.", self->peer);
      return FALSE;
    }
  if (pdu->token_length > self->peer_max_token_length)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
                   "The token has %u bytes, but %s takes at most %u (RFC 8974 §2.2.1).",
                   pdu->token_length, self->peer, self->peer_max_token_length);
      return FALSE;
    }
  own.address = self->address;
  if (!fits (self, &own, error) || !gcoap_connection_append (self, &own, error))
    return FALSE;
  self->used = gcoap_connection_now (self);
  self->n_requests++;
  return TRUE;
}

void
gcoap_connection_request_done (GcoapConnection *self)
{
  self->n_requests--;
  if (self->state == GCOAP_CONNECTION_STATE_DRAINING)
    gcoap_connection_defer (self);
}

static void
note_answered (GcoapConnection *self,
               const GcoapPdu  *request)
{
  const GcoapPdu *current = self->current;

  if (current != NULL && !self->current_answered && current->token_length == request->token_length
      && (current->token_length == 0
          || memcmp (current->token, request->token, request->token_length) == 0))
    self->current_answered = TRUE;
  else
    gcoap_unanswered_remove (&self->unanswered, request->token, request->token_length);
  /* Pongs and the end may have waited for it. */
  if (self->pongs.length > 0 || self->state == GCOAP_CONNECTION_STATE_DRAINING)
    gcoap_connection_defer (self);
}

void
gcoap_connection_send_response (GcoapConnection *self,
                                const GcoapPdu  *request,
                                GcoapMessage    *message)
{
  g_autoptr (GcoapMessage) substitute = NULL;
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = {
    .token_length = request->token_length,
    .token = request->token,
    .address = self->address,
    .message = message,
  };

  if (self->state >= GCOAP_CONNECTION_STATE_LINGERING)
    return;
  note_answered (self, request);
  if (message == NULL)
    return;
  if (!fits (self, &pdu, &error))
    {
      g_autoptr (GError) reason = g_error_new_literal (GCOAP_RESPONSE_ERROR,
                                                       GCOAP_RESPONSE_ERROR_INTERNAL_SERVER_ERROR,
                                                       "The response is larger than you take.");

      /* An answer there must be. */
      substitute = gcoap_message_new_for_error (reason);
      gcoap_message_lock (substitute);
      pdu.message = substitute;
      g_clear_error (&error);
    }
  self->used = gcoap_connection_now (self);
  if (!gcoap_connection_append (self, &pdu, &error) && self->write_error == NULL)
    {
      self->write_error = g_steal_pointer (&error);
      gcoap_connection_defer (self);
    }
}
