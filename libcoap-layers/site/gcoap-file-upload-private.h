/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The body of a PUT request on its way to the disk, as a stream that blocks are
 * written to as they come (RFC 7959). */
#pragma once

#include "site/gcoap-file-job-private.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_FILE_UPLOAD (gcoap_file_upload_get_type ())
G_DECLARE_FINAL_TYPE (GcoapFileUpload, gcoap_file_upload, GCOAP, FILE_UPLOAD, GOutputStream)

/* Writes what the request brings: its payload, or, if there is none, what will
 * be written to its request sink. Then answers. Takes the job over. */
void gcoap_file_upload_run (GcoapFileJob *job);

G_END_DECLS
