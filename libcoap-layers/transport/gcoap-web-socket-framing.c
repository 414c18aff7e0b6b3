/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "transport/gcoap-web-socket-framing-private.h"

#include <string.h>
#include <wslay/wslay.h>

#include "base/gcoap-error.h"
#include "base/gcoap-random-private.h"
#include "transport/gcoap-connection-private.h"
#include "transport/gcoap-http-head-private.h"
#include "transport/gcoap-web-socket-upgrade-private.h"

/* RFC 6455 §5.5 */
#define MAX_CONTROL 125

typedef enum
{
  SHAKING_HANDS,
  OPEN,
  FINISHED,        /* a Close was sent */
} State;

typedef struct
{
  GcoapMessageFraming      framing;
  gboolean                 is_client;
  State                    state;
  GcoapUri                *uri;                  /* until the request is sent */
  GcoapWebOrigins         *origins;              /* of a server; NULL: none but its own */
  char                    *host;                 /* likewise: what the client calls it */
  char                     key[GCOAP_WEB_SOCKET_KEY_SIZE];

  /* Exists only in the middle of something: it is large. */
  wslay_frame_context_ptr  context;
  const guint8            *input;                /* what it may read */
  gsize                    available;
  gsize                    step;                 /* and how much of it at once */
  guint8                  *output;               /* where it may write */

  /* The frame that is being read */
  gboolean                 is_in_frame;
  gboolean                 is_last;              /* of its message */
  guint8                   opcode;
  guint64                  left;                 /* bytes that are still to come */
  guint8                  *place;                /* where its bytes go; NULL: to @message */
  gsize                    n_placed;
  guint8                   control[MAX_CONTROL];

  /* The message that is being read */
  gboolean                 is_in_message;
  GByteArray              *message;              /* NULL: nothing of it needs to be kept */

  guint16                  close_code;           /* what a Close will say */
} WebSocket;

/* What wslay calls for */

static ssize_t
read_cb (uint8_t *buffer,
         size_t   length,
         int      flags G_GNUC_UNUSED,
         void    *data)
{
  WebSocket *self = data;
  gsize n = MIN (MIN (length, self->step), self->available);

  if (n == 0)
    return -1;
  memcpy (buffer, self->input, n);
  self->input += n;
  self->available -= n;
  return (ssize_t) n;
}

static ssize_t
write_cb (const uint8_t *bytes,
          size_t         length,
          int            flags G_GNUC_UNUSED,
          void          *data)
{
  WebSocket *self = data;

  /* A payload that is not masked is there already. */
  memmove (self->output, bytes, length);
  self->output += length;
  return (ssize_t) length;
}

static int
make_mask_cb (uint8_t *buffer,
              size_t   length,
              void    *data G_GNUC_UNUSED)
{
  gcoap_random_fill (buffer, length);
  return 0;
}

static wslay_frame_context_ptr
make_context (WebSocket *self)
{
  static const struct wslay_frame_callbacks callbacks = { write_cb, read_cb, make_mask_cb };
  wslay_frame_context_ptr context;

  if (wslay_frame_context_init (&context, &callbacks, self) != 0)
    g_error ("There is no memory for a WebSocket frame.");
  return context;
}

/* Sending */

static gsize
get_header_size (WebSocket *self,
                 gsize      length)
{
  gsize n_extended = length <= 125 ? 0 : length <= 0xffff ? 2 : 8;

  return 2 + n_extended + (self->is_client ? 4 : 0);
}

/* Makes a frame of @data, which may lie where its payload goes. @buffer has
 * room for it. */
static void
write_frame (WebSocket    *self,
             guint8        opcode,
             const guint8 *data,
             gsize         length,
             guint8       *buffer)
{
  wslay_frame_context_ptr context = make_context (self);
  struct wslay_frame_iocb frame = {
    .fin = 1,
    .opcode = opcode,
    .payload_length = length,
    .mask = self->is_client,   /* RFC 6455 §5.3 */
    .data = data,
    .data_length = length,
  };
  gsize done = 0;

  self->output = buffer;
  do
    {
      ssize_t n = wslay_frame_send (context, &frame);

      g_assert (n >= 0);
      done += (gsize) n;
      frame.data += n;
      frame.data_length -= (gsize) n;
    }
  while (done < length);
  wslay_frame_context_free (context);
}

static void
send_control (WebSocket       *self,
              GcoapConnection *connection,
              guint8           opcode,
              const guint8    *data,
              gsize            length)
{
  guint8 buffer[MAX_CONTROL + 6];

  write_frame (self, opcode, data, length, buffer);
  gcoap_connection_write (connection, buffer, get_header_size (self, length) + length);
}

static gsize
web_socket_get_size (GcoapMessageFraming *framing,
                     const GcoapPdu      *pdu)
{
  gsize length = gcoap_stream_get_size (pdu, GCOAP_STREAM_FRAMING_WEBSOCKET);

  return get_header_size ((WebSocket *) framing, length) + length;
}

static gsize
web_socket_encode (GcoapMessageFraming  *framing,
                   const GcoapPdu       *pdu,
                   guint8               *buffer,
                   gsize                 size,
                   GError              **error)
{
  WebSocket *self = (WebSocket *) framing;
  gsize header_size = get_header_size (self, gcoap_stream_get_size (pdu, GCOAP_STREAM_FRAMING_WEBSOCKET));
  gsize length;

  /* RFC 6455 §5.5.1: no data follows a Close. */
  if (self->state != OPEN || size < header_size)
    {
      g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_CLOSED, "The WebSocket is not open.");
      return 0;
    }
  length = gcoap_stream_encode (pdu, GCOAP_STREAM_FRAMING_WEBSOCKET, buffer + header_size,
                                size - header_size, error);
  if (length == 0)
    return 0;
  write_frame (self, WSLAY_BINARY_FRAME, buffer + header_size, length, buffer);
  return header_size + length;
}

static void
web_socket_finish (GcoapMessageFraming *framing,
                   GcoapConnection     *connection)
{
  WebSocket *self = (WebSocket *) framing;
  guint8 code[2] = { (guint8) (self->close_code >> 8), (guint8) (self->close_code & 0xff) };

  if (self->state != OPEN)
    return;
  self->state = FINISHED;
  send_control (self, connection, WSLAY_CONNECTION_CLOSE, code, self->close_code != 0 ? sizeof code : 0);
}

/* The handshake */

static void
write_text (GcoapConnection *connection,
            const char      *text)
{
  gcoap_connection_write (connection, (const guint8 *) text, strlen (text));
}

static gboolean
web_socket_start (GcoapMessageFraming *framing,
                  GcoapConnection     *connection)
{
  WebSocket *self = (WebSocket *) framing;
  g_autofree char *request = NULL;

  if (!self->is_client)
    return FALSE;
  gcoap_web_socket_make_key (self->key);
  request = gcoap_web_socket_make_request (self->uri, self->key);
  g_clear_pointer (&self->uri, gcoap_uri_unref);
  write_text (connection, request);
  return FALSE;
}

/* Who speaks no HTTP at all need not be waited for. */
static gboolean
begins_well (WebSocket     *self,
             const guint8  *data,
             gsize          length,
             GError       **error)
{
  const char *words = self->is_client ? "HTTP/" : "";

  if (memcmp (data, words, MIN (length, strlen (words))) == 0
      && (g_ascii_isupper (data[0])))
    return TRUE;
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_MALFORMED, "What comes is no HTTP (RFC 9112 §2.1).");
  return FALSE;
}

static gboolean
read_head (WebSocket        *self,
           GcoapConnection  *connection,
           const guint8     *data,
           gsize             length,
           gsize            *size,
           guint            *status,
           GError          **error)
{
  gsize max_size = connection->host->runtime->limits->max_upgrade_size;

  *status = 400;
  *size = 0;
  if (!begins_well (self, data, length, error)
      || !gcoap_http_head_find_end (data, MIN (length, max_size), size, error))
    return FALSE;
  if (*size != 0 || length < max_size)
    return TRUE;
  *status = 431;
  gcoap_statistics_count (connection->host->runtime->statistics, GCOAP_COUNTER_LIMIT_HITS);
  g_set_error (error, GCOAP_ERROR, GCOAP_ERROR_TOO_LARGE,
               "The HTTP head has more than the %" G_GSIZE_FORMAT " bytes that are taken.", max_size);
  return FALSE;
}

static gboolean
shake_hands (WebSocket          *self,
             GcoapConnection    *connection,
             const guint8       *data,
             gsize               length,
             GcoapMessageFrame  *frame,
             GError            **error)
{
  g_auto (GcoapWebSocketRequest) request = { 0 };
  g_autofree char *answer = NULL;
  GError *failure = NULL;
  gsize size;

  if (read_head (self, connection, data, length, &size, &request.status, &failure))
    {
      if (size == 0)
        return TRUE;
      if (self->is_client)
        gcoap_web_socket_check_response (data, size, self->key, &failure);
      else
        gcoap_web_socket_check_request (data, size, self->origins, &request, &failure);
    }
  if (!self->is_client)
    {
      answer = failure != NULL ? gcoap_web_socket_make_refusal (request.status, failure->message)
                               : gcoap_web_socket_make_response (request.accept);
      write_text (connection, answer);
    }
  if (failure != NULL)
    {
      g_propagate_error (error, failure);
      return FALSE;
    }
  frame->consumed = size;
  self->host = g_steal_pointer (&request.host);
  self->state = OPEN;
  gcoap_connection_framing_is_ready (connection);
  return TRUE;
}

/* RFC 9110 §15.5.9: who connected is told why, for it may only be slow. */
static void
web_socket_expire (GcoapMessageFraming *framing,
                   GcoapConnection     *connection)
{
  g_autofree char *answer = NULL;

  if (((WebSocket *) framing)->is_client)
    return;
  answer = gcoap_web_socket_make_refusal (408, "The request for a WebSocket did not come in time "
                                          "(RFC 9110 §15.5.9).");
  write_text (connection, answer);
}

/* Receiving */

static gboolean
fail (WebSocket   *self,
      guint16      close_code,
      GError     **error,
      const char  *reason)
{
  self->close_code = close_code;
  g_set_error (error, GCOAP_ERROR,
               close_code == WSLAY_CODE_MESSAGE_TOO_BIG ? GCOAP_ERROR_TOO_LARGE : GCOAP_ERROR_MALFORMED,
               "A WebSocket frame is refused: %s.", reason);
  return FALSE;
}

static gboolean
check_data_frame (WebSocket                      *self,
                  const struct wslay_frame_iocb  *header,
                  gsize                           max_message_size,
                  GError                        **error)
{
  gsize kept = self->message != NULL ? self->message->len : 0;

  if (header->opcode == WSLAY_TEXT_FRAME)
    /* RFC 8323 §4.2 */
    return fail (self, WSLAY_CODE_UNSUPPORTED_DATA, error, "it has text, and CoAP is binary (RFC 8323 §4.2)");
  if (header->opcode != WSLAY_BINARY_FRAME && header->opcode != WSLAY_CONTINUATION_FRAME)
    return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error, "its opcode is reserved (RFC 6455 §5.2)");
  if (self->is_in_message != (header->opcode == WSLAY_CONTINUATION_FRAME))
    return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error,
                 "it is out of place among the fragments of a message (RFC 6455 §5.4)");
  if (header->payload_length > max_message_size - MIN (kept, max_message_size))
    return fail (self, WSLAY_CODE_MESSAGE_TOO_BIG, error,
                 "its message is larger than may be sent (RFC 8323 §5.3.1)");
  return TRUE;
}

/* The header is there, and perhaps the first bytes. */
static gboolean
begin_frame (WebSocket                      *self,
             const struct wslay_frame_iocb  *header,
             guint8                         *data,
             gsize                           max_message_size,
             GError                        **error)
{
  gboolean is_control = wslay_is_ctrl_frame (header->opcode);

  if (header->rsv != 0)
    return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error, "a reserved bit is set (RFC 6455 §5.2)");
  /* RFC 6455 §5.1 */
  if (!!header->mask == self->is_client)
    return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error,
                 self->is_client ? "a server's is not to be masked (RFC 6455 §5.1)"
                                 : "a client's is to be masked (RFC 6455 §5.1)");
  if (is_control && (!header->fin || header->payload_length > MAX_CONTROL))
    return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error, "it is too long to control anything (RFC 6455 §5.5)");
  if (!is_control && !check_data_frame (self, header, max_message_size, error))
    return FALSE;

  self->is_in_frame = TRUE;
  self->opcode = header->opcode;
  self->is_last = header->fin;
  self->left = header->payload_length;
  self->n_placed = 0;
  self->place = NULL;
  if (is_control)
    {
      self->place = self->control;
      return TRUE;
    }
  /* What is there as a whole can stay where it is. */
  if (!self->is_in_message && header->fin && header->payload_length - header->data_length <= self->available)
    self->place = data;
  else if (self->message == NULL)
    self->message = g_byte_array_new ();
  self->is_in_message = TRUE;
  return TRUE;
}

static void
take_bytes (WebSocket    *self,
            const guint8 *data,
            gsize         length)
{
  if (length == 0)
    return;
  if (self->place == NULL)
    g_byte_array_append (self->message, data, (guint) length);
  else
    memcpy (self->place + self->n_placed, data, length);
  self->n_placed += length;
  self->left -= length;
}

/* RFC 6455 §7.4: a code that may be sent. */
static gboolean
is_close_code (guint code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

static gboolean
take_close (WebSocket          *self,
            GcoapConnection    *connection,
            GcoapMessageFrame  *frame,
            GError            **error)
{
  const char *reason = (const char *) self->control + 2;
  g_autofree char *note = NULL;
  guint code = 0;

  if (self->n_placed == 1)
    return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error, "a Close has half a code (RFC 6455 §5.5.1)");
  if (self->n_placed >= 2)
    {
      code = (guint) self->control[0] << 8 | self->control[1];
      if (!is_close_code (code))
        return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error, "a Close has a code not to be sent (RFC 6455 §7.4)");
      if (!g_utf8_validate_len (reason, self->n_placed - 2, NULL))
        return fail (self, WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA, error,
                     "the reason of a Close is no UTF-8 (RFC 6455 §5.5.1)");
    }
  /* RFC 6455 §5.5.1: the answer echoes the code; §7.4.1: none is none. */
  self->close_code = (guint16) code;
  note = g_strdup_printf ("The peer closes the WebSocket with the code %u.", code);
  gcoap_runtime_trace_note (connection->host->runtime, connection->address, note);
  frame->is_end = TRUE;
  return TRUE;
}

static gboolean
end_frame (WebSocket          *self,
           GcoapConnection    *connection,
           GcoapMessageFrame  *frame,
           GError            **error)
{
  self->is_in_frame = FALSE;
  switch (self->opcode)
    {
    case WSLAY_PING:
      /* RFC 6455 §5.5.2 */
      send_control (self, connection, WSLAY_PONG, self->control, self->n_placed);
      return TRUE;
    case WSLAY_PONG:
      return TRUE;
    case WSLAY_CONNECTION_CLOSE:
      return take_close (self, connection, frame, error);
    default:
      if (!wslay_is_ctrl_frame (self->opcode))
        break;
      return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error, "its opcode is reserved (RFC 6455 §5.2)");
    }
  if (!self->is_last)
    return TRUE;
  self->is_in_message = FALSE;
  frame->message = self->place != NULL ? self->place : self->message->data;
  frame->length = self->place != NULL ? self->n_placed : self->message->len;
  if (frame->length == 0)
    return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error, "its message has no bytes (RFC 8323 §4.2)");
  return TRUE;
}

/* Reads at most one frame. wslay is never given more than belongs to it, so
 * that the connection decides when the next one is looked at. */
static gboolean
read_frame (WebSocket          *self,
            GcoapConnection    *connection,
            guint8             *data,
            gsize               max_message_size,
            GcoapMessageFrame  *frame,
            GError            **error)
{
  if (self->context == NULL)
    self->context = make_context (self);
  while (TRUE)
    {
      struct wslay_frame_iocb part = { 0 };
      ssize_t n;

      /* Where the header ends is known when it has ended. */
      self->step = self->is_in_frame ? (gsize) MIN (self->left, G_MAXSSIZE) : 1;
      n = wslay_frame_recv (self->context, &part);
      if (n == WSLAY_ERR_WANT_READ)
        {
          if (self->available == 0)
            return TRUE;
          continue;
        }
      if (n < 0)
        return fail (self, WSLAY_CODE_PROTOCOL_ERROR, error, "its header is malformed (RFC 6455 §5.2)");
      if (!self->is_in_frame && !begin_frame (self, &part, data, max_message_size, error))
        return FALSE;
      take_bytes (self, part.data, part.data_length);
      if (self->left > 0)
        continue;
      if (self->available == 0)
        g_clear_pointer (&self->context, wslay_frame_context_free);
      return end_frame (self, connection, frame, error);
    }
}

static gboolean
web_socket_next (GcoapMessageFraming  *framing,
                 GcoapConnection      *connection,
                 guint8               *data,
                 gsize                 length,
                 gsize                 max_message_size,
                 GcoapMessageFrame    *frame,
                 GError              **error)
{
  WebSocket *self = (WebSocket *) framing;

  *frame = (GcoapMessageFrame) { 0 };
  if (length == 0)
    return TRUE;
  if (self->state == SHAKING_HANDS)
    return shake_hands (self, connection, data, length, frame, error);
  self->input = data;
  self->available = length;
  if (!read_frame (self, connection, data, max_message_size, frame, error))
    return FALSE;
  frame->consumed = length - self->available;
  return TRUE;
}

static void
web_socket_release (GcoapMessageFraming *framing)
{
  g_clear_pointer (&((WebSocket *) framing)->message, g_byte_array_unref);
}

static const char *
web_socket_get_host (GcoapMessageFraming *framing)
{
  return ((WebSocket *) framing)->host;
}

static void
web_socket_free (GcoapMessageFraming *framing)
{
  WebSocket *self = (WebSocket *) framing;

  g_clear_pointer (&self->context, wslay_frame_context_free);
  g_clear_pointer (&self->message, g_byte_array_unref);
  g_clear_pointer (&self->uri, gcoap_uri_unref);
  g_clear_pointer (&self->origins, gcoap_web_origins_unref);
  g_free (self->host);
  g_free (self);
}

static const GcoapMessageFramingFuncs web_socket_funcs = {
  .codec = GCOAP_STREAM_FRAMING_WEBSOCKET,
  .start = web_socket_start,
  .next = web_socket_next,
  .release = web_socket_release,
  .get_size = web_socket_get_size,
  .encode = web_socket_encode,
  .finish = web_socket_finish,
  .expire = web_socket_expire,
  .get_host = web_socket_get_host,
  .free = web_socket_free,
};

gboolean
gcoap_web_socket_is_available (void)
{
  return TRUE;
}

GcoapMessageFraming *
gcoap_web_socket_framing_new (GcoapUri        *uri,
                              GcoapWebOrigins *origins)
{
  WebSocket *self = g_new0 (WebSocket, 1);

  self->framing.funcs = &web_socket_funcs;
  self->is_client = uri != NULL;
  if (uri != NULL)
    self->uri = gcoap_uri_ref (uri);
  else if (origins != NULL)
    self->origins = gcoap_web_origins_ref (origins);
  self->close_code = WSLAY_CODE_NORMAL_CLOSURE;
  return &self->framing;
}
