/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 8323 §5: what the two ends of a connection say to each other about it. */
#include "transport/gcoap-connection-private.h"

#include <string.h>

#include "base/gcoap-error.h"
#include "base/gcoap-signaling-options.h"

/* Pings that wait until earlier requests are answered; those beyond are
 * answered at once, without custody. */
#define MAX_PONGS 16

/* RFC 8974 §2.2.1 */
#define MIN_TOKEN_LENGTH 8

static guint64
read_uint (const guint8 *data,
           gsize         length)
{
  guint64 value = 0;

  for (gsize i = 0; i < length; i++)
    value = value << 8 | data[i];
  return value;
}

static void
send_signal (GcoapConnection *self,
             GcoapMessage    *message,
             const guint8    *token,
             gsize            token_length)
{
  GcoapPdu pdu = {
    .token = token,
    .token_length = (guint32) token_length,
    .address = self->address,
    .message = message,
  };

  gcoap_message_lock (message);
  if (self->write_error == NULL && !gcoap_connection_append (self, &pdu, &self->write_error))
    gcoap_connection_defer (self);
}

void
gcoap_connection_send_csm (GcoapConnection *self)
{
  GcoapLimits *limits = self->host->runtime->limits;
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_CSM);

  gcoap_message_set_option_uint (message, GCOAP_CSM_OPTION_MAX_MESSAGE_SIZE, limits->max_message_size);
  gcoap_message_set_option_empty (message, GCOAP_CSM_OPTION_BLOCK_WISE_TRANSFER);
  if (limits->max_token_length > MIN_TOKEN_LENGTH)
    gcoap_message_set_option_uint (message, GCOAP_CSM_OPTION_EXTENDED_TOKEN_LENGTH,
                                   limits->max_token_length);
  send_signal (self, message, NULL, 0);
}

void
gcoap_connection_send_release (GcoapConnection *self)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_RELEASE);

  send_signal (self, message, NULL, 0);
}

/* Ping and Pong */

/* The token tells which Ping a Pong answers. */
void
gcoap_connection_send_ping (GcoapConnection *self)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PING);
  guint64 number = GUINT64_TO_BE (++self->n_pings_sent);

  send_signal (self, message, (const guint8 *) &number, sizeof number);
  self->ping_sent = gcoap_connection_now (self);
  gcoap_connection_arm (self);
}

typedef struct
{
  guint64 number;
  gint64  sent;       /* real time, for who wants the round trip */
  gint64  deadline;
} Ping;

void
gcoap_connection_ping (GcoapConnection *self,
                       GTask           *task)
{
  Ping *ping;

  if (!gcoap_connection_is_usable (self))
    {
      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                               "The connection to %s is being closed.", self->peer);
      g_object_unref (task);
      return;
    }
  gcoap_connection_send_ping (self);
  ping = g_new (Ping, 1);
  ping->number = self->n_pings_sent;
  ping->sent = g_get_monotonic_time ();
  ping->deadline = gcoap_connection_now (self)
                   + self->host->runtime->limits->pong_timeout * G_GINT64_CONSTANT (1000);
  g_task_set_task_data (task, ping, g_free);
  g_queue_push_tail (&self->pings, task);
  gcoap_connection_arm (self);
}

gint64
gcoap_connection_get_ping_deadline (GcoapConnection *self)
{
  GTask *task = g_queue_peek_head (&self->pings);

  return task != NULL ? ((Ping *) g_task_get_task_data (task))->deadline : G_MAXINT64;
}

/* A peer that speaks, but does not answer a Ping, is still there. */
void
gcoap_connection_expire_pings (GcoapConnection *self)
{
  while (gcoap_connection_get_ping_deadline (self) <= gcoap_connection_now (self))
    {
      GTask *task = g_queue_pop_head (&self->pings);

      g_task_return_new_error (task, GCOAP_ERROR, GCOAP_ERROR_TIMED_OUT,
                               "%s does not answer the ping.", self->peer);
      g_object_unref (task);
    }
}

void
gcoap_connection_fail_pings (GcoapConnection *self,
                             const GError    *error)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->pings)) != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      g_object_unref (task);
    }
}

static void
take_pong (GcoapConnection *self,
           const GcoapPdu  *pdu)
{
  GTask *task = g_queue_peek_head (&self->pings);
  guint64 number = 0;

  /* RFC 8323 §5.4 wants the token back, but there are peers that leave it out:
   * theirs answers the oldest. */
  if (pdu->token_length == 0 && task != NULL)
    number = ((Ping *) g_task_get_task_data (task))->number;
  else if (pdu->token_length == sizeof number)
    number = read_uint (pdu->token, sizeof number);
  /* Pongs come in the order of their Pings. */
  while ((task = g_queue_peek_head (&self->pings)) != NULL
         && ((Ping *) g_task_get_task_data (task))->number <= number)
    {
      Ping *ping = g_task_get_task_data (task);

      g_queue_pop_head (&self->pings);
      g_task_return_int (task, MAX (g_get_monotonic_time () - ping->sent, 0));
      g_object_unref (task);
    }
}

static void
send_pong (GcoapConnection *self,
           const guint8    *token,
           gsize            token_length,
           gboolean         has_custody)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_PONG);

  if (has_custody)
    gcoap_message_set_option_empty (message, GCOAP_PONG_OPTION_CUSTODY);
  send_signal (self, message, token, token_length);
}

static void
take_ping (GcoapConnection *self,
           const GcoapPdu  *pdu)
{
  gboolean wants_custody = gcoap_message_has_option (pdu->message, GCOAP_PING_OPTION_CUSTODY);
  guint64 mark = gcoap_unanswered_mark (&self->unanswered);
  GcoapConnectionPong *pong;

  /* Who asks wants the connection to stay. */
  self->used = self->heard;
  if (!wants_custody || gcoap_unanswered_has_passed (&self->unanswered, mark)
      || self->pongs.length >= MAX_PONGS)
    {
      /* RFC 8323 §5.4.1: custody may be told unasked. */
      send_pong (self, pdu->token, pdu->token_length,
                 wants_custody && gcoap_unanswered_has_passed (&self->unanswered, mark));
      return;
    }
  /* RFC 8323 §5.4.1: delayed until what came before is answered. */
  pong = g_malloc (sizeof *pong + pdu->token_length);
  pong->mark = mark;
  pong->token_length = pdu->token_length;
  if (pdu->token_length > 0)
    memcpy (pong->token, pdu->token, pdu->token_length);
  g_queue_push_tail (&self->pongs, pong);
}

void
gcoap_connection_send_pongs (GcoapConnection *self)
{
  GcoapConnectionPong *pong;

  while ((pong = g_queue_peek_head (&self->pongs)) != NULL
         && gcoap_unanswered_has_passed (&self->unanswered, pong->mark))
    {
      g_queue_pop_head (&self->pongs);
      send_pong (self, pong->token, pong->token_length, TRUE);
      g_free (pong);
    }
}

/* Capabilities */

/* One option of a CSM. FALSE: it cannot be used. */
static gboolean
take_capability (GcoapConnection *self,
                 guint            number,
                 const guint8    *data,
                 gsize            length)
{
  switch (number)
    {
    case GCOAP_CSM_OPTION_MAX_MESSAGE_SIZE:
      if (length > 4)
        return FALSE;
      /* RFC 8323 §5.3.1: replaced each time it is sent. */
      self->peer_max_message_size = (guint) read_uint (data, length);
      return TRUE;
    case GCOAP_CSM_OPTION_BLOCK_WISE_TRANSFER:
      if (length > 0)
        return FALSE;
      self->peer_is_blockwise = TRUE;
      return TRUE;
    case GCOAP_CSM_OPTION_EXTENDED_TOKEN_LENGTH:
      if (length > 3)
        return FALSE;
      /* RFC 8974 §2.2.1: less than 8 is ignored, and more than 65804 is that. */
      if (read_uint (data, length) >= MIN_TOKEN_LENGTH)
        self->peer_max_token_length = (guint) MIN (read_uint (data, length), GCOAP_TOKEN_MAX_LENGTH);
      return TRUE;
    default:
      /* RFC 8323 §5.2: no critical one is understood here. */
      return (number & 1) == 0;
    }
}

static void
take_csm (GcoapConnection *self,
          const GcoapPdu  *pdu)
{
  const guint8 *data;
  gsize length;
  guint number;
  guint last = 0;

  for (guint i = 0; gcoap_message_peek_option_at (pdu->message, i, &number, &data, &length); i++)
    {
      /* RFC 7252 §5.4.5: one that is not repeatable counts once; the others
       * are not recognised, and elective. */
      if (number == last && (number & 1) == 0)
        continue;
      last = number;
      if (!take_capability (self, number, data, length))
        {
          g_autoptr (GError) error =
            g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNKNOWN_OPTION,
                         "The CSM of %s has the option %u, which is not understood or has no valid value "
                         "(RFC 8323 §5.3).", self->peer, number);

          gcoap_connection_abort (self, error, number);
          return;
        }
    }
  if (self->state != GCOAP_CONNECTION_STATE_GREETING)
    return;
  gcoap_connection_set_state (self, GCOAP_CONNECTION_STATE_OPEN);
  self->used = self->since;
  self->was_ready = TRUE;
  self->host->funcs->ready (self, self->host->data);
}

/* Ends */

/* What a peer says, to be shown to people: no control characters, and not for
 * ever. */
static char *
make_readable (const guint8 *text,
               gsize         length)
{
  char *readable = g_utf8_make_valid (text != NULL ? (const char *) text : "", (gssize) MIN (length, 200));

  for (char *c = readable; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strchomp (readable);
}

/* RFC 8323 §10.1: not to be followed blindly, for nothing says that whoever is
 * there may speak for the peer; so it is told, and the application decides. Of
 * several, any will do. */
static void
take_alternative (GcoapConnection *self,
                  GcoapMessage    *message)
{
  const guint8 *data;
  gsize length;
  guint number;

  for (guint i = 0; gcoap_message_peek_option_at (message, i, &number, &data, &length); i++)
    {
      if (number != GCOAP_RELEASE_OPTION_ALTERNATIVE_ADDRESS || length == 0 || length > 255)
        continue;
      g_free (self->alternative);
      self->alternative = make_readable (data, length);
      return;
    }
}

static void
take_release (GcoapConnection *self,
              const GcoapPdu  *pdu)
{
  take_alternative (self, pdu->message);
  /* Both want it: who hears it first closes. */
  gcoap_message_get_option_uint (pdu->message, GCOAP_RELEASE_OPTION_HOLD_OFF, &self->hold_off);
  gcoap_connection_retire (self);
  if (self->state < GCOAP_CONNECTION_STATE_DRAINING)
    gcoap_connection_set_state (self, GCOAP_CONNECTION_STATE_DRAINING);
}

static void
take_abort (GcoapConnection *self,
            const GcoapPdu  *pdu)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *reason = NULL;
  const guint8 *payload;
  gsize length;
  guint bad_option = 0;

  payload = gcoap_message_get_payload_data (pdu->message, &length);
  reason = make_readable (payload, length);
  if (g_str_has_suffix (reason, "."))
    reason[strlen (reason) - 1] = '\0';
  if (gcoap_message_get_option_uint (pdu->message, GCOAP_ABORT_OPTION_BAD_CSM_OPTION, &bad_option))
    error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_REFUSED,
                         "%s does not accept the option %u of the CSM, and aborted the connection%s%s.",
                         self->peer, bad_option, *reason != '\0' ? ": " : "", reason);
  else
    error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_CLOSED, "%s aborted the connection%s%s.",
                         self->peer, *reason != '\0' ? ": " : "", reason);
  gcoap_connection_fail (self, error);
}

/* RFC 8323 §5.2: a critical option that is not understood ends it; none is
 * understood here. */
static guint
find_critical_option (GcoapMessage *message)
{
  guint number;

  for (guint i = 0; gcoap_message_peek_option_at (message, i, &number, NULL, NULL); i++)
    if (number & 1)
      return number;
  return 0;
}

void
gcoap_connection_take_signal (GcoapConnection *self,
                              const GcoapPdu  *pdu)
{
  guint code = gcoap_message_get_code (pdu->message);
  guint critical;

  if (code == GCOAP_CODE_CSM)
    {
      take_csm (self, pdu);
      return;
    }
  if (code == GCOAP_CODE_ABORT)
    {
      take_abort (self, pdu);
      return;
    }
  critical = find_critical_option (pdu->message);
  if (self->state == GCOAP_CONNECTION_STATE_GREETING || critical != 0)
    {
      g_autoptr (GError) error = NULL;

      if (critical != 0)
        error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNKNOWN_OPTION,
                             "A signaling message of %s has the critical option %u, which is not understood "
                             "(RFC 8323 §5.2).", self->peer, critical);
      else
        error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_MALFORMED,
                             "The first message of %s is no CSM (RFC 8323 §3.3).", self->peer);
      gcoap_connection_abort (self, error, 0);
      return;
    }
  if (code == GCOAP_CODE_PING)
    take_ping (self, pdu);
  else if (code == GCOAP_CODE_PONG)
    take_pong (self, pdu);
  else if (code == GCOAP_CODE_RELEASE)
    take_release (self, pdu);
  else
    gcoap_runtime_trace_note (self->host->runtime, self->address,
                              "A signaling message of an unknown code was ignored.");
}
