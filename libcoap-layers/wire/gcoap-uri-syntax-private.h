/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* RFC 3986: the characters a component of a URI may hold, decoding one
 * component, and hosts. Pure functions over a span of text; every error says
 * GCOAP_ERROR_INVALID_URI with the byte of the whole text. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* RFC 3986 §2.2, §3.3, §3.4: what may stand unencoded besides the unreserved
 * characters. An argument is what stands between two "&" of a query. */
#define GCOAP_URI_SUB_DELIMITERS "!$&'()*+,;="
#define GCOAP_URI_HOST_CHARACTERS GCOAP_URI_SUB_DELIMITERS
#define GCOAP_URI_SEGMENT_CHARACTERS GCOAP_URI_SUB_DELIMITERS ":@"
#define GCOAP_URI_ARGUMENT_CHARACTERS "!$'()*+,;=:@/?"
#define GCOAP_URI_QUERY_CHARACTERS GCOAP_URI_SEGMENT_CHARACTERS "/?"

/* RFC 7252 Table 4: Uri-Host, Uri-Path and Uri-Query hold at most this many bytes. */
#define GCOAP_URI_MAX_COMPONENT 255

typedef struct
{
  char *name;           /* decoded, lower case, no brackets, no zone; owned */
  char *zone;           /* decoded, or NULL; owned */
  gboolean is_literal;  /* an IPv4 or IPv6 address */
  gboolean is_path;     /* the path of a local socket; its case counts */
} GcoapUriHost;

void gcoap_uri_host_clear (GcoapUriHost *host);

void gcoap_uri_host_append (const GcoapUriHost *host, GString *url);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (GcoapUriHost, gcoap_uri_host_clear)

void gcoap_uri_syntax_set_error (GError **error,
                                 gsize offset,
                                 const char *format,
                                 ...) G_GNUC_PRINTF (3, 4);

/* Whether text[start, end) holds only allowed characters and well-formed
 * percent-encodings; if not, *bad is where. */
gboolean gcoap_uri_syntax_check (const char *text,
                                 gsize start,
                                 gsize end,
                                 const char *allowed,
                                 gsize *bad);

/* @what names the component in errors ("path segment"). */
char *gcoap_uri_syntax_decode (const char *text,
                               gsize start,
                               gsize end,
                               const char *allowed,
                               const char *what,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* text[start, end) is a host without port, an IPv6 address in brackets, a path
 * percent-encoded. */
gboolean gcoap_uri_syntax_parse_host (const char *text,
                                      gsize start,
                                      gsize end,
                                      GcoapUriHost *host,
                                      GError **error);

gboolean gcoap_uri_syntax_is_scheme (const char *text, gsize length);

/* RFC 3986 §4.1: a URI or a relative reference of any scheme; *bad as above. */
gboolean gcoap_uri_syntax_is_reference (const char *text, gsize length, gsize *bad);

G_END_DECLS
