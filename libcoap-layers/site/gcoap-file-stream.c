/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "site/gcoap-file-stream-private.h"

#include <errno.h>
#include <unistd.h>

struct _GcoapFileStream
{
  GInputStream parent_instance;

  int     fd;
  goffset length;
  goffset position;
};

static void seekable_init (GSeekableIface *iface);

/* The asynchronous functions of GInputStream run the others in a thread, as
 * is right for a file. */
G_DEFINE_FINAL_TYPE_WITH_CODE (GcoapFileStream, gcoap_file_stream, G_TYPE_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SEEKABLE, seekable_init))

static gssize
gcoap_file_stream_read (GInputStream *stream,
                        void         *buffer,
                        gsize         count,
                        GCancellable *cancellable,
                        GError      **error)
{
  GcoapFileStream *self = GCOAP_FILE_STREAM (stream);
  gssize n;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return -1;
  count = MIN (count, (gsize) (self->length - self->position));
  do
    n = pread (self->fd, buffer, count, self->position);
  while (n < 0 && errno == EINTR);
  if (n < 0)
    g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (errno),
                 "The file cannot be read: %s.", g_strerror (errno));
  else
    self->position += n;
  return n;
}

static gssize
gcoap_file_stream_skip (GInputStream *stream,
                        gsize         count,
                        GCancellable *cancellable G_GNUC_UNUSED,
                        GError      **error G_GNUC_UNUSED)
{
  GcoapFileStream *self = GCOAP_FILE_STREAM (stream);

  count = MIN (count, (gsize) (self->length - self->position));
  self->position += (goffset) count;
  return (gssize) count;
}

static goffset
gcoap_file_stream_tell (GSeekable *seekable)
{
  return GCOAP_FILE_STREAM (seekable)->position;
}

static gboolean
gcoap_file_stream_can (GSeekable *seekable G_GNUC_UNUSED)
{
  return TRUE;
}

static gboolean
gcoap_file_stream_cannot (GSeekable *seekable G_GNUC_UNUSED)
{
  return FALSE;
}

static gboolean
gcoap_file_stream_seek (GSeekable    *seekable,
                        goffset       offset,
                        GSeekType     type,
                        GCancellable *cancellable G_GNUC_UNUSED,
                        GError      **error)
{
  GcoapFileStream *self = GCOAP_FILE_STREAM (seekable);
  goffset base = type == G_SEEK_CUR ? self->position : type == G_SEEK_END ? self->length : 0;

  if (offset < -base || offset > self->length - base)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "There is no such place in the file.");
      return FALSE;
    }
  self->position = base + offset;
  return TRUE;
}

static gboolean
gcoap_file_stream_truncate (GSeekable    *seekable G_GNUC_UNUSED,
                            goffset       offset G_GNUC_UNUSED,
                            GCancellable *cancellable G_GNUC_UNUSED,
                            GError      **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                       "The file is open for reading only.");
  return FALSE;
}

static void
seekable_init (GSeekableIface *iface)
{
  iface->tell = gcoap_file_stream_tell;
  iface->can_seek = gcoap_file_stream_can;
  iface->seek = gcoap_file_stream_seek;
  iface->can_truncate = gcoap_file_stream_cannot;
  iface->truncate_fn = gcoap_file_stream_truncate;
}

static void
gcoap_file_stream_finalize (GObject *object)
{
  close (GCOAP_FILE_STREAM (object)->fd);
  G_OBJECT_CLASS (gcoap_file_stream_parent_class)->finalize (object);
}

static void
gcoap_file_stream_class_init (GcoapFileStreamClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = gcoap_file_stream_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = gcoap_file_stream_read;
  G_INPUT_STREAM_CLASS (klass)->skip = gcoap_file_stream_skip;
}

static void
gcoap_file_stream_init (GcoapFileStream *self G_GNUC_UNUSED)
{
}

GInputStream *
gcoap_file_stream_new (int     fd,
                       goffset length)
{
  GcoapFileStream *self = g_object_new (GCOAP_TYPE_FILE_STREAM, NULL);

  self->fd = fd;
  self->length = length;
  return G_INPUT_STREAM (self);
}
