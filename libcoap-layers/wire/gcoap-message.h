/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A message: code, options and payload, without what only one transport
 * knows (type, message ID, token; those are in GcoapPdu). */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-code.h"
#include "base/gcoap-option-number.h"
#include "base/gcoap-version-macros.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_MESSAGE (gcoap_message_get_type ())

typedef struct _GcoapMessage GcoapMessage;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_message_get_type (void) G_GNUC_CONST;

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_message_new (GcoapCode code) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_message_new_for_uri (GcoapCode code,
                                         const char *uri,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_message_new_text (GcoapCode code,
                                      const char *text) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_message_ref (GcoapMessage *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_unref (GcoapMessage *self);

/* A copy that can be changed; shares options and payload until then. */
GCOAP_AVAILABLE_IN_ALL
GcoapMessage *gcoap_message_copy (GcoapMessage *self) G_GNUC_WARN_UNUSED_RESULT;

/* Locked when handed to the stack; changing a locked message is a critical. */
GCOAP_AVAILABLE_IN_ALL
void gcoap_message_lock (GcoapMessage *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_is_locked (GcoapMessage *self);

GCOAP_AVAILABLE_IN_ALL
GcoapCode gcoap_message_get_code (GcoapMessage *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_code (GcoapMessage *self, GcoapCode code);

/* Payload. (NULL, 0) and an empty GBytes both mean: no payload. */
GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_message_get_payload (GcoapMessage *self);   /* (transfer none) (nullable) */

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_payload (GcoapMessage *self, GBytes *payload);

GCOAP_AVAILABLE_IN_ALL
const guint8 *gcoap_message_get_payload_data (GcoapMessage *self, gsize *length);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_payload_data (GcoapMessage *self, const guint8 *data, gsize length);

/* Where a request made from a URI shall go: "scheme://host[:port]", never on
 * the wire. NULL if the message was not made for a URI. */
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_message_get_destination (GcoapMessage *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_destination (GcoapMessage *self, const char *destination);

/* Whether the sender of this response allows its request to be executed anew
 * when it arrives again, so that the message layer need not keep the response
 * (RFC 7252 §4.5). Not on the wire. Default FALSE. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_is_repeatable (GcoapMessage *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_repeatable (GcoapMessage *self, gboolean repeatable);

/* Options, generic. Index counts occurrences of that number from 0. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_has_option (GcoapMessage *self, guint number);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_message_count_option (GcoapMessage *self, guint number);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_message_get_n_options (GcoapMessage *self);

/* The option at position (0 .. n_options - 1) in ascending number order.
 * C fast path (skip): points into the message, valid while it is unchanged. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_peek_option_at (GcoapMessage *self,
                                       guint position,
                                       guint *number,
                                       const guint8 **data,
                                       gsize *length);

GCOAP_AVAILABLE_IN_ALL
guint gcoap_message_get_option_number_at (GcoapMessage *self, guint position);

/* Like GBytes getters; NULL when absent. */
GCOAP_AVAILABLE_IN_ALL
const guint8 *gcoap_message_peek_option (GcoapMessage *self,
                                         guint number,
                                         guint index,
                                         gsize *length);

GCOAP_AVAILABLE_IN_ALL
GBytes *gcoap_message_get_option (GcoapMessage *self, guint number, guint index) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_get_option_uint (GcoapMessage *self, guint number, guint *value);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_message_get_option_string (GcoapMessage *self, guint number, guint index) G_GNUC_WARN_UNUSED_RESULT;

/* Adders append after those of the same number; setters replace all of it. */
GCOAP_AVAILABLE_IN_ALL
void gcoap_message_add_option (GcoapMessage *self, guint number, const guint8 *data, gsize length);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_add_option_string (GcoapMessage *self, guint number, const char *value);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_option (GcoapMessage *self, guint number, const guint8 *data, gsize length);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_option_uint (GcoapMessage *self, guint number, guint value);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_option_string (GcoapMessage *self, guint number, const char *value);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_set_option_empty (GcoapMessage *self, guint number);

GCOAP_AVAILABLE_IN_ALL
void gcoap_message_remove_option (GcoapMessage *self, guint number);

/* Checks every option against the registry (length, repeatability, text in
 * UTF-8); unknown ones pass. Sets GCOAP_ERROR_INVALID_OPTION naming it. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_validate (GcoapMessage *self, GError **error);

/* The number of the first critical option that is not in the registry, is
 * repeated though not repeatable, or has a length out of range (RFC 7252
 * §5.4.1, §5.4.3, §5.4.5); 0 if there is none. Elective ones of that kind are
 * ignored by the getters as if absent. */
GCOAP_AVAILABLE_IN_ALL
guint gcoap_message_find_bad_critical_option (GcoapMessage *self);

GCOAP_AVAILABLE_IN_ALL
char *gcoap_message_to_string (GcoapMessage *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_message_equal (GcoapMessage *self, GcoapMessage *other);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapMessage, gcoap_message_unref)

G_END_DECLS
