/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The grammar of one link's attributes (RFC 6690 §2), as the parser and the
 * writer share it. */
#pragma once

#include "wire/gcoap-link-format.h"

G_BEGIN_DECLS

/* RFC 8187 §3.2.1: attr-char, of which the names of attributes consist. */
gboolean gcoap_link_is_name_char (char c);

/* RFC 6690 §2: what a value may consist of without quotes. */
gboolean gcoap_link_is_token_char (char c);

/* Whether the attribute can be written; @value is NUL-terminated UTF-8, or
 * NULL. Returns what is wrong, or NULL. */
const char *gcoap_link_check_attribute (const char *name, const char *value);

/* RFC 6690 §3, RFC 7252 §7.2.1 as corrected: whether a link that has two
 * attributes of this name is an error. */
gboolean gcoap_link_must_be_single (const char *name);

/* RFC 8288 §3.3, §3.4.1: whether all but the first are to be ignored. */
gboolean gcoap_link_only_first_counts (const char *name);

/* Neither the target nor the attributes are checked. */
GcoapLink *gcoap_link_new_take (char *target) G_GNUC_WARN_UNUSED_RESULT;
void gcoap_link_take_attribute (GcoapLink *self, char *name, char *value);

void gcoap_link_append (GcoapLink *self, GString *text);

G_END_DECLS
