/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers as people type them: strict, and with limits. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Reads digits only, no sign and no space; @what names the number in the error. */
gboolean tool_parse_uint (const char *text,
                          const char *what,
                          guint64     min,
                          guint64     max,
                          guint64    *value,
                          GError    **error);

/* Reads seconds, with a decimal fraction if wanted, and gives milliseconds,
 * rounded up; both limits are in milliseconds. */
gboolean tool_parse_seconds (const char *text,
                             const char *what,
                             guint       min,
                             guint       max,
                             guint      *milliseconds,
                             GError    **error);

/* Reads "0x" and pairs of hexadecimal digits; NULL with @error set if @text is
 * anything else. */
GByteArray *tool_parse_hex (const char *text,
                            GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
