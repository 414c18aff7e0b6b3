/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-job-private.h"

#include "site/gcoap-file-draft-private.h"
#include "site/gcoap-representation.h"

GcoapFileJob *
gcoap_file_job_new (GcoapFileRoot *root,
                    const char    *path,
                    GcoapExchange *exchange,
                    guint          etag_length)
{
  GcoapFileJob *self = g_new0 (GcoapFileJob, 1);

  self->root = gcoap_file_root_ref (root);
  self->path = g_strdup (path);
  self->exchange = g_object_ref (exchange);
  self->request = gcoap_message_ref (gcoap_exchange_get_request (exchange));
  self->etag_length = etag_length;
  self->format = -1;
  gcoap_file_draft_init (&self->draft);
  return self;
}

static void
run_in_thread_cb (GTask        *task,
                  gpointer      source G_GNUC_UNUSED,
                  gpointer      data,
                  GCancellable *cancellable G_GNUC_UNUSED)
{
  GcoapFileFunc func = (GcoapFileFunc) g_object_get_data (G_OBJECT (task), "gcoap-func");
  GError *error = NULL;

  if (func (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
answer (GcoapFileJob *self)
{
  guint method = gcoap_message_get_code (gcoap_exchange_get_request (self->exchange));

  if (method == GCOAP_CODE_GET)
    {
      if (self->body != NULL)
        gcoap_exchange_set_response_body (self->exchange, self->body);
      gcoap_resource_answer_content (self->exchange, self->payload, self->format, self->etag);
      return;
    }

  {
    g_autoptr (GcoapMessage) response = NULL;

    if (method == GCOAP_CODE_DELETE)
      response = gcoap_message_new (GCOAP_CODE_DELETED);
    else
      response = gcoap_message_new (self->created ? GCOAP_CODE_CREATED : GCOAP_CODE_CHANGED);
    if (self->etag != NULL)
      {
        gsize length;
        const guint8 *data = g_bytes_get_data (self->etag, &length);

        gcoap_message_set_option (response, GCOAP_OPTION_ETAG, data, length);
      }
    gcoap_exchange_respond (self->exchange, response, TRUE);
  }
}

static void
done_cb (GObject      *source G_GNUC_UNUSED,
         GAsyncResult *result,
         gpointer      user_data G_GNUC_UNUSED)
{
  GcoapFileJob *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean done = g_task_propagate_boolean (G_TASK (result), &error);

  /* The requester may have gone meanwhile. */
  if (!gcoap_exchange_is_open (self->exchange))
    g_clear_error (&error);
  else if (done)
    answer (self);
  else
    gcoap_exchange_fail (self->exchange, error);
  /* The thread may be the last that holds the task; the exchange is to go in
   * the thread of its stack. */
  g_clear_object (&self->exchange);
  g_clear_object (&self->body);
}

void
gcoap_file_job_run (GcoapFileJob  *self,
                    GcoapFileFunc  func)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, done_cb, NULL);

  g_task_set_source_tag (task, gcoap_file_job_run);
  g_task_set_task_data (task, self, (GDestroyNotify) gcoap_file_job_free);
  g_object_set_data (G_OBJECT (task), "gcoap-func", (gpointer) func);
  g_task_run_in_thread (task, run_in_thread_cb);
}
