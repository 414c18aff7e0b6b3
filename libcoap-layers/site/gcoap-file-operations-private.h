/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done with files: each function waits for the disk, so it runs in a
 * thread of its own. */
#pragma once

#include "interfaces/gcoap-exchange.h"
#include "site/gcoap-file-root-private.h"

G_BEGIN_DECLS

/* A file that is no larger is read at once, others by and by. */
#define GCOAP_FILE_MAX_IN_MEMORY (64 * 1024)

/* Names in one listing; what is beyond is left out. */
#define GCOAP_FILE_MAX_LISTED 4096

/* One request, from its arrival to its answer. */
typedef struct
{
  GcoapFileRoot *root;
  char          *path;           /* "a/b", or "." */
  char          *link_prefix;    /* of the root, percent-encoded: "/files" */
  GcoapExchange *exchange;       /* only its request is looked at in the thread */
  guint          etag_length;
  gboolean       lists;

  /* What came of it */
  GBytes        *etag;
  GBytes        *payload;        /* NULL if the client has it, or there is a body */
  GInputStream  *body;
  gint           format;
  gboolean       created;
} GcoapFileJob;

gboolean gcoap_file_job_read (GcoapFileJob *self, GError **error);
gboolean gcoap_file_job_write (GcoapFileJob *self, GError **error);
gboolean gcoap_file_job_delete (GcoapFileJob *self, GError **error);

void gcoap_file_job_free (GcoapFileJob *self);

G_END_DECLS
