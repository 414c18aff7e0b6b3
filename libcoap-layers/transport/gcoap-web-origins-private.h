/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whose web pages may connect (RFC 6454, RFC 6455 §10.2). */
#pragma once

#include "transport/gcoap-http-head-private.h"

G_BEGIN_DECLS

/* Immutable and reference counted. */
typedef struct _GcoapWebOrigins GcoapWebOrigins;

/* @texts: such as "https://app.example", or "null", or "*" for all. What is none
 * of these is GCOAP_ERROR_INVALID_ARGUMENT. */
GcoapWebOrigins *gcoap_web_origins_new (const char *const  *texts,
                                        GError            **error) G_GNUC_WARN_UNUSED_RESULT;

GcoapWebOrigins *gcoap_web_origins_ref (GcoapWebOrigins *self);
void gcoap_web_origins_unref (GcoapWebOrigins *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapWebOrigins, gcoap_web_origins_unref)

/* @origin: what a browser says. */
gboolean gcoap_web_origins_allow (GcoapWebOrigins *self,
                                  GcoapHttpText    origin);

G_END_DECLS
