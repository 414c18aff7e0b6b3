/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/recording-sink.h"

static void
record_cb (GcoapExchange *exchange,
           gboolean       is_last,
           gpointer       data)
{
  RecordingSink *self = data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);
  GcoapEndpointAddress *responder = gcoap_exchange_get_responder (exchange);

  g_assert_cmpuint (self->n_ends, ==, 0);
  self->n_calls++;
  if (response != NULL)
    {
      g_assert_true (gcoap_message_is_locked (response));
      g_ptr_array_add (self->responses, gcoap_message_ref (response));
      g_ptr_array_add (self->responders, responder != NULL ? g_object_ref (responder) : NULL);
    }
  else
    {
      g_assert_true (is_last);
    }
  if (is_last)
    {
      g_assert_cmpint (gcoap_exchange_get_state (exchange), ==, GCOAP_EXCHANGE_STATE_CLOSED);
      self->n_ends++;
      self->end = gcoap_exchange_get_end (exchange);
      if (gcoap_exchange_get_error (exchange) != NULL)
        self->error = g_error_copy (gcoap_exchange_get_error (exchange));
      g_assert_true ((self->error != NULL) == (self->end == GCOAP_EXCHANGE_END_FAILED
                                               || self->end == GCOAP_EXCHANGE_END_REJECTED));
    }
}

static void
destroyed_cb (gpointer data)
{
  ((RecordingSink *) data)->n_destroyed++;
}

static void
clear_object (gpointer object)
{
  if (object != NULL)
    g_object_unref (object);
}

RecordingSink *
recording_sink_new_for_exchange (GcoapExchange *exchange)
{
  RecordingSink *self = g_new0 (RecordingSink, 1);

  self->exchange = exchange;
  self->responses = g_ptr_array_new_with_free_func ((GDestroyNotify) gcoap_message_unref);
  self->responders = g_ptr_array_new_with_free_func (clear_object);
  return self;
}

RecordingSink *
recording_sink_new (GcoapCode             code,
                    GcoapEndpointAddress *address)
{
  g_autoptr (GcoapMessage) request = gcoap_message_new (code);
  RecordingSink *self = recording_sink_new_for_exchange (gcoap_exchange_new (request));

  if (address != NULL)
    gcoap_exchange_set_address (self->exchange, address);
  return self;
}

void
recording_sink_open (RecordingSink *self)
{
  gcoap_exchange_open (self->exchange, record_cb, self, destroyed_cb);
}

void
recording_sink_free (RecordingSink *self)
{
  /* A test may have let go of it. */
  if (self->exchange != NULL)
    gcoap_exchange_cancel (self->exchange);
  g_clear_object (&self->exchange);
  g_ptr_array_unref (self->responses);
  g_ptr_array_unref (self->responders);
  g_clear_error (&self->error);
  g_free (self);
}

char *
recording_sink_dup_text (RecordingSink *self,
                         guint          n)
{
  const guint8 *data;
  gsize length;

  g_assert_cmpuint (n, <, self->responses->len);
  data = gcoap_message_get_payload_data (g_ptr_array_index (self->responses, n), &length);
  return g_strndup ((const char *) data, length);
}

GcoapCode
recording_sink_get_code (RecordingSink *self,
                         guint          n)
{
  g_assert_cmpuint (n, <, self->responses->len);
  return gcoap_message_get_code (g_ptr_array_index (self->responses, n));
}
