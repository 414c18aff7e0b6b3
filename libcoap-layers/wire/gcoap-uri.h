/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 7252 §6, RFC 8323 §8: a CoAP URI, its parts, and the options that say
 * the same. Boxed, immutable. */
#pragma once

#if !defined (GCOAP_INSIDE) && !defined (GCOAP_COMPILATION)
#error "Only <libcoap-layers/gcoap.h> can be included directly."
#endif

#include <glib-object.h>

#include "base/gcoap-version-macros.h"
#include "wire/gcoap-message.h"

G_BEGIN_DECLS

#define GCOAP_TYPE_URI (gcoap_uri_get_type ())

/* Bytes of text gcoap_uri_parse() and gcoap_uri_resolve() look at. */
#define GCOAP_URI_MAX_LENGTH 65536

/* Segments and arguments together; each becomes an option of a message, which
 * has room for 256. */
#define GCOAP_URI_MAX_COMPONENTS 192

typedef struct _GcoapUri GcoapUri;

GCOAP_AVAILABLE_IN_ALL
GType gcoap_uri_get_type (void) G_GNUC_CONST;

/* Strict: one of the six CoAP schemes, no fragment, no userinfo, host not
 * empty, port 1..65535, valid percent-encoding. GCOAP_ERROR_INVALID_URI names
 * what is wrong and where. A missing path is not an error. */
GCOAP_AVAILABLE_IN_ALL
GcoapUri *gcoap_uri_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
GcoapUri *gcoap_uri_ref (GcoapUri *self);

GCOAP_AVAILABLE_IN_ALL
void gcoap_uri_unref (GcoapUri *self);

GCOAP_AVAILABLE_IN_ALL
const char *gcoap_uri_get_scheme (GcoapUri *self);

/* Decoded, lower case unless it is a path, without brackets and zone. */
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_uri_get_host (GcoapUri *self);

/* Zone id of an IPv6 literal ("eth0"), or NULL (RFC 6874 form "%25eth0"; bare
 * "%eth0" as people type it is understood too). Never goes on the wire. */
GCOAP_AVAILABLE_IN_ALL
const char *gcoap_uri_get_zone (GcoapUri *self);

GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_uri_host_is_literal (GcoapUri *self);

/* "coap://%2Frun%2Fdevice.sock": the path of a local socket. */
GCOAP_AVAILABLE_IN_ALL
gboolean gcoap_uri_host_is_path (GcoapUri *self);

/* The port said, or the scheme's default. */
GCOAP_AVAILABLE_IN_ALL
guint16 gcoap_uri_get_port (GcoapUri *self);

/* Segments and arguments, decoded; may be empty (never NULL). */
GCOAP_AVAILABLE_IN_ALL
const char *const *gcoap_uri_get_path (GcoapUri *self);

GCOAP_AVAILABLE_IN_ALL
const char *const *gcoap_uri_get_query (GcoapUri *self);

/* "scheme://host[:port]", the port left out when default. */
GCOAP_AVAILABLE_IN_ALL
char *gcoap_uri_dup_origin (GcoapUri *self) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
char *gcoap_uri_to_string (GcoapUri *self) G_GNUC_WARN_UNUSED_RESULT;

/* RFC 7252 §6.4: sets Uri-Path and Uri-Query, Uri-Host if the host is a
 * registered name, and the message's destination (origin). Uri-Port is not
 * needed: the request goes to that port. Removes what else names a target. */
GCOAP_AVAILABLE_IN_ALL
void gcoap_uri_apply (GcoapUri *self, GcoapMessage *message);

/* RFC 7252 §6.5: the URI of the resource a request is for; @origin (where the
 * request goes or went to, "coap://[::1]") stands in for absent options. */
GCOAP_AVAILABLE_IN_ALL
char *gcoap_uri_compose (GcoapMessage *request, const char *origin, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* RFC 7252 §5.10.7: "/path?query" of a response's Location-* options; NULL if
 * it has none, or none that can be obeyed. */
GCOAP_AVAILABLE_IN_ALL
char *gcoap_uri_compose_location (GcoapMessage *response) G_GNUC_WARN_UNUSED_RESULT;

/* Resolves a relative reference ("../x?y", "/.well-known/core") against self. */
GCOAP_AVAILABLE_IN_ALL
GcoapUri *gcoap_uri_resolve (GcoapUri *self, const char *reference, GError **error) G_GNUC_WARN_UNUSED_RESULT;

GCOAP_AVAILABLE_IN_ALL
guint16 gcoap_uri_scheme_get_default_port (const char *scheme); /* 0: not a CoAP scheme */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GcoapUri, gcoap_uri_unref)

G_END_DECLS
