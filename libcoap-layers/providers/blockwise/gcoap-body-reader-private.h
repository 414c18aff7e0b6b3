/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A body from which blocks are cut: bytes, or a stream of which no more than a
 * window is kept. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _GcoapBodyReader GcoapBodyReader;

/* @more: whether the body goes on after @data. @error: then there is no data.
 * @data is valid during the call. */
typedef void (*GcoapBodyReaderFunc) (GcoapBodyReader *reader,
                                     const guint8    *data,
                                     gsize            length,
                                     gboolean         more,
                                     const GError    *error,
                                     gpointer         user_data);

GcoapBodyReader *gcoap_body_reader_new_for_bytes  (GBytes       *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* The body starts where the stream stands now. @read_ahead: how many bytes to
 * read at a time, if a block is shorter. */
GcoapBodyReader *gcoap_body_reader_new_for_stream (GInputStream *stream,
                                                   gsize         read_ahead) G_GNUC_WARN_UNUSED_RESULT;

/* What is being read is not reported any more. */
void gcoap_body_reader_free (GcoapBodyReader *self);

/* The length of the body, or -1 if only reading it tells. */
gint64 gcoap_body_reader_get_size (GcoapBodyReader *self);

/* Whether blocks can be read again, in any order. */
gboolean gcoap_body_reader_can_seek (GcoapBodyReader *self);

/* Whether a block is being read, so that no other can be. */
gboolean gcoap_body_reader_is_busy (GcoapBodyReader *self);

/* Reads the block at @offset, of @size bytes or less at the end. @func may be
 * called before this returns; in it the reader may be freed, or asked for the
 * next block. Without seeking, @offset is that of the previous block, or in or
 * at the end of it. An error: G_IO_ERROR_NOT_SUPPORTED if the stream cannot go
 * there, G_IO_ERROR_INVALID_ARGUMENT if the body ends before, or that of the
 * stream. */
void gcoap_body_reader_read (GcoapBodyReader     *self,
                             guint64              offset,
                             gsize                size,
                             GcoapBodyReaderFunc  func,
                             gpointer             user_data);

G_END_DECLS
