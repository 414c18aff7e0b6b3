/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done with files: each function waits for the disk, so it runs in a
 * thread of its own. */
#pragma once

#include "interfaces/gcoap-exchange.h"
#include "site/gcoap-file-root-private.h"

G_BEGIN_DECLS

/* A file that is no larger is read at once, others by and by. */
#define GCOAP_FILE_MAX_IN_MEMORY (64 * 1024)

/* Except for those who observe it: what they are told is read at once, and a
 * larger file cannot be observed. */
#define GCOAP_FILE_MAX_OBSERVED (1024 * 1024)

/* Names in one listing; what is beyond is left out. */
#define GCOAP_FILE_MAX_LISTED 4096

/* What is being written beside the file whose place it will take. */
typedef struct
{
  int         directory;   /* -1: it has not been begun */
  int         fd;
  const char *name;        /* in the directory; points into the job's path */
  char       *temporary;
  guint64     length;
} GcoapFileDraft;

/* One request, from its arrival to its answer. */
typedef struct
{
  GcoapFileRoot *root;
  char          *path;           /* "a/b", or "." */
  char          *link_prefix;    /* of the root, percent-encoded: "/files" */
  GcoapExchange *exchange;       /* NULL while nothing is to be answered; not for the thread */
  GcoapMessage  *request;
  guint          etag_length;
  gboolean       lists;
  gboolean       is_observed;    /* the answer is for those who observe */
  guint64        max_length;     /* of a file that is written; 0: any */
  GcoapFileDraft draft;

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

/* A file that is written by and by. What has begun and is not committed goes
 * with the job. */
gboolean gcoap_file_job_begin (GcoapFileJob *self, GError **error);
gboolean gcoap_file_job_append (GcoapFileJob *self, const guint8 *data, gsize length, GError **error);
gboolean gcoap_file_job_commit (GcoapFileJob *self, GError **error);

/* The tag of a file, which changes with whatever replaces or rewrites it, and
 * is found without reading it. */
GBytes *gcoap_file_make_etag (const struct stat *status,
                              guint              length) G_GNUC_WARN_UNUSED_RESULT;

/* The file that has the name now, and whether the request may be performed on
 * it. To be relied upon, it is called with the lock that all writers take. */
gboolean gcoap_file_job_check_present (GcoapFileJob *self,
                                       int           directory,
                                       const char   *name,
                                       struct stat  *status,
                                       gboolean     *exists,
                                       GError      **error);

void gcoap_file_lock_writers (void);
void gcoap_file_unlock_writers (void);

void gcoap_file_job_free (GcoapFileJob *self);

G_END_DECLS
