/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The payload of a request as the command line names it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Larger payloads are refused. */
#define TOOL_PAYLOAD_MAX (64 * 1024 * 1024)

/* @spec is the payload itself; or @FILE; or @- for standard input; or, with
 * another @ in front, text that begins with @. */
GBytes *tool_payload_load (const char *spec,
                           gsize       max,
                           GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
