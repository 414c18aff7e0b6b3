/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Options of messages as people write and programs read them. */
#pragma once

#include <libcoap-layers/gcoap.h>

G_BEGIN_DECLS

/* Adds the option that "NAME=VALUE" or "NUMBER=VALUE" stands for; options
 * without value need no "=". What the value may be depends on the registered
 * format: a number (block options also NUM/MORE/SIZE, formats also a name),
 * text, or for opaque and unknown options text or 0x and hexadecimal digits. */
gboolean tool_option_add (GcoapMessage *message,
                          const char   *assignment,
                          GError      **error);

/* Appends {"number":…,"name":…,"value":…}; @code is the message's. */
void tool_option_append_json (GString      *json,
                              GcoapCode     code,
                              guint         number,
                              const guint8 *data,
                              gsize         length);

G_END_DECLS
