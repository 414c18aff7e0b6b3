/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "helpers/message-recorder.h"

static void
record_free (gpointer data)
{
  TestRecord *record = data;

  g_clear_pointer (&record->token, g_bytes_unref);
  g_clear_object (&record->address);
  g_clear_pointer (&record->local, gcoap_local_unref);
  g_clear_pointer (&record->message, gcoap_message_unref);
  g_clear_error (&record->error);
  g_free (record);
}

static void
write_down (TestMessageRecorder *self,
            TestRecordKind       kind,
            const GcoapPdu      *pdu,
            const GError        *error)
{
  TestRecord *record = g_new0 (TestRecord, 1);

  record->kind = kind;
  record->type = pdu->type;
  record->message_id = pdu->message_id;
  record->token = g_bytes_new (pdu->token, pdu->token_length);
  record->address = g_object_ref (pdu->address);
  record->local = pdu->local != NULL ? gcoap_local_ref (pdu->local) : NULL;
  record->message = pdu->message != NULL ? gcoap_message_ref (pdu->message) : NULL;
  record->error = error != NULL ? g_error_copy (error) : NULL;
  g_ptr_array_add (self->records, record);
}

static void
test_message_recorder_dispatch_pdu (GcoapMessageManager *manager,
                                    const GcoapPdu      *pdu)
{
  TestMessageRecorder *self = TEST_MESSAGE_RECORDER (manager);

  write_down (self, TEST_RECORD_PDU, pdu, NULL);
  if (self->func != NULL)
    self->func (self, pdu, self->data);
}

static void
test_message_recorder_dispatch_malformed (GcoapMessageManager *manager,
                                          const GcoapPdu      *pdu,
                                          const GError        *error)
{
  write_down (TEST_MESSAGE_RECORDER (manager), TEST_RECORD_MALFORMED, pdu, error);
}

static void
test_message_recorder_dispatch_error (GcoapMessageManager  *manager,
                                      GcoapEndpointAddress *address,
                                      int                   message_id,
                                      const GError         *error)
{
  GcoapPdu pdu = { .address = address };
  TestMessageRecorder *self = TEST_MESSAGE_RECORDER (manager);

  write_down (self, TEST_RECORD_ERROR, &pdu, error);
  ((TestRecord *) self->records->pdata[self->records->len - 1])->message_id = message_id;
}

static void
manager_init (GcoapMessageManagerInterface *iface)
{
  iface->dispatch_pdu = test_message_recorder_dispatch_pdu;
  iface->dispatch_malformed = test_message_recorder_dispatch_malformed;
  iface->dispatch_error = test_message_recorder_dispatch_error;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (TestMessageRecorder, test_message_recorder, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GCOAP_TYPE_MESSAGE_MANAGER, manager_init))

static void
test_message_recorder_finalize (GObject *object)
{
  g_ptr_array_unref (TEST_MESSAGE_RECORDER (object)->records);
  G_OBJECT_CLASS (test_message_recorder_parent_class)->finalize (object);
}

static void
test_message_recorder_class_init (TestMessageRecorderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = test_message_recorder_finalize;
}

static void
test_message_recorder_init (TestMessageRecorder *self)
{
  self->records = g_ptr_array_new_with_free_func (record_free);
}

TestMessageRecorder *
test_message_recorder_new (GcoapMessageInterface *transport)
{
  TestMessageRecorder *self = g_object_new (TEST_TYPE_MESSAGE_RECORDER, NULL);

  gcoap_message_interface_set_manager (transport, GCOAP_MESSAGE_MANAGER (self));
  return self;
}

static const TestRecord *
find (TestMessageRecorder *self,
      TestRecordKind       kind,
      guint                n)
{
  for (guint i = 0; i < self->records->len; i++)
    {
      const TestRecord *record = self->records->pdata[i];

      if (record->kind == kind && n-- == 0)
        return record;
    }
  return NULL;
}

guint
test_message_recorder_get_n (TestMessageRecorder *self,
                             TestRecordKind       kind)
{
  guint n = 0;

  while (find (self, kind, n) != NULL)
    n++;
  return n;
}

const TestRecord *
test_message_recorder_get (TestMessageRecorder *self,
                           TestRecordKind       kind,
                           guint                n)
{
  const TestRecord *record = find (self, kind, n);

  g_assert_nonnull (record);
  return record;
}

static gboolean
guard_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_CONTINUE;
}

void
test_message_recorder_wait (TestMessageRecorder *self,
                            TestRecordKind       kind,
                            guint                n)
{
  gboolean too_late = FALSE;
  guint guard = g_timeout_add_seconds (10, guard_cb, &too_late);

  while (n > 0 && find (self, kind, n - 1) == NULL && !too_late)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (guard);
  g_assert_false (too_late);
}

static void
resolved_cb (GObject      *object G_GNUC_UNUSED,
             GAsyncResult *result,
             gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

GcoapEndpointAddress *
test_resolve (GcoapMessageInterface  *transport,
              const char             *uri,
              GError                **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) addresses = NULL;

  gcoap_message_interface_resolve_async (transport, uri, NULL, resolved_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  addresses = gcoap_message_interface_resolve_finish (transport, result, error);
  return addresses != NULL ? g_object_ref (addresses->pdata[0]) : NULL;
}

void
test_send_get (GcoapMessageInterface *transport,
               GcoapEndpointAddress  *address,
               guint16                message_id)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new (GCOAP_CODE_GET);
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = { .type = GCOAP_MESSAGE_TYPE_CON, .message_id = message_id, .token_length = 1,
                   .token = (const guint8 *) "t", .address = address, .message = message };

  gcoap_message_add_option_string (message, GCOAP_OPTION_URI_PATH, "test");
  gcoap_message_lock (message);
  gcoap_message_interface_send (transport, &pdu, &error);
  g_assert_no_error (error);
}

void
test_send_ack (GcoapMessageInterface *transport,
               const GcoapPdu        *request)
{
  g_autoptr (GcoapMessage) message = gcoap_message_new_text (GCOAP_CODE_CONTENT, "fine");
  g_autoptr (GError) error = NULL;
  GcoapPdu pdu = *request;

  pdu.type = GCOAP_MESSAGE_TYPE_ACK;
  pdu.message = message;
  gcoap_message_lock (message);
  gcoap_message_interface_send (transport, &pdu, &error);
  g_assert_no_error (error);
}
