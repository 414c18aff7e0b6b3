/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Patterns of URIs: a URI whose end may be a star. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* "*", "scheme://host[:port]/path", or the same with a star at the end. */
gboolean gcoap_credential_pattern_check (const char *pattern,
                                         GError    **error);

/* The pattern in the form that patterns are compared in. */
char *gcoap_credential_pattern_normalize (const char *pattern) G_GNUC_WARN_UNUSED_RESULT;

/* A larger number is a more specific match; 0 is none. @uri: normalized. */
gsize gcoap_credential_pattern_match (const char *pattern,
                                      const char *uri);

/* The URI as patterns see it: without query, with a path; NULL with @error. */
char *gcoap_credential_pattern_subject (const char *uri,
                                        GError    **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
