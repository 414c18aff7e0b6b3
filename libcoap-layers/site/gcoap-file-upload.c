/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-upload-private.h"

struct _GcoapFileUpload
{
  GOutputStream parent_instance;

  GcoapFileJob *job;   /* NULL when it has been handed on */
};

/* The asynchronous functions of GOutputStream run the others in a thread, as is
 * right for a file. */
G_DEFINE_FINAL_TYPE (GcoapFileUpload, gcoap_file_upload, G_TYPE_OUTPUT_STREAM)

static gssize
gcoap_file_upload_write (GOutputStream *stream,
                         const void    *buffer,
                         gsize          count,
                         GCancellable  *cancellable,
                         GError       **error)
{
  GcoapFileJob *job = GCOAP_FILE_UPLOAD (stream)->job;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  if (job->draft.fd < 0 && !gcoap_file_job_begin (job, error))
    return -1;
  return gcoap_file_job_append (job, buffer, count, error) ? (gssize) count : -1;
}

static void
gcoap_file_upload_finalize (GObject *object)
{
  g_clear_pointer (&GCOAP_FILE_UPLOAD (object)->job, gcoap_file_job_free);
  G_OBJECT_CLASS (gcoap_file_upload_parent_class)->finalize (object);
}

static void
gcoap_file_upload_class_init (GcoapFileUploadClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_file_upload_finalize;
  G_OUTPUT_STREAM_CLASS (klass)->write_fn = gcoap_file_upload_write;
}

static void
gcoap_file_upload_init (GcoapFileUpload *self G_GNUC_UNUSED)
{
}

/* All is written. */
static void
body_done_cb (GcoapExchange *exchange,
              gpointer       user_data)
{
  GcoapFileJob *job = g_steal_pointer (&GCOAP_FILE_UPLOAD (user_data)->job);

  job->exchange = g_object_ref (exchange);
  gcoap_file_job_run (job, gcoap_file_job_commit);
}

void
gcoap_file_upload_run (GcoapFileJob *job)
{
  g_autoptr (GcoapFileUpload) upload = NULL;
  g_autoptr (GcoapExchange) exchange = NULL;
  gsize length;

  gcoap_message_get_payload_data (job->request, &length);
  if (length > 0)
    {
      gcoap_file_job_run (job, gcoap_file_job_write);
      return;
    }
  exchange = g_steal_pointer (&job->exchange);
  upload = g_object_new (GCOAP_TYPE_FILE_UPLOAD, NULL);
  upload->job = job;
  /* Held until it ends: it is answered later. */
  gcoap_exchange_set_cancel_callback (exchange, NULL, g_object_ref (exchange), g_object_unref);
  gcoap_exchange_set_request_sink (exchange, G_OUTPUT_STREAM (upload), body_done_cb, upload, NULL);
}
