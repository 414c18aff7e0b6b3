/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines of a trace, as those see them who asked for them once or twice. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The line for a terminal, or NULL if it is not for those who asked only so often. */
char *tool_trace_format (const char *text,
                         guint       verbosity,
                         gboolean    color) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
