/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* JSON text: strings written, and whole texts laid out for reading. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Nested deeper than this, a text is not laid out. */
#define TOOL_JSON_MAX_DEPTH 256

/* Appends a string with its quotes; what is not UTF-8 becomes U+FFFD. */
void tool_json_append_string (GString    *json,
                              const char *content,
                              gssize      length);

/* Lays a JSON text (RFC 8259) out, a member or element a line; tokens stay as
 * they are, but characters that could steer a terminal are escaped. NULL if
 * @content is no JSON text. */
char *tool_json_lay_out (const char *content,
                         gsize       length,
                         gboolean    color) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
