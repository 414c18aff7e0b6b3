/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/mock-responder.h"

#include <string.h>

#include "base/gcoap-error.h"

struct _MockResponder
{
  GObject            parent_instance;
  MockResponderMode  mode;
  GPtrArray         *kept;
  guint              n_requests;
  guint              n_cancelled;
};

static void
cancelled_cb (GcoapExchange *exchange,
              gpointer       data)
{
  g_assert_cmpint (gcoap_exchange_get_end (exchange), ==, GCOAP_EXCHANGE_END_CANCELLED);
  MOCK_RESPONDER (data)->n_cancelled++;
}

static void
mock_responder_request (GcoapRequestInterface *iface,
                        GcoapExchange         *exchange)
{
  MockResponder *self = MOCK_RESPONDER (iface);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_FAILED,
                                                  "A secret has leaked.");

  self->n_requests++;
  text = g_strdup_printf ("%u", self->n_requests);
  switch (self->mode)
    {
    case MOCK_RESPONDER_ANSWER:
      mock_respond (exchange, text, TRUE);
      break;
    case MOCK_RESPONDER_STREAM:
      mock_respond (exchange, text, FALSE);
      g_ptr_array_add (self->kept, g_object_ref (exchange));
      break;
    case MOCK_RESPONDER_KEEP:
      gcoap_exchange_set_cancel_callback (exchange, cancelled_cb, g_object_ref (self),
                                          g_object_unref);
      g_ptr_array_add (self->kept, g_object_ref (exchange));
      break;
    case MOCK_RESPONDER_FAIL:
      gcoap_exchange_fail (exchange, error);
      break;
    case MOCK_RESPONDER_DISMISS:
      gcoap_exchange_dismiss (exchange);
      break;
    case MOCK_RESPONDER_REJECT:
      gcoap_exchange_reject (exchange, error);
      break;
    case MOCK_RESPONDER_DROP:
    default:
      break;
    }
}

static void
request_interface_init (GcoapRequestInterfaceInterface *iface)
{
  iface->request = mock_responder_request;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MockResponder, mock_responder, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_REQUEST_INTERFACE,
                                                      request_interface_init))

static void
mock_responder_finalize (GObject *object)
{
  g_ptr_array_unref (MOCK_RESPONDER (object)->kept);
  G_OBJECT_CLASS (mock_responder_parent_class)->finalize (object);
}

static void
mock_responder_class_init (MockResponderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mock_responder_finalize;
}

static void
mock_responder_init (MockResponder *self)
{
  self->kept = g_ptr_array_new_with_free_func (g_object_unref);
}

MockResponder *
mock_responder_new (MockResponderMode mode)
{
  MockResponder *self = g_object_new (MOCK_TYPE_RESPONDER, NULL);

  self->mode = mode;
  return self;
}

void
mock_responder_set_mode (MockResponder     *self,
                         MockResponderMode  mode)
{
  self->mode = mode;
}

guint
mock_responder_get_n_requests (MockResponder *self)
{
  return self->n_requests;
}

guint
mock_responder_get_n_cancelled (MockResponder *self)
{
  return self->n_cancelled;
}

guint
mock_responder_get_n_kept (MockResponder *self)
{
  return self->kept->len;
}

GcoapExchange *
mock_responder_get_kept (MockResponder *self,
                         guint          n)
{
  g_assert_cmpuint (n, <, self->kept->len);
  return g_ptr_array_index (self->kept, n);
}

void
mock_responder_release (MockResponder *self,
                        guint          n)
{
  g_assert_cmpuint (n, <, self->kept->len);
  g_ptr_array_remove_index (self->kept, n);
}

static GcoapMessage *
new_content (const char *text)
{
  GcoapMessage *response = gcoap_message_new (GCOAP_CODE_CONTENT);

  gcoap_message_set_payload_data (response, (const guint8 *) text, strlen (text));
  return response;
}

void
mock_respond (GcoapExchange *exchange,
              const char    *text,
              gboolean       is_last)
{
  g_autoptr (GcoapMessage) response = new_content (text);

  gcoap_exchange_respond (exchange, response, is_last);
}

static void
reported_cb (GcoapExchange *exchange G_GNUC_UNUSED,
             GcoapOutcome   outcome,
             gpointer       data)
{
  g_string_append_c (data, "ARTU"[outcome]);
}

void
mock_respond_reported (GcoapExchange *exchange,
                       const char    *text,
                       gboolean       is_last,
                       GString       *outcomes)
{
  g_autoptr (GcoapMessage) response = new_content (text);

  gcoap_exchange_respond_full (exchange, response, is_last, NULL, reported_cb, outcomes, NULL);
}
