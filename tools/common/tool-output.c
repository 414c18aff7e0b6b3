/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where payloads go. A file is written under another name and renamed when it
 * is complete, so that nobody finds half of it; devices are written as they
 * come. */
#include "common/tool-output.h"

#include <errno.h>
#include <gio/gunixoutputstream.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How many names for a file that is not complete are tried. */
#define MAX_NAMES 16

struct _ToolOutput
{
  char          *path;       /* NULL: standard output */
  GOutputStream *stream;     /* NULL: not opened yet */
  GOutputStream *facade;     /* what others write to */
  char          *target;     /* what the file is to be, without links; NULL for
                              * what is written as it comes */
  char          *temporary;  /* what it is until then */
  mode_t         mode;       /* to be given to the file; 0: as it is */
  gboolean       has_failed;
};

/* The stream for others: it finds out at the first write that the file is to be
 * opened. Disks are fast enough to be written to without a thread. */
#define TOOL_TYPE_OUTPUT_STREAM (tool_output_stream_get_type ())

G_DECLARE_FINAL_TYPE (ToolOutputStream, tool_output_stream, TOOL, OUTPUT_STREAM, GOutputStream)

struct _ToolOutputStream
{
  GOutputStream  parent_instance;

  ToolOutput    *output;
};

static void tool_output_stream_seekable_init (GSeekableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ToolOutputStream, tool_output_stream, G_TYPE_OUTPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SEEKABLE,
                                                      tool_output_stream_seekable_init))

static gssize
tool_output_stream_write (GOutputStream *stream,
                          const void    *buffer,
                          gsize          count,
                          GCancellable  *cancellable,
                          GError       **error)
{
  ToolOutput *output = TOOL_OUTPUT_STREAM (stream)->output;

  if (g_cancellable_set_error_if_cancelled (cancellable, error)
      || !tool_output_write (output, buffer, count, error))
    return -1;
  return (gssize) count;
}

static void
tool_output_stream_write_async (GOutputStream       *stream,
                                const void          *buffer,
                                gsize                count,
                                int                  priority,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  g_autoptr (GError) error = NULL;
  gssize n_written;

  g_task_set_source_tag (task, tool_output_stream_write_async);
  g_task_set_priority (task, priority);
  n_written = tool_output_stream_write (stream, buffer, count, cancellable, &error);
  if (n_written < 0)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_int (task, n_written);
}

static gssize
tool_output_stream_write_finish (GOutputStream *stream,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, stream), -1);

  return g_task_propagate_int (G_TASK (result), error);
}

static GSeekable *
get_seekable (GSeekable *self)
{
  GOutputStream *stream = TOOL_OUTPUT_STREAM (self)->output->stream;

  return G_IS_SEEKABLE (stream) ? G_SEEKABLE (stream) : NULL;
}

static goffset
tool_output_stream_tell (GSeekable *self)
{
  GSeekable *seekable = get_seekable (self);

  return seekable != NULL ? g_seekable_tell (seekable) : 0;
}

static gboolean
tool_output_stream_can_seek (GSeekable *self)
{
  GSeekable *seekable = get_seekable (self);

  return seekable != NULL && g_seekable_can_seek (seekable);
}

static gboolean
tool_output_stream_seek (GSeekable     *self,
                         goffset        offset,
                         GSeekType      type,
                         GCancellable  *cancellable,
                         GError       **error)
{
  return g_seekable_seek (get_seekable (self), offset, type, cancellable, error);
}

static gboolean
tool_output_stream_can_truncate (GSeekable *self)
{
  GSeekable *seekable = get_seekable (self);

  return seekable != NULL && g_seekable_can_truncate (seekable);
}

static gboolean
tool_output_stream_truncate (GSeekable     *self,
                             goffset        offset,
                             GCancellable  *cancellable,
                             GError       **error)
{
  return g_seekable_truncate (get_seekable (self), offset, cancellable, error);
}

static void
tool_output_stream_seekable_init (GSeekableIface *iface)
{
  iface->tell = tool_output_stream_tell;
  iface->can_seek = tool_output_stream_can_seek;
  iface->seek = tool_output_stream_seek;
  iface->can_truncate = tool_output_stream_can_truncate;
  iface->truncate_fn = tool_output_stream_truncate;
}

static void
tool_output_stream_class_init (ToolOutputStreamClass *klass)
{
  GOutputStreamClass *stream_class = G_OUTPUT_STREAM_CLASS (klass);

  stream_class->write_fn = tool_output_stream_write;
  stream_class->write_async = tool_output_stream_write_async;
  stream_class->write_finish = tool_output_stream_write_finish;
}

static void
tool_output_stream_init (ToolOutputStream *self)
{
}

/* The output itself */

ToolOutput *
tool_output_new (const char *path)
{
  ToolOutput *self = g_new0 (ToolOutput, 1);

  if (path != NULL && strcmp (path, "-") != 0)
    self->path = g_strdup (path);

  return self;
}

static void
forget_paths (ToolOutput *self)
{
  g_clear_pointer (&self->target, g_free);
  g_clear_pointer (&self->temporary, g_free);
}

void
tool_output_drop (ToolOutput *self)
{
  if (self->stream != NULL && self->path != NULL)
    g_output_stream_close (self->stream, NULL, NULL);
  g_clear_object (&self->stream);
  if (self->temporary != NULL)
    unlink (self->temporary);
  forget_paths (self);
}

void
tool_output_free (ToolOutput *self)
{
  tool_output_drop (self);
  g_clear_object (&self->facade);
  g_free (self->path);
  g_free (self);
}

gboolean
tool_output_is_file (ToolOutput *self)
{
  return self->path != NULL;
}

gboolean
tool_output_is_terminal (ToolOutput *self)
{
  return self->path == NULL && isatty (STDOUT_FILENO);
}

gboolean
tool_output_has_failed (ToolOutput *self)
{
  return self->has_failed;
}

GOutputStream *
tool_output_get_stream (ToolOutput *self)
{
  if (self->facade == NULL)
    {
      self->facade = g_object_new (TOOL_TYPE_OUTPUT_STREAM, NULL);
      TOOL_OUTPUT_STREAM (self->facade)->output = self;
    }

  return self->facade;
}

/* Not g_file_replace(): that gives a new file its name at once, and writes over
 * one that has several links. */
static GOutputStream *
open_temporary (ToolOutput        *self,
                GFileCreateFlags   flags,
                GError           **error)
{
  g_autofree char *folder = g_path_get_dirname (self->target);

  for (guint i = 0; i < MAX_NAMES; i++)
    {
      g_autofree char *name = g_strdup_printf (".gcoap-%08x%08x", g_random_int (), g_random_int ());
      g_autofree char *path = g_build_filename (folder, name, NULL);
      g_autoptr (GFile) file = g_file_new_for_path (path);
      g_autoptr (GError) local_error = NULL;
      GFileOutputStream *stream = g_file_create (file, flags, NULL, &local_error);

      if (stream != NULL)
        {
          self->temporary = g_steal_pointer (&path);
          return G_OUTPUT_STREAM (stream);
        }
      if (i + 1 == MAX_NAMES || !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_EXISTS))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          break;
        }
    }

  return NULL;
}

static GOutputStream *
open_stream (ToolOutput *self,
             GError    **error)
{
  struct stat old;
  char *resolved;
  GOutputStream *stream;

  if (self->path == NULL)
    return g_unix_output_stream_new (STDOUT_FILENO, FALSE);

  self->mode = 0;
  if (stat (self->path, &old) == 0)
    {
      if (!S_ISREG (old.st_mode))
        {
          g_autoptr (GFile) file = g_file_new_for_path (self->path);

          return (GOutputStream *) g_file_append_to (file, G_FILE_CREATE_NONE, NULL, error);
        }
      if (access (self->path, W_OK) != 0)
        {
          int code = errno;

          g_set_error_literal (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), g_strerror (code));
          return NULL;
        }
      self->mode = old.st_mode & 0777;
    }
  resolved = realpath (self->path, NULL);
  self->target = g_strdup (resolved != NULL ? resolved : self->path);
  free (resolved);
  /* Nobody is to read meanwhile what he may not read later. */
  stream = open_temporary (self, self->mode != 0 ? G_FILE_CREATE_PRIVATE : G_FILE_CREATE_NONE, error);
  if (stream == NULL)
    forget_paths (self);

  return stream;
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
      self->has_failed = TRUE;
      explain (self, error);
      return FALSE;
    }

  return TRUE;
}

/* Gives the file its name. */
static gboolean
put_in_place (ToolOutput *self,
              GError    **error)
{
  /* If that is refused, the content is still what was asked for. */
  if (self->mode != 0)
    chmod (self->temporary, self->mode);
  if (rename (self->temporary, self->target) != 0)
    {
      int code = errno;

      unlink (self->temporary);
      g_set_error_literal (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), g_strerror (code));
      return FALSE;
    }

  return TRUE;
}

gboolean
tool_output_close (ToolOutput *self,
                   GError    **error)
{
  g_autoptr (GOutputStream) stream = g_steal_pointer (&self->stream);
  gboolean is_done;

  if (stream == NULL || self->path == NULL)
    return TRUE;
  is_done = g_output_stream_close (stream, NULL, error);
  if (!is_done && self->temporary != NULL)
    unlink (self->temporary);
  if (is_done && self->temporary != NULL)
    is_done = put_in_place (self, error);
  forget_paths (self);
  if (!is_done)
    {
      self->has_failed = TRUE;
      explain (self, error);
    }

  return is_done;
}
