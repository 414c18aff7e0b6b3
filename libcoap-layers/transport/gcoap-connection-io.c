/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The bytes of a connection: read into messages, and messages into bytes.
 *
 * Buffers exist only while something is in them: most connections are idle. */
#include "transport/gcoap-connection-private.h"

#include <string.h>

#include "base/gcoap-error.h"

/* After so much others get their turn. */
#define MAX_ROUNDS 4

/* What is taken from the heap at first for something unfinished. */
#define MIN_BUFFER 512

/* So much is collected at most before it is written in the middle of a
 * dispatch: a single write for many small messages, but no large heap. */
#define WRITE_SIZE (64 * 1024)

/* Writing */

static gsize
count_queued (GcoapConnection *self)
{
  return self->out_length - self->out_start;
}

/* RFC 8323 leaves flow control to the stream: who does not read our answers is
 * not read from either. */
static gboolean
is_clogged (GcoapConnection *self)
{
  return count_queued (self) > self->host->runtime->limits->max_send_queue / 4;
}

void
gcoap_connection_defer (GcoapConnection *self)
{
  if (self->depth > 0 || self->is_deferred)
    return;
  self->is_deferred = TRUE;
  self->host->funcs->defer (self, self->host->data);
}

/* Makes room for @size bytes behind those that wait. */
static guint8 *
reserve (GcoapConnection *self,
         gsize            size)
{
  if (self->out_size - self->out_length < size)
    {
      gsize queued = count_queued (self);

      if (self->out_start > 0)
        {
          memmove (self->out, self->out + self->out_start, queued);
          self->out_start = 0;
          self->out_length = queued;
        }
      if (self->out_size - queued < size)
        {
          self->out_size = MAX (MAX (self->out_size * 2, queued + size), MIN_BUFFER);
          self->out = g_realloc (self->out, self->out_size);
        }
    }
  return self->out + self->out_length;
}

static void
note_appended (GcoapConnection *self,
               gsize            size)
{
  if (count_queued (self) == 0)
    self->progress = gcoap_connection_now (self);
  self->out_length += size;
  self->host->queued_bytes += size;
  gcoap_connection_defer (self);
}

static gboolean
has_room_for (GcoapConnection  *self,
              gsize             size,
              GError          **error)
{
  GcoapLimits *limits = self->host->runtime->limits;

  if (count_queued (self) == 0
      || (size <= limits->max_send_queue && count_queued (self) <= limits->max_send_queue - size
          && self->host->queued_bytes <= limits->max_queued_bytes))
    return TRUE;
  gcoap_statistics_count (self->host->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_LIMIT,
               "%s does not read what is sent to it: %" G_GSIZE_FORMAT " bytes wait, more than the limit allows.",
               self->peer, count_queued (self));
  return FALSE;
}

gboolean
gcoap_connection_append (GcoapConnection  *self,
                         const GcoapPdu   *pdu,
                         GError          **error)
{
  gsize size = self->framing->funcs->get_size (self->framing, pdu);
  guint8 *place;

  if (!has_room_for (self, size, error))
    return FALSE;
  place = reserve (self, size);
  size = self->framing->funcs->encode (self->framing, pdu, place, self->out_size - self->out_length, error);
  if (size == 0)
    {
      if (self->out_length == 0)
        gcoap_connection_drop_buffers (self);
      return FALSE;
    }
  gcoap_runtime_trace_message (self->host->runtime, TRUE, pdu);
  gcoap_statistics_count (self->host->runtime->statistics, GCOAP_COUNTER_STREAM_MESSAGES_SENT);
  note_appended (self, size);
  if (count_queued (self) >= WRITE_SIZE && self->write_error == NULL)
    gcoap_connection_flush (self, &self->write_error);
  return TRUE;
}

void
gcoap_connection_write (GcoapConnection *self,
                        const guint8    *data,
                        gsize            length)
{
  if (self->has_finished || self->state == GCOAP_CONNECTION_STATE_CLOSED || self->write_error != NULL
      || !has_room_for (self, length, &self->write_error))
    {
      gcoap_connection_defer (self);
      return;
    }
  memcpy (reserve (self, length), data, length);
  note_appended (self, length);
}

/* Forgets what is not used; keeps what is. */
void
gcoap_connection_drop_buffers (GcoapConnection *self)
{
  if (count_queued (self) == 0)
    {
      g_clear_pointer (&self->out, g_free);
      self->out_start = self->out_length = self->out_size = 0;
    }
  if (self->in_length == 0)
    {
      g_clear_pointer (&self->in, g_free);
      self->in_size = 0;
    }
}

/* Writes what the channel takes. FALSE: the channel is broken. */
gboolean
gcoap_connection_flush (GcoapConnection  *self,
                        GError          **error)
{
  while (count_queued (self) > 0)
    {
      g_autoptr (GError) failure = NULL;
      gssize n = gcoap_byte_channel_write (self->channel, self->out + self->out_start,
                                           count_queued (self), &failure);

      if (n < 0 && failure != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          return FALSE;
        }
      if (n <= 0)
        return TRUE;
      self->out_start += (gsize) n;
      self->host->queued_bytes -= (gsize) n;
      self->progress = gcoap_connection_now (self);
    }
  return TRUE;
}

/* Reading */

static void
dispatch_request (GcoapConnection *self,
                  const GcoapPdu  *pdu)
{
  self->current = pdu;
  self->current_answered = FALSE;
  self->host->funcs->request (self, pdu, self->host->data);
  self->current = NULL;
  if (!self->current_answered && self->state != GCOAP_CONNECTION_STATE_CLOSED)
    gcoap_unanswered_add (&self->unanswered, pdu->token, pdu->token_length);
}

static void
take_message (GcoapConnection *self,
              const GcoapPdu  *pdu)
{
  guint code = gcoap_message_get_code (pdu->message);

  gcoap_message_lock (pdu->message);
  gcoap_runtime_trace_message (self->host->runtime, FALSE, pdu);
  if (gcoap_code_is_signaling (code))
    {
      gcoap_connection_take_signal (self, pdu);
    }
  else if (self->state == GCOAP_CONNECTION_STATE_GREETING)
    {
      /* RFC 8323 §3.3: a missing CSM is a connection error. */
      g_autoptr (GError) error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
                                              "The first message of %s is no CSM (RFC 8323 §3.3).",
                                              self->peer);

      gcoap_connection_abort (self, error, 0);
    }
  else
    {
      self->used = self->heard;
      if (gcoap_code_is_request (code))
        dispatch_request (self, pdu);
      else if (self->was_ready)
        self->host->funcs->response (self, pdu, self->host->data);
    }
}

static void
decode_message (GcoapConnection         *self,
                const GcoapMessageFrame *frame)
{
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { .type = GCOAP_MESSAGE_TYPE_CON, .address = self->address,
                   .local = self->local };

  gcoap_statistics_count (self->host->runtime->statistics, GCOAP_COUNTER_STREAM_MESSAGES_RECEIVED);
  if (!gcoap_stream_decode (frame->message, frame->length, self->framing->funcs->codec,
                            self->host->runtime->limits->max_token_length, &pdu, &error))
    {
      gcoap_connection_abort (self, error, 0);
      return;
    }
  /* RFC 8323 §3.4: Empty messages can always be sent and are ignored. */
  if (pdu.message == NULL)
    return;
  take_message (self, &pdu);
  gcoap_message_unref (pdu.message);
}

static gboolean
may_read (GcoapConnection *self)
{
  return self->state >= GCOAP_CONNECTION_STATE_STARTING
         && self->state < GCOAP_CONNECTION_STATE_LINGERING;
}

/* The framing's way to end: as when the stream ends, but what stands between
 * has to say something too. */
static void
take_farewell (GcoapConnection *self)
{
  self->at_end = TRUE;
  gcoap_connection_retire (self);
  if (self->state < GCOAP_CONNECTION_STATE_DRAINING)
    gcoap_connection_set_state (self, GCOAP_CONNECTION_STATE_DRAINING);
  gcoap_connection_settle (self);
}

/* Takes the messages out of what has come. Returns how many bytes are done
 * with; the rest is the start of a message, or waits until the peer reads. */
static gsize
parse (GcoapConnection *self,
       guint8          *data,
       gsize            length,
       gsize           *needed)
{
  gsize position = 0;

  *needed = 0;
  while (position < length && may_read (self))
    {
      g_autoptr (GError) error = NULL;
      GcoapMessageFrame frame;

      if (is_clogged (self))
        {
          self->is_held = TRUE;
          break;
        }
      if (!self->framing->funcs->next (self->framing, self, data + position, length - position,
                                       self->host->runtime->limits->max_message_size, &frame, &error))
        {
          gcoap_connection_abort (self, error, 0);
          break;
        }
      if (frame.consumed == 0)
        {
          *needed = frame.needed;
          break;
        }
      if (frame.message != NULL)
        decode_message (self, &frame);
      if (frame.message != NULL && self->framing != NULL && self->framing->funcs->release != NULL)
        self->framing->funcs->release (self->framing);
      if (frame.is_end)
        {
          take_farewell (self);
          return length;
        }
      position += frame.consumed;
    }
  /* What comes after the end is of no interest. */
  return may_read (self) ? position : length;
}

static void
keep (GcoapConnection *self,
      const guint8    *data,
      gsize            length)
{
  if (length == 0)
    return;
  if (self->in_size < length)
    {
      self->in_size = MAX (length, MIN_BUFFER);
      self->in = g_realloc (self->in, self->in_size);
    }
  memmove (self->in, data, length);
  self->in_length = length;
}

/* What was left over when the peer did not read, or by the last read. */
static void
parse_kept (GcoapConnection *self,
            gsize           *needed)
{
  guint8 *data = g_steal_pointer (&self->in);
  gsize size = self->in_size;
  gsize length = self->in_length;
  gsize done;

  /* A nested loop must not see what is being worked on. */
  self->in_length = self->in_size = 0;
  done = parse (self, data, length, needed);
  if (self->state == GCOAP_CONNECTION_STATE_CLOSED || done == length || self->in != NULL)
    {
      g_free (data);
      return;
    }
  memmove (data, data + done, length - done);
  self->in = data;
  self->in_size = size;
  self->in_length = length - done;
}

static void
take_end (GcoapConnection *self)
{
  self->at_end = TRUE;
  if (self->state == GCOAP_CONNECTION_STATE_LINGERING || self->state == GCOAP_CONNECTION_STATE_RELEASED)
    {
      gcoap_connection_shut (self);
      return;
    }
  /* Who has only finished sending still gets answers. */
  if (self->state == GCOAP_CONNECTION_STATE_OPEN)
    {
      gcoap_connection_retire (self);
      gcoap_connection_set_state (self, GCOAP_CONNECTION_STATE_DRAINING);
    }
  if (self->state == GCOAP_CONNECTION_STATE_DRAINING)
    {
      gcoap_connection_settle (self);
      return;
    }
  if (self->state < GCOAP_CONNECTION_STATE_OPEN)
    {
      g_autoptr (GError) error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                                              "%s closed the connection before it said what it can do; "
                                              "perhaps it does not speak CoAP there.", self->peer);

      gcoap_connection_fail (self, error);
    }
}

/* One read. Returns FALSE if there is no more now. */
static gboolean
read_once (GcoapConnection *self,
           gsize            needed)
{
  g_autoptr (GError) error = NULL;
  gboolean is_into_kept = self->in_length > 0;
  guint8 *buffer = self->host->scratch;
  gsize size = GCOAP_CONNECTION_SCRATCH_SIZE;
  gssize n;

  if (is_into_kept)
    {
      /* It grows with what really comes, not with what is announced. */
      gsize wanted = MAX (needed, self->in_length + MIN_BUFFER);

      wanted = MIN (wanted, MAX (self->in_length * 2, MIN_BUFFER * 2));
      if (self->in_size < wanted)
        {
          self->in_size = wanted;
          self->in = g_realloc (self->in, wanted);
        }
      buffer = self->in + self->in_length;
      size = self->in_size - self->in_length;
    }
  n = gcoap_byte_channel_read (self->channel, buffer, size, &error);
  if (n < 0)
    {
      if (error != NULL)
        gcoap_connection_fail (self, error);
      return FALSE;
    }
  if (n == 0)
    {
      take_end (self);
      return FALSE;
    }
  self->heard = gcoap_connection_now (self);
  self->ping_sent = 0;
  if (!may_read (self))
    return TRUE;
  if (is_into_kept)
    {
      self->in_length += (gsize) n;
      parse_kept (self, &needed);
    }
  else
    {
      gsize done;

      /* A handler may run the loop, which reads for others. */
      self->host->scratch = NULL;
      done = parse (self, buffer, (gsize) n, &needed);
      if (self->state < GCOAP_CONNECTION_STATE_LINGERING && self->in == NULL)
        keep (self, buffer + done, (gsize) n - done);
      if (self->host->scratch == NULL)
        self->host->scratch = buffer;
      else
        g_free (buffer);
    }
  return self->state != GCOAP_CONNECTION_STATE_CLOSED
         && ((gsize) n == size || gcoap_byte_channel_has_pending (self->channel));
}

void
gcoap_connection_read (GcoapConnection *self)
{
  gsize needed = 0;

  if (self->in_length > 0 && may_read (self))
    parse_kept (self, &needed);
  for (guint i = 0; i < MAX_ROUNDS; i++)
    {
      if (self->at_end || self->state == GCOAP_CONNECTION_STATE_CLOSED || is_clogged (self))
        return;
      if (self->host->scratch == NULL)
        self->host->scratch = g_malloc (GCOAP_CONNECTION_SCRATCH_SIZE);
      if (!read_once (self, needed))
        return;
      needed = 0;
    }
  /* The descriptor does not show what the channel holds. */
  if (self->state != GCOAP_CONNECTION_STATE_CLOSED && gcoap_byte_channel_has_pending (self->channel))
    {
      self->is_deferred = TRUE;
      self->host->funcs->defer (self, self->host->data);
    }
}

/* What the peer sent while it did not read can be answered when it has read. */
void
gcoap_connection_resume (GcoapConnection *self)
{
  if (!self->is_held || is_clogged (self))
    return;
  self->is_held = FALSE;
  gcoap_connection_defer (self);
}

void
gcoap_connection_update_condition (GcoapConnection *self)
{
  GIOCondition condition = 0;

  if (self->state == GCOAP_CONNECTION_STATE_CLOSED)
    return;
  if (!self->at_end && !is_clogged (self))
    condition |= G_IO_IN;
  if (count_queued (self) > 0)
    condition |= G_IO_OUT;
  condition = gcoap_byte_channel_get_condition (self->channel, condition);
  if (condition == self->condition)
    return;
  self->condition = condition;
  self->host->funcs->watch (self, condition, self->host->data);
}
