/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the generated accessors have in common; included only by them. */
#pragma once

#include <string.h>

#include "wire/gcoap-block.h"
#include "wire/gcoap-message-private.h"

G_BEGIN_DECLS

GPtrArray *gcoap_message_accessors_get_bytes (GcoapMessage *self,
                                              guint         number) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_message_accessors_set_bytes (GcoapMessage *self,
                                        guint         number,
                                        GBytes       *value);

void gcoap_message_accessors_add_bytes (GcoapMessage *self,
                                        guint         number,
                                        GBytes       *value);

char **gcoap_message_accessors_get_strings (GcoapMessage *self,
                                            guint         number) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_message_accessors_set_strings (GcoapMessage      *self,
                                          guint              number,
                                          const char *const *values,
                                          gsize              max_length);

GcoapBlock *gcoap_message_accessors_get_block (GcoapMessage *self,
                                               guint         number) G_GNUC_WARN_UNUSED_RESULT;

GPtrArray *gcoap_message_accessors_get_blocks (GcoapMessage *self,
                                               guint         number) G_GNUC_WARN_UNUSED_RESULT;

void gcoap_message_accessors_add_block (GcoapMessage *self,
                                        guint         number,
                                        GcoapBlock   *block);

G_END_DECLS
