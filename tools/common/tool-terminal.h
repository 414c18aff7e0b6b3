/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What may go to a terminal, and in which colours. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TOOL_STYLE_PLAIN,
  TOOL_STYLE_GOOD,
  TOOL_STYLE_WARNING,
  TOOL_STYLE_BAD,
  TOOL_STYLE_NAME,
  TOOL_STYLE_TEXT,
  TOOL_STYLE_VALUE,
  TOOL_STYLE_FAINT,
} ToolStyle;

typedef enum
{
  TOOL_LINES_ONE,     /* line breaks are escaped too */
  TOOL_LINES_MANY,
} ToolLines;

/* Descriptors 0 to 2 that the caller had closed are opened, so that no socket
 * takes their place and the payload does not go there. */
void tool_terminal_guard_descriptors (void);

/* Whether this descriptor is a terminal that understands colours, and the
 * user has not asked for none (https://no-color.org). */
gboolean tool_terminal_has_color (int fd);

void tool_append_styled (GString    *text,
                         gboolean    color,
                         ToolStyle   style,
                         const char *content,
                         gssize      length);

/* Appends what a peer sent so that it cannot steer a terminal. */
void tool_append_safe (GString    *text,
                       ToolLines   lines,
                       const char *content,
                       gssize      length);

char *tool_make_safe (const char *content) G_GNUC_WARN_UNUSED_RESULT;

/* The length in bytes of the character at @p if it is safe to show, else 0. */
gsize tool_get_safe_length (const char *p,
                            const char *end);

/* Writes one line to standard error, made safe, with the program's name in
 * front. */
void tool_print_error (const char *format,
                       ...) G_GNUC_PRINTF (1, 2);

/* Writes text to standard error as it is. */
void tool_print_stderr (const char *text);

G_END_DECLS
