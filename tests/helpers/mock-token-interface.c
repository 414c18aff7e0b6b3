/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/mock-token-interface.h"

#include <stdarg.h>
#include <string.h>

#include "base/gcoap-error.h"

typedef struct
{
  GcoapTransmission parent;
  gboolean          is_abandoned;
  guint             n_replaced;
} MockTransmission;

struct _MockTokenInterface
{
  GObject            parent_instance;
  GcoapTokenManager *manager;        /* weak */
  GPtrArray         *sent;
  GError            *failure;
  GcoapMessage      *answer;
  GPtrArray         *candidates;
  GPtrArray         *resolving;      /* tasks that wait */
  gboolean           at_once;
  guint              n_resolved;
  guint              n_shutdowns;
  guint16            next_message_id;
  gsize              room;
  gboolean           is_unconfirmed;
};

static void
mock_transmission_abandon (GcoapTransmission *transmission)
{
  ((MockTransmission *) transmission)->is_abandoned = TRUE;
}

static gboolean
mock_transmission_replace (GcoapTransmission    *transmission,
                           GcoapMessage         *message G_GNUC_UNUSED,
                           GcoapTransportTuning *tuning G_GNUC_UNUSED)
{
  ((MockTransmission *) transmission)->n_replaced++;
  return !((MockTransmission *) transmission)->is_abandoned;
}

static void
mock_transmission_free (GcoapTransmission *transmission)
{
  g_free (transmission);
}

static const GcoapTransmissionFuncs mock_transmission_funcs = {
  .abandon = mock_transmission_abandon,
  .replace = mock_transmission_replace,
  .free = mock_transmission_free,
};

static void
mock_sent_free (gpointer data)
{
  MockSent *sent = data;

  g_clear_pointer (&sent->token, g_bytes_unref);
  g_clear_object (&sent->address);
  g_clear_pointer (&sent->local, gcoap_local_unref);
  g_clear_pointer (&sent->message, gcoap_message_unref);
  g_clear_pointer (&sent->tuning, gcoap_transport_tuning_unref);
  g_clear_error (&sent->error);
  g_clear_pointer (&sent->transmission, gcoap_transmission_unref);
  g_free (sent);
}

static MockSent *
write_down (MockTokenInterface   *self,
            MockSentKind          kind,
            const GcoapPdu       *pdu,
            GcoapMessage         *message,
            GcoapTransportTuning *tuning)
{
  MockSent *sent = g_new0 (MockSent, 1);

  sent->kind = kind;
  sent->type = pdu->type;
  sent->message_id = pdu->message_id;
  sent->token = g_bytes_new (pdu->token, pdu->token_length);
  sent->address = g_object_ref (pdu->address);
  sent->local = pdu->local != NULL ? gcoap_local_ref (pdu->local) : NULL;
  sent->message = message != NULL ? gcoap_message_ref (message) : NULL;
  sent->tuning = tuning != NULL ? gcoap_transport_tuning_ref (tuning) : NULL;
  g_ptr_array_add (self->sent, sent);
  return sent;
}

static GcoapTransmission *
new_transmission (MockSent *sent)
{
  MockTransmission *transmission = g_new0 (MockTransmission, 1);

  gcoap_transmission_init (&transmission->parent, &mock_transmission_funcs);
  sent->transmission = gcoap_transmission_ref (&transmission->parent);
  return &transmission->parent;
}

static void
mock_token_interface_set_manager (GcoapTokenInterface *iface,
                                  GcoapTokenManager   *manager)
{
  g_set_weak_pointer (&MOCK_TOKEN_INTERFACE (iface)->manager, manager);
}

static const char *
mock_token_interface_get_scheme (GcoapTokenInterface *iface G_GNUC_UNUSED)
{
  return "coap";
}

static GcoapTransmission *
mock_token_interface_send_request (GcoapTokenInterface  *iface,
                                   const GcoapPdu       *pdu,
                                   GcoapTransportTuning *tuning,
                                   GError              **error)
{
  MockTokenInterface *self = MOCK_TOKEN_INTERFACE (iface);
  g_autoptr (GcoapMessage) answer = g_steal_pointer (&self->answer);
  GcoapTransmission *transmission;
  MockSent *sent;

  g_assert_true (gcoap_message_is_locked (pdu->message));
  if (self->failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->failure));
      return NULL;
    }
  sent = write_down (self, MOCK_SENT_REQUEST, pdu, pdu->message, tuning);
  transmission = new_transmission (sent);
  if (answer != NULL)
    g_assert_true (mock_token_interface_respond_message (self, sent, NULL, answer));
  return transmission;
}

static GcoapTransmission *
mock_token_interface_send_response (GcoapTokenInterface  *iface,
                                    const GcoapPdu       *request_pdu,
                                    GcoapMessage         *message,
                                    GcoapTransportTuning *tuning,
                                    gboolean              report)
{
  MockTokenInterface *self = MOCK_TOKEN_INTERFACE (iface);
  MockSent *sent = write_down (self, message != NULL ? MOCK_SENT_RESPONSE : MOCK_SENT_NOTHING,
                               request_pdu, message, tuning);
  GcoapTransmission *transmission;

  if (message != NULL)
    g_assert_true (gcoap_message_is_locked (message));
  sent->report = report;
  if (!report)
    return NULL;
  transmission = new_transmission (sent);
  if (self->is_unconfirmed)
    gcoap_transmission_set_complete (transmission);
  return transmission;
}

static void
mock_token_interface_reject (GcoapTokenInterface *iface,
                             const GcoapPdu      *request_pdu,
                             const GError        *error)
{
  MockSent *sent = write_down (MOCK_TOKEN_INTERFACE (iface), MOCK_SENT_REJECTION, request_pdu,
                               NULL, NULL);

  sent->error = g_error_copy (error);
}

static gboolean
mock_token_interface_recognizes (GcoapTokenInterface  *iface G_GNUC_UNUSED,
                                 GcoapEndpointAddress *address)
{
  return g_str_equal (gcoap_endpoint_address_get_scheme (address), "coap");
}

static GPtrArray *
copy_candidates (MockTokenInterface *self)
{
  return g_ptr_array_copy (self->candidates, (GCopyFunc) g_object_ref, NULL);
}

static void
return_candidates (MockTokenInterface *self,
                   GTask              *task)
{
  GPtrArray *copy = copy_candidates (self);

  g_ptr_array_set_free_func (copy, g_object_unref);
  g_task_return_pointer (task, copy, (GDestroyNotify) g_ptr_array_unref);
}

static void
mock_token_interface_resolve_async (GcoapTokenInterface *iface,
                                    const char          *uri,
                                    GCancellable        *cancellable,
                                    GAsyncReadyCallback  callback,
                                    gpointer             user_data)
{
  MockTokenInterface *self = MOCK_TOKEN_INTERFACE (iface);
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_assert_nonnull (uri);
  self->n_resolved++;
  if (!self->at_once)
    {
      g_ptr_array_add (self->resolving, task);
      return;
    }
  return_candidates (self, task);
  g_object_unref (task);
}

static GPtrArray *
mock_token_interface_resolve_finish (GcoapTokenInterface *iface G_GNUC_UNUSED,
                                     GAsyncResult        *result,
                                     GError             **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gsize
mock_token_interface_get_room (GcoapTokenInterface  *iface,
                               GcoapEndpointAddress *address G_GNUC_UNUSED)
{
  return MOCK_TOKEN_INTERFACE (iface)->room;
}

static void
mock_token_interface_shutdown_async (GcoapTokenInterface *iface,
                                     GCancellable        *cancellable,
                                     GAsyncReadyCallback  callback,
                                     gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (iface, cancellable, callback, user_data);

  MOCK_TOKEN_INTERFACE (iface)->n_shutdowns++;
  g_task_return_boolean (task, TRUE);
}

static void
token_interface_init (GcoapTokenInterfaceInterface *iface)
{
  iface->set_manager = mock_token_interface_set_manager;
  iface->get_scheme = mock_token_interface_get_scheme;
  iface->send_request = mock_token_interface_send_request;
  iface->send_response = mock_token_interface_send_response;
  iface->reject = mock_token_interface_reject;
  iface->recognizes = mock_token_interface_recognizes;
  iface->resolve_async = mock_token_interface_resolve_async;
  iface->resolve_finish = mock_token_interface_resolve_finish;
  iface->get_room = mock_token_interface_get_room;
  iface->shutdown_async = mock_token_interface_shutdown_async;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (MockTokenInterface, mock_token_interface, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_TOKEN_INTERFACE,
                                                      token_interface_init))

static void
mock_token_interface_finalize (GObject *object)
{
  MockTokenInterface *self = MOCK_TOKEN_INTERFACE (object);

  g_clear_weak_pointer (&self->manager);
  g_ptr_array_unref (self->sent);
  g_ptr_array_unref (self->candidates);
  g_ptr_array_unref (self->resolving);
  g_clear_error (&self->failure);
  g_clear_pointer (&self->answer, gcoap_message_unref);
  G_OBJECT_CLASS (mock_token_interface_parent_class)->finalize (object);
}

static void
mock_token_interface_class_init (MockTokenInterfaceClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = mock_token_interface_finalize;
}

static void
mock_token_interface_init (MockTokenInterface *self)
{
  self->sent = g_ptr_array_new_with_free_func (mock_sent_free);
  self->candidates = g_ptr_array_new_with_free_func (g_object_unref);
  self->resolving = g_ptr_array_new_with_free_func (g_object_unref);
  self->at_once = TRUE;
  self->room = 1152;
}

MockTokenInterface *
mock_token_interface_new (void)
{
  return g_object_new (MOCK_TYPE_TOKEN_INTERFACE, NULL);
}

guint
mock_token_interface_get_n_sent (MockTokenInterface *self)
{
  return self->sent->len;
}

MockSent *
mock_token_interface_get_sent (MockTokenInterface *self,
                               int                 position)
{
  guint index = position >= 0 ? (guint) position : self->sent->len - (guint) -position;

  g_assert_cmpuint (index, <, self->sent->len);
  return g_ptr_array_index (self->sent, index);
}

gboolean
mock_sent_is_abandoned (MockSent *sent)
{
  return ((MockTransmission *) sent->transmission)->is_abandoned;
}

guint
mock_token_interface_count_held (MockTokenInterface *self)
{
  guint n = 0;

  for (guint i = 0; i < self->sent->len; i++)
    {
      MockSent *sent = g_ptr_array_index (self->sent, i);

      if (sent->transmission != NULL && sent->transmission->ref_count > 1)
        n++;
    }
  return n;
}

void
mock_token_interface_fail_next (MockTokenInterface *self,
                                GError             *error)
{
  self->failure = error;
}

void
mock_token_interface_answer_next (MockTokenInterface *self,
                                  GcoapMessage       *response)
{
  self->answer = gcoap_message_ref (response);
}

void
mock_token_interface_set_room (MockTokenInterface *self,
                               gsize               room)
{
  self->room = room;
}

void
mock_token_interface_set_unconfirmed (MockTokenInterface *self,
                                      gboolean            unconfirmed)
{
  self->is_unconfirmed = unconfirmed;
}

void
mock_token_interface_set_candidates (MockTokenInterface *self,
                                     ...)
{
  va_list arguments;
  GcoapEndpointAddress *address;

  g_ptr_array_set_size (self->candidates, 0);
  va_start (arguments, self);
  while ((address = va_arg (arguments, GcoapEndpointAddress *)) != NULL)
    g_ptr_array_add (self->candidates, g_object_ref (address));
  va_end (arguments);
}

void
mock_token_interface_set_resolving_at_once (MockTokenInterface *self,
                                            gboolean            at_once)
{
  self->at_once = at_once;
}

void
mock_token_interface_finish_resolving (MockTokenInterface *self,
                                       GError             *error)
{
  g_autoptr (GTask) task = NULL;

  g_assert_cmpuint (self->resolving->len, >, 0);
  task = g_ptr_array_steal_index (self->resolving, 0);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    return_candidates (self, task);
}

guint
mock_token_interface_get_n_resolved (MockTokenInterface *self)
{
  return self->n_resolved;
}

guint
mock_token_interface_get_n_shutdowns (MockTokenInterface *self)
{
  return self->n_shutdowns;
}

gboolean
mock_token_interface_respond_message (MockTokenInterface   *self,
                                      MockSent             *request,
                                      GcoapEndpointAddress *from,
                                      GcoapMessage         *message)
{
  gsize length;
  GcoapPdu pdu = {
    .type = GCOAP_MESSAGE_TYPE_CON,
    .message_id = self->next_message_id++,
    .token = g_bytes_get_data (request->token, &length),
    .address = from != NULL ? from : request->address,
    .message = message,
  };

  pdu.token_length = (guint32) length;
  gcoap_message_lock (message);
  return gcoap_token_manager_dispatch_response (self->manager, &pdu);
}

gboolean
mock_token_interface_respond (MockTokenInterface   *self,
                              MockSent             *request,
                              GcoapEndpointAddress *from,
                              GcoapCode             code,
                              const char           *payload)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (code);

  if (payload != NULL)
    gcoap_message_set_payload_data (message, (const guint8 *) payload, strlen (payload));
  return mock_token_interface_respond_message (self, request, from, message);
}

void
mock_token_interface_settle (MockTokenInterface *self,
                             MockSent           *sent,
                             GcoapOutcome        outcome)
{
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (sent->transmission);
  g_assert_false (mock_sent_is_abandoned (sent));
  if (outcome == GCOAP_OUTCOME_UNREACHABLE)
    {
      g_autofree char *peer = gcoap_endpoint_address_dup_uri_base (sent->address);

      error = g_error_new (GCOAP_ERROR, GCOAP_ERROR_UNREACHABLE, "There is no route to %s.", peer);
    }
  gcoap_token_manager_dispatch_outcome (self->manager, sent->transmission, outcome, error);
}

void
mock_token_interface_break (MockTokenInterface   *self,
                            GcoapEndpointAddress *address)
{
  g_autoptr (GError) error = g_error_new_literal (GCOAP_ERROR, GCOAP_ERROR_CLOSED,
                                                  "The connection has ended.");

  gcoap_token_manager_dispatch_error (self->manager, address, error);
}

void
mock_token_interface_request (MockTokenInterface   *self,
                              GcoapMessageType      type,
                              const char           *token,
                              GcoapEndpointAddress *from,
                              GcoapLocal           *local,
                              GcoapCode             code)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (code);

  mock_token_interface_request_message (self, type, token, from, local, message);
}

void
mock_token_interface_request_message (MockTokenInterface   *self,
                                      GcoapMessageType      type,
                                      const char           *token,
                                      GcoapEndpointAddress *from,
                                      GcoapLocal           *local,
                                      GcoapMessage         *message)
{
  GcoapPdu pdu = {
    .type = type,
    .message_id = self->next_message_id++,
    .token = (const guint8 *) token,
    .token_length = (guint32) strlen (token),
    .address = from,
    .local = local,
    .message = message,
  };

  gcoap_message_lock (message);
  gcoap_token_manager_dispatch_request (self->manager, &pdu);
}
