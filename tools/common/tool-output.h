/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where payloads go: standard output, or a file that appears only complete. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _ToolOutput ToolOutput;

/* NULL and "-" mean standard output. */
ToolOutput *tool_output_new (const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* Drops what was written to a file and not closed: it stays as it was. */
void tool_output_free (ToolOutput *self);

gboolean tool_output_is_file (ToolOutput *self);

/* Whether somebody looks at what is written. */
gboolean tool_output_is_terminal (ToolOutput *self);

/* A stream that writes as tool_output_write() does; not to be closed, and not
 * to be used later than @self. It can seek where the file can. */
GOutputStream *tool_output_get_stream (ToolOutput *self);

/* Whether something could not be written. */
gboolean tool_output_has_failed (ToolOutput *self);

/* Opens the file at the first call, even if @length is 0. */
gboolean tool_output_write (ToolOutput *self,
                            const void *data,
                            gsize       length,
                            GError    **error);

/* Drops what was written to a file since it was opened: it stays as it was. */
void tool_output_drop (ToolOutput *self);

/* Puts the file in its place. Nothing happens if nothing was written. */
gboolean tool_output_close (ToolOutput *self,
                            GError    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToolOutput, tool_output_free)

G_END_DECLS
