/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/connection-stack.h"

#include "helpers/named-address.h"

static void
ready_cb (GcoapConnection *connection G_GNUC_UNUSED,
          gpointer         data)
{
  ((ConnectionStack *) data)->n_ready++;
}

static void
request_cb (GcoapConnection *connection G_GNUC_UNUSED,
            const GcoapPdu  *pdu,
            gpointer         data)
{
  ConnectionStack *self = data;

  g_queue_push_tail (&self->requests, kept_pdu_new (pdu));
  if (self->answer != NULL)
    self->answer (self, pdu);
}

static void
response_cb (GcoapConnection *connection G_GNUC_UNUSED,
             const GcoapPdu  *pdu,
             gpointer         data)
{
  g_queue_push_tail (&((ConnectionStack *) data)->responses, kept_pdu_new (pdu));
}

static gboolean
is_used_cb (GcoapConnection *connection G_GNUC_UNUSED,
            gpointer         data)
{
  return ((ConnectionStack *) data)->is_used;
}

static void
watch_cb (GcoapConnection *connection G_GNUC_UNUSED,
          GIOCondition     condition,
          gpointer         data)
{
  ((ConnectionStack *) data)->condition = condition;
}

static void
defer_cb (GcoapConnection *connection G_GNUC_UNUSED,
          gpointer         data)
{
  ((ConnectionStack *) data)->is_deferred = TRUE;
}

static void
drained_cb (GcoapConnection *connection G_GNUC_UNUSED,
            gpointer         data)
{
  ((ConnectionStack *) data)->n_drained++;
}

static void
retired_cb (GcoapConnection *connection G_GNUC_UNUSED,
            gpointer         data)
{
  ((ConnectionStack *) data)->n_retired++;
}

static void
ended_cb (GcoapConnection *connection G_GNUC_UNUSED,
          const GError    *error,
          gpointer         data)
{
  ConnectionStack *self = data;

  g_assert_null (self->error);
  self->error = g_error_copy (error);
}

static void
closed_cb (GcoapConnection *connection G_GNUC_UNUSED,
           gpointer         data)
{
  ((ConnectionStack *) data)->n_closed++;
}

static const GcoapConnectionFuncs funcs = {
  .ready = ready_cb,
  .request = request_cb,
  .response = response_cb,
  .is_used = is_used_cb,
  .watch = watch_cb,
  .defer = defer_cb,
  .drained = drained_cb,
  .retired = retired_cb,
  .ended = ended_cb,
  .closed = closed_cb,
};

ConnectionStack *
connection_stack_new_with_framing (GcoapMessageFraming *framing)
{
  ConnectionStack *self = g_new0 (ConnectionStack, 1);
  g_autoptr (GcoapClock) clock = gcoap_clock_new_manual (G_USEC_PER_SEC);
  g_autoptr (GcoapEndpointAddress) address = test_named_address_new ("peer", TEST_ADDRESS_RELIABLE);

  self->runtime = gcoap_runtime_new (clock);
  self->host.runtime = self->runtime;
  self->host.funcs = &funcs;
  self->host.data = self;
  self->channel = memory_channel_new ();
  self->channel->is_freed = &self->is_closed;
  self->connection = gcoap_connection_new (&self->host, &self->channel->channel,
                                           framing, address);
  return self;
}

ConnectionStack *
connection_stack_new (void)
{
  return connection_stack_new_with_framing (gcoap_message_framing_get_stream ());
}

void
connection_stack_free (ConnectionStack *self)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CLOSED, "The test is over.");

  gcoap_connection_close (self->connection, error);
  g_assert_cmpuint (self->n_closed, ==, 1);
  g_assert_true (self->is_closed);
  g_assert_cmpuint (self->host.queued_bytes, ==, 0);
  gcoap_connection_unref (self->connection);
  g_queue_clear_full (&self->requests, (GDestroyNotify) kept_pdu_free);
  g_queue_clear_full (&self->responses, (GDestroyNotify) kept_pdu_free);
  g_clear_error (&self->error);
  g_free (self->host.scratch);
  g_object_unref (self->runtime);
  g_free (self);
}

void
connection_stack_feed (ConnectionStack *self,
                       const char      *hex)
{
  int high = -1;

  for (; *hex != '\0'; hex++)
    {
      int digit = g_ascii_xdigit_value (*hex);
      guint8 byte;

      if (digit < 0)
        continue;
      if (high < 0)
        {
          high = digit;
          continue;
        }
      byte = (guint8) (high << 4 | digit);
      high = -1;
      g_byte_array_append (self->channel->incoming, &byte, 1);
    }
}

/* What the channel would tell of itself. */
static GIOCondition
find_condition (ConnectionStack *self)
{
  GIOCondition condition = 0;

  if (self->channel->incoming->len > 0 || self->channel->fail_read >= 0
      || (self->channel->at_end && !self->connection->at_end))
    condition |= G_IO_IN;
  if (self->channel->room > 0 || self->channel->fail_write >= 0)
    condition |= G_IO_OUT;
  return condition & self->connection->condition;
}

void
connection_stack_step (ConnectionStack *self)
{
  for (guint i = 0; i < 100000 && !self->is_closed; i++)
    {
      GIOCondition condition = find_condition (self);

      if (condition == 0 && !self->is_deferred)
        return;
      self->is_deferred = FALSE;
      gcoap_connection_run (self->connection, condition);
    }
  g_assert_true (self->is_closed);
}

void
connection_stack_open (ConnectionStack *self)
{
  gcoap_connection_start (self->connection);
  connection_stack_feed (self, "00 e1");
  connection_stack_step (self);
  g_assert_cmpuint (self->n_ready, ==, 1);
  g_byte_array_set_size (self->channel->outgoing, 0);
}

void
connection_stack_advance (ConnectionStack *self,
                          guint            milliseconds)
{
  gcoap_clock_advance (self->runtime->clock, milliseconds * G_GINT64_CONSTANT (1000));
  connection_stack_step (self);
}

KeptPdu *
connection_stack_take (ConnectionStack *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GcoapMessage) message = NULL;
  GByteArray *bytes = self->channel->outgoing;
  GcoapPdu pdu = { .address = self->connection->address };
  KeptPdu *kept;
  gsize size;

  if (self->is_closed)
    return NULL;
  g_assert_true (gcoap_stream_peek_size (bytes->data, bytes->len, G_MAXUINT32, &size, &error));
  if (size == 0 || size > bytes->len)
    return NULL;
  g_assert_true (gcoap_stream_decode (bytes->data, size, GCOAP_STREAM_FRAMING_TCP,
                                      GCOAP_TOKEN_MAX_LENGTH, &pdu, &error));
  message = pdu.message;
  kept = kept_pdu_new (&pdu);
  g_byte_array_remove_range (bytes, 0, (guint) size);
  return kept;
}

void
connection_stack_assert_sent (ConnectionStack *self,
                              guint            code)
{
  g_autoptr (KeptPdu) kept = connection_stack_take (self);

  g_assert_nonnull (kept);
  g_assert_cmphex (gcoap_message_get_code (kept->pdu.message), ==, code);
}

void
connection_stack_assert_silent (ConnectionStack *self)
{
  if (!self->is_closed)
    g_assert_cmpuint (self->channel->outgoing->len, ==, 0);
}

void
connection_stack_respond (ConnectionStack *self,
                          const GcoapPdu  *request,
                          gsize            payload_length)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (GCOAP_CODE_CONTENT);
  g_autofree guint8 *payload = g_malloc0 (payload_length + 1);

  if (payload_length > 0)
    gcoap_message_set_payload_data (response, payload, payload_length);
  gcoap_message_lock (response);
  gcoap_connection_send_response (self->connection, request, response);
}
