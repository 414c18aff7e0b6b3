/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 6690: links in CoRE link format, parsed, written and filtered. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_LINK (gcoap_link_get_type ())

/* What the parser takes before it gives up with GCOAP_ERROR_LIMIT. */
#define GCOAP_LINK_FORMAT_MAX_BYTES 1048576
#define GCOAP_LINK_FORMAT_MAX_LINKS 16384
#define GCOAP_LINK_MAX_ATTRIBUTES 64

typedef struct _GcoapLink GcoapLink;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_link_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapLink *gcoap_link_new (const char *target) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapLink *gcoap_link_ref (GcoapLink *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_link_unref (GcoapLink *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_link_get_target (GcoapLink *self);

/* The value of the first attribute of that name; "" for one without value. */
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_link_get_attribute (GcoapLink *self, const char *name);

/* The decoded title* attribute (RFC 8187), else the title attribute, or NULL. */
GCOAP_AVAILABLE_IN_ALL
char *gcoap_link_dup_title (GcoapLink *self) G_GNUC_WARN_UNUSED_RESULT;

/* value NULL: an attribute without value ("obs"). */
GCOAP_AVAILABLE_IN_ALL
void gcoap_link_add_attribute (GcoapLink *self, const char *name, const char *value);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_link_get_n_attributes (GcoapLink *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_link_get_attribute_name_at (GcoapLink *self, guint position);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_link_get_attribute_value_at (GcoapLink *self, guint position);

/* RFC 6690 §4.1: @filter is one decoded query argument ("rt=Type*", "href=/a"). */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_link_matches (GcoapLink *self, const char *filter);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_link_to_string (GcoapLink *self) G_GNUC_WARN_UNUSED_RESULT;

/* The lists own their links. Only parsing is for language bindings. */
GCOAP_AVAILABLE_IN_ALL
GPtrArray *gcoap_link_format_parse (const char *text, gssize length, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
char *gcoap_link_format_write (GPtrArray *links) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GPtrArray *gcoap_link_format_filter (GPtrArray *links, const char *const *query) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapLink, gcoap_link_unref)

G_END_DECLS
