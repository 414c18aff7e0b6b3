/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Text that may hold secrets: in memory of libsodium's, which is locked if the
 * system allows it, left out of core dumps, and wiped when it is freed. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _KeygenText KeygenText;

KeygenText *keygen_text_new (void) G_GNUC_WARN_UNUSED_RESULT;

void keygen_text_free (KeygenText *self);

/* @length: -1 for a string. */
void keygen_text_append (KeygenText *self,
                         const char *content,
                         gssize      length);

/* Appends strings up to a NULL. */
void keygen_text_append_all (KeygenText *self,
                             ...) G_GNUC_NULL_TERMINATED;

/* Appends a JSON string (RFC 8259) with its quotes; not for secrets. */
void keygen_text_append_json (KeygenText *self,
                              const char *content);

void keygen_text_append_hex (KeygenText   *self,
                             const guint8 *data,
                             gsize         length);

/* The entry of a client, as a line: what @session says is for each of the schemes that
 * are secure, with "://" and what follows from @host. */
void keygen_text_append_client (KeygenText *self,
                                const char *host,
                                KeygenText *session);

/* The entry of a server that shows what @session says, over DTLS and TLS. */
void keygen_text_append_own (KeygenText *self,
                             KeygenText *session);

/* What there is, with a NUL behind it. */
const char *keygen_text_peek (KeygenText *self);

gsize keygen_text_get_length (KeygenText *self);

/* Makes room for @length bytes behind the content, for the caller to fill, and
 * then to add by keygen_text_grow(). */
char *keygen_text_reserve (KeygenText *self,
                           gsize       length);

void keygen_text_grow (KeygenText *self,
                       gsize       length);

/* Writes it to standard output, past the buffers of stdio. */
gboolean keygen_text_print (KeygenText *self,
                            GError    **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KeygenText, keygen_text_free)

G_END_DECLS
