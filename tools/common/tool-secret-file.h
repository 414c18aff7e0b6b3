/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files that the command line names for keys and certificates: regular, not too
 * large, and if they hold a secret nobody else's to read. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TOOL_SECRET_FILE_MAX_SIZE (1024 * 1024)

GBytes *tool_secret_file_read (const char *path,
                               GError    **error) G_GNUC_WARN_UNUSED_RESULT;

/* The first line, without its end. */
GBytes *tool_secret_file_read_line (const char *path,
                                    GError    **error) G_GNUC_WARN_UNUSED_RESULT;

GBytes *tool_public_file_read (const char *path,
                               GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
