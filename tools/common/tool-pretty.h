/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Payloads for people: laid out by what their Content-Format says they are. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* In place of the number of a content format: the message names none. */
#define TOOL_CONTENT_FORMAT_NONE G_MAXUINT

typedef enum
{
  TOOL_PAYLOAD_TEXT,
  TOOL_PAYLOAD_JSON,
  TOOL_PAYLOAD_LINKS,
  TOOL_PAYLOAD_BINARY,
} ToolPayloadKind;

/* Text is what a format of text promises and the bytes keep; without a known
 * format the bytes alone decide. */
ToolPayloadKind tool_payload_get_kind (guint         content_format,
                                       const guint8 *data,
                                       gsize         length);

/* Text that ends with a line break and cannot steer a terminal. */
char *tool_pretty_payload (guint         content_format,
                           const guint8 *data,
                           gsize         length,
                           gboolean      color) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
