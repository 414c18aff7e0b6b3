/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Messages as text for people: one line, safe to print whatever came in. */
#pragma once

#include "wire/gcoap-message.h"

G_BEGIN_DECLS

/* ", Uri-Path: test, payload 12 bytes" */
void gcoap_message_text_append (GString      *text,
                                GcoapMessage *message);

/* "GET", "2.05 Content", "0.09" */
void gcoap_message_text_append_code (GString   *text,
                                     GcoapCode  code);

/* Hexadecimal digits; of long values the beginning and the length. */
void gcoap_message_text_append_hex (GString      *text,
                                    const guint8 *data,
                                    gsize         length);

G_END_DECLS
