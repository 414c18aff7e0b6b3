/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/body-responder.h"

G_DEFINE_FINAL_TYPE (BodyResponder, body_responder, GCOAP_TYPE_RESOURCE)

GBytes *
body_new (gsize   length,
          guint32 seed)
{
  g_autofree guint8 *data = g_malloc (length + 1);
  guint32 state = seed * 2654435761u + 1;

  for (gsize i = 0; i < length; i++)
    {
      state ^= state << 13;
      state ^= state >> 17;
      state ^= state << 5;
      data[i] = (guint8) (state >> 11);
    }
  return g_bytes_new (data, length);
}

/* A stream that is read only once, and, so that no test waits for a thread, at
 * once. */
#define TYPE_ONCE_STREAM (once_stream_get_type ())
G_DECLARE_FINAL_TYPE (OnceStream, once_stream, ONCE, STREAM, GFilterInputStream)

struct _OnceStream
{
  GFilterInputStream parent_instance;
};

G_DEFINE_FINAL_TYPE (OnceStream, once_stream, G_TYPE_FILTER_INPUT_STREAM)

static void
once_stream_read_async (GInputStream        *stream,
                        void                *buffer,
                        gsize                count,
                        int                  priority G_GNUC_UNUSED,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GInputStream *base = g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (stream));

  g_task_return_int (task, g_input_stream_read (base, buffer, MIN (count, 50), NULL, NULL));
}

static gssize
once_stream_read_finish (GInputStream *stream G_GNUC_UNUSED,
                         GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_int (G_TASK (result), error);
}

static void
once_stream_class_init (OnceStreamClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_async = once_stream_read_async;
  G_INPUT_STREAM_CLASS (klass)->read_finish = once_stream_read_finish;
}

static void
once_stream_init (OnceStream *self G_GNUC_UNUSED)
{
}

GInputStream *
body_new_unseekable (GBytes *body)
{
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_bytes (body);

  return g_object_new (TYPE_ONCE_STREAM, "base-stream", memory, NULL);
}

static void
set_etag (BodyResponder *self,
          GcoapMessage  *response)
{
  guint8 etag[4] = { 0 };

  if (!self->adds_etag)
    return;
  for (guint i = 0; i < 4; i++)
    etag[i] = (guint8) (g_bytes_hash (self->body) >> (8 * i));
  gcoap_message_set_option (response, GCOAP_OPTION_ETAG, etag, sizeof (etag));
}

static void
answer (BodyResponder *self,
        GcoapExchange *exchange,
        GcoapCode      code,
        GBytes        *body)
{
  g_autoptr (GcoapMessage) response = gcoap_message_new (code);
  g_autoptr (GInputStream) stream = NULL;

  set_etag (self, response);
  if (self->streams)
    {
      stream = self->is_unseekable ? body_new_unseekable (body)
                                   : g_memory_input_stream_new_from_bytes (body);
      gcoap_exchange_set_response_body (exchange, stream);
    }
  else
    {
      gcoap_message_set_payload (response, body);
    }
  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
body_responder_get (GcoapResource *resource,
                    GcoapExchange *exchange)
{
  BodyResponder *self = BODY_RESPONDER (resource);

  if (self->changes)
    {
      GBytes *former = self->body;

      self->body = body_new (g_bytes_get_size (former), self->n_requests);
      g_bytes_unref (former);
    }
  answer (self, exchange, GCOAP_CODE_CONTENT, self->body);
}

static GBytes *
dup_payload (GcoapExchange *exchange)
{
  GBytes *payload = gcoap_message_get_payload (gcoap_exchange_get_request (exchange));

  return payload != NULL ? g_bytes_ref (payload) : g_bytes_new_static ("", 0);
}

static void
body_responder_post (GcoapResource *resource,
                     GcoapExchange *exchange)
{
  g_autoptr (GBytes) payload = dup_payload (exchange);

  answer (BODY_RESPONDER (resource), exchange, GCOAP_CODE_CHANGED, payload);
}

static void
body_responder_fetch (GcoapResource *resource,
                      GcoapExchange *exchange)
{
  g_autoptr (GBytes) payload = dup_payload (exchange);

  answer (BODY_RESPONDER (resource), exchange, GCOAP_CODE_CONTENT, payload);
}

static void
body_done_cb (GcoapExchange *exchange,
              gpointer       data)
{
  BodyResponder *self = data;
  g_autoptr (GcoapMessage) response = gcoap_message_new (self->put_code);
  GOutputStream *sink = gcoap_exchange_get_request_sink (exchange);

  g_clear_pointer (&self->body, g_bytes_unref);
  g_assert_true (g_output_stream_is_closed (sink));
  self->body = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (sink));
  gcoap_exchange_respond (exchange, response, TRUE);
  g_object_unref (exchange);
}

static void
cancelled_cb (GcoapExchange *exchange,
              gpointer       data)
{
  BODY_RESPONDER (data)->n_cancelled++;
  g_object_unref (exchange);
}

static void
take_stream (BodyResponder *self,
             GcoapExchange *exchange)
{
  guint8 *buffer = g_malloc (20);
  g_autoptr (GOutputStream) sink = self->fails ? g_memory_output_stream_new (buffer, 20, NULL, g_free)
                                               : g_memory_output_stream_new_resizable ();

  if (!self->fails)
    g_free (buffer);
  g_object_ref (exchange);
  gcoap_exchange_set_cancel_callback (exchange, cancelled_cb, self, NULL);
  gcoap_exchange_set_request_sink (exchange, sink, body_done_cb, self, NULL);
}

static void
body_responder_put (GcoapResource *resource,
                    GcoapExchange *exchange)
{
  BodyResponder *self = BODY_RESPONDER (resource);
  g_autoptr (GcoapMessage) response = gcoap_message_new (self->put_code);

  if (gcoap_resource_get_body_handling (resource) == GCOAP_BODY_HANDLING_STREAM)
    {
      take_stream (self, exchange);
      return;
    }
  g_bytes_unref (self->body);
  self->body = dup_payload (exchange);
  gcoap_exchange_respond (exchange, response, TRUE);
}

static void
body_responder_render (GcoapResource *resource,
                       GcoapExchange *exchange)
{
  BodyResponder *self = BODY_RESPONDER (resource);

  self->n_requests++;
  g_clear_pointer (&self->request, gcoap_message_unref);
  self->request = gcoap_message_ref (gcoap_exchange_get_request (exchange));
  GCOAP_RESOURCE_CLASS (body_responder_parent_class)->render (resource, exchange);
}

static void
body_responder_finalize (GObject *object)
{
  BodyResponder *self = BODY_RESPONDER (object);

  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->request, gcoap_message_unref);
  G_OBJECT_CLASS (body_responder_parent_class)->finalize (object);
}

static void
body_responder_class_init (BodyResponderClass *klass)
{
  GcoapResourceClass *resource_class = GCOAP_RESOURCE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = body_responder_finalize;
  resource_class->render = body_responder_render;
  resource_class->get = body_responder_get;
  resource_class->post = body_responder_post;
  resource_class->put = body_responder_put;
  resource_class->fetch = body_responder_fetch;
}

static void
body_responder_init (BodyResponder *self)
{
  self->put_code = GCOAP_CODE_CHANGED;
}

BodyResponder *
body_responder_new (GBytes *body)
{
  BodyResponder *self = g_object_new (BODY_TYPE_RESPONDER, NULL);

  self->body = g_bytes_ref (body);
  return self;
}
