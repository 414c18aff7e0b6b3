/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-draft-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/gcoap-random-private.h"

void
gcoap_file_draft_init (GcoapFileDraft *self)
{
  *self = (GcoapFileDraft) { .directory = -1, .fd = -1 };
}

void
gcoap_file_draft_discard (GcoapFileDraft *self)
{
  if (self->temporary != NULL)
    unlinkat (self->directory, self->temporary, 0);
  if (self->fd >= 0)
    close (self->fd);
  if (self->directory >= 0)
    close (self->directory);
  g_free (self->temporary);
  gcoap_file_draft_init (self);
}

static gboolean
fail (GcoapFileJob *self,
      int           saved_errno,
      GError      **error)
{
  gcoap_file_draft_discard (&self->draft);
  gcoap_file_set_error (error, saved_errno);
  return FALSE;
}

/* What is refused is refused before its bytes come. */
gboolean
gcoap_file_job_begin (GcoapFileJob *self,
                      GError      **error)
{
  GcoapFileDraft *draft = &self->draft;
  struct stat status;
  gboolean exists;
  g_autofree char *temporary = NULL;

  draft->directory = gcoap_file_root_open_parent (self->root, self->path, &draft->name, error);
  if (draft->directory < 0)
    return FALSE;
  if (!gcoap_file_job_check_present (self, draft->directory, draft->name, &status, &exists, error))
    {
      gcoap_file_draft_discard (draft);
      return FALSE;
    }
  temporary = g_strdup_printf (".gcoap-%08x%08x", gcoap_random_uint32 (), gcoap_random_uint32 ());
  draft->fd = openat (draft->directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
  if (draft->fd < 0)
    return fail (self, errno, error);
  draft->temporary = g_steal_pointer (&temporary);
  return TRUE;
}

gboolean
gcoap_file_job_append (GcoapFileJob *self,
                       const guint8 *data,
                       gsize         length,
                       GError      **error)
{
  GcoapFileDraft *draft = &self->draft;

  if (self->max_length > 0 && length > self->max_length - draft->length)
    return fail (self, EFBIG, error);
  while (length > 0)
    {
      gssize n = write (draft->fd, data, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail (self, errno, error);
      data += n;
      length -= (gsize) n;
      draft->length += (guint64) n;
    }
  return TRUE;
}

/* FALSE with errno, or with @error set. */
static gboolean
put_in_place (GcoapFileJob *self,
              struct stat  *status,
              GError      **error)
{
  GcoapFileDraft *draft = &self->draft;
  struct stat old;
  gboolean exists;

  if (!gcoap_file_job_check_present (self, draft->directory, draft->name, &old, &exists, error))
    return FALSE;
  self->created = !exists;
  return (!exists || !S_ISREG (old.st_mode) || fchmod (draft->fd, old.st_mode & 0777) == 0)
         && fstat (draft->fd, status) == 0
         && renameat2 (draft->directory, draft->temporary, draft->directory, draft->name,
                       exists ? 0 : RENAME_NOREPLACE) == 0;
}

/* Nobody ever sees half of a file, not even after a crash: the bytes are on the
 * disk before the name is. */
gboolean
gcoap_file_job_commit (GcoapFileJob *self,
                       GError      **error)
{
  GcoapFileDraft *draft = &self->draft;
  GError *local_error = NULL;
  struct stat status;
  gboolean done;
  int saved_errno;

  /* A file without a byte was not even begun. */
  if (draft->fd < 0 && !gcoap_file_job_begin (self, error))
    return FALSE;
  if (fsync (draft->fd) != 0)
    return fail (self, errno, error);
  gcoap_file_lock_writers ();
  done = put_in_place (self, &status, &local_error);
  saved_errno = errno;
  gcoap_file_unlock_writers ();
  if (local_error != NULL)
    {
      gcoap_file_draft_discard (draft);
      g_propagate_error (error, local_error);
      return FALSE;
    }
  if (!done)
    return fail (self, saved_errno, error);
  g_clear_pointer (&draft->temporary, g_free);
  fsync (draft->directory);
  gcoap_file_draft_discard (draft);
  self->etag = gcoap_file_make_etag (&status, self->etag_length);
  return TRUE;
}

gboolean
gcoap_file_job_write (GcoapFileJob *self,
                      GError      **error)
{
  gsize length = 0;
  const guint8 *data = gcoap_message_get_payload_data (self->request, &length);

  return gcoap_file_job_begin (self, error)
         && gcoap_file_job_append (self, data, length, error)
         && gcoap_file_job_commit (self, error);
}
