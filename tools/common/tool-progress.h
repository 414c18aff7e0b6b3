/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How far the transfer of a large body is, as a line on standard error. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _ToolProgress ToolProgress;

/* With @on_terminal one line that is drawn again and again, from a short while
 * after the beginning; else a line every few seconds, and one at the end. */
ToolProgress *tool_progress_new (gboolean on_terminal) G_GNUC_WARN_UNUSED_RESULT;

void tool_progress_free (ToolProgress *self);

/* @verb: "Sent" or "Received", a static string; another one than before starts
 * another line. @total: -1 if it is not known. */
void tool_progress_report (ToolProgress *self,
                           const char   *verb,
                           guint64       bytes,
                           gint64        total);

/* Nothing more comes: leaves the cursor at the beginning of a line. */
void tool_progress_end (ToolProgress *self);

/* The line itself, of at most @width columns, without a line break. @elapsed
 * in microseconds. */
char *tool_progress_format (const char *verb,
                            guint64     bytes,
                            gint64      total,
                            gint64      elapsed,
                            guint       width) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ToolProgress, tool_progress_free)

G_END_DECLS
