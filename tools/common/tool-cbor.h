/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* CBOR payloads as people write and read them: in diagnostic notation, and
 * SenML as a table. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TOOL_CBOR_NONE,
  TOOL_CBOR_ITEM,
  TOOL_CBOR_SEQUENCE,
} ToolCborKind;

/* Whether payloads of a content format are CBOR. */
ToolCborKind tool_cbor_get_kind (guint content_format);

/* Text in diagnostic notation, or JSON, made the payload of a content format
 * that is CBOR; SenML also from its JSON. With @may_be_encoded a payload that
 * is no such text, but CBOR already, stays as it is. */
GBytes *tool_cbor_encode (GBytes   *payload,
                          guint     content_format,
                          gboolean  may_be_encoded,
                          GError  **error) G_GNUC_WARN_UNUSED_RESULT;

/* Diagnostic notation that cannot steer a terminal; NULL if it is no CBOR. */
char *tool_cbor_lay_out (guint         content_format,
                         const guint8 *data,
                         gsize         length) G_GNUC_WARN_UNUSED_RESULT;

/* A table of a record a line; NULL if it is no SenML. */
char *tool_senml_lay_out (guint         content_format,
                          const guint8 *data,
                          gsize         length,
                          gboolean      color) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
