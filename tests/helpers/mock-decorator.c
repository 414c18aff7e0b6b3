/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/mock-decorator.h"

struct _MockDecorator
{
  GObject                parent_instance;
  GcoapRequestInterface *next;
  GcoapResponseFilter    filter;
  gpointer               data;
  char                   mark;
  guint                  n_open;
};

/* What a derived exchange needs to answer the one it stands for. */
typedef struct
{
  MockDecorator *decorator;
  GcoapExchange *outer;
} Link;

static void
link_free (gpointer data)
{
  Link *link = data;

  link->decorator->n_open--;
  g_object_unref (link->decorator);
  g_object_unref (link->outer);
  g_free (link);
}

static GcoapMessage *
with_mark (GcoapMessage *message,
           char          mark)
{
  GcoapMessage *copy = gcoap_message_copy (message);
  GByteArray *payload = g_byte_array_new ();
  const guint8 *data;
  gsize length;

  data = gcoap_message_get_payload_data (message, &length);
  if (length > 0)
    g_byte_array_append (payload, data, (guint) length);
  g_byte_array_append (payload, (const guint8 *) &mark, 1);
  gcoap_message_set_payload_data (copy, payload->data, payload->len);
  g_byte_array_unref (payload);
  return copy;
}

static void
sink_cb (GcoapExchange *exchange,
         gboolean       is_last,
         gpointer       data)
{
  Link *link = data;
  GcoapMessage *response = gcoap_exchange_get_response (exchange);

  if (response != NULL)
    {
      g_autoptr (GcoapMessage) marked = with_mark (response, link->decorator->mark);

      gcoap_exchange_respond (link->outer, marked, is_last);
    }
  else if (gcoap_exchange_get_end (exchange) == GCOAP_EXCHANGE_END_FAILED)
    gcoap_exchange_fail (link->outer, gcoap_exchange_get_error (exchange));
  else if (gcoap_exchange_get_end (exchange) == GCOAP_EXCHANGE_END_REJECTED)
    gcoap_exchange_reject (link->outer, gcoap_exchange_get_error (exchange));
  else
    gcoap_exchange_dismiss (link->outer);
}

static void
derive (MockDecorator *self,
        GcoapExchange *outer)
{
  g_autoptr (GcoapMessage) request = with_mark (gcoap_exchange_get_request (outer), self->mark);
  g_autoptr (GcoapExchange) derived = gcoap_exchange_derive (outer, request);
  Link *link = g_new0 (Link, 1);

  link->decorator = g_object_ref (self);
  link->outer = g_object_ref (outer);
  self->n_open++;
  gcoap_exchange_open (derived, sink_cb, link, link_free);
  gcoap_request_interface_request (self->next, derived);
}

static void
mock_decorator_request (GcoapRequestInterface *iface,
                        GcoapExchange         *exchange)
{
  MockDecorator *self = MOCK_DECORATOR (iface);

  if (self->mark != 0)
    {
      derive (self, exchange);
      return;
    }
  if (self->filter != NULL)
    gcoap_exchange_add_response_filter (exchange, self->filter, self->data);
  gcoap_request_interface_request (self->next, exchange);
}

static void
mock_decorator_prepare_async (GcoapRequestInterface *iface,
                              GcoapExchange         *exchange,
                              GCancellable          *cancellable,
                              GAsyncReadyCallback    callback,
                              gpointer               user_data)
{
  gcoap_request_interface_prepare_async (MOCK_DECORATOR (iface)->next, exchange, cancellable,
                                         callback, user_data);
}

static gboolean
mock_decorator_prepare_finish (GcoapRequestInterface *iface,
                               GAsyncResult          *result,
                               GError               **error)
{
  return gcoap_request_interface_prepare_finish (MOCK_DECORATOR (iface)->next, result, error);
}

static void
mock_decorator_shutdown_async (GcoapRequestInterface *iface,
                               GCancellable          *cancellable,
                               GAsyncReadyCallback    callback,
                               gpointer               user_data)
{
  gcoap_request_interface_shutdown_async (MOCK_DECORATOR (iface)->next, cancellable, callback,
                                          user_data);
}

static gboolean
mock_decorator_shutdown_finish (GcoapRequestInterface *iface,
                                GAsyncResult          *result,
                                GError               **error)
{
  return gcoap_request_interface_shutdown_finish (MOCK_DECORATOR (iface)->next, result, error);
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = mock_decorator_request;
  iface->prepare_async = mock_decorator_prepare_async;
  iface->prepare_finish = mock_decorator_prepare_finish;
  iface->shutdown_async = mock_decorator_shutdown_async;
  iface->shutdown_finish = mock_decorator_shutdown_finish;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MockDecorator, mock_decorator, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

static void
mock_decorator_finalize (GObject *object)
{
  g_object_unref (MOCK_DECORATOR (object)->next);
  G_OBJECT_CLASS (mock_decorator_parent_class)->finalize (object);
}

static void
mock_decorator_class_init (MockDecoratorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mock_decorator_finalize;
}

static void
mock_decorator_init (MockDecorator *self G_GNUC_UNUSED)
{
}

MockDecorator *
mock_decorator_new_passing (GcoapRequestInterface *next)
{
  MockDecorator *self = g_object_new (MOCK_TYPE_DECORATOR, NULL);

  self->next = g_object_ref (next);
  return self;
}

MockDecorator *
mock_decorator_new_filtering (GcoapRequestInterface *next,
                              GcoapResponseFilter    filter,
                              gpointer               data)
{
  MockDecorator *self = mock_decorator_new_passing (next);

  self->filter = filter;
  self->data = data;
  return self;
}

MockDecorator *
mock_decorator_new_deriving (GcoapRequestInterface *next,
                             char                   mark)
{
  MockDecorator *self = mock_decorator_new_passing (next);

  self->mark = mark;
  return self;
}

guint
mock_decorator_get_n_open (MockDecorator *self)
{
  return self->n_open;
}
