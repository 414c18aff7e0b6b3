/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A part of the bytes of an open file, as a stream that can seek; what is
 * shorter than it was when it was opened ends early. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define GCOAP_TYPE_FILE_STREAM (gcoap_file_stream_get_type ())
G_DECLARE_FINAL_TYPE (GcoapFileStream, gcoap_file_stream, GCOAP, FILE_STREAM, GInputStream)

/* Takes @fd over. @length: bytes it has, more are not read. */
GInputStream *gcoap_file_stream_new (int    fd,
                                     goffset length) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
