/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Answers a request from a file, without keeping the loop waiting. */
#pragma once

#include "site/gcoap-file-operations-private.h"

G_BEGIN_DECLS

typedef gboolean (*GcoapFileFunc) (GcoapFileJob *job,
                                   GError      **error);

/* Makes a job for the request of @exchange. */
GcoapFileJob *gcoap_file_job_new (GcoapFileRoot *root,
                                  const char    *path,
                                  GcoapExchange *exchange,
                                  guint          etag_length) G_GNUC_WARN_UNUSED_RESULT;

/* Runs @func in a thread, and answers the exchange with what came of it. Takes
 * the job over. */
void gcoap_file_job_run (GcoapFileJob  *self,
                         GcoapFileFunc  func);

G_END_DECLS
