/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "providers/blockwise/gcoap-body-reader-private.h"

struct _GcoapBodyReader
{
  GBytes              *bytes;         /* or: */
  GInputStream        *stream;
  GByteArray          *window;        /* what was read and may be wanted */
  guint64              window_start;
  goffset              base;          /* where the body starts in the stream */
  gint64               size;
  gsize                read_ahead;
  gboolean             can_seek;
  gboolean             at_end;        /* the window reaches to the end */
  GCancellable        *cancellable;   /* while something is being read */
  guint64              offset;        /* what is being read, and for whom */
  gsize                wanted;
  GcoapBodyReaderFunc  func;
  gpointer             data;
};

GcoapBodyReader *
gcoap_body_reader_new_for_bytes (GBytes *bytes)
{
  GcoapBodyReader *self = g_new0 (GcoapBodyReader, 1);

  self->bytes = g_bytes_ref (bytes);
  self->size = (gint64) g_bytes_get_size (bytes);
  self->can_seek = TRUE;
  return self;
}

/* Looks how long the stream is; leaves it where it is. */
static void
measure (GcoapBodyReader *self)
{
  GSeekable *seekable;
  goffset end;

  if (!G_IS_SEEKABLE (self->stream) || !g_seekable_can_seek (G_SEEKABLE (self->stream)))
    return;
  seekable = G_SEEKABLE (self->stream);
  self->base = g_seekable_tell (seekable);
  if (!g_seekable_seek (seekable, 0, G_SEEK_END, NULL, NULL))
    return;
  end = g_seekable_tell (seekable);
  if (!g_seekable_seek (seekable, self->base, G_SEEK_SET, NULL, NULL))
    return;
  self->can_seek = TRUE;
  self->size = MAX (end - self->base, 0);
}

GcoapBodyReader *
gcoap_body_reader_new_for_stream (GInputStream *stream,
                                  gsize         read_ahead)
{
  GcoapBodyReader *self = g_new0 (GcoapBodyReader, 1);

  self->stream = g_object_ref (stream);
  self->window = g_byte_array_new ();
  self->read_ahead = read_ahead;
  self->size = -1;
  measure (self);
  return self;
}

static void
destroy (GcoapBodyReader *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->stream);
  g_clear_pointer (&self->window, g_byte_array_unref);
  g_free (self);
}

void
gcoap_body_reader_free (GcoapBodyReader *self)
{
  if (self->cancellable != NULL)
    {
      /* The stream calls back once more, and frees it then. */
      self->func = NULL;
      g_cancellable_cancel (self->cancellable);
      return;
    }
  destroy (self);
}

gint64
gcoap_body_reader_get_size (GcoapBodyReader *self)
{
  return self->size;
}

gboolean
gcoap_body_reader_can_seek (GcoapBodyReader *self)
{
  return self->can_seek;
}

gboolean
gcoap_body_reader_is_busy (GcoapBodyReader *self)
{
  return self->cancellable != NULL;
}

static void
fail (GcoapBodyReader     *self,
      GcoapBodyReaderFunc  func,
      gpointer             data,
      GIOErrorEnum         code,
      const char          *sentence)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, (gint) code, sentence);

  func (self, NULL, 0, FALSE, error, data);
}

/* Gives the asker what the window has, which is enough. */
static void
deliver (GcoapBodyReader *self)
{
  /* The asker may free us, or ask again. */
  g_autoptr (GByteArray) window = g_byte_array_ref (self->window);
  gsize length = MIN (self->wanted, window->len);
  gboolean more = window->len > self->wanted;

  if (length == 0 && self->offset > 0)
    {
      fail (self, self->func, self->data, G_IO_ERROR_INVALID_ARGUMENT,
            "The body ends before this block.");
      return;
    }
  self->func (self, window->data, length, more, NULL, self->data);
}

static gboolean
has_enough (GcoapBodyReader *self)
{
  return self->at_end || self->window->len > self->wanted;
}

static void fill (GcoapBodyReader *self);

static void
filled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GcoapBodyReader *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  g_clear_object (&self->cancellable);
  if (self->func == NULL)
    {
      destroy (self);
      return;
    }
  if (bytes == NULL)
    {
      self->func (self, NULL, 0, FALSE, error, self->data);
      return;
    }
  if (g_bytes_get_size (bytes) == 0)
    self->at_end = TRUE;
  else
    g_byte_array_append (self->window, g_bytes_get_data (bytes, NULL), (guint) g_bytes_get_size (bytes));
  if (has_enough (self))
    deliver (self);
  else
    fill (self);
}

/* Reads on until the block is there, and one byte more, which tells whether the
 * body goes on. */
static void
fill (GcoapBodyReader *self)
{
  gsize missing = self->wanted + 1 - self->window->len;

  self->cancellable = g_cancellable_new ();
  g_input_stream_read_bytes_async (self->stream, MAX (missing, self->read_ahead), G_PRIORITY_DEFAULT,
                                   self->cancellable, filled_cb, self);
}

/* Makes the window start at the offset. */
static gboolean
move (GcoapBodyReader *self,
      guint64          offset,
      GError         **error)
{
  if (offset >= self->window_start && offset - self->window_start <= self->window->len)
    {
      g_byte_array_remove_range (self->window, 0, (guint) (offset - self->window_start));
      self->window_start = offset;
      return TRUE;
    }
  if (!self->can_seek)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "The body comes from a stream that can be read only once, in order.");
      return FALSE;
    }
  if (offset > (guint64) self->size)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           "The body ends before this block.");
      return FALSE;
    }
  if (!g_seekable_seek (G_SEEKABLE (self->stream), self->base + (goffset) offset, G_SEEK_SET,
                        NULL, error))
    return FALSE;
  g_byte_array_set_size (self->window, 0);
  self->window_start = offset;
  self->at_end = FALSE;
  return TRUE;
}

void
gcoap_body_reader_read (GcoapBodyReader     *self,
                        guint64              offset,
                        gsize                size,
                        GcoapBodyReaderFunc  func,
                        gpointer             user_data)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (self->cancellable == NULL);

  if (self->bytes != NULL)
    {
      gsize total;
      const guint8 *data = g_bytes_get_data (self->bytes, &total);

      if (offset > total || (offset == total && offset > 0))
        fail (self, func, user_data, G_IO_ERROR_INVALID_ARGUMENT, "The body ends before this block.");
      else
        func (self, total > 0 ? data + offset : data, MIN (size, total - (gsize) offset),
              size < total - offset, NULL, user_data);
      return;
    }
  self->offset = offset;
  self->wanted = size;
  self->func = func;
  self->data = user_data;
  if (!move (self, offset, &error))
    func (self, NULL, 0, FALSE, error, user_data);
  else if (has_enough (self))
    deliver (self);
  else
    fill (self);
}
