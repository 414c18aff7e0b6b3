/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where payloads go. A file is written under another name and renamed when it
 * is complete, so that nobody finds half of it; devices are written as they
 * come. */
#include "common/tool-output.h"

#include <gio/gio.h>
#include <gio/gunixoutputstream.h>
#include <string.h>
#include <unistd.h>

struct _ToolOutput
{
  char          *path;       /* NULL: standard output */
  GOutputStream *stream;
};

ToolOutput *
tool_output_new (const char *path)
{
  ToolOutput *self = g_new0 (ToolOutput, 1);

  if (path != NULL && strcmp (path, "-") != 0)
    self->path = g_strdup (path);

  return self;
}

void
tool_output_free (ToolOutput *self)
{
  if (self->stream != NULL && self->path != NULL)
    {
      g_autoptr (GCancellable) cancelled = g_cancellable_new ();

      /* GIO: closing with a cancelled cancellable drops the replacement. */
      g_cancellable_cancel (cancelled);
      g_output_stream_close (self->stream, cancelled, NULL);
    }
  g_clear_object (&self->stream);
  g_free (self->path);
  g_free (self);
}

gboolean
tool_output_is_file (ToolOutput *self)
{
  return self->path != NULL;
}

static GOutputStream *
open_stream (ToolOutput *self,
             GError    **error)
{
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) local_error = NULL;
  GFileOutputStream *stream;

  if (self->path == NULL)
    return g_unix_output_stream_new (STDOUT_FILENO, FALSE);

  file = g_file_new_for_path (self->path);
  stream = g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, &local_error);
  if (stream == NULL && g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE))
    {
      g_clear_error (&local_error);
      stream = g_file_append_to (file, G_FILE_CREATE_NONE, NULL, &local_error);
    }
  if (stream == NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));

  return (GOutputStream *) stream;
}

static void
explain (ToolOutput *self,
         GError    **error)
{
  g_prefix_error (error, "Cannot write to %s: ", self->path != NULL ? self->path : "standard output");
}

gboolean
tool_output_write (ToolOutput *self,
                   const void *data,
                   gsize       length,
                   GError    **error)
{
  if (self->stream == NULL)
    self->stream = open_stream (self, error);
  if (self->stream == NULL
      || !g_output_stream_write_all (self->stream, data, length, NULL, NULL, error))
    {
      explain (self, error);
      return FALSE;
    }

  return TRUE;
}

gboolean
tool_output_close (ToolOutput *self,
                   GError    **error)
{
  g_autoptr (GOutputStream) stream = g_steal_pointer (&self->stream);

  if (stream == NULL || self->path == NULL)
    return TRUE;
  if (!g_output_stream_close (stream, NULL, error))
    {
      explain (self, error);
      return FALSE;
    }

  return TRUE;
}
